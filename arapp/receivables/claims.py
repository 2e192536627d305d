"""What is owed: the one place that knows which invoices count."""

import functools
import operator
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import Abs

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

    def flag_counts(self) -> dict[str, int]:
        """How many there are of each flag, in one query."""
        counts = {name: Count("pk", filter=condition) for name, condition in FLAGS.items()}
        found: dict[str, int] = self.flagged(*FLAGS).order_by().aggregate(**counts)
        return found

    def overdue(self, today: date) -> "Invoices":
        """Issued claims with an amount left whose due date has passed; credit notes are never overdue."""
        return self.issued_claims().filter(late(today))

    def owed_per_currency(self) -> list[Money]:
        """What is owed per currency: open amounts of invoices less those of credit notes."""
        signed = signed_open()
        sums = self.issued_claims().order_by().values("currency").annotate(owed=Sum(signed)).order_by("currency")
        return [Money(int(row["owed"]), row["currency"]) for row in sums]
