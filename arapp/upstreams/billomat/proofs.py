"""Whether a record shows what an order asks for, by its ``form``. Pure functions, as ``Act.shows``."""

from arapp.receivables.records import ChoiceRecord, CustomerRecord, InvoiceRecord, ItemRecord, text
from arapp.upstreams.base import Order
from arapp.upstreams.billomat.bodies import wanted_line
from arapp.upstreams.billomat.fields import (
    ARTICLE,
    CLIENT,
    CONTACT,
    DOCUMENT,
    LINE,
    NUMBER,
    PLACE,
    TERMS,
    TEXT,
    Data,
    Field,
    differing,
)
from arapp.upstreams.billomat.noting import tagged

NAMED = {"unit": Field("unit", TEXT), "vat_rate": Field("vat_rate", NUMBER)}
"""What an article names by id, and its form by name."""


def client(order: Order, record: CustomerRecord) -> int:
    form = record.form or {}
    own = differing({**CLIENT, **TERMS}, order.data, form)
    return int(not own and _same_place(order.data, form) and _same_number(order.data, record))


def _same_place(data: Data, form: Data) -> bool:
    return not differing(PLACE, data.get("address", {}), form.get("address", {}))


def _same_number(data: Data, record: CustomerRecord | ItemRecord) -> bool:
    """Digits alone are told without their prefix, which is the account's."""
    wanted = text(data.get("number")).strip()
    return wanted in ("", record.number, text((record.payload or {}).get("number")))


def article(order: Order, record: ItemRecord) -> int:
    own = differing({**ARTICLE, **NAMED}, order.data, record.form or {})
    return int(not own and _same_number(order.data, record))


# contacts


def contact_made(order: Order, record: CustomerRecord) -> int:
    """How many people there are just as the order describes one; a contact has no place for our reference."""
    return sum(_is_as_told(order, person) for person in record.contacts or ())


def contact_changed(order: Order, record: CustomerRecord) -> int:
    return sum(_is_as_told(order, person) for person in record.contacts or () if _is_meant(order, person))


def _is_meant(order: Order, person: ChoiceRecord) -> bool:
    return person.external_id == order.data["contact"]


def _is_as_told(order: Order, person: ChoiceRecord) -> bool:
    return not differing(CONTACT, order.data, person.data) and _same_place(order.data, person.data)


# documents


def made_with_tags(order: Order, record: InvoiceRecord) -> int:
    return tagged(order, record) if order.data.get("tags") else 1


def document(order: Order, record: InvoiceRecord) -> int:
    known = not order.data.get("free_text") and not differing_head(order, record)
    return int(known and lines_shown(order.data, record.form or {}))


def differing_head(order: Order, record: InvoiceRecord) -> list[str]:
    """The names of what the document itself does not show, its lines aside."""
    days = {"due_days": text((record.payload or {}).get("due_days"))}
    return differing(DOCUMENT, order.data, {**(record.form or {}), **days})


def lines_shown(data: Data, form: Data) -> bool:
    if "lines" not in data:
        return True
    found = form.get("lines", ())
    return len(data["lines"]) == len(found) and all(map(line_shown, data["lines"], found))


def line_shown(wanted: Data, found: Data) -> bool:
    return not differing(LINE, wanted_line(wanted), found)
