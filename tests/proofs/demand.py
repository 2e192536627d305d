"""The command behind ``python -m tests.proofs``. A run with fewer cases than stated fails."""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.proofs.cases import Tally, run

CASES = {"kill": 600, "lost": 1000, "races": 1, "restarts": 25, "planted": 20}
AT_ONCE = 100
"""Cases of lost answers over the same stand-ins."""


def main() -> int:
    asked = _arguments()
    cases = asked.cases or CASES[asked.proof]
    tally = PROOFS[asked.proof](cases, asked.seed)
    print(tally.line, flush=True)
    if asked.tally:
        Path(asked.tally).write_text(json.dumps(vars(tally)), encoding="utf-8")
    return 0 if tally.ok else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.proofs", description=__doc__)
    parser.add_argument("proof", choices=CASES)
    parser.add_argument("--cases", type=int, help=f"how many; without it {CASES}")
    parser.add_argument("--seed", type=int, default=1, help="of the first case")
    parser.add_argument("--tally", metavar="FILE", help="write the counts as JSON too")
    return parser.parse_args()


def _prepare() -> None:
    os.environ.setdefault("ARAPP_DATA", tempfile.mkdtemp(prefix="arapp-proofs-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()


@contextmanager
def _database() -> Iterator[None]:
    """One of its own, gone afterwards."""
    _prepare()
    from django.db import connection

    test = connection.settings_dict["TEST"]
    test["NAME"] = f"{test.get('NAME') or 'proofs'}_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def _kill(cases: int, seed: int) -> Tally:
    with _database():
        from tests.proofs import kill

        return _with_children("kill", cases, seed, kill.case)


def _races(cases: int, seed: int) -> Tally:
    with _database():
        from tests.proofs import races

        return _with_children("races", cases, seed, races.case)


def _with_children(proof: str, cases: int, seed: int, case: Callable) -> Tally:
    from tests.proofs.children import Children, environment

    children = Children(environment())
    try:
        return run(proof, cases, lambda number: case(number, children), seed)
    finally:
        children.close()


def _lost(cases: int, seed: int) -> Tally:
    with _database():
        from tests.proofs.lost import Lost

        whole = Tally("lost", cases)
        for first in range(seed, seed + cases, AT_ONCE):
            size = min(AT_ONCE, seed + cases - first)
            lost = Lost(size)
            try:
                whole += run("lost", size, lost.case, first)
            finally:
                lost.close()
        return whole


def _restarts(cases: int, seed: int) -> Tally:
    """On a PostgreSQL of its own, whatever DATABASE_URL says."""
    from tests.proofs.cluster import own_cluster

    with own_cluster() as cluster:
        os.environ["DATABASE_URL"] = cluster.url
        _prepare()
        from django.core.management import call_command

        from tests.proofs.restarts import Restarts

        call_command("migrate", verbosity=0, interactive=False)
        with ExitStack() as stack:
            restarts = Restarts(cluster, stack, cases)
            tally = run("restarts", cases, restarts.case, seed)
        tally.counts["ms at most until it went on"] = round(restarts.slowest * 1000)
        from django.db import connections

        connections.close_all()
        return tally


def _planted(cases: int, seed: int) -> Tally:
    from tests.proofs.planted import plant_all

    return plant_all(cases, seed)


PROOFS: dict[str, Callable[[int, int], Tally]] = {
    "kill": _kill,
    "lost": _lost,
    "races": _races,
    "restarts": _restarts,
    "planted": _planted,
}
