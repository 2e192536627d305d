"""Carrying one intent out while somebody waits for it: the command line's part of the work."""

import itertools
import time
from collections.abc import Iterator

from django.utils import timezone

from arapp.outbox.models import UNSETTLED, Intent, Intents, IntentState
from arapp.upstreams.push import push
from arapp.upstreams.switching import sendable

PAUSES = (0.5, 1.0, 2.0, 4.0)
LONGEST_PAUSE = 8.0
"""Seconds between two looks, more and more."""
nap = time.sleep


def carry_out(intent: Intent, patience: float) -> Intent:
    """Push this one, and what must go before it, until it is settled or ``patience`` (seconds) is over.

    Never raises for what a service does: the state and the error of the answer tell it.
    """
    until = time.monotonic() + patience
    for pause in pauses():
        if intent.pk is None or intent.state not in UNSETTLED:
            break
        push(ours=_up_to(intent))
        intent = Intent.objects.get(pk=intent.pk)
        left = until - time.monotonic()
        if not _worth_waiting(intent, left):
            break
        nap(min(pause, left))
    return intent


def pauses() -> Iterator[float]:
    return itertools.chain(PAUSES, itertools.repeat(LONGEST_PAUSE))


def _up_to(intent: Intent) -> Intents:
    """The intent, and those of the same invoice, customer or item that go before it."""
    for field in ("invoice", "customer", "item"):
        if concerned := getattr(intent, f"{field}_id"):
            return Intent.objects.filter(**{field: concerned}, id__lte=intent.pk)
    return Intent.objects.filter(pk=intent.pk)


def _worth_waiting(intent: Intent, left: float) -> bool:
    """Whether something may still happen within so many seconds."""
    if intent.state not in UNSETTLED or left <= 0:
        return False
    if intent.state != IntentState.PENDING:
        return True
    due_in = (intent.due_at - timezone.now()).total_seconds()
    return due_in <= left and sendable(Intent.objects.filter(pk=intent.pk)).exists()
