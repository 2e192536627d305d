"""What carries our own reference: each document has a ``customfield``, and lists can be asked for it (4.0)."""

from collections.abc import Callable, Mapping
from typing import Any

from arapp.receivables.records import text
from arapp.upstreams.base import Order
from arapp.upstreams.billomat.calls import Calls
from arapp.upstreams.billomat.walks import key


def carrying(calls: Calls, plural: str, singular: str, reference: str) -> Mapping[str, Any] | None:
    """The first row that carries just this reference. Whether Billomat searches exactly is not told (4.0)."""
    if not reference:
        return None
    rows = calls.everything(plural, singular, ("customfield", reference))
    return next((row for row in rows if isinstance(row, Mapping) and text(row.get("customfield")) == reference), None)


def finder(plural: str, singular: str) -> Callable[[Any, Order], str]:
    """What looks up the id of the one that carries the order's reference, as ``Act.find``."""

    def find(adapter: Any, order: Order) -> str:
        return key(carrying(adapter.calls, plural, singular, order.reference))

    return find
