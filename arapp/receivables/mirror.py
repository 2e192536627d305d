"""The only writer of mirror rows. Each call takes records and a moment; repeated, it writes nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from arapp.receivables import rows as build
from arapp.receivables.models import (
    Card,
    Choice,
    Contact,
    Customer,
    Event,
    Invoice,
    Item,
    Line,
    Mirrored,
    Movement,
    Named,
    Owner,
    Paper,
    SearchText,
    Snapshot,
    Source,
    Tag,
    VatRate,
)
from arapp.receivables.money import Money
from arapp.receivables.records import ChoiceRecord, CustomerRecord, InvoiceRecord, ItemRecord, NamedRecord, dump
from arapp.receivables.substance import digest_of, digest_of_fields, fields_of

BATCH = 2_000
M = TypeVar("M", bound=Mirrored)
N = TypeVar("N", bound=Named)

CUSTOMER_FIELDS = (
    "number name kind email phone org_no vat_no tax_office contact_name address country note form archived "
    "created_at updated_at"
).split()
INVOICE_FIELDS = (
    "state service_state service_decision decided_at processing number short_id title label intro note category "
    "reference payment_reference payment_type delivery_method language country corrects receiver_email "
    "receiver_address receiver_phone issue_date due_date due_by_terms supply_date discount_date created_at "
    "updated_at sent_at currency permissions form delivery_failed message_waits"
).split()
AMOUNTS = ("net", "vat", "gross", "paid", "open")


@dataclass(frozen=True)
class Tally:
    created: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.created + other.created, self.changed + other.changed, self.unchanged + other.unchanged)


@transaction.atomic
def write_customers(source: Source, found: Iterable[CustomerRecord], now: datetime) -> Tally:
    """Store customers that were read whole. A row that did not change is not written."""
    wanted = {record.external_id: record for record in found}
    theirs = Customer.objects.filter(source=source, external_id__in=list(wanted))
    stored = {row.external_id: row for row in theirs.select_for_update().order_by("pk")}
    changed = [
        _customer(stored.get(key) or Customer(source=source, external_id=key), record)
        for key, record in wanted.items()
        if _customer_differs(stored.get(key), record)
    ]
    _upsert(Customer, changed)
    _snapshot_customers(changed, wanted, now)
    created = sum(row.external_id not in stored for row in changed)
    return Tally(created, len(changed) - created, len(wanted) - len(changed))


def _customer_differs(row: Customer | None, record: CustomerRecord) -> bool:
    if row is None:
        return True
    if record.brief:
        return row.brief and row.row_digest != _customer_digest(record)
    return row.brief or row.gone_at is not None or row.row_digest != _customer_digest(record)


def _customer_digest(record: CustomerRecord) -> str:
    if record.payload is not None:
        return digest_of(record.payload, record.volatile)
    return digest_of({name: str(value) for name, value in asdict(record).items()})


def _customer(row: Customer, record: CustomerRecord) -> Customer:
    build.take(row, record, CUSTOMER_FIELDS)
    row.brief = record.brief
    row.gone_at = None
    row.row_digest = _customer_digest(record)
    found_by = (row.name, row.number, row.email, row.org_no, row.vat_no)
    row.search = " ".join(part for part in found_by if part).casefold()
    return row


def _snapshot_customers(rows: Sequence[Customer], wanted: Mapping[str, CustomerRecord], now: datetime) -> None:
    told = [(row, payload) for row in rows if (payload := wanted[row.external_id].payload) is not None]
    Snapshot.objects.filter(customer__in=[row for row, _ in told]).delete()
    snapshots = [
        Snapshot(customer=row, payload=dump(payload), first_seen_at=now, taken_at=now) for row, payload in told
    ]
    Snapshot.objects.bulk_create(snapshots, batch_size=BATCH)


@transaction.atomic
def write_items(source: Source, found: Iterable[ItemRecord], now: datetime) -> Tally:
    """Store items of the catalogue. A row that did not change is not written."""
    wanted = {record.external_id: record for record in found}
    theirs = Item.objects.filter(source=source, external_id__in=list(wanted))
    stored = {row.external_id: row for row in theirs.select_for_update().order_by("pk")}
    changed = [
        build.item(stored.get(key) or Item(source=source, external_id=key), record, _item_digest(record))
        for key, record in wanted.items()
        if not (row := stored.get(key)) or row.brief or row.gone_at or row.row_digest != _item_digest(record)
    ]
    _upsert(Item, changed)
    created = sum(row.external_id not in stored for row in changed)
    return Tally(created, len(changed) - created, len(wanted) - len(changed))


def _item_digest(record: ItemRecord) -> str:
    return digest_of(record.payload or {name: str(value) for name, value in asdict(record).items()})


@transaction.atomic
def write_choices(source: Source, found: Mapping[str, Iterable[ChoiceRecord]]) -> None:
    """Store the lists a person chooses from, by kind; each kind that is named is made to hold just these rows."""
    for kind, records in found.items():
        wanted = {record.external_id: record for record in records}
        theirs = Choice.objects.filter(source=source, kind=kind)
        stored = {row.external_id: row for row in theirs}
        theirs.exclude(external_id__in=list(wanted)).delete()
        changed = [
            Choice(source=source, kind=kind, external_id=key, name=each.name, of=each.of, data=dict(each.data))
            for key, each in wanted.items()
            if not (row := stored.get(key)) or (row.name, row.of, row.data) != (each.name, each.of, dict(each.data))
        ]
        _upsert(Choice, changed)


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
        field: _named(model, source, [getattr(record, field) for record in found])
        for field, model in (("owner", Owner), ("changer", Owner), ("contact", Contact), ("card", Card))
    }
    lines = _lines_of(news)
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
    _upsert(Invoice, [row for row, _ in news])
    _write_parts(source, news)
    _write_search_texts(news, lines)
    _write_snapshots(news, now)
    Source.objects.filter(pk=source.pk).update(revision=F("revision") + 1)


def _lines_of(news: list[tuple[Invoice, InvoiceRecord]]) -> dict[int, list[Line]]:
    """The lines of each row as they will be, by the row's ``id()``: those told now, else those stored."""
    stored: dict[int, list[Line]] = {}
    untold = [row.pk for row, record in news if row.pk and record.lines is None]
    for line in Line.objects.filter(invoice__in=untold).order_by("position"):
        stored.setdefault(line.invoice_id, []).append(line)
    return {
        id(row): stored.get(row.pk, []) if record.lines is None else [build.line(line) for line in record.lines]
        for row, record in news
    }


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


