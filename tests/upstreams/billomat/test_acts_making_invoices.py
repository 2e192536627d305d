"""invoice.create, invoice.update, invoice.delete, and completing with a template."""

import json
from typing import Any

import pytest

from arapp.approvals.models import Approval
from arapp.outbox.models import Intent
from arapp.receivables.models import Invoice, Source
from arapp.sandbox.base import Fault, Request
from arapp.sandbox.billomat import Billomat as StandIn
from arapp.upstreams.pull import pull
from tests.conftest import make_user
from tests.upstreams.acting import carried_out, looked_at_again, tell, wish
from tests.upstreams.billomat.issued import resumed, settled
from tests.upstreams.billomat.wiring import refusal
from tests.upstreams.conftest import Desk

ARRIVED = pytest.mark.parametrize("after", [True, False], ids=["it arrived", "it did not arrive"])
HOURS = {"title": "Consulting", "quantity": "10", "unit": "h", "unit_price": "95.50", "vat_rate": "19"}
BOOK = {"title": "Handbook", "quantity": "2", "unit": "Stück", "unit_price": "40", "vat_rate": "7"}
TWO_ITEMS = (
    {"title": "Arbeitszeit", "unit": "h", "quantity": 2, "unit_price": 50, "tax_name": "MwSt", "tax_rate": 19},
    {"title": "Fahrt", "unit": "km", "quantity": 10, "unit_price": 1, "tax_name": "MwSt", "tax_rate": 19},
)


@pytest.fixture
def desk(connected: Desk) -> tuple[Source, StandIn, str]:
    """An account with one client, whose id comes third."""
    source, standin = connected("billomat", invoices=0)
    return source, standin, str(standin.add_client()["id"])


@pytest.fixture
def draft(desk) -> tuple[Source, StandIn, Invoice]:
    """A draft of two items that is there and here, and its mirror in detail."""
    source, standin, _client = desk
    standin.add_invoice(TWO_ITEMS, label="Projekt 1", due_days=14)
    pull(source)
    return source, standin, Invoice.objects.get(source=source)


def bodies(standin: StandIn) -> list[tuple[str, str, Any]]:
    return [(one.method, one.path, json.loads(one.body) if one.body else None) for one in standin.journal]


def items_of(standin: StandIn, external_id: str) -> list[dict[str, Any]]:
    return standin.tables["invoice-items"].of("invoice_id", int(external_id))


def drop(standin: StandIn, method: str, path: str, *, after: bool, skip: int = 0) -> None:
    standin.faults.append(Fault(drop=True, method=method, path=path, after=after, skip=skip))


# a new invoice


def test_a_new_invoice_is_a_draft_with_its_items_and_our_reference(desk):
    source, standin, client = desk
    intent = tell(source, "invoice.create", customer=client, lines=[HOURS, BOOK])
    assert (intent.state, intent.error) == ("done", "")
    items = [
        {"title": "Consulting", "unit": "h", "quantity": "10", "unit_price": "95.50", "tax_rate": "19"},
        {"title": "Handbook", "unit": "Stück", "quantity": "2", "unit_price": "40", "tax_rate": "7"},
    ]
    sent = {"client_id": int(client), "customfield": intent.reference}
    inline = {"invoice-items": {"invoice-item": [{**item, "tax_name": "MwSt"} for item in items]}}
    assert bodies(standin) == [("POST", "/api/invoices", {"invoice": sent | inline})]
    invoice = Invoice.objects.get(source=source)
    assert (intent.invoice, intent.result_id) == (invoice, invoice.external_id)
    assert (invoice.state, invoice.net, invoice.vat, invoice.gross) == ("draft", 103500, 18705, 122205)
    assert [line.title for line in invoice.lines.order_by("position")] == ["Consulting", "Handbook"]
    assert invoice.customer.external_id == client
    assert (invoice.own_gross, invoice.finding) == (122205, "")


