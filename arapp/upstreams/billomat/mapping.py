"""Clients, invoices and credit notes as records. Pure functions; they raise Unreadable or AmountError alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from arapp.receivables.money import AmountError, Money, currency_code, exact_decimal
from arapp.receivables.records import (
    APPROVED,
    CANCELLED,
    CREDIT_NOTE,
    DRAFT,
    INVOICE,
    OPEN,
    PAID,
    UNKNOWN,
    WAITING,
    CustomerRecord,
    InvoiceRecord,
    NamedRecord,
    Unreadable,
    VatRecord,
    read_date,
    read_moment,
    require,
    text,
)
from arapp.upstreams.billomat import forms
from arapp.upstreams.billomat.wire import is_none, nested

LONGEST_ID = 200
FINEST = 15
"""Decimals of rates, quantities and prices beyond which the mirror's columns do not hold them."""

STATES = {"DRAFT": DRAFT, "OPEN": OPEN, "OVERDUE": OPEN, "PAID": PAID, "CANCELED": CANCELLED}
"""Reference 5.1; one L in CANCELED."""


@dataclass(frozen=True)
class Words:
    """What a kind of document is called in paths, wrappers and fields."""

    plural: str
    singular: str
    number: str
    parent: str
    """The field by which items, comments, payments and tags name it."""
    unsettled: str
    """The states in which it may still change; a state it does not have would be refused with 400 (2.6)."""


WORDS = {
    INVOICE: Words("invoices", "invoice", "invoice_number", "invoice_id", "DRAFT,OPEN,OVERDUE"),
    CREDIT_NOTE: Words("credit-notes", "credit-note", "credit_note_number", "credit_note_id", "DRAFT,OPEN"),
}


def said(payload: Mapping[str, Any], name: str) -> str | None:
    """Text as told; None, which keeps what is stored, for a missing key, null and what is no text.

    What is empty comes as "" or ``{}``; null is seen only where a value was never filled (3.2).
    """
    value = payload.get(name)
    return None if value is None or (isinstance(value, dict | list) and value) else text(value)


def identity(payload: Any, name: str = "id") -> str:
    """The id that an object cannot be without. Unreadable when there is none or it is too long to be one."""
    value = require(payload, name)
    if len(value) > LONGEST_ID:
        raise Unreadable(_("The “%(name)s” has %(count)d characters.") % {"name": name, "count": len(value)})
    return value


def reference(payload: Mapping[str, Any], name: str) -> str:
    """The id of another object, "" for none."""
    return identity(payload, name) if text(payload.get(name)) else ""


def exact(payload: Mapping[str, Any], name: str) -> Decimal | None:
    """An exact number without padding zeros (2012 sent them, 3.2). AmountError when it is none or too fine."""
    value = payload.get(name)
    if is_none(value):
        return None
    number = exact_decimal(value)
    if not number:
        return Decimal(0)
    if number.as_tuple().exponent < -4 * FINEST:
        raise AmountError(_too_fine(str(value)))
    plain = f"{number:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    if len(plain.partition(".")[2]) > FINEST:
        raise AmountError(_too_fine(plain))
    return Decimal(plain)


def _too_fine(value: str) -> str:
    return _("“%(value)s” has too many decimals.") % {"value": value[:40]}


def percent(payload: Mapping[str, Any], name: str) -> Decimal | None:
    """A rate in percent. AmountError beyond 999."""
    rate = exact(payload, name)
    if rate is not None and abs(rate) >= 1000:
        raise AmountError(_("“%(value)s” is not a percentage.") % {"value": rate})
    return rate


def amount(payload: Mapping[str, Any], name: str, currency: str) -> Money | None:
    """A document's amount. AmountError when it has more decimals than the currency."""
    value = payload.get(name)
    return None if is_none(value) else Money.parse(value, currency)


def total(payload: Mapping[str, Any], name: str, currency: str) -> Money:
    """An amount that no document is without, not even an empty draft (3.4)."""
    found = amount(payload, name, currency)
    if found is None:
        raise Unreadable(_("The entry has no “%(key)s”.") % {"key": name})
    return found


# clients


def customer(payload: Any) -> CustomerRecord:
    """A client (4.1)."""
    return CustomerRecord(
        external_id=identity(payload),
        number=said(payload, "client_number"),
        name=name_of(payload) if "name" in payload or "last_name" in payload else None,
        email=said(payload, "email"),
        phone=said(payload, "phone") or said(payload, "mobile"),
        org_no=said(payload, "tax_number"),
        vat_no=said(payload, "vat_number"),
        address=_address(payload),
        country=said(payload, "country_code"),
        contact_name=person_name(payload) if text(payload.get("name")) else None,
        note=said(payload, "note"),
        form=forms.client(payload) or None,
        archived=text(payload["archived"]) == "1" if "archived" in payload else None,
        created_at=read_moment(payload.get("created")),
        updated_at=read_moment(payload.get("updated")),
        payload=payload,
        volatile=frozenset({"revenue_gross", "revenue_net"}),
    )


