"""Every way an intent can end: what the service, the people and the clock do to it before, during and after."""

from datetime import timedelta

import pytest
from django.utils import timezone

from arapp.approvals.models import Approval
from arapp.approvals.refusals import AlreadyDecided, Refusal
from arapp.outbox.models import CLAIM_LASTS, Intent, Intents
from arapp.receivables.models import Invoice, Snapshot
from arapp.sandbox.base import Answer, Fault, Request, StandIn
from arapp.upstreams.pull import pull
from arapp.upstreams.push import push
from arapp.upstreams.tries import TRIES, pause_after
from tests.conftest import make_user
from tests.upstreams.conftest import SERVICES, Desk
from tests.upstreams.pushing import (
    APPROVE_PATH,
    JSON,
    aged,
    approve,
    approve_there,
    change_there,
    effects,
    fresh,
    later,
    one_more,
    remove_there,
    waiting_approval,
    withdraw_there,
)

every = pytest.mark.parametrize("service", SERVICES)
at_billover = pytest.mark.parametrize("service", ["billover"])
at_billomat = pytest.mark.parametrize("service", ["billomat"])


@pytest.fixture
def waiting(service: str, connected: Desk) -> tuple[Approval, StandIn]:
    return waiting_approval(service, connected)


def states() -> list[str]:
    return [one.state for one in push()]


def origins(approval: Approval) -> list[str]:
    return list(approval.decisions.order_by("id").values_list("origin", flat=True))


def just_before_write(service: str, stand_in: StandIn, act) -> None:
    """``act`` happens once, after the push has read and before its write is carried out."""

    def hook(request: Request) -> None:
        if request.path.endswith(APPROVE_PATH[service]):
            stand_in.before_request = None
            act()

    stand_in.before_request = hook


# Content that changed


@every
def test_a_change_before_the_push_leaves_both_contents_to_compare(service, waiting):
    approval, stand_in = waiting
    intent = approve(approval)
    change_there(stand_in, approval.invoice.external_id)
    assert states() == ["superseded"]
    now = Invoice.objects.get(pk=approval.pk).digest
    both = Snapshot.objects.filter(invoice=approval.pk, digest__in=[intent.digest, now])
    assert {row.digest: bool(row.fields) for row in both} == {intent.digest: True, now: True}
    assert now != intent.digest
    assert not stand_in.journal


@every
def test_a_change_between_our_read_and_our_write_reopens_after_the_reading_back(service, waiting):
    approval, stand_in = waiting
    approve(approval)
    external_id = approval.invoice.external_id
    just_before_write(service, stand_in, lambda: change_there(stand_in, external_id))
    assert states() == ["done"]
    assert (fresh(approval).state, origins(approval)) == ("waiting", ["desk", "system"])
    assert "after the decision" in approval.decisions.first().note
    assert effects(service, stand_in) == 1
    assert states() == []


@every
def test_a_change_after_the_push_reopens_and_tells_nobody(service, waiting):
    approval, stand_in = waiting
    approve(approval)
    assert states() == ["done"]
    change_there(stand_in, approval.invoice.external_id)
    pull(approval.invoice.source)
    assert (fresh(approval).state, origins(approval)) == ("waiting", ["desk", "system"])
    assert states() == []
    assert effects(service, stand_in) == 1


# What happens at the service meanwhile


@every
def test_another_word_at_the_service_before_the_push_wins_and_nothing_is_written(service, waiting):
    approval, stand_in = waiting
    external_id = approval.invoice.external_id
    if service == "billover":
        intent = approve(approval)
        stand_in.decide(external_id, "rejected")
        expected = "rejected"
    else:
        intent = approval.reject(make_user(), approval.invoice.digest, "no").intent
        approve_there(stand_in, external_id)
        expected = "approved"
    assert states() == (["superseded"] if intent else [])
    pull(approval.invoice.source)
    assert (fresh(approval).state, origins(approval)) == (expected, ["desk", "service"])
    assert not stand_in.journal


