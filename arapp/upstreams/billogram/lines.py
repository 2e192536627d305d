"""Item rows of a billogram, VAT per rate, our own gross: pure functions (sections 6.4 and 6.6 of the reference)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from arapp.receivables.records import LineRecord, NamedRecord, VatRecord, text
from arapp.receivables.sums import SumLine, Terms, blocks_of, line_of
from arapp.upstreams.billogram.fields import exact, part, parts

SERVICE = "billogram"

Row = Mapping[str, Any]


def line(position: int, row: Row, currency: str | None) -> LineRecord:
    """An item row. The discount is an absolute sum off the row, without VAT (section 6.4)."""
    count, price, rate = (exact(row, key) for key in ("count", "price", "vat"))
    discount, summed = exact(row, "discount"), _summed(row)
    net, gross = line_of(SERVICE, summed) if summed else (None, None)
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
        gross=None if rate is None else gross,
        item=_item(row),
    )


def _summed(row: Row) -> SumLine | None:
    """The row as it is added up; without a rate as if without VAT. None where count or price is missing."""
    count, price, rate = (exact(row, key) for key in ("count", "price", "vat"))
    if count is None or price is None:
        return None
    discount = exact(row, "discount")
    return SumLine(count, price, rate or Decimal(0), f"{discount:f}" if discount else "")


def _item(row: Row) -> NamedRecord | None:
    number = text(row.get("item_no"))[:100]
    return NamedRecord(external_id=number, number=number, name=text(row.get("title"))) if number else None


def vat_rates(payload: Mapping[str, Any]) -> tuple[VatRecord, ...]:
    """Net and VAT per rate, unrounded: the rows, and the invoice fee at ``invoice_fee_vat`` percent (section 6.3).

    What has no rate stands at the end, without VAT.
    """
    fee, fee_rate = exact(payload, "invoice_fee") or Decimal(0), exact(payload, "invoice_fee_vat")
    rows = [(exact(row, "vat"), summed) for row in parts(payload, "items") if (summed := _summed(row))]
    terms = Terms() if fee_rate is None else Terms(invoice_fee=fee, invoice_fee_vat=fee_rate)
    blocks = blocks_of(SERVICE, [summed for rate, summed in rows if rate is not None], terms)
    others = [line_of(SERVICE, summed)[0] for rate, summed in rows if rate is None]
    others += [fee] if fee and fee_rate is None else []
    unrated = [VatRecord(rate=None, net=sum(others, Decimal(0)))] if others else []
    return (*(VatRecord(rate=block.rate, net=block.net, vat=block.vat) for block in blocks), *unrated)


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
