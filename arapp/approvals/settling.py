"""What a person can do about something that was not told: try again, drop it, or mark it as done.

Each returns "" when it worked, else the sentence that says why not. The approval itself never moves here:

- told again: as if it had just been decided, with its tries and its day from the start;
- dropped: a decision stays at the desk and the service is not told of it. What the service says later is taken in;
- marked as done: the document is read again, and from that reading on the approval follows the service's word: the
  word that was decided is explained, another one is a decision observed at the service.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.approvals.effects import COMMENT
from arapp.approvals.models import TOLD_BY_PERSON, Approval, Decision, Person
from arapp.outbox.models import Intent, IntentState
from arapp.receivables import mirror

OPEN_TO_PEOPLE = (IntentState.NEEDS_PERSON, IntentState.REFUSED)
"""States that end only by what a person does."""


@transaction.atomic
def tell_again(intent: Intent, person: Person) -> str:
    """Put it on its way again. A decision holds the approval's row, so none comes in between."""
    approval = _held(intent)
    problem = _why_not(intent, person)
    if problem:
        return problem
    last = _last(approval)
    if intent.decides and last and last.intent_id != intent.pk:
        return _("There is a newer decision on this invoice; this one is not told again. Drop it.")
    now = timezone.now()
    fresh = {"claimed_at": None, "written_at": None, "accepted_at": None, "settled_at": None, "settled_by": None}
    moved = intent.move(IntentState.PENDING, error="", tries=0, due_at=now, **fresh)
    return "" if moved else _moved_meanwhile()


@transaction.atomic
def drop(intent: Intent, person: Person) -> str:
    """The service is not told of it; the decision stays at the desk."""
    _held(intent)
    problem = _why_not(intent, person)
    if problem:
        return problem
    return "" if intent.move(IntentState.SUPERSEDED, settled_by=person) else _moved_meanwhile()


@transaction.atomic
def mark_done(intent: Intent, person: Person) -> str:
    """A person has seen to it at the service; the next reading shows whether that is so."""
    approval = _held(intent)
    problem = _why_not(intent, person)
    if problem:
        return problem
    if not intent.move(IntentState.DONE, error="", settled_by=person):
        return _moved_meanwhile()
    last = _last(approval)
    if approval and last and last.intent_id == intent.pk and intent.kind != COMMENT:
        Approval.objects.filter(pk=approval.pk).update(service_word=TOLD_BY_PERSON)
    mirror.want_details([intent.invoice_id] if intent.invoice_id else [])
    return ""


def _held(intent: Intent) -> Approval | None:
    """The approval, locked; the intent as it is now."""
    approval = Approval.objects.select_for_update().filter(pk=intent.invoice_id).first()
    intent.refresh_from_db()
    return approval


def _why_not(intent: Intent, person: Person) -> str:
    if not person.can("decide"):
        return _("Your role may not decide. An approver or a controller can.")
    return "" if intent.state in OPEN_TO_PEOPLE else _moved_meanwhile()


def _last(approval: Approval | None) -> Decision | None:
    return approval.decisions.order_by("-id").first() if approval else None


def _moved_meanwhile() -> str:
    return _("Nothing was done: this has moved on meanwhile.")