@at_billover
def test_a_word_that_changes_between_our_read_and_our_write_is_taken_in(service, waiting):
    approval, stand_in = waiting
    approve(approval)
    external_id = approval.invoice.external_id
    just_before_write(service, stand_in, lambda: stand_in.decide(external_id, "rejected"))
    assert states() == ["refused"]
    assert (fresh(approval).state, origins(approval)) == ("rejected", ["desk", "service"])
    assert effects(service, stand_in) == 0


@every
def test_an_approval_withdrawn_before_it_is_read_back_is_not_sent_again(service, waiting):
    """BillOver's log tells that it was done and taken back; of the others only a person can find that out."""
    approval, stand_in = waiting
    intent = approve(approval)
    external_id = approval.invoice.external_id
    stand_in.after_write = lambda request, answer: withdraw_there(stand_in, external_id)
    assert states() == ["unknown"]
    stand_in.after_write = None
    later(intent, minutes=20)
    Intent.objects.filter(pk=intent.pk).update(accepted_at=timezone.now() - timedelta(minutes=11))
    told = service == "billover"
    assert states() == ["done" if told else "needs_person"]
    assert states() == []
    assert (effects(service, stand_in), fresh(approval).state) == (1, "waiting" if told else "approved")


@every
def test_an_approval_withdrawn_after_the_push_is_a_decision_observed_there(service, waiting):
    approval, stand_in = waiting
    approve(approval)
    assert states() == ["done"]
    withdraw_there(stand_in, approval.invoice.external_id)
    pull(approval.invoice.source)
    assert fresh(approval).state == "waiting"
    assert origins(approval)[:2] == ["desk", "service"]
    assert states() == []
    assert effects(service, stand_in) == 1


@at_billover
def test_an_approval_that_reached_the_mirror_in_mid_walk_is_taken_in_before_anything_is_claimed(service, waiting):
    approval, stand_in = waiting
    intent = approve(approval)
    Invoice.objects.filter(pk=approval.pk).update(service_decision="rejected")
    assert states() == []
    intent.refresh_from_db()
    assert (intent.state, fresh(approval).state, stand_in.journal) == ("superseded", "rejected", [])


@every
def test_a_state_we_do_not_know_is_not_written_to(service, waiting):
    approval, stand_in = waiting
    intent = approve(approval)
    external_id = approval.invoice.external_id
    if service == "billover":
        stand_in.find(external_id).approvement_status = "on-hold"
    elif service == "billogram":
        stand_in.change(external_id, state="Frozen")
    else:
        stand_in.change(external_id, status="FROZEN")
    [pushed] = push()
    assert (pushed.state, "do not know" in pushed.error) == ("needs_person", True)
    assert (stand_in.journal, fresh(approval).state) == ([], "approved")
    intent.refresh_from_db()
    assert intent.settled_at


@at_billover
def test_a_flag_of_the_service_that_forbids_it_is_obeyed_without_a_write(service, waiting):
    approval, stand_in = waiting
    approve(approval)
    stand_in.role = "viewer"
    [pushed] = push()
    assert (pushed.state, pushed.error) == ("refused", "BillOver does not let our user do this.")
    assert not stand_in.journal


@every
def test_a_document_that_goes_while_its_answer_is_lost_needs_a_person(service, waiting):
    approval, stand_in = waiting
    approve(approval)
    stand_in.faults.append(Fault(drop=True, path=APPROVE_PATH[service]))
    assert states() == ["unknown"]
    remove_there(stand_in, approval.invoice.external_id)
    [pushed] = push()
    assert (pushed.state, "no longer" in pushed.error) == ("needs_person", True)
    assert states() == []


# Two people


@every
def test_a_second_decision_while_the_first_is_pending_is_refused_or_withdraws_it(service, waiting):
    approval, stand_in = waiting
    intent, other = approve(approval), make_user()
    with pytest.raises(AlreadyDecided, match="was first"):
        fresh(approval).approve(other, approval.invoice.digest)
    fresh(approval).reopen(other, approval.invoice.digest)
    intent.refresh_from_db()
    assert (intent.state, states(), stand_in.journal) == ("superseded", [], [])


