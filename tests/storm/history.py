"""What the service had at every moment (true time), as far as lists show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from arapp.receivables.models import Customer, Invoice
from arapp.receivables.records import CustomerRecord, InvoiceRecord
from arapp.upstreams.base import CUSTOMERS, KIND_OF_STREAM, Adapter
from tests.storm.hands import Key

SHOWN = ("service_state", "service_decision", "currency", "gross", "open", "issue_date", "due_date", "customer")
CUSTOMER_SHOWN = ("name", "number", "email", "org_no")

Facts = Mapping[str, Any]
"""Fields of a row as the mirror holds them; what a list does not tell is left out."""


def facts_of(record: CustomerRecord | InvoiceRecord) -> Facts:
    if isinstance(record, CustomerRecord):
        found = {name: getattr(record, name) for name in CUSTOMER_SHOWN}
    else:
        found = {name: getattr(record, name) for name in SHOWN}
        found["customer"] = record.customer.external_id if record.customer else None
        if record.due_by_terms:
            found["due_date"] = None
        for name in ("gross", "open"):
            found[name] = found[name].minor if found[name] else None
    return {name: value for name, value in found.items() if value is not None}


def facts_held(row: Customer | Invoice) -> Facts:
    if isinstance(row, Customer):
        return {name: getattr(row, name) for name in CUSTOMER_SHOWN}
    found = {name: getattr(row, name) for name in SHOWN}
    return found | {"customer": row.customer.external_id if row.customer else None}


def differing(told: Facts, held: Facts) -> list[str]:
    return [f"{name} {held[name]!r}, not {value!r}" for name, value in told.items() if held[name] != value]


@dataclass
class Life:
    born: datetime
    versions: list[tuple[datetime, Facts]] = field(default_factory=list)
    died: datetime | None = None

    def since(self, moment: datetime) -> list[Facts]:
        """What it was at that moment and whatever it became later."""
        ends = [start for start, _ in self.versions[1:]]
        old = sum(end <= moment for end in ends)
        return [facts for _, facts in self.versions[old:]]


class History:
    def __init__(self, adapter: type[Adapter]) -> None:
        self.reader = adapter.__new__(adapter)
        """Translates rows; it is never connected."""
        self.lives: dict[Key, Life] = {}
        self._raw: dict[Key, Any] = {}

    def note(self, rows: Mapping[Key, Any], now: datetime) -> None:
        """Take down how everything is at this moment."""
        for key, row in rows.items():
            if self._raw.get(key) == row:
                continue
            life = self.lives.setdefault(key, Life(now))
            life.died = None
            facts = facts_of(self.reader.read(key[0], row))
            if not life.versions or life.versions[-1][1] != facts:
                life.versions.append((now, facts))
        for key in self._raw.keys() - rows.keys():
            self.lives[key].died = now
        self._raw = dict(rows)

    def live(self) -> dict[Key, Life]:
        return {key: self.lives[key] for key in self._raw}


def key_of(row: Customer | Invoice) -> Key:
    if isinstance(row, Customer):
        return CUSTOMERS, row.external_id
    return next(stream for stream, kind in KIND_OF_STREAM.items() if kind == row.kind), row.external_id
