"""Invoices as CSV and as an Excel file (section 11)."""

import csv
import io

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell

from arapp.sandbox.base import Answer, Request

from . import lists
from .answers import json_object
from .records import Invoice
from .shapes import local, money
from .workspace import Workspace

COLUMNS = (
    "hf_id", "invoice_number", "invoice_date", "company", "tax_number", "category", "currency", "total_price",
    "total_vat", "payment_type", "processing_status", "approvement_status", "created_at", "workspace_user",
)  # fmt: skip
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(workspace: Workspace, request: Request) -> Answer:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_rows(workspace, request))
    return _attached(text.getvalue().encode("utf-8", "replace"), "text/csv; charset=utf-8", "invoices.csv")


def as_excel(workspace: Workspace, request: Request) -> Answer:
    rows = _rows(workspace, request)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Invoices")
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append([_cell(sheet, text) for text in row])
    content = io.BytesIO()
    book.save(content)
    return _attached(content.getvalue(), EXCEL, "invoices.xlsx")


def _rows(workspace: Workspace, request: Request) -> list[list[str]]:
    wanted = lists.with_filters_of(json_object(request), request)
    return [_row(invoice) for invoice in lists.chosen_invoices(workspace, wanted)]


def _row(invoice: Invoice) -> list[str]:
    company, owner = invoice.company, invoice.owner
    values = (
        invoice.hf_id, invoice.invoice_number, invoice.invoice_date, company and company.name,
        company and company.tax_number, invoice.category and invoice.category.get("name"), invoice.currency,
        money(invoice.total_price), money(invoice.total_vat), invoice.payment_type, invoice.processing_status,
        invoice.approvement_status, local(invoice.created_at), owner and owner.email,
    )  # fmt: skip
    return [str(value or "") for value in values]


def _cell(sheet: object, text: str) -> WriteOnlyCell:
    """Text stays text, also where it begins like a formula."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    return cell


def _attached(content: bytes, kind: str, name: str) -> Answer:
    disposition = f'attachment; filename="{name}"'
    return Answer(200, content, (("Content-Type", kind), ("Content-Disposition", disposition)))
