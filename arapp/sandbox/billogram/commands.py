"""The table of commands, and those that move neither money nor state (reference section 8)."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

from . import events
from .account import Account, Record
from .credits import credit
from .delivery import resend, sell, send
from .dunning import collect, remind, remove_respite, respite
from .life import demand, need, settle
from .payments import payment, positive, revert_writedown, writedown, writeoff
from .schema import Field, Schema, checked, choice, number, require, text
from .states import OPEN
from .wire import Refused

Body = Mapping[str, Any]


def message(account: Account, record: Record, body: Body) -> None:
    sent = checked({"message": Field(text(10000), never_null=True)}, body)
    require(sent, ("message",))
    events.add(account, record, "CreditorMessage", {"message": sent["message"]})


CREDIT_PAYMENT: Schema = {
    "mode": Field(choice("remaining", "amount"), never_null=True),
    "amount": Field(number()),
}
ATTACHMENT: Schema = {name: Field(text(20_000_000), never_null=True) for name in ("filename", "content")}


def attach(account: Account, record: Record, body: Body) -> None:
    sent = checked(ATTACHMENT, body)
    require(sent, ("filename", "content"))
    try:
        document = base64.b64decode(sent["content"], validate=True)
    except ValueError:
        document = b""
    if not document.startswith(b"%PDF"):
        raise Refused("INVALID_PARAMETER", "invalid content", "content", [])
    record.attachment, record.data["attachment"] = sent["content"], sent["filename"]
    record.data["updated_at"] = account.stamp()


def not_enabled(account: Account, record: Record, body: Body) -> None:
    need(False, "this command")


def credit_payment(account: Account, record: Record, body: Body) -> None:
    """Only for stand-alone credit invoices (section 12.4); no event of it is known."""
    sent = checked(CREDIT_PAYMENT, body)
    left = -record.sums.remaining
    demand(record.sums.pays_out and record.data["state"] in OPEN and left > 0, "pay out the credit of", record)
    require(sent, ("mode",))
    amount = positive(sent) if sent["mode"] == "amount" else left
    if amount > left:
        raise Refused("INVALID_PARAMETER", "Amount is more than remains of the credit", "amount", [])
    record.sums.paid += amount
    record.data["updated_at"] = account.stamp()
    settle(account, record, "Ended")


COMMANDS: dict[str, Callable[[Account, Record, Body], None]] = {
    "send": send,
    "sell": sell,
    "resend": resend,
    "remind": remind,
    "collect": collect,
    "payment": payment,
    "credit": credit,
    "writeoff": writeoff,
    "writedown": writedown,
    "revert-writedown": revert_writedown,
    "respite": respite,
    "remove-respite": remove_respite,
    "message": message,
    "attach": attach,
    "credit-payment": credit_payment,
    "settle-underpayment": not_enabled,
    "confirmed-loss": not_enabled,
}
