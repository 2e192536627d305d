"""What a credit note over an invoice says: the invoice's items, some of them, or an amount. Pure functions."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from arapp.receivables.money import Money, exact_decimal
from arapp.receivables.records import InvoiceRecord, text
from arapp.receivables.sums import SumLine, line_of
from arapp.upstreams.base import Order
from arapp.upstreams.billomat.bodies import Unfit
from arapp.upstreams.billomat.mapping import FINEST, exact
from arapp.upstreams.billomat.parts import in_order
from arapp.upstreams.billomat.sums import SERVICE
from arapp.upstreams.billomat.wire import is_none

Row = Mapping[str, Any]
Fields = dict[str, Any]

CARRIED = ("client_id", "contact_id", "address", "currency_code", "quote")
"""What the credit note has in common with its invoice in any case."""
COPIED = ("article_id", "unit", "quantity", "unit_price", "tax_name", "title", "description", "reduction")


def credit_note(order: Order) -> Fields:
    """The draft. Refused when what is to be credited is not there, or nothing."""
    invoice, items = order.subject.detail["invoice"], in_order(order.subject.detail["items"])
    about = {name: invoice[name] for name in CARRIED if not is_none(invoice.get(name))}
    about |= {"invoice_id": order.external_id, "customfield": order.reference}
    about |= {"note": order.data["note"]} if "note" in order.data else {}
    content = MODES[order.data["mode"]](order, invoice, items)
    inline = content.pop("items")
    return about | content | {"credit-note-items": {"credit-note-item": inline}}


def _whole(order: Order, invoice: Row, items: Sequence[Row]) -> Fields:
    """Everything as it stands on the invoice, so that Billomat comes to the same sums."""
    return _terms(invoice, text(invoice.get("reduction"))) | {"items": [_copy(item) for item in items]}


def _chosen(order: Order, invoice: Row, items: Sequence[Row]) -> Fields:
    """Some lines with some of their quantity; amounts that were taken off are shared in proportion."""
    chosen = [_part_of(line, items) for line in order.data["lines"]]
    reduction = _share_of(text(invoice.get("reduction")), _worth(chosen), _worth(items))
    return _terms(invoice, reduction) | {"items": [_copy(item) for item in chosen]}


def _terms(invoice: Row, reduction: str) -> Fields:
    terms = {"net_gross": text(invoice.get("net_gross")), "reduction": reduction}
    return {name: value for name, value in terms.items() if value}


def _copy(item: Row) -> Fields:
    """Without a rate of its own, a line would get the account's default tax (4.0)."""
    return {name: text(item[name]) for name in COPIED if not is_none(item.get(name))} | {
        "tax_rate": text(item.get("tax_rate")) or "0"
    }


def _part_of(line: Row, items: Sequence[Row]) -> Fields:
    """The item at a position with some of its quantity; one that takes something off has less than none."""
    position, quantity = int(line["position"]), Decimal(line["quantity"])
    if not 1 <= position <= len(items):
        raise Unfit(_("The invoice has no line %(position)d.") % {"position": position})
    item = items[position - 1]
    full = exact(item, "quantity") or Decimal(0)
    if quantity > abs(full):
        raise Unfit(_("Line %(position)d has a quantity of %(full)s only.") % {"position": position, "full": full})
    part = quantity.copy_sign(full)
    return dict(item) | {"quantity": f"{part:f}", "reduction": _share_of(text(item.get("reduction")), part, full)}


def _share_of(reduction: str, part: Decimal, full: Decimal) -> str:
    """A percentage holds for any part; of an amount, only its share goes with it (at most six decimals)."""
    plain = reduction.strip()
    if not plain or plain.endswith("%") or not full:
        return plain
    return f"{(exact_decimal(plain) * part / full).quantize(Decimal('1e-6')).normalize():f}"


def _worth(items: Sequence[Row]) -> Decimal:
    """What lines come to before the document's own reduction, in its price basis. AmountError as ``line_of``."""
    return sum((line_of(SERVICE, _untaxed(item))[0] for item in items), Decimal(0))


def _untaxed(item: Row) -> SumLine:
    quantity, price = exact(item, "quantity") or Decimal(0), exact(item, "unit_price") or Decimal(0)
    return SumLine(quantity, price, Decimal(0), text(item.get("reduction")))


def _remaining(order: Order, invoice: Row, items: Sequence[Row]) -> Fields:
    return _amount(order.subject, order.subject.open, items)


def _given(order: Order, invoice: Row, items: Sequence[Row]) -> Fields:
    return _amount(order.subject, Money.parse(order.data["amount"], order.subject.currency), items)


def _amount(record: InvoiceRecord, amount: Money | None, items: Sequence[Row]) -> Fields:
    """A gross amount, one line for each tax of the invoice: exact, since a gross price is not rounded again."""
    if amount is None or amount.minor <= 0:
        raise Unfit(_("There is nothing left to credit."))
    title = _("Credit for invoice %(number)s") % {"number": record.number or record.external_id}
    lines = [
        {"title": title, "quantity": "1", "unit_price": part.plain(), "tax_name": name, "tax_rate": rate}
        for (name, rate), part in _shares(amount, items)
        if part.minor
    ]
    return {"net_gross": "GROSS", "items": lines}


def _shares(amount: Money, items: Sequence[Row]) -> list[tuple[tuple[str, str], Money]]:
    """The amount by tax, in proportion to what the items of each come to."""
    taxes: dict[tuple[str, str], Decimal] = {}
    for item in items:
        tax = (text(item.get("tax_name")), text(item.get("tax_rate")) or "0")
        taxes[tax] = taxes.get(tax, Decimal(0)) + (exact(item, "total_gross") or Decimal(0))
    weights = [int(gross.scaleb(FINEST)) for gross in taxes.values()]
    if min(weights, default=0) < 0 or not any(weights):
        raise Unfit(_("The lines of a VAT rate do not come to more than nothing; credit single lines instead."))
    return list(zip(taxes, amount.split(weights), strict=True))


MODES: Mapping[str, Callable[[Order, Row, Sequence[Row]], Fields]] = {
    "full": _whole,
    "remaining": _remaining,
    "amount": _given,
    "items": _chosen,
}
