"""Rows by their identity at the service: found, inserted or updated in one statement a batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import models

from arapp.receivables import rows as build
from arapp.receivables.models import (
    Choice,
    Invoice,
    Mirrored,
    Named,
    Source,
)
from arapp.receivables.records import NamedRecord

BATCH = 2_000
M = TypeVar("M", bound=Mirrored)
N = TypeVar("N", bound=Named)


@dataclass(frozen=True)
class Tally:
    created: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.created + other.created, self.changed + other.changed, self.unchanged + other.unchanged)


def named_rows(model: type[N], source: Source, found: Iterable[NamedRecord | None]) -> dict[str, N]:
    """The rows for owners, contacts and so on, made or renamed where needed."""
    wanted = {record.external_id: record for record in found if record}
    stored = known_rows(model, source, wanted)
    changed = []
    for key, record in wanted.items():
        row = stored.get(key) or model(source=source, external_id=key)
        fields = [name for name in ("name", "email", "number") if hasattr(row, name)]
        before = [getattr(row, name) for name in fields]
        build.take(row, record, fields)
        if row.pk is None or before != [getattr(row, name) for name in fields]:
            changed.append(row)
    upsert(model, changed)
    return stored | {row.external_id: row for row in changed}


def known_rows(model: type[M], source: Source, wanted: Iterable[str]) -> dict[str, M]:
    return {row.external_id: row for row in model.objects.filter(source=source, external_id__in=list(wanted))}


def upsert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert or update by the row's identity in one statement a batch; primary keys are set afterwards."""
    identity = ["source", "kind", "external_id"] if model in (Invoice, Choice) else ["source", "external_id"]
    fields = [f.name for f in model._meta.concrete_fields if not f.primary_key and f.name not in identity]
    for row in rows:
        row.pk = None
        row._state.adding = True
    model.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=identity, update_fields=fields, batch_size=BATCH
    )
