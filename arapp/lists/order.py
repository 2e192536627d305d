"""The orders a list can be in. Each is total (the id breaks ties) and has rows without a value last both ways."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from inspect import isfunction
from typing import Any

from django.db.models import Case, F, QuerySet, When
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce, Left, Lower
from django.utils.translation import gettext_lazy as _

from arapp.approvals.models import ApprovalState
from arapp.lists.values import refuse
from arapp.receivables.models import ISSUED_CLAIMS, CountsAs, Kind
from arapp.receivables.scaled import whole_units


@dataclass(frozen=True)
class Order:
    name: str
    key: Any
    """An expression of the row, or a function of today that gives one; rows carry its value as ``sort_key``."""
    nullable: bool = True
    descending: bool = False
    turned: bool = False
    """The key grows when what people see shrinks (days overdue against the due date)."""

    @property
    def text(self) -> str:
        """As it stands in the query string."""
        return f"-{self.name}" if self.descending else self.name

    @property
    def key_descends(self) -> bool:
        return self.descending != self.turned

    def unindexed(self) -> "Order":
        """The same order by an expression that no index has, so that the database first filters and then sorts."""
        return self if isfunction(self.key) else replace(self, key=Coalesce(self.key, self.key))

    def keyed(self, rows: QuerySet[Any], today: date) -> QuerySet[Any]:
        return rows.annotate(sort_key=self.key(today) if isfunction(self.key) else self.key)

    def terms(self, backward: bool = False, keyed: bool = False) -> list[OrderBy]:
        """What to order keyed rows by; backward for walking up a list, ``keyed`` where every row has a key.

        Where no row lacks its key nothing is said of those that do: PostgreSQL walks an index backward only then.
        """
        descending = self.key_descends != backward
        nulls = {"nulls_first" if backward else "nulls_last": True} if self.nullable and not keyed else {}
        return [OrderBy(F("sort_key"), descending=descending, **nulls), OrderBy(F("id"), descending=descending)]

    def sorted(self, rows: QuerySet[Any], today: date) -> QuerySet[Any]:
        return self.keyed(rows, today).order_by(*self.terms())


def _when_decided(expression: Any) -> Case:
    return Case(When(approval__state__in=(ApprovalState.APPROVED, ApprovalState.REJECTED), then=expression))


def _overdue_since(today: date) -> Case:
    """The due date of what is overdue; the same rows as ``Invoices.overdue``."""
    claim = {"state__in": ISSUED_CLAIMS, "gone_at": None, "source__counts_as": CountsAs.RECEIVABLE}
    return Case(When(**claim, kind=Kind.INVOICE, open__gt=0, due_date__lt=today, then=F("due_date")))


def _table(*orders: Order) -> dict[str, Order]:
    return {order.name: order for order in orders}


def _brief(field: str) -> Left:
    return Left(Lower(field), 100)


def _plain(*names: str) -> tuple[Order, ...]:
    return tuple(Order(name, F(name), nullable=False) for name in names)


INVOICE_ORDERS: Mapping[str, Order] = _table(
    Order("created", F("created_at"), nullable=False),
    Order("issued", F("issue_date")),
    Order("issue_date", F("issue_date")),
    Order("due", F("due_date")),
    Order("due_date", F("due_date")),
    *_plain("number", "external_id", "kind", "currency", "state", "service_state", "payment_reference"),
    *(Order(name, whole_units(name)) for name in ("net", "vat", "gross", "paid", "open")),
    Order("customer", Lower("customer__name")),
    Order("customer_number", F("customer__number")),
    Order("source", Lower("source__name"), nullable=False),
    Order("service", F("source__service"), nullable=False),
    Order("approval", F("approval__state")),
    Order("decided_by", _when_decided(Lower("approval__decided_by__username"))),
    Order("decided_at", _when_decided(F("approval__decided_at"))),
    Order("days_overdue", _overdue_since, turned=True),
    Order("owner", Lower("owner__name")),
    Order("title", _brief("title"), nullable=False),
)
NEWEST_FIRST = replace(INVOICE_ORDERS["created"], descending=True)

CUSTOMER_ORDERS: Mapping[str, Order] = _table(
    Order("name", Lower("name"), nullable=False),
    Order("email", Lower("email"), nullable=False),
    Order("address", _brief("address"), nullable=False),
    *_plain("number", "external_id", "kind", "phone", "org_no", "vat_no", "country"),
    Order("source", Lower("source__name"), nullable=False),
    Order("service", F("source__service"), nullable=False),
    Order("created", F("created_at")),
)
BY_NAME = CUSTOMER_ORDERS["name"]


def read_order(orders: Mapping[str, Order], value: str) -> Order:
    """``gross`` or ``-gross``. ValidationError with a sentence for a name that is not in the table."""
    name = value.removeprefix("-")
    if name not in orders:
        raise refuse(
            _("a list cannot be sorted by “%(value)s”; it can be by %(known)s."), value, known=", ".join(orders)
        )
    return replace(orders[name], descending=value.startswith("-"))
