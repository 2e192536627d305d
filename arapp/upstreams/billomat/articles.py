"""Articles as items of the catalogue (reference 4.3). Pure functions; Unreadable or AmountError alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from arapp.receivables.records import ChoiceRecord, ItemRecord, read_moment, text
from arapp.upstreams.billomat import forms
from arapp.upstreams.billomat.mapping import exact, identity, percent, said

Choices = Sequence[ChoiceRecord]


def item(payload: Any, units: Choices = (), taxes: Choices = ()) -> ItemRecord:
    """An article names unit and tax by id; without the lists of these nothing is told of them."""
    external_id = identity(payload)
    unit, tax = _named(units, payload.get("unit_id")), _named(taxes, payload.get("tax_id"))
    return ItemRecord(
        external_id=external_id,
        number=said(payload, "article_number"),
        name=said(payload, "title"),
        description=said(payload, "description"),
        unit=unit.name if unit else _none_at_all(payload, "unit_id"),
        unit_price=exact(payload, "sales_price"),
        currency=said(payload, "currency_code"),
        vat_rate=percent(tax.data, "rate") if tax else None,
        archived=text(payload["archived"]) == "1" if "archived" in payload else None,
        form=forms.article(payload, unit, tax),
        updated_at=read_moment(payload.get("updated")),
        payload=payload,
    )


def _named(rows: Choices, external_id: Any) -> ChoiceRecord | None:
    return next((row for row in rows if row.external_id == text(external_id)), None)


def _none_at_all(payload: Mapping[str, Any], name: str) -> str | None:
    """ "" where the article says that it has none, None where we cannot tell what its id stands for."""
    return "" if said(payload, name) == "" else None
