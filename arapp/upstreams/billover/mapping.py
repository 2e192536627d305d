"""What BillOver's payloads mean, as pure functions; sections and A-numbers are those of the service's reference."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from arapp.receivables.money import AmountError, Money, currency_code
from arapp.receivables.records import (
    APPROVED,
    CLOSED,
    DRAFT,
    OPEN,
    REJECTED,
    UNKNOWN,
    WAITING,
    ChoiceRecord,
    CustomerRecord,
    InvoiceRecord,
    NamedRecord,
    Unreadable,
    mapping,
    read_date,
    read_moment,
    text,
)
from arapp.upstreams.billover import forms, parts
from arapp.upstreams.billover.forms import FINISHED

PROCESSING, FAILED = "processing", "failed"
PERMISSIONS = ("can_update", "can_delete", "can_approve", "can_reject", "can_remove_approval")
STATE_OF_DECISION = {WAITING: OPEN, APPROVED: OPEN, REJECTED: CLOSED}
VOLATILE = frozenset({"file"})
"""The address of the document is signed anew at every read (A13)."""
LONGEST_ID = 200
LAST_YEAR = 9000
"""Terms are added to dates; a misread year beyond this leaves no room for that."""
ENDINGS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/tiff": "tiff",
}


def uid_of(entry: Any) -> str:
    """The uid of a row: any text, seldom even a UUID (5.5); "" for none. Never raises."""
    value = mapping(entry).get("uid")
    return text(value) if isinstance(value, str) else ""


def created_at_of(entry: Any) -> datetime | None:
    """The moment of upload (A14), None when it cannot be read. Never raises."""
    try:
        return read_moment(mapping(entry).get("created_at"))
    except Unreadable:
        return None


def read_customer(entry: Any) -> CustomerRecord:
    """A company of its own list (12.1). Unreadable without a uid or with moments that are none."""
    uid = _uid(entry)
    return replace(
        _company(uid, entry),
        brief=False,
        number=_told(entry, "hf_id"),
        form=forms.of_company(entry),
        created_at=read_moment(entry.get("created_at")),
        updated_at=read_moment(entry.get("updated_at")),
    )


def read_invoice(entry: Any) -> InvoiceRecord:
    """A row of the list (5.1).

    Unreadable when it is cut short or a date is none; AmountError for an amount or a currency that is none.
    """
    uid = _uid(entry)
    processing = _word(entry, "processing_status")
    finished = processing == FINISHED
    word = _word(entry, "approvement_status") if finished else parts.plain(entry.get("approvement_status"))
    state = _state(processing, word)
    record = InvoiceRecord(
        external_id=uid,
        payload=entry,
        volatile=VOLATILE,
        state=state,
        service_state=word if finished else processing,
        service_decision=word if word in STATE_OF_DECISION else "",
        processing=processing,
        short_id=_told(entry, "hf_id"),
        title="",
        label="",
        intro="",
        note="",
        category=_category(entry),
        issue_date=_issue_date(entry),
        due_by_terms=True,
        created_at=read_moment(entry.get("created_at")),
        permissions=_permissions(entry),
        customer=_customer(entry),
        owner=member(entry.get("workspace_user")),
    )
    return _with_amounts(record, entry) if finished else record


def read_detail(entry: Any, row: Mapping[str, Any] | None = None) -> InvoiceRecord:
    """The detail (5.2), all in. ``row`` is its list row, if that was read too. Errors as ``read_invoice``."""
    record = read_invoice(entry)
    vat = _money(entry, "total_vat", record.currency) if record.processing == FINISHED else None
    net = record.gross - vat if record.gross and vat else None
    history = parts.events(entry.get("history"))
    return replace(
        record,
        payload=row,
        detail=entry,
        number=_told(entry, "invoice_number"),
        vat=vat,
        net=net,
        language=_told(entry, "language"),
        country=_told(entry, "country"),
        payment_type=_told(entry, "payment_type"),
        card=_card(entry),
        lines=parts.lines(entry.get("items"), net, record.gross),
        vat_rates=parts.vat_rates(entry.get("vat_categories")),
        events=history,
        changer=_changer(entry.get("history")),
        decided_at=parts.decided_at(history, record.service_decision),
        form=forms.of_invoice(entry),
    )


def file_of(entry: Mapping[str, Any]) -> str:
    """The address of the document; "" when there is none."""
    return text(entry.get("file")).strip() if isinstance(entry.get("file"), str) else ""


def is_processing(entry: Mapping[str, Any]) -> bool:
    return entry.get("processing_status") == PROCESSING


def content_type_of(header: str) -> str:
    """The type of a document as far as it is one we hand on."""
    said = header.partition(";")[0].strip().lower()
    return said if said in ENDINGS else "application/octet-stream"


def filename_of(entry: Mapping[str, Any], content_type: str) -> str:
    """The invoice's number, else its short label, with the ending that fits the type."""
    names = (_file_safe(entry.get(key)) for key in ("invoice_number", "hf_id", "uid"))
    return f"{next(filter(None, names), 'invoice')}.{ENDINGS.get(content_type, 'bin')}"


def _file_safe(value: Any) -> str:
    return re.sub(r"[^\w.-]+", "-", parts.plain(value))[:100].strip("-.")


def words(status: int, body: Any) -> str:
    """The service's own words in an error: its envelope, or the bare shapes of its framework (section 10)."""
    if not isinstance(body, Mapping):
        return _joined(body)
    error = body.get("error")
    if isinstance(error, Mapping):
        return _joined(error.get("message")) or _joined(error.get("code"))
    return _joined(error) or _joined(body.get("detail")) or _by_field(body)


