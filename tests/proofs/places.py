"""A service seen from both sides: what it has, what it was made to do, and what the desk holds of it."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from arapp.approvals.models import Approval
from arapp.outbox.models import UNSETTLED, Intent, IntentState
from arapp.receivables.models import Customer, Invoice, Source
from arapp.sandbox.base import Answer, Request, StandIn
from arapp.sandbox.billogram import Billogram
from arapp.sandbox.billomat import Billomat
from arapp.sandbox.billover import Billover
from arapp.upstreams.base import Login
from arapp.upstreams.connecting import Wish, connect
from arapp.upstreams.registry import ADAPTERS
from tests.storm.history import differing, facts_held, facts_of, key_of
from tests.storm.services import HANDS

STAND_INS = {"billogram": Billogram, "billover": Billover, "billomat": Billomat}
SERVICES = tuple(STAND_INS)
ADD: dict[str, Callable[[Any], Any]] = {
    "billogram": lambda stand_in: stand_in.add_billogram(),
    "billover": lambda stand_in: stand_in.add_invoice(owner=stand_in.users[1]),
    "billomat": lambda stand_in: stand_in.add_invoice(),
}
"""One more that a person at the desk may approve."""
Key = tuple[str, str]


def stand_in_of(service: str, seed: int, invoices: int) -> StandIn:
    options: dict[str, Any] = {"rate_limit": None} if service == "billomat" else {}
    return STAND_INS[service](seed=seed, invoices=invoices, **options)


class Place:
    """A stand-in whose effects are counted. ``on_answer`` hears of a request carried out, before its answer."""

    def __init__(self, service: str, seed: int, invoices: int) -> None:
        self.service = service
        self.stand_in = stand_in_of(service, seed, invoices)
        self.hands = HANDS[service](self.stand_in, random.Random(f"hands {service} {seed}"))
        self.effects: Counter[Key] = Counter()
        """By kind of order and external id: how often it changed something."""
        self.on_answer: Callable[[Request], None] = lambda request: None
        self._carry_out = self.stand_in.answer
        self.stand_in.answer = self._watched  # type: ignore[method-assign]

    def connect(self, base_url: str) -> Source:
        login = Login(base_url=base_url, **self.stand_in.credentials())
        return connect(Wish(name=self.service, service=self.service, login=login))

    def _watched(self, request: Request) -> Answer:
        order = self.hands.order_of(request)
        before = self.hands.effect(order) if order else None
        answer = self._carry_out(request)
        if order and self.hands.effect(order) != before:
            self.effects[order.kind, order.external_id] += 1
        self.on_answer(request)
        return answer

    def apart(self, source: Source) -> list[str]:
        """What keeps mirror and service apart, and what is wrong with the intents; nothing when all is well."""
        return [*self._rows_apart(source), *self._intents_wrong(source), *_approvals_missing(source)]

    def _rows_apart(self, source: Source) -> list[str]:
        reader = ADAPTERS[self.service].__new__(ADAPTERS[self.service])
        there = {key: facts_of(reader.read(key[0], row)) for key, row in self.hands.rows().items()}
        customers = Customer.objects.filter(source=source, gone_at=None, brief=False)
        invoices = Invoice.objects.filter(source=source, gone_at=None).select_related("customer")
        here = {key_of(row): row for row in (*customers, *invoices)}
        found = [f"{key} is not here" for key in there.keys() - here.keys()]
        found += [f"{key} is not there" for key in here.keys() - there.keys()]
        for key in there.keys() & here.keys():
            found += [f"{key}: {what}" for what in differing(there[key], facts_held(here[key]))]
        waiting = invoices.filter(detail_due=True).count()
        return found + ([f"{waiting} wait for details"] if waiting else [])

    def _intents_wrong(self, source: Source) -> list[str]:
        found = [f"{key} had {count} effects" for key, count in self.effects.items() if count > 1]
        for intent in Intent.objects.filter(source=source).select_related("invoice"):
            count = self.effects[intent.kind, intent.invoice.external_id]
            if intent.state in UNSETTLED:
                found.append(f"intent {intent.pk} ({intent.kind}) is still {intent.state}: {intent.error}")
            elif (intent.state == IntentState.DONE) != bool(count):
                found.append(f"intent {intent.pk} ({intent.kind}) is {intent.state} with {count} effects")
        return found


def _approvals_missing(source: Source) -> list[str]:
    lacking = Invoice.objects.filter(source=source, approval=None).count()
    return [f"{lacking} invoices lack an approval"] if lacking else []


def decidable(source: Source, action: str, person: Any) -> list[Approval]:
    """Approvals that the person may move so, in a fixed order."""
    found = Approval.objects.filter(invoice__source=source).select_related("invoice__source", "invoice__owner")
    return [one for one in found.order_by("invoice__external_id") if not one.why_not(action, person)]
