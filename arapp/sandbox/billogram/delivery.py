"""Sending: which delivery methods are possible, ``send``, ``resend`` and ``sell`` (reference sections 6.7 and 8)."""

from collections.abc import Mapping
from typing import Any

from . import events
from .account import Account, Record
from .fields import METHODS
from .life import attest, demand, letter_data, move, need, new_letter, settle
from .schema import Field, checked, choice, require, text
from .states import DRAFT, UNPAID_FAMILY
from .wire import Refused

ADDRESS_MISSING = "invalid delivery method, address missing"

Body = Mapping[str, Any]


def check_method(account: Account, record: Record, method: str) -> None:
    """Letter needs an address, Email needs the customer's contact e-mail (section 13, number 15)."""
    customer = record.data["customer"]
    reachable = {
        "Email": bool(customer["email"]),
        "Letter": all(customer["address"][line] for line in ("street_address", "zipcode", "city")),
        "SMS": bool(customer["phone"]),
        "Efaktura": customer["customer_no"] in account.einvoice,
        "Einvoice": customer["customer_no"] in account.einvoice,
        "EDI": bool(record.data["regional_sweden"]["edi"]["electronic_id"]),
    }
    if method not in METHODS:
        raise Refused("INVALID_PARAMETER", "invalid delivery method", "method", [])
    if not all(reachable.get(part, False) for part in method.split("+")):
        raise Refused("INVALID_PARAMETER", ADDRESS_MISSING)


def send(account: Account, record: Record, body: Body) -> None:
    sent = checked({"method": Field(text())}, body)
    demand(record.data["state"] in DRAFT, "send", record)
    require(sent, ("method",))
    if not (record.sums.pays_out and sent["method"] == "DoNotNotify"):
        check_method(account, record, sent["method"])
    if (record.sums.total < 0) != record.sums.pays_out:
        raise Refused("INVALID_PARAMETER", "total sum must not be negative")
    letter = attest(account, record, "Unpaid")
    record.data["delivery_method"] = sent["method"]
    data = letter_data(record, letter) | {"scanning_central": False}
    events.add(account, record, "BillogramSent", data)
    settle(account, record, "Ended")


def sell(account: Account, record: Record, body: Body) -> None:
    """No invoice number yet: it stays null in Factoring (section 6.3)."""
    checked({}, body)
    demand(record.data["state"] in DRAFT, "sell", record)
    need(account.switches.factoring_agreement, "factoring")
    move(account, record, "Factoring")
    reference = str(account.random.randrange(10**6, 10**7))
    events.add(account, record, "FactoringRequest", {"factoring_method": "sell", "factoring_reference": reference})


RESEND_METHOD = Field(choice("Email", "Letter", "SMS"))


def resend(account: Account, record: Record, body: Body) -> None:
    sent = checked({"method": RESEND_METHOD}, body)
    demand(record.data["state"] in UNPAID_FAMILY, "resend", record)
    method = chosen_method(account, record, sent)
    letter = new_letter(account, record, "Invoice", record.data["invoice_no"])
    events.add(account, record, "Resent", letter_data(record, letter, method))


def chosen_method(account: Account, record: Record, sent: Body) -> str:
    method = sent.get("method") or record.data["delivery_method"]
    check_method(account, record, method)
    return method