@every
@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_a_second_decision_while_the_first_is_on_its_way_is_refused(service, waiting, state):
    approval, _stand_in = waiting
    intent = approve(approval)
    intent.move(state, claimed_at=timezone.now(), written_at=timezone.now())
    words = "being sent" if state == "sending" else "being checked"
    with pytest.raises(Refusal, match=words):
        fresh(approval).reopen(make_user(), approval.invoice.digest)
    intent.refresh_from_db()
    assert (intent.state, fresh(approval).state) == (state, "approved")


@every
def test_a_reopening_after_the_first_arrived_is_told_where_the_service_can_hear_it(service, waiting):
    approval, stand_in = waiting
    approve(approval)
    assert states() == ["done"]
    now = fresh(approval)
    if service != "billover":
        with pytest.raises(Refusal, match="Credit it"):
            now.reopen(make_user(), now.invoice.digest)
        return
    assert now.reopen(make_user(), now.invoice.digest).intent.kind == "reopen"
    assert states() == ["done"]
    assert stand_in.find(approval.invoice.external_id).approvement_status == "waiting"
    assert (fresh(approval).state, origins(approval)) == ("waiting", ["desk", "desk"])


@every
def test_a_decision_observed_while_another_process_claims_the_intent_waits_for_it(service, waiting, monkeypatch):
    """The claim comes between the look at the approval and its move, as it may with two processes."""
    approval, _stand_in = waiting
    intent = approve(approval)
    word = "rejected" if service == "billover" else "waiting"
    Invoice.objects.filter(pk=approval.pk).update(service_decision=word)
    Approval.objects.filter(pk=approval.pk).update(service_word="approved")
    take_back = Intents.take_back

    def claimed_first(self: Intents, invoice: Invoice) -> int:
        Intent.objects.get(pk=intent.pk).move("sending", claimed_at=timezone.now())
        return take_back(self, invoice)

    monkeypatch.setattr(Intents, "take_back", claimed_first)
    Approval.objects.catch_up(invoice=approval.invoice)
    assert (fresh(approval).state, fresh(approval).service_word) == ("approved", "approved")


# Time


def test_the_pauses_grow_and_all_tries_fit_into_a_day():
    pauses = [pause_after(number) for number in range(1, TRIES)]
    assert pauses == sorted(pauses)
    assert timedelta(hours=6) < sum(pauses, timedelta()) < timedelta(hours=24)


@every
def test_a_service_that_is_down_gets_eight_tries_and_then_a_person_is_asked(service, waiting):
    approval, stand_in = waiting
    intent = approve(approval)
    began = len(stand_in.requests)
    stand_in.faults.append(Fault(answer=Answer(503, b""), times=10_000))
    seen = []
    for _number in range(TRIES + 2):
        Intent.objects.filter(pk=intent.pk).update(due_at=timezone.now())
        seen += states()
    assert seen == ["pending"] * (TRIES - 1) + ["needs_person"]
    assert len(stand_in.requests) - began == TRIES
    assert not stand_in.journal


@every
def test_what_has_been_failing_for_a_day_needs_a_person_though_tries_are_left(service, waiting):
    approval, stand_in = waiting
    intent = approve(approval)
    stand_in.faults.append(Fault(drop=True, times=10_000))
    Intent.objects.filter(pk=intent.pk).update(tries=4)
    aged(intent, hours=23, minutes=59)
    assert states() == ["pending"]
    intent.refresh_from_db()
    assert intent.due_at <= intent.created_at + timedelta(hours=24)
    aged(intent, hours=24)
    assert states() == ["needs_person"]


@every
def test_what_waited_for_days_before_its_first_try_is_tried_more_than_once(service, waiting):
    approval, stand_in = waiting
    intent = approve(approval)
    aged(intent, days=5)
    stand_in.faults.append(Fault(drop=True))
    assert states() == ["pending"]
    Intent.objects.filter(pk=intent.pk).update(due_at=timezone.now())
    assert states() == ["done"]


