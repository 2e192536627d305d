"""What went out under a billogram and whether it arrived, out of its events: pure functions (section 9.1)."""

from collections.abc import Iterable, Mapping
from typing import Any

from arapp.receivables.money import AmountError, Money
from arapp.receivables.records import PaperRecord, text
from arapp.upstreams.billogram.activity import Happening, happenings

DEBIT, CREDIT, REMINDER, LETTER = "debit", "credit", "reminder", "letter"
PAPERS = {
    "BillogramSent": (DEBIT, "total_sum"),
    "BillogramSold": (DEBIT, "total_sum"),
    "InvoiceSent": (DEBIT, "amount"),
    "Credit": (CREDIT, "amount"),
    "ReminderSent": (REMINDER, "remaining_sum"),
    "Resent": (LETTER, "total_sum"),
}
"""By type of event: the kind of paper, and where its sum stands, if it is told."""
BY_NUMBER = "number:"
"""What a paper without ``letter_id`` is asked for by: its invoice number (section 10)."""

ARRIVED = frozenset("BillogramSent InvoiceSent Resent ReminderSent DeliveryAccepted LetterSent EfakturaSent".split())
FAILED = frozenset("DeliveryFailed EmailNotAccepted DeliverySmsFailed SmsNotAccepted EfakturaFailed".split())
FAILED_FLAGS = frozenset(("delivery failed", "not delivered"))
FROM_CUSTOMER, FROM_US = "CustomerMessage", "CreditorMessage"
NEW_MESSAGE = "new message"


def papers(log: Iterable[Mapping[str, Any]], currency: str | None) -> tuple[PaperRecord, ...]:
    """Debit and credit invoices, reminders and letters, oldest first, dated by the events (UTC)."""
    return tuple(_paper(each, currency) for each in happenings(log) if each.kind in PAPERS)


def _paper(event: Happening, currency: str | None) -> PaperRecord:
    kind, key = PAPERS[event.kind]
    number = text(event.data.get("invoice_no"))
    return PaperRecord(
        kind=kind,
        external_id=text(event.data.get("letter_id")) or (f"{BY_NUMBER}{number}" if number else ""),
        number=number,
        issued=event.at.date(),
        amount=_amount(event.data.get(key), currency),
        delivery=text(event.data.get("delivery_method")),
    )


def _amount(value: Any, currency: str | None) -> Money | None:
    try:
        return Money.parse(value, currency) if currency and value not in (None, "") else None
    except AmountError:
        return None


def delivery_failed(log: Iterable[Mapping[str, Any]], flags: Any) -> bool:
    """Whether a flag says so, or the last event of a delivery; what took another channel arrived (6.7)."""
    last = [each for each in happenings(log) if each.kind in ARRIVED | FAILED][-1:]
    lost = any(each.kind in FAILED and not each.data.get("delivery_redirected") for each in last)
    return lost or _flagged(flags, FAILED_FLAGS)


def message_waits(log: Iterable[Mapping[str, Any]], flags: Any) -> bool:
    """Whether the last message is the customer's; where the log has none, whether the flag says so."""
    told = [each.kind for each in happenings(log) if each.kind in (FROM_CUSTOMER, FROM_US)]
    return told[-1] == FROM_CUSTOMER if told else _flagged(flags, {NEW_MESSAGE})


def flagged(flags: Any) -> dict[str, bool | None]:
    """What the flags of a list row tell; that one is missing tells nothing (section 7.3 dates from 2015)."""
    return {
        "delivery_failed": _flagged(flags, FAILED_FLAGS) or None,
        "message_waits": _flagged(flags, {NEW_MESSAGE}) or None,
    }


def _flagged(flags: Any, words: Iterable[str]) -> bool:
    return isinstance(flags, list) and any(word in flags for word in words)
