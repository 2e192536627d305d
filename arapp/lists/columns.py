"""The columns of downloads: their order, names and how each gets its value from a row. One table per list.

Values are text, a date, an aware moment in the company's zone, an exact Decimal in whole units with all decimals of
the row's currency, or an integer; None where the row has none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from django.utils.translation import gettext_lazy as _

from arapp.approvals.models import Approval, ApprovalState
from arapp.lists.days import local
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money
from arapp.receivables.personal import masked

CellValue = str | date | datetime | Decimal | int | None


class Holds(Enum):
    """What a column holds; text alone is guarded against formulas."""

    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"
    MONEY = "money"
    AMOUNTS = "amounts"
    INTEGER = "integer"


@dataclass(frozen=True)
class Column:
    name: str
    label: Any
    read: Callable[[Any, date], CellValue]
    """The value in a row, on a day."""
    holds: Holds = Holds.TEXT


def _text(name: str, label: Any, read: Callable[[Any], str | None]) -> Column:
    return Column(name, label, lambda row, _today: read(row) or "")


def _money(name: str, label: Any) -> Column:
    return Column(name, label, lambda row, _today: _amount(row.money(name)), Holds.MONEY)


def _amount(money: Money | None) -> Decimal | None:
    return None if money is None else money.amount


def approval_of(invoice: Invoice) -> Approval | None:
    """The invoice's approval; None in the moment before the first one is opened."""
    return getattr(invoice, "approval", None)


def decided(invoice: Invoice) -> Approval | None:
    """The approval if it is decided; what waits again was decided by nobody."""
    approval = approval_of(invoice)
    return approval if approval and approval.state != ApprovalState.WAITING else None


def _approval(invoice: Invoice) -> str:
    approval = approval_of(invoice)
    return approval.state if approval else ""


def _decided_by(invoice: Invoice) -> str:
    """Empty for what was imported or observed at the service."""
    approval = decided(invoice)
    return approval.decided_by.get_username() if approval and approval.decided_by else ""


def _decided_at(invoice: Invoice, _today: date) -> datetime | None:
    """The service's own moment for what was imported or observed there; None where it gives none."""
    approval = decided(invoice)
    return local(approval.decided_at) if approval and approval.decided_at else None


def _days_overdue(invoice: Invoice, today: date) -> int | None:
    return invoice.days_overdue(today) or None


INVOICE_COLUMNS: Sequence[Column] = (
    _text("source", _("Source"), lambda row: row.source.name),
    _text("service", _("Service"), lambda row: row.source.service),
    _text("external_id", _("External id"), lambda row: row.external_id),
    _text("kind", _("Kind"), lambda row: row.kind),
    _text("number", _("Number"), lambda row: row.number),
    _text("customer_number", _("Customer number"), lambda row: row.customer and row.customer.number),
    _text("customer", _("Customer"), lambda row: row.customer and row.customer.name),
    Column("issue_date", _("Issued"), lambda row, _today: row.issue_date, Holds.DATE),
    Column("due_date", _("Due"), lambda row, _today: row.due_date, Holds.DATE),
    _text("currency", _("Currency"), lambda row: row.currency),
    _money("net", _("Net")),
    _money("vat", _("VAT")),
    _money("gross", _("Gross")),
    _money("paid", _("Paid")),
    _money("open", _("Open")),
    _text("state", _("State"), lambda row: row.state),
    _text("service_state", _("State at the service"), lambda row: row.service_state),
    _text("approval", _("Approval"), _approval),
    _text("decided_by", _("Decided by"), _decided_by),
    Column("decided_at", _("Decided"), _decided_at, Holds.MOMENT),
    Column("days_overdue", _("Days overdue"), _days_overdue, Holds.INTEGER),
    _text("payment_reference", _("Payment reference"), lambda row: row.payment_reference),
    _text("owner", _("Owner"), lambda row: row.owner and str(row.owner)),
    _text("title", _("Title"), lambda row: row.title),
)

FURTHER_COLUMNS: Sequence[Column] = (
    _text("reference", _("Reference"), lambda row: row.reference),
    _text("category", _("Category"), lambda row: row.category),
    _text("label", _("Label"), lambda row: row.label),
    Column("created", _("Created"), lambda row, _today: local(row.created_at), Holds.MOMENT),
)
"""What the screen can show beside them."""


def _debts(amounts: Sequence[Money]) -> str:
    """``119.00 EUR; 20.00 SEK``: one cell, since a customer may owe in several currencies."""
    return "; ".join(f"{money.plain()} {money.currency}" for money in amounts)


def _owed(name: str, label: Any) -> Column:
    return Column(name, label, lambda row, _today: _debts(getattr(row, name)), Holds.AMOUNTS)


def _customer(name: str, label: Any) -> Column:
    return _text(name, label, lambda row: getattr(row, name))


def _number(name: str, label: Any) -> Column:
    """Of a company whole; a person's is masked."""
    return _text(name, label, lambda row: masked(getattr(row, name), row.kind))


CUSTOMER_COLUMNS: Sequence[Column] = (
    _text("source", _("Source"), lambda row: row.source.name),
    _text("service", _("Service"), lambda row: row.source.service),
    _customer("external_id", _("External id")),
    _customer("number", _("Number")),
    _customer("name", _("Name")),
    _customer("kind", _("Kind")),
    _customer("email", _("E-mail")),
    _customer("phone", _("Phone")),
    _number("org_no", _("Organisation or tax number")),
    _number("vat_no", _("VAT number")),
    _customer("contact_name", _("Contact")),
    _customer("address", _("Address")),
    _customer("country", _("Country")),
    _owed("owed", _("Owed")),
    _owed("overdue", _("Overdue")),
)
