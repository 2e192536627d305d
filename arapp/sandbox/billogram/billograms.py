"""Billograms: create, change, delete, and the two forms they are answered in (reference section 6)."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from . import events
from .account import Account, Record
from .customers import copy_of
from .delivery import send
from .fields import BLANK, ON_CREATE, ON_UPDATE
from .life import illegal, letter_data, new_letter, settle
from .rows import answered
from .schema import checked, merged, not_set, require
from .states import CHANGEABLE, DRAFT
from .sums import Sums, charge
from .wire import Refused, plain, pointed

COMPACT = (
    *("id", "creditor_unique_value", "invoice_no", "state", "flags", "invoice_date", "due_date", "currency"),
    *("ocr_number", "remaining_sum", "total_sum", "created_at", "updated_at"),
)
LATEST_EVENTS = 100


def create(account: Account, body: Mapping[str, Any]) -> Record:
    """A draft; ``on_success`` sends it in the same call. Whether a draft stays when that fails is a switch
    of the stand-in, since the reference does not settle it (section 13, number 13).
    """
    sent = checked(ON_CREATE, body)
    order = sent.pop("on_success", None)
    if order is not None:
        require(order, ("command", "method"), ("on_success",))
    record = _drafted(account, sent)
    account.billograms[record.data["id"]] = record
    if order is not None:
        _carry_out(account, record, order)
    return record


def _carry_out(account: Account, record: Record, order: Mapping[str, Any]) -> None:
    try:
        send(account, record, {"method": order["method"]})
    except Refused:
        if not account.switches.keep_failed_draft:
            del account.billograms[record.data["id"]]
        raise


def _drafted(account: Account, sent: dict[str, Any]) -> Record:
    require(sent, ("customer", "items"))
    customer = _customer_copy(account, sent.pop("customer"))
    rows = answered(account, sent.pop("items"))
    own = merged(_from_settings(account), {name: value for name, value in sent.items() if value is not None})
    own |= _dates(account, own, sent)
    data = {**_fresh(account), **own, "customer": customer, "items": rows}
    record = Record(data, Sums(), account.now())
    recharge(record)
    events.add(account, record, "BillogramCreated", None)
    return record


def _from_settings(account: Account) -> dict[str, Any]:
    invoices = account.settings["invoices"]
    return {
        **BLANK,
        "offers": [],
        "due_days": 30,
        "invoice_fee": plain(Decimal(invoices["default_invoice_fee"])),
        "reminder_fee": invoices["default_reminder_fee"],
        "interest_rate": invoices["default_interest_rate"],
        "info": {**BLANK["info"], "message": invoices["default_message"]},
    }


def _fresh(account: Account) -> dict[str, Any]:
    now = account.stamp()
    return {
        "id": account.new_id(),
        "state": "Unattested",
        **dict.fromkeys(("invoice_no", "ocr_number", "url", "recipient_url", "attested_at", "attachment")),
        "respite_date": None,
        "reminder_count": 0,
        "delivery_method": "Letter",
        "flags": [],
        "sales_accepted": [],
        "events": [],
        "created_at": now,
        "updated_at": now,
    }


def _customer_copy(account: Account, customer: Mapping[str, Any]) -> dict[str, Any]:
    require(customer, ("customer_no",), ("customer",))
    number = customer["customer_no"]
    if number not in account.customers:
        message = f"customer not found with customer_no={number}"
        raise Refused("INVALID_PARAMETER", message, "customer_no", ["customer"])
    return copy_of(account.customers[number])


def _dates(account: Account, held: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Invoice date, due date and due days in agreement; ``due_days`` leads unless a due date was sent."""
    first = date.fromisoformat(held.get("invoice_date") or account.now().date().isoformat())
    days = held["due_days"]
    if sent.get("due_date"):
        apart = (date.fromisoformat(sent["due_date"]) - first).days
        if sent.get("due_days") not in (None, apart):
            raise Refused("INVALID_PARAMETER_COMBINATION", "due_date and due_days disagree", "due_date", [])
        days = apart
    if days < 0:
        raise Refused("INVALID_PARAMETER", "Due_date must not be before invoice_date", "due_date", [])
    due = first + timedelta(days=days)
    return {"invoice_date": first.isoformat(), "due_date": due.isoformat(), "due_days": days}


