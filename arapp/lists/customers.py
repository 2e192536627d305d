"""The rows of the customer list, each with what the customer owes and what of it is overdue, per currency."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import QuerySet, Sum

from arapp.lists.filters import CustomerFilter
from arapp.receivables.claims import signed_open
from arapp.receivables.models import Customer, Invoice
from arapp.receivables.money import Money

CHUNK = 2_000


def customer_rows(rows: QuerySet[Customer]) -> QuerySet[Customer]:
    """Rows for the screen; call ``add_debts`` on the page's rows."""
    return rows.select_related("source").defer("search", "note")


def add_debts(customers: Iterable[Customer], today: date) -> list[Customer]:
    """Set ``owed`` and ``overdue`` (lists of Money, one per currency, none of zero) on each. Two queries."""
    rows = list(customers)
    theirs = Invoice.objects.filter(customer__in=[row.pk for row in rows]).order_by()
    owed, overdue = _sums(theirs.issued_claims()), _sums(theirs.overdue(today))
    for row in rows:
        row.owed, row.overdue = owed.get(row.pk, []), overdue.get(row.pk, [])
    return rows


def _sums(claims: QuerySet[Invoice]) -> dict[int, list[Money]]:
    signed = signed_open()
    sums: dict[int, list[Money]] = {}
    found = claims.values("customer_id", "currency").annotate(owed=Sum(signed)).order_by("customer_id", "currency")
    for row in found:
        if row["owed"] and row["currency"]:
            sums.setdefault(row["customer_id"], []).append(Money(int(row["owed"]), row["currency"]))
    return sums


def export_customers(filterset: CustomerFilter) -> Iterator[Any]:
    """Every filtered customer in the list's order with ``owed`` and ``overdue``; two more queries a chunk."""
    rows = filterset.order.sorted(customer_rows(filterset.qs), filterset.today).iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        yield from add_debts(chunk, filterset.today)
