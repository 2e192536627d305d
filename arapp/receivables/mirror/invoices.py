"""Invoices and credit notes, read from a list or in detail."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from arapp.receivables import rows as build
from arapp.receivables.mirror.parties import write_customers
from arapp.receivables.mirror.parts import lines_of, write_parts, write_search_texts, write_snapshots
from arapp.receivables.mirror.stored import BATCH, Tally, known_rows, named_rows, upsert
from arapp.receivables.models import (
    Card,
    Contact,
    Customer,
    Invoice,
    Owner,
    Source,
)
from arapp.receivables.money import Money
from arapp.receivables.records import InvoiceRecord
from arapp.receivables.substance import digest_of, digest_of_fields, fields_of

INVOICE_FIELDS = (
    "state service_state service_decision decided_at processing number short_id title label intro note category "
    "reference payment_reference payment_type delivery_method language country corrects receiver_email "
    "receiver_address receiver_phone issue_date due_date due_by_terms supply_date discount_date created_at "
    "updated_at sent_at currency permissions form delivery_failed message_waits"
).split()
AMOUNTS = ("net", "vat", "gross", "paid", "open")


@transaction.atomic
def write_invoices(source: Source, found: Iterable[InvoiceRecord], now: datetime) -> Tally:
    """Store invoices and credit notes, read from a list or in detail; ``now`` is when they were asked for.

    Filling in details for the first time does not count as changed.
    """
    wanted = {(record.kind, record.external_id): record for record in found}
    # Locked, so that what another process stores meanwhile is seen and not overwritten (PostgreSQL).
    theirs = Invoice.objects.filter(source=source, external_id__in={key for _, key in wanted})
    stored = {(row.kind, row.external_id): row for row in theirs.select_for_update().order_by("pk")}
    tally = Tally()
    news: list[tuple[Invoice, InvoiceRecord]] = []
    for key, record in wanted.items():
        row = stored.get(key)
        if _outdated(row, now):
            tally += Tally(unchanged=1)
            continue
        what = _news(row, record)
        tally += what
        if what != Tally(unchanged=1) or (row and _detail_differs(row, record)):
            news.append((row or Invoice(source=source, kind=record.kind, external_id=record.external_id), record))
    if news:
        _write_news(source, news, now)
    return tally


def _outdated(row: Invoice | None, asked_at: datetime) -> bool:
    """Whether it was asked for before the detail that is stored: it would undo what is newer.

    A detail from after this moment was stored while our clock was ahead; it says nothing about what is newer.
    """
    return bool(row and row.detailed_at and asked_at < row.detailed_at <= timezone.now())


def _news(row: Invoice | None, record: InvoiceRecord) -> Tally:
    if row is None:
        return Tally(created=1)
    if row.gone_at is not None or (record.payload is not None and _row_digest(record) != row.row_digest):
        return Tally(changed=1)
    surprise = row.detailed_at is not None and not row.detail_due and _detail_differs(row, record)
    return Tally(changed=1) if surprise else Tally(unchanged=1)


def _row_digest(record: InvoiceRecord) -> str:
    return digest_of(record.payload or {}, record.volatile)


def _detail_differs(row: Invoice, record: InvoiceRecord) -> bool:
    if record.detail is None:
        return False
    return row.detail_due or row.detail_digest != digest_of(record.detail, record.volatile)


def _write_news(source: Source, news: list[tuple[Invoice, InvoiceRecord]], now: datetime) -> None:
    found = [record for _, record in news]
    customers = _customers_of(source, found, now)
    named = {
        field: named_rows(model, source, [getattr(record, field) for record in found])
        for field, model in (("owner", Owner), ("changer", Owner), ("contact", Contact), ("card", Card))
    }
    lines = lines_of(news)
    for row, record in news:
        _apply(row, record, source, now)
        if record.customer:
            row.customer = customers[record.customer.external_id]
        for field, known in named.items():
            named_record = getattr(record, field)
            if named_record:
                setattr(row, field, known[named_record.external_id])
        fields = fields_of(row, row.customer.external_id if row.customer else "", lines[id(row)])
        row.digest = digest_of_fields(fields) if row.detailed_at else ""
        row.substance = fields
    upsert(Invoice, [row for row, _ in news])
    write_parts(source, news)
    write_search_texts(news, lines)
    write_snapshots(news, now)
    Source.objects.filter(pk=source.pk).update(revision=F("revision") + 1)


def _apply(row: Invoice, record: InvoiceRecord, source: Source, now: datetime) -> None:
    gross_before, word_before = row.gross, row.service_decision
    told = build.told_by_lists if row.detailed_at and not row.detail_due else build.always_told_by_lists
    before = told(row)
    build.take(row, record, INVOICE_FIELDS)
    if record.decided_at is None and row.service_decision not in ("", word_before):
        row.decided_at = None
    row.created_at = row.created_at or now
    if record.open and record.paid is None and row.open != record.open.minor:
        row.paid = None
    for name in AMOUNTS:
        money: Money | None = getattr(record, name)
        if money is not None:
            setattr(row, name, money.minor)
    if record.gross and record.net is None and gross_before not in (None, row.gross):
        row.net = row.vat = None
    if row.due_by_terms:
        row.due_date = build.due_by_terms(row.issue_date, source)
    row.gone_at = None
    if record.payload is not None:
        row.detail_due = row.detail_due or row.row_digest != _row_digest(record)
        row.row_digest = _row_digest(record)
    if record.detail is not None:
        row.detail_digest = digest_of(record.detail, record.volatile)
        if record.payload is None and told(row) != before:
            row.row_digest = ""
        row.detailed_at, row.detail_due = now, False
        build.check_sum(row, record)


def _customers_of(source: Source, found: Iterable[InvoiceRecord], now: datetime) -> dict[str, Customer]:
    """The customers that invoices name; those we do not know are stored as far as the invoice tells."""
    named = {record.customer.external_id: record.customer for record in found if record.customer}
    write_customers(source, named.values(), now)
    return known_rows(Customer, source, named)


def mark_gone(source: Source, kind: str, external_ids: Iterable[str], now: datetime) -> int:
    """Mark invoices that the service says it does not have. How many were not marked before."""
    rows = Invoice.objects.filter(source=source, kind=kind, external_id__in=list(external_ids), gone_at=None)
    return rows.update(gone_at=now)


def want_details(ids: Iterable[int]) -> int:
    """Mark invoices whose details are to be read anew."""
    return Invoice.objects.filter(pk__in=list(ids)).update(detail_due=True)


@transaction.atomic
def apply_terms(source: Source) -> int:
    """Set the due dates that follow from the source's terms anew; how many changed."""
    theirs = Invoice.objects.filter(source=source, due_by_terms=True, issue_date__isnull=False)
    rows = theirs.only("issue_date", "due_date").select_for_update().order_by("pk")
    late = [row for row in rows if row.due_date != build.due_by_terms(row.issue_date, source)]
    for row in late:
        row.due_date = build.due_by_terms(row.issue_date, source)
    Invoice.objects.bulk_update(late, ["due_date"], batch_size=BATCH)
    return len(late)