def recharge(record: Record) -> None:
    """Work the sums out again from rows and fee."""
    data = record.data
    charge(record.sums, data["items"], Decimal(data["invoice_fee"]), data["currency"])
    record.sums.rotavdrag = Decimal(data["regional_sweden"]["rotavdrag"])


def update(account: Account, record: Record, body: Mapping[str, Any]) -> Record:
    """After sending, a changed sum takes a further debit or credit invoice to be reached (section 6.1)."""
    sent = checked(ON_UPDATE, body)
    if record.data["state"] not in CHANGEABLE:
        raise illegal("update", record)
    changed = _changed(account, record, sent)
    if "attachment" in sent:
        record.attachment = None
    before = record.sums.total
    record.data |= changed
    recharge(record)
    _adjust(account, record, record.sums.total - before)
    record.data["updated_at"] = account.stamp()
    return record


def _changed(account: Account, record: Record, sent: dict[str, Any]) -> dict[str, Any]:
    held = record.data
    if "items" in sent:
        require(sent, ("items",))
        sent["items"] = answered(account, sent["items"])
    if "customer" in sent:
        sent["customer"] = _changed_copy(account, held["customer"], sent["customer"])
    whole = merged(held, _without_resets(account, sent))
    if sent.keys() & {"invoice_date", "due_date", "due_days"}:
        whole |= _dates(account, whole, sent)
    return {name: whole[name] for name in {*sent, "invoice_date", "due_date", "due_days"}}


def _without_resets(account: Account, sent: Mapping[str, Any]) -> dict[str, Any]:
    """A null resets to the default of the account (section 1.2)."""
    usual = _from_settings(account)
    return {name: usual.get(name) if value is None else value for name, value in sent.items()}


def _changed_copy(account: Account, held: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    if sent.get("customer_no", held["customer_no"]) != held["customer_no"]:
        held = _customer_copy(account, sent)
    if "name" in sent and not sent["name"]:
        raise not_set("name", ("customer",))
    changed = merged(held, sent)
    for block in ("address", "delivery_address"):
        changed[block] = changed[block] | {"city": changed[block]["city"].upper()}
    return changed


def _adjust(account: Account, record: Record, difference: Decimal) -> None:
    if record.data["state"] in DRAFT or not record.sent_at or not difference:
        return
    kind, title = ("InvoiceSent", "Invoice") if difference > 0 else ("Credit", "Credit invoice")
    letter = new_letter(account, record, title, account.take_invoice_no())
    events.add(account, record, kind, letter_data(record, letter) | {"amount": plain(abs(difference))})
    settle(account, record, "Paid" if record.sums.paid else "Credited")


def delete(account: Account, record: Record) -> dict[str, Any]:
    if record.data["state"] not in DRAFT:
        raise illegal("delete", record)
    del account.billograms[record.data["id"]]
    return {}


def full(record: Record) -> dict[str, Any]:
    """The full form: every field, the latest hundred events."""
    data, sums = record.data, record.sums
    return {
        **data,
        **_top_sums(sums),
        "invoice_fee_vat": 25 if sums.invoice_fee else 0,
        "interest_fee": pointed(sums.interest_fee),
        "rounding_value": pointed(sums.total - sums.gross),
        "detailed_sums": sums.detailed(),
        "events": data["events"][-LATEST_EVENTS:],
        **record.overrides,
    }


def compact(record: Record) -> dict[str, Any]:
    """The form of list rows."""
    whole = {**record.data, **_top_sums(record.sums), **record.overrides}
    customer = {name: whole["customer"][name] for name in ("customer_no", "name", "org_no", "email")}
    return {name: whole[name] for name in COMPACT} | {"customer": customer}


def _top_sums(sums: Sums) -> dict[str, Decimal]:
    return {"total_sum": pointed(sums.total), "remaining_sum": pointed(sums.remaining)}
