"""PostgreSQL restarted under a working desk: it goes on by itself within seconds, and nothing is lost or done twice.

The database of this process must be that of the cluster. The worker is a real process; the services are on ports.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from random import Random

from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone

from arapp.outbox.models import Intent
from arapp.receivables.models import Source
from arapp.sandbox.server import Served
from arapp.upstreams.models import PullRun
from tests.conftest import make_user
from tests.proofs.cases import Outcome
from tests.proofs.children import ROOT
from tests.proofs.cluster import Cluster
from tests.proofs.places import ADD, SERVICES, Place, decidable

INVOICES = 12
DECISIONS = 2
"""At each service before each restart."""
WITHIN = 5.0
"""Seconds in which the worker reads every source again after the database is back."""
AGREES_WITHIN = 90.0
LONG_AGO = timedelta(minutes=5)


class Restarts:
    """One worker, three services and a database that is restarted in every case."""

    def __init__(self, cluster: Cluster, stack: ExitStack, cases: int) -> None:
        self.cluster = cluster
        self.person = make_user()
        self.slowest = 0.0
        self.places: list[tuple[Place, Source]] = []
        for service in SERVICES:
            place = Place(service, 11, INVOICES)
            for _number in range(DECISIONS * cases):
                ADD[service](place.stand_in)
            served = stack.enter_context(closing(Served(place.stand_in, 0)))
            self.places.append((place, place.connect(served.base_url)))
        stack.enter_context(_worker())
        if not _until(self._agree, AGREES_WITHIN):
            raise AssertionError(f"The worker never read everything: {self._apart()}")

    def case(self, seed: int) -> Outcome:
        chance = Random(f"restart {seed}")
        outcome = Outcome()
        decided = sum(self._something_happens(place, source, chance) for place, source in self.places)
        time.sleep(chance.uniform(0, 1.5))
        self.cluster.restart()
        back, moment = time.monotonic(), timezone.now()
        if not _until(lambda: self._read_since(moment), 30):
            return Outcome(["after 30 s the worker does not read"])
        seconds = time.monotonic() - back
        self.slowest = max(self.slowest, seconds)
        if seconds > WITHIN:
            outcome.troubles.append(f"it took {seconds:.1f} s to go on")
        _age(moment)
        if not _until(self._agree, AGREES_WITHIN):
            outcome.troubles += self._apart()
        outcome.counts.update({"restarts": 1, "decisions": decided})
        return outcome

    def _something_happens(self, place: Place, source: Source, chance: Random) -> int:
        """At the service, and at the desk; how many decisions the service has to hear of."""
        with place.stand_in._lock:
            for _number in range(chance.randrange(3)):
                chance.choice((place.hands.appear, place.hands.change))()
        found = [one for one in decidable(source, "approve", self.person) if not one.decisions.exists()]
        chosen = chance.sample(found, min(DECISIONS, len(found)))
        for approval in chosen:
            approval.approve(self.person, approval.invoice.digest)
        return len(chosen)

    def _read_since(self, moment: datetime) -> bool:
        runs = PullRun.objects.filter(started_at__gt=moment)
        return runs.values("source").distinct().count() == len(self.places)

    def _agree(self) -> bool:
        return not self._apart()

    def _apart(self) -> list[str]:
        found = []
        for place, source in self.places:
            with place.stand_in._lock:
                found += place.apart(source)
        return found


def _age(moment: datetime) -> None:
    """What was claimed or written before the restart may be judged at once."""
    then = moment - LONG_AGO
    Intent.objects.filter(state="sending", claimed_at__lt=moment).update(claimed_at=then)
    Intent.objects.filter(written_at__lt=moment).update(written_at=then)


def _until(holds: Callable[[], bool], seconds: float) -> bool:
    """Whether it holds in time; a database that is away is asked again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if holds():
                return True
        except (DatabaseError, InterfaceError):
            connections.close_all()
        time.sleep(0.1)
    return False


@contextmanager
def _worker() -> Iterator[None]:
    """``manage.py work`` as a process of its own, told to end at the end."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "arapp.settings"}
    command = [sys.executable, "manage.py", "work", "--interval", "1"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, **quiet)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)
