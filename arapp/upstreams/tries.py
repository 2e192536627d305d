"""What every try to tell a service has in common: the order, how often and how long, and what follows."""

from datetime import datetime, timedelta

from django.utils import timezone

from arapp.approvals.models import Approval
from arapp.outbox.models import Intent, IntentState
from arapp.upstreams.base import Order
from arapp.upstreams.details import not_there

TRIES = 8
TRIES_WITHIN = timedelta(hours=24)
AT_LEAST = 4
"""What waited a day before its first try, because no worker ran or the source was paused, is tried so often too."""
FIRST_PAUSE, GROWS = timedelta(seconds=15), 4
"""Eight tries then take half a day: 15 s, 1 min, 4 min, 16 min, about an hour, and 4 hours twice."""
LONGEST_PAUSE = timedelta(hours=4)


def order_of(intent: Intent) -> Order:
    return Order(
        kind=intent.kind,
        document=intent.invoice.kind,
        external_id=intent.invoice.external_id,
        data=intent.data,
        mark=f"desk-{intent.pk}",
    )


def gone(intent: Intent) -> None:
    intent.move(IntentState.REFUSED, error=not_there(intent.source))


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
        Approval.objects.catch_up(invoice=intent.invoice)
