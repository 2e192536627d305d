"""The columns of lists on the screen: which there are, and which of them a person sees, in what order, how wide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from arapp.lists.columns import CUSTOMER_COLUMNS, FURTHER_COLUMNS, INVOICE_COLUMNS, Column, Holds
from arapp.lists.order import CUSTOMER_ORDERS, INVOICE_ORDERS, Order
from arapp.people.models import DECIDE, PREPARE
from arapp.people.preferences import layout_of
from arapp.receivables.models import Kind, Service
from arapp.web.row_html import TEXT, filled
from arapp.web.shown import DASH, date_html, moment_html, money_html, whole
from arapp.web.toolbar import Heading, Toolbar

BOX, ENDS = 28, 190
"""Pixels of the tick and of the actions."""

LEAST = 140
"""Pixels that a column which takes what is left gets at least."""

FITS = (890, 1070, 1180, 1660)
"""Pixels that a list has on screens of 1100, 1280, 1440 and 1920 pixels; a wider one is scrolled sideways there."""


@dataclass(frozen=True)
class ScreenColumn:
    """``css`` is the class of its cells and heading, ``sort`` its name among the list's orders."""

    name: str
    label: Any
    css: str = ""
    sort: str = ""
    width: int = 100
    """Pixels, unless the person chose another width."""
    col: str = ""
    """The class that gives the column its usual width, on any screen."""
    usual: bool = False
    fixed: bool = False
    """It names the row, so it is always there."""
    grows: bool = False
    """It takes what the others leave."""
    read: Column | None = None
    """What it shows, where the row has no cell of its own for it."""


@dataclass(frozen=True)
class Placed:
    """A column in its place. ``width`` is the person's, None for the usual one."""

    column: ScreenColumn
    width: int | None = None

    @property
    def pixels(self) -> int:
        return self.width or (LEAST if self.column.grows else self.column.width)


@dataclass(frozen=True)
class Layout:
    """The columns of a list as one person sees them."""

    list: str
    placed: Sequence[Placed]
    chosen: bool
    """By the person; otherwise the columns are the usual ones, and their widths follow the screen."""
    box: bool = False
    ends: bool = False

    @property
    def names(self) -> list[str]:
        return [one.column.name for one in self.placed]

    @property
    def span(self) -> int:
        """How many columns the table has."""
        return len(self.placed) + self.box + self.ends

    @property
    def ends_width(self) -> int:
        """Pixels of the actions."""
        return ENDS

    @property
    def total(self) -> int:
        """Pixels of the whole table."""
        return sum(one.pixels for one in self.placed) + BOX * self.box + ENDS * self.ends

    @property
    def free(self) -> str:
        """The name of the column that takes what the others leave: one that grows, or the last."""
        growing = [one.column.name for one in self.placed if one.column.grows and not one.width]
        return growing[0] if growing else self.names[-1]

    @property
    def css(self) -> str:
        """Which screens the table is too wide for; empty while the columns are the usual ones."""
        if not self.chosen:
            return ""
        return next((f"own fits-{pixels}" for pixels in FITS if self.total <= pixels), "own fits-none")

    def headings(self, tools: Toolbar) -> list[Heading]:
        """Of the table, with the links that sort."""
        columns = [(place.column, place.pixels) for place in self.placed]
        return [tools.heading(str(one.label), one.css, one.sort, one.name, pixels) for one, pixels in columns]


def layout(person: Any, name: str) -> Layout:
    """The person's own columns of a list, or the usual ones. Names that the list does not have are passed over."""
    known = LISTS[name]
    wanted = [(known[one], width) for one, width in layout_of(person, name) if one in known]
    may = getattr(person, "can", lambda ability: False)
    beside = {"box": may(PREPARE), "ends": may(DECIDE)} if name == INVOICES else {}
    if not wanted:
        return Layout(name, [Placed(one) for one in known.values() if one.usual], False, **beside)
    there = [column for column, _width in wanted]
    lacking = [Placed(one) for one in known.values() if one.fixed and one not in there]
    return Layout(name, [*lacking, *(Placed(*one) for one in wanted)], True, **beside)


