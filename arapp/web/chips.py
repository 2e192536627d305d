"""What is on in a list, in words: one chip for each value, with the query string that is left without it."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.debtors.models import Member
from arapp.lists import periods, values
from arapp.lists.filters import ListFilter
from arapp.lists.lookups import as_id
from arapp.lists.matches import OnDay, OnDays
from arapp.receivables.dates import date_text
from arapp.receivables.models import Customer, Item

EVERYTHING = "view=all"
"""The query string of a list with nothing on, for who opens the list with a view of theirs otherwise."""

Named = Mapping[tuple[str, str], str]
"""What an id in a filter is called, by the filter's name and the id as it stands in the query string."""


@dataclass(frozen=True)
class Chip:
    words: str
    query: str
    id: str


def slot(name: str, value: str) -> str:
    """A name for an element about this value of this filter; a value may hold any letter, an id may not."""
    return f"{name}-{zlib.crc32(value.casefold().encode('utf-8', 'replace')):x}"


def words_of(found: ListFilter, name: str, value: str, choices: Iterable[tuple[Any, Any]], named: Named) -> str:
    """“State: Open”, “Due to: in 7 days”, “Overdue”, “Overdue for at least 30 days”, “Customer: Muster AG”."""
    sentence = _of_days(name, value)
    if sentence:
        return sentence
    label, kind = found.form.fields[name].label, found.filters[name]
    if isinstance(kind, OnDay) and _read(values.read_yes, value) is True:
        return str(label)
    called = named.get((name, value)) or _chosen(choices, value)
    if not called and isinstance(kind, OnDays):
        day = _read(periods.read_day, value)
        called = day.words if isinstance(day, periods.Relative) else date_text(day) if day else ""
    return _("%(label)s: %(value)s") % {"label": label, "value": called or value}


def unknown_words(found: ListFilter) -> list[str]:
    """A sentence for each name that is no filter of the list, such as one that a view was saved with long ago."""
    return [unknown_word(name) for name in found.unknown]


def unknown_word(name: str) -> str:
    return _("There is no filter “%(name)s”") % {"name": values.shown(name)}


def _of_days(name: str, value: str) -> str:
    days = _read(values.read_days, value)
    if days is None:
        return ""
    if name == "days_overdue_min":
        return ngettext("Overdue for at least %(n)d day", "Overdue for at least %(n)d days", days) % {"n": days}
    if name == "days_overdue_max":
        return ngettext("Overdue for at most %(n)d day", "Overdue for at most %(n)d days", days) % {"n": days}
    return ""


def _read(read: values.Read, value: str) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


def _chosen(choices: Iterable[tuple[Any, Any]], value: str) -> str:
    return next((str(label) for key, label in choices if str(key).casefold() == value.casefold()), "")


def named_in(lists: Iterable[ListFilter]) -> Named:
    """What the ids in these filters are called: one query for each of customers, items and debtors that are named."""
    given = [(name, value) for found in lists for name in MODELS for value in found.active.get(name, [])]
    wanted = {name: {as_id(value) for at, value in given if at == name} - {None} for name in MODELS}
    called = {name: MODELS[name](ids) for name, ids in wanted.items() if ids}
    pairs = {(name, value): called.get(name, {}).get(as_id(value), "") for name, value in given}
    return {pair: words for pair, words in pairs.items() if words}


def _customers(ids: set[int]) -> dict[int, str]:
    return {row.pk: str(row) for row in Customer.objects.filter(pk__in=ids).only("name", "external_id")}


def _items(ids: set[int]) -> dict[int, str]:
    return {row.pk: str(row) for row in Item.objects.filter(pk__in=ids).only("name", "external_id", "number")}


def _debtors(ids: set[int]) -> dict[int, str]:
    """A debtor is called by the customer that was joined first."""
    members = Member.objects.filter(debtor__in=ids).select_related("customer").order_by("-id")
    return {member.debtor_id: str(member.customer) for member in members}


MODELS = {"customer": _customers, "item": _items, "debtor": _debtors}