def _by_field(body: Mapping[str, Any]) -> str:
    found = [(text(name), _joined(messages)) for name, messages in body.items()]
    told = [said if name == "non_field_errors" else f"{name}: {said}" for name, said in found if said]
    return " ".join(told)


def _joined(messages: Any) -> str:
    if isinstance(messages, list):
        return " ".join(said for message in messages[:20] if (said := parts.plain(message)))
    return parts.plain(messages)


def _uid(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        raise Unreadable(_("The entry is not an object."))
    uid = _word(entry, "uid")
    if len(uid) > LONGEST_ID:
        raise Unreadable(_("The “uid” of the entry is longer than %(limit)d characters.") % {"limit": LONGEST_ID})
    return uid


def _word(entry: Mapping[str, Any], key: str) -> str:
    """A text that no whole payload is without; Unreadable when it is missing."""
    value = entry.get(key)
    if not isinstance(value, str) or not text(value):
        raise Unreadable(_("The entry has no “%(key)s”.") % {"key": key})
    return text(value)


def _told(entry: Mapping[str, Any], key: str) -> str | None:
    """The text under a key; None when there is nothing, or something that is no text."""
    value = entry.get(key)
    return None if value is None or isinstance(value, dict | list | bool) else parts.plain(value)


def _state(processing: str, word: str) -> str:
    """Section 7; a failure has no fixed word (A15), so whatever is neither of the two is unknown."""
    if processing == FINISHED:
        return STATE_OF_DECISION.get(word, UNKNOWN)
    return DRAFT if processing == PROCESSING else UNKNOWN


def _with_amounts(record: InvoiceRecord, entry: Mapping[str, Any]) -> InvoiceRecord:
    currency = None if entry.get("currency") in (None, "") else currency_code(entry["currency"])
    gross = _money(entry, "total_price", currency)
    none = Money(0, currency) if currency else None
    return replace(record, currency=currency, gross=gross, open=gross if record.state == OPEN else none)


def _money(entry: Mapping[str, Any], key: str, currency: str | None) -> Money | None:
    """An amount; ``total_price`` is gross (A12), a text or a number (section 9)."""
    value = entry.get(key)
    if value in (None, ""):
        return None
    if not currency:
        raise AmountError(_("“%(key)s” is an amount without a currency.") % {"key": key})
    return Money.parse(value, currency)


def _issue_date(entry: Mapping[str, Any]) -> date | None:
    found = read_date(entry.get("invoice_date"))
    if found and found.year > LAST_YEAR:
        raise Unreadable(_("“%(value)s” is not a date that an invoice can have.") % {"value": found})
    return found


def _category(entry: Mapping[str, Any]) -> str | None:
    """Its inner fields are unknown; null is the documented word for none."""
    if "category" not in entry:
        return None
    value = entry["category"]
    return parts.named(value) if isinstance(value, Mapping) else parts.plain(value)


def _permissions(entry: Mapping[str, Any]) -> dict[str, bool] | None:
    said = mapping(entry.get("permissions"))
    return {name: said[name] for name in PERMISSIONS if isinstance(said.get(name), bool)} or None


def _customer(entry: Mapping[str, Any]) -> CustomerRecord | None:
    company = mapping(entry.get("company"))
    uid = _named_uid(company)
    return _company(uid, company) if uid else None


def _company(uid: str, entry: Mapping[str, Any]) -> CustomerRecord:
    """A company as far as an invoice tells of it (5.3)."""
    return CustomerRecord(
        external_id=uid,
        brief=True,
        name=_told(entry, "name"),
        org_no=_told(entry, "tax_number"),
        tax_office=_told(entry, "tax_office"),
        phone=_told(entry, "phone"),
        address=_told(entry, "address"),
        payload=entry,
    )


def member(value: Any) -> NamedRecord | None:
    """A workspace user (5.5), or the user alone."""
    outer = mapping(value)
    user = mapping(outer.get("user")) or outer
    uid = _named_uid(outer) or _named_uid(user)
    return NamedRecord(external_id=uid, name=parts.person(outer), email=_told(user, "email")) if uid else None


def _changer(history: Any) -> NamedRecord | None:
    """Who made the newest change that the history names; its inner fields are open (5.2)."""
    newest = parts.newest_change(history)
    found = (member(newest.get(key)) for key in parts.PEOPLE) if newest else ()
    return next(filter(None, found), None)


def _card(entry: Mapping[str, Any]) -> NamedRecord | None:
    card = mapping(entry.get("card"))
    uid = _named_uid(card)
    return NamedRecord(external_id=uid, name=_digits(card), number=_told(card, "hf_id")) if uid else None


def cards(entries: Iterable[Any]) -> list[ChoiceRecord]:
    """The cards of their own list (12.2)."""
    named = [(_named_uid(entry), _digits(mapping(entry))) for entry in entries]
    return [ChoiceRecord(kind="card", external_id=uid, name=name) for uid, name in named if uid]


def _digits(card: Mapping[str, Any]) -> str:
    """Its first and last digits, else its short label."""
    digits = [parts.plain(card.get(key)) for key in ("first_four_digits", "last_four_digits")]
    return f"{digits[0]} … {digits[1]}".strip() if any(digits) else parts.plain(card.get("hf_id"))


def _named_uid(entry: Mapping[str, Any]) -> str:
    uid = uid_of(entry)
    return uid if len(uid) <= LONGEST_ID else ""
