from datetime import timedelta

import pytest

from arapp.approvals.effects import undecidable
from arapp.receivables import mirror
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money
from tests.conftest import NOW, TODAY, make_invoice, make_source

UNPRICED = {"gross": None, "net": None, "vat": None, "open": None}


def issued(source, **fields):
    return make_invoice(source, **{"state": "open", "service_state": "OPEN", "service_decision": "approved"} | fields)


def test_what_can_be_decided_is_told_alike_for_one_and_for_many(source):
    make_invoice(source, external_id="fine")
    make_invoice(source, external_id="read", processing="processing", **UNPRICED)
    make_invoice(source, external_id="unknown", state="unknown", service_decision="")
    make_invoice(source, external_id="gone")
    mirror.mark_gone(source, "invoice", ["gone"], NOW + timedelta(days=1))
    many = set(Invoice.objects.decidable().values_list("external_id", flat=True))
    one = {i.external_id for i in Invoice.objects.select_related("source") if not undecidable(i)}
    assert many == one == {"fine"}


def test_owed_counts_issued_claims_alone_and_subtracts_credit_notes(source):
    issued(source, external_id="1")
    issued(source, external_id="2", state="collection")
    issued(source, external_id="3", kind="credit_note", open="19")
    for n, state in enumerate(("draft", "paid", "credited", "cancelled", "sold", "closed", "unknown"), 4):
        make_invoice(source, external_id=str(n), state=state)
    issued(source, external_id="20", currency="SEK")
    issued(make_source(counts_as="other"), external_id="21")
    issued(source, external_id="22")
    mirror.mark_gone(source, "invoice", ["22"], NOW)
    assert Invoice.objects.owed_per_currency() == [Money(21900, "EUR"), Money(11900, "SEK")]


@pytest.mark.parametrize(("days", "expected"), [(-1, 1), (0, 0), (1, 0)])
def test_overdue_begins_on_the_day_after_the_due_date(source, days, expected):
    invoice = issued(source, due_date=TODAY + timedelta(days=days))
    assert Invoice.objects.overdue(TODAY).count() == expected
    assert invoice.days_overdue(TODAY) == expected


def test_credit_notes_and_what_is_paid_are_never_overdue(source):
    late = TODAY - timedelta(days=9)
    issued(source, external_id="1", kind="credit_note", due_date=late)
    issued(source, external_id="2", due_date=late, open="0")
    assert not Invoice.objects.overdue(TODAY).exists()
