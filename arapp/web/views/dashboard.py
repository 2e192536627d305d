"""The first page: what waits, what is owed and late, what came in, how fresh it all is, and what is stuck."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from arapp.approvals import second_person
from arapp.ledger.ageing import NOT_DUE, Ageing, ageing
from arapp.ledger.home import at_home
from arapp.lists import days
from arapp.lists.filters import FLAGS
from arapp.people.models import DECIDE, SEE, SYNC, User
from arapp.receivables.models import Invoice, MovementKind, Source
from arapp.receivables.money import Money
from arapp.web.access import needs
from arapp.web.charts import Bar, Chart
from arapp.web.conditions import condition, holds_back
from arapp.web.glance import FEW, Day, came_in, invoices_by_id, sources_and_more, week_of
from arapp.web.held import Held
from arapp.web.outgoing import rows_of, stuck
from arapp.web.shown import days_late, whole

WAITING = 8
"""Rows of what waits; beside it stand the sources."""


@require_safe
@needs(SEE)
def dashboard(request: HttpRequest) -> HttpResponse:
    today, person = days.today(), request.user
    owed = in_order(ageing(Invoice.objects.all(), today))
    found = sources_and_more(today, [name for name, _words in FLAGS], max(1, FEW // max(1, len(owed))))
    context = {
        "owed": [owed_chart(one) for one in owed],
        "together": at_home([one.owed for one in owed], today),
        "paid": paid_charts(today),
        "flags": _flags(found),
        **_invoices(found, person, today),
        **_sent_and_read(found),
        "settles": person.can(DECIDE) and person.can(SYNC),
    }
    return render(request, "dashboard.html", context)


def in_order(owed: list[Ageing]) -> list[Ageing]:
    """The home currency first, then the one with the most documents: amounts cannot be compared.

    Without claims whose currency is not known, as on the pages of customers.
    """
    known = (one for one in owed if one.currency)
    return sorted(known, key=lambda one: (one.currency != settings.HOME_CURRENCY, -one.count, one.currency))


def owed_chart(one: Ageing) -> Chart:
    """What is owed in one currency by age; each figure leads to the rows that make it up."""
    currency = one.currency
    sums = (
        _of_documents(_("Owed"), one.owed, one.count, "", owed=1, currency=currency),
        _of_documents(_("Overdue"), one.overdue, one.late, "late", overdue=1, currency=currency),
    )
    bars = (
        _of_documents(each.title, each.money, each.count, _css(each.name), age=each.name, currency=currency)
        for each in one.buckets
    )
    return Chart(currency, sums, tuple(bars))


def _css(age: str) -> str:
    return "calm" if age == NOT_DUE else "late"


def _of_documents(title: str, money: Money, count: int, css: str, **filters: object) -> Bar:
    words = ngettext("%(shown)s document", "%(shown)s documents", count) % {"shown": whole(count)}
    return Bar(title, money, count, words, _url("invoices", filters), css)


def paid_charts(today: date) -> list[Chart]:
    """What came in this week by currency and day, beside the week before."""
    before, monday, sunday = week_of(today)
    found = came_in(before, sunday)
    most = sorted(found, key=lambda code: (code != settings.HOME_CURRENCY, -len(found[code]), code))
    return [_paid_chart(code, found[code], before, monday, today) for code in most]


def _paid_chart(currency: str, paid: list[Day], before: date, monday: date, today: date) -> Chart:
    sunday = monday + timedelta(days=6)
    here = [one for one in paid if one.day >= monday]
    known = {one.day: one for one in here}
    last = max([today, *known])
    spent = [monday + timedelta(days=n) for n in range((last - monday).days + 1)] if here else []
    bars = (_of_day(known.get(day) or Day(day, Money(0, currency), 0)) for day in spent)
    sums = (
        _of_days(_("This week"), here, currency, monday, sunday),
        _of_days(_("Last week"), [one for one in paid if one.day < monday], currency, before, monday - timedelta(1)),
    )
    return Chart(currency, sums, tuple(bars))


def _of_day(one: Day) -> Bar:
    return _of_payments(date_format(one.day, "D j"), one.money, one.count, (one.day, one.day), "good")


def _of_days(title: str, paid: Sequence[Day], currency: str, first: date, last: date) -> Bar:
    money = Money(sum(one.money.minor for one in paid), currency)
    return _of_payments(title, money, sum(one.count for one in paid), (first, last))


def _of_payments(title: str, money: Money, count: int, within: tuple[date, date], css: str = "") -> Bar:
    """``within``: the first and the last day, both included."""
    words = ngettext("%(shown)s payment", "%(shown)s payments", count) % {"shown": whole(count)}
    filters = {"kind": MovementKind.PAYMENT.value, "currency": money.currency}
    url = _url("payments", filters | {"date_from": within[0], "date_to": within[1]})
    return Bar(title, money, count, words, url, css)


def _invoices(found: list[Source], person: User, today: date) -> dict[str, Any]:
    """What waits, what is overdue longest, and what is the largest of each currency."""
    names = ("waiting", "oldest", "largest")
    ids = {name: getattr(found[0], f"{name}_ids") if found else [] for name in names}
    known = invoices_by_id({pk for each in ids.values() for pk in each})
    rows = {name: [known[pk] for pk in each if pk in known] for name, each in ids.items()}
    return {
        "waiting": _for_me(rows["waiting"], person),
        "oldest": _late(rows["oldest"], today),
        "largest": _late(rows["largest"], today),
    }


def _for_me(invoices: Iterable[Invoice], person: User) -> list[dict[str, Any]]:
    """The few that wait longest; what a decider has prepared, and somebody else decides, comes after the others."""
    decides = person.can(DECIDE)
    rows = [
        {"invoice": one, "gross": one.money("gross"), "why": second_person.why_not(one, person) if decides else ""}
        for one in invoices
    ]
    return sorted(rows, key=lambda row: bool(row["why"]))[:WAITING]


def _late(invoices: Iterable[Invoice], today: date) -> list[dict[str, Any]]:
    return [
        {"invoice": one, "open": one.money("open"), "late": days_late(one.days_overdue(today))} for one in invoices
    ]


def _flags(found: list[Source]) -> list[tuple[str, int, str]]:
    """What services say that somebody should look at: words, how many, and the address of exactly those rows."""
    counts = {name: getattr(found[0], f"count_{name}") if found else 0 for name, _words in FLAGS}
    return [(str(words), counts[name], _url("invoices", {"flag": name})) for name, words in FLAGS if counts[name]]


def _sent_and_read(found: list[Source]) -> dict[str, Any]:
    """How each source is, and what did not reach its service."""
    now = timezone.now()
    worker = any(one.worked for one in found)
    return {
        "sources": [(one, condition(one, now, worker)) for one in found],
        "worker": worker,
        "unsent": sum(one.unsent for one in found if holds_back(one) or not worker),
        "stuck": rows_of(stuck()[:FEW], Held.known(found, worker)),
    }


def _url(name: str, filters: dict[str, object]) -> str:
    query = QueryDict(mutable=True)
    query.update({name: str(value) for name, value in filters.items()})
    return f"{reverse(name)}?{query.urlencode()}"
