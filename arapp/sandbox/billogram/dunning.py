"""Late billograms: ``remind``, ``collect``, ``respite`` (reference sections 7.2 and 8)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from . import events
from .account import Account, Record
from .delivery import RESEND_METHOD, chosen_method
from .life import demand, letter_data, move, need, new_letter, refuse_fresh
from .schema import Field, checked, day, require, text
from .states import UNPAID_FAMILY, reminded
from .sums import interest
from .wire import Refused, plain

Body = Mapping[str, Any]


def last_day(record: Record) -> date:
    """The day until which paying is in time."""
    return date.fromisoformat(record.data["respite_date"] or record.data["due_date"])


def is_overdue(account: Account, record: Record) -> bool:
    return last_day(record) < account.now().date()


def remind(account: Account, record: Record, body: Body) -> None:
    """One more reminder: its fee, and the interest so far, are added to what remains."""
    sent = checked({"method": RESEND_METHOD, "message": Field(text(10000))}, body)
    demand(record.data["state"] in UNPAID_FAMILY and is_overdue(account, record), "remind", record)
    method = chosen_method(account, record, sent)
    data, sums = record.data, record.sums
    late = (account.now().date() - date.fromisoformat(data["due_date"])).days
    sums.reminder_fee += data["reminder_fee"]
    sums.interest_fee = interest(sums.balance - sums.fees, data["interest_rate"], late)
    data["reminder_count"] += 1
    move(account, record, reminded(data["reminder_count"]))
    letter = new_letter(account, record, "Reminder", data["invoice_no"])
    fee = {"reminder_fee": plain(data["reminder_fee"]), "reminder_count": data["reminder_count"]}
    message = {"message": sent["message"]} if sent.get("message") else {}
    events.add(account, record, "ReminderSent", letter_data(record, letter, method) | fee | message)


def collect(account: Account, record: Record, body: Body) -> None:
    checked({}, body)
    demand(record.data["state"] in UNPAID_FAMILY and is_overdue(account, record), "collect", record)
    refuse_fresh(account, record, "collect")
    need(account.switches.collection_agreement, "collection")
    move(account, record, "Collecting")
    reference = str(account.random.randrange(10**6, 10**7))
    events.add(account, record, "Collection", {"collector_method": "collect", "collector_reference": reference})


def respite(account: Account, record: Record, body: Body) -> None:
    """More time. An overdue billogram is unpaid again until then."""
    sent = checked({"date": Field(day, never_null=True)}, body)
    demand(record.data["state"] in UNPAID_FAMILY, "give respite to", record)
    require(sent, ("date",))
    if sent["date"] <= max(record.data["due_date"], account.now().date().isoformat()):
        raise Refused("INVALID_PARAMETER", "Date must be in the future and after the due date", "date", [])
    record.data["respite_date"] = sent["date"]
    if record.data["state"] == "Overdue":
        move(account, record, "Unpaid")
    events.add(account, record, "Respite", {"date": sent["date"]})


def remove_respite(account: Account, record: Record, body: Body) -> None:
    checked({}, body)
    demand(record.data["respite_date"] is not None, "remove the respite of", record)
    record.data["respite_date"] = None
    events.add(account, record, "RespiteRemoved", None)
