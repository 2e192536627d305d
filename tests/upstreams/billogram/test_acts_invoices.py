"""Billograms made, sent in one step, changed and deleted: on the wire, in the mirror, refused, answer lost."""

import json
from decimal import Decimal
from typing import Any

import pytest

from arapp.receivables.models import Invoice
from arapp.sandbox.base import Answer, Fault
from tests.upstreams.acting import looked_at_again, tell
from tests.upstreams.billogram.conftest import At
from tests.upstreams.billogram.desk import invoice_of, kinds, lose_answer, lose_request, told

pytestmark = pytest.mark.django_db

CONSULTING = {"title": "Consulting", "quantity": "10", "unit": "hour", "unit_price": "1500.00", "vat_rate": "25"}
WHOLE = {
    "customer": "1",
    "lines": [
        CONSULTING,
        {"item": "ART-7", "quantity": "2.5", "discount": "10.50", "description": "Green"},
    ],
    "issue_date": "2026-11-20",
    "due_days": 20,
    "currency": "SEK",
    "reference": "Siv Ek",
    "our_reference": "Maj Lundin",
    "order_no": "PO-1",
    "order_date": "2026-11-01",
    "delivery_date": "2026-11-19",
    "note": "Thanks.",
    "invoice_fee": "29.00",
    "reminder_fee": "50",
    "interest_rate": "10.5",
    "automatic_reminders": True,
    "reminder_steps": [{"days": 5, "body": "Please pay."}, {"days": 15}],
    "automatic_collection": {"days": 30, "amount": "100"},
}
BODY = {
    "customer": {"customer_no": 1},
    "items": [
        {"title": "Consulting", "count": 10, "unit": "hour", "price": 1500, "vat": 25},
        {"item_no": "ART-7", "count": Decimal("2.5"), "discount": Decimal("10.50"), "description": "Green"},
    ],
    "invoice_date": "2026-11-20",
    "due_days": 20,
    "currency": "SEK",
    "info": {
        "your_reference": "Siv Ek",
        "our_reference": "Maj Lundin",
        "order_no": "PO-1",
        "order_date": "2026-11-01",
        "delivery_date": "2026-11-19",
        "message": "Thanks.",
    },
    "invoice_fee": 29,
    "reminder_fee": 50,
    "interest_rate": Decimal("10.5"),
    "automatic_reminders": True,
    "automatic_reminders_settings": [{"delay_days": 5, "message": "Please pay."}, {"delay_days": 15}],
    "automatic_collection": {"delay_days": 30, "amount": 100},
}
PLAIN = {"customer": "1", "lines": [CONSULTING]}


@pytest.fixture
def shop(desk: At) -> At:
    """With customer 1 and item ART-7."""
    _source, service = desk
    service.add_customer()
    service.account.items["ART-7"] = {
        "item_no": "ART-7",
        **{"title": "Tea", "description": "", "price": Decimal("130.0"), "vat": 12, "unit": "unit"},
        "bookkeeping": {"income_account": "", "vat_account": ""},
        **{"created_at": "2026-11-01 08:00:00", "updated_at": None},
    }
    return desk


def test_a_draft_is_made_with_all_its_fields_and_our_reference(shop: At) -> None:
    source, service = shop
    intent = tell(source, "invoice.create", **WHOLE)
    assert (intent.state, intent.error) == ("done", "")
    assert told(service) == [("POST", "/billogram", BODY | {"creditor_unique_value": intent.reference})]
    invoice = Invoice.objects.get(pk=intent.invoice_id)
    assert (invoice.external_id, invoice.state, invoice.short_id) == (intent.result_id, "draft", intent.reference)
    assert (invoice.due_date.isoformat(), invoice.customer.external_id) == ("2026-12-10", "1")
    net = Decimal(10 * 1500) + Decimal("2.5") * 130 - Decimal("10.5") + 29
    assert invoice.net == net * 100


def test_a_draft_in_our_words_is_what_was_asked_for(shop: At) -> None:
    """What the service fills in is the due date, and what the stored item says of the second line."""
    source, _service = shop
    form = tell(source, "invoice.create", **WHOLE).invoice.form
    first, second = form.pop("lines")
    assert first == {**CONSULTING, "unit_price": "1500"}
    assert second == {
        **WHOLE["lines"][1],
        **{"discount": "10.5", "title": "Tea", "unit": "unit", "unit_price": "130", "vat_rate": "12"},
    }
    asked = {key: value for key, value in WHOLE.items() if key not in ("lines", "due_days")}
    assert form == {**asked, "due_date": "2026-12-10", "invoice_fee": "29"}


