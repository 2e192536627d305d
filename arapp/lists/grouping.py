"""What invoices can be grouped by: customer, state, source, currency, and the day, week, month or year of issue."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Case, F, Min, Value, When
from django.db.models.functions import Lower, TruncMonth, TruncWeek, TruncYear
from django.http import QueryDict
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _

from arapp.lists.columns import CellValue, Holds
from arapp.lists.values import shown
from arapp.receivables.dates import date_text, month_text
from arapp.receivables.models import State

BY = "by"
"""The name in the query string."""

USUAL = ("month",)

Found = Mapping[str, Any]
"""A line as the database gives it."""


@dataclass(frozen=True)
class Key:
    """What a group is called on a page and in a download, and the filters that leave its rows alone."""

    text: str
    only: tuple[tuple[str, str], ...]
    cells: tuple[CellValue, ...]
    note: str = ""


@dataclass(frozen=True)
class Word:
    """Something to group by: what it takes of a row, in which order, and how that makes a key."""

    label: Any
    key: Callable[[Found], Key]
    cells: tuple[tuple[str, Any, Holds], ...]
    order: tuple[Any, ...]
    fields: tuple[str, ...] = ()
    period: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)
    """What is alike in all rows of a group: an aggregate, so that rows are added up without being sorted by it."""


def _customer(row: Found) -> Key:
    if row["customer_id"] is None:
        return Key(_now_("No customer"), (("lacks", "customer"),), ("", "", ""))
    source, number, name = row["customer_source"], row["customer_number"], row["customer_name"]
    called = name or _now_("Customer %(id)s") % {"id": row["customer_external_id"]}
    note = " · ".join(filter(None, (number, source)))
    return Key(called, (("customer", str(row["customer_id"])),), (source, number, name), note)


def _state(row: Found) -> Key:
    return Key(str(State(row["state"]).label), (("state", row["state"]),), (row["state"],))


def _source(row: Found) -> Key:
    name = row["source__name"]
    return Key(name, (("source", name),), (name,))


def _currency(row: Found) -> Key:
    code = row["currency"]
    return Key(code or _now_("No currency"), (("currency", code) if code else ("lacks", "currency"),), (code,))


def _dated(name: str, last: Callable[[date], date], called: Callable[[date], str], row: Found) -> Key:
    first = row[name]
    if first is None:
        return Key(_now_("No issue date"), (("lacks", "issue_date"),), (None,))
    bounds = (("issued_from", first.isoformat()), ("issued_to", last(first).isoformat()))
    return Key(called(first), bounds, (first,))


def _end_of_week(monday: date) -> date:
    return date.fromordinal(min(monday.toordinal() + 6, date.max.toordinal()))


def _end_of_month(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])


def _end_of_year(first: date) -> date:
    return first.replace(month=12, day=31)


def _week_of(monday: date) -> str:
    return _now_("Week of %(day)s") % {"day": date_text(monday)}


def _period(name: str, label: Any, begins: Any, last: Callable[[date], date], called: Callable[[date], str]) -> Word:
    """Newest first, rows without a date last; a download has the first day of the period."""
    begin = f"{name}_begins"
    newest = F(begin).desc(nulls_last=True)
    return Word(
        label, partial(_dated, begin, last, called), ((name, label, Holds.DATE),), (newest,), (), {begin: begins}
    )


STATES_IN_ORDER = Case(*(When(state=state, then=Value(place)) for place, state in enumerate(State.values)))

WORDS: Mapping[str, Word] = {
    "customer": Word(
        _("Customer"),
        _customer,
        (
            ("customer_source", _("Source of the customer"), Holds.TEXT),
            ("customer_number", _("Customer number"), Holds.TEXT),
            ("customer", _("Customer"), Holds.TEXT),
        ),
        (Lower("customer_name").asc(nulls_last=True), F("customer_id").asc(nulls_last=True)),
        ("customer_id",),
        told={
            "customer_name": Min("customer__name"),
            "customer_number": Min("customer__number"),
            "customer_external_id": Min("customer__external_id"),
            "customer_source": Min("customer__source__name"),
        },
    ),
    "state": Word(_("State"), _state, (("state", _("State"), Holds.TEXT),), (STATES_IN_ORDER,), ("state",)),
    "source": Word(
        _("Source"),
        _source,
        (("source", _("Source"), Holds.TEXT),),
        (Lower("source__name"), F("source__name")),
        ("source__name",),
    ),
    "currency": Word(_("Currency"), _currency, (("currency", _("Currency"), Holds.TEXT),), (F("currency"),)),
    "day": _period("day", _("Day"), F("issue_date"), lambda day: day, date_text),
    "week": _period("week", _("Week"), TruncWeek("issue_date"), _end_of_week, _week_of),
    "month": _period("month", _("Month"), TruncMonth("issue_date"), _end_of_month, month_text),
    "year": _period("year", _("Year"), TruncYear("issue_date"), _end_of_year, lambda first: first.isoformat()[:4]),
}


@dataclass(frozen=True)
class By:
    """The words a query string groups by, each once and known; ``problems`` has a sentence for every other one."""

    names: tuple[str, ...]
    problems: tuple[str, ...]

    @classmethod
    def read(cls, data: QueryDict) -> "By":
        given = [name.strip().lower() for text in data.getlist(BY) for name in text.split(",") if name.strip()]
        names = tuple(dict.fromkeys(name for name in given if name in WORDS))
        repeated = dict.fromkeys(name for name in given if given.count(name) > 1 and name in WORDS)
        unknown = dict.fromkeys(name for name in given if name not in WORDS)
        return cls(names or USUAL, (*map(_unknown, unknown), *map(_repeated, repeated)))

    @property
    def words(self) -> list[Word]:
        return [WORDS[name] for name in self.names]


def _unknown(name: str) -> str:
    told = {"word": shown(name), "known": ", ".join(WORDS)}
    return _now_("Invoices cannot be grouped by “%(word)s”; they can be by %(known)s.") % told


def _repeated(name: str) -> str:
    return _now_("Invoices can be grouped by “%(word)s” only once.") % {"word": name}
