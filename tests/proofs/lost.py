"""Answers lost on the way of approve, reject and reopen: each decision has one effect or none, and ends as it should.

Everything happens in this process; a minute passes by editing when the write was.
"""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import httpx
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from arapp.approvals.models import Approval
from arapp.outbox.models import UNSETTLED, Intent, IntentState
from arapp.receivables.models import Source
from arapp.sandbox.base import Dropped, Request, _request
from arapp.upstreams import registry
from arapp.upstreams.pull import pull
from arapp.upstreams.push import push
from tests.conftest import make_user
from tests.proofs.cases import Outcome
from tests.proofs.places import ADD, SERVICES, Place, decidable

KINDS = (
    *(("billogram", "approve"),) * 2,
    *(("billover", "approve"), ("billover", "reject"), ("billover", "reopen")),
    *(("billomat", "approve"), ("billomat", "reject")),
)
"""Billogram is told of approvals alone; an issued document is never reopened."""
WAYS = ("lost before", "lost after", "slow before", "slow after", "late", "500 before", "500 after", "503 after")
WAYS += ("not JSON after", "cut after", "other address")
"""What happens to the write: whether it takes effect, and what becomes of the answer."""
ROUNDS = 12
A_MINUTE = 60.0
WITHIN_A_MINUTE = (5.0, 25.0, 29.0)
"""Seconds from one look to the next."""
MOMENTS = ("created_at", "due_at", "claimed_at", "written_at", "accepted_at")


@dataclass
class Wire(httpx.BaseTransport):
    """A stand-in in place of the network. ``ways`` is what happens to the next writes, ``reads`` how many fail."""

    place: Place
    ways: list[str]
    reads: int = 0
    late: Request | None = None
    writes: int = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return self._read(request)
        self.writes += 1
        way = self.ways.pop(0) if self.ways else ""
        if way.endswith("after") or not way:
            answer = self._carried_out(request)
        if not way:
            return answer
        if way == "late":
            self.late = _seen(request)
        return self._lost(way, request)

    def _lost(self, way: str, request: httpx.Request) -> httpx.Response:
        if way.startswith("lost"):
            raise httpx.ReadError("lost")
        if way.startswith("slow") or way == "late":
            raise httpx.ReadTimeout("too slow")
        if way.startswith("50"):
            return httpx.Response(int(way[:3]), json={"error": "trouble"})
        if way == "other address":
            return httpx.Response(307, headers={"Location": "https://elsewhere.example.org/"})
        if way.startswith("cut"):
            raise httpx.RemoteProtocolError("cut")
        return httpx.Response(200, text="<html>please wait</html>", headers={"Content-Type": "text/html"})

    def _read(self, request: httpx.Request) -> httpx.Response:
        if self.reads:
            self.reads -= 1
            raise httpx.ReadError("no answer")
        return self._carried_out(request)

    def _carried_out(self, request: httpx.Request) -> httpx.Response:
        try:
            answer = self.place.stand_in.handle(_seen(request))
        except Dropped:
            raise httpx.ReadError("dropped") from None
        return httpx.Response(answer.status, content=answer.body, headers=list(answer.headers))

    def arrive(self) -> None:
        """What the desk had given up waiting for is carried out now, within the minute."""
        if self.late:
            self.place.stand_in.handle(self.late)
            self.late = None


def _seen(request: httpx.Request) -> Request:
    environ: dict[str, Any] = {"REQUEST_METHOD": request.method, "PATH_INFO": request.url.path}
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    environ |= {"QUERY_STRING": request.url.query.decode(), "CONTENT_TYPE": request.headers.get("content-type", "")}
    body = request.read()
    environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": _Body(body)}
    return _request(environ)


@dataclass
class _Body:
    content: bytes

    def read(self, length: int) -> bytes:
        return self.content[:length]