def test_an_amount_is_an_exact_number_on_the_wire(shop: At) -> None:
    source, service = shop
    tell(source, "invoice.create", customer="1", lines=[{**CONSULTING, "unit_price": "0.10", "quantity": "3.123456"}])
    sent = service.journal[0].body.decode()
    assert '"price":0.10' in sent
    assert '"count":3.123456' in sent


def test_create_and_send_are_one_call(shop: At) -> None:
    source, service = shop
    intent = tell(source, "invoice.create", **PLAIN, send=True, method="Letter")
    assert intent.state == "done"
    [(_method, _path, body)] = told(service)
    assert body["on_success"] == {"command": "send", "method": "Letter"}
    assert (intent.invoice.service_state, intent.invoice.number) == ("Unpaid", "1001")
    assert (intent.invoice.gross, intent.invoice.delivery_method) == (1875000, "Letter")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"customer": "9"}, "customer not found with customer_no=9 (customer:customer_no)"),
        ({"lines": []}, "Items not set (items)"),
        ({"lines": [CONSULTING, {**CONSULTING, "title": ""}]}, "Title not set (items[1]:title)"),
        ({"lines": [{"item": "ART-8", "quantity": "1"}]}, "item not found with item_no=ART-8 (items[0]:item_no)"),
        ({"lines": [{**CONSULTING, "discount": "10%"}]}, "discount as an amount"),
        ({"due_date": "2026-01-01"}, "Due_date must not be before invoice_date (due_date)"),
    ],
)
def test_a_draft_the_service_does_not_take_is_refused_in_its_words(
    shop: At, data: dict[str, Any], words: str
) -> None:
    source, service = shop
    intent = tell(source, "invoice.create", **PLAIN | data)
    assert intent.state == "refused"
    assert words in intent.error
    assert (service.records, intent.invoice_id) == ([], None)


@pytest.mark.parametrize("send", [{}, {"send": True, "method": "Email"}])
@pytest.mark.parametrize("lose", [lose_answer, lose_request])
def test_a_draft_whose_answer_was_lost_is_made_once(shop: At, lose: Any, send: dict[str, Any]) -> None:
    source, service = shop
    lose(service, "POST /billogram")
    intent = tell(source, "invoice.create", **PLAIN, **send)
    assert intent.state == "unknown"
    intent = looked_at_again(intent)
    assert (intent.state, len(service.records)) == ("done", 1)
    assert intent.invoice.external_id == service.records[0]["id"]
    assert kinds(service.records[0]).count("BillogramSent") == len(send) / 2


def test_a_reference_that_is_there_already_is_never_made_again(shop: At) -> None:
    """Found before the first write: whoever made it."""
    source, service = shop
    first = tell(source, "invoice.create", **PLAIN)
    service.change(first.result_id, creditor_unique_value=f"desk-ref-{first.pk + 1}")
    second = tell(source, "invoice.create", **PLAIN)
    assert (second.state, second.result_id, len(service.records)) == ("done", first.result_id, 1)


def test_a_filter_that_is_ignored_does_not_mix_up_invoices(shop: At) -> None:
    source, service = shop
    service.add_billogram(customer={"customer_no": 1}, creditor_unique_value="another")

    def unfiltered(true: Answer) -> Answer:
        return answer_with(service, list(service.records))

    service.faults.append(Fault(method="GET", path="/billogram", change=unfiltered))
    intent = tell(source, "invoice.create", **PLAIN)
    assert (intent.state, len(service.records)) == ("done", 2)
    assert intent.invoice.short_id == intent.reference


def answer_with(service: Any, rows: list[dict[str, Any]]) -> Answer:
    shown = [{"id": row["id"], "creditor_unique_value": row["creditor_unique_value"]} for row in rows]
    body = {"status": "OK", "meta": {"total_count": len(shown)}, "data": shown}
    return Answer(200, json.dumps(body).encode(), (("Content-Type", "application/json"),))


def test_rows_without_the_reference_are_read_whole(shop: At) -> None:
    """Compact rows of older accounts lack it."""
    source, service = shop
    lose_answer(service, "POST /billogram")
    intent = tell(source, "invoice.create", **PLAIN)

    def without(true: Answer) -> Answer:
        body = json.loads(true.body)
        for row in body["data"]:
            del row["creditor_unique_value"]
        return Answer(200, json.dumps(body).encode(), true.headers)

    service.faults.append(Fault(method="GET", path="/api/v2/billogram", change=without))
    assert (looked_at_again(intent).state, len(service.records)) == ("done", 1)


