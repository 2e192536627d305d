"""Billogram's payloads as records: pure functions. Sections named here are those of the service's reference."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from arapp.receivables.money import Money
from arapp.receivables.records import (
    APPROVED,
    CLOSED,
    COLLECTION,
    CREDITED,
    DRAFT,
    OPEN,
    PAID,
    SOLD,
    UNKNOWN,
    WAITING,
    CustomerRecord,
    InvoiceRecord,
    NamedRecord,
    Unreadable,
    read_date,
    read_moment,
    text,
)
from arapp.upstreams.base import CUSTOMERS, INVOICES, ITEMS
from arapp.upstreams.billogram import forms
from arapp.upstreams.billogram.activity import events, movements
from arapp.upstreams.billogram.catalogue import item
from arapp.upstreams.billogram.fields import currency_of, demand, identity, money, part, parts, said
from arapp.upstreams.billogram.lines import line, own_gross, vat_rates
from arapp.upstreams.billogram.papers import delivery_failed, flagged, message_waits, papers

STATES = {
    "Unattested": DRAFT,
    "FactoringDenied": DRAFT,
    "Sending": OPEN,
    "Unpaid": OPEN,
    "PartlyPaid": OPEN,
    "Overdue": OPEN,
    "Reminder_1": OPEN,
    "Reminder_2": OPEN,
    "Reminder_3": OPEN,
    "Reminder_Many": OPEN,
    "Collecting": COLLECTION,
    "Collection": COLLECTION,
    "Factoring": SOLD,
    "Sold": SOLD,
    "Paid": PAID,
    "Credited": CREDITED,
    "CollectorEnded": CLOSED,
    "Ended": CLOSED,
}
"""Section 7.1. ``Deleted`` is not here: it is seen in callbacks only."""

NOT_FINAL = tuple(
    word
    for word, state in STATES.items()
    if (state in (DRAFT, OPEN, COLLECTION) and word != "Sending") or word == "Factoring"
)
"""What may still change by itself, as far as a list ever shows it: ``Sending`` it does not (section 7.1)."""

ID_KEYS = {CUSTOMERS: "customer_no", ITEMS: "item_no", INVOICES: "id"}
DETAIL_KEYS = ("customer", "items", "currency", "total_sum", "remaining_sum", "detailed_sums", "events")
"""What every full billogram has (section 6.3)."""
STREETS = ("street_address", "address_line_1", "address_line_2", "address_line_3")
"""The old and the new spelling (section 4); both may be there and say the same."""


def entry_id(stream: str, entry: Any) -> str:
    """The id of a list row, "" when it has none. Never raises."""
    return text(entry.get(ID_KEYS.get(stream, ""))) if isinstance(entry, Mapping) else ""


def service_decision(word: str) -> str:
    """What the service's state says of the decision: ``Unattested`` waits, every later state it knows is approved."""
    if word not in STATES:
        return ""
    return WAITING if word == "Unattested" else APPROVED


def latest_change(stream: str, entry: Any, field: str) -> datetime | None:
    """The moment under ``field``, or one that is certainly not before it; None when the row tells none.

    Compact rows lack ``attested_at`` (section 6.2); ``updated_at`` is never before it. What has no invoice number
    was never attested (section 6.3).
    """
    if not isinstance(entry, Mapping) or (stream == INVOICES and entry.get("invoice_no") is None):
        return None
    told = entry.get(field) or (entry.get("updated_at") if stream == INVOICES else None)
    try:
        return read_moment(told)
    except Unreadable:
        return None


def customer(payload: Any) -> CustomerRecord:
    """A customer as ``GET /customer`` answers it (section 4). Unreadable when it cannot be."""
    number = identity(payload, "customer_no")
    demand(payload, ("name",))
    contact, place = part(payload, "contact"), part(payload, "address")
    return CustomerRecord(
        external_id=number,
        number=number,
        name=said(payload, "name"),
        kind=said(payload, "company_type"),
        org_no=said(payload, "org_no"),
        vat_no=said(payload, "vat_no"),
        email=said(contact, "email"),
        phone=said(contact, "phone"),
        contact_name=said(contact, "name"),
        address=told_address(place),
        country=said(place, "country"),
        note=said(payload, "notes"),
        form=forms.customer(payload),
        created_at=read_moment(payload.get("created_at")),
        updated_at=read_moment(payload.get("updated_at")),
        payload=payload,
    )


def told_address(place: Mapping[str, Any]) -> str | None:
    """The address; None, which keeps what is stored, where nothing of it is told but null."""
    told = any(place.get(key) is not None for key in (*STREETS, "zipcode", "city"))
    return postal_address(place) if told else None


def postal_address(place: Mapping[str, Any]) -> str:
    """The lines of an address, without the country; "" when it has neither street nor zip code nor city."""
    streets = [text(place.get(key)) for key in STREETS]
    town = " ".join(_filled(text(place.get(key)) for key in ("zipcode", "city")))
    if not any(_filled([*streets, town])):
        return ""
    names = [text(place.get(key)) for key in ("organization", "attention", "careof")]
    regions = [text(place.get(key)) for key in ("dependent_locality", "administrative_area")]
    return "\n".join(dict.fromkeys(_filled([*names, *streets, regions[0], town, regions[1]])))


def _filled(texts: Iterable[str]) -> list[str]:
    return [found for found in map(str.strip, texts) if found]


