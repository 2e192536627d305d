"""What is owed per currency, and for how long it has been late."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum

from arapp.receivables.claims import AGES, signed_open
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money

NOT_DUE = "not-due"


@dataclass(frozen=True)
class Bucket:
    """What is owed of one age; ``name`` as in ``AGES``."""

    name: str
    money: Money
    count: int

    @property
    def title(self) -> str:
        return str(AGES[self.name].title)


@dataclass(frozen=True)
class Ageing:
    """One currency: what is owed, what of it is overdue, and both by age. The buckets add up to ``owed``."""

    currency: str
    owed: Money
    overdue: Money
    buckets: tuple[Bucket, ...]

    @property
    def count(self) -> int:
        """How many documents it is."""
        return sum(bucket.count for bucket in self.buckets)

    @property
    def late(self) -> int:
        """How many of them are overdue."""
        return sum(bucket.count for bucket in self.buckets if bucket.name != NOT_DUE)


def ageing(rows: QuerySet[Invoice], today: date) -> list[Ageing]:
    """The issued claims among these rows by currency and age, in one query; credit notes lower what is not due."""
    return [_ageing(row) for row in _sums(rows, today, "currency")]


def ageing_by(field: str, rows: QuerySet[Invoice], today: date) -> dict[Any, list[Ageing]]:
    """The same for each value of a field of the invoices, in one query."""
    found: dict[Any, list[Ageing]] = {}
    for row in _sums(rows, today, field, "currency"):
        found.setdefault(row[field], []).append(_ageing(row))
    return found


def _sums(rows: QuerySet[Invoice], today: date, *fields: str) -> QuerySet[Any]:
    sums: dict[str, Any] = {}
    for n, age in enumerate(AGES.values()):
        within = age.within(today)
        sums |= {f"sum{n}": Sum(signed_open(), filter=within), f"count{n}": Count("currency", filter=within)}
    claims = rows.issued_claims()  # type: ignore[attr-defined]
    return claims.order_by().values(*fields).annotate(**sums).order_by(*fields)


def _ageing(row: dict[str, Any]) -> Ageing:
    currency = row["currency"]
    buckets = tuple(
        Bucket(name, Money(int(row[f"sum{n}"] or 0), currency), row[f"count{n}"]) for n, name in enumerate(AGES)
    )
    owed = sum(bucket.money.minor for bucket in buckets)
    overdue = sum(bucket.money.minor for bucket in buckets if bucket.name != NOT_DUE)
    return Ageing(currency, Money(owed, currency), Money(overdue, currency), buckets)
