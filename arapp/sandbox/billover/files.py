"""The documents: addresses that run out, and what lies behind them. No key is asked for here (A13)."""

import base64
import hashlib
import hmac
import re

from arapp.sandbox.base import Answer, Request

from .answers import error
from .records import Document, Invoice
from .workspace import Workspace

PREFIX = "/files/"
SUFFIXES = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/tiff": "tiff",
    "image/heic": "heic",
}


def address_of(workspace: Workspace, invoice: Invoice, host: str) -> str:
    """A fresh absolute address of the invoice's document."""
    suffix = SUFFIXES.get(invoice.document.content_type, "bin") if invoice.document else "pdf"
    issued = int(workspace.now().timestamp() * 1000)
    said = _encoded(f"{next(workspace.addresses)} {issued} {invoice.uid}")
    return f"{workspace.scheme}://{host}{PREFIX}{said}.{_signature(workspace, said)}.{suffix}"


def fetch(workspace: Workspace, request: Request) -> Answer:
    if request.method not in ("GET", "HEAD"):
        return error(405, f'Method "{request.method}" not allowed.', ("Allow", "GET, HEAD"))
    said, signature, *_ = [*request.path.removeprefix(PREFIX).split("."), "", ""]
    if not said or signature != _signature(workspace, said):
        return error(403, "This address is not valid.")
    _, issued, uid = _decoded(said).split(" ", 2)
    if workspace.file_lifetime is not None:
        age = workspace.now().timestamp() - int(issued) / 1000
        if age > workspace.file_lifetime:
            return error(403, "This address has expired.")
    if uid not in workspace.by_uid:
        return error(404, "Document not found.")
    document = _document(workspace.by_uid[uid])
    return Answer(200, document.content, (("Content-Type", document.content_type),))


def pdf(*lines: str) -> bytes:
    """A PDF of one A4 page with these lines on it."""
    shown = b"".join(b"(%b) Tj T*\n" % _escaped(line) for line in lines)
    stream = b"BT /F1 14 Tf 60 770 Td 22 TL\n" + shown + b"ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    return _file_of(objects)


def _file_of(objects: tuple[bytes, ...]) -> bytes:
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + head + table + tail


def _document(invoice: Invoice) -> Document:
    if invoice.document:
        return invoice.document
    price = "-" if invoice.total_price is None else f"{invoice.total_price:,.2f} {invoice.currency}"
    company = invoice.company.name[:60] if invoice.company else "-"
    number = invoice.invoice_number or invoice.hf_id
    content = pdf(f"Invoice {number}", company, f"Date {invoice.invoice_date}", price)
    return Document(f"{invoice.uid}.pdf", "application/pdf", content)


def _escaped(line: str) -> bytes:
    return re.sub(rb"([\\()])", rb"\\\1", line.encode("cp1252", "replace"))


def _signature(workspace: Workspace, said: str) -> str:
    key = workspace.credentials()["secret"].encode()
    return hmac.new(key, said.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(said: str) -> str:
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)).decode()
