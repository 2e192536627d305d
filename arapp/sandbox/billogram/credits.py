"""Credit invoices (reference section 8, credit modes)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from . import events
from .account import Account, Record
from .delivery import check_method
from .fields import ROW
from .life import demand, letter_data, new_letter, note_overpayment, settle
from .payments import positive
from .rows import answered
from .schema import Field, checked, choice, number, require, text
from .states import ENDED, OPEN
from .sums import Sums, charge
from .wire import Refused, plain

MODES = ("full", "remaining", "amount", "principal", "rest", "items")
CREDIT = {
    "mode": Field(choice(*MODES), never_null=True),
    "amount": Field(number()),
    "method": Field(text()),
    "items": Field(rows=ROW),
}


def credit(account: Account, record: Record, body: Mapping[str, Any]) -> None:
    """A credit invoice with a number of the same series. What was already paid is not paid back."""
    sent = checked(CREDIT, body)
    demand(record.data["state"] in OPEN | ENDED, "credit", record)
    require(sent, ("mode",))
    amount = _amount(account, record, sent)
    if sent.get("method") and sent["method"] != "DoNotNotify":
        check_method(account, record, sent["method"])
    record.sums.credited -= amount
    letter = new_letter(account, record, "Credit invoice", account.take_invoice_no())
    events.add(account, record, "Credit", letter_data(record, letter, sent.get("method")) | {"amount": plain(amount)})
    note_overpayment(account, record, amount)
    settle(account, record, "Credited")


def _amount(account: Account, record: Record, sent: Mapping[str, Any]) -> Decimal:
    """``principal`` and ``rest`` are guesses: their meaning is not settled by the reference."""
    _refuse_mixed(sent)
    sums = record.sums
    creditable = sums.total + sums.fees + sums.credited
    amounts = {
        "full": sums.total + sums.credited,
        "remaining": sums.remaining,
        "rest": sums.remaining,
        "principal": sums.remaining - min(sums.remaining, sums.fees),
    }
    amount = amounts.get(sent["mode"])
    demand(amount is None or amount > 0, "credit", record)
    if amount is None:
        amount = positive(sent) if sent["mode"] == "amount" else _of_rows(account, record, sent)
    if amount > creditable:
        raise Refused("INVALID_PARAMETER", "Amount is more than can be credited", "amount", [])
    return amount


def _refuse_mixed(sent: Mapping[str, Any]) -> None:
    for name in ("amount", "items"):
        if sent.get(name) and sent["mode"] != name:
            raise Refused("INVALID_PARAMETER_COMBINATION", f"{name} does not go with this mode", name, [])


def _of_rows(account: Account, record: Record, sent: Mapping[str, Any]) -> Decimal:
    """Rows of a credit carry a negative count."""
    require(sent, ("items",))
    for position, row in enumerate(sent["items"]):
        if row.get("count", 0) >= 0:
            raise Refused("INVALID_PARAMETER", "Count must be negative", "count", ["items", position])
    sums = Sums()
    charge(sums, answered(account, sent["items"]), Decimal(0), record.data["currency"])
    if sums.total >= 0:
        raise Refused("INVALID_PARAMETER", "the items must have a negative sum", "items", [])
    return -sums.total
