"""The substance of an invoice: what a decision is about, its digest, and the difference between two of them.

Substance is customer, dates, currency, net, VAT, gross and lines; not what is paid or open, state, names or texts.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from arapp.receivables.models import Invoice, Line, Snapshot
from arapp.receivables.records import dump

LINE_FIELDS = ("title", "description", "quantity", "unit", "unit_price", "vat_rate", "discount")
FILLED_IN_BY_SERVICES = ("issue_date", "due_date", "supply_date")
"""Dates a service may set itself while it carries out our decision."""


@dataclass(frozen=True)
class Difference:
    field: str
    old: Any
    new: Any


def digest_of(payload: Mapping[str, Any], volatile: frozenset[str] = frozenset()) -> str:
    """SHA-256 of a payload with its keys in order, without what differs at every read."""
    return _sha(dump(_sorted({key: value for key, value in payload.items() if key not in volatile})))


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value, key=str)}
    return [_sorted(item) for item in value] if isinstance(value, list | tuple) else value


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def fields_of(invoice: Invoice, customer: str, lines: Sequence[Line]) -> dict[str, Any]:
    """The substance by field; ``customer`` is the service's id. A due date we derived ourselves is not in it."""
    return {
        "customer": customer,
        "issue_date": invoice.issue_date.isoformat() if invoice.issue_date else None,
        "due_date": invoice.due_date.isoformat() if invoice.due_date and not invoice.due_by_terms else None,
        "supply_date": invoice.supply_date or None,
        "currency": invoice.currency,
        "net": invoice.net,
        "vat": invoice.vat,
        "gross": invoice.gross,
        "lines": [{name: getattr(line, name) for name in LINE_FIELDS} for line in lines],
    }


def digest_of_fields(fields: Mapping[str, Any]) -> str:
    """SHA-256 over the substance; the same fields always give the same digest."""
    return _sha(json.dumps(fields, sort_keys=True, ensure_ascii=True))


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Field by field, in the order of the substance; lines one by one as ``line 2``."""
    found = [
        Difference(field, old.get(field), new.get(field))
        for field in new
        if field != "lines" and old.get(field) != new.get(field)
    ]
    before, after = old.get("lines") or [], new.get("lines") or []
    for index in range(max(len(before), len(after))):
        left = before[index] if index < len(before) else None
        right = after[index] if index < len(after) else None
        if left != right:
            found.append(Difference(f"line {index + 1}", left, right))
    return found


def changes_since(invoice: Invoice, digest: str) -> list[Difference]:
    """How the invoice differs now from the content with this digest, as far as that was kept."""
    known = Snapshot.objects.filter(invoice=invoice)
    seen, now = known.filter(digest=digest).first() if digest else None, known.first()
    return differences(seen.fields, now.fields) if seen and now else []


def only_filled_in(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether nothing changed but dates that were empty before and that the service sets itself."""
    return all(change.field in FILLED_IN_BY_SERVICES and not change.old for change in differences(old, new))