def ordered(layout: Layout) -> list[tuple[ScreenColumn, Placed | None]]:
    """All columns of a list: the chosen ones as they are placed, then the others."""
    places = {place.column.name: place for place in layout.placed}
    others = [one for one in LISTS[layout.list].values() if one.name not in places]
    return [*((place.column, place) for place in layout.placed), *((one, None) for one in others)]


def _table(*columns: ScreenColumn) -> Mapping[str, ScreenColumn]:
    return {column.name: column for column in columns}


def _further(column: Column, orders: Mapping[str, Order]) -> ScreenColumn:
    """A column of the downloads as one of the screen."""
    numeric = column.holds in (Holds.MONEY, Holds.INTEGER)
    sort = column.name if column.name in orders else ""
    css = "num further" if numeric else "further"
    return ScreenColumn(column.name, column.label, css, sort, WIDTHS.get(column.name, 110), read=column)


INVOICES, CUSTOMERS = "invoices", "customers"
"""The lists whose columns can be chosen."""

WIDTHS = {
    "title": 200,
    "address": 200,
    "org_no": 130,
    "vat_no": 130,
    "currency": 72,
    "kind": 96,
    "service": 88,
    "days_overdue": 96,
    "payment_reference": 150,
}
_ROWS_OWN = set("source number customer issue_date due_date gross open state approval".split())
"""Columns of the downloads that the row has cells of its own for."""
_CUSTOMERS_OWN = set("source number name email owed overdue".split())

LISTS: Mapping[str, Mapping[str, ScreenColumn]] = {
    INVOICES: _table(
        ScreenColumn("number", _("Number"), "called", "number", 104, "c-number", usual=True, fixed=True),
        ScreenColumn("customer", _("Customer"), "name", "customer", 180, "c-customer", usual=True, grows=True),
        ScreenColumn("source", _("Source"), "sourcely", "source", 92, "c-source", usual=True),
        ScreenColumn("issued", _("Issued"), "", "issued", 88, "c-date", usual=True),
        ScreenColumn("due", _("Due"), "", "due", 88, "c-date", usual=True),
        ScreenColumn("gross", _("Gross"), "num", "gross", 118, "c-num", usual=True),
        ScreenColumn("open", _("Open"), "num openly", "open", 118, "c-num", usual=True),
        ScreenColumn("state", _("State"), "", "state", 90, "c-state", usual=True),
        ScreenColumn("approval", _("Approval"), "", "approval", 112, "c-approval", usual=True),
        *(_further(one, INVOICE_ORDERS) for one in (*INVOICE_COLUMNS, *FURTHER_COLUMNS) if one.name not in _ROWS_OWN),
    ),
    CUSTOMERS: _table(
        ScreenColumn("name", _("Name"), "", "name", 200, "c-customer", usual=True, fixed=True, grows=True),
        ScreenColumn("number", _("Number"), "", "number", 104, "c-number", usual=True),
        ScreenColumn("source", _("Source"), "", "source", 110, "c-source", usual=True),
        ScreenColumn("email", _("E-mail"), "", "email", 220, "c-mail", usual=True),
        ScreenColumn("invoices", _("Invoices"), "num", "", 84, "c-few", usual=True),
        ScreenColumn("owed", _("Owed"), "num", "", 150, "c-debt", usual=True),
        ScreenColumn("overdue", _("Overdue"), "num", "", 150, "c-debt", usual=True),
        *(_further(one, CUSTOMER_ORDERS) for one in CUSTOMER_COLUMNS if one.name not in _CUSTOMERS_OWN),
    ),
}
_WORDS = {"kind": dict(Kind.choices), "service": dict(Service.choices)}
"""What values are called, by column."""


def cell_html(column: ScreenColumn, row: Any, today: date) -> SafeString:
    """The value of a column in a row, as a page shows it."""
    value = column.read.read(row, today)
    if value is None or value == "":
        return DASH
    if column.read.holds is Holds.MONEY:
        return money_html(getattr(row, column.name), row.currency)
    if column.read.holds is Holds.MOMENT:
        return moment_html(value)
    if column.read.holds is Holds.DATE:
        return date_html(value)
    words = whole(value) if column.read.holds is Holds.INTEGER else _WORDS.get(column.name, {}).get(value, value)
    return filled(TEXT, {"words": words})
