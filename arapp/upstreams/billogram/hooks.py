"""Billogram's callbacks: whether one is genuine, and what it names (reference sections 9.3 to 9.6). Pure."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from arapp.receivables.records import INVOICE, text
from arapp.upstreams.base import CUSTOMER, Hint

CHALLENGE = ""
"""What a 401 asks for; a signature cannot be asked for."""
WINDOW = 300
"""Seconds that the moment of signing may be away from ours."""
SPELLINGS = ("billogram-", "x-billogram-")
"""Both are met (9.5). A signature belongs to the moment in its own spelling and is never tried with the other's."""
MOMENT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,20})?")
SIGNATURE = re.compile(r"[0-9a-fA-F]{64}")
LONGEST_ID = 200
MOST = 50
"""Invoices of one callback that are read one by one; of more, the whole source is."""
CUSTOMERS_IN = {
    "RecipientUpdated": "customer",
    "EinvoiceRegistrationCreated": "recipient_information",
    "EinvoiceRegistrationDeleted": "recipient_information",
    "EinvoiceRegistrationIdentificationMismatch": "recipient_information",
    "EinvoiceRegistrationRecipientNotFound": "recipient_information",
    "EfakturaRegistration": "efaktura_registration",
}
"""By type of callback: what holds the customer's number (9.4)."""
CUSTOMER_KEYS = ("customer_number", "customer_no", "billogram_customer_number")
NOT_SHOWN = frozenset({"BillingTab"})


def refusal(keys: Sequence[str], headers: Mapping[str, str], body: bytes, now: float) -> str:
    """Why it is not genuine, for the log; "" when it is. Names of headers in lower case, ``now`` in unix seconds.

    The MD5 in the body protects the call's id alone and proves nothing here.
    """
    told = [(headers.get(f"{s}request-timestamp", ""), headers.get(f"{s}signature", "")) for s in SPELLINGS]
    signed = [(moment, signature) for moment, signature in told if moment and signature]
    if not signed:
        return "it is not signed"
    in_time = [pair for pair in signed if _in_time(pair[0], now)]
    if not in_time:
        return f"it was not signed within {WINDOW} seconds of now"
    fits = [_fits(key, *pair, body) for key in keys if key for pair in in_time]
    return "" if any(fits) else "its signature does not fit"


def _in_time(moment: str, now: float) -> bool:
    return bool(MOMENT.fullmatch(moment)) and abs(float(moment) - now) <= WINDOW


def _fits(key: str, moment: str, signature: str, body: bytes) -> bool:
    """Hex in either case, compared in constant time."""
    if not SIGNATURE.fullmatch(signature):
        return False
    expected = hmac.new(key.encode(), moment.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature.lower())


def hints(headers: Mapping[str, str], body: bytes) -> list[Hint]:
    """What to read because of it; one hint without an id where there is nothing. Never raises."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return [Hint(note=_("Billogram sent something that is not readable JSON."), odd=True)]
    if not isinstance(told, dict):
        return [Hint(note=_("Billogram sent JSON that is not an object."), odd=True)]
    kind = text(told.get("callback_type"))
    call_id = text(told.get("callback_id"))
    if kind == "BillogramEvent":
        return [_of_event(told, call_id)]
    if kind == "PaymentRecalled":
        return _of_recall(told, call_id)
    if kind in CUSTOMERS_IN:
        return [_of_customer(told, kind, call_id)]
    if kind in NOT_SHOWN:
        return [Hint(kind, note=_("Nothing of it is shown at the desk."), call_id=call_id)]
    sentence = _("“%(kind)s” is a kind of callback that the desk does not know.")
    return [Hint(kind, note=sentence % {"kind": kind[:60]}, odd=True)]


def _of_event(told: Mapping[str, Any], call_id: str) -> Hint:
    event = text(_part(told, "event").get("type")) or "BillogramEvent"
    return _hint(event, INVOICE, _id(_part(told, "billogram"), "id"), call_id)


def _of_recall(told: Mapping[str, Any], call_id: str) -> list[Hint]:
    """A payment that was taken back may concern several billograms."""
    payables = _part(told, "payment_recall").get("payables")
    concerned = [one for one in payables if isinstance(one, Mapping)] if isinstance(payables, list) else []
    ids = list(dict.fromkeys(_id(_part(one, "billogram"), "id") for one in concerned)) or [""]
    named = [_hint("PaymentRecalled", INVOICE, external_id, call_id) for external_id in ids[:MOST]]
    if len(ids) <= MOST:
        return named
    return [*named, Hint("PaymentRecalled", note=_("It names more invoices than are read one by one."), odd=True)]


def _of_customer(told: Mapping[str, Any], kind: str, call_id: str) -> Hint:
    return _hint(kind, CUSTOMER, _id(_part(told, CUSTOMERS_IN[kind]), *CUSTOMER_KEYS), call_id)


def _hint(event: str, kind: str, external_id: str, call_id: str) -> Hint:
    if external_id:
        return Hint(event, kind, external_id, call_id=call_id)
    return Hint(event, kind, note=_("Billogram did not say which one it is about."), odd=True)


def _part(told: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = told.get(key)
    return part if isinstance(part, Mapping) else {}


def _id(told: Mapping[str, Any], *keys: str) -> str:
    """The first of these that can be an id, "" for none."""
    values = [told[key] for key in keys if isinstance(told.get(key), str | int) and not isinstance(told[key], bool)]
    ids = [text(value).strip() for value in values]
    return next((one for one in ids if one.strip(".") and one.isprintable() and len(one) <= LONGEST_ID), "")
