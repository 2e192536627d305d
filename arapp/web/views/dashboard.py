"""The first page: what waits, what is owed and late, how fresh it all is, and what is stuck."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from arapp.approvals.models import ApprovalState
from arapp.lists import days
from arapp.lists.filters import FLAGS
from arapp.people.models import DECIDE, SEE, SYNC
from arapp.receivables.models import Invoice, Source
from arapp.receivables.money import Money
from arapp.web.access import needs
from arapp.web.conditions import condition, holds_back
from arapp.web.held import Held, worked
from arapp.web.outgoing import rows_of, stuck
from arapp.web.shown import days_late
from arapp.web.sources_shown import with_trouble

FEW = 5
AGES: tuple[tuple[int, int | None], ...] = ((1, 30), (31, 60), (61, 90), (91, None))
"""Days late, from and to."""


@dataclass(frozen=True)
class Share:
    """What is late by some days, and what part of the currency's largest share it is (percent, for its bar)."""

    title: str
    money: Money
    count: int
    url: str
    percent: int

    @property
    def start(self) -> int:
        """Where its bar begins; bars end at the right, as figures do."""
        return 100 - self.percent


@dataclass(frozen=True)
class Position:
    """One currency: what is owed, what of it is overdue, and for how long."""

    currency: str
    owed: Money
    overdue: Money
    count: int
    url: str
    shares: list[Share]


@require_safe
@needs(SEE)
def dashboard(request: HttpRequest) -> HttpResponse:
    today = days.today()
    overdue = Invoice.objects.overdue(today).select_related("source", "customer")
    owed = positions(today)
    context = {
        "waiting": [{"invoice": one, "gross": one.money("gross")} for one in _waiting()],
        "positions": owed,
        "flags": _flags(),
        "oldest": _late(overdue.order_by("due_date", "id")[:FEW], today),
        "largest": _late(_largest(overdue, max(1, FEW // max(1, len(owed)))), today),
        "ages": [_age_title(*age) for age in AGES],
        **_sent_and_read(),
        "settles": request.user.can(DECIDE) and request.user.can(SYNC),
    }
    return render(request, "dashboard.html", context)


def _waiting() -> QuerySet[Invoice]:
    """Those that wait longest."""
    waiting = Invoice.objects.decidable().filter(approval__state=ApprovalState.WAITING)
    return waiting.select_related("source", "customer").order_by("created_at", "id")[:FEW]


def _flags() -> list[tuple[str, int, str]]:
    """What services say that somebody should look at: words, how many, and the address of exactly those rows."""
    counts = Invoice.objects.flag_counts()
    return [(str(words), counts[name], _url(flag=name)) for name, words in FLAGS if counts[name]]


def _largest(overdue: QuerySet[Invoice], each: int) -> QuerySet[Invoice]:
    """The largest few of each currency: amounts of different currencies are not compared."""
    place = Window(RowNumber(), F("currency"), [F("open").desc(), F("id").asc()])
    first = overdue.select_related(None).annotate(place=place).filter(place__lte=each).values_list("pk", flat=True)
    # Asked for first: without statistics PostgreSQL compares every overdue invoice with every other.
    return overdue.filter(pk__in=list(first)).order_by("currency", "-open", "id")


def _late(invoices: QuerySet[Invoice], today: date) -> list[dict[str, Any]]:
    return [
        {"invoice": one, "open": one.money("open"), "late": days_late(one.days_overdue(today))} for one in invoices
    ]


def _sent_and_read() -> dict[str, Any]:
    """How each source is, and what did not reach its service."""
    now, found = timezone.now(), list(with_trouble(Source.objects.annotate(worked=worked())))
    worker = any(one.worked for one in found)
    return {
        "sources": [(one, condition(one, now, worker)) for one in found],
        "worker": worker,
        "unsent": sum(one.unsent for one in found if holds_back(one) or not worker),
        "stuck": rows_of(stuck()[:FEW], Held.known(found, worker)),
    }


def positions(today: date) -> list[Position]:
    """Per currency, from two queries: what is owed, and what is overdue by age."""
    late = {row["currency"]: row for row in _overdue_by_age(today)}
    return [_position(owed, late.get(owed.currency, {}), today) for owed in Invoice.objects.owed_per_currency()]


def _overdue_by_age(today: date) -> QuerySet[Invoice, dict[str, Any]]:
    sums: dict[str, Any] = {"sum": Sum("open"), "n": Count("pk")}
    for first, last in AGES:
        within = _within(first, last, today)
        sums |= {f"sum{first}": Sum("open", filter=within), f"n{first}": Count("pk", filter=within)}
    return Invoice.objects.overdue(today).order_by().values("currency").annotate(**sums)


def _within(first: int, last: int | None, today: date) -> Q:
    youngest = Q(due_date__lte=today - timedelta(days=first))
    return youngest if last is None else youngest & Q(due_date__gte=today - timedelta(days=last))


def _position(owed: Money, row: dict[str, Any], today: date) -> Position:
    top = max((row.get(f"sum{first}") or 0 for first, _last in AGES), default=0)
    shares = [_share(owed.currency, row, age, top, today) for age in AGES]
    overdue = Money(int(row.get("sum") or 0), owed.currency)
    return Position(owed.currency, owed, overdue, row.get("n") or 0, _url(overdue=1, currency=owed.currency), shares)


def _share(currency: str, row: dict[str, Any], age: tuple[int, int | None], top: int, today: date) -> Share:
    first, last = age
    minor = int(row.get(f"sum{first}") or 0)
    days = {"due_to": today - timedelta(days=first)}
    if last is not None:
        days["due_from"] = today - timedelta(days=last)
    percent = max(2, round(minor * 100 / top)) if minor else 0
    url = _url(overdue=1, currency=currency, **days)
    return Share(_age_title(*age), Money(minor, currency), row.get(f"n{first}") or 0, url, percent)


def _age_title(first: int, last: int | None) -> str:
    return (
        _("Over %(days)d days") % {"days": first - 1}
        if last is None
        else _("%(first)d–%(last)d days")
        % {
            "first": first,
            "last": last,
        }
    )


def _url(**filters: object) -> str:
    query = QueryDict(mutable=True)
    query.update({name: str(value) for name, value in filters.items()})
    return f"{reverse('invoices')}?{query.urlencode()}"
