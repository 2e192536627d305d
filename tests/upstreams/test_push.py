"""Push against each stand-in: at most one effect per intent, whatever gets lost on the way."""

from datetime import timedelta

import pytest
from django.db import DataError
from django.utils import timezone

from arapp.approvals.models import Approval, Decision
from arapp.outbox.models import Intent
from arapp.receivables import mirror
from arapp.receivables.models import Invoice
from arapp.sandbox.base import Answer, Fault, StandIn
from arapp.upstreams.base import Adapter
from arapp.upstreams.pull import pull
from arapp.upstreams.push import push
from arapp.upstreams.registry import ADAPTERS
from arapp.upstreams.tries import TRIES
from tests.conftest import make_user
from tests.upstreams.conftest import SERVICES, Desk
from tests.upstreams.pushing import APPROVE_PATH, JSON, approve, effects, fresh, later, waiting_approval

pytestmark = pytest.mark.parametrize("service", SERVICES)


@pytest.fixture
def waiting(service: str, connected: Desk) -> tuple[Approval, StandIn]:
    """An approval that an approver may approve, at the service and here."""
    return waiting_approval(service, connected, invoices=60)


def test_an_approval_reaches_the_service_is_read_back_and_told_once(service, waiting):
    approval, stand_in = waiting
    intent = approve(approval)
    [done] = push()
    assert (done.state, done.error, done.invoice) == ("done", "", approval.invoice.external_id)
    invoice = Invoice.objects.get(pk=approval.pk)
    assert invoice.service_decision == "approved"
    assert fresh(approval).state == "approved"
    assert push() == []
    assert effects(service, stand_in) == 1
    intent.refresh_from_db()
    assert intent.settled_at
    assert list(Decision.objects.filter(approval=approval).values_list("origin", flat=True)) == ["desk"]
    pull(invoice.source)
    assert fresh(approval).state == "approved"


def test_a_rejection_is_told_where_the_service_must_hear_of_it(service, waiting):
    approval, stand_in = waiting
    approval.reject(make_user(), approval.invoice.digest, "wrong customer")
    pushed = push()
    if service == "billogram":
        assert pushed == []
        assert not stand_in.journal
        return
    assert [one.state for one in pushed] == ["done"]
    if service == "billomat":
        assert any(b"wrong customer" in write.body for write in stand_in.journal)
        assert Invoice.objects.get(pk=approval.pk).events.filter(text__contains="wrong customer").exists()
    else:
        assert Invoice.objects.get(pk=approval.pk).service_decision == "rejected"
    assert fresh(approval).state == "rejected"


def test_a_lost_answer_of_a_write_that_took_effect_is_settled_by_a_read_and_not_sent_again(service, waiting):
    approval, stand_in = waiting
    intent = approve(approval)
    stand_in.faults.append(Fault(drop=True, after=True, path=APPROVE_PATH[service]))
    assert [one.state for one in push()] == ["unknown"]
    assert [one.state for one in push()] == ["done"]
    intent.refresh_from_db()
    assert intent.state == "done"
    assert effects(service, stand_in) == 1
    assert Decision.objects.filter(approval=approval).count() == 1


@pytest.mark.parametrize("fault", [{"drop": True}, {"answer": Answer(500, b"", JSON)}], ids=["dropped", "500"])
def test_a_lost_write_without_effect_is_sent_again_only_a_minute_later(service, waiting, fault):
    approval, stand_in = waiting
    intent = approve(approval)
    before = effects(service, stand_in)
    stand_in.faults.append(Fault(path=APPROVE_PATH[service], **fault))
    assert [one.state for one in push()] == ["unknown"]
    assert [one.state for one in push()] == ["unknown"]
    assert effects(service, stand_in) == before
    later(intent, seconds=61)
    states = [one.state for one in push()]
    if states == ["pending"]:
        states = [one.state for one in push()]
    assert states == ["done"]
    assert effects(service, stand_in) == 1


def test_a_worker_that_died_before_writing_leaves_an_intent_that_is_carried_out(service, waiting):
    approval, stand_in = waiting
    intent = approve(approval)
    intent.move("sending", claimed_at=timezone.now() - timedelta(minutes=10))
    push()
    push()
    intent.refresh_from_db()
    assert intent.state == "done"
    assert effects(service, stand_in) == 1


def test_a_worker_that_died_after_writing_is_found_out_by_reading(service, waiting):
    approval, stand_in = waiting
    intent = approve(approval)
    long_ago = timezone.now() - timedelta(minutes=10)
    push()
    Intent.objects.filter(pk=intent.pk).update(state="sending", claimed_at=long_ago, written_at=long_ago)
    assert [one.state for one in push()] == ["done"]
    assert effects(service, stand_in) == 1


def test_a_document_that_changed_meanwhile_is_not_written_to(service, waiting):
    approval, stand_in = waiting
    external_id = approval.invoice.external_id
    intent = approve(approval)
    if service == "billomat":
        stand_in.change(int(external_id), due_date="2027-03-31")
    elif service == "billogram":
        stand_in.change(external_id, due_date="2027-03-31")
    else:
        stand_in.change(external_id, total_price="1.00")
    [pushed] = push()
    assert pushed.state == "superseded"
    assert "changed" in pushed.error
    assert effects(service, stand_in) == 0
    assert fresh(approval).state == "waiting"
    assert Decision.objects.filter(approval=approval).first().origin == "system"
    intent.refresh_from_db()


