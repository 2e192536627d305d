"""Customers, their contacts, the catalogue, and the lists a person chooses from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from arapp.receivables import rows as build
from arapp.receivables.mirror.stored import BATCH, Tally, upsert
from arapp.receivables.models import (
    Choice,
    ChoiceKind,
    Customer,
    Item,
    Snapshot,
    Source,
)
from arapp.receivables.records import ChoiceRecord, CustomerRecord, ItemRecord, dump
from arapp.receivables.substance import digest_of

CUSTOMER_FIELDS = (
    "number name kind email phone org_no vat_no tax_office contact_name address country note form archived "
    "created_at updated_at"
).split()


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
    upsert(Customer, changed)
    _snapshot_customers(changed, wanted, now)
    _write_contacts(source, wanted.values())
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


def _write_contacts(source: Source, customers: Iterable[CustomerRecord]) -> None:
    """The people at those customers whose contacts were read too, as choices."""
    for record in customers:
        if record.contacts is not None:
            theirs = Choice.objects.filter(source=source, kind=ChoiceKind.CONTACT, of=record.external_id)
            _make_hold(theirs, source, ChoiceKind.CONTACT, record.contacts)


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
    upsert(Item, changed)
    created = sum(row.external_id not in stored for row in changed)
    return Tally(created, len(changed) - created, len(wanted) - len(changed))


def _item_digest(record: ItemRecord) -> str:
    return digest_of(record.payload or {name: str(value) for name, value in asdict(record).items()})


@transaction.atomic
def write_choices(source: Source, found: Mapping[str, Sequence[ChoiceRecord]]) -> None:
    """Store the lists a person chooses from, by kind; each kind that is named is made to hold just these rows."""
    for kind, records in found.items():
        _make_hold(Choice.objects.filter(source=source, kind=kind), source, kind, records)


def _make_hold(theirs: QuerySet[Choice], source: Source, kind: str, records: Sequence[ChoiceRecord]) -> None:
    wanted = {each.external_id: Choice(source=source, kind=kind, external_id=each.external_id) for each in records}
    for each in records:
        build.take(wanted[each.external_id], each, ("name", "of", "data"))
    stored = {row.external_id: row for row in theirs}
    if stale := stored.keys() - wanted.keys():
        theirs.filter(external_id__in=stale).delete()
    upsert(Choice, [row for key, row in wanted.items() if not _same_choice(row, stored.get(key))])


def _same_choice(row: Choice, stored: Choice | None) -> bool:
    return stored is not None and (row.name, row.of, row.data) == (stored.name, stored.of, stored.data)


def mark_customers_gone(source: Source, external_ids: Iterable[str], now: datetime) -> int:
    """The same for customers."""
    rows = Customer.objects.filter(source=source, external_id__in=list(external_ids), gone_at=None)
    return rows.update(gone_at=now)


def mark_items_gone(source: Source, external_ids: Iterable[str], now: datetime) -> int:
    """The same for items of the catalogue."""
    rows = Item.objects.filter(source=source, external_id__in=list(external_ids), gone_at=None)
    return rows.update(gone_at=now)
