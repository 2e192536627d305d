"""The activity log of a billogram as events and movements: pure functions (sections 9.1 and 6.6 of the reference)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from arapp.receivables.money import AmountError, Money
from arapp.receivables.records import EventRecord, MovementRecord, read_moment, require, text
from arapp.upstreams.billogram.fields import money, part

PAYMENT, CREDIT, FEE, INTEREST, WRITE_OFF, RECALL = "payment", "credit", "fee", "interest", "write_off", "recall"

AS_TOLD, LOWERS, RAISES = 0, 1, -1
MONEY_EVENTS = {
    "Payment": (PAYMENT, "amount", AS_TOLD),
    "CollectorPayment": (PAYMENT, "amount", AS_TOLD),
    "PaymentRecalled": (RECALL, "recalled_amount", RAISES),
    "Credit": (CREDIT, "amount", LOWERS),
    "Writeoff": (WRITE_OFF, "amount", LOWERS),
    "ReminderSent": (FEE, "reminder_fee", RAISES),
}
"""By type: the movement, where its amount stands, and its direction whatever sign the service gives it.

Not here: ``Writedown`` and its reversal, which change nothing that is owed (section 8), and what the service does
with an overpayment, which never reaches the debt (section 13, number 17).
"""
INTEREST_SINCE = ("ReminderSent", "InterestStarted")

AMOUNT_WORDS = {
    "amount": "{}",
    "recalled_amount": "{} taken back",
    "reminder_fee": "fee {}",
    "sold_for": "sold for {}",
    "payment_amount": "{}",
    "item_price": "{}",
}
WORDS = {
    "payer_name": "from {}",
    "invoice_no": "invoice {}",
    "delivery_method": "by {}",
    "original_delivery_method": "instead of {}",
    "customer_email": "to {}",
    "customer_phone": "to {}",
    "interest_rate": "{} %",
    "date": "until {}",
    "payment_date": "on {}",
    "payment_failure_reason": "{}",
    "payment_update_reason": "{}",
    "full_status": "{}",
    "error_status": "{}",
    "collector_reference": "the collector's reference {}",
    "factoring_reference": "the partner's reference {}",
    "item_title": "{}",
}


@dataclass(frozen=True)
class Happening:
    external_id: str
    kind: str
    at: datetime
    data: Mapping[str, Any]


def happenings(log: Iterable[Mapping[str, Any]]) -> Iterator[Happening]:
    """The rows of a log, each once. Older ones have no ``event_uuid``: type, moment and place do."""
    alike: Counter[str] = Counter()
    seen: set[str] = set()
    for row in log:
        kind, stamp = require(row, "type"), require(row, "created_at")
        alike[f"{kind} {stamp}"] += 1
        external_id = text(row.get("event_uuid")) or f"{kind} {stamp} {alike[f'{kind} {stamp}']}"
        if external_id not in seen:
            seen.add(external_id)
            yield Happening(external_id, kind, read_moment(stamp), part(row, "data"))


def events(log: Iterable[Mapping[str, Any]], currency: str | None) -> tuple[EventRecord, ...]:
    """Every row of the log, its data in a sentence."""
    return tuple(
        EventRecord(external_id=each.external_id, at=each.at, kind=each.kind, text=sentence(each.data, currency))
        for each in happenings(log)
    )


def movements(
    log: Iterable[Mapping[str, Any]], currency: str | None, interest: Money | None = None
) -> tuple[MovementRecord, ...]:
    """What changed the debt, dated by the events (UTC). Events without an amount move nothing.

    No event tells how much interest came up; ``interest``, the sum so far, is dated by the last event that adds
    some (section 8, ``remind``).
    """
    told = list(happenings(log))
    found = [movement for each in told if (movement := _movement(each, currency))]
    charged = [each for each in told if each.kind in INTEREST_SINCE]
    if interest and interest.minor and charged:
        amount = Money(-abs(interest.minor), interest.currency)
        found.append(MovementRecord(external_id="interest", kind=INTEREST, amount=amount, date=charged[-1].at.date()))
    return tuple(found)


def _movement(event: Happening, currency: str | None) -> MovementRecord | None:
    if event.kind not in MONEY_EVENTS:
        return None
    kind, key, direction = MONEY_EVENTS[event.kind]
    amount = money(event.data, key, currency)
    if amount is None or not amount.minor:
        return None
    return MovementRecord(
        external_id=event.external_id,
        kind=kind,
        amount=Money(direction * abs(amount.minor), amount.currency) if direction else amount,
        date=event.at.date(),
        method=_method(event),
        text=sentence(event.data, currency),
    )


def _method(event: Happening) -> str:
    if event.kind == "CollectorPayment":
        return "collector"
    return "by hand" if event.kind == "Payment" and event.data.get("manual") is True else ""


def sentence(data: Mapping[str, Any], currency: str | None) -> str:
    """What people want to know of an event's data, "" when there is nothing."""
    said = [words.format(_sum(data[key], currency)) for key, words in AMOUNT_WORDS.items() if _tells(data, key)]
    said += [words.format(text(data[key])) for key, words in WORDS.items() if _tells(data, key)]
    if data.get("manual") is True:
        said.append("registered by hand")
    joined = ", ".join(said)
    short = f"{joined[0].upper()}{joined[1:]}." if joined else ""
    return f"{short} {text(data.get('message'))}".strip()


def _tells(data: Mapping[str, Any], key: str) -> bool:
    return bool(text(data.get(key)).strip())


def _sum(value: Any, currency: str | None) -> str:
    try:
        return str(Money.rounded(value, currency)) if currency else text(value)
    except AmountError:
        return text(value)