def test_a_draft_that_stays_when_its_sending_is_refused_is_in_the_mirror(shop: At) -> None:
    source, service = shop
    service.keep_failed_draft = True
    service.change_customer(1, contact={"email": ""})
    intent = tell(source, "invoice.create", **PLAIN, send=True, method="Email")
    assert (intent.state, intent.error) == ("refused", "invalid delivery method, address missing")
    assert (intent.invoice.state, len(service.records)) == ("draft", 1)


def test_a_lost_draft_that_was_not_sent_is_only_sent(shop: At) -> None:
    source, service = shop
    lose_answer(service, "POST /billogram")
    intent = tell(source, "invoice.create", **PLAIN, send=True, method="Email")
    made = service.records[0]["id"]
    service.change(made, state="Unattested")
    intent = looked_at_again(intent)
    assert (intent.state, len(service.records)) == ("done", 1)
    assert told(service)[-1] == ("POST", f"/billogram/{made}/command/send", {"method": "Email"})


def test_only_what_changes_of_a_draft_is_sent(shop: At) -> None:
    source, service = shop
    invoice = tell(source, "invoice.create", **WHOLE).invoice
    service.journal.clear()
    changed = {**invoice.form, "note": "New", "due_date": "2026-12-24", "automatic_reminders": False}
    intent = tell(source, "invoice.update", invoice, **changed)
    assert (intent.state, intent.error) == ("done", "")
    [(method, path, body)] = told(service)
    assert (method, path) == ("PUT", f"/billogram/{invoice.external_id}")
    assert body == {
        "due_date": "2026-12-24",
        "automatic_reminders": False,
        "info": {**BODY["info"], "message": "New"},
    }
    invoice.refresh_from_db()
    assert (invoice.note, invoice.due_date.isoformat(), invoice.form["automatic_reminders"]) == (
        "New",
        "2026-12-24",
        False,
    )


def test_changed_lines_replace_the_list(shop: At) -> None:
    source, service = shop
    invoice = tell(source, "invoice.create", **WHOLE).invoice
    lines = [{**CONSULTING, "quantity": "12"}]
    assert tell(source, "invoice.update", invoice, lines=lines).state == "done"
    accounts = {"income_account": "3001", "vat_account": "2610"}
    assert told(service)[-1][2] == {"items": [{**BODY["items"][0], "count": 12, "bookkeeping": accounts}]}
    invoice.refresh_from_db()
    assert [line.quantity for line in invoice.lines.all()] == ["12"]


def test_a_discount_that_is_not_named_any_more_is_taken_off(shop: At) -> None:
    source, service = shop
    invoice = tell(source, "invoice.create", customer="1", lines=[{**CONSULTING, "discount": "100"}]).invoice
    assert tell(source, "invoice.update", invoice, lines=[CONSULTING]).state == "done"
    assert service.find(invoice.external_id)["items"][0]["discount"] == 0


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ({"due_days": 45}, {"due_days": 45}),
        ({"reminder_steps": []}, {"automatic_reminders_settings": []}),
        ({"order_date": "", "order_no": ""}, {"info": {**BODY["info"], "order_date": None, "order_no": ""}}),
        ({"automatic_collection": {}}, {"automatic_collection": {"delay_days": None, "amount": None}}),
        ({"interest_rate": "8.50"}, {"interest_rate": Decimal("8.50")}),
    ],
)
def test_each_field_of_a_draft_can_be_changed_or_emptied(
    shop: At, data: dict[str, Any], shown: dict[str, Any]
) -> None:
    source, service = shop
    invoice = tell(source, "invoice.create", **WHOLE).invoice
    intent = tell(source, "invoice.update", invoice, **data)
    assert (intent.state, intent.error) == ("done", "")
    assert told(service)[-1][2] == shown


@pytest.mark.parametrize(
    ("data", "sent"),
    [
        ({"interest_rate": ""}, {"interest_rate": None}),
        ({"reminder_fee": ""}, {"reminder_fee": None}),
        ({"invoice_fee": ""}, {"invoice_fee": None}),
        ({"due_days": ""}, {"due_days": None}),
        ({"due_date": ""}, {"due_date": None}),
        ({"issue_date": ""}, {"invoice_date": None}),
        ({"currency": ""}, {"currency": None}),
        ({"due_date": "", "due_days": 45}, {"due_days": 45}),
    ],
)
@pytest.mark.parametrize("lose", [None, lose_answer, lose_request])
def test_a_field_that_is_emptied_takes_the_default_of_the_service(
    shop: At, data: dict[str, Any], sent: dict[str, Any], lose: Any
) -> None:
    """Whatever that is; after a lost answer it is told again, which changes nothing."""
    source, service = shop
    invoice = tell(source, "invoice.create", **WHOLE).invoice
    service.journal.clear()
    if lose:
        lose(service, f"PUT /billogram/{invoice.external_id}")
    intent = tell(source, "invoice.update", invoice, **data)
    intent = looked_at_again(intent) if lose else intent
    assert (intent.state, intent.error) == ("done", "")
    assert {str(body) for _method, _path, body in told(service)} == {str(sent)}


