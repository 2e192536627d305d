"""The rows of a decision on many invoices for its download: what each was to do, and what became of it."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from arapp.approvals.batches import Batch, BatchRow
from arapp.lists.columns import Column, Holds

COLUMNS: Sequence[Column] = (
    Column("source", _("Source"), lambda row, _today: row.invoice.source.name),
    Column("number", _("Number"), lambda row, _today: str(row.invoice)),
    Column("customer", _("Customer"), lambda row, _today: str(row.invoice.customer or "")),
    Column("currency", _("Currency"), lambda row, _today: row.invoice.currency),
    Column("gross", _("Gross"), lambda row, _today: gross_of(row), Holds.MONEY),
    Column("result", _("Result"), lambda row, _today: row.result),
    Column("effect", _("Effect"), lambda row, _today: row.effect_words),
    Column("refused_because", _("What stands against it"), lambda row, _today: row.sentence),
)


def gross_of(row: BatchRow) -> object:
    """The exact amount in whole units; None where it is not known."""
    amount = row.invoice.money("gross")
    return amount.amount if amount else None


def every_row(batch: Batch) -> Iterator[BatchRow]:
    """In the order of the list they were chosen from."""
    return batch.rows.select_related("invoice__source", "invoice__customer").order_by("id").iterator(2_000)
