"""Carrying intents out: claimed, read before write, written once, read back; a lost answer is settled by a read.

| what the read before the write shows | end of the intent | the approval |
|---|---|---|
| what we want is so already | done | stays |
| another content than was decided on | superseded, nothing sent | reopens; both contents are kept |
| decided otherwise at the desk since | superseded, nothing sent | as decided last |
| another word than the person saw | superseded, nothing sent | follows the service's word |
| a word that we do not know | needs_person, nothing sent | stays |
| the service's own flag forbids it | refused, nothing sent | stays |
| the document is gone (404) | refused, nothing sent | stays until the document is marked as gone |
| the source was paused or set to watch only | pending, waits | stays |
| the service is still making what we need | pending, asked again for an hour, then needs_person | stays |

| what comes of the write | end of the intent | the approval |
|---|---|---|
| it shows when read back | done | stays; reopens if the content changed in between |
| accepted, but does not show for ten minutes | needs_person, never sent again | stays |
| 4xx, and what we want is so | done | stays |
| 4xx otherwise | refused with the service's words | follows the service's word |
| no connection, 429, a wrong key | pending, eight tries in a day, then needs_person | stays |
| answer lost, it shows | done | stays |
| answer lost, the service's log shows that it was taken back since | done | follows the service's word |
| answer lost, it does not show 60 s later | pending, counted as a try | stays |
| answer lost, our key may not see whether it shows | needs_person, never sent again | stays |
| answer lost, the document is gone | needs_person | stays until the document is marked as gone |
| answer lost, and no read succeeds for a day | needs_person | stays |

An action (``payment.create``) ends in the same ways; of the approval only a change of substance is its business.
What it makes is looked up by our own reference before every write, so nothing is made twice; an action of several
steps is pending again between them.

While an intent is sending or unknown a further decision is refused, and what the service says is taken in afterwards.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.approvals.effects import effect_of
from arapp.approvals.models import TOLD_BY_PERSON, Approval
from arapp.outbox.models import Intent, Intents, IntentState
from arapp.receivables.models import Invoice
from arapp.receivables.money import AmountError
from arapp.receivables.records import InvoiceRecord, Unreadable
from arapp.receivables.substance import changes_since
from arapp.upstreams.base import Act, Adapter, Gone, NotReady, Order, Written, WrongCredentials
from arapp.upstreams.doubts import TRACES, look_again, still_unknown
from arapp.upstreams.http import Failure, LostAnswer, Rejected, Throttled, Unreachable
from arapp.upstreams.registry import open_source
from arapp.upstreams.secrets import SecretLost
from arapp.upstreams.subjects import read
from arapp.upstreams.switching import Closed, Disconnected, askable, may_write, sendable
from arapp.upstreams.tries import after_gone, follow_up, gone, order_of, try_later, wait_for_service

log = logging.getLogger("arapp.push")

MOST_STEPS = 20
"""So many steps of one action are carried out in one round."""


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


def push(
    source_id: int | None = None,
    most: int | None = None,
    on_claim: Callable[[Intent], None] = lambda intent: None,
    ours: Intents | None = None,
) -> list[Pushed]:
    """Look again at every unknown intent, then carry out those that are due: of one source, of all, or of ``ours``.

    ``most`` is how many are carried out before lost answers get their turn again; ``on_claim`` hears of each that is
    claimed. Never raises for what a service does.
    """
    ours = Intent.objects.all() if ours is None else ours
    ours = ours if source_id is None else ours.filter(source=source_id)
    handled: dict[int, Intent] = {}
    _settle_lost(ours, handled)
    stuck: set[int] = set()
    steps: Counter[int] = Counter()
    last = len(handled) + most if most else None
    while (last is None or len(handled) < last) and (intent := _next_due(ours, stuck, _over(handled, steps))):
        steps[intent.pk] += 1
        _guarded(_claim, intent)
        if intent.state == IntentState.SENDING:
            on_claim(intent)
            if not _guarded(_reached, intent):
                stuck.add(intent.source_id)
            handled[intent.pk] = intent
    return [_told(intent) for intent in handled.values()]


def _over(handled: Mapping[int, Intent], steps: Mapping[int, int]) -> list[int]:
    """What is not taken up again in this round; an action of several steps goes on at once."""
    return [pk for pk, intent in handled.items() if not _goes_on(intent) or steps[pk] >= MOST_STEPS]


def _goes_on(intent: Intent) -> bool:
    """Whether the last thing that became of it was a step that worked, with another one to follow."""
    return intent.state == IntentState.PENDING and bool(intent.result_id) and not intent.error


def _claim(intent: Intent) -> bool:
    """What is known of the document already comes first: it may have made the intent void."""
    follow_up(intent)
    return intent.move(IntentState.SENDING, claimed_at=timezone.now(), written_at=None, accepted_at=None)


def _settle_lost(ours: Intents, handled: dict[int, Intent]) -> None:
    """Those looked at longest ago first; a source that cannot be reached is asked once, not for each."""
    stuck: set[int] = set()
    for intent in askable(ours.lost(timezone.now())).select_related("source", "invoice", "customer", "item"):
        if intent.source_id in stuck:
            continue
        if not _guarded(look_again, intent):
            stuck.add(intent.source_id)
        handled[intent.pk] = intent


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
            try_later(intent, sentence)
        else:
            still_unknown(intent, sentence)
        return True


def _next_due(ours: Intents, stuck: set[int], over: Sequence[int]) -> Intent | None:
    due = sendable(ours.due(timezone.now())).exclude(source__in=stuck).exclude(pk__in=over)
    return due.select_related("source", "invoice", "customer", "item").first()


def _told(intent: Intent) -> Pushed:
    external_id = intent.subject.external_id if intent.subject else intent.result_id
    return Pushed(intent.pk, intent.source.name, intent.kind, external_id, str(intent.state), intent.error)


def _reached(intent: Intent) -> bool:
    """Carry out one claimed intent. False when the service could not be reached, so that others wait too."""
    try:
        adapter = open_source(intent.source, for_person=True, deadline=30.0)
    except Disconnected:
        intent.move(IntentState.PENDING, error="")
        return False
    except SecretLost as error:
        try_later(intent, str(error))
        return False
    with adapter.http:
        try:
            _carry_out(adapter, intent)
        except Closed:
            intent.move(IntentState.PENDING, error="")
            return False
        except LostAnswer as error:
            intent.move(IntentState.UNKNOWN, error=str(error))
        except Throttled as error:
            try_later(intent, str(error), error.until)
            return False
        except (Unreachable, WrongCredentials) as error:
            try_later(intent, str(error))
            return False
        except NotReady as error:
            wait_for_service(intent, str(error))
        except Gone:
            gone(intent, adapter.acts.get(intent.kind))
        except Rejected as error:
            _after_refusal(adapter, intent, error)
        except (Unreadable, AmountError) as error:
            sentence = _("The document cannot be read: %(problem)s") % {"problem": error}
            intent.move(IntentState.NEEDS_PERSON, error=sentence)
        except Failure as error:
            try_later(intent, str(error))
    follow_up(intent)
    return True


def _carry_out(adapter: Adapter, intent: Intent) -> None:
    order, record = read(adapter, order_of(intent), intent)
    if adapter.in_effect(order, record):
        intent.move(IntentState.DONE, error="", result_id=order.result_id)
    elif held := _held_back(intent, record):
        intent.move(held[0], error=held[1])
    elif not _begin(intent, order, adapter.traces(order, record)):
        intent.move(IntentState.PENDING, error="")
    else:
        _accepted(adapter, intent, order, adapter.write(order))


@transaction.atomic
def _begin(intent: Intent, order: Order, traces: int) -> bool:
    """Mark it as written from now on; False when its source was switched off, or it is not ours any more."""
    progress = {**intent.progress, TRACES: traces}
    begun = {"written_at": timezone.now(), "progress": progress, "result_id": order.result_id}
    return may_write(intent.source_id) and intent.move(IntentState.SENDING, **begun)


def _accepted(adapter: Adapter, intent: Intent, order: Order, written: Written) -> None:
    """What it made is stored at once: whatever happens from here on, it is not made a second time."""
    result, now = written.external_id or order.result_id, timezone.now()
    if written.more:
        intent.move(IntentState.PENDING, error="", result_id=result, due_at=now, written_at=None)
        return
    intent.move(IntentState.SENDING, accepted_at=now, result_id=result)
    _read_back(adapter, intent, replace(order, result_id=result, accepted=True))


def _held_back(intent: Intent, record: Any) -> tuple[IntentState, str] | None:
    """Why nothing is written after all, by the content just read and the approval as it is."""
    service = {"service": intent.source.get_service_display()}
    if _changed_meanwhile(intent):
        sentence = _("The document changed at %(service)s before it was told; nothing was sent. Look at it again.")
        return IntentState.SUPERSEDED, f"{sentence % service} {_what_changed(intent)}".rstrip()
    return _decided_otherwise(intent, record, service) if intent.decides else None


def _changed_meanwhile(intent: Intent) -> bool:
    """By what the person saw; once a write of ours may have arrived, the change may be our own."""
    if not intent.decides and (not intent.digest or TRACES in intent.progress):
        return False
    subject = intent.subject
    if not isinstance(subject, Invoice):
        return subject.row_digest != intent.digest
    return subject.digest != intent.digest or intent.seen_word not in ("", subject.service_decision)


def _what_changed(intent: Intent) -> str:
    """The fields that differ from what the person saw, as far as that was kept."""
    changes = changes_since(intent.invoice, intent.digest) if intent.invoice_id else []
    fields = ", ".join(change.field.replace("_", " ") for change in changes)
    return _("Changed: %(fields)s.") % {"fields": fields} if fields else ""


def _decided_otherwise(
    intent: Intent, record: InvoiceRecord, service: Mapping[str, str]
) -> tuple[IntentState, str] | None:
    decision = intent.decisions.order_by("-id").first()
    if decision is None:
        return None
    approval = Approval.objects.get(pk=intent.invoice_id)
    if approval.state != decision.to_state:
        return IntentState.SUPERSEDED, _("It was decided otherwise meanwhile; nothing was sent.")
    if not record.service_decision:
        return IntentState.NEEDS_PERSON, _(
            "%(service)s shows a state that we do not know; nothing was sent."
        ) % service
    if approval.service_word not in ("", TOLD_BY_PERSON, record.service_decision):
        return IntentState.SUPERSEDED, _("It was decided otherwise at %(service)s; nothing was sent.") % service
    forbidden = effect_of(decision.action, intent.invoice).problem if record.permissions else ""
    return (IntentState.REFUSED, forbidden) if forbidden else None


def _read_back(adapter: Adapter, intent: Intent, order: Order) -> None:
    """The write was accepted; the mirror gets what came of it."""
    act = adapter.acts.get(order.kind)
    proved = act.proved if act else order.kind in adapter.proved_by_answer
    try:
        order, record = read(adapter, order, intent)
    except Gone as error:
        after_gone(intent, act, str(error))
        return
    except (Failure, Unreadable, AmountError) as error:
        sentence = _("Accepted, but not read back yet: %(problem)s") % {"problem": error}
        intent.move(IntentState.DONE if proved else IntentState.UNKNOWN, error="" if proved else sentence)
        return
    if proved or _cannot_show(act, record) or adapter.came_through(order, record, intent.progress.get(TRACES, 0)):
        intent.move(IntentState.DONE, error="")
    else:
        intent.move(IntentState.UNKNOWN, error=_("Accepted, but the document does not show it yet."))


def _cannot_show(act: Act | None, record: Any) -> bool:
    """Whether what was accepted stands in a log alone that our key may not read."""
    return act is not None and not (act.makes or act.once) and getattr(record, "events", ()) is None


def _after_refusal(adapter: Adapter, intent: Intent, refusal: Rejected) -> None:
    """A 4xx is no effect of ours, unless the document shows that what we want is so already (BillOver A11)."""
    try:
        order, record = read(adapter, order_of(intent), intent)
    except (Failure, Unreadable, AmountError):
        intent.move(IntentState.REFUSED, error=refusal.words or str(refusal))
        return
    if adapter.in_effect(order, record):
        intent.move(IntentState.DONE, error="", result_id=order.result_id)
    else:
        intent.move(IntentState.REFUSED, error=refusal.words or str(refusal))
