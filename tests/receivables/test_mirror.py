from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arapp.receivables import mirror
from arapp.receivables.mirror import Tally
from arapp.receivables.models import Customer, Invoice, Line, Movement, Owner, Snapshot, Source, Tag
from arapp.receivables.money import Money
from arapp.receivables.records import CustomerRecord, LineRecord, MovementRecord, NamedRecord
from tests.conftest import NOW, invoice_record, make_source


def write(source: Source, *records, now=NOW) -> Tally:
    return mirror.write_invoices(source, records, now)


def writes(queries: CaptureQueriesContext) -> list[str]:
    return [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_a_second_reading_of_the_same_writes_nothing(source: Source):
    records = [invoice_record(str(n)) for n in range(5)]
    assert write(source, *records) == Tally(created=5)
    with CaptureQueriesContext(connection) as queries:
        assert write(source, *records) == Tally(unchanged=5)
    assert not writes(queries)


def test_filling_in_details_does_not_count_as_changed(source: Source):
    whole = invoice_record("1")
    row = replace(whole, detail=None, lines=None, vat_rates=None, movements=None, events=None)
    write(source, row)
    invoice = Invoice.objects.get()
    assert invoice.digest == ""
    assert invoice.detail_due
    assert write(source, replace(whole, payload=None)) == Tally(unchanged=1)
    invoice.refresh_from_db()
    assert invoice.digest
    assert not invoice.detail_due
    assert Line.objects.count() == 1
    assert Snapshot.objects.count() == 1


def test_a_detail_that_changes_without_its_row_counts_as_changed(source: Source):
    record = invoice_record("1")
    write(source, record)
    later = replace(record, payload=None, detail={"other": "content"}, vat=Money(2000, "EUR"))
    assert write(source, later) == Tally(changed=1)
    assert Invoice.objects.get().vat == 2000


def test_none_never_blanks_what_is_stored_and_empty_text_does(source: Source):
    write(source, invoice_record("1", title="Spring", label="A"))
    write(source, replace(invoice_record("1"), title=None, label="", payload={"v": 2}))
    invoice = Invoice.objects.get()
    assert (invoice.title, invoice.label) == ("Spring", "")


def test_a_change_of_substance_leaves_a_further_snapshot_and_others_do_not(source: Source):
    write(source, invoice_record("1"))
    first = Invoice.objects.get().digest
    write(source, invoice_record("1", open="0", paid="119", state="paid", service_state="PAID"))
    assert Invoice.objects.get().digest == first
    assert Snapshot.objects.count() == 1
    write(source, invoice_record("1", gross="120"))
    assert Invoice.objects.get().digest != first
    assert set(Snapshot.objects.values_list("digest", flat=True)) == {first, Invoice.objects.get().digest}


@pytest.mark.parametrize(
    "change",
    [
        {"customer": CustomerRecord(external_id="c2", brief=True, name="Other")},
        {"issue_date": date(2026, 11, 2)},
        {"due_date": date(2026, 12, 2)},
        {"supply_date": "October"},
        {"currency": "CHF"},
        {"net": "101"},
        {"vat": "20"},
        {"gross": "118"},
        {"lines": (LineRecord(position=1, title="Other work", quantity=Decimal(2)),)},
        {"lines": ()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_each_field_of_the_substance_changes_the_digest(source: Source, change: dict):
    write(source, invoice_record("1"))
    before = Invoice.objects.get().digest
    write(source, invoice_record("1", **change))
    assert Invoice.objects.get().digest != before


@pytest.mark.parametrize(
    "change",
    [
        {"paid": "19", "open": "100"},
        {"state": "paid", "service_state": "PAID", "service_decision": "approved"},
        {"title": "t", "intro": "i", "note": "n", "number": "RE77"},
        {"owner": NamedRecord(external_id="u1", name="Kim")},
        {"customer": CustomerRecord(external_id="c1", brief=True, name="Muster AG renamed")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_not_substance_leaves_the_digest_alone(source: Source, change: dict):
    write(source, invoice_record("1"))
    before = Invoice.objects.get().digest
    write(source, invoice_record("1", **change))
    assert Invoice.objects.get().digest == before


def test_a_customer_only_named_by_an_invoice_never_overwrites_one_that_was_read(source: Source):
    whole = CustomerRecord(external_id="c1", name="Muster AG", email="a@example.org", payload={"id": "c1"})
    mirror.write_customers(source, [whole], NOW)
    write(source, invoice_record("1", customer=CustomerRecord(external_id="c1", brief=True, name="MUSTER")))
    customer = Customer.objects.get()
    assert (customer.name, customer.email, customer.brief) == ("Muster AG", "a@example.org", False)


def test_an_invoice_of_an_unknown_customer_makes_one_known_only_from_invoices(source: Source):
    write(source, invoice_record("1"))
    assert Customer.objects.get().brief
    whole = CustomerRecord(external_id="c1", name="Muster AG", payload={"id": "c1"})
    assert mirror.write_customers(source, [whole], NOW) == Tally(changed=1)
    assert not Customer.objects.get().brief


def test_owners_and_tags_are_kept_once_and_renamed(source: Source):
    owner, tag = NamedRecord(external_id="u1", name="Kim"), NamedRecord(external_id="vip", name="vip")
    write(source, *(invoice_record(str(n), owner=owner, tags=(tag,)) for n in range(3)))
    write(source, invoice_record("1", owner=replace(owner, name="Kim Berg"), tags=()))
    assert Owner.objects.get().name == "Kim Berg"
    assert Tag.objects.get().invoices.count() == 2


def test_text_longer_than_its_column_is_cut_in_the_column_and_whole_in_the_payload(source: Source):
    write(source, invoice_record("1", number="9" * 500, category="c" * 5000))
    invoice = Invoice.objects.get()
    assert len(invoice.number) == 100
    assert "9" * 500 in Snapshot.objects.get().payload


def test_the_same_id_may_be_an_invoice_and_a_credit_note(source: Source):
    write(source, invoice_record("1"), invoice_record("1", kind="credit_note"))
    assert Invoice.objects.count() == 2


def test_a_row_twice_in_one_page_is_stored_once(source: Source):
    assert write(source, invoice_record("1"), invoice_record("1", title="later")) == Tally(created=1)
    assert Invoice.objects.get().title == "later"


def test_what_is_gone_comes_back_when_it_is_read_again(source: Source):
    record = invoice_record("1")
    write(source, record)
    assert mirror.mark_gone(source, "invoice", ["1"], NOW) == 1
    assert mirror.mark_gone(source, "invoice", ["1"], NOW) == 0
    assert write(source, record) == Tally(changed=1)
    assert Invoice.objects.get().gone_at is None


def test_a_list_row_asked_for_before_the_detail_was_read_does_not_undo_it(source: Source):
    write(source, invoice_record("1"))
    issued = invoice_record("1", state="open", service_state="OPEN", service_decision="approved")
    write(source, replace(issued, payload=None), now=NOW + timedelta(seconds=10))
    stale = replace(invoice_record("1", title="older"), detail=None, lines=None)
    write(source, stale, now=NOW + timedelta(seconds=5))
    assert Invoice.objects.get().state == "open"


def test_a_due_date_by_terms_is_the_issue_date_plus_the_terms_of_the_source(db: None):
    source = make_source(service="billover", terms_days=10)
    write(source, invoice_record("1", due_date=None, due_by_terms=True))
    digest = Invoice.objects.get().digest
    assert Invoice.objects.get().due_date == date(2026, 11, 11)
    source.terms_days = 20
    assert mirror.apply_terms(source) == 1
    assert Invoice.objects.get().due_date == date(2026, 11, 21)
    assert Invoice.objects.get().digest == digest


def test_lines_that_do_not_add_up_to_the_gross_are_a_finding_and_never_a_correction(source: Source):
    write(source, invoice_record("1", own_gross=Decimal("119.01")))
    assert Invoice.objects.get().finding == ""
    write(source, invoice_record("1", own_gross=Decimal("149")))
    invoice = Invoice.objects.get()
    assert "149.00 EUR" in invoice.finding
    assert (invoice.gross, invoice.own_gross) == (11900, 14900)


def test_movements_are_replaced_as_the_service_tells_them(source: Source):
    paid = MovementRecord(external_id="p1", kind="payment", amount=Money(500, "EUR"), date=date(2026, 11, 2))
    write(source, invoice_record("1", movements=(paid,)))
    write(source, invoice_record("1", movements=(paid, replace(paid, external_id="p2"))))
    assert Movement.objects.count() == 2


def test_a_new_gross_without_its_vat_makes_net_and_vat_unknown(source: Source):
    write(source, invoice_record("1"))
    row = replace(invoice_record("1", gross="200", net=None, vat=None), detail=None, lines=None)
    write(source, row)
    invoice = Invoice.objects.get()
    assert (invoice.net, invoice.vat, invoice.gross) == (None, None, 20000)
