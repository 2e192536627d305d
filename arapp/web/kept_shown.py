"""What an invoice has beside what its service says: documents, files, and what is kept at the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from arapp.documents.models import StoredFile
from arapp.outbox.models import Intent
from arapp.receivables.folded import parts_of
from arapp.receivables.models import Invoice, MovementKind, PaperKind
from arapp.receivables.money import Money
from arapp.web.said import event_said
from arapp.web.shown import chosen
from arapp.web.timeline import spoken_movement


@dataclass(frozen=True)
class Moved:
    """A line under “Payments, credits and fees”. ``amount`` lowers the debt."""

    date: date
    what: str
    amount: Money
    text: str = ""
    external_id: str = ""
    """Of a payment that can be deleted."""
    at_desk: str = ""
    """Who recorded it at the desk; empty for what the service says."""
    deleted_by: str = ""
    deleted_at: datetime | None = None


def kept_of(invoice: Invoice) -> dict[str, Any]:
    """Tags and payments that stay at the desk, and what is open less those payments."""
    payments = invoice.kept_payments.all()
    counted = [payment.money() for payment in payments if not payment.deleted_at]
    open_amount = invoice.money("open")
    return {
        "tags": [*parts_of(invoice, "tags"), *parts_of(invoice, "kept_tags")],
        "movements": _newest_first(
            [*(_movement(row, invoice) for row in parts_of(invoice, "movements")), *map(_payment, payments)]
        ),
        "paid_at_desk": sum(counted[1:], counted[0]) if counted else None,
        "left_at_desk": open_amount - sum(counted[1:], counted[0]) if counted and open_amount else None,
    }


def _newest_first(moved: list[Moved]) -> list[Moved]:
    return sorted(moved, key=lambda one: one.date, reverse=True)


def _movement(row: Any, invoice: Invoice) -> Moved:
    deletable = row.external_id if row.kind == MovementKind.PAYMENT else ""
    text = event_said(row.text, invoice.source.service)
    return Moved(row.date, spoken_movement(row), row.money(), text, deletable)


def _payment(row: Any) -> Moved:
    what = f"{_('Payment')} · {chosen(row.method)}" if row.method else _("Payment")
    gone = {"deleted_by": str(row.deleted_by or ""), "deleted_at": row.deleted_at} if row.deleted_at else {}
    who = str(row.person or _("the command line"))
    return Moved(row.date, what, row.money(), row.note, "" if gone else str(row.pk), who, **gone)


@dataclass(frozen=True)
class Document:
    """A line under “Documents”."""

    kind: str
    number: str
    date: date | None
    amount: Money | None
    delivery: str
    url: str
    reminder: str = ""
    """External id of a reminder that can be e-mailed or cancelled by itself."""


def documents_of(invoice: Invoice) -> list[Document]:
    """The invoice's own document, unless it is among what went out under it. Without an address there is no PDF."""
    address = reverse("invoice_document", args=[invoice.pk])
    own = Document(
        str(invoice.get_kind_display()),
        str(invoice),
        invoice.issue_date,
        invoice.money("gross"),
        chosen(invoice.delivery_method),
        f"{address}?",
    )
    papers = parts_of(invoice, "papers")
    is_paper = any(paper.kind == PaperKind.DEBIT and paper.number == invoice.number for paper in papers)
    return [*([] if is_paper else [own]), *(_paper(paper, address) for paper in papers)]


def _paper(paper: Any, address: str) -> Document:
    ways = ", ".join(filter(None, (chosen(paper.delivery), chosen(paper.service_state))))
    url = f"{address}?{urlencode({'variant': paper.external_id})}&" if paper.external_id else ""
    reminder = paper.external_id if paper.kind == PaperKind.REMINDER else ""
    return Document(str(paper.get_kind_display()), paper.number, paper.date, paper.money(), ways, url, reminder)


def files_of(intents: Iterable[Intent]) -> list[StoredFile]:
    """The files that acts on the invoice have named, newest first."""
    named = {name for intent in intents for name in _names(intent)}
    return list(StoredFile.objects.filter(name__in=named)) if named else []


def _names(intent: Intent) -> list[str]:
    single = intent.data.get("file")
    return [*([single] if isinstance(single, str) else []), *(intent.data.get("attachments") or [])]
