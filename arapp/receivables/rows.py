"""Records become unsaved rows here; nothing is written.

What a service leaves out, or says in words that are new to us, never blanks what is stored:

- ``None`` in a record (the field is missing, or null where null is no word for "empty") keeps what is stored. That
  holds for every amount, date, currency, customer and part of an invoice.
- An empty text empties an optional text: somebody took the reference away. A number and a name once told are kept;
  no service takes those back (``KEPT``).
- What an object cannot be without (its id, its state, the total beside its currency, its lists) is ``Unreadable``
  where it is missing or null: the adapter says so, the payload goes to quarantine, and the row stays as it is.
- A word of a state that we do not know is ``unknown``; of the decision and its moment it says nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from arapp.receivables import records
from arapp.receivables.models import Event, Invoice, Item, Line, Movement, Paper, Source, VatRate, decimal_text
from arapp.receivables.money import AmountError, Money
from arapp.receivables.records import InvoiceRecord, LineRecord

ITEM_FIELDS = "number name description unit currency archived form updated_at".split()


def line(line: LineRecord, row: Invoice | None = None, items: Mapping[str, Item] | None = None) -> Line:
    exact = {
        name: decimal_text(getattr(line, name)) for name in ("quantity", "unit_price", "vat_rate", "net", "gross")
    }
    return Line(
        invoice=row,
        position=line.position,
        title=line.title,
        description=line.description,
        unit=line.unit[:60],
        discount=line.discount[:40],
        item=items[line.item.external_id] if items and line.item else None,
        **exact,
    )


def vat_rate(row: Invoice, position: int, vat: records.VatRecord) -> VatRate:
    exact = {name: decimal_text(getattr(vat, name)) for name in ("rate", "net", "vat")}
    return VatRate(invoice=row, position=position, name=vat.name[:100], **exact)


def movement(row: Invoice, position: int, movement: records.MovementRecord) -> Movement:
    return Movement(
        invoice=row,
        external_id=movement.external_id[:200],
        kind=movement.kind,
        date=movement.date,
        amount=movement.amount.minor,
        currency=movement.amount.currency,
        method=movement.method[:60],
        text=movement.text,
    )


def event(row: Invoice, position: int, event: records.EventRecord) -> Event:
    return Event(
        invoice=row,
        external_id=event.external_id[:200],
        at=event.at,
        kind=event.kind[:60],
        text=event.text,
        person=event.person[:300],
    )


def paper(row: Invoice, position: int, paper: records.PaperRecord) -> Paper:
    return Paper(
        invoice=row,
        position=position,
        external_id=paper.external_id[:200],
        kind=paper.kind,
        number=paper.number[:100],
        date=paper.issued,
        amount=paper.amount.minor if paper.amount else None,
        currency=paper.amount.currency if paper.amount else "",
        delivery=paper.delivery[:60],
        service_state=paper.service_state[:60],
    )


def item(row: Item, record: records.ItemRecord, digest: str) -> Item:
    take(row, record, ITEM_FIELDS)
    for name in ("unit_price", "vat_rate"):
        if (value := getattr(record, name)) is not None:
            setattr(row, name, decimal_text(value))
    row.brief, row.gone_at, row.row_digest = False, None, digest
    row.search = " ".join(part for part in (row.name, row.number, row.description) if part).casefold()
    return row


def search_text(row: Invoice, lines: Sequence[Line]) -> str:
    parts = [row.number, row.short_id, "" if row.number or row.given_name else row.external_id]
    parts += [row.title, row.label, row.intro, row.note, row.category, row.payment_reference, row.reference]
    parts += [text for line in lines for text in (line.title, line.description)]
    return "\n".join(part for part in parts if part).casefold()


KEPT = ("number", "name")
"""Texts that are never emptied once they were told."""


def take(row: models.Model, record: Any, fields: Iterable[str]) -> None:
    """Copy what the record tells; None keeps what is stored; text is cut to what the column holds."""
    for name in fields:
        value = getattr(record, name)
        if value is None or (value == "" and name in KEPT):
            continue
        limit = row._meta.get_field(name).max_length
        setattr(row, name, value[:limit] if limit and isinstance(value, str) else value)


def check_sum(row: Invoice, record: InvoiceRecord) -> None:
    """Our own gross beside the service's; more than a smallest unit per line apart is a finding."""
    row.own_gross, row.finding = None, ""
    if record.own_gross is None or row.gross is None or not row.currency:
        return
    try:
        own = Money.rounded(record.own_gross, row.currency)
    except AmountError:
        return
    row.own_gross = own.minor
    if abs(own.minor - row.gross) > len(record.lines or ()) + 1:
        sums = {"own": own, "theirs": Money(row.gross, row.currency)}
        row.finding = _("The lines add up to %(own)s, the service says %(theirs)s.") % sums


def due_by_terms(issued: date | None, source: Source) -> date | None:
    """Issue date plus the source's terms; None without one, or beyond the calendar's end."""
    try:
        return issued + timedelta(days=source.terms_days) if issued else None
    except OverflowError:
        return None


def told_by_lists(row: Invoice) -> tuple[Any, ...]:
    """What a detail changes here makes the next list row news, also one that is as it was before the detail.

    Where rows have no moment of change (BillOver), a decision we carried out and somebody took back shows only so.
    """
    return row.service_state, row.issue_date, row.due_date, row.net, row.vat, row.gross, row.paid, row.open


def always_told_by_lists(row: Invoice) -> tuple[Any, ...]:
    """The same for a detail that was due: what details alone tell may differ from a list row that is right."""
    return row.service_state, row.issue_date, row.due_date, row.gross, row.open
