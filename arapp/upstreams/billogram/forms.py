"""Billogram's payloads in the words of our actions: pure functions that leave out what is empty and never fail."""

from collections.abc import Mapping
from typing import Any

from arapp.receivables.money import AmountError
from arapp.receivables.records import mapping, rows, text
from arapp.upstreams.billogram.fields import exact
from arapp.upstreams.billogram.spelling import (
    ADDRESS,
    AMOUNTS,
    COLLECTION,
    CONTACT,
    CUSTOMER,
    INFO,
    INVOICE,
    ITEM,
    LINE,
    PLACES,
    REMINDER_STEP,
    WHOLE,
    YES_NO,
)

Form = dict[str, Any]


def customer(payload: Mapping[str, Any]) -> Form:
    """In the words of ``customer.update``."""
    places = {place: _place(mapping(payload.get(place)), words) for place, words in PLACES.items()}
    return {
        **_told(payload, {"number": "customer_no", **CUSTOMER}),
        **_told(mapping(payload.get("contact")), CONTACT),
        **{place: found for place, found in places.items() if found},
    }


def _place(place: Mapping[str, Any], words: Mapping[str, str]) -> Form:
    """The street in its old spelling where the new one is not there (section 4)."""
    street = place.get(ADDRESS["street"]) or place.get("street_address")
    return _told({**place, ADDRESS["street"]: street}, words)


def item(payload: Mapping[str, Any]) -> Form:
    """In the words of ``item.update``."""
    return _told(payload, {"number": "item_no", **ITEM})


def invoice(payload: Mapping[str, Any]) -> Form:
    """In the words of ``invoice.update``; the due date stands for the due days."""
    words = {ours: theirs for ours, theirs in INVOICE.items() if ours != "due_days"}
    steps = [_told(row, REMINDER_STEP) for row in rows(payload.get("automatic_reminders_settings"))]
    collection = _told(mapping(payload.get("automatic_collection")), COLLECTION)
    return {
        **_told(mapping(payload.get("customer")), {"customer": "customer_no"}),
        **_told(payload, words),
        **_told(mapping(payload.get("info")), INFO),
        "lines": [line(row) for row in rows(payload.get("items"))],
        **({"reminder_steps": steps} if steps else {}),
        **({"automatic_collection": collection} if collection else {}),
    }


def line(row: Mapping[str, Any]) -> Form:
    """In the words of a line."""
    found = _told(row, LINE)
    return {key: value for key, value in found.items() if (key, value) != ("discount", "0")}


def _told(payload: Mapping[str, Any], words: Mapping[str, str]) -> Form:
    found = {ours: _value(ours, payload, theirs) for ours, theirs in words.items()}
    return {ours: value for ours, value in found.items() if value != ""}


def _value(name: str, payload: Mapping[str, Any], key: str) -> str | int | bool:
    value = payload.get(key)
    if name in YES_NO:
        return value if isinstance(value, bool) else ""
    if name not in AMOUNTS | WHOLE:
        return text(value)
    number = _number(payload, key)
    return int(number) if name in WHOLE and number.isdigit() else number


def _number(payload: Mapping[str, Any], key: str) -> str:
    try:
        found = exact(payload, key)
    except AmountError:
        return ""
    return "" if found is None else f"{found:f}"
