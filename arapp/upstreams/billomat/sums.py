"""Our own computation of a document's gross out of its items, to stand beside Billomat's (reference section 7)."""

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from arapp.receivables.money import exponent
from arapp.upstreams.billomat.mapping import exact, percent
from arapp.upstreams.billomat.wire import nested

HUNDRED = Decimal(100)
_REDUCTION = re.compile(r"(-?\d{1,12}(?:\.\d{1,6})?)\s*(%?)", re.ASCII)

Groups = dict[tuple[str, Decimal], Decimal]


def own_gross(document: Mapping[str, Any], items: Sequence[Mapping[str, Any]], currency: str) -> Decimal | None:
    """The gross in whole units, rounded half up per tax group; None where the rules do not tell.

    Billomat's rounding is not documented (7), nor what becomes of an item's tax where a rule for the client's country
    overrides it (14); so the rates of the items must be those of the document's own tax blocks.
    """
    try:
        return _gross(document, items, Decimal(1).scaleb(-exponent(currency)))
    except ArithmeticError:
        return None


def _gross(document: Mapping[str, Any], items: Sequence[Mapping[str, Any]], decimals: Decimal) -> Decimal | None:
    basis = document.get("net_gross")
    groups = _groups(items)
    if groups is None or basis not in ("NET", "GROSS") or _rates(document) != {rate for _, rate in groups if rate}:
        return None
    full = sum(groups.values(), Decimal(0))
    left = _reduced(document, full)
    if left is None:
        return None
    groups = {group: value * left / full if full else value for group, value in groups.items()}
    sum_of_items = _half_up(sum(groups.values(), Decimal(0)), decimals)
    if basis == "GROSS":
        return sum_of_items
    return sum_of_items + sum(_half_up(value * rate / HUNDRED, decimals) for (_, rate), value in groups.items())


def _half_up(value: Decimal, decimals: Decimal) -> Decimal:
    return value.quantize(decimals, rounding=ROUND_HALF_UP)


def _rates(document: Mapping[str, Any]) -> set[Decimal | None]:
    return {rate for block in nested(document, "taxes", "tax") if (rate := percent(block, "rate"))}


def _groups(items: Sequence[Mapping[str, Any]]) -> Groups | None:
    """What the items come to per tax, in the document's price basis; None where one does not tell."""
    groups: Groups = {}
    for item in items:
        quantity, price = exact(item, "quantity"), exact(item, "unit_price")
        if quantity is None or price is None:
            return None
        value = _reduced(item, quantity * price)
        if value is None:
            return None
        group = (str(item.get("tax_name")), percent(item, "tax_rate") or Decimal(0))
        groups[group] = groups.get(group, Decimal(0)) + value
    return groups


def _reduced(payload: Mapping[str, Any], value: Decimal) -> Decimal | None:
    """The value less the payload's reduction: ``10%`` is a share, ``10`` an amount (4.0). None when it is neither."""
    plain = str(payload.get("reduction") or "").strip()
    if not plain:
        return value
    found = _REDUCTION.fullmatch(plain)
    if not found:
        return None
    off = Decimal(found[1])
    return value * (1 - off / HUNDRED) if found[2] else value - off
