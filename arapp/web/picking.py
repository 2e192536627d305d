"""Choosing a customer, or an item of the catalogue, while an invoice is written."""

from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from arapp.receivables.models import Customer, Item, Source

SHOWN = 10
MOST_WORDS = 10


def customers_found(source: Source, text: str) -> QuerySet[Customer]:
    """By name, number, e-mail or tax number; the first by name without a word."""
    return _found(Customer.objects.filter(source=source), text)


def items_found(source: Source, text: str) -> QuerySet[Item]:
    """By name and number."""
    return _found(Item.objects.filter(source=source, brief=False).select_related("source"), text)


def _found(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    words = text.replace("\x00", "").casefold().split()[:MOST_WORDS]
    there = rows.filter(*(Q(search__contains=word) for word in words), gone_at=None, archived=False)
    return there.order_by(Lower("name"), "id")[:SHOWN]


def line_of(item: Item) -> dict[str, Any]:
    """A line for one of the item, in the words of ``invoice.create``."""
    told = item.form or {}
    columns = {"title": item.name, "description": item.description, "unit": item.unit}
    columns |= {"unit_price": item.unit_price, "vat_rate": item.vat_rate}
    return {"item": item.external_id, "quantity": "1"} | {name: told.get(name, columns[name]) for name in columns}
