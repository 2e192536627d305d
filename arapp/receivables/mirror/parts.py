"""What hangs on an invoice: lines, VAT, movements, papers, events, tags, search text and payloads."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import models

from arapp.receivables import rows as build
from arapp.receivables.mirror.stored import BATCH, named_rows
from arapp.receivables.models import (
    Event,
    Invoice,
    Item,
    Line,
    Movement,
    Paper,
    SearchText,
    Snapshot,
    Source,
    Tag,
    VatRate,
)
from arapp.receivables.records import InvoiceRecord, dump


def lines_of(news: list[tuple[Invoice, InvoiceRecord]]) -> dict[int, list[Line]]:
    """The lines of each row as they will be, by the row's ``id()``: those told now, else those stored."""
    stored: dict[int, list[Line]] = {}
    untold = [row.pk for row, record in news if row.pk and record.lines is None]
    for line in Line.objects.filter(invoice__in=untold).order_by("position"):
        stored.setdefault(line.invoice_id, []).append(line)
    return {
        id(row): stored.get(row.pk, []) if record.lines is None else [build.line(line) for line in record.lines]
        for row, record in news
    }


def write_parts(source: Source, news: list[tuple[Invoice, InvoiceRecord]]) -> None:
    lines = [line for _, record in news for line in record.lines or ()]
    items = named_rows(Item, source, [line.item for line in lines])
    _replace(Line, news, "lines", lambda row, n, line: build.line(line, row, items))
    _replace(VatRate, news, "vat_rates", build.vat_rate)
    _replace(Movement, news, "movements", build.movement)
    _replace(Event, news, "events", build.event)
    _replace(Paper, news, "papers", build.paper)
    _write_tags(source, news)


def _replace(
    model: type[models.Model],
    news: list[tuple[Invoice, InvoiceRecord]],
    field: str,
    make: Callable[[Invoice, int, Any], models.Model],
) -> None:
    told = [(row, getattr(record, field)) for row, record in news if getattr(record, field) is not None]
    model.objects.filter(invoice__in=[row.pk for row, _ in told]).delete()
    model.objects.bulk_create(
        [make(row, n, part) for row, parts in told for n, part in enumerate(parts, 1)], batch_size=BATCH
    )


def _write_tags(source: Source, news: list[tuple[Invoice, InvoiceRecord]]) -> None:
    told = [(row, record.tags) for row, record in news if record.tags is not None]
    tags = named_rows(Tag, source, [tag for _, found in told for tag in found])
    through = Invoice.tags.through
    through.objects.filter(invoice__in=[row.pk for row, _ in told]).delete()
    pairs = {(row.pk, tags[tag.external_id].pk) for row, found in told for tag in found}
    through.objects.bulk_create([through(invoice_id=i, tag_id=t) for i, t in sorted(pairs)], batch_size=BATCH)


def write_search_texts(news: list[tuple[Invoice, InvoiceRecord]], lines: Mapping[int, list[Line]]) -> None:
    texts = [SearchText(invoice=row, text=build.search_text(row, lines[id(row)])) for row, _ in news]
    SearchText.objects.bulk_create(
        texts, update_conflicts=True, unique_fields=["invoice"], update_fields=["text"], batch_size=BATCH
    )


def write_snapshots(news: list[tuple[Invoice, InvoiceRecord]], now: datetime) -> None:
    latest: dict[int, Snapshot] = {}
    for snapshot in Snapshot.objects.filter(invoice__in=[row.pk for row, _ in news]).order_by("id"):
        latest[snapshot.invoice_id] = snapshot
    _save_snapshots([_snapshot(row, record, latest.get(row.pk), now) for row, record in news])


def _snapshot(row: Invoice, record: InvoiceRecord, latest: Snapshot | None, now: datetime) -> Snapshot:
    """The newest snapshot brought up to date, or a further one when the substance changed."""
    keep = latest is not None and latest.digest in ("", row.digest)
    snapshot = latest if keep else Snapshot(invoice=row, first_seen_at=now)
    snapshot.payload = dump(record.payload) if record.payload is not None else latest.payload if latest else ""
    snapshot.detail = dump(record.detail) if record.detail is not None else latest.detail if latest else ""
    snapshot.digest, snapshot.fields, snapshot.taken_at = row.digest, row.substance, now
    return snapshot


def _save_snapshots(snapshots: list[Snapshot]) -> None:
    Snapshot.objects.bulk_create([one for one in snapshots if one.pk is None], batch_size=BATCH)
    Snapshot.objects.bulk_create(
        [one for one in snapshots if one.pk is not None],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["payload", "detail", "digest", "fields", "taken_at"],
        batch_size=BATCH,
    )
