"""The rows of the list of payments, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from arapp.lists.moved import Moved
from arapp.web.said import event_said
from arapp.web.shown import chosen, date_html, moment_text, money_html


@dataclass(frozen=True)
class PaymentRow:
    date: SafeString
    kind: str
    url: str
    number: str
    gone: bool
    customer: str
    source: str
    method: str
    who: str
    """Who recorded it at the desk; empty for what a service says."""
    text: str
    amount: SafeString
    deleted: str


def payment_rows_of(rows: Iterable[Moved]) -> list[PaymentRow]:
    return [_row(row) for row in rows]


def _row(row: Moved) -> PaymentRow:
    invoice = row.invoice
    return PaymentRow(
        date=date_html(row.date),
        kind=str(row.get_kind_display()),
        url=reverse("invoice", args=[invoice.pk]),
        number=str(invoice),
        gone=bool(invoice.gone_at),
        customer=str(invoice.customer or ""),
        source=invoice.source.name,
        method=chosen(row.method) if row.method else "",
        who=_who(row),
        text=event_said(row.text, invoice.source.service),
        amount=money_html(row.amount, row.currency),
        deleted=_("deleted %(when)s") % {"when": moment_text(row.deleted_at)} if row.deleted_at else "",
    )


def _who(row: Moved) -> str:
    if not row.at_desk:
        return ""
    return _("at the desk, by %(who)s") % {"who": row.person} if row.person else _("at the desk, by the command line")