@every
def test_an_answer_that_no_reading_settles_for_a_day_needs_a_person_and_is_not_sent_again(service, waiting):
    approval, stand_in = waiting
    intent = approve(approval)
    stand_in.faults.append(Fault(drop=True, after=True, path=APPROVE_PATH[service]))
    assert states() == ["unknown"]
    stand_in.faults.append(Fault(answer=Answer(503, b""), times=10_000))
    aged(intent, hours=23)
    assert states() == ["unknown"]
    aged(intent, hours=24)
    assert states() == ["needs_person"]
    assert states() == []
    assert effects(service, stand_in) == 1


@every
def test_a_write_lost_eight_times_needs_a_person(service, waiting):
    approval, stand_in = waiting
    intent = approve(approval)
    stand_in.faults.append(Fault(drop=True, path=APPROVE_PATH[service], times=10_000))
    seen = []
    for _number in range(3 * TRIES):
        seen += states()
        later(intent, hours=5)
        intent.refresh_from_db()
    assert (seen[-1], seen.count("needs_person")) == ("needs_person", 1)
    assert sum(r.path.endswith(APPROVE_PATH[service]) for r in stand_in.requests) == TRIES
    assert "never confirmed" in intent.error


@every
def test_a_process_that_dies_before_each_write_does_not_go_on_forever(service, waiting):
    approval, stand_in = waiting
    intent = approve(approval)
    for _number in range(TRIES):
        intent.refresh_from_db()
        intent.move("sending", claimed_at=timezone.now() - 2 * CLAIM_LASTS)
        stand_in.faults.append(Fault(answer=Answer(429, b"", JSON), times=1))
        push()
    intent.refresh_from_db()
    assert intent.state == "needs_person"
    assert not stand_in.journal


@every
def test_a_service_that_cannot_be_reached_is_asked_about_one_lost_answer_not_about_each(service, connected):
    approval, stand_in = waiting_approval(service, connected, invoices=60)
    first = approve(approval)
    second = approve(one_more(make_user(), approval))
    for intent in (first, second):
        intent.move("unknown", written_at=timezone.now())
    stand_in.faults.append(Fault(drop=True, times=10_000))
    began = len(stand_in.requests)
    assert [one.intent for one in push()] == [first.pk]
    assert [one.intent for one in push()] == [second.pk]
    assert len(stand_in.requests) - began == 2


@at_billomat
def test_a_lost_comment_that_our_key_may_not_look_for_is_not_left_twice(service, waiting):
    approval, stand_in = waiting
    intent = approval.reject(make_user(), approval.invoice.digest, "wrong customer").intent
    no = Answer(403, b'{"errors": {"error": "no right"}}', JSON)
    stand_in.faults += [
        Fault(answer=no, method="GET", path="-comments", times=10_000),
        Fault(drop=True, after=True, method="POST", path="-comments"),
    ]
    assert states() == ["unknown"]
    later(intent, minutes=2)
    assert states() == ["needs_person"]
    assert states() == []
    assert len(stand_in.journal) == 1


@every
@pytest.mark.parametrize(("seconds", "state"), [(59.9, "unknown"), (60.0, "pending")])
def test_a_lost_write_without_effect_is_given_up_after_exactly_a_minute(
    service, waiting, monkeypatch, seconds, state
):
    approval, stand_in = waiting
    intent = approve(approval)
    stand_in.faults.append(Fault(drop=True, path=APPROVE_PATH[service]))
    assert states() == ["unknown"]
    intent.refresh_from_db()
    monkeypatch.setattr(timezone, "now", lambda: intent.written_at + timedelta(seconds=seconds))
    assert states() == [state]
    assert effects(service, stand_in) == 0


@every
def test_what_comes_later_for_an_invoice_waits_for_what_is_still_open_before_it(service, waiting):
    approval, stand_in = waiting
    first = approve(approval)
    later_one = Intent.objects.get(pk=first.pk)
    later_one.pk = None
    later_one.save()
    first.move("unknown", written_at=timezone.now())
    stand_in.faults.append(Fault(drop=True, times=10_000))
    assert [one.intent for one in push()] == [first.pk]
    later_one.refresh_from_db()
    assert (later_one.state, later_one.tries) == ("pending", 0)
