"""Decisions on many: chosen at one moment, looked at and decided in stretches that may be cut off anywhere."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from arapp.approvals import batching
from arapp.approvals.batches import Batch, BatchRow, Phase, Result
from arapp.approvals.batching import begin, go_on, take_back
from arapp.approvals.models import Approval, Decision
from arapp.approvals.refusals import Refusal
from arapp.outbox.models import Intent
from arapp.people.models import Role
from arapp.receivables.models import Invoice
from tests.conftest import make_invoice, make_source, make_user


def begun(person, action="approve", **filters):
    return begin(person, action, "state=draft", Invoice.objects.filter(**filters).order_by("pk"))


def looked(person, action="approve"):
    batch = begun(person, action)
    while batch.phase == Phase.LOOKING:
        go_on(batch, person)
    return batch


def decided(person, action="approve", note=""):
    batch = looked(person, action)
    batch.agree(note)
    while batch.runs:
        go_on(batch, person)
    return batch


def results(batch):
    return list(batch.rows.order_by("id").values_list("result", flat=True))


@pytest.fixture
def five(source):
    return [make_invoice(source) for _ in range(5)]


@pytest.fixture
def one_at_a_time(monkeypatch):
    """Every stretch takes a single row."""
    monkeypatch.setattr(batching, "SECONDS", 0)
    monkeypatch.setattr(batching, "AT_ONCE", 1)


def test_looking_decides_nothing_and_says_what_would_happen_and_what_would_not(source, person):
    mail = make_source(service="billogram")
    letter = make_invoice(mail, service_state="Unattested", receiver_email="a@example.org")
    done, bare, fine = make_invoice(source), make_invoice(source, lines=()), make_invoice(source)
    done.approval.approve(make_user(first_name="Petra"), done.digest)
    batch = looked(person)
    rows = {row.invoice_id: row for row in batch.rows.all()}
    assert batch.phase == Phase.READY
    assert (rows[letter.pk].result, rows[letter.pk].sends) == (Result.POSSIBLE, True)
    assert rows[letter.pk].effect_words == "Approve and send by e-mail to a@example.org"
    assert (rows[fine.pk].result, rows[fine.pk].sends) == (Result.POSSIBLE, False)
    assert "Petra was first" in rows[done.pk].sentence
    assert rows[done.pk].reason == "It is decided already."
    assert "without lines" in rows[bare.pk].reason
    assert Decision.objects.count() == 1


def test_after_the_yes_each_row_is_decided_once_with_the_note(five, person):
    batch = decided(person, note="Checked in March")
    assert batch.phase == Phase.DONE
    assert batch.ended_at
    assert results(batch) == [Result.DONE] * 5
    assert {(one.person, one.note, one.action) for one in Decision.objects.all()} == {
        (person, "Checked in March", "approve")
    }
    assert Decision.objects.count() == Intent.objects.count() == 5


def test_nothing_is_decided_without_a_yes(five, person):
    batch = looked(person)
    go_on(batch, person)
    assert batch.phase == Phase.READY
    assert not Decision.objects.exists()


def test_a_yes_counts_once(five, person):
    batch = looked(person)
    again = Batch.objects.get(pk=batch.pk)
    assert batch.agree("first")
    assert not again.agree("second")
    assert again.note == "first"


def test_a_batch_that_is_left_in_the_middle_goes_on_where_it_stood(five, person, one_at_a_time):
    batch = looked(person)
    batch.agree("")
    go_on(batch, person)
    go_on(batch, person)
    assert results(batch) == [Result.DONE] * 2 + [Result.POSSIBLE] * 3
    later = Batch.objects.get(pk=batch.pk)
    while later.runs:
        go_on(later, person)
    assert results(batch) == [Result.DONE] * 5
    assert Decision.objects.count() == 5


def test_a_stretch_ends_when_its_time_is_over_and_takes_at_least_one_row(five, person, monkeypatch):
    batch = looked(person)
    batch.agree("")
    monkeypatch.setattr(batching, "SECONDS", 0)
    assert len(go_on(batch, person)) == 1
    monkeypatch.setattr(batching, "SECONDS", 60)
    assert len(go_on(batch, person)) == 4
    assert batch.phase == Phase.DONE


def test_what_changed_after_it_was_chosen_is_refused_while_looking_and_while_deciding(source, person):
    first, second, third = (make_invoice(source, external_id=str(n)) for n in (1, 2, 3))
    batch = begun(person)
    make_invoice(source, external_id="1", gross="200", open="200")
    go_on(batch, person)
    batch.agree("")
    make_invoice(source, external_id="2", gross="300", open="300")
    go_on(batch, person)
    rows = {row.invoice_id: row for row in batch.rows.all()}
    assert "changed after it was chosen" in rows[first.pk].sentence
    assert "changed after you opened it" in rows[second.pk].sentence
    assert [rows[one.pk].result for one in (first, second, third)] == ["refused", "refused", "done"]
    assert Decision.objects.filter(action="approve").get().approval_id == third.pk


def test_what_would_go_to_somebody_else_than_was_agreed_is_refused(person):
    mail = make_source(service="billogram")
    told = {"service_state": "Unattested", "receiver_email": "a@example.org"}
    make_invoice(mail, external_id="1", **told)
    make_invoice(mail, external_id="2", **told)
    batch = looked(person)
    make_invoice(mail, external_id="2", **told | {"receiver_email": "b@example.org"})
    batch.agree("")
    while batch.runs:
        go_on(batch, person)
    assert results(batch) == [Result.DONE, Result.REFUSED]
    assert "changed after it was chosen" in batch.rows.last().sentence
    assert Intent.objects.count() == 1


def test_four_eyes_hold_for_each_row_at_the_moment_of_deciding(source, person):
    mine = make_invoice(source, owner=None)
    batch = looked(person)
    batch.agree("")
    Intent.objects.create(source=source, invoice=mine, kind="invoice.create", person=person, state="done")
    go_on(batch, person)
    assert batch.rows.get().sentence == "You created this invoice; somebody else has to do this."
    assert not Decision.objects.exists()


def test_who_lost_the_role_midway_decides_nothing_more(five, person, one_at_a_time):
    batch = looked(person)
    batch.agree("")
    go_on(batch, person)
    person.take_role(Role.CLERK)
    while batch.runs:
        go_on(batch, person)
    assert results(batch) == [Result.DONE] + [Result.REFUSED] * 4
    assert "role may not decide" in batch.rows.last().sentence
    assert Decision.objects.count() == 1


def test_a_stopped_batch_decides_nothing_until_it_is_resumed(five, person, one_at_a_time):
    batch = looked(person)
    batch.agree("")
    go_on(batch, person)
    assert Batch.objects.get(pk=batch.pk).stop()
    assert not go_on(batch, person)
    assert Decision.objects.count() == 1
    assert batch.phase == Phase.STOPPED
    assert batch.resume()
    while batch.runs:
        go_on(batch, person)
    assert Decision.objects.count() == 5


def test_what_was_done_is_taken_back_last_first_and_what_left_already_is_refused(five, person):
    batch = decided(person)
    Intent.objects.get(invoice=five[0]).move("sending")
    undo = take_back(batch)
    assert list(undo.rows.values_list("invoice", flat=True)) == [one.pk for one in reversed(five)]
    go_on(undo, person)
    assert undo.phase == Phase.DONE
    assert results(undo) == [Result.DONE] * 4 + [Result.REFUSED]
    assert Approval.objects.filter(state="waiting").count() == 4
    assert undo.rows.first().effect == "Withdraw; the service has not been told yet"


def test_where_nothing_was_decided_there_is_nothing_to_take_back(five, person):
    with pytest.raises(Refusal, match="nothing to take back"):
        take_back(looked(person))


def test_a_stretch_that_crashes_leaves_decision_and_result_together(five, person, monkeypatch):
    batch = looked(person)
    batch.agree("")
    move, calls = Approval._move, []

    def crashing(self, *args, **kwargs):
        done = move(self, *args, **kwargs)
        calls.append(self.pk)
        if len(calls) == 3:
            raise RuntimeError("the machine went away")
        return done

    monkeypatch.setattr(Approval, "_move", crashing)
    with pytest.raises(RuntimeError):
        go_on(batch, person)
    assert results(batch) == [Result.DONE] * 2 + [Result.POSSIBLE] * 3
    assert Decision.objects.count() == Intent.objects.count() == 2
    while batch.runs:
        go_on(batch, person)
    assert results(batch) == [Result.DONE] * 5
    assert Decision.objects.count() == 5


def test_an_empty_set_and_one_that_is_too_large_are_refused_with_a_sentence(five, person, monkeypatch):
    with pytest.raises(Refusal, match="No invoice matches"):
        begun(person, pk=0)
    monkeypatch.setattr(batching, "MOST", 4)
    with pytest.raises(Refusal, match="At most 4 invoices at once; 5 match"):
        begun(person)
    assert not Batch.objects.exists()


def test_batches_of_long_ago_go_with_the_next_one_and_their_decisions_stay(five, person):
    old, other = decided(person), begun(make_user())
    Batch.objects.update(created_at=timezone.now() - timedelta(days=31))
    fresh = begun(person)
    assert set(Batch.objects.all()) == {other, fresh}
    assert not BatchRow.objects.filter(batch_id=old.pk).exists()
    assert Decision.objects.count() == 5


def test_queries_of_a_stretch_do_not_grow_with_the_rows_looked_at(source, person, django_assert_max_num_queries):
    taken = make_user()

    def looked_at():
        one = make_invoice(source)
        one.approval.approve(taken, one.digest)
        batch = begun(person)
        with django_assert_max_num_queries(20) as asked:
            go_on(batch, person)
        return len(asked)

    few = looked_at()
    for _number in range(20):
        make_invoice(source)
    assert looked_at() == few


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_drive_one_batch_take_each_row_exactly_once(monkeypatch):
    """Seen to fail without the condition on the row's result."""
    source, person = make_source(), make_user()
    for _number in range(12):
        make_invoice(source)
    batch = looked(person)
    batch.agree("")
    gate, tried = threading.Barrier(4), []

    def drive():
        mine = Batch.objects.get(pk=batch.pk)
        gate.wait()
        try:
            while mine.runs:
                tried.extend(go_on(mine, person))
        finally:
            connection.close()

    tabs = [threading.Thread(target=drive) for _tab in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert results(batch) == [Result.DONE] * 12
    assert len(tried) == len(set(tried)) == 12
    assert Decision.objects.count() == Intent.objects.count() == 12
    assert Batch.objects.get(pk=batch.pk).phase == Phase.DONE


@pytest.mark.django_db(transaction=True)
def test_a_tab_that_still_looks_does_not_write_over_what_another_has_decided(monkeypatch):
    """Seen to fail on PostgreSQL when the batch is not held while its rows are looked at."""
    source, person = make_source(), make_user()
    make_invoice(source)
    slow, quick = begun(person), None
    quick = Batch.objects.get(pk=slow.pk)
    read, met = batching._read, []

    def reading(rows):
        found = read(rows)
        if not met:
            met.append(threading.Thread(target=overtake))
            met[0].start()
            met[0].join(timeout=1)
        return found

    def overtake():
        try:
            while quick.phase == Phase.LOOKING:
                go_on(quick, person)
            quick.agree("")
            while quick.runs:
                go_on(quick, person)
        finally:
            connection.close()

    monkeypatch.setattr(batching, "_read", reading)
    while slow.runs:
        go_on(slow, person)
    met[0].join()
    assert results(slow) == [Result.DONE]
    assert Decision.objects.count() == 1