EVERYTHING = {
    "issue_date": "2026-11-19",
    "due_date": "2026-12-01",
    "currency": "CHF",
    "currency_rate": "1.04",
    "title": "Rechnung",
    "label": "Projekt 7",
    "intro": "Wie vereinbart:",
    "note": "Danke",
    "address": "Muster AG\nAm Ring 1",
    "price_basis": "gross",
    "reduction": "10%",
    "cash_discount_rate": "2",
    "cash_discount_days": 7,
    "payment_types": ["bank_transfer", "paypal"],
    "number_prefix": "AR",
    "number": 700,
    "number_length": 5,
    "supply_date": "2026-11-01",
    "supply_date_type": "delivery_date",
}
AT_BILLOMAT = {
    "date": "2026-11-19",
    "due_date": "2026-12-01",
    "currency_code": "CHF",
    "quote": "1.04",
    "title": "Rechnung",
    "label": "Projekt 7",
    "intro": "Wie vereinbart:",
    "note": "Danke",
    "address": "Muster AG\nAm Ring 1",
    "net_gross": "GROSS",
    "reduction": "10%",
    "discount_rate": "2",
    "discount_days": 7,
    "payment_types": "BANK_TRANSFER,PAYPAL",
    "number_pre": "AR",
    "number": 700,
    "number_length": 5,
    "supply_date": "2026-11-01",
    "supply_date_type": "DELIVERY_DATE",
}


def test_all_that_a_document_can_say_is_said_in_billomats_words(desk):
    source, standin, client = desk
    contact = str(standin.add_contact(int(client), last_name="Berg")["id"])
    template = str(next(iter(standin.tables["templates"].rows)))
    free_text = str(next(iter(standin.tables["free-texts"].rows)))
    corrects = str(standin.add_invoice(status="OPEN")["id"])
    named = {"customer": client, "contact": contact, "template": template, "corrects": corrects}
    line = HOURS | {"discount": "5%", "description": "At night", "vat_name": "USt"}
    intent = tell(source, "invoice.create", lines=[line], free_text=free_text, **named, **EVERYTHING)
    assert (intent.state, intent.error) == ("done", "")
    sent = bodies(standin)[0][2]["invoice"]
    ids = {"client_id": client, "contact_id": contact, "template_id": template, "invoice_id": corrects}
    expected = AT_BILLOMAT | {name: int(value) for name, value in (ids | {"free_text_id": free_text}).items()}
    assert {name: value for name, value in sent.items() if name in expected} == expected
    assert set(sent) - set(expected) == {"customfield", "invoice-items"}
    item = sent["invoice-items"]["invoice-item"][0]
    assert (item["reduction"], item["description"], item["tax_name"]) == ("5%", "At night", "USt")
    invoice = intent.invoice
    assert (invoice.currency, str(invoice.due_date), invoice.corrects) == ("CHF", "2026-12-01", corrects)
    assert {name: invoice.form[name] for name in {**EVERYTHING, **named}} == {**EVERYTHING, **named}


def test_an_item_of_the_catalogue_fills_in_what_a_line_leaves_out(desk):
    source, standin, client = desk
    article = next(iter(standin.tables["articles"].rows.values()))
    intent = tell(source, "invoice.create", customer=client, lines=[{"item": str(article["id"]), "quantity": "3"}])
    sent = bodies(standin)[0][2]["invoice"]["invoice-items"]["invoice-item"]
    assert sent == [{"article_id": article["id"], "quantity": "3"}]
    line = intent.invoice.lines.get()
    assert (line.title, line.item.external_id) == (article["title"], str(article["id"]))


def test_tags_follow_once_the_invoice_is_there(desk):
    source, standin, client = desk
    intent = settled(wish(source, "invoice.create", customer=client, lines=[HOURS], tags=["vip", "Project"]))
    assert (intent.state, intent.error) == ("done", "")
    assert [(method, path) for method, path, _body in bodies(standin)] == [
        ("POST", "/api/invoices"),
        ("POST", "/api/invoice-tags"),
        ("POST", "/api/invoice-tags"),
    ]
    assert [body["invoice-tag"]["name"] for _method, _path, body in bodies(standin)[1:]] == ["vip", "Project"]
    assert sorted(tag.name for tag in intent.invoice.tags.all()) == ["Project", "vip"]
    assert Invoice.objects.filter(source=source).count() == 1


