"""Days told by what day it is: "today", "today-30", and periods such as last month. Weeks begin on Monday."""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from typing import Any

from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from arapp.lists.values import LARGEST_STEP, one_of, read_date, refuse

_TODAY = re.compile(r"today(?:([ +-])(\d{1,5}))?", re.ASCII | re.IGNORECASE)
"""A plus that nobody encoded reaches us as a space."""


@dataclass(frozen=True)
class Relative:
    """So many days after today; before it when negative."""

    days: int

    def on(self, today: date) -> date:
        """The nearest day of the calendar."""
        try:
            return today + timedelta(days=self.days)
        except OverflowError:
            return date.max if self.days > 0 else date.min

    @property
    def words(self) -> str:
        if not self.days:
            return _now_("today")
        if self.days < 0:
            return ngettext("%(n)d day ago", "%(n)d days ago", -self.days) % {"n": -self.days}
        return ngettext("in %(n)d day", "in %(n)d days", self.days) % {"n": self.days}


Day = date | Relative


def read_day(value: str) -> Day:
    """A date, or a day told by today: today, today-30, today+7. ValidationError with a sentence for anything else."""
    told = _TODAY.fullmatch(value)
    if told is None:
        return read_date(value)
    days = int(told[2] or 0)
    if days > LARGEST_STEP:
        raise refuse(_("“%(value)s” is too far from today; at most %(limit)d days fit."), value, limit=LARGEST_STEP)
    return Relative(-days if told[1] == "-" else days)


def day_of(day: Day, today: date) -> date:
    return day.on(today) if isinstance(day, Relative) else day


def _month(first: date, months: int) -> date:
    """The first day of the month so many months later."""
    at = first.year * 12 + first.month - 1 + months
    return date(min(max(at // 12, 1), MAXYEAR), at % 12 + 1, 1)


def _months(today: date, size: int, steps: int) -> tuple[date, date]:
    """The stretch of ``size`` months that today is in, moved by so many stretches."""
    begins = today.replace(month=(today.month - 1) // size * size + 1, day=1)
    first, last = _month(begins, size * steps), _month(begins, size * steps + size - 1)
    return first, last.replace(day=monthrange(last.year, last.month)[1])


def _week(today: date, steps: int) -> tuple[date, date]:
    monday = today + timedelta(days=7 * steps - today.weekday())
    return monday, monday + timedelta(days=6)


def _days(today: date, first: int, last: int) -> tuple[date, date]:
    return today + timedelta(days=first), today + timedelta(days=last)


@dataclass(frozen=True)
class Period:
    label: Any
    days: Callable[[date], tuple[date, date]]
    """The first and last day of it, both included, when today is this day."""


PERIODS: Mapping[str, Period] = {
    "today": Period(_("Today"), lambda today: _days(today, 0, 0)),
    "yesterday": Period(_("Yesterday"), lambda today: _days(today, -1, -1)),
    "this-week": Period(_("This week"), lambda today: _week(today, 0)),
    "last-week": Period(_("Last week"), lambda today: _week(today, -1)),
    "this-month": Period(_("This month"), lambda today: _months(today, 1, 0)),
    "last-month": Period(_("Last month"), lambda today: _months(today, 1, -1)),
    "this-quarter": Period(_("This quarter"), lambda today: _months(today, 3, 0)),
    "last-quarter": Period(_("Last quarter"), lambda today: _months(today, 3, -1)),
    "this-year": Period(_("This year"), lambda today: _months(today, 12, 0)),
    "last-year": Period(_("Last year"), lambda today: _months(today, 12, -1)),
    "last-7-days": Period(_("Last 7 days"), lambda today: _days(today, -6, 0)),
    "last-30-days": Period(_("Last 30 days"), lambda today: _days(today, -29, 0)),
    "last-90-days": Period(_("Last 90 days"), lambda today: _days(today, -89, 0)),
    "next-7-days": Period(_("Next 7 days"), lambda today: _days(today, 0, 6)),
    "next-30-days": Period(_("Next 30 days"), lambda today: _days(today, 0, 29)),
}
"""By their values in the query string. What counts days has today among them."""

CHOICES = [(name, period.label) for name, period in PERIODS.items()]
read_period = one_of(CHOICES)


def days_of(name: str, today: date) -> tuple[date, date]:
    """The first and last day of a period. KeyError for a name that is none."""
    return PERIODS[name].days(today)
