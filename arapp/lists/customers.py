"""The rows of the customer list, each with what the customer owes and what of it is overdue, per currency."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import QuerySet, Sum

from arapp.lists.filters import CustomerFilter
from arapp.receivables.claims import late, signed_open
from arapp.receivables.models import Customer, Invoice
from arapp.receivables.money import Money

CHUNK = 2_000


def customer_rows(rows: QuerySet[Customer]) -> QuerySet[Customer]:
    """Rows for the screen; call ``add_debts`` on the page's rows."""
    return rows.select_related("source").defer("search", "note")


def add_debts(customers: Iterable[Customer], today: date) -> list[Customer]:
    """Set ``owed`` and ``overdue`` (lists of Money, one per currency, none of zero) on each. One query."""
    rows = {row.pk: row for row in customers}
    for row in rows.values():
        row.owed, row.overdue = [], []
    for pk, currency, owed, overdue in _sums(Invoice.objects.filter(customer__in=list(rows)), today):
        rows[pk].owed += _money(owed, currency)
        rows[pk].overdue += _money(overdue, currency)
    return list(rows.values())


def _sums(invoices: QuerySet[Invoice], today: date) -> QuerySet[Any]:
    """Rows of customer, currency, and what is owed and overdue in smallest units, None where nothing is."""
    claims = invoices.issued_claims().order_by("customer_id", "currency").values_list("customer_id", "currency")
    return claims.annotate(owed=Sum(signed_open()), overdue=Sum("open", filter=late(today)))


def _money(minor: Any, currency: str) -> list[Money]:
    return [Money(int(minor), currency)] if minor and currency else []


def export_customers(filterset: CustomerFilter) -> Iterator[Any]:
    """Every filtered customer in the list's order with ``owed`` and ``overdue``; one more query a chunk."""
    rows = filterset.order.sorted(customer_rows(filterset.qs), filterset.today).iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        yield from add_debts(chunk, filterset.today)
