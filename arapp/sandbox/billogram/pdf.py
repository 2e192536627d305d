"""PDFs of a billogram, as base64 in JSON (reference section 10)."""

import base64
from datetime import timedelta
from typing import Any

from arapp.sandbox.base import Request

from .account import Account, Letter, Record
from .wire import Refused, not_found

FILE_TYPE = "application/pdf"


def invoice(account: Account, record: Record, request: Request) -> dict[str, str]:
    """The document that was asked for, the first invoice unless named; a draft has one too, without a number."""
    letter = _wanted(record, request)
    wait = timedelta(seconds=account.switches.pdf_delay)
    if letter is not None and account.now() < letter.made_at + wait:
        raise Refused("NOT_AVAILABLE_YET", "the PDF is not available yet, try again later")
    return _answer(page(_lines(account, record, letter)))


def _wanted(record: Record, request: Request) -> Letter | None:
    wanted = {name: request.first(name) for name in ("letter_id", "invoice_no") if request.first(name) is not None}
    fitting = [letter for letter in record.letters if _is(letter, wanted)]
    if wanted and not fitting:
        raise not_found(next(iter(wanted.values())))
    return fitting[0] if fitting else None


def _is(letter: Letter, wanted: dict[str, str | None]) -> bool:
    return all(str(getattr(letter, name)) == value for name, value in wanted.items())


def attachment(record: Record) -> dict[str, str]:
    if record.attachment is None:
        raise not_found("attachment.pdf")
    return {"content": record.attachment, "file_type": FILE_TYPE}


def _answer(document: bytes) -> dict[str, str]:
    return {"content": base64.b64encode(document).decode(), "file_type": FILE_TYPE}


def _lines(account: Account, record: Record, letter: Letter | None) -> list[str]:
    data, currency = record.data, record.data["currency"]
    return [
        account.settings["name"],
        f"{letter.title} {letter.invoice_no}" if letter else f"Draft {data['id']}",
        f"To: {data['customer']['name'][:70]}",
        f"Invoice date {data['invoice_date']}   Due date {data['due_date']}   OCR {data['ocr_number'] or '-'}",
        "",
        *(_row(row) for row in data["items"][:30]),
        "",
        f"Total {record.sums.total:.2f} {currency}",
        f"To pay {record.sums.remaining:.2f} {currency}",
    ]


def _row(row: dict[str, Any]) -> str:
    return f"{row['count']:f} x {row['title'][:60]}   {row['price']:f}   VAT {row['vat']} %"


def page(lines: list[str]) -> bytes:
    """A PDF of one A4 page with these lines; characters outside Latin-1 become question marks."""
    shown = b"".join(b"(" + _escaped(line) + b") Tj T*\n" for line in lines)
    content = b"BT /F1 11 Tf 16 TL 56 780 Td\n" + shown + b"ET"
    return _document(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        ]
    )


def _escaped(line: str) -> bytes:
    flat = "".join(character if character.isprintable() else " " for character in line)
    return flat.encode("latin-1", "replace").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")


def _document(objects: list[bytes]) -> bytes:
    body, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(body))
    )
