"""Carrying intents out: claimed, read before write, written once, read back; a lost answer is settled by a read."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.approvals.models import Approval
from arapp.outbox.models import LOOK_AGAIN_AFTER, Intent, Intents, IntentState
from arapp.receivables.money import AmountError
from arapp.receivables.records import Unreadable
from arapp.upstreams.base import Adapter, Gone, Order, WrongCredentials
from arapp.upstreams.details import not_there, refresh
from arapp.upstreams.http import Failure, LostAnswer, Rejected, Throttled, Unreachable
from arapp.upstreams.registry import open_source
from arapp.upstreams.secrets import SecretLost

log = logging.getLogger("arapp.push")

TRIES = 8
TRIES_WITHIN = timedelta(hours=24)
FIRST_PAUSE = timedelta(seconds=15)
SHOWS_WITHIN = timedelta(minutes=10)
"""A service that accepted a write has this long to show it."""
LONGEST_PAUSE = timedelta(hours=4)


@dataclass(frozen=True)
class Pushed:
    """What became of one intent, in the words of ``push --json``."""

    intent: int
    source: str
    kind: str
    invoice: str
    state: str
    error: str

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))


def push(source_id: int | None = None, most: int | None = None) -> list[Pushed]:
    """Look again at every unknown intent, then carry out those that are due, of one source or of all.

    ``most`` is how many are carried out before lost answers get their turn again. Never raises for what a service
    does.
    """
    ours = Intent.objects.all() if source_id is None else Intent.objects.filter(source=source_id)
    handled: dict[int, Intent] = {}
    for intent in ours.lost(timezone.now()).select_related("source", "invoice"):
        _guarded(_look_again, intent)
        handled[intent.pk] = intent
    stuck: set[int] = set()
    last = len(handled) + most if most else None
    while (last is None or len(handled) < last) and (intent := _next_due(ours, stuck, handled)):
        if intent.move(IntentState.SENDING, claimed_at=timezone.now(), written_at=None, accepted_at=None):
            if not _guarded(_reached, intent):
                stuck.add(intent.source_id)
            handled[intent.pk] = intent
    return [_told(intent) for intent in handled.values()]


def _guarded(work: Callable[[Intent], bool], intent: Intent) -> bool:
    """A fault of our own with one intent holds up no other; only the database's absence does."""
    try:
        return work(intent)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.error("Intent %s failed: %s: %s", intent.pk, type(error).__name__, error, exc_info=settings.DEBUG)
        intent.refresh_from_db()
        sentence = _("Something unexpected happened here (%(kind)s); see the log.") % {"kind": type(error).__name__}
        if intent.written_at is None:
            _try_later(intent, sentence)
        else:
            _still_unknown(intent, sentence)
        return True


def _next_due(ours: Intents, stuck: set[int], handled: dict[int, Intent]) -> Intent | None:
    due = ours.due(timezone.now()).exclude(source__in=stuck).exclude(pk__in=list(handled))
    return due.select_related("source", "invoice").first()


def _told(intent: Intent) -> Pushed:
    external_id = intent.invoice.external_id if intent.invoice else ""
    return Pushed(intent.pk, intent.source.name, intent.kind, external_id, str(intent.state), intent.error)


def _order(intent: Intent) -> Order:
    return Order(
        kind=intent.kind,
        document=intent.invoice.kind,
        external_id=intent.invoice.external_id,
        data=intent.data,
        mark=f"desk-{intent.pk}",
    )


def _reached(intent: Intent) -> bool:
    """Carry out one claimed intent. False when the service could not be reached, so that others wait too."""
    try:
        adapter = open_source(intent.source, for_person=True, deadline=30.0)
    except SecretLost as error:
        _try_later(intent, str(error))
        return False
    with adapter.http:
        try:
            _carry_out(adapter, intent)
        except LostAnswer as error:
            intent.move(IntentState.UNKNOWN, error=str(error))
        except Throttled as error:
            _try_later(intent, str(error), error.until)
            return False
        except (Unreachable, WrongCredentials) as error:
            _try_later(intent, str(error))
            return False
        except Gone:
            _gone(intent)
        except Rejected as error:
            _after_refusal(adapter, intent, error)
        except (Unreadable, AmountError) as error:
            sentence = _("The document cannot be read: %(problem)s") % {"problem": error}
            intent.move(IntentState.NEEDS_PERSON, error=sentence)
        except Failure as error:
            _try_later(intent, str(error))
    _follow_up(intent)
    return True


