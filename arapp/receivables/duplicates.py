"""Invoices that may be one and the same: the same number, amount and kind in two sources."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, F, Func, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONArray, Trim, Upper
from django.utils.translation import gettext as _

from arapp.receivables.comparable import COMPARABLE, NUMBER_COMPARED
from arapp.receivables.folded import Rows
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money
from arapp.receivables.words import State

SAME = ("gross", "currency", "kind", "compared")


@dataclass(frozen=True)
class Double:
    """An invoice of another source that may be the same one."""

    pk: int
    source: str
    number: str
    state: str
    gross: Money

    @property
    def words(self) -> str:
        """“RE1 at Billomat (open, 119.00 EUR)”."""
        state = str(State(self.state).label).lower()
        facts = {"number": self.number, "source": self.source, "state": state, "amount": self.gross}
        return _("%(number)s at %(source)s (%(state)s, %(amount)s)") % facts

    @property
    def sentence(self) -> str:
        return _("Possible duplicate of %(invoice)s.") % {"invoice": self.words}


def duplicated() -> Q:
    """The condition for the invoices that may be duplicates, for a filter.

    By groups, not by pairs: PostgreSQL reads them in the order of their index, once.
    """
    groups = _compared(Invoice.objects.filter(COMPARABLE)).exclude(compared="")
    doubles = groups.annotate(first=Min("source"), last=Max("source")).filter(first__lt=F("last"))
    return COMPARABLE & Q(_among(doubles))


def possible_duplicates(ids: Iterable[int]) -> dict[int, list[Double]]:
    """By id, for those that have any: the invoices of other sources that may be the same. One query."""
    wanted = set(ids)
    if not wanted:
        return {}
    mine = _compared(Invoice.objects.filter(COMPARABLE, pk__in=wanted))
    alike = Invoice.objects.filter(COMPARABLE, _among(mine)).annotate(compared=NUMBER_COMPARED).exclude(compared="")
    groups = defaultdict(list)
    for row in alike.order_by("pk").values("pk", "source_id", "source__name", "number", "state", *SAME):
        groups[tuple(row[name] for name in SAME)].append(row)
    pairs = ((row, group) for group in groups.values() for row in group if row["pk"] in wanted)
    found = {row["pk"]: _others(row, group) for row, group in pairs}
    return {pk: doubles for pk, doubles in found.items() if doubles}


def folded_doubles() -> dict[str, Rows]:
    """An annotation for one invoice, after which ``doubles_of`` answers without asking."""
    alike = Invoice.objects.filter(COMPARABLE, **{name: OuterRef(name) for name in ("gross", "currency", "kind")})
    same = alike.alias(compared=NUMBER_COMPARED).filter(compared=Upper(Trim(OuterRef("number")))).exclude(compared="")
    others = same.exclude(source=OuterRef("source")).order_by("pk")
    cells = JSONArray("pk", "source__name", "number", "state", "gross", "currency")
    return {"folded_doubles": Rows(others.values(cells=cells))}


def doubles_of(invoice: Invoice) -> list[Double]:
    """The invoices of other sources that may be this one; it was read with ``folded_doubles``."""
    if invoice.gone_at:
        return []
    return [
        Double(pk, source, number.strip(), state, Money(gross, currency))
        for pk, source, number, state, gross, currency in invoice.folded_doubles
    ]


def doubles_among(invoices: Sequence[Invoice]) -> dict[int, list[Double]]:
    """By id, for those that have any, of a page of rows: no query when they were read with ``folded_doubles``."""
    if all(hasattr(invoice, "folded_doubles") for invoice in invoices):
        return {invoice.pk: doubles_of(invoice) for invoice in invoices}
    return possible_duplicates([invoice.pk for invoice in invoices])


def _others(row: dict[str, Any], group: list[dict[str, Any]]) -> list[Double]:
    return [
        Double(
            one["pk"], one["source__name"], one["number"].strip(), one["state"], Money(one["gross"], one["currency"])
        )
        for one in group
        if one["source_id"] != row["source_id"]
    ]


def _compared(rows: QuerySet[Invoice]) -> QuerySet[Any]:
    """What is compared of each, in the order of the index."""
    return rows.order_by().annotate(compared=NUMBER_COMPARED).values(*SAME)


def _among(compared: QuerySet[Any]) -> Func:
    """Whether what is compared of a row is among these: one comparison of four columns with a subquery's four."""
    four = Func("gross", "currency", "kind", NUMBER_COMPARED, template="(%(expressions)s)")
    rows = Subquery(compared.values(*SAME), output_field=BooleanField())
    return Func(four, rows, template="%(expressions)s", arg_joiner=" IN ", output_field=BooleanField())
