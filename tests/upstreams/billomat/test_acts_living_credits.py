"""Crediting an invoice in four steps, each of which may be lost on the way."""

from decimal import Decimal
from typing import Any

import pytest

from arapp.receivables.models import Invoice
from arapp.sandbox.base import Answer, Fault
from arapp.upstreams.tries import mark_of
from tests.upstreams.acting import wish
from tests.upstreams.billomat.issued import Issued, issued, resumed, settled
from tests.upstreams.pushing import JSON

LINES = (
    {"title": "Work", "unit": "h", "quantity": 4, "unit_price": "50", "tax_name": "MwSt", "tax_rate": 19},
    {"title": "Book", "quantity": 2, "unit_price": "33.33", "tax_name": "MwSt", "tax_rate": 7, "reduction": "10"},
    {"title": "Stamp", "quantity": 1, "unit_price": "0.85", "tax_name": "steuerfrei", "tax_rate": 0},
)
PARTS_CLOSED = Answer(403, b'{"errors": {"error": "no right"}}', JSON)


def note_of(found: Issued) -> dict[str, Any]:
    [row] = found.standin.tables["credit-notes"].rows.values()
    return row


def mirrored_note(found: Issued) -> Invoice:
    return Invoice.objects.get(source=found.source, kind="credit_note")


def booked(found: Issued) -> tuple[list[tuple[Decimal, str]], list[tuple[Decimal, str]]]:
    """Amount and type of the payments on the invoice, and on the credit note."""
    tables = found.standin.tables
    on_invoice = tables["invoice-payments"].of("invoice_id", found.row["id"])
    on_note = tables["credit-note-payments"].rows.values()
    return [(p["amount"], p["type"]) for p in on_invoice], [(p["amount"], p["type"]) for p in on_note]


def test_a_full_credit_is_made_completed_and_set_off_in_this_order(connected):
    found = issued(connected)
    intent = found.tell("invoice.credit", mode="full", note="Wrong customer")
    assert (intent.state, intent.result_id) == ("done", str(note_of(found)["id"]))
    made, completed, on_invoice, on_note = found.writes()
    assert made == (
        "POST",
        "/api/credit-notes",
        {
            "credit-note": {
                "client_id": str(found.row["client_id"]),
                "address": "Muster AG",
                "currency_code": "EUR",
                "quote": "1",
                "invoice_id": found.id,
                "customfield": intent.reference,
                "note": "Wrong customer",
                "net_gross": "NET",
                "credit-note-items": {
                    "credit-note-item": [
                        {
                            "unit": "h",
                            "quantity": "2",
                            "unit_price": "50",
                            "tax_name": "MwSt",
                            "title": "Arbeitszeit",
                            "tax_rate": "19",
                        }
                    ]
                },
            }
        },
    )
    assert completed == ("PUT", f"/api/credit-notes/{intent.result_id}/complete", {"complete": {}})
    number, mark = note_of(found)["credit_note_number"], f"[{mark_of(intent)}]"
    assert on_invoice == (
        "POST",
        "/api/invoice-payments",
        {
            "invoice-payment": {
                "invoice_id": found.id,
                "amount": "119.00",
                "comment": f"{number} {mark}",
                "mark_invoice_as_paid": 1,
                "type": "CREDIT_NOTE",
            }
        },
    )
    assert on_note == (
        "POST",
        "/api/credit-note-payments",
        {
            "credit-note-payment": {
                "credit_note_id": intent.result_id,
                "amount": "119.00",
                "comment": f"{found.row['invoice_number']} {mark}",
                "mark_credit_note_as_paid": 1,
                "type": "CREDIT_NOTE",
            }
        },
    )


def test_both_documents_are_mirrored_and_nothing_is_owed_twice(connected):
    found = issued(connected, items=LINES, reduction="5%")
    assert found.tell("invoice.credit", mode="full").state == "done"
    note = mirrored_note(found)
    assert (note.gross, note.open, note.service_state) == (found.invoice.gross, 0, "PAID")
    assert (found.invoice.open, found.invoice.service_state) == (0, "PAID")
    assert note.corrects == found.id
    assert found.invoice.movements.get().kind == "credit"


@pytest.mark.parametrize("basis", ["NET", "GROSS"])
@pytest.mark.parametrize("reduction", ["", "5%", "15"])
def test_a_full_credit_comes_to_the_invoices_own_sums(connected, basis, reduction):
    found = issued(connected, items=LINES, net_gross=basis, reduction=reduction)
    assert found.tell("invoice.credit", mode="full").state == "done"
    for name in ("total_net", "total_gross", "total_reduction"):
        assert note_of(found)[name] == found.row[name]


