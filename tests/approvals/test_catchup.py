from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from arapp.approvals.models import Approval, Decision
from arapp.approvals.refusals import Refusal
from arapp.outbox.models import Intent
from arapp.receivables import mirror
from arapp.receivables.models import Invoice, Source
from arapp.receivables.records import InvoiceRecord
from tests.conftest import NOW, invoice_record, make_source, make_user

SENT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ISSUED = {"state": "open", "service_state": "OPEN", "service_decision": "approved", "decided_at": SENT}


def take(source: Source, *records: InvoiceRecord) -> None:
    mirror.write_invoices(source, records, NOW)
    Approval.objects.catch_up(source)


def read_whole(source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(read_whole_at=NOW)


def test_what_was_decided_before_the_first_reading_is_imported_without_a_name(source):
    take(source, invoice_record("1", **ISSUED), invoice_record("2", **(ISSUED | {"decided_at": None})))
    decisions = Decision.objects.order_by("id")
    assert [(d.origin, d.person, d.at) for d in decisions] == [("imported", None, SENT), ("imported", None, None)]
    assert set(Approval.objects.values_list("state", flat=True)) == {"approved"}


def test_what_comes_decided_after_the_first_reading_was_decided_at_the_service(source):
    read_whole(source)
    source.refresh_from_db()
    take(source, invoice_record("1", **ISSUED))
    assert Decision.objects.get().origin == "service"


def test_catching_up_twice_changes_nothing(source):
    take(source, invoice_record("1", **ISSUED), invoice_record("2"))
    before = list(Approval.objects.order_by("pk").values()), Decision.objects.count()
    Approval.objects.catch_up(source)
    Approval.objects.catch_up()
    assert (list(Approval.objects.order_by("pk").values()), Decision.objects.count()) == before


def test_a_change_of_the_services_word_is_a_decision_observed_there(source):
    take(source, invoice_record("1"))
    take(source, invoice_record("1", **ISSUED))
    decision = Decision.objects.get()
    assert (decision.origin, decision.action, decision.at, decision.person) == ("service", "approve", SENT, None)
    assert Approval.objects.get().state == "approved"


def test_our_own_decision_arriving_at_the_service_is_not_observed_as_another(source, person):
    take(source, invoice_record("1"))
    invoice = Invoice.objects.get()
    invoice.approval.approve(person, invoice.digest).intent.move("done")
    take(source, invoice_record("1", **ISSUED))
    assert Decision.objects.count() == 1
    assert Approval.objects.get().service_word == "approved"


def test_an_unknown_word_leaves_the_approval_alone(source):
    take(source, invoice_record("1", **ISSUED))
    take(source, invoice_record("1", **(ISSUED | {"state": "unknown", "service_decision": ""})))
    assert Approval.objects.get().state == "approved"
    assert Decision.objects.count() == 1


def test_a_decision_taken_back_at_the_service_reopens_and_supersedes_what_waits(source, person):
    take(source, invoice_record("1", **ISSUED))
    take(source, invoice_record("1"))
    assert Approval.objects.get().state == "waiting"
    assert Decision.objects.first().origin == "service"
    assert not Intent.objects.exists()


def test_a_change_of_substance_reopens_with_the_reason_and_tells_nobody(source, person):
    take(source, invoice_record("1"))
    invoice = Invoice.objects.get()
    intent = invoice.approval.approve(person, invoice.digest).intent
    take(source, invoice_record("1", gross="120"))
    approval, last = Approval.objects.get(), Decision.objects.first()
    intent.refresh_from_db()
    assert (approval.state, last.origin, intent.state) == ("waiting", "system", "superseded")
    assert "gross" in last.note


def test_dates_the_service_fills_in_itself_reopen_nothing(source, person):
    take(source, invoice_record("1", issue_date=None, due_date=None))
    invoice = Invoice.objects.get()
    invoice.approval.approve(person, invoice.digest).intent.move("done")
    take(source, invoice_record("1", **ISSUED))
    approval = Approval.objects.get()
    assert (approval.state, approval.digest) == ("approved", Invoice.objects.get().digest)


def test_details_that_come_later_do_not_reopen_what_was_imported(source):
    whole = invoice_record("1", **ISSUED)
    take(source, replace(whole, detail=None, lines=None))
    take(source, replace(whole, payload=None))
    approval = Approval.objects.get()
    assert (approval.state, approval.digest) == ("approved", Invoice.objects.get().digest)


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_while_a_decision_is_being_carried_out_nothing_is_observed(source, person, state):
    take(source, invoice_record("1"))
    invoice = Invoice.objects.get()
    intent = invoice.approval.approve(person, invoice.digest).intent
    intent.move(state, claimed_at=timezone.now())
    take(source, invoice_record("1", gross="120", **ISSUED))
    assert Approval.objects.get().state == "approved"
    intent.move("done")
    Approval.objects.catch_up(source)
    assert Approval.objects.get().state == "waiting"


WORDS = st.sampled_from(["waiting", "approved", "rejected", ""])
STEPS = st.lists(
    st.tuples(st.sampled_from(["approve", "reject", "reopen", "word", "gross", "settle"]), WORDS), max_size=12
)


class AnyOrderOfEvents(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(STEPS)
    def test_every_state_is_explained_by_its_last_decision_and_catching_up_ends(self, steps):
        source, person = make_source(service="billover"), make_user()
        word, gross = "waiting", 119
        take(source, invoice_record("1", state="open", service_state=word, service_decision=word))
        for step, new_word in steps:
            approval = Approval.objects.select_related("invoice__source").get(invoice__source=source)
            if step in ("approve", "reject", "reopen"):
                try:
                    getattr(approval, step)(person, approval.invoice.digest, "why")
                except Refusal:
                    continue
            elif step == "settle":
                for intent in Intent.objects.filter(invoice=approval.invoice).unsettled():
                    intent.move("done")
            else:
                word = new_word if step == "word" else word
                gross += step == "gross"
                state = "open" if word else "unknown"
                record = invoice_record("1", state=state, service_decision=word, gross=str(gross))
                take(source, record)
        approval = Approval.objects.get(invoice__source=source)
        last = approval.decisions.first()
        assert approval.state == (last.to_state if last else "waiting")
        assert Intent.objects.filter(invoice=approval.invoice).unsettled().count() <= 1
        before = approval.decisions.count()
        Approval.objects.catch_up(source)
        assert approval.decisions.count() == before


def test_dates_filled_in_while_our_decision_is_still_here_reopen_it(source, person):
    take(source, invoice_record("1", issue_date=None))
    invoice = Invoice.objects.get()
    intent = invoice.approval.approve(person, invoice.digest).intent
    take(source, invoice_record("1"))
    intent.refresh_from_db()
    assert (Approval.objects.get().state, intent.state) == ("waiting", "superseded")


def test_two_who_catch_up_at_once_write_a_first_decision_once(source, monkeypatch):
    mirror.write_invoices(source, [invoice_record("1", **ISSUED)], NOW)
    create = Approval.objects.bulk_create

    def interrupted(*args, **options):
        monkeypatch.undo()
        Approval.objects.catch_up(source)
        return create(*args, **options)

    monkeypatch.setattr(type(Approval.objects), "bulk_create", lambda self, *a, **o: interrupted(*a, **o))
    Approval.objects.catch_up(source)
    assert Decision.objects.count() == 1


def test_a_comment_that_arrived_is_no_sign_that_the_decision_did(source):
    take(source, invoice_record("c1", due_date=None))
    approval = Approval.objects.get()
    approval.approve(make_user(), approval.invoice.digest)
    Intent.objects.update(state="refused", error="No")
    done = {"kind": "invoice.comment", "state": "done", "digest": approval.invoice.digest}
    Intent.objects.create(source=source, invoice=approval.invoice, **done)
    take(source, invoice_record("c1", due_date=date(2026, 12, 24)))
    assert Approval.objects.get().state == "waiting"
