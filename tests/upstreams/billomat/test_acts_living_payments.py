"""Payments of every type, on invoices and out on credit notes, and what makes a document paid."""

from decimal import Decimal
from typing import Any

import pytest

from arapp.upstreams.push import push
from arapp.upstreams.tries import mark_of
from tests.upstreams.acting import looked_at_again, wish
from tests.upstreams.billomat.issued import Issued, issued

IN = "credit_note bank_card bank_transfer debit cash check paypal credit_card coupon misc".split()
OUT = "credit_note bank_transfer debit cash paypal credit_card misc".split()


def booked(found: Issued, resource: str = "invoice-payments") -> list[dict[str, Any]]:
    return list(found.standin.tables[resource].rows.values())


@pytest.mark.parametrize("method", IN)
def test_money_comes_in_by_every_type(connected, method):
    found = issued(connected)
    assert found.tell("payment.create", amount="10.00", method=method).state == "done"
    assert [row["type"] for row in booked(found)] == [method.upper()]
    assert found.invoice.movements.get().method == method.upper()


def test_the_payment_is_known_by_its_id_afterwards(connected):
    found = issued(connected)
    intent = found.tell("payment.create", amount="10.00")
    assert intent.result_id == found.invoice.movements.get().external_id == str(booked(found)[0]["id"])


@pytest.mark.parametrize("method", OUT)
def test_money_goes_out_on_a_credit_note_by_every_type(connected, method):
    found = issued(connected, kind="credit_note")
    intent = found.tell("payment.create", amount="119.00", method=method, date="2026-11-02")
    assert (intent.state, found.row["status"]) == ("done", "PAID")
    assert found.writes() == [
        (
            "POST",
            "/api/credit-note-payments",
            {
                "credit-note-payment": {
                    "credit_note_id": found.id,
                    "amount": "119.00",
                    "comment": f"[{mark_of(intent)}]",
                    "mark_credit_note_as_paid": 1,
                    "date": "2026-11-02",
                    "type": method.upper(),
                }
            },
        )
    ]
    assert found.invoice.movements.get().amount == 11900


def test_a_payment_out_that_a_credit_note_does_not_know_is_refused(connected):
    found = issued(connected, kind="credit_note")
    intent = found.tell("payment.create", amount="5.00", method="coupon")
    assert (intent.state, intent.error, booked(found, "credit-note-payments")) == ("refused", "type is invalid", [])


def test_a_payment_out_is_taken_back(connected):
    found = issued(connected, kind="credit_note")
    row = found.standin.pay(found.id, 119)
    assert found.tell("payment.delete", payment=str(row["id"])).state == "done"
    assert found.writes() == [("DELETE", f"/api/credit-note-payments/{row['id']}", None)]
    assert (found.row["status"], found.invoice.open) == ("OPEN", 11900)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"amount": "118.99"}, "OPEN"),
        ({"amount": "119.00"}, "PAID"),
        ({"amount": "119.00", "mark_as_paid": False}, "OPEN"),
        ({"amount": "100.00", "mark_as_paid": True}, "PAID"),
    ],
)
def test_it_counts_as_paid_when_that_is_said_or_nothing_stays_open(connected, data, status):
    found = issued(connected)
    assert found.tell("payment.create", **data).state == "done"
    assert found.row["status"] == status
    assert found.invoice.service_state == status


def test_the_same_payment_by_somebody_else_is_not_taken_for_ours(connected):
    """The write never arrived, and meanwhile somebody booked as much on the same day at the service."""
    found = issued(connected)
    found.lose("POST", "/invoice-payments", after=False)
    intent = wish(found.source, "payment.create", found.invoice, amount="10.00", date="2026-11-20", method="cash")
    push()
    found.standin.pay(found.id, 10, mark=False, date="2026-11-20", type="CASH")
    assert looked_at_again(intent).state == "done"
    assert [row["amount"] for row in booked(found)] == [Decimal(10), Decimal(10)]


def test_a_note_with_the_mark_of_another_payment_swallows_neither(connected):
    found = issued(connected)
    first, second = (wish(found.source, "payment.create", found.invoice, amount=amount) for amount in ("10", "20"))
    first.move("pending", data={"amount": "10", "note": f"as [{mark_of(second)}]"})
    push()
    assert sorted(row["amount"] for row in booked(found)) == [Decimal(10), Decimal(20)]


def test_a_mark_of_an_earlier_desk_in_a_payment_is_not_taken_for_ours(connected):
    found = issued(connected)
    intent = wish(found.source, "payment.create", found.invoice, amount="10.00")
    found.standin.pay(found.id, 5, mark=False, comment=f"[desk-{intent.pk}]")
    push()
    assert [row["amount"] for row in booked(found)] == [Decimal(5), Decimal(10)]


def test_a_payment_by_credit_note_is_deleted_too(connected):
    found = issued(connected)
    assert found.tell("payment.create", amount="10.00", method="credit_note").state == "done"
    movement = found.invoice.movements.get()
    assert movement.kind == "credit"
    assert found.tell("payment.delete", payment=movement.external_id).state == "done"
    assert (booked(found), found.invoice.movements.count()) == ([], 0)


def test_what_a_correction_invoice_settles_is_not_deleted(connected):
    found = issued(connected)
    row = found.standin.pay(found.id, 10, mark=False, type="INVOICE_CORRECTION")
    intent = found.tell("payment.delete", payment=str(row["id"]))
    assert (intent.state, intent.error) == ("refused", "This is no payment that can be deleted.")
    assert (found.writes(), booked(found)) == ([], [row])


def test_a_payment_asks_for_what_it_may_have_changed_alone(connected):
    found = issued(connected)
    found.standin.requests.clear()
    assert found.tell("payment.create", amount="10.00").state == "done"
    assert len(found.standin.requests) == 10
    assert (found.requests("GET", "-items"), found.requests("GET", "-tags")) == (1, 1)


def test_a_payment_of_another_invoice_is_not_deleted(connected):
    found = issued(connected)
    other = found.standin.add_invoice(status="OPEN", client_id=found.row["client_id"])
    row = found.standin.pay(other["id"], 10, mark=False)
    assert found.tell("payment.delete", payment=str(row["id"])).state == "done"
    assert (found.writes(), booked(found)) == ([], [row])


def test_a_cash_discount_is_no_payment_that_can_be_deleted(connected):
    found = issued(connected, discount_rate=Decimal(2), discount_days=7)
    found.standin.pay(found.id, found.row["total_gross"] - found.row["discount_amount"])
    intent = found.tell("payment.delete", payment=f"{found.id}-discount")
    assert (intent.state, intent.error) == ("refused", "This is no payment that can be deleted.")
    assert not found.writes()


def test_a_payment_that_vanishes_on_the_way_is_as_good_as_deleted(connected):
    found = issued(connected)
    row = found.standin.pay(found.id, 10, mark=False)
    table = found.standin.tables["invoice-payments"]
    found.standin.before_request = lambda request: table.drop(row) if request.method == "DELETE" else None
    assert found.tell("payment.delete", payment=str(row["id"])).state == "done"
    assert found.invoice.movements.count() == 0
