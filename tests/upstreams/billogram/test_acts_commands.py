"""Everything that can be done to a billogram by one command: on the wire, refused, and with its answer lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from arapp.outbox.models import Intent
from arapp.receivables.models import Invoice
from arapp.sandbox.billogram import Billogram as StandIn
from tests.upstreams.acting import carried_out, looked_at_again, tell
from tests.upstreams.billogram.conftest import At
from tests.upstreams.billogram.desk import LONG_AGO, invoice_of, kinds, lose_answer, lose_request, told

Make = Callable[[StandIn], dict[str, Any]]


def draft(service: StandIn) -> dict[str, Any]:
    return service.add_billogram()


def sent(service: StandIn) -> dict[str, Any]:
    return service.add_billogram(send="Email")


def late(service: StandIn) -> dict[str, Any]:
    return service.add_billogram(send="Email", invoice_date=LONG_AGO)


def with_fees_left(service: StandIn) -> dict[str, Any]:
    made = late(service)
    service.command(made["id"], "remind")
    return service.pay(made["id"], 325)


def with_respite(service: StandIn) -> dict[str, Any]:
    return service.command(sent(service)["id"], "respite", date="2027-01-31")


def written_down(service: StandIn) -> dict[str, Any]:
    return service.command(sent(service)["id"], "writedown")


@dataclass(frozen=True)
class Case:
    kind: str
    make: Make
    command: str
    data: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    event: str = ""
    """What the service's log tells of it once it is done."""
    shows: dict[str, Any] = field(default_factory=dict)
    """Fields of the mirrored invoice afterwards."""
    unfit: Make | None = draft
    """What the service refuses to do it to."""
    words: str = "cannot "

    def __str__(self) -> str:
        return f"{self.kind} {'/'.join(map(str, self.data.values()))}".strip()


def paid(amount: str, left: int, state: str) -> dict[str, Any]:
    return {"paid": int(amount.replace(".", "")), "open": left, "service_state": state}


CASES = [
    Case("invoice.resend", sent, "resend", {"method": "Letter"}, {"method": "Letter"}, "Resent"),
    Case("invoice.resend", sent, "resend", {}, {}, "Resent", words="cannot resend a billogram in state Unattested"),
    Case(
        "payment.create",
        sent,
        "payment",
        {"amount": "100.05"},
        {"amount": Decimal("100.05")},
        "Payment",
        paid("100.05", 22495, "PartlyPaid"),
        words="cannot register a payment for a billogram in state Unattested",
    ),
    Case(
        "payment.create", sent, "payment", {"amount": "325.00"}, {"amount": 325}, "Payment", paid("325.00", 0, "Paid")
    ),
    Case(
        "invoice.credit",
        sent,
        "credit",
        {"mode": "full"},
        {"mode": "full"},
        "Credit",
        {"open": 0, "state": "credited"},
    ),
    Case(
        "invoice.credit",
        sent,
        "credit",
        {"mode": "remaining", "method": "Letter"},
        {"mode": "remaining", "method": "Letter"},
        "Credit",
        {"open": 0, "state": "credited"},
    ),
    Case(
        "invoice.credit",
        sent,
        "credit",
        {"mode": "amount", "amount": "99.50"},
        {"mode": "amount", "amount": Decimal("99.50")},
        "Credit",
        {"open": 22550, "state": "open"},
    ),
    Case(
        "invoice.credit",
        sent,
        "credit",
        {"mode": "items", "lines": [{"position": 1, "quantity": "1"}]},
        {
            "mode": "items",
            "items": [
                {
                    "title": "Delivery of tea",
                    "unit": "unit",
                    "count": -1,
                    "price": 130,
                    "vat": 25,
                    "bookkeeping": {"income_account": "3001", "vat_account": "2610"},
                }
            ],
        },
        "Credit",
        {"open": 16200, "state": "open"},
    ),
    Case(
        "invoice.remind",
        late,
        "remind",
        {"method": "Letter", "body": "Please pay."},
        {"method": "Letter", "message": "Please pay."},
        "ReminderSent",
        {"service_state": "Reminder_1"},
        unfit=sent,
        words="cannot remind a billogram in state Unpaid",
    ),
    Case("invoice.remind", late, "remind", {}, {}, "ReminderSent", {"service_state": "Reminder_1"}, unfit=sent),
    Case("invoice.collect", late, "collect", {}, {}, "Collection", {"state": "collection"}, unfit=sent),
    Case(
        "invoice.respite",
        late,
        "respite",
        {"date": "2026-12-31"},
        {"date": "2026-12-31"},
        "Respite",
        {"service_state": "Unpaid"},
        words="cannot give respite to",
    ),
    Case("invoice.remove_respite", with_respite, "remove-respite", {}, {}, "RespiteRemoved", unfit=None),
    Case(
        "invoice.write_off", with_fees_left, "writeoff", {}, {}, "Writeoff", {"state": "paid", "open": 0}, unfit=sent
    ),
    Case("invoice.write_down", sent, "writedown", {}, {}, "Writedown", {"state": "open", "open": 32500}),
    Case("invoice.revert_write_down", written_down, "revert-writedown", {}, {}, "RevertWritedown", unfit=None),
    Case("invoice.sell", draft, "sell", {}, {}, "FactoringRequest", {"state": "sold"}, unfit=sent),
    Case("invoice.message", draft, "message", {"body": "Hej"}, {"message": "Hej"}, "CreditorMessage", unfit=None),
]
every = pytest.mark.parametrize("case", CASES, ids=str)


