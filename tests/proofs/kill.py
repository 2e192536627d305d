"""``kill -9`` at a seeded point of a pull or of a push by a real process; started again, everything is right.

The point is a request: before it is carried out, after it took effect but before its answer, or a moment after the
answer, so that writes to the database and commits are hit too.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from random import Random

from django.core.management import call_command
from django.utils import timezone

from arapp.outbox.models import Intent, IntentState
from arapp.people.models import Role
from arapp.receivables.models import Invoice, Source
from arapp.sandbox.base import Dropped, Request
from arapp.sandbox.server import Served
from arapp.upstreams.models import Connection
from arapp.upstreams.pull import pull
from tests.conftest import make_user
from tests.proofs.cases import Outcome
from tests.proofs.children import Child, Children
from tests.proofs.places import ADD, SERVICES, Place, decidable

INVOICES = 10
DECISIONS = 4
RUNS = 3
"""So many runs after the death must be enough."""
LONG_AGO = timedelta(minutes=5)
REQUESTS = {("pull", "billogram"): 14, ("pull", "billover"): 14, ("pull", "billomat"): 40}
REQUESTS |= {("push", "billogram"): 9, ("push", "billover"): 9, ("push", "billomat"): 24}
"""At least so many the whole takes: the death comes at one of them."""
MODES = ("before", "after", "soon")


class Bullet:
    """Ends a process at its n-th request to a stand-in."""

    def __init__(self, child: Callable[[], Child], number: int, mode: str, delay: float) -> None:
        self.child, self.left, self.mode, self.delay = child, number, mode, delay

    def asked(self, request: Request) -> None:
        if self.mode == "before" and self._hit():
            self._kill()
            raise Dropped

    def answered(self, request: Request) -> None:
        if self.mode == "before" or not self._hit():
            return
        if self.mode == "soon":
            threading.Timer(self.delay, self._kill).start()
        else:
            self._kill()

    def _hit(self) -> bool:
        self.left -= 1
        return self.left == 0

    def _kill(self) -> None:
        try:
            os.kill(self.child().pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def case(seed: int, children: Children) -> Outcome:
    """One death. Pulls and pushes of the three services take turns."""
    what, service = ("pull", "push")[seed % 2], SERVICES[seed // 2 % 3]
    chance = Random(f"kill {seed}")
    number = chance.randrange(1, REQUESTS[what, service] + 1)
    mode, delay = chance.choice(MODES), chance.uniform(0, 0.03)
    for smaller in (number, max(1, number // 2), 1):
        outcome = _case(seed, chance, children, (what, service), smaller, mode, delay)
        if outcome.counts["deaths"]:
            return outcome
    return Outcome([f"the {what} of {service} was over before request {number}"])


def _case(
    seed: int, chance: Random, children: Children, kind: tuple[str, str], number: int, mode: str, delay: float
) -> Outcome:
    what, service = kind
    call_command("flush", verbosity=0, interactive=False)
    place = Place(service, seed, INVOICES)
    with closing(Served(place.stand_in, 0)) as served:
        for _number in range(DECISIONS):
            ADD[service](place.stand_in)
        source = place.connect(served.base_url)
        if what == "push":
            pull(source)
            _decide(source, chance)
        status = _killed(place, children, what, Bullet(lambda: started[0], number, mode, delay), started := [])
        if status != -signal.SIGKILL:
            return Outcome()
        outcome = Outcome(_behind(place, source))
        outcome.counts.update({"deaths": 1, f"in a {what}": 1, f"{mode} a request": 1})
        _meanwhile(place, chance, what)
        outcome.troubles += _recovered(place, source, children, outcome)
    return outcome


def _decide(source: Source, chance: Random) -> None:
    """A few people decide, each on an invoice of their own; Billogram is told of approvals alone."""
    for number in range(DECISIONS):
        person = make_user(f"{Role.APPROVER}-{number}")
        action = chance.choice(("approve", "approve", "reject")) if source.service != "billogram" else "approve"
        found = [one for one in decidable(source, action, person) if not one.decisions.exists()]
        if found:
            one = chance.choice(found)
            getattr(one, action)(person, one.invoice.digest, "because")


def _killed(place: Place, children: Children, what: str, bullet: Bullet, started: list[Child]) -> int:
    """The status of the process that was shot at."""
    ready = threading.Event()

    def asked(request: Request) -> None:
        ready.wait(30)
        bullet.asked(request)

    place.stand_in.before_request, place.on_answer = asked, bullet.answered
    started.append(children.manage("sync" if what == "pull" else "push"))
    ready.set()
    status = started[0].wait()["status"]
    place.stand_in.before_request, place.on_answer = None, lambda request: None
    return status


def _behind(place: Place, source: Source) -> list[str]:
    """What must not be right after a death: a mark of progress ahead of the rows, something live marked as gone."""
    found = [f"{row} is marked as gone" for row in Invoice.objects.filter(source=source).exclude(gone_at=None)]
    if Connection.objects.filter(source=source).exclude(walked_at=None).exists():
        found += [f"the mark is ahead: {what}" for what in place.apart(source) if "is not here" in what]
    return found


def _meanwhile(place: Place, chance: Random, what: str) -> None:
    """The service goes on. What was decided on stays as it was: its ends are proved elsewhere."""
    hands = place.hands
    deeds = [hands.appear]
    if what == "pull":
        deeds += [hands.change, hands.decide, lambda: hands.vanish("invoices")]
    for _number in range(chance.randrange(3)):
        chance.choice(deeds)()


def _recovered(place: Place, source: Source, children: Children, outcome: Outcome) -> list[str]:
    wrong: list[str] = []
    for _run in range(RUNS):
        age()
        for command in ("push", "sync"):
            children.manage(command).wait()
        outcome.counts["runs after a death"] += 1
        wrong = place.apart(source)
        if not wrong:
            return []
    return wrong


def age() -> None:
    """Leases and claims of the dead run out, and lost writes may be judged."""
    Connection.objects.exclude(lease_until=None).update(lease_until=timezone.now() - LONG_AGO)
    then = timezone.now() - LONG_AGO
    Intent.objects.filter(state=IntentState.SENDING).update(claimed_at=then)
    Intent.objects.exclude(written_at=None).update(written_at=then)
    Intent.objects.filter(state=IntentState.PENDING).update(due_at=timezone.now())


def waited(child: Child, seconds: float) -> float:
    """Seconds a process took."""
    began = time.perf_counter()
    child.wait(seconds)
    return time.perf_counter() - began
