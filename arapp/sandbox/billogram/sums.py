"""Sums, rounding and payment references of a billogram (reference section 6.6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from .wire import plain

ZERO = Decimal(0)
CENT = Decimal("0.01")
FEE_VAT = Decimal(25)


@dataclass(slots=True)
class Sums:
    """Exact amounts. ``paid``, ``collector_paid`` and ``credited`` are zero or negative."""

    net: Decimal = ZERO
    vat: Decimal = ZERO
    total: Decimal = ZERO
    invoice_fee: Decimal = ZERO
    rotavdrag: Decimal = ZERO
    reminder_fee: Decimal = ZERO
    interest_fee: Decimal = ZERO
    paid: Decimal = ZERO
    collector_paid: Decimal = ZERO
    credited: Decimal = ZERO
    written_off: Decimal = ZERO
    pays_out: bool = False
    """A stand-alone credit: its sum is negative, and what remains of it is still to be paid out."""

    @property
    def gross(self) -> Decimal:
        return self.net + self.vat

    @property
    def fees(self) -> Decimal:
        return self.reminder_fee + self.interest_fee

    @property
    def balance(self) -> Decimal:
        """What is left; below zero when more came in than was owed."""
        return self.total + self.fees + self.paid + self.collector_paid + self.credited - self.written_off

    @property
    def remaining(self) -> Decimal:
        return min(ZERO, self.balance) if self.pays_out else max(ZERO, self.balance)

    def detailed(self) -> dict[str, Any]:
        parts = {
            "net_sum": cents(self.net),
            "vat_sum": cents(self.vat),
            "gross_sum": cents(self.gross),
            "rounding": self.total - self.gross,
            "invoice_fee": self.invoice_fee,
            "invoice_fee_vat": self.invoice_fee * FEE_VAT / 100,
            "reminder_fee": self.reminder_fee,
            "interest_fee": self.interest_fee,
            "paid_sum": self.paid,
            "collector_paid_sum": self.collector_paid,
            "credited_sum": self.credited,
            "remaining_sum": self.remaining,
        }
        shown: dict[str, Any] = {name: plain(amount) for name, amount in parts.items()}
        return shown | {"regional_sweden": {"rotavdrag_sum": plain(self.rotavdrag)}}


def cents(amount: Decimal) -> Decimal:
    """Two decimals; half goes down, which is how 2866.635 was recorded as 2866.63 beside a rounding of 0.365."""
    return amount.quantize(CENT, ROUND_HALF_DOWN)


def charge(sums: Sums, rows: Iterable[Mapping[str, Any]], invoice_fee: Decimal, currency: str) -> None:
    """Set net, VAT and total from the rows and the fee."""
    nets = [(row["count"] * row["price"] - row["discount"], Decimal(row["vat"])) for row in rows]
    nets.append((invoice_fee, FEE_VAT))
    sums.net = sum((net for net, _ in nets), ZERO)
    sums.vat = sum((net * rate for net, rate in nets), ZERO) / 100
    sums.invoice_fee = invoice_fee
    sums.total = rounded(sums.gross, currency)


def rounded(gross: Decimal, currency: str) -> Decimal:
    """Whole kronor, half away from zero; in other currencies cents (both not settled by the reference)."""
    return gross.quantize(Decimal(1) if currency == "SEK" else CENT, ROUND_HALF_UP)


def ocr_number(invoice_no: int) -> str:
    """The invoice number in a payment reference with length digit and check digit, usually twelve long."""
    payload = f"555{invoice_no:07d}"
    payload += str((len(payload) + 2) % 10)
    return payload + luhn_digit(payload)


def luhn_digit(payload: str) -> str:
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(payload))]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def interest(principal: Decimal, rate: Decimal, days: int) -> Decimal:
    return (max(ZERO, principal) * rate / 100 * max(0, days) / 365).quantize(CENT, ROUND_HALF_UP)
