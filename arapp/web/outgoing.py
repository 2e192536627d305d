"""What we have to tell the services and has not arrived: in words, what needs a person first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet, Window
from django.utils.translation import gettext as _

from arapp.approvals.models import Decision
from arapp.outbox.models import Intent, IntentState
from arapp.receivables.models import Customer, Item, Source
from arapp.web.acts import act_words
from arapp.web.held import MOVING, Held
from arapp.web.makers import address_of
from arapp.web.said import said
from arapp.web.standing import OPEN, SETTLED_BY_PEOPLE, words_of

STUCK = (*SETTLED_BY_PEOPLE, IntentState.UNKNOWN)
ROWS = 50
_CSS = {
    IntentState.PENDING: "busy",
    IntentState.SENDING: "busy",
    IntentState.UNKNOWN: "warn",
    IntentState.REFUSED: "bad",
    IntentState.NEEDS_PERSON: "bad",
}


@dataclass(frozen=True)
class Outgoing:
    """One thing to tell a service and where it stands, for a row of a page."""

    intent: Intent
    what: str
    words: str
    waits: str
    css: str

    @property
    def url(self) -> str:
        """The page of what it concerns; "" while that is still to be made."""
        return address_of(self.intent)

    @classmethod
    def of(cls, intent: Intent, source: Source, held: Held, subject: str) -> "Outgoing":
        waits = held.sentence(intent, source)
        css = "warn" if waits else _CSS.get(intent.state, "quiet")
        return cls(intent, what(intent, subject), words_of(intent, source, held), waits, css)

    @property
    def pause(self) -> str:
        """What the service said when it was last told, where it is told again."""
        return said(self.intent.error) if self.intent.state == IntentState.PENDING and not self.waits else ""

    @property
    def again(self) -> bool:
        """Whether a person can tell it again, drop it or mark it as done."""
        return self.intent.state in SETTLED_BY_PEOPLE


def stuck() -> QuerySet[Intent]:
    """What was not carried out and will not be by itself, newest first; ``total`` on each row says how many."""
    return _joined(_still_stuck(Intent.objects.all())).annotate(total=Window(Count("pk")))


def under_way(intents: QuerySet[Intent], held: Held) -> list[Outgoing]:
    """What needs a person first, then what is on its way."""
    moving = intents.filter(state__in=MOVING)
    return [*rows_of(_joined(_still_stuck(intents))[:ROWS], held), *rows_of(_joined(moving)[:ROWS], held)]


def under_way_of(row: Customer | Item, held: Held) -> list[Outgoing]:
    """What was asked for of a customer or an item and has not arrived, newest first."""
    intents = row.intents.filter(state__in=OPEN).select_related("source").order_by("-id")
    return [Outgoing.of(intent, intent.source, held, "") for intent in intents]


def rows_of(intents: Iterable[Intent], held: Held) -> list[Outgoing]:
    return [Outgoing.of(one, one.source, held, str(one.subject or "")) for one in intents]


def _still_stuck(intents: QuerySet[Intent]) -> QuerySet[Intent]:
    """Those that will not be carried out by themselves, without what a later decision has replaced."""
    later = Decision.objects.filter(approval=OuterRef("invoice"), id__gt=OuterRef("decisions__id"))
    return intents.filter(state__in=STUCK).exclude(Exists(later))


def _joined(intents: QuerySet[Intent]) -> QuerySet[Intent]:
    return intents.select_related("source", "invoice", "customer", "item", "person").order_by("-id")


def what(intent: Intent, subject: str) -> str:
    """“Approve RE1”, “RE1: Payment of 25.00 SEK”: what the service is to be told, in words."""
    if intent.decides:
        return (_WHAT[intent.kind]() % {"subject": subject}).strip()
    words = act_words(intent, intent.invoice.currency if intent.invoice_id else "")
    return f"{subject}: {words}" if subject else words


_WHAT: dict[str, Callable[[], str]] = {
    "approve": lambda: _("Approve %(subject)s"),
    "reject": lambda: _("Reject %(subject)s"),
    "reopen": lambda: _("Reopen %(subject)s"),
    "send": lambda: _("Send %(subject)s"),
    "complete": lambda: _("Issue %(subject)s"),
    "comment": lambda: _("Comment on %(subject)s"),
}