def test_tags_that_were_refused_say_what_stands_and_go_on_when_told_again(desk):
    source, standin, client = desk
    standin.faults.append(Fault(refusal(400, "Not today"), method="POST", path="/invoice-tags", skip=1))
    intent = settled(wish(source, "invoice.create", customer=client, lines=[HOURS], tags=["vip", "Project"]))
    assert intent.state == "refused"
    assert intent.error == "The draft is made; its tags are still missing. Not today"
    again = resumed(intent)
    assert (again.state, len(standin.tables["invoices"].rows)) == ("done", 1)
    assert sorted(tag.name for tag in again.invoice.tags.all()) == ["Project", "vip"]


@ARRIVED
@pytest.mark.parametrize("skip", [0, 1])
def test_tags_whose_answer_was_lost_are_put_on_once(desk, after, skip):
    source, standin, client = desk
    intent = wish(source, "invoice.create", customer=client, lines=[HOURS], tags=["vip", "Project"])
    drop(standin, "POST", "/invoice-tags", after=after, skip=skip)
    intent = settled(intent)
    assert (intent.state, standin.faults[0].times) == ("done", 0)
    assert sorted(tag.name for tag in intent.invoice.tags.all()) == ["Project", "vip"]
    assert len(standin.tables["invoices"].rows) == 1
    assert all(write.status == 201 for write in standin.journal)


def test_an_invoice_that_billomat_refuses_is_refused_in_its_words(desk):
    source, standin, client = desk
    intent = tell(source, "invoice.create", customer=client, lines=[HOURS], contact="424242")
    assert (intent.state, intent.error) == ("refused", "contact_id is invalid")
    assert (Invoice.objects.count(), len(standin.tables["invoices"].rows)) == (0, 0)


@ARRIVED
def test_after_a_lost_answer_there_is_one_invoice(desk, after):
    source, standin, client = desk
    intent = wish(source, "invoice.create", customer=client, lines=[HOURS])
    drop(standin, "POST", "/invoices", after=after)
    assert carried_out(intent).state == "unknown"
    intent = looked_at_again(intent)
    assert (intent.state, len(standin.tables["invoices"].rows)) == ("done", 1)
    assert Invoice.objects.get(source=source).external_id == intent.result_id


# a changed draft


def test_the_form_of_a_draft_is_what_would_make_it(draft):
    source, standin, invoice = draft
    form = invoice.form
    assert form["lines"][1] == {
        "title": "Fahrt",
        "unit": "km",
        "quantity": "10",
        "unit_price": "1",
        "vat_rate": "19",
        "vat_name": "MwSt",
    }
    assert (form["label"], form["price_basis"], "due_days" in form) == ("Projekt 1", "net", False)
    assert tell(source, "invoice.update", invoice, **form).state == "done"
    assert standin.journal == []


def test_the_head_of_a_draft_is_changed_without_touching_its_items(draft):
    source, standin, invoice = draft
    intent = tell(source, "invoice.update", invoice, due_days=30, label="", note="Neu", reduction="5%")
    assert (intent.state, intent.error) == ("done", "")
    sent = {"due_days": 30, "label": "", "note": "Neu", "reduction": "5%"}
    assert bodies(standin) == [("PUT", f"/api/invoices/{invoice.external_id}", {"invoice": sent})]
    invoice.refresh_from_db()
    assert (invoice.note, invoice.label, invoice.net) == ("Neu", "", 10450)


