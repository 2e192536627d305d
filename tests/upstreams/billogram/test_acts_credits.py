"""Credits row by row, and stand-alone credits that are paid out."""

from decimal import Decimal
from typing import Any

import pytest

from arapp.receivables.models import Invoice
from tests.upstreams.acting import looked_at_again, tell
from tests.upstreams.billogram.conftest import At
from tests.upstreams.billogram.desk import invoice_of, lose_answer, told

pytestmark = pytest.mark.django_db

ROW = {"title": "Tea", "count": 2, "price": 130, "vat": 25}


def lines(*pairs: tuple[int, str]) -> list[dict[str, Any]]:
    return [{"position": position, "quantity": quantity} for position, quantity in pairs]


def test_a_credited_row_carries_its_share_of_the_discount(desk: At) -> None:
    source, service = desk
    rows = [{**ROW, "discount": 10}, {"title": "Freight", "count": 1, "price": 50, "vat": 12}]
    made = service.add_billogram(send="Email", items=rows)
    intent = tell(source, "invoice.credit", invoice_of(source, made), mode="items", lines=lines((1, "2"), (2, "0.5")))
    assert (intent.state, intent.error) == ("done", "")
    first, second = told(service)[-1][2]["items"]
    assert (first["count"], first["price"], second["count"], second["price"]) == (-2, 125, Decimal("-0.5"), 50)
    assert service.find(made["id"])["detailed_sums"]["credited_sum"] == -341  # 250 at 25 % and 25 at 12 %, in kronor


@pytest.mark.parametrize(
    ("row", "asked", "words"),
    [
        ({**ROW, "count": 3, "discount": 10}, (1, "1"), "discount of line 1 cannot be shared out exactly"),
        (ROW, (2, "1"), "has no line 2"),
        (ROW, (0, "1"), "has no line 0"),
    ],
)
def test_a_row_that_cannot_be_credited_is_refused_before_anything_is_sent(
    desk: At, row: dict[str, Any], asked: tuple[int, str], words: str
) -> None:
    source, service = desk
    made = service.add_billogram(send="Email", items=[row])
    intent = tell(source, "invoice.credit", invoice_of(source, made), mode="items", lines=lines(asked))
    assert intent.state == "refused"
    assert words in intent.error
    assert service.journal == []


def test_more_than_was_invoiced_cannot_be_credited(desk: At) -> None:
    source, service = desk
    made = service.add_billogram(send="Email")
    intent = tell(source, "invoice.credit", invoice_of(source, made), mode="amount", amount="326")
    assert (intent.state, intent.error) == ("refused", "Amount is more than can be credited (amount)")


def test_a_part_of_a_credit_and_its_rest_are_two_credits(desk: At) -> None:
    source, service = desk
    made = service.add_billogram(send="Email")
    invoice = invoice_of(source, made)
    assert tell(source, "invoice.credit", invoice, mode="amount", amount="25").state == "done"
    assert tell(source, "invoice.credit", invoice, mode="amount", amount="25").state == "done"
    assert service.find(made["id"])["remaining_sum"] == 275
    papers = Invoice.objects.get(pk=invoice.pk).papers.filter(kind="credit")
    assert [(paper.number, paper.amount) for paper in papers] == [("1002", 2500), ("1003", 2500)]


@pytest.mark.parametrize(
    ("data", "body", "left"),
    [
        ({"mode": "remaining"}, {"mode": "remaining"}, 0),
        ({"mode": "amount", "amount": "125.50"}, {"mode": "amount", "amount": Decimal("125.50")}, -19950),
    ],
)
def test_a_stand_alone_credit_is_paid_out(desk: At, data: dict[str, str], body: dict[str, Any], left: int) -> None:
    source, service = desk
    invoice = invoice_of(source, service.add_credit())
    assert (invoice.gross, invoice.open) == (-32500, -32500)
    assert tell(source, "invoice.credit_payment", invoice, **data).state == "done"
    assert told(service) == [("POST", f"/billogram/{invoice.external_id}/command/credit-payment", body)]
    assert Invoice.objects.get(pk=invoice.pk).open == left


def test_only_a_stand_alone_credit_is_paid_out(desk: At) -> None:
    source, service = desk
    invoice = invoice_of(source, service.add_billogram(send="Email"))
    intent = tell(source, "invoice.credit_payment", invoice, mode="remaining")
    assert intent.state == "refused"
    assert "cannot pay out the credit of" in intent.error


def test_a_pay_out_whose_answer_was_lost_is_never_told_again(desk: At) -> None:
    """No event is known that tells of it; a person has to look."""
    source, service = desk
    invoice = invoice_of(source, service.add_credit())
    lose_answer(service, "POST /command/credit-payment")
    intent = tell(source, "invoice.credit_payment", invoice, mode="remaining")
    assert intent.state == "unknown"
    assert looked_at_again(intent).state == "needs_person"
    assert len(service.journal) == 1
