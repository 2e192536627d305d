"""The list of payments: its rows, its totals per currency and kind, and the columns of its downloads."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum, Value
from django.utils.translation import gettext_lazy as _

from arapp.kept.models import KeptPayment
from arapp.lists.columns import Column, Holds
from arapp.lists.days import local
from arapp.lists.moved import Moved
from arapp.lists.payment_filters import PaymentFilter
from arapp.receivables.models import Movement, MovementKind
from arapp.receivables.money import Money

CHUNK = 2_000
SHOWN = (
    *"kind date amount currency method text external_id deleted_at person__username".split(),
    *"person__first_name person__last_name".split(),
    *(f"invoice__{name}" for name in "number short_id external_id kind payment_reference gone_at".split()),
    *(f"invoice__{name}" for name in "customer__name customer__number customer__external_id".split()),
    *(f"invoice__{name}" for name in "source__name source__service".split()),
)
"""What a row reads; anything else costs a query."""


def payment_rows(rows: QuerySet[Moved]) -> QuerySet[Any]:
    """Rows with the invoice, its customer and source, and who recorded it."""
    return rows.select_related("invoice__customer", "invoice__source", "person").only(*SHOWN)


def export_payments(found: PaymentFilter) -> Iterator[Moved]:
    """Every filtered row in the list's order."""
    return found.order.sorted(payment_rows(found.qs), found.today).iterator(chunk_size=CHUNK)


@dataclass(frozen=True)
class KindSum:
    """What one kind of movement came to in one currency; positive has lowered what is owed."""

    kind: str
    rows: int
    amount: Money

    @property
    def label(self) -> str:
        return str(MovementKind(self.kind).label)


Sums = list[tuple[str, list[KindSum]]]


def payment_totals(found: PaymentFilter) -> Sums:
    """By currency, in the order of the kinds. The whole list is added up table by table, which is quicker."""
    added: dict[tuple[str, str], list[int]] = {}
    for currency, kind, count, amount in _whole() if not (found.active or found.errors) else _added(found.qs):
        known = added.setdefault((currency, kind), [0, 0])
        known[0], known[1] = known[0] + count, known[1] + int(amount)
    sums: dict[str, list[KindSum]] = {}
    order = list(MovementKind.values)
    for currency, kind in sorted(added, key=lambda one: (one[0], order.index(one[1]))):
        count, amount = added[currency, kind]
        sums.setdefault(currency, []).append(KindSum(kind, count, Money(amount, currency)))
    return list(sums.items())


def _added(rows: QuerySet[Any], kind: Any = "kind") -> list[Any]:
    grouped = rows.order_by().values_list("currency", kind)
    return list(grouped.annotate(rows=Count("*"), sum_of_amounts=Sum("amount")))


def _whole() -> list[Any]:
    payments = Value(MovementKind.PAYMENT.value)
    kept = KeptPayment.objects.standing().annotate(kind=payments)
    return _added(Movement.objects.all()) + _added(kept)


def payment_count(sums: Sums) -> int:
    """How many rows the list has; needs no query of its own."""
    return sum(one.rows for _currency, kinds in sums for one in kinds)


def _text(name: str, label: Any, read: Callable[[Moved], str]) -> Column:
    return Column(name, label, lambda row, _today: read(row) or "")


PAYMENT_COLUMNS: Sequence[Column] = (
    Column("date", _("Date"), lambda row, _today: row.date, Holds.DATE),
    _text("kind", _("Kind"), lambda row: row.kind),
    Column("amount", _("Amount"), lambda row, _today: row.money().amount, Holds.MONEY),
    _text("currency", _("Currency"), lambda row: row.currency),
    _text("method", _("Method"), lambda row: row.method),
    _text("text", _("Text"), lambda row: row.text),
    _text("number", _("Number"), lambda row: row.invoice.number),
    _text("payment_reference", _("Payment reference"), lambda row: row.invoice.payment_reference),
    _text("customer_number", _("Customer number"), lambda row: row.invoice.customer and row.invoice.customer.number),
    _text("customer", _("Customer"), lambda row: row.invoice.customer and row.invoice.customer.name),
    _text("source", _("Source"), lambda row: row.invoice.source.name),
    _text("service", _("Service"), lambda row: row.invoice.source.service),
    _text("external_id", _("External id"), lambda row: row.external_id),
    _text("at_desk", _("Recorded at the desk"), lambda row: "yes" if row.at_desk else ""),
    _text("recorded_by", _("Recorded by"), lambda row: row.person and row.person.get_username()),
    Column(
        "deleted",
        _("Deleted"),
        lambda row, _today: local(row.deleted_at) if row.deleted_at else None,
        Holds.MOMENT,
    ),
)
"""Positive amounts have lowered what is owed, negative ones have raised it."""
