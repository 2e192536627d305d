"""What the dashboard asks of the database: a fixed number of queries, however much there is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, F, Prefetch, QuerySet, Subquery, Sum, Value, Window
from django.db.models.functions import Coalesce, RowNumber

from arapp.approvals.models import ApprovalState
from arapp.lists.moved import Moved
from arapp.outbox.models import Intent
from arapp.receivables.folded import Rows
from arapp.receivables.models import Invoice, MovementKind, Source
from arapp.receivables.money import Money
from arapp.web.held import worked
from arapp.web.sources_shown import with_trouble

FEW = 5
WAITING = 12
"""So many are looked at, to put those first that the reader may decide."""


@dataclass(frozen=True)
class Day:
    """Payments of one day in one currency."""

    day: date
    money: Money
    count: int


def sources_and_more(today: date, flags: Iterable[str], each: int) -> list[Source]:
    """The sources with their troubles; each also carries the counts of flags and the ids of invoices to be shown.

    Those do not depend on the source: the database finds them once, and no query of their own is needed.
    ``each``: how many of the largest overdue of each currency.
    """
    overdue = Invoice.objects.overdue(today)
    wanted = {
        "waiting_ids": _waiting(),
        "oldest_ids": overdue.order_by("due_date", "id")[:FEW],
        "largest_ids": _largest(overdue, each),
    }
    folded = {name: Rows(rows.annotate(cells=F("pk")).values("cells")) for name, rows in wanted.items()}
    counts = {f"count_{flag}": _count(Invoice.objects.flagged(flag)) for flag in flags}
    return list(with_trouble(Source.objects.annotate(worked=worked(), **folded, **counts)))


def _waiting() -> QuerySet[Invoice]:
    """Those that wait longest."""
    waiting = Invoice.objects.decidable().filter(approval__state=ApprovalState.WAITING)
    return waiting.order_by("created_at", "id")[:WAITING]


def _largest(overdue: QuerySet[Invoice], each: int) -> QuerySet[Invoice]:
    """The largest few of each currency: amounts of different currencies are not compared."""
    place = Window(RowNumber(), F("currency"), [F("open").desc(), F("id").asc()])
    return overdue.annotate(place=place).filter(place__lte=each).order_by("currency", "-open", "id")


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(counted), Value(0), output_field=BigIntegerField())


def invoices_by_id(ids: Iterable[int]) -> dict[int, Invoice]:
    """With everything their rows show, and what tells who prepared them. Two queries."""
    joined = Invoice.objects.select_related("source", "customer", "owner", "changer")
    return joined.prefetch_related(Prefetch("intents", Intent.objects.order_by("-id"))).in_bulk(list(ids))


def came_in(first: date, last: date) -> dict[str, list[Day]]:
    """Payments of these days by currency and day, those recorded at the desk among them; one query."""
    paid = Moved.objects.standing().filter(kind=MovementKind.PAYMENT, date__gte=first, date__lte=last)
    sums = paid.order_by().values("currency", "date").annotate(amounts=Sum("amount"), n=Count("currency"))
    found: dict[str, list[Day]] = {}
    for row in sums.order_by("currency", "date"):
        money = Money(int(row["amounts"]), row["currency"])
        found.setdefault(row["currency"], []).append(Day(row["date"], money, row["n"]))
    return found


def week_of(today: date) -> tuple[date, date, date]:
    """Monday of the week before, Monday of this one, and the last day of this one."""
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(days=7), monday, monday + timedelta(days=6)
