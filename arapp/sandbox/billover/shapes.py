"""How the workspace's things look on the wire (sections 5, 9 and 12)."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from .files import address_of
from .records import ZONE, Card, Company, Entry, Invoice, WorkspaceUser
from .workspace import Workspace


def list_row(workspace: Workspace, invoice: Invoice) -> dict[str, Any]:
    return {
        "hf_id": invoice.hf_id,
        "uid": invoice.uid,
        "total_price": money(invoice.total_price),
        "total_price_display": None if invoice.total_price is None else f"{invoice.total_price:,.2f}",
        "currency": invoice.currency,
        "invoice_date": invoice.invoice_date and invoice.invoice_date.isoformat(),
        "company": invoice.company and company_in_invoice(invoice.company),
        "category": invoice.category,
        "processing_status": invoice.processing_status,
        "approvement_status": invoice.approvement_status,
        "permissions": workspace.permissions(invoice),
        "created_at": local(invoice.created_at),
        "workspace_user": invoice.owner and user(workspace, invoice.owner),
    }


def detail_of(workspace: Workspace, invoice: Invoice, host: str) -> dict[str, Any]:
    return list_row(workspace, invoice) | {
        "file": address_of(workspace, invoice, host),
        "items": invoice.items,
        "total_vat": money(invoice.total_vat),
        "invoice_number": invoice.invoice_number,
        "language": invoice.language,
        "country": invoice.country,
        "card": invoice.card and card(workspace, invoice.card),
        "payment_type": invoice.payment_type,
        "history": [entry(workspace, done) for done in invoice.history],
        "vat_categories": invoice.vat_categories,
    }


def created(workspace: Workspace, invoice: Invoice, host: str) -> dict[str, Any]:
    """The answer to an upload, which is less than a list row (5.6)."""
    return {
        "hf_id": invoice.hf_id,
        "uid": invoice.uid,
        "file": address_of(workspace, invoice, host),
        "processing_status": invoice.processing_status,
        "created_at": local(invoice.created_at),
        "workspace_user": invoice.owner and user(workspace, invoice.owner),
    }


def decided(workspace: Workspace, invoice: Invoice) -> dict[str, Any]:
    return {
        "uid": invoice.uid,
        "approvement_status": invoice.approvement_status,
        "permissions": workspace.permissions(invoice),
    }


def user(workspace: Workspace, member: WorkspaceUser) -> dict[str, Any]:
    return {
        "uid": member.uid,
        "user": {
            "uid": member.user_uid,
            "email": member.email,
            "first_name": member.first_name,
            "last_name": member.last_name,
            "full_name": f"{member.first_name} {member.last_name}",
        },
        "role_type": workspace.role_of(member),
    }


def entry(workspace: Workspace, done: Entry) -> dict[str, Any]:
    by = done.user and user(workspace, done.user)
    return {"action": done.action, "created_at": local(done.created_at), "workspace_user": by}


def company_in_invoice(company: Company) -> dict[str, Any]:
    """Cut down, and null where a company itself is blank (5.3, section 9)."""
    return {
        "uid": company.uid,
        "name": company.name,
        "address": company.address,
        "tax_number": company.tax_number or None,
        "tax_office": company.tax_office or None,
        "phone": company.phone or None,
    }


def company(workspace: Workspace, item: Company, in_use: set[str]) -> dict[str, Any]:
    return {
        "uid": item.uid,
        "hf_id": item.hf_id,
        "name": item.name,
        "address": item.address,
        "tax_number": item.tax_number,
        "tax_office": item.tax_office,
        "phone": item.phone,
        "permissions": {
            "can_update": True,
            "can_delete": workspace.role == "admin" and item.uid not in in_use,
        },
        "created_at": utc(item.created_at),
        "updated_at": utc(item.updated_at),
    }


def card(workspace: Workspace, item: Card) -> dict[str, Any]:
    return bare_card(item) | {"permissions": {"can_update": True, "can_delete": workspace.role == "admin"}}


def bare_card(item: Card) -> dict[str, Any]:
    """As the answer to a create shows it (12.2)."""
    return {
        "uid": item.uid,
        "hf_id": item.hf_id,
        "created_at": utc(item.created_at),
        "first_four_digits": item.first_four_digits,
        "last_four_digits": item.last_four_digits,
    }


def money(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def local(moment: datetime) -> str:
    return moment.astimezone(ZONE).isoformat()


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
