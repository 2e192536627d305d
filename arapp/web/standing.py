"""Where what we have to tell a service stands, in words for people: decisions, and acts that are on their way."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from arapp.outbox.models import UNSETTLED, Intent, IntentState, decisions_told, intents_of
from arapp.receivables.models import Invoice, Source
from arapp.web.acts import is_kept, with_act
from arapp.web.held import MOVING, NO_WORKER, Held
from arapp.web.said import said
from arapp.web.shown import clock

SETTLED_BY_PEOPLE = (IntentState.NEEDS_PERSON, IntentState.REFUSED)
OPEN = (*UNSETTLED, *SETTLED_BY_PEOPLE)
"""What has not arrived and was neither dropped nor replaced."""


@dataclass(frozen=True)
class Standing:
    state: str
    words: str
    seen: str
    """Changes whenever the words may have changed; a page that polls sends it back."""
    held: str = ""
    """What keeps it from moving on, if anything."""
    moving: bool = False
    """Whether it, or something behind it, may change within seconds."""

    @property
    def css(self) -> str:
        if self.held:
            return "warn"
        return {"refused": "bad", "needs_person": "bad", "unknown": "warn", "done": "good"}.get(self.state, "busy")


def standing_of(invoice: Invoice, held: Held) -> Standing | None:
    """What presses most: what is stuck, then what is on its way, then what arrived last.

    None when nothing was told to the service, or it was taken back in time.
    """
    telling = pressing(invoice)
    if not telling:
        return None
    first, reasons = telling[0], [held.reason(one) for one in telling]
    words = with_act(first, invoice.currency, words_of(first, invoice.source, held))
    if len(telling) > 1:
        words = _("%(words)s; %(n)d more under way") % {"words": words, "n": len(telling) - 1}
    seen = ".".join(f"{one.pk}.{one.version}{reason}" for one, reason in zip(telling, reasons, strict=True))
    moving = any(_moves(one, reason) for one, reason in zip(telling, reasons, strict=True))
    return Standing(first.state, words, seen, reasons[0], moving)


def decision_standing(invoice: Invoice, held: Held) -> Standing | None:
    """The same of the newest decision alone."""
    newest = newest_decision(invoice)
    if newest is None or newest.state == IntentState.SUPERSEDED:
        return None
    reason = held.reason(newest)
    return Standing(newest.state, words_of(newest, invoice.source, held), "", reason, _moves(newest, reason))


def pressing(invoice: Invoice) -> Sequence[Intent]:
    """What a row tells of, what presses most first; what stays at the desk is told to nobody."""
    told = [intent for intent in intents_of(invoice) if not is_kept(intent, invoice.source)]
    newest = newest_decision(invoice)
    under_way = [one for one in told if one.state in OPEN and (one is newest or not one.decides)]
    if under_way:
        return sorted(under_way, key=lambda one: (one.state not in SETTLED_BY_PEOPLE, -one.pk))
    last = max(told, key=lambda one: one.pk, default=None)
    return [last] if last and last.state == IntentState.DONE else []


def acts_under_way(invoice: Invoice) -> Sequence[Intent]:
    """Acts on the invoice that have not arrived, newest first."""
    return [intent for intent in intents_of(invoice) if not intent.decides and intent.state in OPEN]


def newest_decision(invoice: Invoice) -> Intent | None:
    """What was told, or is to be told, of the last decision that the service hears of."""
    return max(decisions_told(invoice), key=lambda intent: intent.pk, default=None)


def _moves(intent: Intent, reason: str) -> bool:
    return intent.state in MOVING and reason in ("", NO_WORKER)


def words_of(intent: Intent, source: Source, held: Held) -> str:
    """“On its way to Billomat”, “Done at Billomat 10:42”, “Refused by Billomat: …”. ``source`` is the intent's."""
    service = source.get_service_display()
    if is_kept(intent, source):
        return _("Kept at the desk")
    if intent.settled_by_id and intent.state in _BY_HAND:
        return _BY_HAND[intent.state]() % {"service": service}
    if intent.state == IntentState.SUPERSEDED and intent.error:
        return said(intent.error)
    waits = held.sentence(intent, source)
    if waits and intent.state in MOVING:
        return waits
    at = clock(intent.settled_at) if intent.settled_at else ""
    facts = {"service": service, "words": said(intent.error), "at": at}
    words = _SENTENCES[intent.state]() % facts
    return f"{words}. {waits}" if waits else words


_SENTENCES = {
    IntentState.PENDING: lambda: _("On its way to %(service)s"),
    IntentState.SENDING: lambda: _("Being sent to %(service)s"),
    IntentState.DONE: lambda: _("Done at %(service)s %(at)s"),
    IntentState.REFUSED: lambda: _("Refused by %(service)s: %(words)s"),
    IntentState.UNKNOWN: lambda: _("Answer of %(service)s lost, being checked"),
    IntentState.SUPERSEDED: lambda: _("Taken back before %(service)s was told"),
    IntentState.NEEDS_PERSON: lambda: _("Needs a person: %(words)s"),
}
_BY_HAND = {
    IntentState.DONE: lambda: _("Marked as done by hand; %(service)s is not told of it"),
    IntentState.SUPERSEDED: lambda: _("Dropped; %(service)s is not told of it"),
}
