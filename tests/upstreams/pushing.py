"""What tests of the push do at the desk and at each stand-in, in the same words for all three."""

from datetime import timedelta

from django.utils import timezone

from arapp.approvals.models import Approval
from arapp.outbox.models import Intent
from arapp.people.models import User
from arapp.sandbox.base import StandIn
from arapp.upstreams.pull import pull
from tests.conftest import make_user
from tests.upstreams.conftest import Desk

JSON = (("Content-Type", "application/json"),)
APPROVE_PATH = {"billogram": "/command/send", "billover": "/approve", "billomat": "/complete"}
DECIDABLE = "invoice__source", "invoice__owner"


def waiting_approval(service: str, connected: Desk, invoices: int = 16) -> tuple[Approval, StandIn]:
    """An approval that an approver may approve, at the service and here."""
    source, stand_in = connected(service, invoices=invoices)
    pull(source)
    person = make_user("approver")
    for approval in Approval.objects.filter(state="waiting").select_related(*DECIDABLE):
        if not approval.why_not("approve", person):
            return approval, stand_in
    raise AssertionError("no invoice to approve")


def approve(approval: Approval, note: str = "") -> Intent:
    return approval.approve(make_user(), approval.invoice.digest, note).intent


def fresh(approval: Approval) -> Approval:
    return Approval.objects.select_related(*DECIDABLE).get(pk=approval.pk)


def effects(service: str, stand_in: StandIn) -> int:
    """How many approvals the service carried out for us."""
    return sum(w.status < 300 for w in stand_in.journal if w.path.endswith(APPROVE_PATH[service]))


def later(intent: Intent, **age: float) -> None:
    """Let time pass for an intent whose write was lost."""
    Intent.objects.filter(pk=intent.pk).update(
        written_at=timezone.now() - timedelta(**age), due_at=timezone.now() - timedelta(**age)
    )


def aged(intent: Intent, **age: float) -> None:
    """As if it had been decided and written so long ago."""
    then = timezone.now() - timedelta(**age)
    Intent.objects.filter(pk=intent.pk).update(created_at=then, due_at=then)
    Intent.objects.filter(pk=intent.pk).exclude(written_at=None).update(written_at=then)


def change_there(stand_in: StandIn, external_id: str) -> None:
    """Somebody changes the substance of the document at the service."""
    values = {"total_price": "1.00"} if stand_in.service == "billover" else {"due_date": "2027-03-31"}
    stand_in.change(external_id, **values)


def approve_there(stand_in: StandIn, external_id: str) -> None:
    """Somebody approves it at the service, past our desk."""
    if stand_in.service == "billover":
        stand_in.decide(external_id, "approved")
    elif stand_in.service == "billogram":
        stand_in.command(external_id, "send", method="Email")
    else:
        stand_in.change(external_id, status="OPEN")


def withdraw_there(stand_in: StandIn, external_id: str) -> None:
    """The approval is taken back at the service (the references know that of BillOver alone)."""
    if stand_in.service == "billover":
        stand_in.decide(external_id, "waiting")
    elif stand_in.service == "billogram":
        stand_in.change(external_id, state="Unattested")
    else:
        stand_in.change(external_id, status="DRAFT")


def remove_there(stand_in: StandIn, external_id: str) -> None:
    stand_in.remove(int(external_id) if stand_in.service == "billomat" else external_id)


def one_more(person: User, *but: Approval) -> Approval:
    """Another approval that this person may approve."""
    others = Approval.objects.filter(state="waiting").exclude(pk__in=[a.pk for a in but]).select_related(*DECIDABLE)
    return next(a for a in others if not a.why_not("approve", person))
