"""What an action is about, as an amount: who else has to agree hangs on it, and the sentence says it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from arapp.actions.wishes import Subject
from arapp.receivables.models import Invoice, Item, Movement, MovementKind, Service, Source
from arapp.receivables.money import AmountError, Money, currency_code
from arapp.receivables.sums import NoSum, SumLine, Sums, Terms, line_of, sums_of

DEFAULT_CURRENCY = {Service.BILLOGRAM: "SEK"}
"""All evidence of Billogram is in kronor (reference 6.3)."""
OF_WHAT_IS_OPEN = frozenset(
    "invoice.collect invoice.encash invoice.write_off invoice.write_down reminder.email".split()
)
CREDIT_NOTE = "CREDIT_NOTE"
"""Billomat's type of a payment by a credit note (reference 5.3)."""
FINEST = Decimal("0.000001")
"""Of a share of an amount that is taken off; services take six decimals."""
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


SUMMED = frozenset("lines currency price_basis reduction invoice_fee".split())
"""Without any of these in it, a change leaves the sum as it is."""


def sums(source: Source, data: Mapping[str, Any], currency: str) -> Sums | None:
    """What an invoice made of this data comes to; None where a price or a VAT rate is not known."""
    try:
        return sums_of(source.service, lines_of(source, data), currency, terms_of(data))
    except (AmountError, ArithmeticError, KeyError):
        return None


def why_no_sum(source: Source, subject: Subject, data: Mapping[str, Any]) -> NoSum | None:
    """Why the service would not come to what the desk says; None where it would, or where nothing is known."""
    whole = _with_what_stays(subject, data)
    try:
        sums_of(source.service, lines_of(source, whole), currency_for(source, subject, data), terms_of(whole))
    except NoSum as problem:
        return problem
    except (AmountError, ArithmeticError, KeyError):
        return None
    return None


def difference(invoice: Invoice, data: Mapping[str, Any]) -> Money | None:
    """By how much a change raises (or lowers) the gross; None where that is not known."""
    before, whole = invoice.money("gross"), _with_what_stays(invoice, data)
    if before is None:
        return None
    if not SUMMED & data.keys():
        return Money(0, before.currency)
    found = sums(invoice.source, whole, currency_for(invoice.source, invoice, data)) if "lines" in whole else None
    return found.gross - before if found and found.gross.currency == before.currency else None


def _with_what_stays(subject: Subject, data: Mapping[str, Any]) -> dict[str, Any]:
    """The invoice as it will be."""
    return {**((subject.form or {}) if isinstance(subject, Invoice) else {}), **data}


def lines_of(source: Source, data: Mapping[str, Any]) -> list[SumLine]:
    """As they are added up. KeyError where a price or a VAT rate is not known."""
    items = _items(source, data)
    return [_line(line, items.get(line.get("item", ""))) for line in data.get("lines", ())]


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
    if data.get("mode") == "items":
        return credited(subject, data["lines"])
    return subject.money("open" if action in OF_WHAT_IS_OPEN or data.get("mode") == "remaining" else "gross")


def credited(invoice: Invoice, rows: Sequence[Mapping[str, Any]]) -> Money | None:
    """Gross of some lines with some of their quantity; None where the lines are not known well enough.

    Amounts that were taken off, from a line or from all, are shared in proportion; an invoice fee is not credited.
    """
    form = invoice.form or {}
    try:
        lines = lines_of(invoice.source, form)
        chosen = [_part_of(lines[row["position"] - 1], Decimal(row["quantity"])) for row in rows]
        terms = terms_of({name: form[name] for name in ("price_basis", "reduction") if name in form})
        worth, whole = (_worth(invoice.source.service, some) for some in (chosen, lines))
        shared = replace(terms, reduction=_share_of(terms.reduction, worth, whole))
        return sums_of(invoice.source.service, chosen, invoice.currency, shared).gross
    except (AmountError, ArithmeticError, LookupError):
        return None


def _part_of(line: SumLine, quantity: Decimal) -> SumLine:
    part = quantity.copy_sign(line.quantity)
    return replace(line, quantity=part, discount=_share_of(line.discount, part, line.quantity))


def _share_of(off: str, part: Decimal, full: Decimal) -> str:
    """A percentage holds for any part; of an amount, only its share goes with it."""
    if not off or off.endswith("%"):
        return off
    return f"{(Decimal(off) * part / full).quantize(FINEST):f}"


def _worth(service: str, lines: Iterable[SumLine]) -> Decimal:
    """What lines come to in the price basis, before what is taken off all of them."""
    return sum((line_of(service, replace(line, vat_rate=Decimal(0)))[0] for line in lines), Decimal(0))


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
    moved = invoice.movements.filter(external_id=payment).first()
    return moved.money() if moved and was_booked(moved) else None


def was_booked(movement: Movement) -> bool:
    """Whether somebody recorded it: a payment, or what a credit note settles; not what the service books itself."""
    by_credit_note = movement.kind == MovementKind.CREDIT and movement.method == CREDIT_NOTE
    return movement.kind == MovementKind.PAYMENT or by_credit_note
