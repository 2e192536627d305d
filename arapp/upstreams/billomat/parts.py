"""What hangs on a document: items, payments, comments and tags, put together into one record. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from arapp.receivables.money import Money, currency_code
from arapp.receivables.records import (
    INVOICE,
    PAID,
    WAITING,
    EventRecord,
    InvoiceRecord,
    LineRecord,
    MovementRecord,
    NamedRecord,
    PaperRecord,
    Unreadable,
    read_date,
    read_moment,
    text,
)
from arapp.upstreams.billomat import forms
from arapp.upstreams.billomat.mapping import (
    LONGEST_ID,
    WORDS,
    amount,
    document,
    exact,
    identity,
    percent,
    reference,
    total,
)
from arapp.upstreams.billomat.papers import delivery_failed, reminder
from arapp.upstreams.billomat.sums import own_gross
from arapp.upstreams.billomat.wire import is_none

CREDITS = ("CREDIT_NOTE", "INVOICE_CORRECTION")
"""Payment types by which another document, not money, settles this one (5.3, 6.1)."""
SENT = ("MAIL", "SIGN_MAIL", "LETTER", "FAX")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Parts:
    """The rows of a document's own resources as they came, and the people and articles they name, by id."""

    items: Sequence[Row] = ()
    comments: Sequence[Row] = ()
    payments: Sequence[Row] = ()
    tags: Sequence[Row] = ()
    reminders: Sequence[Row] = ()
    """Those of an invoice."""
    users: Mapping[str, NamedRecord] = field(default_factory=dict)
    articles: Mapping[str, NamedRecord] = field(default_factory=dict)
    contact: NamedRecord | None = None
    closed: frozenset[str] = frozenset()
    """The kinds of parts our key may not read; nothing is told of them."""

    @property
    def open_tags(self) -> Sequence[Row] | None:
        return None if "tag" in self.closed else self.tags


def whole(kind: str, row: Row, parts: Parts) -> InvoiceRecord:
    """The document with all its parts. Unreadable when one of them is no object."""
    record = document(kind, row)
    if not all(isinstance(one, Mapping) for one in (*parts.items, *parts.comments, *parts.payments, *parts.tags)):
        raise Unreadable(_("A part of the document is not an object."))
    events = None if "comment" in parts.closed else tuple(_event(c, parts.users) for c in parts.comments)
    return replace(
        record,
        detail={
            WORDS[kind].singular: row,
            "items": list(parts.items),
            "comments": list(parts.comments),
            "payments": list(parts.payments),
            "tags": list(parts.tags),
        }
        | ({"reminders": list(parts.reminders)} if parts.reminders else {}),
        form=forms.document(row, in_order(parts.items)),
        lines=lines(parts.items, parts.articles),
        movements=None if "payment" in parts.closed else movements(record, parts.payments),
        events=events,
        papers=_papers(record, parts),
        delivery_failed=None if events is None else delivery_failed(events),
        tags=None if "tag" in parts.closed else tuple(_tag(tag) for tag in parts.tags),
        owner=_owner(parts),
        contact=parts.contact,
        decided_at=None if record.service_decision == WAITING else _first(parts.comments, ("STATUS",)),
        sent_at=_first(parts.comments, SENT),
        own_gross=own_gross(row, parts.items, record.currency or ""),
    )


# lines


def lines(items: Sequence[Row], articles: Mapping[str, NamedRecord]) -> tuple[LineRecord, ...]:
    """The items in the order of their positions, numbered anew so that no number comes twice."""
    return tuple(_line(at, item, articles) for at, item in enumerate(in_order(items), 1))


def in_order(items: Sequence[Row]) -> list[Row]:
    """By position."""
    return sorted(items, key=_position)


def _position(item: Row) -> int:
    plain = text(item.get("position"))
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else 10**9


def _line(position: int, item: Row, articles: Mapping[str, NamedRecord]) -> LineRecord:
    article = reference(item, "article_id")
    return LineRecord(
        position=position,
        title=text(item.get("title")),
        description=text(item.get("description")),
        quantity=exact(item, "quantity"),
        unit=text(item.get("unit")),
        unit_price=exact(item, "unit_price"),
        vat_rate=percent(item, "tax_rate"),
        discount=text(item.get("reduction")),
        net=exact(item, "total_net"),
        gross=exact(item, "total_gross"),
        item=articles.get(article, NamedRecord(external_id=article)) if article else None,
    )