def _carry_out(adapter: Adapter, intent: Intent) -> None:
    order = _order(intent)
    record = refresh(adapter, intent.invoice)
    if adapter.in_effect(order, record):
        intent.move(IntentState.DONE, error="")
    elif intent.invoice.digest != intent.digest:
        changed = _("The document changed at %(service)s before it was told; nothing was sent. Look at it again.")
        intent.move(IntentState.SUPERSEDED, error=changed % {"service": intent.source.get_service_display()})
    elif not _still_decided(intent):
        intent.move(IntentState.SUPERSEDED, error=_("It was decided otherwise meanwhile; nothing was sent."))
    elif intent.move(IntentState.SENDING, written_at=timezone.now()):
        adapter.carry_out(order)
        intent.move(IntentState.SENDING, accepted_at=timezone.now())
        _read_back(adapter, intent, order)


def _still_decided(intent: Intent) -> bool:
    """Whether the approval still is what this intent was stored for."""
    decision = intent.decisions.order_by("-id").first()
    return decision is None or Approval.objects.filter(pk=intent.invoice_id, state=decision.to_state).exists()


def _read_back(adapter: Adapter, intent: Intent, order: Order) -> None:
    """The write was accepted; the mirror gets what came of it."""
    proved = order.kind in adapter.proved_by_answer
    try:
        record = refresh(adapter, intent.invoice)
    except (Failure, Unreadable, AmountError) as error:
        sentence = _("Accepted, but not read back yet: %(problem)s") % {"problem": error}
        intent.move(IntentState.DONE if proved else IntentState.UNKNOWN, error="" if proved else sentence)
        return
    if proved or adapter.in_effect(order, record):
        intent.move(IntentState.DONE, error="")
    else:
        intent.move(IntentState.UNKNOWN, error=_("Accepted, but the document does not show it yet."))


def _after_refusal(adapter: Adapter, intent: Intent, refusal: Rejected) -> None:
    """A 4xx is no effect of ours, unless the document shows that what we want is so already (BillOver A11)."""
    try:
        record = refresh(adapter, intent.invoice)
    except (Failure, Unreadable, AmountError):
        intent.move(IntentState.REFUSED, error=refusal.words or str(refusal))
        return
    if adapter.in_effect(_order(intent), record):
        intent.move(IntentState.DONE, error="")
    else:
        intent.move(IntentState.REFUSED, error=refusal.words or str(refusal))


def _gone(intent: Intent) -> None:
    intent.move(IntentState.REFUSED, error=not_there(intent.source))


def _try_later(intent: Intent, error: str, until: datetime | None = None) -> None:
    """Nothing was written: once more after a growing pause, at most eight times within a day."""
    tries, now = intent.tries + 1, timezone.now()
    if tries >= TRIES or now - intent.created_at > TRIES_WITHIN:
        intent.move(IntentState.NEEDS_PERSON, error=error, tries=tries)
        return
    pause = min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
    intent.move(IntentState.PENDING, error=error, tries=tries, due_at=max(now + pause, until or now))


def _look_again(intent: Intent) -> bool:
    """Find out by reading whether a lost write took effect; without effect a minute later it is sent again."""
    if intent.state == IntentState.SENDING and intent.written_at is None:
        return intent.move(IntentState.PENDING, error="", due_at=timezone.now())
    if intent.state == IntentState.SENDING and not intent.move(IntentState.UNKNOWN):
        return False
    try:
        adapter = open_source(intent.source, for_person=True)
        with adapter.http:
            record = refresh(adapter, intent.invoice)
    except Gone:
        _gone(intent)
        return True
    except (Failure, SecretLost, Unreadable, AmountError) as error:
        return intent.move(IntentState.UNKNOWN, error=_("Still being checked: %(problem)s") % {"problem": error})
    if adapter.in_effect(_order(intent), record):
        intent.move(IntentState.DONE, error="")
    elif timezone.now() - (intent.written_at or intent.created_at) >= LOOK_AGAIN_AFTER:
        _no_effect(intent)
    _follow_up(intent)
    return True


def _no_effect(intent: Intent) -> None:
    """A lost write is sent again; one that was accepted never is, whatever the document shows."""
    if intent.accepted_at:
        if timezone.now() - intent.accepted_at >= SHOWS_WITHIN:
            sentence = _("%(service)s accepted it, but the document does not show it. Look at it there.")
            intent.move(IntentState.NEEDS_PERSON, error=sentence % {"service": intent.source.get_service_display()})
    elif intent.tries + 1 >= TRIES:
        intent.move(IntentState.NEEDS_PERSON, tries=intent.tries + 1)
    else:
        intent.move(IntentState.PENDING, error="", tries=intent.tries + 1, due_at=timezone.now())


def _still_unknown(intent: Intent, sentence: str) -> None:
    tries = intent.tries + 1
    intent.move(IntentState.NEEDS_PERSON if tries >= TRIES else IntentState.UNKNOWN, error=sentence, tries=tries)


def _follow_up(intent: Intent) -> None:
    """Words and changes that were held back while the intent was on its way."""
    Approval.objects.catch_up(invoice=intent.invoice)
