"""One invoice in any order: what the desk allows, the service takes; what the desk refuses never reaches it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from arapp.actions.carrying import carry_out
from arapp.actions.doing import Invalid, Refused, check, store
from arapp.actions.table import ACTIONS, DECISIONS
from arapp.outbox.models import Intent
from arapp.receivables.models import Customer, Invoice, Source
from arapp.sandbox.base import StandIn
from arapp.upstreams.details import read_now
from tests.actions.conftest import Read

BEGINNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LINES = [
    {"title": "Consulting", "quantity": "10", "unit": "hour", "unit_price": "100", "vat_rate": "25"},
    {"title": "Travel", "quantity": "1", "unit": "unit", "unit_price": "99.50", "vat_rate": "6"},
]
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A life is short enough to be read; making a failing one shorter takes minutes."""
PATIENCE = 5.0
"""Seconds for what takes several steps; nothing is waited for."""
Data = Callable[[Invoice, int], dict[str, Any]]


def part_of_open(invoice: Invoice, size: int) -> str:
    return f"{max(Decimal('0.01'), abs(invoice.money('open').amount) * size / 100):.2f}"


def days_on(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


NOTHING: Data = lambda invoice, size: {}  # noqa: E731
CREDIT: dict[str, Data] = {
    "full": lambda invoice, size: {"mode": "full"},
    "remaining": lambda invoice, size: {"mode": "remaining"},
    "amount": lambda invoice, size: {"mode": "amount", "amount": part_of_open(invoice, size)},
    "items": lambda invoice, size: {"mode": "items", "lines": [{"position": 2, "quantity": "1"}]},
}
COMMON: list[tuple[str, Data]] = [
    ("payment.create", lambda invoice, size: {"amount": part_of_open(invoice, size)}),
    ("payment.create", lambda invoice, size: {"amount": part_of_open(invoice, 100)}),
    ("invoice.credit", CREDIT["full"]),
    ("invoice.credit", CREDIT["remaining"]),
    ("invoice.credit", CREDIT["amount"]),
    ("invoice.credit", CREDIT["items"]),
    ("invoice.remind", NOTHING),
    ("invoice.comment", lambda invoice, size: {"body": f"comment {size}"}),
    ("invoice.update", lambda invoice, size: {"note": f"note {size}"}),
    ("invoice.delete", NOTHING),
]
STEPS: dict[str, list[tuple[str, Data]]] = {
    "billogram": [
        *COMMON,
        ("invoice.send", lambda invoice, size: {"method": "Email"}),
        ("invoice.resend", lambda invoice, size: {"method": "Email"}),
        ("invoice.message", lambda invoice, size: {"body": f"message {size}"}),
        ("invoice.respite", lambda invoice, size: {"date": days_on(size)}),
        *[
            (f"invoice.{name}", NOTHING)
            for name in "remove_respite write_off write_down revert_write_down collect sell".split()
        ],
    ],
    "billomat": [
        *COMMON,
        ("invoice.complete", NOTHING),
        ("invoice.email", lambda invoice, size: {"to": ["siv@example.org"], "subject": f"mail {size}"}),
        ("payment.create", lambda invoice, size: {"amount": part_of_open(invoice, size), "mark_as_paid": True}),
        ("payment.delete", lambda invoice, size: {"payment": _payment(invoice)}),
        ("invoice.cancel", NOTHING),
        ("invoice.uncancel", NOTHING),
        ("invoice.tag", lambda invoice, size: {"tags": [f"tag{size}"]}),
    ],
}
ISSUE = {"billogram": "invoice.send", "billomat": "invoice.complete"}


def _payment(invoice: Invoice) -> str:
    found = invoice.movements.filter(kind="payment").first()
    return found.external_id if found else "none"


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(BEGINNING, tick=False) as found:
        yield found


class Life:
    """A fresh draft at a stand-in that others have used before."""

    def __init__(self, source: Source, stand_in: StandIn, traveller: time_machine.Traveller) -> None:
        self.source, self.stand_in, self.traveller = source, stand_in, traveller
        customer = Customer.objects.filter(source=source, name="Nordic Tea").first() or self._customer()
        made = self._do("invoice.create", None, {"customer": customer.external_id, "lines": LINES, "due_days": 10})
        self.invoice: Invoice = made.invoice

    def _customer(self) -> Customer:
        return self._do("customer.create", None, {"name": "Nordic Tea", "email": "siv@example.org"}).customer

    def _do(self, name: str, subject: Invoice | None, data: dict[str, Any]) -> Intent:
        digest = subject.digest if subject and name in DECISIONS else ""
        intent = carry_out(store(check(ACTIONS[name], self.source, subject, data, None, digest)), PATIENCE)
        assert intent.state == "done", (name, data, intent.state, intent.error)
        return intent

    def days_pass(self, days: int) -> None:
        self.traveller.shift(timedelta(days=days))
        self.stand_in.clock.move(days=days)

    def step(self, name: str, data: Data, size: int) -> None:
        read_now(self.invoice)
        self.invoice = Invoice.objects.get(pk=self.invoice.pk)
        before = len(self.stand_in.journal)
        try:
            self._do(name, self.invoice, data(self.invoice, size))
        except (Refused, Invalid):
            assert len(self.stand_in.journal) == before, name
        self.invoice.refresh_from_db()

    @property
    def ended(self) -> bool:
        return self.invoice.gone_at is not None

    def demand_in_step(self) -> None:
        """The mirror says what the service says."""
        stored = Invoice.objects.get(pk=self.invoice.pk)
        before = (stored.service_state, stored.open, stored.gross, stored.digest)
        read_now(stored)
        assert before == (stored.service_state, stored.open, stored.gross, stored.digest)


@pytest.mark.django_db
@pytest.mark.parametrize("service", sorted(STEPS))
def test_what_the_desk_allows_the_service_takes_in_any_order(
    read: Read, traveller: time_machine.Traveller, service: str
):
    source, stand_in = read(service, invoices=2)
    steps = st.tuples(st.integers(0, len(STEPS[service]) - 1), st.integers(1, 60), st.sampled_from([0, 0, 0, 1, 15]))

    @settings(max_examples=15, deadline=None, phases=UNSHRUNK, suppress_health_check=list(HealthCheck))
    @given(issued=st.booleans(), taken=st.lists(steps, min_size=1, max_size=8))
    def lived(issued: bool, taken: list[tuple[int, int, int]]) -> None:
        life = Life(source, stand_in, traveller)
        if issued:
            life.step(ISSUE[service], dict(STEPS[service])[ISSUE[service]], 1)
        for which, size, days in taken:
            if life.ended:
                break
            life.days_pass(days)
            life.step(*STEPS[service][which], size)
            life.demand_in_step()

    lived()
