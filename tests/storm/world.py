"""One service, one desk, and everything that happens to them in one schedule."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import httpx

from arapp.outbox.models import Intent
from arapp.receivables.models import Source
from arapp.sandbox.base import Request, StandIn
from arapp.upstreams import pull as pulling
from arapp.upstreams import push as pushing
from arapp.upstreams import registry
from arapp.upstreams.base import ITEMS, Login
from arapp.upstreams.connecting import Wish, connect
from tests.storm.clocks import Clocks, ServiceClock
from tests.storm.hands import Order
from tests.storm.history import History
from tests.storm.people import People
from tests.storm.processes import Fuse, Processes
from tests.storm.services import HANDS
from tests.storm.weather import Blow, Weather
from tests.storm.wire import SocketWire, Wire

MOST_GONE = (8, 8, 8, 8, 8, 14)
"""So few may be missing at once that nobody has to consent; now and then more, and somebody does."""
STREAMS = {"invoice": "invoices", "credit_note": "credit_notes"}


@dataclass
class Late:
    """A request that the service carries out after the desk has given up waiting."""

    at: datetime
    request: Request
    order: Order
    intent: int | None


class World:
    def __init__(self, service: str, seed: int, *, over_http: bool) -> None:
        self.chance = Random(f"storm {service} {seed}")
        random.seed(f"jitter {service} {seed}")
        self.counts: Counter[str] = Counter()
        self.troubles: list[str] = []
        self.told: list[str] = []
        """What happened, one line each, for whoever looks into a failed schedule."""
        self.clocks = Clocks()
        kind = HANDS[service]
        clock = ServiceClock(self.clocks)
        self.hands = kind.open(seed, self.chance.randrange(4, 12), clock, self.chance)
        for _one in range(self.chance.randrange(2, 6)):
            self.hands.draft()
        self.stranger = kind.stranger(seed, clock, self.hands)
        self.reached: StandIn = self.hands.stand_in
        self.history = History(registry.ADAPTERS[service])
        self.weather = Weather(self.chance, self.hands, self.clocks)
        self.processes = Processes()
        self.effects: Counter[int] = Counter()
        """Per intent: how often it changed something at the service."""
        self.allowed: Counter[int] = Counter()
        """Per intent: how often a person asked for it once more, whatever came of it before."""
        self.late: list[Late] = []
        self.mischief = 0.0
        """How often something comes between two requests."""
        self.fuses = 0.0
        """How often another worker that comes in between dies."""
        self.vanished, self.most_gone = 0, self.chance.choice(MOST_GONE)
        self._moments: dict[datetime, datetime] = {}
        for place in (self.hands.stand_in, self.stranger):
            place.cut_short = False  # type: ignore[attr-defined]
        self.wire: Wire = SocketWire(self) if over_http else Wire(self)
        self.base_url = f"http://{service}.localhost{kind.base}"
        self.service = service
        self.clocks.passing.append(self._time_passed)
        self.note()

    # the desk

    def open_desk(self) -> None:
        """Connect the source, as a person does on a calm day."""
        registry.TRANSPORTS[self.base_url] = self.wire
        login = Login(base_url=self.base_url, **self.hands.stand_in.credentials())
        self.source_id = connect(Wish(name=self.service, service=self.service, login=login)).pk
        self.people = People(self)

    def source(self) -> Source:
        return Source.objects.select_related("connection").get(pk=self.source_id)

    def pull(self, **options: Any) -> pulling.Report:
        self.counts["pulls"] += 1
        report = pulling.pull(self.source(), pulling.Options(**options))
        self.tell(f"pull {report.status} gone {report.gone}: {report.error}")
        return report

    def push(self) -> list[pushing.Pushed]:
        self.counts["pushes"] += 1
        pushed = pushing.push(self.source_id)
        for one in pushed:
            self.tell(f"push {one}")
        return pushed

    def decide(self) -> None:
        self.people.decide()

    def settle(self) -> None:
        self.people.settle()

    # the service

    def happen(self) -> None:
        """One thing at the service."""
        deeds = (self.hands.appear, self.hands.draft, self.hands.change, self.hands.decide, self._vanish)
        deed = self.chance.choices(deeds, (15, 15, 30, 15, 25))[0]
        done = deed()
        self.counts["changes"] += bool(done)
        self.tell(f"{deed.__name__} {done}")
        self.note()

    def _streams(self) -> list[str]:
        """The lists that the weather falls on: what is owed and by whom; the catalogue has tests of its own."""
        return [stream for stream in registry.ADAPTERS[self.service].streams if stream != ITEMS]

    def _vanish(self) -> str:
        streams = self._streams()
        stream = self.chance.choice((*streams, "invoices", "invoices"))
        if self.vanished >= self.most_gone:
            return ""
        done = self.hands.vanish(stream)
        self.vanished += bool(done)
        return done

    def hide(self) -> None:
        """For a while a list leaves some out, or all, and says nothing of it."""
        keys = sorted(self.hands.rows())
        stream = self.chance.choice(self._streams())
        theirs = [key for key in keys if key[0] == stream]
        most = len(theirs) if self.chance.random() < 0.2 else min(len(theirs), self.chance.randrange(1, 7))
        self.hands.hidden = frozenset(self.chance.sample(theirs, most))
        self.counts["lists that leave out"] += 1
        self.tell(f"lists leave out {sorted(self.hands.hidden)}")

    def note(self) -> None:
        with self.processes.rest():
            self.history.note(self.hands.rows(), self.clocks.true)

    def _time_passed(self) -> None:
        due = [late for late in self.late if late.at <= self.clocks.true]
        self.late = [late for late in self.late if late.at > self.clocks.true]
        for late in due:
            self.tell(f"only now: {late.request.method} {late.request.path}")
            self._carry(late.order, late.intent, lambda late=late: self.hands.stand_in.handle(late.request))

    # one request

    def call(self, seen: Request, exchange: Callable[[], httpx.Response]) -> httpx.Response:
        """A request of the desk: others come in between, the weather strikes, the process may die."""
        self.processes.point("request")
        self.counts["requests"] += 1
        order = self.hands.order_of(seen)
        with self.processes.rest():
            self.clocks.advance(self.chance.uniform(0.01, 0.4))
        self.come_between(quiet=order is not None)
        intent = self._intent_of(order)
        blow = self.weather.draw(seen, write=order is not None)
        self.tell(f"{seen.method} {seen.path} {seen.query} intent {intent} {blow.kind if blow else ''}")
        try:
            answer = self._strike(blow, seen, order, intent, exchange)
            self.come_between()
            return answer
        finally:
            if seen.path.startswith("/v1/invoices/"):
                self.note()
            if self.hands.stream_of(seen.path):
                self.weather.withheld.update(dict.fromkeys(self.hands.hidden, self.clocks.true))
            self.processes.point("answer")

    def _strike(
        self, blow: Blow | None, seen: Request, order: Order | None, intent: int | None, exchange: Callable[[], Any]
    ) -> httpx.Response:
        if blow is None:
            return self._carry(order, intent, exchange)
        self.counts[f"fault {blow.kind}"] += 1
        if blow.kind == "unreachable":
            raise httpx.ConnectError("unreachable")
        if blow.fault is None:
            if order and blow.kind == "late":
                at = self.clocks.true + timedelta(seconds=blow.seconds)
                self.late.append(Late(at, seen, order, intent))
            elif blow.after:
                self._carry(order, intent, exchange)
            with self.processes.rest():
                self.clocks.advance(30.0)
            raise httpx.ReadTimeout("too slow")
        self.reached.faults.append(blow.fault)
        self.reached.cut_short = blow.kind.startswith("cut")  # type: ignore[attr-defined]
        try:
            return self._carry(order, intent, exchange)
        finally:
            self.reached.faults.clear()
            self.reached.cut_short = False  # type: ignore[attr-defined]

    def _carry(self, order: Order | None, intent: int | None, exchange: Callable[[], Any]) -> Any:
        if order is None:
            return exchange()
        before = self.hands.effect(order)
        try:
            return exchange()
        finally:
            if self.hands.effect(order) != before:
                self.counts["effects"] += 1
                if intent is not None:
                    self.effects[intent] += 1
                self.note()

    def _intent_of(self, order: Order | None) -> int | None:
        """Whose write this is: exactly one intent was marked as written before, whatever others think of it since."""
        if order is None:
            return None
        with self.processes.rest():
            begun = Intent.objects.filter(source=self.source_id, state__in=("sending", "unknown"))
            sending = begun.filter(kind=order.kind).exclude(written_at=None)
            found = {i.reference: i.pk for i in sending.select_related("invoice") if _is_for(i, order)}
        if order.mark in found:
            return found[order.mark]
        if len(found) != 1:
            self.trouble(f"a write ({order.kind} {order.external_id}) that {len(found)} intents claim")
        return next(iter(found.values()), None)

    # who comes in between

    def come_between(self, *, quiet: bool = False) -> None:
        """``quiet``: a write is on its way, so no time passes here: no service can tell a late sender."""
        busy = len(self.processes.stack)
        if self.processes.resting or not 1 <= busy <= 2 or self.chance.random() >= self.mischief / busy:
            return
        self.counts["between"] += 1
        roll = self.chance.random()
        if roll < 0.45:
            with self.processes.rest():
                self.happen()
        elif roll < 0.6 or quiet:
            self.processes.run("person", None, self.decide)
        else:
            if roll > 0.8:
                self._sleep()
            work = self.pull if self.chance.random() < 0.6 else self.push
            self.processes.run("other worker", self.fuse(), work)

    def _sleep(self) -> None:
        """The worker is asleep for longer than its lease lasts, and its claims now and then; the service goes on."""
        self.counts["asleep"] += 1
        with self.processes.rest():
            self.clocks.advance(self.chance.choice((61.0, 70.0, 130.0, 200.0)))
            for _one in range(3):
                self.happen()

    def between_statements(self) -> None:
        if self.chance.random() < self.mischief / 40:
            self.come_between_now()

    def come_between_now(self) -> None:
        if self.processes.resting or len(self.processes.stack) != 1:
            return
        self.counts["between statements"] += 1
        work = self.chance.choice((self.decide, self.push, self.pull))
        self.processes.run("other worker", None, work)

    def fuse(self, most: int = 12) -> Fuse | None:
        if self.chance.random() >= self.fuses:
            return None
        where = self.chance.choice(("request", "answer", "statement", "done", "commit", "committed"))
        most = most * 6 if where in ("statement", "done") else most
        return Fuse(where, self.chance.randrange(1, most))

    def moment_of(self, told: datetime) -> datetime:
        """The true time of what our clock showed when a reading began; asked for as soon as it is stored."""
        if told not in self._moments:
            self._moments[told] = self.clocks.true_of_ours(told)
        return self._moments[told]

    def tell(self, line: str) -> None:
        who = " in ".join(process.name for process in reversed(self.processes.stack))
        self.told.append(f"{self.clocks.true:%d %H:%M:%S} {who}: {line}")

    def trouble(self, sentence: str) -> None:
        if sentence not in self.troubles:
            self.troubles.append(sentence)

    def close(self) -> None:
        registry.TRANSPORTS.pop(self.base_url, None)
        if isinstance(self.wire, SocketWire):
            self.wire.close_all()


def _is_for(intent: Intent, order: Order) -> bool:
    invoice = intent.invoice
    return bool(invoice) and (STREAMS[invoice.kind], invoice.external_id) == (order.stream, order.external_id)
