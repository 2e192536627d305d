"""The invoice page."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from arapp.approvals.models import Decision
from arapp.documents.models import StoredFile
from arapp.kept import keeping
from arapp.receivables import mirror
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money
from arapp.receivables.records import EventRecord, LineRecord, MovementRecord, NamedRecord, PaperRecord, VatRecord
from arapp.upstreams.models import Worker
from arapp.web import panel
from tests.conftest import NOW, invoice_record, make_invoice, make_source, make_user

HTMX = {"HX-Request": "true"}


def text(response):
    return response.content.decode()


def open_page(client, invoice):
    return text(client.get(f"/invoices/{invoice.pk}/"))


@pytest.fixture
def full(source):
    return make_invoice(
        source,
        number="RE500",
        state="open",
        currency="EUR",
        payment_reference="RF18",
        reference="PO 4711",
        owner=NamedRecord(external_id="o", name="Anna Berg", email="anna@example.org"),
        contact=NamedRecord(external_id="k", name="Otto"),
        card=NamedRecord(external_id="d", name="Visa 42"),
        tags=(NamedRecord(external_id="t", name="urgent"),),
        lines=(
            LineRecord(position=1, title="Consulting", description="Two days", quantity=Decimal("7.5"), unit="h",
                       unit_price=Decimal("8.4034"), vat_rate=Decimal(19), net=Decimal("63.0255"), discount="10 %"),
        ),
        vat_rates=(VatRecord(rate=Decimal(19), name="USt", net=Decimal(100), vat=Decimal(19)),),
        movements=(
            MovementRecord(
                external_id="m", kind="payment", amount=Money(5000, "EUR"), date=date(2026, 11, 5), method="SEPA"
            ),
        ),
        events=(EventRecord(external_id="e", at=datetime(2026, 11, 2, tzinfo=UTC), kind="Reminder", person="Kim"),),
    )  # fmt: skip


def test_the_page_shows_lines_vat_movements_facts_and_timeline(signed_in, full):
    page = open_page(signed_in("viewer"), full)
    words = "RE500|Muster AG|Consulting|Two days|7.5 h|8.4034|63.0255|10 %|USt|19 %|Payment|SEPA|50.00|PO 4711|RF18"
    facts = "Anna Berg (anna@example.org)|Otto|Visa 42|urgent|Reminder|Kim"
    for word in (*words.split("|"), *facts.split("|")):
        assert word in page, word


def test_each_form_carries_the_digest_of_what_is_shown(signed_in, invoice):
    page = open_page(signed_in(), invoice)
    for action in ("approve", "reject"):
        form = page.split(f'action="/invoices/{invoice.pk}/{action}/"')[1].split("</form>")[0]
        assert f'name="digest" value="{invoice.digest}"' in form


def test_the_primary_action_is_named_by_its_effect(signed_in):
    invoice = make_invoice(make_source(service="billogram"), service_state="Unattested")
    page = open_page(signed_in(), invoice)
    assert "Approve and send by e-mail to billing@example.org…</a>" in page
    assert f'href="/invoices/{invoice.pk}/act/invoice.send/"' in page


def test_the_five_permissions_are_shown_to_every_role(signed_in, invoice):
    may = open_page(signed_in("approver"), invoice)
    may_not = open_page(signed_in("viewer"), invoice)
    for name in ("can_update", "can_delete", "can_approve", "can_reject", "can_remove_approval"):
        assert f'data-permission="{name}"' in may
        assert f'data-permission="{name}"' in may_not
    assert may.count('class="yes"') == 4
    assert 'class="yes"' not in may_not
    assert "Deciding needs another role: Approver, Controller or Administrator." in may_not


def test_the_timeline_is_newest_first_with_decisions_and_what_was_sent(signed_in, full):
    Worker.objects.create(name="w")
    full.approval.approve(make_user(first_name="Petra"), full.digest, "fine by me")
    page = open_page(signed_in(), full).split("What happened")[1]
    assert re.search(r"On its way to Billomat.*Approved.*Petra.*fine by me.*Reminder", page, re.DOTALL)
    assert '<time datetime="2026-11-02T00:00:00+00:00" title="2026-11-02' in page


def test_an_imported_decision_has_nobody_and_no_date(signed_in, source):
    invoice = make_invoice(source, state="paid", service_decision="approved")
    page = open_page(signed_in(), invoice).split("What happened")[1]
    assert "imported; decided at Billomat before it was connected" in page
    assert "date not known" in page


def test_a_change_of_substance_stands_in_the_timeline_field_by_field(signed_in, source):
    make_invoice(source, external_id="s1")
    invoice = make_invoice(source, external_id="s1", gross="238", open="238")
    page = open_page(signed_in(), invoice)
    assert "Changed at Billomat" in page
    assert "119.00 EUR</del>" in page
    assert "238.00 EUR</ins>" in page


def test_what_the_service_says_is_shown_number_for_number(signed_in, source):
    record = invoice_record("p1")
    raw = {"id": "p1", "price": Decimal("8.40340"), "big": 12345678901234567890, "name": "<b>Å</b>"}
    mirror.write_invoices(source, [record.__class__(**{**record.__dict__, "payload": raw, "detail": raw})], NOW)
    page = open_page(signed_in("viewer"), Invoice.objects.get())
    assert "&quot;price&quot;: 8.40340" in page
    assert "12345678901234567890" in page
    assert "&lt;b&gt;Å&lt;/b&gt;" in page


def test_pretty_json_loses_nothing():
    from arapp.web.payload import pretty

    raw = '{"a": [1, 2.50, {"b": null}], "c": {}, "d": [], "e": "\\u00e5\\n", "f": true}'
    assert json.loads(pretty(raw), parse_float=Decimal) == json.loads(raw, parse_float=Decimal)
    assert "2.50" in pretty(raw)
    assert pretty("not json") == "not json"


def test_opening_reads_missing_details_and_says_when_that_fails(signed_in, source, monkeypatch):
    invoice = make_invoice(source, external_id="d1")
    Invoice.objects.update(detailed_at=None, detail_due=True, digest="")
    asked = []
    monkeypatch.setattr(panel, "read_now", lambda found: asked.append(found.pk) or "Billomat did not answer.")
    page = open_page(signed_in(), invoice)
    assert asked == [invoice.pk]
    assert "Billomat did not answer." in page
    assert "The lines have not been read yet" in page


def test_an_invoice_with_details_asks_nobody(signed_in, invoice, monkeypatch):
    monkeypatch.setattr(panel, "read_now", lambda found: pytest.fail("asked"))
    Invoice.objects.update(detail_due=True)
    assert signed_in().get(f"/invoices/{invoice.pk}/").status_code == 200


def test_unknown_amounts_are_said_to_be_unknown_and_nothing_can_be_decided(signed_in, source):
    nothing = dict.fromkeys(("net", "vat", "gross", "paid", "open"))
    page = open_page(signed_in(), make_invoice(source, state="unknown", service_decision="", **nothing))
    assert "No amount yet" in page
    assert "This needs attention" in page
    assert "disabled" in page


def test_an_invoice_that_is_gone_says_so(signed_in, invoice):
    mirror.mark_gone(invoice.source, invoice.kind, [invoice.external_id], NOW)
    assert "Billomat no longer has this document" in open_page(signed_in(), invoice)


def test_htmx_gets_the_document_alone(signed_in, invoice):
    part = text(signed_in().get(f"/invoices/{invoice.pk}/", headers=HTMX))
    assert part.lstrip().startswith("<article")


def happened(source, times, **fields):
    """An invoice with so many of everything that its page can show."""
    numbers, day = range(times), date(2026, 11, 5)
    at = datetime(2026, 11, 5, tzinfo=UTC)
    invoice = make_invoice(
        source,
        external_id="full",
        tags=tuple(NamedRecord(external_id=f"t{n}", name=f"tag {n}") for n in numbers),
        lines=tuple(LineRecord(position=n, title="Consulting", net=Decimal(1)) for n in numbers),
        vat_rates=tuple(VatRecord(rate=Decimal(n), net=Decimal(1), vat=Decimal(1)) for n in numbers),
        movements=tuple(
            MovementRecord(external_id=f"m{n}", kind="payment", amount=Money(1, "EUR"), date=day) for n in numbers
        ),
        papers=tuple(PaperRecord(external_id=f"p{n}", kind="reminder", number=f"M{n}", issued=day) for n in numbers),
        events=tuple(EventRecord(external_id=f"e{n}", at=at, kind="Respite") for n in numbers),
        **fields,
    )
    for n in numbers:
        person, other = make_user(), make_user()
        keeping.comment(invoice, "Look", person)
        keeping.tag(invoice, [f"kept {n}"], [], person)
        keeping.pay(invoice, Money(1, "EUR"), day, "cash", "", person)
        paid = keeping.pay(invoice, Money(1, "EUR"), day, "cash", "", person)
        keeping.take_back(paid.pk, invoice, other)
        asked(invoice, person, file=stored(person))
        decided(invoice, person, other)
        invoice.snapshots.create(digest=f"{n}", first_seen_at=at, taken_at=at)
    return invoice


def stored(person):
    return StoredFile.objects.create(
        name=uuid4().hex, filename="a.pdf", content_type="application/pdf", size=1, sha256="0", person=person
    )


def asked(invoice, person, file):
    for state in ("done", "pending", "unknown", "refused"):
        invoice.intents.create(
            source=invoice.source, kind="invoice.comment", state=state, person=person, data={"file": file.name}
        )


def decided(invoice, person, other):
    for state in ("superseded", "needs_person"):
        told = invoice.intents.create(
            source=invoice.source, kind="send", state=state, person=person, settled_by=other
        )
        invoice.approval.decisions.create(
            action="approve", from_state="waiting", to_state="approved", person=person, origin="desk", intent=told
        )


@pytest.mark.parametrize("role", ["viewer", "administrator"])
@pytest.mark.parametrize("state", ["draft", "open"])
@pytest.mark.parametrize(
    ("service", "word"), [("billogram", "Overdue"), ("billomat", "OVERDUE"), ("billover", "finished")]
)
def test_the_page_asks_at_most_twelve_questions_however_much_happened(
    service, word, state, role, signed_in, django_assert_max_num_queries
):
    source, client = make_source(service=service), signed_in(role)
    state = {"state": state, "service_state": word if state == "open" else "Unattested"}
    seen = []
    for times in (1, 12):
        path = f"/invoices/{happened(source, times, **state).pk}/"
        client.get(path)
        with django_assert_max_num_queries(12) as questions:
            page = text(client.get(path))
        seen.append(len(questions))
        assert page.count("at the desk</span>") >= times
    assert seen[0] == seen[1]


def test_an_unknown_invoice_is_not_found_and_posting_is_not_allowed(signed_in, invoice):
    client = signed_in()
    assert client.get("/invoices/999/").status_code == 404
    assert client.post(f"/invoices/{invoice.pk}/").status_code == 405


@pytest.mark.parametrize("service", ["billogram", "billover", "billomat"])
@pytest.mark.parametrize("decision", ["waiting", "approved", "rejected"])
@pytest.mark.parametrize("role", ["viewer", "approver"])
def test_the_permissions_shown_are_those_of_the_approval(service, decision, role, client, db):
    person = make_user(role=role)
    invoice = make_invoice(make_source(service=service), service_decision=decision, service_state="Unattested")
    client.force_login(person)
    page = open_page(client, invoice)
    for name, may in invoice.approval.permissions(person).items():
        row = page.split(f'data-permission="{name}"')[1].split("</tr>")[0]
        assert ('class="yes"' in row) is may, name


@pytest.mark.parametrize("alone", [True, False])
def test_the_timeline_says_when_one_person_decided_alone(signed_in, alone):
    invoice = make_invoice()
    invoice.approval.approve(make_user(first_name="Anna"), invoice.digest)
    Decision.objects.update(alone=alone)
    assert ("Anna, without a second person" in open_page(signed_in(), invoice)) is alone