def test_items_are_changed_added_and_deleted_one_by_one(draft):
    source, standin, invoice = draft
    first, second = items_of(standin, invoice.external_id)
    first_id, second_id = first["id"], second["id"]
    kept = {"title": "Arbeitszeit", "unit": "h", "quantity": "2.0", "unit_price": "50.00", "vat_rate": "19"}
    assert tell(source, "invoice.update", invoice, lines=[kept, HOURS, BOOK]).state == "done"
    [changed, made] = bodies(standin)
    assert changed[:2] == ("PUT", f"/api/invoice-items/{second_id}")
    assert changed[2]["invoice-item"] == {
        "article_id": "",
        "title": "Consulting",
        "description": "",
        "unit": "h",
        "quantity": "10",
        "unit_price": "95.50",
        "tax_rate": "19",
        "tax_name": "MwSt",
        "reduction": "",
    }
    assert made[:2] == ("POST", "/api/invoice-items")
    assert (made[2]["invoice-item"]["invoice_id"], made[2]["invoice-item"]["title"]) == (
        int(invoice.external_id),
        "Handbook",
    )
    invoice.refresh_from_db()
    assert [line.title for line in invoice.lines.order_by("position")] == ["Arbeitszeit", "Consulting", "Handbook"]
    standin.journal.clear()
    assert tell(source, "invoice.update", invoice, lines=[kept]).state == "done"
    third = str(max(first_id, second_id) + 1)
    deleted = [("DELETE", f"/api/invoice-items/{one}", None) for one in (second_id, third)]
    assert bodies(standin) == deleted
    invoice.refresh_from_db()
    assert (invoice.net, invoice.lines.count()) == (10000, 1)


def test_a_line_of_the_catalogue_over_another_line_brings_everything_of_its_article(draft):
    source, standin, invoice = draft
    article = next(iter(standin.tables["articles"].rows.values()))
    lines = [{"item": str(article["id"]), "quantity": "1"}]
    assert tell(source, "invoice.update", invoice, lines=lines).state == "done"
    line = invoice.lines.get()
    assert (line.title, line.quantity, line.item.external_id) == (article["title"], "1", str(article["id"]))


def test_head_and_items_are_changed_in_one_go(draft):
    source, standin, invoice = draft
    assert tell(source, "invoice.update", invoice, note="Neu", lines=[BOOK]).state == "done"
    assert [method for method, _path, _body in bodies(standin)] == ["PUT", "PUT", "DELETE"]
    invoice.refresh_from_db()
    assert (invoice.note, invoice.net) == ("Neu", 8000)


@ARRIVED
@pytest.mark.parametrize(
    ("method", "path", "skip"),
    [
        ("PUT", "/invoices", 0),
        ("PUT", "/invoice-items", 1),
        ("POST", "/invoice-items", 0),
        ("POST", "/invoice-items", 1),
    ],
)
def test_a_change_that_broke_off_anywhere_goes_on_where_it_stands(draft, method, path, skip, after):
    source, standin, invoice = draft
    lines = [HOURS, BOOK, HOURS | {"title": "More"}, BOOK | {"title": "Last"}]
    intent = wish(source, "invoice.update", invoice, note="Neu", lines=lines)
    drop(standin, method, path, after=after, skip=skip)
    assert carried_out(intent).state == "unknown"
    assert looked_at_again(intent).state == "done"
    titles = [item["title"] for item in items_of(standin, invoice.external_id)]
    assert titles == ["Consulting", "Handbook", "More", "Last"]
    assert standin.find(invoice.external_id)["note"] == "Neu"
    assert len(standin.journal) == 5


def test_a_free_text_is_for_new_invoices_alone(draft):
    source, standin, invoice = draft
    free_text = str(next(iter(standin.tables["free-texts"].rows)))
    intent = tell(source, "invoice.update", invoice, free_text=free_text)
    assert (intent.state, "free text" in intent.error, standin.journal) == ("refused", True, [])


def test_a_change_that_billomat_refuses_is_refused_in_its_words(draft):
    source, standin, invoice = draft
    intent = tell(source, "invoice.update", invoice, issue_date="2026-02-31")
    assert (intent.state, intent.error) == ("refused", "date is not a valid date")
    assert [write.status for write in standin.journal] == [400]


