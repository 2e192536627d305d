"""The weather of every service, as much of it as CI has time for; ``python -m tests.storm`` has the rest.

Half of the schedules run on each database: with this suite on SQLite and on PostgreSQL, all of them have run.
"""

import os
from collections.abc import Callable

import pytest
from django.db import connection

from tests.storm.schedule import SERVICES, run_schedule
from tests.storm.seeds import Case, cases, failed, remember

STATED, OVER_HTTP = 150, 15
"""On one database; 300 and 30 on both."""
CHUNK = 15
FIRST = int(os.environ.get("STORM_SEED", 1))


def chunks() -> list[list[Case]]:
    begin = FIRST if connection.vendor == "sqlite" else FIRST + 100_000
    found = cases(SERVICES, begin, STATED, OVER_HTTP)
    return [found[at : at + CHUNK] for at in range(0, len(found), CHUNK)]


def run(found: list[Case], note: Callable[[str, object], None]) -> None:
    """Run them all; what fails is one line each, and its seed is tried first from now on."""
    lines, ran = [], 0
    for service, seed, over_http in found:
        result = run_schedule(service, seed, over_http=over_http)
        ran += 1
        for what, count in result.counts.items():
            note(f"storm {what}", count)
        note(f"storm schedules {service}", 1)
        note("storm schedules over http", int(over_http))
        if not result.ok:
            remember(service, seed, over_http)
            lines.append(result.line)
    assert not lines, "\n" + "\n".join(lines)
    assert ran == len(found)


@pytest.mark.django_db(transaction=True)
def test_seeds_that_failed_once_hold_now(record_property):
    run(failed(), record_property)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("chunk", chunks(), ids=lambda chunk: f"{chunk[0][1]}-{chunk[-1][1]}")
def test_any_weather_loses_nothing_and_tells_nothing_twice(chunk, record_property):
    run(chunk, record_property)


def test_the_chunks_hold_as_many_schedules_as_are_stated():
    found = [case for chunk in chunks() for case in chunk]
    assert len(set(found)) == STATED
    assert sum(over_http for _service, _seed, over_http in found) == OVER_HTTP
    assert {service: sum(case[0] == service for case in found) for service in SERVICES} == dict.fromkeys(SERVICES, 50)