class Lost:
    """One desk and three services for all the cases; each case has an invoice of its own."""

    def __init__(self, cases: int) -> None:
        call_command("flush", verbosity=0, interactive=False)
        self.person = make_user()
        self.places, self.wires, self.sources = {}, {}, {}
        for service in SERVICES:
            self._open(service, cases)

    def _open(self, service: str, cases: int) -> None:
        place = self.places[service] = Place(service, 7, 3)
        for _number in range(cases):
            ADD[service](place.stand_in)
        self.wires[service] = Wire(place, [])
        base_url = f"http://{service}.localhost{place.stand_in.base_path}"
        registry.TRANSPORTS[base_url] = self.wires[service]
        self.sources[service] = place.connect(base_url)
        pull(self.sources[service])

    def close(self) -> None:
        registry.TRANSPORTS.clear()

    def case(self, seed: int) -> Outcome:
        """One decision and what becomes of it."""
        chance = Random(f"lost {seed}")
        service, action = chance.choice(KINDS)
        wire, source = self.wires[service], self.sources[service]
        approval = self._approval(source, action)
        intent = getattr(approval, action)(self.person, approval.invoice.digest, "because").intent
        key = (intent.kind, approval.invoice.external_id)
        before = self.places[service].effects[key]
        wire.ways = [chance.choice(WAYS) for _number in range(chance.choice((1, 1, 1, 2, 3)))]
        told = f"{service} {action}: {', '.join(wire.ways)}"
        trouble = _carried(intent, wire, chance)
        effects = self.places[service].effects[key] - before
        trouble += self._judged(intent, approval, effects)
        outcome = Outcome([f"{told}: {what}" for what in trouble])
        outcome.counts.update({f"{action} at {service}": 1, "effects": effects, "writes": wire.writes})
        wire.ways, wire.reads, wire.writes = [], 0, 0
        return outcome

    def _approval(self, source: Source, action: str) -> Approval:
        """One that nobody has touched; for a reopening one that was approved before."""
        fresh = "approve" if action == "reopen" else action
        approval = next(one for one in decidable(source, fresh, self.person) if not one.decisions.exists())
        if action == "reopen":
            approval.approve(self.person, approval.invoice.digest)
            push(source.pk)
            approval = Approval.objects.select_related("invoice__source", "invoice__owner").get(pk=approval.pk)
        return approval

    def _judged(self, intent: Intent, approval: Approval, effects: int) -> list[str]:
        """The journal of the service is the truth."""
        intent.refresh_from_db()
        found = []
        if (intent.state, effects) not in (
            (IntentState.DONE, 1),
            (IntentState.NEEDS_PERSON, 0),
            (IntentState.REFUSED, 0),
        ):
            found.append(f"{intent.state} with {effects} effects ({intent.error})")
        now = Approval.objects.select_related("invoice").get(pk=approval.pk)
        last = intent.decisions.get()
        if now.state != last.to_state:
            found.append(f"the approval is {now.state}")
        if (
            intent.state == IntentState.DONE
            and intent.kind != "comment"
            and now.invoice.service_decision != now.state
        ):
            found.append(f"the mirror says {now.invoice.service_decision}")
        return found


class Passing:
    """Pushes of one intent, and the time between them, which passes by editing its moments."""

    def __init__(self, intent: Intent, wire: Wire, chance: Random) -> None:
        self.intent, self.wire, self.chance = intent, wire, chance
        self.now = self.arrives = 0.0
        self.written: float | None = None
        self.troubles: list[str] = []

    def push(self) -> bool:
        """Whether it is settled now. Two writes must be a minute apart: the first may still arrive."""
        before = self.wire.writes
        if self.now >= self.arrives:
            self.wire.arrive()
        push(self.intent.source_id)
        if self.wire.writes > before + 1:
            self.troubles.append("written twice in one go")
        if self.wire.writes > before:
            if self.written is not None and self.now - self.written < A_MINUTE:
                self.troubles.append(f"written again after {self.now - self.written:.0f} s")
            self.written = self.now
            self.arrives = self.now + self.chance.uniform(0, A_MINUTE)
        self.intent.refresh_from_db()
        return self.intent.state not in UNSETTLED

    def wait(self, seconds: float) -> None:
        self.now += seconds
        moments = {name: F(name) - timedelta(seconds=seconds) for name in MOMENTS}
        Intent.objects.filter(pk=self.intent.pk).update(**moments)

    def wait_until_due(self) -> None:
        self.intent.refresh_from_db()
        self.wait(max(0.0, (self.intent.due_at - timezone.now()).total_seconds()))


def _carried(intent: Intent, wire: Wire, chance: Random) -> list[str]:
    """Push until it is settled; what is only late arrives within the minute after it was sent."""
    passing = Passing(intent, wire, chance)
    for _round in range(ROUNDS):
        wire.reads = chance.choice((0, 0, 0, 1)) if wire.writes else 0
        if passing.push():
            return passing.troubles
        for seconds in WITHIN_A_MINUTE:
            passing.wait(seconds)
            if passing.push():
                return passing.troubles
        passing.wait(2)
        passing.wait_until_due()
    return [*passing.troubles, f"still {intent.state} after {ROUNDS} rounds"]
