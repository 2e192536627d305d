"""Sums over what a list shows, each in one query. Never across currencies."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, QuerySet, Subquery, Sum

from arapp.approvals.models import Approval, ApprovalState
from arapp.lists.filters import CustomerFilter, InvoiceFilter
from arapp.lists.lookups import FEW
from arapp.lists.order import NEWEST_FIRST
from arapp.receivables.claims import signed_open
from arapp.receivables.models import Invoice, Source
from arapp.receivables.money import Money

COUNTED = 10_000
"""Rows of a search that are counted while somebody waits."""

MANY = 50_000
"""Of fewer invoices the database gives the sums in a few milliseconds."""

REMEMBERED = 60 * 60
"""Seconds."""


@dataclass(frozen=True)
class Total:
    """The rows of one currency. ``currency`` is empty and the sums are None for rows whose currency is not known."""

    currency: str
    rows: int
    gross: Money | None
    open: Money | None
    unknown: int
    """Rows without a gross amount; they are counted in ``rows`` and add nothing."""
    owed: Money | None = None
    """What the rows add to what is owed, where all of them are issued claims and it was asked for."""


def totals(rows: QuerySet[Invoice], owed: bool = False) -> list[Total]:
    """Every row of the list added up, whatever its state; credit notes with the service's own sign.

    ``owed``: the rows are issued claims, and what they add to what is owed is wanted too.
    """
    further = {"owed_sum": Sum(signed_open())} if owed else {}
    # count(*), not count(id): the index invoice_totals holds currency, gross and open alone.
    sums = (
        rows.order_by()
        .values("currency")
        .annotate(rows=Count("*"), known=Count("gross"), gross_sum=Sum("gross"), open_sum=Sum("open"), **further)
        .order_by("currency")
    )
    return [_total(found) for found in sums]


@dataclass(frozen=True)
class Figures:
    """What stands below a list: its totals, or None where adding them up would take seconds; and how many rows."""

    totals: list[Total] | None
    count: int

    @property
    def at_least(self) -> bool:
        """Whether there are more rows than were counted."""
        return self.totals is None and self.count > COUNTED


def figures(found: InvoiceFilter, whole: bool = False) -> Figures:
    """Of what a filter set over all invoices shows. ``whole``: added up however long it takes."""
    if not found.errors and found.qs is not None and found.vast and not whole:
        return Figures(None, NEWEST_FIRST.sorted(found.qs, found.today)[: COUNTED + 1].count())
    sums = list_totals(found)
    return Figures(sums, row_count(sums))


def list_totals(found: InvoiceFilter) -> list[Total]:
    """Totals of what a filter set over all invoices shows."""
    if not found.active and not found.errors:
        return whole_totals()
    rest = _left_out(found)
    return totals(found.qs, _of_claims(found)) if rest is None else _less(whole_totals(), totals(rest))


def _left_out(found: InvoiceFilter) -> QuerySet[Invoice] | None:
    """What a list of approved invoices leaves out, once that is much less to add up than what it shows; else None.

    Only while every invoice has its approval: of one without, nobody knows where it belongs.
    """
    chosen = (
        set(found.form.cleaned_data["approval"]) if set(found.active) == {"approval"} and not found.errors else ()
    )
    if ApprovalState.APPROVED not in chosen or (known := Approval.objects.count()) < MANY:
        return None
    others = set(ApprovalState.values) - chosen
    return Invoice.objects.filter(approval__state__in=others) if known == row_count(whole_totals()) else None


def _less(whole: list[Total], part: list[Total]) -> list[Total]:
    """The totals of what is in the whole and not in its part."""
    taken = {total.currency: total for total in part}
    rests = [_rest(total, taken[total.currency]) if total.currency in taken else total for total in whole]
    return [total for total in rests if total.rows]


def _rest(whole: Total, part: Total) -> Total:
    gross, opened = (a - b if a and b else a for a, b in ((whole.gross, part.gross), (whole.open, part.open)))
    return Total(whole.currency, whole.rows - part.rows, gross, opened, whole.unknown - part.unknown)


def _of_claims(found: InvoiceFilter) -> bool:
    """Whether the filters leave issued claims alone: the list then says what is owed, as the dashboard does."""
    given = found.form.cleaned_data
    return bool(given.get("age")) or given.get("owed") == [True]


def whole_totals() -> list[Total]:
    """Every invoice there is. Once they are many, remembered until an amount is written or an invoice is added."""
    newest = Invoice.objects.order_by("-pk").values("pk")[:1]
    stand = list(
        Source.objects.annotate(newest=Subquery(newest))
        .order_by("pk")
        .values_list("pk", "created_at", "revision", "newest")
    )
    if not stand or (stand[0][-1] or 0) < MANY:
        return totals(Invoice.objects.all())
    key = hashlib.sha256(repr(stand).encode()).hexdigest()
    return cache.get_or_set(f"whole-totals-{key}", lambda: totals(Invoice.objects.all()), REMEMBERED)


def _total(found: dict[str, Any]) -> Total:
    currency = found["currency"]

    def money(minor: int | None) -> Money | None:
        return Money(int(minor or 0), currency) if currency else None

    unknown = found["rows"] - found["known"]
    owed = money(found["owed_sum"]) if "owed_sum" in found else None
    return Total(currency, found["rows"], money(found["gross_sum"]), money(found["open_sum"]), unknown, owed)


def row_count(found: list[Total]) -> int:
    """How many rows the list has; needs no query of its own."""
    return sum(total.rows for total in found)


def customer_totals(found: CustomerFilter) -> tuple[int, list[Money]]:
    """How many customers a list has, and what they owe per currency. Two queries."""
    claims = Invoice.objects.exclude(customer=None)
    if not found.active and not found.errors:
        return found.qs.count(), claims.owed_per_currency()
    # The ids are asked for first: without statistics PostgreSQL compares every claim with every customer.
    ids = list(found.qs.order_by().values_list("pk", flat=True))
    if len(ids) <= FEW:
        return len(ids), claims.filter(customer__in=ids).owed_per_currency()
    return len(ids), _added_up(claims.issued_claims(), set(ids))


def _added_up(claims: QuerySet[Invoice], customers: set[int]) -> list[Money]:
    """Of more customers than fit a query: the database adds up by customer, and we add up theirs."""
    rows = claims.order_by().values_list("customer_id", "currency").annotate(owed=Sum(signed_open()))
    sums: dict[str, int] = {}
    for customer, currency, owed in rows:
        if customer in customers:
            sums[currency] = sums.get(currency, 0) + int(owed)
    return [Money(owed, currency) for currency, owed in sorted(sums.items())]