@pytest.mark.django_db
@every
def test_an_act_is_one_command_and_shows_in_the_mirror(desk: At, case: Case) -> None:
    source, service = desk
    invoice = invoice_of(source, case.make(service))
    service.journal.clear()
    intent = tell(source, case.kind, invoice, **case.data)
    assert (intent.state, intent.error) == ("done", "")
    assert told(service) == [("POST", f"/billogram/{invoice.external_id}/command/{case.command}", case.body)]
    assert case.event in kinds(service.find(invoice.external_id))
    now = Invoice.objects.get(pk=invoice.pk)
    assert now.events.filter(kind=case.event).exists()
    assert {name: getattr(now, name) for name in case.shows} == case.shows


@pytest.mark.django_db
@pytest.mark.parametrize("case", [case for case in CASES if case.unfit], ids=str)
def test_what_the_service_refuses_is_told_in_its_words(desk: At, case: Case) -> None:
    source, service = desk
    invoice = invoice_of(source, case.unfit(service))
    before = service.find(invoice.external_id)
    intent = tell(source, case.kind, invoice, **case.data)
    assert intent.state == "refused"
    assert case.words in intent.error
    assert service.find(invoice.external_id) == before


@pytest.mark.django_db
@every
@pytest.mark.parametrize("arrives", [True, False], ids=["arrived", "never arrived"])
def test_a_lost_answer_ends_with_exactly_one_effect(desk: At, case: Case, arrives: bool) -> None:
    source, service = desk
    invoice = invoice_of(source, case.make(service))
    before = kinds(service.find(invoice.external_id)).count(case.event)
    service.journal.clear()
    (lose_answer if arrives else lose_request)(service, f"POST /command/{case.command}")
    intent = tell(source, case.kind, invoice, **case.data)
    assert intent.state == "unknown"
    assert (looked_at_again(intent).state, len(service.journal)) == ("done", 1)
    assert kinds(service.find(invoice.external_id)).count(case.event) == before + 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "make", "data"),
    [
        ("invoice.respite", with_respite, {"date": "2027-01-31"}),
        ("invoice.remove_respite", sent, {}),
        ("invoice.write_down", written_down, {}),
        ("invoice.revert_write_down", sent, {}),
    ],
)
def test_what_is_so_already_is_not_told(desk: At, kind: str, make: Make, data: dict[str, Any]) -> None:
    source, service = desk
    invoice = invoice_of(source, make(service))
    assert tell(source, kind, invoice, **data).state == "done"
    assert service.journal == []


@pytest.mark.django_db
def test_a_payment_from_the_bank_of_the_same_sum_is_not_taken_for_ours(desk: At) -> None:
    source, service = desk
    made = sent(service)
    invoice = invoice_of(source, made)
    lose_request(service, "POST /command/payment")
    intent = tell(source, "payment.create", invoice, amount="100")
    service.pay(made["id"], 100)
    assert looked_at_again(intent).state == "done"
    assert service.find(made["id"])["remaining_sum"] == 125


@pytest.mark.django_db
def test_a_collection_without_an_agreement_is_refused(desk: At) -> None:
    source, service = desk
    service.collection_agreement = False
    intent = tell(source, "invoice.collect", invoice_of(source, late(service)))
    assert (intent.state, intent.error) == ("refused", "collection is not enabled for this account")


@pytest.mark.django_db
@pytest.mark.parametrize("case", [case for case in CASES if not case.unfit], ids=str)
def test_an_api_user_without_the_right_is_refused(desk: At, case: Case) -> None:
    source, service = desk
    invoice = invoice_of(source, case.make(service))
    service.read_only_user = True
    intent = tell(source, case.kind, invoice, **case.data)
    assert (intent.state, intent.error) == ("refused", "the API user may not change anything")


@pytest.mark.django_db
def test_a_message_without_words_is_refused(desk: At) -> None:
    source, service = desk
    intent = tell(source, "invoice.message", invoice_of(source, sent(service)), body="")
    assert (intent.state, intent.error) == ("refused", "Message not set (message)")


@pytest.mark.django_db
def test_a_written_down_invoice_that_was_reverted_can_be_written_down_again(desk: At) -> None:
    source, service = desk
    made = written_down(service)
    service.command(made["id"], "revert-writedown")
    assert tell(source, "invoice.write_down", invoice_of(source, made)).state == "done"
    assert kinds(service.find(made["id"]))[-1] == "Writedown"


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "state"), [(11, "done"), (0, "pending")])
def test_what_is_refused_right_after_sending_is_told_again_a_moment_later(
    desk_of_today: At, seconds: int, state: str
) -> None:
    source, service = desk_of_today
    service.command_delay = 10
    intent = tell(source, "invoice.write_down", invoice_of(source, sent(service)))
    assert (intent.state, "still sending" in intent.error) == ("pending", True)
    service.clock.move(seconds=seconds)
    Intent.objects.filter(pk=intent.pk).update(due_at=intent.created_at)
    assert carried_out(intent).state == state


@pytest.mark.django_db
def test_what_was_sent_long_ago_is_refused_at_once(desk: At) -> None:
    source, service = desk
    service.command_delay = 10**6
    intent = tell(source, "invoice.write_down", invoice_of(source, sent(service)))
    assert (intent.state, intent.error) == ("refused", "cannot write down a billogram in state Unpaid")
