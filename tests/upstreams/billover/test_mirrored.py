"""What becomes of the records in the mirror."""

from datetime import timedelta

import pytest

from arapp.receivables import mirror
from arapp.receivables.mirror import Tally
from arapp.receivables.models import Customer, Invoice
from tests.conftest import make_source
from tests.upstreams.billover.driving import NOW, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def source():
    return make_source(service="billover")


def pull(source, billover):
    tally = Tally()
    for page in billover.pages("customers"):
        tally += mirror.write_customers(source, [billover.read("customers", e) for e in page.entries], NOW)
    for page in billover.pages("invoices"):
        tally += mirror.write_invoices(source, [billover.read("invoices", e) for e in page.entries], NOW)
    return tally


def read_details(source, billover):
    for row in Invoice.objects.filter(source=source):
        mirror.write_invoices(source, [billover.detail("invoice", row.external_id)], NOW)


def test_a_second_pull_changes_nothing(source, billover):
    assert pull(source, billover).created == 36 + 12
    read_details(source, billover)
    assert pull(source, billover) == Tally(unchanged=36 + 12)
    assert not Invoice.objects.filter(detail_due=True).exists()


def test_a_fresh_file_address_does_not_change_what_is_stored(source, billover):
    pull(source, billover)
    read_details(source, billover)
    before = list(Invoice.objects.order_by("id").values("digest", "detail_digest", "row_digest"))
    read_details(source, billover)
    assert list(Invoice.objects.order_by("id").values("digest", "detail_digest", "row_digest")) == before


def test_companies_that_were_read_whole_stay_whole(source, billover):
    pull(source, billover)
    assert not Customer.objects.filter(brief=True).exists()
    assert not Customer.objects.filter(number="").exists()


def test_invoices_fall_due_by_the_sources_terms(source, billover):
    pull(source, billover)
    for row in Invoice.objects.exclude(issue_date=None):
        assert row.due_date == row.issue_date + timedelta(days=30)


def test_a_decision_changes_the_state_and_not_the_substance(source, standin, billover):
    uid = standin.add_invoice().uid
    mirror.write_invoices(source, [billover.detail("invoice", uid)], NOW)
    before = Invoice.objects.get(external_id=uid)
    billover.carry_out(order("reject", uid))
    mirror.write_invoices(source, [billover.detail("invoice", uid)], NOW)
    after = Invoice.objects.get(external_id=uid)
    assert (before.state, after.state, after.open) == ("open", "closed", 0)
    assert (after.service_decision, after.decided_at) == ("rejected", NOW)
    assert after.digest == before.digest != ""


def test_a_correction_at_the_service_changes_the_substance(source, standin, billover):
    uid = standin.add_invoice().uid
    mirror.write_invoices(source, [billover.detail("invoice", uid)], NOW)
    before = Invoice.objects.get(external_id=uid).digest
    standin.change(uid, total_price="120.00")
    mirror.write_invoices(source, [billover.detail("invoice", uid)], NOW)
    assert Invoice.objects.get(external_id=uid).digest != before