def test_a_refusal_shows_the_services_own_words(service, waiting):
    approval, stand_in = waiting
    approve(approval)
    bodies = {
        "billogram": b'{"status": "INVALID_PARAMETER", "data": {"message": "no such method"}}',
        "billover": b'{"error": {"code": "bad_request", "message": "no such method"}}',
        "billomat": b'{"errors": {"error": "no such method"}}',
    }
    stand_in.faults.append(Fault(answer=Answer(400, bodies[service], JSON), path=APPROVE_PATH[service]))
    [pushed] = push()
    assert pushed.state == "refused"
    assert "no such method" in pushed.error
    assert fresh(approval).state == "approved"


def test_what_was_decided_there_meanwhile_is_not_written_again(service, waiting):
    approval, stand_in = waiting
    external_id = approval.invoice.external_id
    approve(approval)
    if service == "billover":
        stand_in.decide(external_id, "approved")
    elif service == "billogram":
        stand_in.command(external_id, "send", method="Email")
    else:
        stand_in.change(int(external_id), status="OPEN")
    [pushed] = push()
    assert pushed.state == "done"
    assert effects(service, stand_in) == 0


def test_an_unreachable_service_is_tried_later_and_in_the_end_needs_a_person(service, waiting):
    approval, stand_in = waiting
    intent = approve(approval)
    stand_in.faults.append(Fault(drop=True, times=10_000))
    for number in range(TRIES):
        later(intent, hours=1)
        [pushed] = push()
        assert pushed.state == ("needs_person" if number == TRIES - 1 else "pending")
        assert pushed.error
    assert push() == []
    assert not stand_in.journal


def test_one_stuck_invoice_delays_no_other(service, waiting):
    approval, stand_in = waiting
    stuck = approve(approval)
    stuck.move("unknown", written_at=timezone.now())
    stand_in.faults.append(Fault(answer=Answer(500, b""), path=str(approval.invoice.external_id), times=10_000))
    person = make_user()
    others = Approval.objects.filter(state="waiting").exclude(pk=approval.pk).select_related("invoice__source")
    other = next(a for a in others if not a.why_not("approve", person))
    other.approve(person, other.invoice.digest)
    states = {one.intent: one.state for one in push()}
    assert states[stuck.pk] == "unknown"
    assert states[Intent.objects.get(invoice=other.invoice).pk] == "done"


def test_a_document_that_is_gone_is_said_so(service, waiting):
    approval, stand_in = waiting
    approve(approval)
    external_id = approval.invoice.external_id
    stand_in.remove(int(external_id) if service == "billomat" else external_id)
    [pushed] = push()
    assert pushed.state == "refused"
    assert "no longer" in pushed.error
    pull(approval.invoice.source)
    assert Invoice.objects.get(pk=approval.pk).gone_at


def test_an_accepted_write_that_does_not_show_is_never_sent_again(service, waiting, monkeypatch):
    approval, stand_in = waiting
    intent = approve(approval)
    monkeypatch.setattr(Adapter, "in_effect", lambda self, order, record: False)
    for adapter in ADAPTERS.values():
        monkeypatch.setattr(adapter, "in_effect", lambda self, order, record: False)
        monkeypatch.setattr(adapter, "traces", lambda self, order, record: 0)
    assert [one.state for one in push()] == ["unknown"]
    later(intent, seconds=120)
    assert [one.state for one in push()] == ["unknown"]
    Intent.objects.filter(pk=intent.pk).update(accepted_at=timezone.now() - timedelta(minutes=11))
    assert [one.state for one in push()] == ["needs_person"]
    assert effects(service, stand_in) == 1


def test_what_was_decided_otherwise_meanwhile_is_not_sent(service, waiting):
    approval, stand_in = waiting
    intent = approve(approval)
    Approval.objects.filter(pk=approval.pk).update(state="waiting")
    [pushed] = push()
    assert (pushed.state, "otherwise" in pushed.error) == ("superseded", True)
    assert effects(service, stand_in) == 0
    intent.refresh_from_db()


def test_a_fault_of_our_own_with_one_holds_up_no_other(service, waiting, monkeypatch):
    approval, _stand_in = waiting
    person = make_user()
    broken = approve(approval)
    others = Approval.objects.filter(state="waiting").exclude(pk=approval.pk).select_related("invoice__source")
    other = next(a for a in others if not a.why_not("approve", person))
    fine = other.approve(person, other.invoice.digest).intent
    write = mirror.write_invoices

    def choke(source, found, now):
        if any(record.external_id == approval.invoice.external_id for record in found):
            raise DataError("does not fit")
        return write(source, found, now)

    monkeypatch.setattr(mirror, "write_invoices", choke)
    states = {one.intent: (one.state, one.error) for one in push()}
    assert states[fine.pk] == ("done", "")
    assert states[broken.pk][0] == "pending"
    assert "DataError" in states[broken.pk][1]


def test_a_comment_our_key_may_not_read_back_is_left_once(service, waiting):
    approval, stand_in = waiting
    if service != "billomat":
        return
    no = Answer(403, b'{"errors": {"error": "no right"}}', JSON)
    stand_in.faults.append(Fault(answer=no, method="GET", path="-comments", times=999))
    approval.reject(make_user(), approval.invoice.digest, "wrong customer")
    assert [one.state for one in push()] == ["done"]
    assert len(stand_in.journal) == 1
