"""The command behind ``python -m tests.storm``: failed seeds first, one line for each failure, counts at the end.

Each process has a database of its own, made for the run: SQLite, or the PostgreSQL that DATABASE_URL names.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter

OVER_HTTP_OF = 50
"""One schedule in so many goes over real HTTP: 200 of 10,000."""


def main() -> int:
    """Exit status 1 when a schedule failed or fewer ran than were asked for."""
    asked = _arguments()
    return _part(asked) if asked.part else _all(asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.storm", description=__doc__)
    parser.add_argument("--schedules", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--service", choices=("billogram", "billover", "billomat"))
    parser.add_argument("--over-http", type=int, help="so many over real HTTP; usually one in fifty")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--tell", action="store_true", help="print all that happens, for a single seed")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    return parser.parse_args()


def _all(asked: argparse.Namespace) -> int:
    """Parts in processes of their own; their counts are added up."""
    began = time.perf_counter()
    jobs = max(1, min(asked.jobs, asked.schedules))
    parts = [_start(f"{number}/{jobs}") for number in range(jobs)]
    counts: Counter[str] = Counter()
    for part in parts:
        for line in part.stdout or ():
            if line.startswith("counts "):
                counts += Counter(json.loads(line.removeprefix("counts ")))
            else:
                print(line, end="", flush=True)
    broken = [part for part in parts if part.wait()]
    from tests.storm.printed import printed

    print(printed(counts))
    stated = asked.schedules
    fresh = counts["schedules"] - counts["failed before"]
    print(f"{fresh} of {stated} schedules in {time.perf_counter() - began:.0f} s, {counts['failed']} failed")
    return int(bool(broken) or counts["failed"] > 0 or fresh < stated)


def _start(part: str) -> subprocess.Popen:
    folder = {"ARAPP_DATA": tempfile.mkdtemp(prefix="arapp-storm-"), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "tests.storm", *sys.argv[1:], "--part", part]
    return subprocess.Popen(command, env=os.environ | folder, stdout=subprocess.PIPE, text=True)


def _part(asked: argparse.Namespace) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.db import connection

    test = connection.settings_dict["TEST"]
    test["NAME"] = f"{test['NAME'] or 'storm'}_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        return _run(asked)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def _run(asked: argparse.Namespace) -> int:
    from tests.storm import seeds
    from tests.storm.schedule import SERVICES, run_schedule

    number, jobs = map(int, asked.part.split("/"))
    services = (asked.service,) if asked.service else SERVICES
    over_http = -(-asked.schedules // OVER_HTTP_OF) if asked.over_http is None else asked.over_http
    again = [] if asked.tell else seeds.failed(asked.service)
    cases = [*again, *seeds.cases(services, asked.seed, asked.schedules, over_http)]
    counts: Counter[str] = Counter()
    for at, case in list(enumerate(cases))[number::jobs]:
        result = run_schedule(case[0], case[1], over_http=case[2])
        counts += result.counts + Counter({f"schedules {case[0]}": 1, "schedules over http": int(case[2])})
        counts["failed before"] += at < len(again)
        counts["failed"] += not result.ok
        if not result.ok:
            print(result.line, flush=True)
            if not asked.tell:
                seeds.remember(*case)
        if asked.tell:
            print(*result.told, sep="\n", flush=True)
    print("counts " + json.dumps(counts), flush=True)
    return 0
