"""Where the newest thing we have to tell a service stands, in words for people."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from arapp.outbox.models import Intent, IntentState, intents_of
from arapp.receivables.models import Invoice
from arapp.web.shown import clock

MOVING = (IntentState.PENDING, IntentState.SENDING)


@dataclass(frozen=True)
class Standing:
    state: str
    words: str
    seen: str
    """Changes whenever the words may have changed; a page that polls sends it back."""

    @property
    def moving(self) -> bool:
        """Whether it will change within seconds."""
        return self.state in MOVING

    @property
    def css(self) -> str:
        return {"refused": "bad", "needs_person": "bad", "unknown": "warn", "done": "good"}.get(self.state, "busy")


def standing_of(invoice: Invoice) -> Standing | None:
    """None when nothing was told to the service, or it was taken back in time."""
    newest = max(intents_of(invoice), key=lambda intent: intent.pk, default=None)
    if newest is None or newest.state == IntentState.SUPERSEDED:
        return None
    return Standing(newest.state, words_of(newest, invoice.source.get_service_display()), seen_of([newest]))


def seen_of(intents: Iterable[Intent]) -> str:
    newest = max(intents, key=lambda intent: intent.pk, default=None)
    return f"{newest.pk}.{newest.version}" if newest else ""


def words_of(intent: Intent, service: str) -> str:
    """“On its way to Billomat”, “Done at Billomat 10:42”, “Refused by Billomat: …”."""
    if intent.state == IntentState.SUPERSEDED and intent.error:
        return intent.error
    facts = {"service": service, "words": intent.error, "at": clock(intent.settled_at) if intent.settled_at else ""}
    return _SENTENCES[intent.state]() % facts


_SENTENCES = {
    IntentState.PENDING: lambda: _("On its way to %(service)s"),
    IntentState.SENDING: lambda: _("Being sent to %(service)s"),
    IntentState.DONE: lambda: _("Done at %(service)s %(at)s"),
    IntentState.REFUSED: lambda: _("Refused by %(service)s: %(words)s"),
    IntentState.UNKNOWN: lambda: _("Answer of %(service)s lost, being checked"),
    IntentState.SUPERSEDED: lambda: _("Taken back before %(service)s was told"),
    IntentState.NEEDS_PERSON: lambda: _("Needs a person: %(words)s"),
}
