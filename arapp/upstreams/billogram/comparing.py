"""What of our data a form does not show yet: pure functions, for proofs, for look-ups and for what has to be sent."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from arapp.receivables.money import AmountError, exact_decimal
from arapp.receivables.records import mapping, text
from arapp.upstreams.billogram.spelling import (
    AMOUNTS,
    CODES,
    COLLECTION,
    CONTACT,
    CUSTOMER,
    DEFAULTED,
    FREELY_SPACED,
    INFO,
    INVOICE,
    ITEM,
    PLACES,
    SET_BY_SERVICE,
    WHOLE,
)

Data = Mapping[str, Any]

OF_CUSTOMER = {"number", *CUSTOMER, *CONTACT, *PLACES}
OF_ITEM = {"number", *ITEM}
OF_INVOICE = {"customer", "lines", "reminder_steps", "automatic_collection", *INVOICE, *INFO}
TOGETHER = (CONTACT, INFO)
"""Fields of ours that share one object there: whether a part of it may be sent alone is not found (section 1.2)."""


def of_customer(data: Data) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key in OF_CUSTOMER}


def of_item(data: Data) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key in OF_ITEM}


def of_invoice(data: Data) -> dict[str, Any]:
    """What of the data a billogram shows."""
    found = {key: value for key, value in with_one_due(data).items() if key in OF_INVOICE}
    if "automatic_collection" in found:
        found["automatic_collection"] = {**dict.fromkeys(COLLECTION, ""), **found["automatic_collection"]}
    return found


def with_one_due(data: Data) -> dict[str, Any]:
    """Of two ways to say when it is due the day counts, unless it is emptied."""
    if not {"due_date", "due_days"} <= data.keys():
        return dict(data)
    other = "due_date" if data["due_date"] == "" and data["due_days"] != "" else "due_days"
    return {key: value for key, value in data.items() if key != other}


def demanded(wanted: Data) -> dict[str, Any]:
    """Without what is emptied and the service then sets itself: no value of it shows whether that was done."""
    return {
        key: demanded(value) if isinstance(value, Mapping) else value
        for key, value in wanted.items()
        if value != "" or key not in DEFAULTED
    }


def with_due_days(form: Data) -> dict[str, Any]:
    """The form with the days between issue and due date, so that data in either words can be compared."""
    try:
        days = (date.fromisoformat(form["due_date"]) - date.fromisoformat(form["issue_date"])).days
    except (KeyError, ValueError):
        return dict(form)
    return {**form, "due_days": days}


def changes(wanted: Data, form: Data) -> dict[str, Any]:
    """What of ``wanted`` the form does not show. An object is told with all that is known of it."""
    found = {key: _new(key, value, form.get(key)) for key, value in wanted.items() if _differs(key, value, form)}
    for words in TOGETHER:
        if found.keys() & words.keys():
            found = {**{key: form[key] for key in words if key in form}, **found}
    return found


def _new(key: str, value: Any, shown: Any) -> Any:
    return {**mapping(shown), **value} if isinstance(value, Mapping) else value


def _differs(key: str, value: Any, form: Data) -> bool:
    shown = form.get(key)
    if isinstance(value, Mapping):
        return any(_differs(inner, each, mapping(shown)) for inner, each in value.items())
    if isinstance(value, list):
        return not _same_rows(value, shown or [])
    return not same(key, value, shown)


def _same_rows(wanted: Sequence[Data], shown: Sequence[Data]) -> bool:
    """A list is replaced as a whole (section 6.3): what a row does not name is to be empty."""
    return len(wanted) == len(shown) and all(map(same_row, wanted, shown))


def same_row(row: Data, there: Data) -> bool:
    """A stored item gives what its row does not name, but never a discount (section 6.4)."""
    named = {"discount": "", **{key: value for key, value in row.items() if value != ""}}
    differs = any(_differs(key, value, there) for key, value in named.items())
    return not differs and (bool(row.get("item")) or not _more(named, there))


def same(key: str, value: Any, shown: Any) -> bool:
    """Whether two values of a field of ours mean the same; nothing is as zero, empty or no."""
    if isinstance(value, bool) or isinstance(shown, bool):
        return bool(value) == bool(shown)
    if key in AMOUNTS | WHOLE:
        return _number(value) == _number(shown)
    return _plain(key, value) == _plain(key, shown)


def _number(value: Any) -> Any:
    try:
        return exact_decimal(text(value) or "0")
    except AmountError:
        return value


def _plain(key: str, value: Any) -> str:
    found = text(value).replace("\r\n", "\n").strip()
    found = found.upper() if key in CODES else found
    return "".join(found.replace("-", "").split()) if key in FREELY_SPACED else found


def made_of(wanted: Data, form: Data) -> bool:
    """Whether the form shows exactly this data and nothing else but what the service fills in by itself."""
    return not changes(wanted, form) and not _more(wanted, form)


def _more(wanted: Data, form: Data) -> bool:
    for key, value in form.items():
        if isinstance(value, Mapping):
            if _more(mapping(wanted.get(key)), value):
                return True
        elif key not in wanted and key not in SET_BY_SERVICE:
            return True
    return False