def invoice(payload: Any) -> InvoiceRecord:
    """A list row: compact, or as much of the full form as it shows (section 6.2)."""
    return InvoiceRecord(payload=payload, **_fields(payload), **flagged(payload.get("flags")))


def detail(payload: Any, row: Mapping[str, Any] | None = None) -> InvoiceRecord:
    """A full billogram with all its events. Unreadable when one of its parts is missing or of the wrong type."""
    fields = _fields(payload)
    demand(payload, DETAIL_KEYS)
    currency = fields["currency"]
    lines = tuple(line(place, each, currency) for place, each in enumerate(parts(payload, "items"), 1))
    blocks = vat_rates(payload)
    log, sums = parts(payload, "events"), part(payload, "detailed_sums")
    return InvoiceRecord(
        payload=row,
        detail=payload,
        **fields,
        lines=lines,
        vat_rates=blocks,
        own_gross=own_gross(payload, lines, blocks),
        movements=movements(log, currency, money(sums, "interest_fee", currency)),
        events=events(log, currency),
        papers=papers(log, currency),
        form=forms.invoice(payload),
        delivery_failed=delivery_failed(log, payload.get("flags")),
        message_waits=message_waits(log, payload.get("flags")),
    )


def _fields(payload: Any) -> dict[str, Any]:
    """What list rows and full billograms have in common, each as far as the payload has it."""
    external_id = identity(payload, "id")
    word = identity(payload, "state")
    return {
        "external_id": external_id,
        "state": STATES.get(word, UNKNOWN),
        "service_state": word,
        "service_decision": service_decision(word),
        **_texts(payload),
        **_moments(payload, service_decision(word) == APPROVED),
        **_amounts(payload),
        **_receiver(part(payload, "customer")),
        "tags": _flags(payload),
    }


def _texts(payload: Mapping[str, Any]) -> dict[str, Any]:
    info = part(payload, "info")
    return {
        "number": said(payload, "invoice_no"),
        "short_id": said(payload, "creditor_unique_value"),
        "title": "",
        "note": said(info, "message"),
        "reference": _reference(info),
        "payment_reference": said(payload, "ocr_number"),
        "delivery_method": said(payload, "delivery_method"),
        "supply_date": said(info, "delivery_date"),
    }


def _reference(info: Mapping[str, Any]) -> str | None:
    """Order number, reference number and the customer's person, as far as there are any; all of them are sought."""
    found = [said(info, key) for key in ("order_no", "reference_number", "your_reference")]
    told = [each for each in found if each is not None]
    return ", ".join(dict.fromkeys(_filled(told))) if told else None


def _moments(payload: Mapping[str, Any], issued: bool) -> dict[str, Any]:
    """Dates, and moments in UTC (timestamp A, section 1.1). Sending is what attests, so it is the decision too."""
    attested = read_moment(payload.get("attested_at"))
    return {
        "issue_date": read_date(payload.get("invoice_date")),
        "due_date": read_date(payload.get("due_date")),
        "created_at": read_moment(payload.get("created_at")),
        "updated_at": read_moment(payload.get("updated_at")),
        "sent_at": attested,
        "decided_at": attested if issued else None,
    }


def _amounts(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Document totals; ``total_sum`` is the one after rounding (section 6.6)."""
    currency, sums = currency_of(payload), part(payload, "detailed_sums")
    return {
        "currency": currency,
        "net": money(sums, "net_sum", currency),
        "vat": money(sums, "vat_sum", currency),
        "gross": money(payload, "total_sum", currency),
        "paid": _paid(sums, currency),
        "open": money(payload, "remaining_sum", currency),
    }


def _paid(sums: Mapping[str, Any], currency: str | None) -> Money | None:
    """What came in directly and by way of the collector. The service writes it negative (section 6.6)."""
    found = [money(sums, key, currency) for key in ("paid_sum", "collector_paid_sum")]
    told = [each for each in found if each is not None]
    return Money(sum(abs(each.minor) for each in told), told[0].currency) if told else None


def _receiver(copy: Mapping[str, Any]) -> dict[str, Any]:
    """The billogram's own copy of the customer; that is where it is sent to (section 13, number 6)."""
    place = part(copy, "address")
    return {
        "receiver_email": said(copy, "email"),
        "receiver_phone": said(copy, "phone"),
        "receiver_address": told_address(place),
        "country": said(place, "country"),
        "customer": _brief_customer(copy),
    }


def _brief_customer(copy: Mapping[str, Any]) -> CustomerRecord | None:
    """Only what list rows tell as well, so that lists and details say the same of a customer we do not have."""
    if copy.get("customer_no") is None:
        return None
    number = identity(copy, "customer_no")
    told = {key: said(copy, key) for key in ("name", "org_no", "email")}
    return CustomerRecord(external_id=number, brief=True, number=number, **told)


def _flags(payload: Mapping[str, Any]) -> tuple[NamedRecord, ...] | None:
    """Flags such as ``delivery failed`` (section 7.3)."""
    if not isinstance(payload.get("flags"), list):
        return None
    names = dict.fromkeys(text(flag)[:100] for flag in payload["flags"] if isinstance(flag, str) and flag)
    return tuple(NamedRecord(external_id=name, name=name) for name in names)


READERS = {CUSTOMERS: customer, ITEMS: item, INVOICES: invoice}
"""By stream: what translates a row of its list."""