def name_of(payload: Mapping[str, Any]) -> str:
    """The name of a company, of a person where there is none, or the label of a contact."""
    return text(payload.get("name")) or person_name(payload) or text(payload.get("label"))


def person_name(payload: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (text(payload.get(part)).strip() for part in ("first_name", "last_name"))))


def _address(payload: Mapping[str, Any]) -> str | None:
    """The assembled postal block, else street and place; None when the client says nothing of either."""
    told = said(payload, "address")
    if told or not {"street", "zip", "city"} & set(payload):
        return told
    place = " ".join(filter(None, (text(payload.get(part)) for part in ("zip", "city"))))
    return "\n".join(filter(None, (text(payload.get("street")), place)))


# invoices and credit notes


def document(kind: str, payload: Any) -> InvoiceRecord:
    """A row of the list, which is also what a single GET answers (3.1).

    A draft's number is provisional and never stored (4.4). The contact's name stands elsewhere, so that it comes
    with the detail. Dates and the address are those of the document, which do not follow the client (10).
    """
    words = WORDS[kind]
    external_id, status = identity(payload), require(payload, "status")
    currency = currency_code(require(payload, "currency_code"))
    net, gross = total(payload, "total_net", currency), total(payload, "total_gross", currency)
    draft = status == "DRAFT"
    return InvoiceRecord(
        external_id=external_id,
        kind=kind,
        payload=payload,
        volatile=frozenset({words.number}) if draft else frozenset(),
        state=STATES.get(status, UNKNOWN),
        service_state=status,
        service_decision=_decision(status),
        number="" if draft else said(payload, words.number),
        title=said(payload, "title"),
        label=said(payload, "label"),
        intro=said(payload, "intro"),
        note=said(payload, "note"),
        payment_type=said(payload, "payment_types"),
        corrects=said(payload, "invoice_id"),
        receiver_address=said(payload, "address"),
        issue_date=read_date(payload.get("date")),
        due_date=read_date(payload.get("due_date")),
        supply_date=said(payload, "supply_date"),
        discount_date=read_date(payload.get("discount_date")),
        created_at=read_moment(payload.get("created")),
        updated_at=read_moment(payload.get("updated")),
        currency=currency,
        net=net,
        vat=gross - net,
        gross=gross,
        paid=amount(payload, "paid_amount", currency),
        open=amount(payload, "open_amount", currency),
        customer=_brief_customer(payload),
        vat_rates=tuple(_vat(block) for block in nested(payload, "taxes", "tax")),
    )


def _decision(status: str) -> str:
    """Whoever completed a draft approved it; a word we do not know decides nothing."""
    if status == "DRAFT":
        return WAITING
    return APPROVED if status in STATES else ""


def _brief_customer(payload: Mapping[str, Any]) -> CustomerRecord | None:
    """As much as a document says of its client: the id, and the first line of the postal block."""
    external_id = reference(payload, "client_id")
    lines = [line.strip() for line in text(payload.get("address")).splitlines() if line.strip()]
    return CustomerRecord(external_id=external_id, brief=True, name=next(iter(lines), None)) if external_id else None


def _vat(block: Mapping[str, Any]) -> VatRecord:
    """One tax block; ``amount_net`` is finer than a cent, and was not sent in early years (7)."""
    return VatRecord(
        rate=percent(block, "rate"),
        name=text(block.get("name")),
        net=exact(block, "amount_net"),
        vat=exact(block, "amount"),
    )


# what documents name


def user(payload: Any) -> NamedRecord:
    """A user of the account (4.14)."""
    return _named(payload, person_name(payload) if isinstance(payload, Mapping) else "")


def contact(payload: Any) -> NamedRecord:
    """A person at a client (4.2); the person's own name goes before the company's it inherits."""
    return _named(payload, person_name(payload) or name_of(payload) if isinstance(payload, Mapping) else "")


def article(payload: Any) -> NamedRecord:
    """An article (4.3)."""
    external_id = identity(payload)
    return NamedRecord(
        external_id=external_id, name=text(payload.get("title")), number=said(payload, "article_number")
    )


def _named(payload: Any, name: str) -> NamedRecord:
    return NamedRecord(external_id=identity(payload), name=name, email=said(payload, "email"))
