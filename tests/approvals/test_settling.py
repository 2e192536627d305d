"""What a person does about something that was not told, and what becomes of the approval."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from arapp.approvals.models import Approval, Decision
from arapp.approvals.settling import drop, mark_done, tell_again
from arapp.outbox.models import Intent
from arapp.people.models import User
from arapp.receivables import mirror
from arapp.receivables.models import Invoice, Source
from tests.conftest import invoice_record, make_source, make_user

EVERY = [tell_again, drop, mark_done]
Act = Callable[[Intent, User], str]


def read(source: Source, word: str) -> None:
    """The service is read once more, in detail."""
    mirror.write_invoices(source, [record(word)], timezone.now() + timedelta(seconds=1))
    Approval.objects.catch_up(source)


def record(word: str, **fields: object) -> object:
    return invoice_record("1", state="open", service_state=word, service_decision=word, **fields)


@pytest.fixture
def stuck(db: None) -> Intent:
    """An approval that BillOver was never told of."""
    source = make_source(service="billover")
    mirror.write_invoices(source, [record("waiting")], timezone.now() - timedelta(hours=1))
    Approval.objects.catch_up(source)
    invoice = Invoice.objects.select_related("source").get()
    intent = invoice.approval.approve(make_user(), invoice.digest).intent
    intent.move("needs_person", error="no answer", tries=8, written_at=timezone.now(), accepted_at=timezone.now())
    return intent


def approval() -> Approval:
    return Approval.objects.select_related("invoice__source").get()


def test_what_is_told_again_starts_from_the_beginning(stuck, person):
    assert tell_again(stuck, person) == ""
    stuck.refresh_from_db()
    assert (stuck.state, stuck.tries, stuck.error, stuck.settled_by) == ("pending", 0, "", None)
    assert (stuck.written_at, stuck.accepted_at, stuck.settled_at) == (None, None, None)
    assert stuck.due_at <= timezone.now()


def test_a_refused_one_can_be_told_again_too(stuck, person):
    Intent.objects.update(state="refused")
    assert tell_again(stuck, person) == ""


def test_only_the_last_word_on_an_invoice_is_told_again(stuck, person):
    one = approval()
    one.reopen(person, one.invoice.digest)
    assert "newer decision" in tell_again(stuck, person)
    assert Intent.objects.get().state == "needs_person"
    assert drop(stuck, person) == ""


def test_what_is_dropped_leaves_the_decision_at_the_desk_and_names_who_did_it(stuck, person):
    assert drop(stuck, person) == ""
    stuck.refresh_from_db()
    assert (stuck.state, stuck.settled_by, stuck.error) == ("superseded", person, "no answer")
    assert (approval().state, Decision.objects.count()) == ("approved", 1)
    read(stuck.source, "waiting")
    assert (approval().state, Decision.objects.count()) == ("approved", 1)
    read(stuck.source, "rejected")
    assert approval().state == "rejected"


def test_what_is_marked_as_done_names_who_did_it_and_is_read_again(stuck, person):
    Invoice.objects.update(detail_due=False)
    assert mark_done(stuck, person) == ""
    stuck.refresh_from_db()
    assert (stuck.state, stuck.settled_by, stuck.error) == ("done", person, "")
    assert Invoice.objects.get().detail_due


def test_a_mark_changes_nothing_until_the_service_is_read_again(stuck, person):
    mark_done(stuck, person)
    Approval.objects.catch_up(stuck.source)
    assert (approval().state, Decision.objects.count()) == ("approved", 1)


def test_a_mark_that_the_next_reading_confirms_explains_the_services_word(stuck, person):
    mark_done(stuck, person)
    read(stuck.source, "approved")
    assert (approval().state, Decision.objects.count()) == ("approved", 1)
    assert approval().service_word == "approved"


@pytest.mark.parametrize("word", ["waiting", "rejected"])
def test_a_mark_that_the_next_reading_disproves_gives_way_to_the_services_word(stuck, person, word):
    mark_done(stuck, person)
    read(stuck.source, word)
    assert (approval().state, approval().service_word) == (word, word)
    assert [d.origin for d in Decision.objects.order_by("id")] == ["desk", "service"]


def test_a_reopening_after_a_mark_does_not_hide_what_the_service_says(stuck, person):
    mark_done(stuck, person)
    one = approval()
    one.reopen(person, one.invoice.digest)
    read(stuck.source, "approved")
    assert approval().state == "approved"


def test_dates_filled_in_by_what_a_person_did_at_the_service_reopen_nothing(person):
    source = make_source(service="billomat")
    mirror.write_invoices(source, [invoice_record("1", issue_date=None)], timezone.now() - timedelta(hours=1))
    Approval.objects.catch_up(source)
    invoice = Invoice.objects.select_related("source").get()
    intent = invoice.approval.approve(person, invoice.digest).intent
    intent.move("needs_person")
    assert mark_done(intent, person) == ""
    issued = invoice_record("1", state="open", service_state="OPEN", service_decision="approved")
    mirror.write_invoices(source, [issued], timezone.now() + timedelta(seconds=1))
    Approval.objects.catch_up(source)
    assert (approval().state, Decision.objects.count()) == ("approved", 1)


def test_a_comment_marked_as_done_says_nothing_about_the_services_word(person):
    source = make_source(service="billomat")
    mirror.write_invoices(source, [invoice_record("1")], timezone.now() - timedelta(hours=1))
    Approval.objects.catch_up(source)
    invoice = Invoice.objects.select_related("source").get()
    intent = invoice.approval.reject(person, invoice.digest, "no").intent
    intent.move("needs_person")
    assert mark_done(intent, person) == ""
    mirror.write_invoices(source, [invoice_record("1", title="x")], timezone.now() + timedelta(seconds=1))
    Approval.objects.catch_up(source)
    assert (approval().state, Decision.objects.count()) == ("rejected", 1)


@pytest.mark.parametrize("act", EVERY)
@pytest.mark.parametrize("state", ["pending", "sending", "unknown", "done", "superseded"])
def test_what_is_on_its_way_or_settled_is_left_alone(stuck, person, act: Act, state):
    Intent.objects.update(state=state)
    assert "moved on" in act(stuck, person)
    assert Intent.objects.get().state == state


@pytest.mark.parametrize("act", EVERY)
def test_who_may_not_decide_settles_nothing(stuck, act: Act):
    assert "role may not decide" in act(stuck, make_user(role="clerk"))
    assert Intent.objects.get().state == "needs_person"


@pytest.mark.parametrize("act", EVERY)
def test_who_comes_second_changes_nothing(stuck, person, act: Act, monkeypatch):
    """The other person comes between our look and our move."""
    move = Intent.move

    def slower(self: Intent, to: str, **changes: object) -> bool:
        monkeypatch.undo()
        assert drop(Intent.objects.get(), make_user("first")) == ""
        return move(self, to, **changes)

    monkeypatch.setattr(Intent, "move", slower)
    assert "moved on" in act(stuck, person)
    assert (Intent.objects.get().state, str(Intent.objects.get().settled_by)) == ("superseded", "first")
