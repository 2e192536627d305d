"""What an adapter makes out of a payload: frozen dataclasses, without ORM, HTTP or clock.

``None`` in a field means "the service says nothing about it" and never blanks what is stored;
an empty text means that the service says it is empty.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from arapp.receivables.money import Money, exact_decimal

INVOICE = "invoice"
CREDIT_NOTE = "credit_note"

DRAFT, OPEN, COLLECTION, PAID, CREDITED = "draft", "open", "collection", "paid", "credited"
CANCELLED, SOLD, CLOSED, UNKNOWN = "cancelled", "sold", "closed", "unknown"

WAITING, APPROVED, REJECTED = "waiting", "approved", "rejected"


class Unreadable(ValueError):
    """A payload that cannot be translated; its text is the reason shown in quarantine."""


@dataclass(frozen=True, kw_only=True)
class NamedRecord:
    """An owner, a contact, a card, a tag or an article that an invoice names."""

    external_id: str
    name: str | None = None
    email: str | None = None
    number: str | None = None


@dataclass(frozen=True, kw_only=True)
class CustomerRecord:
    external_id: str
    brief: bool = False
    """Only what an invoice says of its customer; it never overwrites a customer that was read whole."""
    number: str | None = None
    name: str | None = None
    kind: str | None = None
    email: str | None = None
    phone: str | None = None
    org_no: str | None = None
    vat_no: str | None = None
    tax_office: str | None = None
    address: str | None = None
    """Lines of the postal address, separated by line breaks."""
    country: str | None = None
    contact_name: str | None = None
    note: str | None = None
    form: Mapping[str, Any] | None = None
    """What would make this customer, in the words of ``customer.update``; None where only a list row was read."""
    archived: bool | None = None
    contacts: tuple["ChoiceRecord", ...] | None = None
    """The people there, where the service keeps them apart and they were read too."""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    payload: Mapping[str, Any] | None = None
    """The payload as it came."""
    volatile: frozenset[str] = frozenset()
    """Top-level keys of it that change without the customer having changed, such as a turnover."""


@dataclass(frozen=True, kw_only=True)
class ItemRecord:
    """An item of the service's catalogue."""

    external_id: str
    number: str | None = None
    name: str | None = None
    description: str | None = None
    unit: str | None = None
    unit_price: Decimal | None = None
    """In whole units of the currency, up to six decimals."""
    currency: str | None = None
    vat_rate: Decimal | None = None
    archived: bool | None = None
    form: Mapping[str, Any] | None = None
    """What would make it, in the words of ``item.update``."""
    updated_at: datetime | None = None
    payload: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class ChoiceRecord:
    """A row of one of the service's own lists that a person chooses from; ``kind`` is a word of ``ChoiceKind``."""

    kind: str
    external_id: str
    name: str = ""
    of: str = ""
    """External id of the customer a contact belongs to."""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PaperRecord:
    """What went out under an invoice; ``kind`` is debit, credit, reminder or letter."""

    kind: str
    external_id: str = ""
    """What its PDF is asked for by; empty where it has none of its own."""
    number: str = ""
    issued: date | None = None
    amount: Money | None = None
    delivery: str = ""
    service_state: str = ""


@dataclass(frozen=True, kw_only=True)
class LineRecord:
    position: int
    title: str = ""
    description: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    unit_price: Decimal | None = None
    """In whole units of the document's currency, up to six decimals."""
    vat_rate: Decimal | None = None
    """Percent."""
    discount: str = ""
    """In the service's own words: an absolute amount or a percentage."""
    net: Decimal | None = None
    gross: Decimal | None = None
    item: NamedRecord | None = None


@dataclass(frozen=True, kw_only=True)
class VatRecord:
    """VAT of one rate: percent, and net and VAT in whole units of the document's currency, unrounded."""

    rate: Decimal | None
    name: str = ""
    net: Decimal | None = None
    vat: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class MovementRecord:
    """Something dated that changes what is owed: a positive ``amount`` lowers the debt, a negative one raises it."""

    external_id: str
    kind: str
    """payment, credit, fee, interest, discount, write_off or recall"""
    amount: Money
    date: date
    method: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class EventRecord:
    external_id: str
    at: datetime
    kind: str
    """The service's own word."""
    text: str = ""
    person: str = ""


