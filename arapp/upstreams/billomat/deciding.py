"""Telling a decision: ``complete`` issues a draft, ``comment`` leaves a remark on it (reference 4.4, 4.7)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from arapp.receivables.records import InvoiceRecord
from arapp.upstreams.base import Order
from arapp.upstreams.billomat.bodies import identifier
from arapp.upstreams.billomat.calls import path_of
from arapp.upstreams.billomat.mapping import WORDS
from arapp.upstreams.billomat.writes import Writes
from arapp.upstreams.http import Failure


def decide(writes: Writes, order: Order) -> None:
    """Raises what ``Adapter.carry_out`` raises."""
    if order.kind == "complete":
        path = path_of(WORDS[order.document].plural, order.external_id, "complete")
        writes.act("PUT", path, {"complete": _completion(order.data)})
    elif order.kind == "comment":
        remark(writes, order, str(order.data.get("note", "")))
    else:
        raise Failure(_("Billomat has nothing that is called “%(kind)s”.") % {"kind": order.kind})


def _completion(data: Mapping[str, Any]) -> dict[str, Any]:
    """Billomat takes the document's own template, or the default one, unless it is told another (6.1)."""
    return {"template_id": identifier(data["template"])} if data.get("template") else {}


def remark(writes: Writes, order: Order, text: str) -> None:
    """An internal comment that carries the order's mark, so that it is found again."""
    names = WORDS[order.document]
    inner = {names.parent: order.external_id, "comment": f"{text} {mark(order)}".strip(), "public": 0}
    writes.make(f"{names.singular}-comments", f"{names.singular}-comment", inner)


def remarks(order: Order, record: InvoiceRecord) -> int:
    """How many comments carry the order's mark."""
    return sum(carries(event.text, order) for event in record.events or ())


def mark(order: Order) -> str:
    """In brackets, so that ``desk-1`` is not found in ``desk-12``."""
    return f"[{order.mark}]"


def carries(text: str, order: Order) -> bool:
    """Only the end counts, where each write puts its own mark: what a person typed stands ahead of that."""
    return bool(order.mark) and text.rstrip().endswith(mark(order))
