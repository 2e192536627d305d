"""Our own computation of a document's gross out of its items, to stand beside Billomat's (reference section 7)."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from arapp.receivables.money import AmountError
from arapp.receivables.sums import SumLine, Terms, sums_of
from arapp.upstreams.billomat.mapping import exact, percent
from arapp.upstreams.billomat.wire import nested

SERVICE = "billomat"


def own_gross(document: Mapping[str, Any], items: Sequence[Mapping[str, Any]], currency: str) -> Decimal | None:
    """The gross in whole units, rounded half up per tax group; None where the rules do not tell.

    Billomat's rounding is not documented (7), nor what becomes of an item's tax where a rule for the client's country
    overrides it (14); so the rates of the items must be those of the document's own tax blocks.
    """
    lines = _lines(items)
    if lines is None or _rates(document) != {line.vat_rate for line in lines if line.vat_rate}:
        return None
    terms = Terms(price_basis=str(document.get("net_gross")).lower(), reduction=_reduction(document))
    try:
        return sums_of(SERVICE, lines, currency, terms).gross.amount
    except AmountError:
        return None


def _rates(document: Mapping[str, Any]) -> set[Decimal | None]:
    return {rate for block in nested(document, "taxes", "tax") if (rate := percent(block, "rate"))}


def _lines(items: Iterable[Mapping[str, Any]]) -> list[SumLine] | None:
    """The items as they are added up; None where one tells no quantity or price."""
    lines = []
    for item in items:
        quantity, price = exact(item, "quantity"), exact(item, "unit_price")
        if quantity is None or price is None:
            return None
        rate = percent(item, "tax_rate") or Decimal(0)
        lines.append(SumLine(quantity, price, rate, _reduction(item), str(item.get("tax_name"))))
    return lines


def _reduction(payload: Mapping[str, Any]) -> str:
    return str(payload.get("reduction") or "")
