"""What was lost on the way: found out by reading, and told again only when a read shows that it did not arrive."""

import sys
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.approvals.models import Approval
from arapp.outbox.models import LOOK_AGAIN_AFTER, Intent, IntentState
from arapp.receivables.money import AmountError
from arapp.receivables.records import Unreadable
from arapp.upstreams.base import Act, Adapter, Gone, WrongCredentials
from arapp.upstreams.http import Failure, Throttled, Unreachable
from arapp.upstreams.registry import open_source
from arapp.upstreams.secrets import SecretLost
from arapp.upstreams.subjects import read
from arapp.upstreams.switching import Closed
from arapp.upstreams.tries import TRACES, TRIES, TRIES_WITHIN, follow_up, gone, order_of, pause_after, tried_enough

SHOWS_WITHIN = timedelta(minutes=10)
"""A service that accepted a write has this long to show it."""


def look_again(intent: Intent) -> bool:
    """Find out by reading whether a lost write took effect. False when the service could not be reached."""
    if intent.state == IntentState.SENDING and intent.written_at is None:
        return _start_anew(intent)
    if intent.state == IntentState.SENDING and not intent.move(IntentState.UNKNOWN):
        return True
    try:
        adapter = open_source(intent.source, for_person=True)
        with adapter.http:
            order, record = read(adapter, order_of(intent), intent)
    except Closed:
        return False
    except Gone:
        _gone_since(intent, adapter.acts.get(intent.kind))
        return True
    except (Failure, SecretLost, Unreadable, AmountError) as error:
        _still_checking(intent, str(error))
        return not isinstance(error, Unreachable | Throttled | WrongCredentials | SecretLost)
    before = intent.progress.get(TRACES, sys.maxsize)
    if adapter.came_through(order, record, before):
        intent.move(IntentState.DONE, error="", result_id=order.result_id)
    elif intent.decides and adapter.traces(order, record) > before:
        _taken_back(intent, adapter.word_after[intent.kind])
    elif timezone.now() - (intent.written_at or intent.created_at) >= LOOK_AGAIN_AFTER:
        _no_effect(intent, _cannot_show(adapter, intent, record))
    follow_up(intent)
    return True


def _cannot_show(adapter: Adapter, intent: Intent, record: Any) -> bool:
    """Whether no reading of ours could tell that the write arrived."""
    if act := adapter.acts.get(intent.kind):
        return not act.repeatable and (act.proved or (act.makes == "" and getattr(record, "events", ()) is None))
    return intent.kind in adapter.proved_by_answer and record.events is None


def _gone_since(intent: Intent, act: Act | None) -> None:
    """After a write that was accepted, somebody removed a document that had heard of it; else nobody can tell."""
    if act and act.removes:
        gone(intent, act)
        return
    service = {"service": intent.source.get_service_display()}
    sentence = _(
        "The answer was lost, and %(service)s no longer has this document. Nobody can tell whether it acted."
    )
    if intent.accepted_at:
        intent.move(IntentState.DONE, error="")
    else:
        intent.move(IntentState.NEEDS_PERSON, error=sentence % service)


@transaction.atomic
def _taken_back(intent: Intent, word: str) -> None:
    """It arrived, and somebody at the service decided otherwise since: the approval follows what it says now."""
    if intent.move(IntentState.DONE, error=""):
        Approval.objects.filter(pk=intent.invoice_id).update(service_word=word)


def _start_anew(intent: Intent) -> bool:
    """Whoever had claimed it died before the write; an intent that each time ends its process needs a person."""
    tries, now = intent.tries + 1, timezone.now()
    if tries >= TRIES:
        sentence = _("Each try broke off before anything was sent; see the log.")
        intent.move(IntentState.NEEDS_PERSON, error=sentence, tries=tries)
    else:
        intent.move(IntentState.PENDING, error="", tries=tries, due_at=now)
    return True


def _still_checking(intent: Intent, problem: str) -> None:
    """Unknown for as long as a day; it is looked at again after the others."""
    now = timezone.now()
    over = now - (intent.written_at or intent.created_at) >= TRIES_WITHIN
    sentence = (
        _("Whether it arrived could not be found out: %(problem)s") if over else _("Still being checked: %(problem)s")
    )
    state = IntentState.NEEDS_PERSON if over else IntentState.UNKNOWN
    intent.move(state, error=sentence % {"problem": problem}, due_at=now)


def _no_effect(intent: Intent, invisible: bool) -> None:
    """A lost write is sent again; one that was accepted, or that our key cannot see, never is."""
    now, service = timezone.now(), {"service": intent.source.get_service_display()}
    if intent.accepted_at:
        if now - intent.accepted_at >= SHOWS_WITHIN:
            sentence = _("%(service)s accepted it, but the document does not show it. Look at it there.")
            intent.move(IntentState.NEEDS_PERSON, error=sentence % service)
    elif invisible:
        sentence = _(
            "The answer was lost, and nothing we can read shows whether it arrived. Look at it at %(service)s."
        )
        intent.move(IntentState.NEEDS_PERSON, error=sentence % service)
    elif tried_enough(intent, intent.tries + 1, now):
        sentence = _("%(service)s never confirmed it, and the document does not show it. Look at it there.")
        intent.move(IntentState.NEEDS_PERSON, error=sentence % service, tries=intent.tries + 1)
    else:
        tries = intent.tries + 1
        due = max(now, (intent.written_at or now) + pause_after(tries))
        intent.move(IntentState.PENDING, error="", tries=tries, due_at=due)


def still_unknown(intent: Intent, sentence: str) -> None:
    tries = intent.tries + 1
    intent.move(IntentState.NEEDS_PERSON if tries >= TRIES else IntentState.UNKNOWN, error=sentence, tries=tries)
