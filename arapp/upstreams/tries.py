"""What every try to tell a service has in common: the order, how often and how long, and what follows."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.approvals.models import Approval
from arapp.documents.files import content, named_in
from arapp.outbox.models import Intent, IntentState
from arapp.receivables import mirror
from arapp.upstreams.base import Act, Document, Order
from arapp.upstreams.details import not_there

TRIES = 8
TRIES_WITHIN = timedelta(hours=24)
AT_LEAST = 4
"""What waited a day before its first try, because no worker ran or the source was paused, is tried so often too."""
FIRST_PAUSE, GROWS = timedelta(seconds=15), 4
"""Eight tries then take half a day: 15 s, 1 min, 4 min, 16 min, about an hour, and 4 hours twice."""
LONGEST_PAUSE = timedelta(hours=4)


WAITS_FOR_SERVICE = (2, 5, 10, 20, 30, 60)
"""Seconds between two looks at something that the service is still making (BillOver, section 14.4)."""
READY_WITHIN = timedelta(hours=1)


def order_of(intent: Intent) -> Order:
    subject = intent.subject
    return Order(
        kind=intent.kind,
        document=intent.invoice.kind if intent.invoice_id else "",
        external_id=subject.external_id if subject else "",
        data=intent.data,
        mark=f"desk-{intent.pk}",
        reference=intent.reference,
        result_id=intent.result_id,
        files={
            file.name: Document(content(file), file.content_type, file.filename) for file in named_in(intent.data)
        },
    )


def wait_for_service(intent: Intent, sentence: str) -> None:
    """The service is still making what we need: asked again, more and more seldom, for an hour."""
    now = timezone.now()
    if now - intent.created_at >= READY_WITHIN:
        intent.move(IntentState.NEEDS_PERSON, error=sentence)
        return
    age = (now - intent.created_at).total_seconds()
    pause = next((seconds for seconds in WAITS_FOR_SERVICE if age <= seconds), WAITS_FOR_SERVICE[-1])
    intent.move(IntentState.PENDING, error=sentence, due_at=now + timedelta(seconds=pause))


def gone(intent: Intent, act: Act | None) -> None:
    """Nothing was written: what it concerns is not there, which is what a removal asks for."""
    if act and act.removes:
        _removed(intent)
    else:
        intent.move(IntentState.REFUSED, error=not_there(intent.source))


def after_gone(intent: Intent, act: Act | None, sentence: str) -> None:
    """The write was accepted, and what it concerns is not there any more."""
    if act and act.removes:
        _removed(intent)
    else:
        intent.move(
            IntentState.UNKNOWN, error=_("Accepted, but not read back yet: %(problem)s") % {"problem": sentence}
        )


def _removed(intent: Intent) -> None:
    now, ids = timezone.now(), [intent.subject.external_id]
    if intent.invoice_id:
        mirror.mark_gone(intent.source, intent.invoice.kind, ids, now)
    elif intent.customer_id:
        mirror.mark_customers_gone(intent.source, ids, now)
    else:
        mirror.mark_items_gone(intent.source, ids, now)
    intent.move(IntentState.DONE, error="")


def try_later(intent: Intent, error: str, until: datetime | None = None) -> None:
    """Nothing was written: once more after a growing pause, at most eight times within a day."""
    tries, now = intent.tries + 1, timezone.now()
    if tried_enough(intent, tries, now):
        intent.move(IntentState.NEEDS_PERSON, error=error, tries=tries)
        return
    due = max(now + pause_after(tries), until or now)
    ends = intent.created_at + TRIES_WITHIN
    intent.move(IntentState.PENDING, error=error, tries=tries, due_at=min(due, ends) if ends > now else due)


def tried_enough(intent: Intent, tries: int, now: datetime) -> bool:
    return tries >= TRIES or (tries >= AT_LEAST and now - intent.created_at >= TRIES_WITHIN)


def pause_after(tries: int) -> timedelta:
    return min(FIRST_PAUSE * GROWS ** (tries - 1), LONGEST_PAUSE)


def follow_up(intent: Intent) -> None:
    """Words and changes that were held back while the intent was on its way."""
    if intent.invoice_id:
        if intent.alone and intent.state == IntentState.DONE:
            Approval.objects.issued_alone(intent)
        Approval.objects.catch_up(invoice=intent.invoice)
