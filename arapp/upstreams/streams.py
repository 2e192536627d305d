"""The lists of a service and where the mirror keeps what they tell: one entry each; nobody else asks which it is."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from arapp.receivables import mirror
from arapp.receivables.mirror import Tally
from arapp.receivables.models import Customer, Invoice, Item, Source
from arapp.receivables.records import CREDIT_NOTE, INVOICE, CustomerRecord, InvoiceRecord, ItemRecord
from arapp.upstreams.base import CREDIT_NOTES, CUSTOMER, CUSTOMERS, INVOICES, ITEM, ITEMS

Record = CustomerRecord | InvoiceRecord | ItemRecord
AMOUNTS = ("gross", "open")


class Stream(ABC):
    """One list: the rows of the mirror that it fills."""

    kind: str
    """invoice, credit_note, customer or item."""
    model: type[Model]
    compared: tuple[str, ...]
    """The fields that a comparison with the service looks at."""
    demanded = True
    """Where it is closed to our key that is worth a sentence, also if we never knew a row of it."""

    @abstractmethod
    def rows(self, source: Source) -> QuerySet[Any]:
        """What this list has told, gone or not."""

    @abstractmethod
    def write(self, source: Source, found: Iterable[Any], asked_at: datetime) -> Tally:
        """Store records that were asked for at that moment."""

    @abstractmethod
    def mark_gone(self, source: Source, external_ids: Iterable[str], now: datetime) -> int:
        """How many were not marked before."""

    def known(self, source: Source) -> list[tuple[str, str]]:
        """The ids that the mirror has and does not know as gone, each with the service's word for its state."""
        rows = self.rows(source).filter(gone_at=None).order_by("id")
        return [(external_id, "") for external_id in rows.values_list("external_id", flat=True)]


class Customers(Stream):
    kind, model = CUSTOMER, Customer
    compared = ("name", "number", "email", "org_no")

    def rows(self, source: Source) -> QuerySet[Customer]:
        return Customer.objects.filter(source=source, brief=False)

    def write(self, source: Source, found: Iterable[CustomerRecord], asked_at: datetime) -> Tally:
        return mirror.write_customers(source, found, asked_at)

    def mark_gone(self, source: Source, external_ids: Iterable[str], now: datetime) -> int:
        return mirror.mark_customers_gone(source, external_ids, now)


class Items(Stream):
    kind, model = ITEM, Item
    compared = ("name", "number", "unit", "unit_price", "vat_rate")
    demanded = False

    def rows(self, source: Source) -> QuerySet[Item]:
        return Item.objects.filter(source=source, brief=False)

    def write(self, source: Source, found: Iterable[ItemRecord], asked_at: datetime) -> Tally:
        return mirror.write_items(source, found, asked_at)

    def mark_gone(self, source: Source, external_ids: Iterable[str], now: datetime) -> int:
        return mirror.mark_items_gone(source, external_ids, now)


class Documents(Stream):
    model = Invoice
    compared = (*AMOUNTS, *"currency state service_decision number issue_date due_date customer".split())

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def rows(self, source: Source) -> QuerySet[Invoice]:
        return Invoice.objects.filter(source=source, kind=self.kind)

    def known(self, source: Source) -> list[tuple[str, str]]:
        rows = self.rows(source).filter(gone_at=None).order_by("id")
        return list(rows.values_list("external_id", "service_state"))

    def write(self, source: Source, found: Iterable[InvoiceRecord], asked_at: datetime) -> Tally:
        return mirror.write_invoices(source, found, asked_at)

    def mark_gone(self, source: Source, external_ids: Iterable[str], now: datetime) -> int:
        return mirror.mark_gone(source, self.kind, external_ids, now)


STREAMS: dict[str, Stream] = {
    CUSTOMERS: Customers(),
    ITEMS: Items(),
    INVOICES: Documents(INVOICE),
    CREDIT_NOTES: Documents(CREDIT_NOTE),
}
