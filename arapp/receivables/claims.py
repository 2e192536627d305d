"""What is owed: the one place that knows which invoices count."""

import functools
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, When
from django.db.models.functions import Abs
from django.utils.translation import gettext_lazy as _

from arapp.receivables.money import Money
from arapp.receivables.words import CountsAs, Kind, State

ISSUED_CLAIMS = (State.OPEN, State.COLLECTION)
"""The states in which money is owed."""

UNDECIDABLE = Q(gone_at__isnull=False) | Q(gross__isnull=True) | Q(state=State.UNKNOWN)

FLAGS = {"delivery_failed": Q(delivery_failed=True), "message_waits": Q(message_waits=True)}
"""What a service says that somebody should look at, by the name of its filter."""
FLAGGED = Q(delivery_failed=True) | Q(message_waits=True)
"""As the index of them has it."""


def signed_open() -> Case:
    """What a document adds to what is owed: a credit note lowers it, whatever sign its service writes."""
    return Case(When(kind=Kind.CREDIT_NOTE, then=-Abs("open")), default=F("open"), output_field=BigIntegerField())


def late(today: date) -> Q:
    """Which issued claims are overdue."""
    return Q(kind=Kind.INVOICE, due_date__lt=today, open__gt=0)


@dataclass(frozen=True)
class Age:
    """What is owed and late by so many days, first and last day included; without a first day it is not due yet."""

    name: str
    title: Any
    """In words, for people; translated when it is shown."""
    first: int | None = None
    last: int | None = None

    def within(self, today: date) -> Q:
        """Which issued claims are of this age. Every one is of exactly one."""
        if self.first is None:
            return ON_NO_DAY | Q(due_date__gte=today)
        oldest = {} if self.last is None else {"due_date__gte": today - timedelta(days=self.last)}
        return late(today) & Q(due_date__lte=today - timedelta(days=self.first), **oldest)


ON_NO_DAY = ~Q(kind=Kind.INVOICE) | Q(due_date=None) | Q(open__lte=0)
"""Issued claims that are never late: credit notes, those without a due date and without an amount left."""

AGES: Mapping[str, Age] = {
    age.name: age
    for age in (
        Age("not-due", _("Not due")),
        Age("1-30", _("1–30 days"), 1, 30),
        Age("31-60", _("31–60 days"), 31, 60),
        Age("61-90", _("61–90 days"), 61, 90),
        Age("91-120", _("91–120 days"), 91, 120),
        Age("over-120", _("Over 120 days"), 121),
    )
}
"""By name, youngest first; together they are all that is owed."""


class Invoices(QuerySet[Any]):
    def issued_claims(self) -> "Invoices":
        """What counts as owed: open or in collection, still there, of a source that counts as receivable."""
        return self.filter(
            state__in=ISSUED_CLAIMS, gone_at=None, source__counts_as=CountsAs.RECEIVABLE, open__isnull=False
        )

    def decidable(self) -> "Invoices":
        """What somebody can decide on at all: still there, with an amount, in a state we know."""
        return self.filter(~UNDECIDABLE)

    def undecidable(self) -> "Invoices":
        """The few others; PostgreSQL has an index of just these."""
        return self.filter(UNDECIDABLE)

    def flagged(self, *names: str) -> "Invoices":
        """Those with one of these flags that are still there."""
        wanted = [FLAGS[name] for name in names]
        return self.filter(FLAGGED, functools.reduce(operator.or_, wanted), gone_at=None)

    def overdue(self, today: date) -> "Invoices":
        """Issued claims with an amount left whose due date has passed; credit notes are never overdue."""
        return self.issued_claims().filter(late(today))

    def aged(self, today: date, *names: str) -> "Invoices":
        """Issued claims of these ages (names of ``AGES``). KeyError for a name that is none."""
        if not names:
            return self.none()
        ages = (AGES[name].within(today) for name in names)
        return self.issued_claims().filter(functools.reduce(operator.or_, ages))

    def owed_per_currency(self) -> list[Money]:
        """What is owed per currency: open amounts of invoices less those of credit notes."""
        signed = signed_open()
        sums = self.issued_claims().order_by().values("currency").annotate(owed=Sum(signed)).order_by("currency")
        return [Money(int(row["owed"]), row["currency"]) for row in sums]