@dataclass(frozen=True, kw_only=True)
class InvoiceRecord:
    external_id: str
    kind: str = INVOICE
    payload: Mapping[str, Any] | None = None
    """The list row as it came; None when only the detail was read."""
    detail: Mapping[str, Any] | None = None
    """The detail as it came, with all its parts; None when only the list was read."""
    volatile: frozenset[str] = frozenset()
    """Top-level keys of both that differ at every read and mean nothing, such as a signed file address."""

    state: str = UNKNOWN
    service_state: str = ""
    service_decision: str = ""
    """waiting, approved or rejected as the service sees it; empty when its word is not known."""
    decided_at: datetime | None = None
    """When the service says that it was decided, if it does."""
    processing: str | None = None
    """BillOver's processing status."""

    number: str | None = None
    short_id: str | None = None
    title: str | None = None
    label: str | None = None
    intro: str | None = None
    note: str | None = None
    category: str | None = None
    reference: str | None = None
    """The customer's reference or order number."""
    payment_reference: str | None = None
    payment_type: str | None = None
    delivery_method: str | None = None
    language: str | None = None
    country: str | None = None
    corrects: str | None = None
    """External id of the invoice this document corrects or credits."""
    receiver_email: str | None = None
    receiver_address: str | None = None
    receiver_phone: str | None = None

    issue_date: date | None = None
    due_date: date | None = None
    due_by_terms: bool = False
    """The service knows no due date: it is issue date plus the source's terms."""
    supply_date: str | None = None
    discount_date: date | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    sent_at: datetime | None = None

    currency: str | None = None
    net: Money | None = None
    vat: Money | None = None
    gross: Money | None = None
    paid: Money | None = None
    open: Money | None = None
    own_gross: Decimal | None = None
    """Our own computation of the gross out of the lines, by the service's rules, in whole units, unrounded."""

    permissions: Mapping[str, bool] | None = None
    """The service's own five booleans, where it has them."""

    customer: CustomerRecord | None = None
    owner: NamedRecord | None = None
    changer: NamedRecord | None = None
    """Who last changed it at the service, where that is told."""
    contact: NamedRecord | None = None
    card: NamedRecord | None = None
    tags: tuple[NamedRecord, ...] | None = None

    lines: tuple[LineRecord, ...] | None = None
    vat_rates: tuple[VatRecord, ...] | None = None
    movements: tuple[MovementRecord, ...] | None = None
    events: tuple[EventRecord, ...] | None = None
    papers: tuple[PaperRecord, ...] | None = None
    form: Mapping[str, Any] | None = None
    """What would make this document, in the words of ``invoice.update``; None where only a list row was read."""
    delivery_failed: bool | None = None
    """Whether the last delivery did not arrive."""
    message_waits: bool | None = None
    """Whether a message of the customer has not been answered or looked at."""


def text(value: Any) -> str:
    """Text as people wrote it, without what no database or file takes (NUL, lone surrogates); "" for none."""
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    plain = f"{value:f}" if isinstance(value, Decimal) and abs(value.adjusted()) < 40 else str(value)
    return plain.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def told(payload: Mapping[str, Any], key: str) -> str | None:
    """The text under a key, None when the key is missing or null."""
    value = payload.get(key)
    return None if value is None else text(value)


def read_date(value: Any) -> date | None:
    """``YYYY-MM-DD`` (a time behind it is dropped); None for nothing; Unreadable otherwise."""
    if value in (None, "") or value == {}:
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise Unreadable(_("“%(value)s” is not a date.") % {"value": str(value)[:40]}) from None


def read_moment(value: Any) -> datetime | None:
    """ISO 8601 with ``T`` or a space, with or without fraction and offset (none means UTC), as aware UTC."""
    if value in (None, "") or value == {}:
        return None
    try:
        moment = datetime.fromisoformat(str(value).strip())
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable(_("“%(value)s” is not a moment.") % {"value": str(value)[:40]}) from None


def read_decimal(value: Any) -> Decimal | None:
    """An exact Decimal; None for nothing; AmountError otherwise."""
    return None if value in (None, "") or value == {} else exact_decimal(value)


def require(payload: Any, key: str) -> str:
    """The text under a key that a payload cannot be without; Unreadable when it is missing or empty."""
    if not isinstance(payload, Mapping):
        raise Unreadable(_("The entry is not an object."))
    value = text(payload.get(key))
    if not value:
        raise Unreadable(_("The entry has no “%(key)s”.") % {"key": key})
    return value


def mapping(value: Any) -> Mapping[str, Any]:
    """The object itself, or an empty one where the service sent null, text or a list."""
    return value if isinstance(value, Mapping) else {}


def rows(value: Any) -> Iterable[Mapping[str, Any]]:
    """The objects in a list; nothing where the service sent something else."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def dump(value: Any) -> str:
    """JSON text of a payload, keys in order, numbers exactly as they were read (Decimal, never float)."""
    if isinstance(value, Mapping):
        inner = ",".join(f"{json.dumps(str(k))}:{dump(v)}" for k, v in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(dump, value))}]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value)