def test_a_default_that_is_the_same_as_before_is_no_endless_question(shop: At) -> None:
    source, service = shop
    invoice = tell(source, "invoice.create", **PLAIN).invoice
    assert tell(source, "invoice.update", invoice, interest_rate="").state == "done"
    assert told(service)[-1][2] == {"interest_rate": None}


def test_a_draft_that_is_so_already_is_not_told(shop: At) -> None:
    source, service = shop
    invoice = tell(source, "invoice.create", **WHOLE).invoice
    service.journal.clear()
    assert tell(source, "invoice.update", invoice, **invoice.form).state == "done"
    assert tell(source, "invoice.update", invoice, due_days=20).state == "done"
    assert service.journal == []


def test_an_update_of_a_sent_billogram_makes_a_further_invoice(shop: At) -> None:
    source, _service = shop
    invoice = tell(source, "invoice.create", **PLAIN, send=True).invoice
    assert tell(source, "invoice.update", invoice, lines=[{**CONSULTING, "quantity": "11"}]).state == "done"
    invoice.refresh_from_db()
    papers = [(paper.kind, paper.number, paper.amount) for paper in invoice.papers.all()]
    assert papers == [("debit", "1001", 1875000), ("debit", "1002", 187500)]
    assert tell(source, "invoice.update", invoice, lines=[{**CONSULTING, "quantity": "9"}]).state == "done"
    invoice.refresh_from_db()
    assert [paper.kind for paper in invoice.papers.all()][2:] == ["credit"]
    assert invoice.gross == 1687500


def test_terms_of_a_sent_billogram_change_without_a_further_invoice(shop: At) -> None:
    source, service = shop
    invoice = tell(source, "invoice.create", **PLAIN, send=True).invoice
    changed = invoice.form | {"automatic_reminders": True, "reminder_steps": [{"days": 7, "body": "Please."}]}
    assert tell(source, "invoice.update", invoice, **changed).state == "done"
    assert "items" not in told(service)[-1][2]
    service.clock.move(days=45)
    assert "ReminderSent" in kinds(service.find(invoice.external_id))


def test_a_change_the_service_refuses_is_told_in_its_words(shop: At) -> None:
    source, service = shop
    invoice = tell(source, "invoice.create", **PLAIN, send=True).invoice
    service.command(invoice.external_id, "credit", mode="full")
    intent = tell(source, "invoice.update", invoice, note="x")
    assert (intent.state, intent.error) == ("refused", "cannot update a billogram in state Credited")


@pytest.mark.parametrize("lose", [lose_answer, lose_request])
def test_a_change_whose_answer_was_lost_is_made_once(shop: At, lose: Any) -> None:
    source, service = shop
    invoice = tell(source, "invoice.create", **PLAIN, send=True).invoice
    lose(service, f"PUT /billogram/{invoice.external_id}")
    intent = tell(source, "invoice.update", invoice, lines=[{**CONSULTING, "quantity": "11"}])
    assert intent.state == "unknown"
    assert looked_at_again(intent).state == "done"
    assert kinds(service.find(invoice.external_id)).count("InvoiceSent") == 1


def test_a_draft_is_deleted_and_marked_as_gone(desk: At) -> None:
    source, service = desk
    invoice = invoice_of(source, service.add_billogram())
    assert tell(source, "invoice.delete", invoice).state == "done"
    assert told(service) == [("DELETE", f"/billogram/{invoice.external_id}", None)]
    invoice.refresh_from_db()
    assert (invoice.gone_at is not None, service.records) == (True, [])


def test_what_was_sent_cannot_be_deleted(desk: At) -> None:
    source, service = desk
    invoice = invoice_of(source, service.add_billogram(send="Email"))
    intent = tell(source, "invoice.delete", invoice)
    assert (intent.state, intent.error) == ("refused", "cannot delete a billogram in state Unpaid")
    assert Invoice.objects.get(pk=invoice.pk).gone_at is None


@pytest.mark.parametrize("lose", [lose_answer, lose_request])
def test_a_deletion_whose_answer_was_lost_is_done_once(desk: At, lose: Any) -> None:
    source, service = desk
    invoice = invoice_of(source, service.add_billogram())
    lose(service, "DELETE /billogram")
    intent = tell(source, "invoice.delete", invoice)
    assert intent.state == "unknown"
    assert (looked_at_again(intent).state, len(service.journal), service.records) == ("done", 1, [])
