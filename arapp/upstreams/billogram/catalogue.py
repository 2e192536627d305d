"""Items and reports as records: pure functions (sections 5 and 11.3 of the reference)."""

from collections.abc import Mapping
from typing import Any

from arapp.receivables.records import ChoiceRecord, ItemRecord, read_moment, text
from arapp.upstreams.billogram import forms
from arapp.upstreams.billogram.fields import demand, exact, identity, said

REPORT = "report"
"""The kind of choice that a report is."""


def item(payload: Any) -> ItemRecord:
    """An item of the catalogue (section 5); its prices are in the account's currency, which no item tells."""
    number = identity(payload, "item_no")
    demand(payload, ("title",))
    return ItemRecord(
        external_id=number,
        number=number,
        name=said(payload, "title"),
        description=said(payload, "description"),
        unit=said(payload, "unit"),
        unit_price=exact(payload, "price"),
        vat_rate=exact(payload, "vat"),
        form=forms.item(payload),
        updated_at=read_moment(payload.get("updated_at")),
        payload=payload,
    )


def report(entry: Any) -> ChoiceRecord | None:
    """A report of the list (section 11.3); None for a row without a file name."""
    told = {key: text(entry.get(key)) for key in ("type", "info", "created_at")} if isinstance(entry, Mapping) else {}
    filename = text(entry.get("filename")) if told else ""
    name = " ".join(filter(None, (told.get("type"), told.get("info")))) or filename
    return ChoiceRecord(kind=REPORT, external_id=filename, name=name, data=told) if filename else None
