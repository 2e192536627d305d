"""The invoice list in groups: rows, net, gross and open of each group and currency, added up by the database.

Amounts of different currencies are never added.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby, islice
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from arapp.lists.columns import CellValue, Column, Holds
from arapp.lists.filters import PAGING, InvoiceFilter
from arapp.lists.grouping import BY, By, Found, Key, Word
from arapp.lists.periods import day_of
from arapp.receivables.money import Money

MOST = 2_000
"""Groups on a page."""

MOST_LINES = 4 * MOST
"""Read for a page; a group has a line for each of its currencies."""

ISSUED = ("issued_from", "issued_to")

AMOUNTS = ("net", "gross", "open")
WITHOUT = {"net": _("%(n)d without net"), "gross": _("%(n)d without gross"), "open": _("%(n)d without open amount")}


@dataclass(frozen=True)
class Line:
    """The rows of a group in one currency. An amount is None where no row tells it, and without a currency."""

    keys: tuple[Key, ...]
    currency: str
    rows: int
    net: Money | None
    gross: Money | None
    open: Money | None
    lacking: Mapping[str, int]
    """How many rows do not tell the amount of this name; they add nothing to it."""


@dataclass(frozen=True)
class Group:
    keys: tuple[Key, ...]
    lines: Sequence[Line]
    query: str
    """The query string of the list of exactly these rows."""

    @property
    def rows(self) -> int:
        return sum(line.rows for line in self.lines)

    @property
    def notes(self) -> list[str]:
        """Which amounts are those of some rows alone: the others do not tell theirs."""
        lacking = {name: sum(line.lacking[name] for line in self.lines if getattr(line, name)) for name in AMOUNTS}
        return [WITHOUT[name] % {"n": rows} for name, rows in lacking.items() if rows]


@dataclass(frozen=True)
class Groups:
    found: Sequence[Group] = ()
    more: bool = False
    """There are others, which do not fit a page."""


def line_rows(found: InvoiceFilter, by: By) -> QuerySet[Any, Any]:
    """A line for each group and currency, in the groups' order. One query."""
    fields = dict.fromkeys(name for word in by.words for name in word.fields)
    periods = {name: begins for word in by.words for name, begins in word.period.items()}
    sums = {f"{name}_sum": Sum(name) for name in AMOUNTS} | {f"{name}_known": Count(name) for name in AMOUNTS}
    told = {name: alike for word in by.words for name, alike in word.told.items()}
    order = [term for word in by.words for term in word.order]
    rows = found.qs.order_by().values(*fields, "currency", **periods)
    return rows.annotate(rows=Count("*"), **sums, **told).order_by(*order, "currency")


def lines_of(found: InvoiceFilter, by: By) -> Iterator[Line]:
    """Every line, read as it is asked for."""
    return (_line(row, by.words) for row in line_rows(found, by).iterator(chunk_size=2_000))


def groups_of(found: InvoiceFilter, by: By) -> Groups:
    """What fits a page; the last group is left out where its lines may have been cut."""
    words, filters = by.words, _filters(found)
    rows = list(line_rows(found, by)[: MOST_LINES + 1])
    lines = (_line(row, words) for row in rows)
    by_keys = islice(groupby(lines, key=lambda line: line.keys), MOST + 1)
    groups = [Group(keys, list(own), _narrowed(filters, keys)) for keys, own in by_keys]
    cut = len(rows) > MOST_LINES
    return Groups(groups[: min(MOST, len(groups) - cut)], more=cut or len(groups) > MOST)


def _line(row: Found, words: Sequence[Word]) -> Line:
    amounts = {name: _amount(row, name) for name in AMOUNTS}
    lacking = {name: row["rows"] - row[f"{name}_known"] for name in AMOUNTS}
    return Line(tuple(word.key(row) for word in words), row["currency"], row["rows"], lacking=lacking, **amounts)


def _amount(row: Found, name: str) -> Money | None:
    known = row["currency"] and row[f"{name}_known"]
    return Money(int(row[f"{name}_sum"]), row["currency"]) if known else None


def _filters(found: InvoiceFilter) -> dict[str, list[str]]:
    """The filters of a query string alone; days of issue that are told by today as dates, to be compared."""
    given = {name: [text.strip() for text in texts if text.strip()] for name, texts in found.data.lists()}
    kept = {name: texts for name, texts in given.items() if texts and name not in (*PAGING, BY)}
    days = {name: found.form.cleaned_data[name] for name in ISSUED if name in kept and not found.errors}
    return kept | {name: [day_of(day, found.today).isoformat() for day in told] for name, told in days.items()}


def _narrowed(filters: Mapping[str, list[str]], keys: Sequence[Key]) -> str:
    """The query string of a group: what its rows have passed already is replaced, days are the ones in common."""
    query = dict(filters)
    for name, value in (pair for key in keys for pair in key.only):
        given = query.get(name, [])
        if name == "lacks":
            query[name] = [*(one for one in given if one != value), value]
        elif name == "issued_from":
            query[name] = [max(value, min(given, default=value))]
        elif name == "issued_to":
            query[name] = [min(value, max(given, default=value))]
        else:
            query[name] = [value]
    return urlencode(query, doseq=True)


def columns_of(by: By) -> list[Column]:
    """A download's columns: the words' own, the currency, rows, amounts, and how many rows do not tell them."""
    cells = [(at, within, cell) for at, word in enumerate(by.words) for within, cell in enumerate(word.cells)]
    keys = [Column(name, label, partial(_cell, at, within), holds) for at, within, (name, label, holds) in cells]
    return [*keys, *(column for column in COLUMNS if column.name not in by.names)]


def _cell(at: int, within: int, line: Line, _today: date) -> CellValue:
    return line.keys[at].cells[within]


def _amount_column(name: str, label: Any) -> Column:
    return Column(name, label, lambda line, _today: (money := getattr(line, name)) and money.amount, Holds.MONEY)


def _lacking_column(name: str, label: Any) -> Column:
    return Column(f"without_{name}", label, lambda line, _today: line.lacking[name], Holds.INTEGER)


COLUMNS: Sequence[Column] = (
    Column("currency", _("Currency"), lambda line, _today: line.currency),
    Column("rows", _("Rows"), lambda line, _today: line.rows, Holds.INTEGER),
    _amount_column("net", _("Net")),
    _amount_column("gross", _("Gross")),
    _amount_column("open", _("Open")),
    _lacking_column("net", _("Rows without a net amount")),
    _lacking_column("gross", _("Rows without a gross amount")),
    _lacking_column("open", _("Rows without an open amount")),
)
