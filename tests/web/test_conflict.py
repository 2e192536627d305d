"""A decision that was not carried out because the document had changed: both sides, field by field."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from arapp.approvals.models import Approval
from arapp.outbox.models import Intent, IntentState
from arapp.receivables import mirror
from arapp.receivables.models import Invoice
from arapp.receivables.records import LineRecord
from tests.conftest import invoice_record, make_invoice, make_user

STALE = "The document changed at Billomat before it was told; nothing was sent. Look at it again."


def change(invoice, **fields):
    """The document is another one at the service from now on."""
    values = {"net": "200", "vat": "38", "gross": "238", "open": "238", **fields}
    mirror.write_invoices(invoice.source, [invoice_record(invoice.external_id, **values)], timezone.now())
    invoice.refresh_from_db()


@pytest.fixture
def seen(source):
    invoice = make_invoice(source, external_id="s1")
    invoice.approval.approve(make_user(first_name="Petra"), invoice.digest)
    return invoice


@pytest.fixture
def stale(seen):
    """Found to have changed when it was to be told."""
    line = LineRecord(position=1, title="Travel", quantity=Decimal(1), unit_price=Decimal(200), vat_rate=Decimal(19))
    change(seen, lines=(line,))
    Intent.objects.get().move(IntentState.SUPERSEDED, error=STALE)
    Approval.objects.catch_up(invoice=seen)
    return seen


def page(client, invoice):
    return client.get(f"/invoices/{invoice.pk}/").content.decode()


def conflict(client, invoice):
    """The part of the page about the conflict; "" when there is none."""
    text = page(client, invoice)
    return text.split('<section class="finding conflict"')[1].split("</section>")[0] if "conflict" in text else ""


def test_what_was_approved_stands_beside_what_it_is_now(signed_in, stale):
    part = conflict(signed_in(), stale)
    assert STALE in part
    for old, new in (("100.00 EUR", "200.00 EUR"), ("119.00 EUR", "238.00 EUR"), ("Consulting", "Travel")):
        assert part.index(f"{old}") < part.index(f"{new}")
    assert "119.00 EUR</del>" in part
    assert "238.00 EUR</ins>" in part
    assert Approval.objects.get().state == "waiting"


def test_a_change_after_that_is_counted_in(signed_in, stale):
    change(stale, gross="357", open="357")
    part = conflict(signed_in(), stale)
    assert "119.00 EUR</del>" in part
    assert "357.00 EUR</ins>" in part
    assert "238.00" not in part


def test_the_timeline_shows_the_same_difference_once(signed_in, stale):
    timeline = page(signed_in(), stale).split("What happened")[1]
    assert timeline.count("119.00 EUR</del>") == 1
    assert timeline.count(STALE) == 1


def test_the_timeline_shows_what_several_changes_came_to(signed_in, seen):
    change(seen)
    change(seen, gross="357", open="357")
    Intent.objects.get().move(IntentState.SUPERSEDED, error=STALE)
    change(seen, gross="400", open="400")
    timeline = page(signed_in(), seen).split("What happened")[1]
    told = timeline.split(STALE)[1].split("</li>")[0]
    assert "119.00 EUR</del>" in told
    assert "357.00 EUR</ins>" in told


def test_a_change_that_was_read_before_it_was_to_be_told_shows_both_sides_too(signed_in, seen):
    change(seen)
    Approval.objects.catch_up(invoice=seen)
    assert Intent.objects.get().state == IntentState.SUPERSEDED
    part = conflict(signed_in(), seen)
    assert "The document changed at Billomat after Petra had decided on it." in part
    assert "119.00 EUR</del>" in part


def test_it_goes_when_somebody_decides_anew(signed_in, stale):
    invoice = Invoice.objects.get()
    Approval.objects.select_related("invoice__source").get().approve(make_user(), invoice.digest)
    assert conflict(signed_in(), stale) == ""


def test_it_goes_when_the_document_is_again_what_was_decided_on(signed_in, stale):
    change(stale, net="100", vat="19", gross="119", open="119")
    assert Invoice.objects.get().digest == Intent.objects.get().digest
    assert conflict(signed_in(), stale) == ""


@pytest.mark.parametrize("way", ["withdrawn", "dropped", "otherwise"])
def test_what_people_took_back_is_no_conflict(way, signed_in, seen):
    if way == "withdrawn":
        Approval.objects.select_related("invoice__source").get().reopen(make_user(), seen.digest)
    elif way == "dropped":
        Intent.objects.get().move(IntentState.SUPERSEDED, error="Refused before.", settled_by=make_user())
    else:
        Intent.objects.get().move(IntentState.SUPERSEDED, error="It was decided otherwise meanwhile.")
    assert conflict(signed_in(), seen) == ""


def test_what_a_person_dropped_and_changed_later_does_not_repeat_the_words_of_the_refusal(signed_in, seen):
    Intent.objects.get().move(IntentState.SUPERSEDED, error="Refused before.", settled_by=make_user())
    change(seen)
    Approval.objects.catch_up(invoice=seen)
    part = conflict(signed_in(), seen)
    assert "after Petra had decided on it" in part
    assert "Refused before." not in part


def test_without_what_was_seen_then_nothing_breaks(signed_in, stale):
    stale.snapshots.exclude(digest=stale.digest).delete()
    assert conflict(signed_in(), stale) == ""
    stale.snapshots.all().delete()
    assert conflict(signed_in(), stale) == ""


def test_a_document_that_did_not_change_has_no_conflict(signed_in, seen):
    Intent.objects.update(settled_at=timezone.now() + timedelta(days=1))
    assert conflict(signed_in(), seen) == ""


def test_what_changed_since_it_was_approved_is_told_after_a_person_took_that_back(signed_in, seen):
    approval = Approval.objects.select_related("invoice__source").get()
    approval.reopen(make_user(), seen.digest)
    assert conflict(signed_in(), seen) == ""
    change(seen)
    part = conflict(signed_in(), seen)
    assert "The document has changed at Billomat since Petra approved it." in part
    assert "119.00 EUR</del>" in part
    assert "238.00 EUR</ins>" in part
    now = Invoice.objects.get()
    Approval.objects.select_related("invoice__source").get().approve(make_user(), now.digest)
    assert conflict(signed_in(), seen) == ""
