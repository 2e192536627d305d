"""What a list is narrowed by: one class for each kind of filter, and short ways to make the usual ones."""

import copy
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import django_filters
from django.db.models import Count, Q, QuerySet

from arapp.lists import days, lookups, periods, values
from arapp.lists.lookups import any_of, each
from arapp.receivables.claims import AGES

Counts = dict[str, int | None]
"""Rows by the choice's value in lower case; None where counting them would take too long."""

Counted = str | Callable[[QuerySet[Any], Any], Counts]
"""A field that holds the choices' values, or what counts the rows of a filter set by them."""


class Match(django_filters.Filter):
    """Narrows to the rows that match any of the values given. ``counted`` says how its choices are counted."""

    field_class = values.Several
    counted: Counted | None = None

    def __init__(self, match: Callable[[list[Any]], Q] | None = None, label: Any = "", **field: Any) -> None:
        super().__init__(label=label, **field)
        self.match = match

    def __deepcopy__(self, memo: dict[int, Any]) -> "Match":
        """A filter set copies its filters for each request; what they hold is never changed, so one level does."""
        return copy.copy(self)

    def filter(self, rows: QuerySet[Any], given: list[Any]) -> QuerySet[Any]:
        return rows.filter(self.match(given)) if given and self.match else rows


class Searched(Match):
    """Narrows to the rows that hold the words; tells the filter set when they are too many to be added up at once."""

    def filter(self, rows: QuerySet[Any], given: list[list[str]]) -> QuerySet[Any]:
        if not given:
            return rows
        found = [lookups.searched(words, lookups.FEW // len(given)) for words in given]
        self.parent.vast = any(vast for _condition, vast in found)
        return rows.filter(lookups.any_of(condition for condition, _vast in found))


class OnDay(Match):
    """Yes or no, judged on the day that the filter set is asked for: ``narrow(rows, filterset)`` gives the yes.

    ``alone``: only the yes is offered to people, and counted; a no comes from a link.
    """

    def __init__(self, narrow: Callable[[Any, Any], QuerySet[Any]], label: Any, alone: bool = False) -> None:
        super().__init__(label=label, read=values.read_yes, widget=values.yes_or_no())
        self.narrow, self.alone = narrow, alone
        self.counted = self._counted

    def filter(self, rows: QuerySet[Any], given: list[bool]) -> QuerySet[Any]:
        if len(set(given)) != 1:
            return rows
        if given[0]:
            return self.narrow(rows, self.parent)
        return rows.exclude(pk__in=self.narrow(self.model.objects.all(), self.parent).order_by().values("pk"))

    def _counted(self, rows: QuerySet[Any], asked: Any) -> Counts:
        yes = self.narrow(rows, asked).count()
        return {"1": yes, "0": None if self.alone else rows.count() - yes}


class OnDays(Match):
    """Days given as dates or told by today; what ``match`` gets are dates."""

    def __init__(self, match: Callable[[list[date]], Q], label: Any) -> None:
        super().__init__(match, label, read=periods.read_day, widget=values.DateInput())

    def filter(self, rows: QuerySet[Any], given: list[periods.Day]) -> QuerySet[Any]:
        return super().filter(rows, [periods.day_of(day, self.parent.today) for day in given])


class InPeriod(Match):
    """Periods told by today; ``within`` gets the first and the last day of one."""

    def __init__(self, within: Callable[[date, date], Q], label: Any) -> None:
        widget = values.OneChoice(choices=[("", values.ANY), *periods.CHOICES])
        match = each(lambda stretch: within(*stretch))
        super().__init__(match, label, read=periods.read_period, widget=widget)

    def filter(self, rows: QuerySet[Any], given: list[str]) -> QuerySet[Any]:
        return super().filter(rows, [periods.days_of(name, self.parent.today) for name in given])


class Late(Match):
    """Days since the due date of what is overdue: ``match`` gets numbers of days and today."""

    def __init__(self, match: Callable[[int, date], Q], label: Any) -> None:
        super().__init__(label=label, read=values.read_days, widget=values.DaysInput())
        self.late = match

    def filter(self, rows: QuerySet[Any], given: list[int]) -> QuerySet[Any]:
        if not given:
            return rows
        today = self.parent.today
        return rows.overdue(today).filter(any_of(self.late(days, today) for days in given))


class Aged(Match):
    """The issued claims of one of the ages."""

    def __init__(self, label: Any) -> None:
        known = [(age.name, age.title) for age in AGES.values()]
        super().__init__(label=label, read=values.one_of(known), widget=values.SeveralChoices(choices=known))
        self.counted = self._counted

    def filter(self, rows: QuerySet[Any], given: list[str]) -> QuerySet[Any]:
        return rows.aged(self.parent.today, *given) if given else rows

    def _counted(self, rows: QuerySet[Any], asked: Any) -> Counts:
        conditions = {age.name: age.within(asked.today) for age in AGES.values()}
        return counted_by(rows.issued_claims(), conditions)


def counted_by(rows: QuerySet[Any], conditions: Mapping[str, Q]) -> Counts:
    """How many rows meet each condition, in one query."""
    sums = {f"n{at}": Count("pk", filter=condition) for at, condition in enumerate(conditions.values())}
    found = rows.order_by().aggregate(**sums)
    return {name: found[f"n{at}"] for at, name in enumerate(conditions)}


def one_of(field: str, choices: Iterable[tuple[Any, Any]], label: Any) -> Match:
    """The field is one of the choices given."""
    known = list(choices)
    widget = values.SeveralChoices(choices=known)
    made = Match(lambda given: Q(**{f"{field}__in": given}), label, read=values.one_of(known), widget=widget)
    made.counted = field
    return made


def on_day(field: str, lookup: str, label: Any) -> OnDays:
    """``gte`` or ``lte`` on a date."""
    return OnDays(each(lambda day: Q(**{f"{field}__{lookup}": day})), label)


def in_period(field: str, label: Any) -> InPeriod:
    return InPeriod(lambda first, last: Q(**{f"{field}__range": (first, last)}), label)


def from_moment(field: str, label: Any) -> OnDays:
    return OnDays(each(lambda day: Q(**{f"{field}__gte": days.start_of(day)})), label)


def to_moment(field: str, label: Any) -> OnDays:
    return OnDays(each(lambda day: Q(**{f"{field}__lt": days.end_of(day)})), label)


def within_moments(field: str, label: Any) -> InPeriod:
    """The period as days in the company's time zone."""

    def within(first: date, last: date) -> Q:
        return Q(**{f"{field}__gte": days.start_of(first), f"{field}__lt": days.end_of(last)})

    return InPeriod(within, label)


def amounts(condition: Callable[[Any], Q], label: Any) -> Match:
    return Match(each(condition), label, read=values.read_amount, widget=values.AmountInput())