def _write_parts(source: Source, news: list[tuple[Invoice, InvoiceRecord]]) -> None:
    lines = [line for _, record in news for line in record.lines or ()]
    items = _named(Item, source, [line.item for line in lines])
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
    tags = _named(Tag, source, [tag for _, found in told for tag in found])
    through = Invoice.tags.through
    through.objects.filter(invoice__in=[row.pk for row, _ in told]).delete()
    pairs = {(row.pk, tags[tag.external_id].pk) for row, found in told for tag in found}
    through.objects.bulk_create([through(invoice_id=i, tag_id=t) for i, t in sorted(pairs)], batch_size=BATCH)


def _write_search_texts(news: list[tuple[Invoice, InvoiceRecord]], lines: Mapping[int, list[Line]]) -> None:
    texts = [SearchText(invoice=row, text=build.search_text(row, lines[id(row)])) for row, _ in news]
    SearchText.objects.bulk_create(
        texts, update_conflicts=True, unique_fields=["invoice"], update_fields=["text"], batch_size=BATCH
    )


def _write_snapshots(news: list[tuple[Invoice, InvoiceRecord]], now: datetime) -> None:
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


def _customers_of(source: Source, found: Iterable[InvoiceRecord], now: datetime) -> dict[str, Customer]:
    """The customers that invoices name; those we do not know are stored as far as the invoice tells."""
    named = {record.customer.external_id: record.customer for record in found if record.customer}
    write_customers(source, named.values(), now)
    return _stored(Customer, source, named)


def _named(model: type[N], source: Source, found: Iterable[NamedRecord | None]) -> dict[str, N]:
    """The rows for owners, contacts and so on, made or renamed where needed."""
    wanted = {record.external_id: record for record in found if record}
    stored = _stored(model, source, wanted)
    changed = []
    for key, record in wanted.items():
        row = stored.get(key) or model(source=source, external_id=key)
        fields = [name for name in ("name", "email", "number") if hasattr(row, name)]
        before = [getattr(row, name) for name in fields]
        build.take(row, record, fields)
        if row.pk is None or before != [getattr(row, name) for name in fields]:
            changed.append(row)
    _upsert(model, changed)
    return stored | {row.external_id: row for row in changed}


def _stored(model: type[M], source: Source, wanted: Iterable[str]) -> dict[str, M]:
    return {row.external_id: row for row in model.objects.filter(source=source, external_id__in=list(wanted))}


def _upsert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert or update by the row's identity in one statement a batch; primary keys are set afterwards."""
    identity = ["source", "kind", "external_id"] if model in (Invoice, Choice) else ["source", "external_id"]
    fields = [f.name for f in model._meta.concrete_fields if not f.primary_key and f.name not in identity]
    for row in rows:
        row.pk = None
        row._state.adding = True
    model.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=identity, update_fields=fields, batch_size=BATCH
    )


def mark_gone(source: Source, kind: str, external_ids: Iterable[str], now: datetime) -> int:
    """Mark invoices that the service says it does not have. How many were not marked before."""
    rows = Invoice.objects.filter(source=source, kind=kind, external_id__in=list(external_ids), gone_at=None)
    return rows.update(gone_at=now)


def mark_customers_gone(source: Source, external_ids: Iterable[str], now: datetime) -> int:
    """The same for customers."""
    rows = Customer.objects.filter(source=source, external_id__in=list(external_ids), gone_at=None)
    return rows.update(gone_at=now)


def mark_items_gone(source: Source, external_ids: Iterable[str], now: datetime) -> int:
    """The same for items of the catalogue."""
    rows = Item.objects.filter(source=source, external_id__in=list(external_ids), gone_at=None)
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
