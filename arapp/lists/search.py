"""One search over invoices, customers, items and payments: what fits best comes first, and nothing is counted out.

Each kind of row is asked for ``MOST`` and one more, so that the search costs the same however much there is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Lower

from arapp.lists import lookups, values
from arapp.lists.about import own, theirs
from arapp.lists.items import catalogue, holds
from arapp.lists.moved import Moved
from arapp.lists.payments import payment_rows
from arapp.receivables.models import Customer, Invoice, SearchText

MOST = 100
"""More are only said to be more."""
SAME = 5
"""So many invoices of one number are put first."""

SHOWN = tuple(
    "external_id kind number short_id payment_reference currency gross open state gone_at issue_date approval__state"
    " customer__name customer__external_id source__name source__service".split()
)


@dataclass(frozen=True)
class Group:
    """What was found of one kind: the first few rows, and how many there are."""

    name: str
    rows: Sequence[Any] = ()
    count: int = 0
    """At most ``MOST``."""
    more: bool = False
    """Whether there are more than ``count``."""


@dataclass(frozen=True)
class Found:
    text: str
    groups: Sequence[Group] = ()
    direct: Invoice | None = None
    """The one invoice whose number or reference is the text to the letter."""
    exact: frozenset[int] = field(default_factory=frozenset)
    """The invoices whose number or reference is the text."""

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def more(self) -> bool:
        return any(group.more for group in self.groups)


def search(text: str, few: int) -> Found:
    """The first ``few`` of each kind. ValidationError with a sentence for a text that cannot be looked for."""
    text = text.strip()
    words = values.read_words(text)
    if not words:
        return Found("")
    matching = lookups.holds_words(words)
    invoices = _newest(matching)
    exact = _exact(text, invoices)
    groups = [
        _group("invoices", [*exact, *(row for row in invoices if row not in exact)], few),
        _group("customers", _customers(words, text), few),
        _group("items", catalogue().filter(holds(words)).select_related("source")[: MOST + 1], few),
        _group("payments", _payments(words, matching, invoices), few),
    ]
    found = [group for group in groups if group.count]
    return Found(text, found, exact[0] if len(exact) == 1 else None, frozenset(row.pk for row in exact))


def _group(name: str, rows: Iterable[Any], few: int) -> Group:
    known = list(rows)
    return Group(name, known[:few], min(len(known), MOST), len(known) > MOST)


def _shown(rows: QuerySet[Invoice]) -> QuerySet[Invoice]:
    return rows.select_related("customer", "source", "approval").only(*SHOWN)


def _newest(matching: Q) -> list[Invoice]:
    return list(_shown(Invoice.objects.filter(matching)).order_by("-created_at", "-pk")[: MOST + 1])


def _exact(text: str, newest: list[Invoice]) -> list[Invoice]:
    """Those whose number or reference is the text: by the numbers' index, and among what holds the text at all."""
    spellings = {text, text.upper(), text.lower(), "".join(text.split())}
    numbered = Invoice.objects.filter(number__in=spellings)
    found = [row for row in newest if spellings & {str(row), row.number, row.short_id, row.payment_reference}]
    known = [row.pk for row in found]
    if len(newest) <= MOST:
        return found
    held = SearchText.objects.filter(text__contains=text.casefold()).values("pk")[: lookups.FEW]
    named = Invoice.objects.filter(payment_reference__in=spellings, pk__in=held)
    return [*found, *_shown(numbered.exclude(pk__in=known))[:SAME], *_shown(named.exclude(pk__in=known))[:SAME]]


def _customers(words: list[str], text: str) -> QuerySet[Customer]:
    """Those called or numbered just so first, then those that begin with it, by name."""
    some = Customer.objects.filter(*(Q(search__contains=word) for word in words)).order_by().values("pk")
    named = Q(name__iexact=text) | Q(number__iexact=text) | Q(email__iexact=text)
    fits = Case(When(named, then=Value(0)), When(name__istartswith=text, then=Value(1)), default=Value(2))
    rows = Customer.objects.filter(pk__in=some[: lookups.FEW]).select_related("source").defer("note", "form")
    return rows.order_by(fits, Lower("name"), "pk")[: MOST + 1]


def _payments(words: list[str], matching: Q, newest: list[Invoice]) -> QuerySet[Moved]:
    """As the list of payments finds them: of the invoices that match, or with the words in their own text."""
    few = len(newest) <= MOST
    about = Q(invoice__in=newest) if few else theirs("invoice", matching)
    found = Moved.objects.standing().filter(about | own(words, "text"))
    return payment_rows(found).order_by("-date", "-pk")[: MOST + 1]
