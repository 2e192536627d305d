"""Where the newest thing we have to tell a service stands, in words for people."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from arapp.outbox.models import Intent, IntentState, intents_of
from arapp.receivables.models import Invoice, Source
from arapp.web.held import MOVING, NO_WORKER, Held
from arapp.web.shown import clock


@dataclass(frozen=True)
class Standing:
    state: str
    words: str
    seen: str
    """Changes whenever the words may have changed; a page that polls sends it back."""
    held: str = ""
    """What keeps it from moving on, if anything."""

    @property
    def moving(self) -> bool:
        """Whether it may change within seconds."""
        return self.state in MOVING and self.held in ("", NO_WORKER)

    @property
    def css(self) -> str:
        if self.held:
            return "warn"
        return {"refused": "bad", "needs_person": "bad", "unknown": "warn", "done": "good"}.get(self.state, "busy")


def standing_of(invoice: Invoice, held: Held) -> Standing | None:
    """None when nothing was told to the service, or it was taken back in time."""
    newest = newest_of(invoice)
    if newest is None or newest.state == IntentState.SUPERSEDED:
        return None
    reason = held.reason(newest)
    seen = f"{newest.pk}.{newest.version}{reason}"
    return Standing(newest.state, words_of(newest, invoice.source, held), seen, reason)


def newest_of(invoice: Invoice) -> Intent | None:
    return max(intents_of(invoice), key=lambda intent: intent.pk, default=None)


def words_of(intent: Intent, source: Source, held: Held) -> str:
    """“On its way to Billomat”, “Done at Billomat 10:42”, “Refused by Billomat: …”. ``source`` is the intent's."""
    service = source.get_service_display()
    if intent.settled_by_id and intent.state in _BY_HAND:
        return _BY_HAND[intent.state]() % {"service": service}
    if intent.state == IntentState.SUPERSEDED and intent.error:
        return intent.error
    waits = held.sentence(intent, source)
    if waits and intent.state in MOVING:
        return waits
    facts = {"service": service, "words": intent.error, "at": clock(intent.settled_at) if intent.settled_at else ""}
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