# payments


def movements(record: InvoiceRecord, payments: Sequence[Row]) -> tuple[MovementRecord, ...]:
    """The payments, and the cash discount where one settled the rest."""
    found = tuple(_payment(payment, record.currency or "") for payment in payments)
    discount = _discount(record, found)
    return (*found, discount) if discount else found


def _payment(payment: Row, currency: str) -> MovementRecord:
    """A payment (4.6). Its own currency is empty where it is the document's; a negative one raises the debt again."""
    own = payment.get("currency_code")
    method = text(payment.get("type"))
    return MovementRecord(
        external_id=identity(payment),
        kind="credit" if method in CREDITS else "payment",
        amount=total(payment, "amount", currency if is_none(own) else currency_code(own)),
        date=_day(payment),
        method=method,
        text=text(payment.get("comment")) or text(payment.get("transaction_purpose")),
    )


def _day(payment: Row) -> date:
    found = read_date(payment.get("date")) or read_date(payment.get("created"))
    if found is None:
        raise Unreadable(_("A payment has no “date”."))
    return found


def _discount(record: InvoiceRecord, found: Sequence[MovementRecord]) -> MovementRecord | None:
    """The discount that was taken: a PAID document whose missing rest is its ``discount_amount`` (6.2).

    Dated with the last payment, by which the debt ended, else with the last day of the discount.
    """
    rest = _unpaid_rest(record)
    offered = amount(record.payload or {}, "discount_amount", record.currency or "") if rest else None
    day = max((movement.date for movement in found), default=record.discount_date)
    if rest is None or offered != rest or day is None:
        return None
    return MovementRecord(external_id=f"{record.external_id}-discount", kind="discount", amount=rest, date=day)


def _unpaid_rest(record: InvoiceRecord) -> Money | None:
    if record.state != PAID or record.gross is None or record.paid is None or not record.paid < record.gross:
        return None
    return record.gross - record.paid


# comments, reminders and tags


def _event(comment: Row, users: Mapping[str, NamedRecord]) -> EventRecord:
    """A comment (4.7); its text is in the language of whoever asks, only the action key is reliable."""
    person = users.get(reference(comment, "user_id"))
    return EventRecord(
        external_id=identity(comment),
        at=_at(comment),
        kind=text(comment.get("actionkey")),
        text=text(comment.get("comment")),
        person=person.name if person else "",
    )


def _papers(record: InvoiceRecord, parts: Parts) -> tuple[PaperRecord, ...] | None:
    """The reminders, which only comments lead to; none of a credit note."""
    if record.kind != INVOICE or {"comment", "reminder"} & parts.closed:
        return None
    return tuple(reminder(row, record.currency or "") for row in parts.reminders)


def _at(comment: Row) -> datetime:
    found = read_moment(comment.get("created"))
    if found is None:
        raise Unreadable(_("A comment has no “created”."))
    return found


def _first(comments: Sequence[Row], actions: Sequence[str]) -> datetime | None:
    """When the first comment of one of these kinds was written."""
    return min((_at(comment) for comment in comments if comment.get("actionkey") in actions), default=None)


def _owner(parts: Parts) -> NamedRecord | None:
    """Who made the document; nobody where Billomat made it itself, out of a recurring one (4.13)."""
    made = [comment for comment in parts.comments if _is_making(text(comment.get("actionkey")))]
    who = reference(min(made, key=_at), "user_id") if made else ""
    return parts.users.get(who, NamedRecord(external_id=who)) if who else None


def _is_making(action: str) -> bool:
    """CREATE, COPY, CREATE_FROM_OFFER and so on (5.4); the docs have a CREATED too."""
    return action in ("CREATE", "CREATED", "COPY") or action.startswith("CREATE_FROM_")


def _tag(tag: Row) -> NamedRecord:
    """A tag; its name stands for it, since each document's tag has an id of its own (3.4)."""
    name = identity(tag, "name") if len(text(tag.get("name"))) <= LONGEST_ID else text(tag["name"])[:LONGEST_ID]
    return NamedRecord(external_id=name, name=name)
