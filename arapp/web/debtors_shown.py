"""Debtors and their customers as pages show them: what each owes by age, and who may be the same as whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from arapp.debtors.proposals import Proposal
from arapp.ledger.ageing import Ageing, ageing_by
from arapp.lists.days import today
from arapp.receivables.models import Customer, Invoice
from arapp.receivables.money import Money
from arapp.receivables.personal import masked


@dataclass(frozen=True)
class Cell:
    """A sum that is a link to exactly the rows that make it up; no link where there are none."""

    title: str
    money: Money
    count: int
    url: str


@dataclass(frozen=True)
class Owed:
    """A row of the table of what is owed by age. ``query`` narrows the invoices to whose they are."""

    head: str
    query: Mapping[str, str]
    ageing: Ageing
    url: str = ""
    note: str = ""
    whole: bool = False
    """What all others of the table add up to."""

    @property
    def cells(self) -> list[Cell]:
        ages = [(one.title, one.money, one.count, {"age": one.name}) for one in self.ageing.buckets]
        owed = (_("Owed"), self.ageing.owed, self.ageing.count, {"owed": "1"})
        return [Cell(title, money, n, self._url(**more) if n else "") for title, money, n, more in (*ages, owed)]

    def _url(self, **more: str) -> str:
        query = {**self.query, "currency": self.ageing.currency, **more}
        return f"{reverse('invoices')}?{urlencode(query)}"


@dataclass(frozen=True)
class Side:
    """One customer beside the others of its debtor, or of a proposal."""

    customer: Customer
    owed: Sequence[Ageing]

    @property
    def open(self) -> int:
        """How many issued claims there are."""
        return sum(one.count for one in self.owed)

    @property
    def facts(self) -> list[tuple[str, str]]:
        one = self.customer
        return [
            (_("Number"), one.number),
            (_("Organisation or tax number"), masked(one.org_no, one.kind)),
            (_("VAT number"), masked(one.vat_no, one.kind)),
            (_("E-mail"), one.email),
            (_("Address"), one.address),
            (_("Country"), one.country),
        ]


@dataclass(frozen=True)
class Proposed:
    """A proposal with its customers; ``why`` names the numbers that they share."""

    why: list[str]
    sides: list[Side]
    ids: list[int]


def sides_of(customers: Iterable[Customer], day: date | None = None) -> list[Side]:
    """Each with what it owes. One query."""
    shown = list(customers)
    owed = ageing_by("customer_id", Invoice.objects.filter(customer__in=[one.pk for one in shown]), day or today())
    return [Side(one, _named(owed.get(one.pk, []))) for one in shown]


def _named(found: Iterable[Ageing]) -> list[Ageing]:
    """Without claims whose currency is not known."""
    return [one for one in found if one.currency]


def proposed(found: Sequence[Proposal]) -> list[Proposed]:
    """Two queries, however many there are."""
    ids = [pk for one in found for pk in one.customers]
    rows = Customer.objects.filter(pk__in=ids).select_related("source", "membership")
    sides = {side.customer.pk: side for side in sides_of(rows)}
    shown = ([sides[pk] for pk in one.customers if pk in sides] for one in found)
    return [_proposed(one, beside) for one, beside in zip(found, shown, strict=True)]


def _proposed(one: Proposal, sides: list[Side]) -> Proposed:
    private = any(masked(side.customer.org_no, side.customer.kind) != side.customer.org_no for side in sides)
    kind = "individual" if private else ""
    return Proposed([masked(number, kind) for number in one.numbers], sides, [side.customer.pk for side in sides])


def owed_by_currency(sides: Sequence[Side], debtor: int) -> list[list[Owed]]:
    """A table for each currency: the customers that owe something in it, and what they owe together."""
    currencies = sorted({one.currency for side in sides for one in side.owed})
    return [_table(currency, sides, debtor) for currency in currencies]


def _table(currency: str, sides: Sequence[Side], debtor: int) -> list[Owed]:
    found = [(side.customer, one) for side in sides for one in side.owed if one.currency == currency]
    rows = [
        Owed(
            str(customer),
            {"customer": str(customer.pk)},
            one,
            reverse("customer", args=[customer.pk]),
            str(customer.source),
        )
        for customer, one in found
    ]
    together = sum_of([one for _customer, one in found])
    return [*rows, Owed(_("Together"), {"debtor": str(debtor)}, together, whole=True)]


def sum_of(found: Sequence[Ageing]) -> Ageing:
    """Of one currency."""
    buckets = tuple(
        type(same[0])(same[0].name, _sum([one.money for one in same]), sum(one.count for one in same))
        for same in zip(*(one.buckets for one in found), strict=True)
    )
    owed, overdue = _sum([one.owed for one in found]), _sum([one.overdue for one in found])
    return Ageing(found[0].currency, owed, overdue, buckets)


def _sum(amounts: Sequence[Money]) -> Money:
    return sum(amounts[1:], amounts[0])


def owed_of(customer: Customer, found: Iterable[Ageing]) -> list[Owed]:
    """The rows of a customer's own table, one per currency."""
    return [Owed(one.currency, {"customer": str(customer.pk)}, one) for one in _named(found)]


def total_owed(sides: Iterable[Side]) -> list[Money]:
    """What they owe together, per currency."""
    sums: dict[str, Any] = {}
    for side in sides:
        for one in side.owed:
            sums[one.currency] = sums[one.currency] + one.owed if one.currency in sums else one.owed
    return [sums[currency] for currency in sorted(sums)]
