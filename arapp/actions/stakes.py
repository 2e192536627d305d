"""What an action is about, as an amount: who else has to agree hangs on it, and the sentence says it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from arapp.actions.wishes import Subject
from arapp.receivables.models import Invoice, Item, MovementKind, Service, Source
from arapp.receivables.money import AmountError, Money, currency_code
from arapp.receivables.sums import SumLine, Sums, Terms, sums_of

DEFAULT_CURRENCY = {Service.BILLOGRAM: "SEK"}
"""All evidence of Billogram is in kronor (reference 6.3)."""
FEE_VAT = Decimal(25)
"""Billogram's VAT on an invoice fee (reference 6.3)."""


def currency_for(source: Source, subject: Subject, data: Any) -> str:
    """The currency of the amounts in this data: told, the invoice's own, or the one the service takes for granted."""
    told = data.get("currency") if isinstance(data, Mapping) else None
    try:
        return currency_code(told)
    except AmountError:
        own = subject.currency if isinstance(subject, Invoice) else ""
        return own or DEFAULT_CURRENCY.get(source.service, "EUR")


def sums(source: Source, data: Mapping[str, Any], currency: str) -> Sums | None:
    """What an invoice made of this data comes to; None where a price or a VAT rate is not known."""
    items = _items(source, data)
    try:
        lines = [_line(line, items.get(line.get("item", ""))) for line in data.get("lines", ())]
        return sums_of(source.service, lines, currency, terms_of(data))
    except (AmountError, ArithmeticError, KeyError):
        return None


def _items(source: Source, data: Mapping[str, Any]) -> dict[str, Item]:
    wanted = [line["item"] for line in data.get("lines", ()) if line.get("item")]
    return {item.external_id: item for item in Item.objects.filter(source=source, external_id__in=wanted)}


def _line(line: Mapping[str, Any], item: Item | None) -> SumLine:
    """The values of the item count where the line has none of its own. KeyError where neither has."""
    own = {name: line.get(name) or getattr(item, name, "") for name in ("unit_price", "vat_rate")}
    if not all(own.values()):
        raise KeyError("unit_price")
    return SumLine(
        quantity=Decimal(line["quantity"]),
        unit_price=Decimal(own["unit_price"]),
        vat_rate=Decimal(own["vat_rate"]),
        discount=line.get("discount", ""),
        vat_name=line.get("vat_name", ""),
    )


def terms_of(data: Mapping[str, Any]) -> Terms:
    """The terms of an invoice made of this data, which is checked; InvalidOperation otherwise."""
    fee = Decimal(data.get("invoice_fee") or 0)
    rate = data.get("cash_discount_rate")
    return Terms(
        price_basis=data.get("price_basis") or "net",
        reduction=data.get("reduction", ""),
        invoice_fee=fee,
        invoice_fee_vat=FEE_VAT if fee else Decimal(0),
        cash_discount_rate=Decimal(rate) if rate else None,
    )


def at_stake(action: str, source: Source, subject: Subject, data: Mapping[str, Any]) -> Money | None:
    """How much the action is about; None where that is not known, or where it is about no amount."""
    if action == "invoice.create":
        found = sums(source, data, currency_for(source, subject, data))
        return found.gross if found else None
    if not isinstance(subject, Invoice):
        return None
    if data.get("amount"):
        return Money.parse(data["amount"], subject.currency)
    if action == "payment.delete":
        return payment_of(subject, data["payment"])
    left = action in ("invoice.write_off", "invoice.write_down") or data.get("mode") == "remaining"
    return subject.money("open" if left else "gross")


def least(action: str, invoice: Invoice) -> Money | None:
    """The least that the action can be about, before anybody has said how much."""
    if action in ("invoice.credit", "payment.delete") and invoice.currency:
        return Money(0, invoice.currency)
    return at_stake(action, invoice.source, invoice, {})


def payment_of(invoice: Invoice, payment: str) -> Money | None:
    """The amount of a recorded payment by its external id, None when there is no such payment."""
    if invoice.source.service == Service.BILLOVER:
        kept = invoice.kept_payments.standing().filter(pk=payment).first() if payment.isdecimal() else None
        return kept.money() if kept else None
    moved = invoice.movements.filter(kind=MovementKind.PAYMENT, external_id=payment).first()
    return moved.money() if moved else None
