"""Our data as bodies of Billogram's calls: pure functions (reference sections 4 to 6 and 8).

What is not given is not sent; an empty text empties the field, but null resets what has a default (section 1.2).
"""

import base64
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from arapp.receivables.money import exact_decimal
from arapp.receivables.records import mapping, rows, text
from arapp.upstreams.base import Order
from arapp.upstreams.billogram import comparing, forms, kept
from arapp.upstreams.billogram.calls import NotOffered
from arapp.upstreams.billogram.fields import exact
from arapp.upstreams.billogram.spelling import (
    AMOUNTS,
    CODES,
    COLLECTION,
    CONTACT,
    CUSTOMER,
    DAYS,
    DEFAULTED,
    INFO,
    INVOICE,
    ITEM,
    LINE,
    PLACES,
    REMINDER_STEP,
    WHOLE,
)

Data = Mapping[str, Any]
Body = dict[str, Any]

CENTS = Decimal("0.01")


def customer(data: Data) -> Body:
    body = _spelled(data, CUSTOMER)
    if data.get("number"):
        body["customer_no"] = number(data["number"])
    if contact := _spelled(data, CONTACT):
        body["contact"] = contact
    for place, words in PLACES.items():
        if found := _spelled(mapping(data.get(place)), words):
            body[place] = found
    return body


def item(data: Data) -> Body:
    """Automatic numbering takes leaving the number out, not null (section 1.2)."""
    return _spelled(data, ITEM) | ({"item_no": data["number"]} if data.get("number") else {})


def invoice(data: Data, held: Sequence[Data] = ()) -> Body:
    """The fields of a billogram; ``held`` are the rows that it has, whose accounts its lines keep."""
    body = _spelled(comparing.with_one_due(data), INVOICE)
    if data.get("customer"):
        body["customer"] = {"customer_no": number(data["customer"])}
    if "lines" in data:
        beside = kept.beside(data["lines"], held)
        body["items"] = [_line(row) | more for row, more in zip(data["lines"], beside, strict=True)]
    if info := _spelled(data, INFO):
        body["info"] = info
    if "reminder_steps" in data:
        body["automatic_reminders_settings"] = [_spelled(step, REMINDER_STEP) for step in data["reminder_steps"]]
    if collection := _spelled(mapping(data.get("automatic_collection")), COLLECTION):
        body["automatic_collection"] = collection
    return body


def lacking(wanted: Data, held: Data, customer: Data) -> Body:
    """What brings a billogram to the data, nothing when it is so; ``customer``, if any, is whom its copy has to show.

    Rows that stay as they are are not sent: they could make a debit or a credit invoice (section 6.1).
    """
    found = comparing.changes(wanted, comparing.with_due_days(forms.invoice(held)))
    body = invoice(found, list(rows(held.get("items"))))
    if customer and (copied := kept.customer_copy(mapping(held.get("customer")), customer)):
        body["customer"] = {"customer_no": number(text(customer.get("customer_no"))), **copied}
    return body


def new_invoice(order: Order) -> Body:
    """With our own reference to find it by, and sent in the same step where that is asked for (section 6.7)."""
    body = invoice(order.data) | {"creditor_unique_value": order.reference}
    return body | ({"on_success": {"command": "send", **sending(order)}} if order.data.get("send") else {})


def sending(order: Order) -> Body:
    return {"method": text(order.data.get("method")) or "Email"}


def resend(order: Order) -> Body:
    return _given(order.data, {"method": "method"})


def remind(order: Order) -> Body:
    return _given(order.data, {"method": "method", "body": "message"})


def message(order: Order) -> Body:
    return {"message": text(order.data.get("body"))}


def attachment(order: Order) -> Body:
    file = order.files[order.data["file"]]
    if not file.content.startswith(b"%PDF"):
        raise NotOffered(_("Billogram takes a PDF as attachment, nothing else."))
    return {"filename": file.filename, "content": base64.b64encode(file.content).decode()}


def payment(order: Order) -> Body:
    return {"amount": exact_decimal(order.data["amount"])}


def respite(order: Order) -> Body:
    return {"date": order.data["date"]}


def credit_payment(order: Order) -> Body:
    return _given(order.data, {"mode": "mode", "amount": "amount"})


def credit(order: Order, held: Sequence[Data]) -> Body:
    """``held`` are the item rows of the billogram, of which mode ``items`` credits some (section 8)."""
    body = _given(order.data, {"mode": "mode", "amount": "amount", "method": "method"})
    if order.data["mode"] == "items":
        body["items"] = [_credited(line, held) for line in order.data.get("lines", ())]
    return body


def nothing(order: Order) -> Body:
    return {}


def number(value: str) -> int | str:
    """A customer number is an integer (section 1.1); what is none is left to the service to refuse."""
    return int(value) if value.isascii() and value.isdigit() else value


def _spelled(data: Data, words: Mapping[str, str]) -> Body:
    return {theirs: _value(ours, data[ours]) for ours, theirs in words.items() if ours in data}


def _given(data: Data, words: Mapping[str, str]) -> Body:
    """The same without what is empty."""
    return _spelled({key: value for key, value in data.items() if value not in (None, "")}, words)


def _value(name: str, value: Any) -> Any:
    if name in AMOUNTS | WHOLE | DAYS | DEFAULTED and value in (None, ""):
        return None
    if name in AMOUNTS:
        return exact_decimal(value)
    if name in CODES:
        return text(value).upper()
    return int(exact_decimal(value)) if name in WHOLE else value


def _line(row: Data) -> Body:
    """Empty fields are left out: the service's own default, or what the stored item says, holds (section 6.4)."""
    if "%" in text(row.get("discount")):
        raise NotOffered(_("Billogram takes a discount as an amount off the line, not in percent."))
    return _given(row, LINE)


def _credited(line: Data, held: Sequence[Data]) -> Body:
    """A row of a credit carries a negative count (section 8); its price is the row's, less its share of discount."""
    position = int(exact_decimal(line["position"]))
    if not 1 <= position <= len(held):
        raise NotOffered(_("The invoice has no line %(position)d.") % {"position": position})
    row = held[position - 1]
    named = {key: row[key] for key in ("title", "description", "unit") if row.get(key)}
    book = mapping(row.get("bookkeeping"))
    accounts = {key: book[key] for key in ("income_account", "vat_account") if book.get(key)}
    return {
        **named,
        "count": -exact_decimal(line["quantity"]),
        "price": _price_after_discount(row, position),
        "vat": exact(row, "vat"),
        **({"bookkeeping": accounts} if accounts else {}),
    }


def _price_after_discount(row: Data, position: int) -> Decimal:
    """NotOffered when the discount of the row cannot be shared out to its pieces exactly."""
    count, price = exact(row, "count") or Decimal(0), exact(row, "price") or Decimal(0)
    discount = exact(row, "discount")
    if not discount or not count:
        return price
    share = price - discount / count
    if share != share.quantize(CENTS) or share * count != price * count - discount:
        sentence = _("The discount of line %(position)d cannot be shared out exactly; credit an amount instead.")
        raise NotOffered(sentence % {"position": position})
    return share
