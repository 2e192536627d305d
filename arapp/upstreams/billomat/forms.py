"""What Billomat has, in the words of our actions: it fills in forms and proves changes. Pure functions."""

from collections.abc import Mapping, Sequence
from typing import Any

from arapp.receivables.records import ChoiceRecord, text
from arapp.upstreams.billomat.fields import ARTICLE, CLIENT, CONTACT, DOCUMENT, LINE, PLACE, TERMS, heard

Row = Mapping[str, Any]
Form = dict[str, Any]


def client(payload: Row) -> Form:
    """In the words of ``customer.update`` (4.1)."""
    own = {name: field for name, field in TERMS.items() if text(payload.get(f"{field.name}_type")) == "ABSOLUTE"}
    return heard(CLIENT, payload) | heard(own, payload) | _number(payload, "client_number") | _place(payload)


def contact(payload: Row) -> Form:
    """In the words of ``contact.update`` (4.2)."""
    return heard(CONTACT, payload) | _place(payload)


def _place(payload: Row) -> Form:
    place = heard(PLACE, payload)
    return {"address": place} if place else {}


def _number(payload: Row, name: str) -> Form:
    return {"number": text(payload[name])} if text(payload.get(name)) else {}


def article(payload: Row, unit: ChoiceRecord | None, tax: ChoiceRecord | None) -> Form:
    """In the words of ``item.update`` (4.3); ``unit`` and ``tax`` are what its ids stand for."""
    named = {"unit": unit.name} if unit else {}
    taxed = {"vat_rate": text(tax.data.get("rate"))} if tax else {}
    return heard(ARTICLE, payload) | _number(payload, "article_number") | named | taxed


def document(row: Row, items: Sequence[Row]) -> Form:
    """In the words of ``invoice.update`` (4.4); ``items`` in the order of their positions."""
    found = heard(DOCUMENT, row)
    if "due_date" in found:
        found.pop("due_days", None)
    return found | {"lines": [heard(LINE, item) for item in items]}
