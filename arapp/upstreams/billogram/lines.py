"""Item rows of a billogram, VAT per rate, our own gross: pure functions (sections 6.4 and 6.6 of the reference)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from arapp.receivables.records import LineRecord, NamedRecord, VatRecord, text
from arapp.upstreams.billogram.fields import exact, part


def line(position: int, row: Mapping[str, Any], currency: str | None) -> LineRecord:
    """An item row. The discount is an absolute sum off the row, without VAT (section 6.4)."""
    count, price, rate = (exact(row, key) for key in ("count", "price", "vat"))
    discount = exact(row, "discount")
    net = None if count is None or price is None else count * price - (discount or 0)
    return LineRecord(
        position=position,
        title=text(row.get("title")),
        description=text(row.get("description")),
        quantity=count,
        unit=text(row.get("unit")),
        unit_price=price,
        vat_rate=rate,
        discount=f"{discount:f} {currency or ''}".strip() if discount else "",
        net=net,
        gross=None if net is None or rate is None else net + net * rate / 100,
        item=_item(row),
    )


def _item(row: Mapping[str, Any]) -> NamedRecord | None:
    number = text(row.get("item_no"))[:100]
    return NamedRecord(external_id=number, number=number, name=text(row.get("title"))) if number else None


def vat_rates(payload: Mapping[str, Any], lines: Sequence[LineRecord]) -> tuple[VatRecord, ...]:
    """Net and VAT per rate, unrounded: the rows, and the invoice fee at ``invoice_fee_vat`` percent (section 6.3)."""
    nets: dict[Decimal | None, Decimal] = {}
    fee = exact(payload, "invoice_fee")
    found = [(each.vat_rate, each.net) for each in lines if each.net is not None]
    for rate, net in [*found, *([(exact(payload, "invoice_fee_vat"), fee)] if fee else [])]:
        nets[rate] = nets.get(rate, Decimal(0)) + net
    return tuple(
        VatRecord(rate=rate, net=net, vat=None if rate is None else net * rate / 100) for rate, net in nets.items()
    )


def own_gross(payload: Mapping[str, Any], lines: Sequence[LineRecord], blocks: Sequence[VatRecord]) -> Decimal | None:
    """Rows and fee with their VAT, and the service's rounding on top (section 6.6).

    None where a price or rate is missing, or where a deduction or reversed VAT makes the total by unknown rules.
    """
    regional, sums = part(payload, "regional_sweden"), part(payload, "detailed_sums")
    if regional.get("reversed_vat") or exact(regional, "rotavdrag"):
        return None
    if any(each.net is None for each in lines) or any(block.vat is None for block in blocks):
        return None
    rounding = exact(payload, "rounding_value")
    rounding = exact(sums, "rounding") if rounding is None else rounding
    return sum((block.net + block.vat for block in blocks), rounding or Decimal(0))