@pytest.mark.parametrize("kind", ["invoice.update", "invoice.delete"])
def test_an_issued_invoice_is_neither_changed_nor_deleted_whatever_the_account_allows(draft, kind):
    source, standin, invoice = draft
    standin.deletes_completed = True
    standin.change(invoice.external_id, status="OPEN")
    intent = tell(source, kind, invoice, **({"note": "Neu"} if kind == "invoice.update" else {}))
    assert (intent.state, "Only a draft" in intent.error, standin.journal) == ("refused", True, [])


def test_a_draft_of_a_credit_note_is_changed_in_its_own_resources(desk):
    source, standin, _client = desk
    standin.add_credit_note(TWO_ITEMS)
    pull(source)
    note = Invoice.objects.get(source=source, kind="credit_note")
    assert tell(source, "invoice.update", note, intro="Neu", lines=[BOOK]).state == "done"
    paths = [path for _method, path, _body in bodies(standin)]
    assert paths[0] == f"/api/credit-notes/{note.external_id}"
    assert {path.rsplit("/", 1)[0] for path in paths[1:]} == {"/api/credit-note-items"}


# a deleted draft


def test_a_deleted_draft_is_gone_here_too(draft):
    source, standin, invoice = draft
    assert tell(source, "invoice.delete", invoice).state == "done"
    assert bodies(standin) == [("DELETE", f"/api/invoices/{invoice.external_id}", None)]
    invoice.refresh_from_db()
    assert invoice.gone_at
    assert standin.tables["invoices"].rows == {}


def test_a_draft_that_somebody_deleted_meanwhile_is_deleted(draft):
    source, standin, invoice = draft

    def first(request: Request) -> None:
        if request.method == "DELETE":
            standin.before_request = None
            standin.remove(invoice.external_id)

    standin.before_request = first
    assert tell(source, "invoice.delete", invoice).state == "done"
    invoice.refresh_from_db()
    assert invoice.gone_at


def test_a_draft_that_may_not_be_deleted_is_refused_in_billomats_words(draft):
    source, standin, invoice = draft
    standin.faults.append(Fault(refusal(403, "no right"), method="DELETE"))
    intent = tell(source, "invoice.delete", invoice)
    assert (intent.state, intent.error) == ("refused", "no right")


@ARRIVED
def test_a_deletion_whose_answer_was_lost_is_settled_by_a_look(draft, after):
    source, standin, invoice = draft
    intent = wish(source, "invoice.delete", invoice)
    drop(standin, "DELETE", "/invoices", after=after)
    assert carried_out(intent).state == "unknown"
    assert looked_at_again(intent).state == "done"
    assert [write.status for write in standin.journal] == [200]
    invoice.refresh_from_db()
    assert invoice.gone_at


# completing


@pytest.mark.parametrize("chosen", [True, False])
def test_a_draft_is_completed_with_the_template_that_was_chosen(draft, chosen):
    _source, standin, invoice = draft
    template = max(standin.tables["templates"].rows)
    approval = Approval.objects.get(invoice=invoice)
    told = {"template": str(template)} if chosen else {}
    intent = approval.approve(make_user(), invoice.digest, told=told).intent
    assert carried_out(intent).state == "done"
    body = {"complete": {"template_id": template} if chosen else {}}
    assert bodies(standin) == [("PUT", f"/api/invoices/{invoice.external_id}/complete", body)]
    assert (standin.find(invoice.external_id)["template_id"] == template) is chosen
    assert Intent.objects.get(pk=intent.pk).kind == "complete"


def test_a_template_that_is_not_there_any_more_is_refused(draft):
    _source, standin, invoice = draft
    approval = Approval.objects.get(invoice=invoice)
    intent = approval.approve(make_user(), invoice.digest, told={"template": "424242"}).intent
    assert (carried_out(intent).state, standin.find(invoice.external_id)["status"]) == ("refused", "DRAFT")
