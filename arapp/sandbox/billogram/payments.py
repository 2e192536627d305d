"""Money in and debts given up: ``payment``, ``writeoff``, ``writedown`` (reference sections 6.6 and 8)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from . import events
from .account import Account, Record
from .life import demand, end, move, note_overpayment, refuse_fresh, settle, sums_data
from .schema import Field, checked, number, require
from .states import OPEN, UNPAID_FAMILY, WITH_COLLECTOR
from .sums import ZERO
from .wire import Refused, plain

Body = Mapping[str, Any]


AMOUNT = Field(number(), never_null=True)


def positive(sent: Mapping[str, Any]) -> Decimal:
    require(sent, ("amount",))
    if sent["amount"] <= 0:
        raise Refused("INVALID_PARAMETER", "Amount must be more than 0", "amount", [])
    return sent["amount"]


def payment(account: Account, record: Record, body: Body) -> None:
    sent = checked({"amount": AMOUNT}, body)
    demand(record.data["state"] in UNPAID_FAMILY, "register a payment for", record)
    receive(account, record, positive(sent), manual=True)


def receive(account: Account, record: Record, amount: Decimal, manual: bool = False) -> None:
    """Money came in. The ``Payment`` event precedes the change of state (section 7.2)."""
    sums = record.sums
    with_collector = record.data["state"] in WITH_COLLECTOR and not manual
    if with_collector:
        sums.collector_paid -= amount
        events.add(account, record, "CollectorPayment", {"amount": plain(amount), **sums_data(record)})
    else:
        sums.paid -= amount
        events.add(account, record, "Payment", _payment_data(record, amount, manual))
    note_overpayment(account, record, amount)
    if sums.remaining:
        move(account, record, record.data["state"] if with_collector else "PartlyPaid")
        return
    record.data["flags"] = [*record.data["flags"], *(["paid on collection"] if with_collector else [])]
    settle(account, record, "Paid")


def _payment_data(record: Record, amount: Decimal, manual: bool) -> dict[str, Any]:
    return {
        "amount": plain(amount),
        "banking_amount": None if manual else plain(amount),
        "manual": manual,
        "payer_name": None if manual else record.data["customer"]["name"],
        "payment_flags": [],
        **sums_data(record),
    }


def writeoff(account: Account, record: Record, body: Body) -> None:
    """Only fees and interest may be left; the billogram then ends as paid."""
    checked({}, body)
    sums = record.sums
    demand(record.data["state"] in UNPAID_FAMILY and ZERO < sums.remaining <= sums.fees, "write off", record)
    amount = sums.remaining
    sums.written_off += amount
    events.add(account, record, "Writeoff", {"amount": plain(amount), **sums_data(record)})
    settle(account, record, "Paid")


def writedown(account: Account, record: Record, body: Body) -> None:
    """Bookkeeping only: neither state nor sums change."""
    checked({}, body)
    principal = record.sums.remaining > record.sums.fees
    demand(record.data["state"] in OPEN and principal and not record.written_down, "write down", record)
    refuse_fresh(account, record, "write down")
    record.written_down = True
    events.add(account, record, "Writedown", {"amount": plain(record.sums.remaining)})


def revert_writedown(account: Account, record: Record, body: Body) -> None:
    checked({}, body)
    demand(record.written_down, "revert the writedown of", record)
    refuse_fresh(account, record, "revert the writedown of")
    record.written_down = False
    events.add(account, record, "RevertWritedown", {"amount": plain(record.sums.remaining)})


def recall(account: Account, record: Record, amount: Decimal) -> None:
    """A payment taken back by the payer's bank: the debt is open again (section 9.4, PaymentRecalled)."""
    payments = [event["event_uuid"] for event in record.data["events"] if event["type"] == "Payment"]
    record.sums.paid += amount
    move(account, record, "PartlyPaid" if record.sums.paid else "Unpaid")
    data = {"recalled_amount": plain(amount), "related_payment_event_uuids": payments[-1:], **sums_data(record)}
    events.add(account, record, "PaymentRecalled", data)


def end_collection(account: Account, record: Record) -> None:
    """The collector closes the case without the whole sum."""
    events.add(account, record, "CollectionEnded", sums_data(record))
    end(account, record, "CollectorEnded")


def deny_factoring(account: Account, record: Record) -> None:
    """The factoring partner refuses; the billogram is like a draft again."""
    demand(record.data["state"] == "Factoring", "deny the factoring of", record)
    move(account, record, "FactoringDenied")
    record.data["flags"] = [*record.data["flags"], "factoring denied"]
    events.add(account, record, "FactoringDenied", None)