@pytest.mark.parametrize("amount", ["0.01", "0.02", "1.00", "77.77", "100.01"])
def test_an_amount_is_shared_by_the_vat_rates_to_the_cent(connected, amount):
    found = issued(connected, items=LINES)
    assert found.tell("invoice.credit", mode="amount", amount=amount).state == "done"
    note = note_of(found)
    lines = found.standin.tables["credit-note-items"].of("credit_note_id", note["id"])
    assert note["total_gross"] == sum(line["unit_price"] for line in lines) == Decimal(amount)
    assert note["net_gross"] == "GROSS"
    shares = {Decimal(19): Decimal("238"), Decimal(7): Decimal("60.6262"), Decimal(0): Decimal("0.85")}
    for line in lines:
        exact = Decimal(amount) * shares[line["tax_rate"]] / sum(shares.values())
        assert abs(line["unit_price"] - exact) < Decimal("0.01")
    assert booked(found) == ([(Decimal(amount), "CREDIT_NOTE")], [(Decimal(amount), "CREDIT_NOTE")])


def test_what_remains_is_credited_and_the_invoice_is_paid(connected):
    found = issued(connected, items=LINES)
    found.standin.pay(found.id, 100, mark=False)
    rest = found.row["open_amount"]
    assert found.tell("invoice.credit", mode="remaining").state == "done"
    assert (note_of(found)["total_gross"], note_of(found)["status"]) == (rest, "PAID")
    assert (found.row["status"], found.row["open_amount"]) == ("PAID", 0)


def test_a_credit_larger_than_what_is_open_is_set_off_as_far_as_that_goes(connected):
    found = issued(connected)
    found.standin.pay(found.id, 100, mark=False)
    assert found.tell("invoice.credit", mode="full").state == "done"
    assert booked(found)[1] == [(Decimal(19), "CREDIT_NOTE")]
    assert (note_of(found)["status"], note_of(found)["open_amount"]) == ("OPEN", Decimal(100))
    assert found.row["status"] == "PAID"


def test_a_paid_invoice_is_credited_with_nothing_to_set_off(connected):
    found = issued(connected, "PAID")
    assert found.tell("invoice.credit", mode="full").state == "done"
    assert (note_of(found)["status"], booked(found)[1]) == ("OPEN", [])
    assert mirrored_note(found).open == 11900


def test_some_lines_are_credited_with_their_share_of_what_was_taken_off(connected):
    found = issued(connected, items=LINES, reduction="26.747")
    chosen = [{"position": 1, "quantity": "1"}, {"position": 2, "quantity": "1"}]
    assert found.tell("invoice.credit", mode="items", lines=chosen).state == "done"
    sent = found.writes("POST", "/credit-notes")[0][2]["credit-note"]
    lines = sent["credit-note-items"]["credit-note-item"]
    assert [(line["title"], line["quantity"], line.get("reduction")) for line in lines] == [
        ("Work", "1", None),
        ("Book", "1", "5"),
    ]
    # 50 + 28.33 of 200 + 56.66 + 0.85 is share enough for 8.13… of the 26.747 that were taken off all.
    assert sent["reduction"] == str(round(Decimal("26.747") * Decimal("78.33") / Decimal("257.51"), 6).normalize())


def test_a_line_that_takes_something_off_is_credited_with_its_sign(connected):
    found = issued(connected, items=[*LINES, {"title": "Gift", "quantity": -3, "unit_price": "2", "tax_rate": 19}])
    chosen = [{"position": 1, "quantity": "4"}, {"position": 4, "quantity": "2"}]
    assert found.tell("invoice.credit", mode="items", lines=chosen).state == "done"
    assert note_of(found)["total_net"] == 200 - 4


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"mode": "items", "lines": [{"position": 4, "quantity": "1"}]}, "no line 4"),
        ({"mode": "items", "lines": [{"position": 1, "quantity": "5"}]}, "quantity of 4 only"),
    ],
)
def test_what_the_invoice_does_not_have_is_not_credited(connected, data, words):
    found = issued(connected, items=LINES)
    intent = found.tell("invoice.credit", **data)
    assert (intent.state, words in intent.error) == ("refused", True)
    assert not found.writes()


def test_where_nothing_is_open_nothing_remains_to_be_credited(connected):
    found = issued(connected, "PAID")
    intent = found.tell("invoice.credit", mode="remaining")
    assert (intent.state, intent.error) == ("refused", "There is nothing left to credit.")
    assert not found.writes()


