"""The proofs' children on the database of the tests, and their counts in the summary."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.proofs.cases import Tally
from tests.proofs.children import Children, environment
from tests.upstreams.conftest import no_sleep

TALLIES: list[Tally] = []


@pytest.fixture
def children(transactional_db: None) -> Iterator[Children]:
    running = Children(environment())
    yield running
    running.close()


@pytest.fixture
def told() -> Any:
    """Notes a tally for the summary and says whether all held."""

    def tell(tally: Tally) -> bool:
        TALLIES.append(tally)
        print(tally.line)
        return tally.ok

    return tell


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if TALLIES:
        terminalreporter.section(f"proofs on {connection.vendor}")
    for tally in TALLIES:
        terminalreporter.write_line(tally.line)
        for line in tally.failed:
            terminalreporter.write_line(f"  {line}")


__all__ = ["no_sleep"]
