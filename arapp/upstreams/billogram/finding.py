"""What an order has made before: by our own reference, or else by its content (reference sections 1 and 3)."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from arapp.receivables.records import text
from arapp.upstreams.base import CUSTOMERS, INVOICES, ITEMS, Order
from arapp.upstreams.billogram import comparing, forms, mapping
from arapp.upstreams.billogram.calls import PATHS, filtered, ordered

if TYPE_CHECKING:
    from arapp.upstreams.billogram.client import Billogram

OWN_REFERENCE = "creditor_unique_value"
CLOCKS_DIFFER = timedelta(hours=1)
"""By how much at most the service's clock may differ from ours."""


def invoice(adapter: "Billogram", order: Order) -> str:
    """A filter that the service ignores shows other rows too, so each is looked at; "" when none is ours."""
    if not order.reference:
        return ""
    for page in adapter.calls.pages(PATHS[INVOICES], adapter.page_size, filtered(OWN_REFERENCE, order.reference)):
        for entry in page.entries:
            if _reference_of(adapter, entry) == order.reference:
                return mapping.entry_id(INVOICES, entry)
    return ""


def _reference_of(adapter: "Billogram", entry: Any) -> str:
    """Compact rows of older accounts do not tell it (section 6.2); the billogram itself does."""
    if isinstance(entry, Mapping) and OWN_REFERENCE not in entry:
        entry = adapter.calls.one(INVOICES, mapping.entry_id(INVOICES, entry))
    return text(entry.get(OWN_REFERENCE)) if isinstance(entry, Mapping) else ""


def customer(adapter: "Billogram", order: Order) -> str:
    return _alike(adapter, order, CUSTOMERS, comparing.of_customer(order.data), forms.customer)


def item(adapter: "Billogram", order: Order) -> str:
    return _alike(adapter, order, ITEMS, comparing.of_item(order.data), forms.item)


def _alike(
    adapter: "Billogram", order: Order, stream: str, wanted: Mapping[str, Any], form: Callable[[Any], dict[str, Any]]
) -> str:
    """There is no place for our reference: once a write may have arrived, a row that is new and exactly the same."""
    if order.tried_since is None:
        return ""
    newest = adapter.calls.page(PATHS[stream], 1, adapter.page_size, ordered("created_at", "desc"))
    for row in newest.entries:
        made_at = mapping.latest_change(stream, row, "created_at")
        if made_at and made_at >= order.tried_since - CLOCKS_DIFFER and comparing.made_of(wanted, form(row)):
            return mapping.entry_id(stream, row)
    return ""
