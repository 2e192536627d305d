"""How acts stand beside decisions: in the timeline, in a row, on the page; and what is done when one is stuck."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arapp.approvals import settling
from arapp.outbox.models import Intent, IntentState
from arapp.people.models import Role
from arapp.receivables.models import Customer
from arapp.receivables.records import PaperRecord
from arapp.upstreams.models import Worker
from tests.conftest import make_invoice, make_source, make_user

HTMX = {"HX-Request": "true"}
OPEN = {"state": "open", "service_state": "OPEN", "service_decision": "approved"}


def text(response):
    return response.content.decode()


@pytest.fixture
def draft(db):
    Worker.objects.create(name="w")
    return make_invoice(make_source(), number="RE1")


def act(invoice, kind="payment.create", state=IntentState.PENDING, **fields):
    fields.setdefault("data", {"amount": "25.00"})
    return Intent.objects.create(source=invoice.source, invoice=invoice, kind=kind, state=state, **fields)


def happened(client, invoice):
    return text(client.get(f"/invoices/{invoice.pk}/")).split("What happened")[1].split("</section>")[0]


def row(client, invoice):
    return text(client.get(f"/invoices/{invoice.pk}/row/"))


def test_the_timeline_says_in_words_what_was_asked_for_by_whom_and_where_it_stands(signed_in, draft):
    act(draft, person=make_user(first_name="Anna"), data={"amount": "25.00", "date": "2026-11-20", "traces": 0})
    entry = happened(signed_in(), draft)
    assert "Payment of 25.00 EUR" in entry
    assert "Anna" in entry
    assert "On its way to Billomat" in entry
    assert "<dt>Date</dt><dd>2026-11-20</dd>" in entry
    assert "payment.create" not in entry
    assert "traces" not in entry


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("invoice.email", {"to": ["a@x.org", "b@x.org"]}, "E-mail to a@x.org, b@x.org"),
        ("invoice.credit", {"mode": "remaining"}, "Credit of the rest"),
        ("invoice.credit", {"mode": "amount", "amount": "5.00"}, "Credit of 5.00 EUR"),
        ("invoice.remind", {"to": ["a@x.org"]}, "Reminder to a@x.org"),
        ("invoice.respite", {"date": "2027-01-01"}, "Respite until 2027-01-01"),
        ("invoice.tag", {"tags": ["new"], "remove": ["old"]}, "Tags: + new, − old"),
        ("invoice.encash", {}, "Hand to a collection agency"),
        ("invoice.of_tomorrow", {"odd": [1]}, "Invoice of tomorrow"),
    ],
)
def test_each_act_has_its_words(kind, data, words, signed_in, draft):
    act(draft, kind, data=data)
    client = signed_in()
    assert words in happened(client, draft)
    assert words in row(client, draft)


def test_data_that_nobody_of_us_wrote_breaks_no_page(signed_in, draft):
    for data in ({}, {"amount": "x", "date": 5}, {"amount": None}):
        act(draft, data=data)
    act(draft, "invoice.email", data={"to": [], "attachments": ["gone"]})
    assert signed_in().get(f"/invoices/{draft.pk}/").status_code == 200


def test_a_row_shows_what_is_on_its_way_and_asks_again_until_it_arrived(signed_in, draft):
    client, intent = signed_in(), act(draft)
    shown = row(client, draft)
    assert "Payment of 25.00 EUR · On its way to Billomat" in shown
    seen = {"seen": f"{intent.pk}.{intent.version}"}
    assert client.get(f"/invoices/{draft.pk}/row/", seen, headers=HTMX).status_code == 204
    intent.move(IntentState.DONE)
    shown = text(client.get(f"/invoices/{draft.pk}/row/", seen, headers=HTMX))
    assert "Payment of 25.00 EUR · Done at Billomat" in shown
    assert "every 2s" not in shown


def test_what_is_stuck_comes_before_what_moves_and_the_others_are_counted(signed_in, draft):
    act(draft, state=IntentState.REFUSED, error="No such account")
    act(draft, "invoice.tag", data={"tags": ["x"]})
    act(draft, "invoice.remind", data={})
    shown = row(signed_in(), draft)
    assert "Payment of 25.00 EUR · Refused by Billomat: No such account; 2 more under way" in shown
    assert "every 2s" in shown


def test_an_act_hides_no_decision_that_is_stuck(signed_in, draft):
    draft.approval.approve(make_user(), draft.digest)
    Intent.objects.update(state=IntentState.REFUSED, error="Not now")
    act(draft, "invoice.comment", state=IntentState.DONE, data={"body": "x"})
    client = signed_in(Role.CONTROLLER)
    assert "Refused by Billomat: Not now" in row(client, draft)
    page = text(client.get(f"/invoices/{draft.pk}/"))
    assert "Refused by Billomat: Not now" in page.split('id="standing"')[1].split("</p>")[0]
    assert "Try again" in page


def test_a_decision_can_be_withdrawn_while_an_act_is_on_its_way_and_no_act_is_withdrawn(signed_in, draft):
    client, page = signed_in(), f"/invoices/{draft.pk}/"
    draft.approval.approve(make_user(), draft.digest)
    act(draft)
    assert "Withdraw" in text(client.get(page))
    Intent.objects.filter(kind="complete").update(state=IntentState.SENDING)
    assert "Withdraw" not in text(client.get(page)), "the payment that waits is nothing to withdraw"
    Intent.objects.filter(kind="complete").update(state=IntentState.PENDING)
    Intent.objects.filter(kind="payment.create").update(state=IntentState.DONE)
    draft.approval.refresh_from_db()
    draft.approval.reopen(make_user(), draft.digest)
    assert dict(Intent.objects.values_list("kind", "state")) == {"payment.create": "done", "complete": "superseded"}


def test_while_an_act_moves_the_page_asks_again_although_nothing_was_decided(signed_in, draft):
    act(draft)
    page = text(signed_in().get(f"/invoices/{draft.pk}/"))
    standing = page.split('id="standing"')[1].split(">")[0]
    assert "hidden" in standing
    assert "every 2s" in standing
    assert 'id="under-way"' in page


@pytest.mark.parametrize("button", ["retry", "drop", "done"])
def test_a_stuck_act_is_told_again_dropped_or_marked_as_done_and_the_decision_stays(button, signed_in, draft):
    draft.approval.approve(make_user(), draft.digest)
    Intent.objects.update(state=IntentState.DONE)
    intent = act(draft, state=IntentState.NEEDS_PERSON, error="Accepted, but not shown")
    client = signed_in(Role.CONTROLLER)
    page = text(client.get(f"/invoices/{draft.pk}/"))
    assert f"/sources/intents/{intent.pk}/{button}/" in page
    client.post(f"/sources/intents/{intent.pk}/{button}/")
    intent.refresh_from_db()
    assert intent.state == {"retry": "pending", "drop": "superseded", "done": "done"}[button]
    draft.approval.refresh_from_db()
    assert (draft.approval.state, draft.approval.service_word) == ("approved", "waiting")


def test_an_act_of_a_customer_can_be_told_again_too(db):
    source = make_source()
    make_invoice(source)
    intent = Intent.objects.create(
        source=source, customer=Customer.objects.get(), kind="customer.update", state=IntentState.REFUSED
    )
    assert settling.tell_again(intent, make_user(role=Role.CONTROLLER)) == ""
    assert intent.state == IntentState.PENDING


def test_what_is_dropped_shows_in_no_row_any_more_and_in_the_timeline_with_who_did_it(signed_in, draft):
    act(draft, state=IntentState.SUPERSEDED, settled_by=make_user(first_name="Petra"))
    client = signed_in()
    assert "Payment of" not in row(client, draft)
    assert "Dropped; Billomat is not told of it · Petra" in happened(client, draft)


@pytest.mark.parametrize("page", ["/", "/sources/"])
def test_where_things_are_stuck_an_act_links_to_what_it_concerns(page, signed_in, draft):
    act(draft, state=IntentState.REFUSED, error="No")
    shown = text(signed_in(Role.CONTROLLER).get(page))
    assert "RE1: Payment of 25.00 EUR" in shown
    assert f'href="/invoices/{draft.pk}/"' in shown


def test_the_list_asks_as_often_for_twenty_acts_as_for_one(signed_in, draft):
    client = signed_in()
    act(draft)
    client.get("/invoices/")
    with CaptureQueriesContext(connection) as one:
        client.get("/invoices/")
    for n in range(10):
        other = make_invoice(draft.source, external_id=f"n{n}")
        act(other)
        act(other, "invoice.remind", data={})
    with CaptureQueriesContext(connection) as many:
        client.get("/invoices/")
    assert len(many) == len(one)


def test_every_document_of_an_invoice_stands_with_its_own_pdf(signed_in, db):
    papers = (
        PaperRecord(kind="reminder", external_id="reminder:7", number="M7", delivery="EMAIL"),
        PaperRecord(kind="letter", external_id="", number="L1"),
    )
    invoice = make_invoice(make_source(), number="RE1", papers=papers, **OPEN)
    page = text(signed_in().get(f"/invoices/{invoice.pk}/")).split('id="documents"')[1].split("</section>")[0]
    base = f"/invoices/{invoice.pk}/document/"
    assert f'href="{base}?variant=reminder%3A7&amp;"' in page
    assert f'href="{base}?variant=reminder%3A7&amp;download=1"' in page
    assert f'href="{base}?download=1"' in page
    assert f"/invoices/{invoice.pk}/act/reminder.email/?reminder=reminder%3A7" in page
    assert page.split("L1")[1].count("href") == 0, "it has no PDF"