def test_a_rate_whose_lines_come_to_less_than_nothing_is_not_shared_by(connected):
    found = issued(connected, items=[*LINES, {"title": "Gift", "quantity": -9, "unit_price": "9", "tax_rate": 7}])
    intent = found.tell("invoice.credit", mode="amount", amount="10.00")
    assert (intent.state, "credit single lines" in intent.error) == ("refused", True)
    assert not found.writes()


STEPS = [
    ("POST", "/credit-notes"),
    ("PUT", "/complete"),
    ("POST", "/invoice-payments"),
    ("POST", "/credit-note-payments"),
]


@pytest.mark.parametrize("after", [True, False], ids=["took effect", "never arrived"])
@pytest.mark.parametrize(("method", "path"), STEPS)
def test_whichever_answer_is_lost_there_is_one_credit_note_set_off_once(connected, method, path, after):
    found = issued(connected)
    found.lose(method, path, after=after)
    assert found.tell("invoice.credit", mode="full").state == "done"
    assert len(found.writes()) == len(STEPS)
    assert booked(found) == ([(Decimal(119), "CREDIT_NOTE")], [(Decimal(119), "CREDIT_NOTE")])
    assert (note_of(found)["status"], found.row["status"]) == ("PAID", "PAID")


STANDING = [
    "",
    "The draft of the credit note is made. ",
    "The credit note GS1 is made. ",
    "The credit note GS1 is made. ",
]


@pytest.mark.parametrize(("step", "standing"), list(zip(STEPS, STANDING, strict=True)))
def test_a_refused_step_says_what_stands_already_and_why_in_the_services_words(connected, step, standing):
    found = issued(connected)
    found.refuse(*step, "Not today")
    intent = found.tell("invoice.credit", mode="full")
    assert (intent.state, intent.error) == ("refused", f"{standing}Not today")
    assert len(found.writes()) == STEPS.index(step)


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_refused_credit_goes_on_where_it_stands_when_it_is_told_again(connected, step):
    found = issued(connected)
    found.refuse(*step, "Not today")
    assert resumed(found.tell("invoice.credit", mode="full")).state == "done"
    assert [(method, path) for method, path in STEPS if len(found.writes(method, path)) == 1] == STEPS
    assert (note_of(found)["status"], found.row["status"]) == ("PAID", "PAID")


def test_a_credit_that_a_person_finished_at_the_service_is_done_without_a_write(connected):
    found = issued(connected)
    found.refuse("POST", "/invoice-payments", "Not today")
    intent = found.tell("invoice.credit", mode="full")
    found.standin.pay(found.id, 119, type="CREDIT_NOTE")
    found.standin.pay(note_of(found)["id"], 119, type="CREDIT_NOTE")
    before = len(found.writes())
    assert (resumed(intent).state, len(found.writes())) == ("done", before)


def test_a_credit_costs_few_of_the_windows_calls(connected):
    found = issued(connected)
    found.standin.requests.clear()
    assert found.tell("invoice.credit", mode="full").state == "done"
    assert len(found.standin.requests) == 28


def test_another_credit_note_with_nearly_our_reference_is_not_taken_for_ours(connected):
    found = issued(connected)
    intent = wish(found.source, "invoice.credit", found.invoice, mode="full")
    stranger = found.standin.add_credit_note(customfield=f"{intent.reference}0", client_id=found.row["client_id"])
    assert settled(intent).state == "done"
    assert len(found.standin.tables["credit-notes"].rows) == 2
    assert stranger["status"] == "DRAFT"


BOOKING = [("invoice.credit", {"mode": "full"}), ("payment.create", {"amount": "5"})]


@pytest.mark.parametrize(("kind", "data"), BOOKING)
def test_nothing_is_booked_where_our_key_could_not_see_it_afterwards(connected, kind, data):
    found = issued(connected)
    found.standin.faults.append(Fault(answer=PARTS_CLOSED, method="GET", path="-payments", times=10_000))
    intent = found.tell(kind, **data)
    assert (intent.state, "may not read payments" in intent.error) == ("refused", True)
    assert not found.writes()


@pytest.mark.parametrize(("kind", "data"), [("invoice.credit", {"mode": "full"}), ("invoice.remind", {})])
def test_a_credit_note_is_not_taken_for_the_invoice_of_the_same_id(connected, kind, data):
    found = issued(connected, kind="credit_note")
    intent = found.tell(kind, **data)
    assert (intent.state, intent.error) == ("refused", "Billomat has this for invoices only.")
    assert not found.writes()
