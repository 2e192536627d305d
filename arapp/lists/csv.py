"""Downloads as CSV: UTF-8 and CRLF, in a form for programs or one for spreadsheets; a line at a time."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import Enum
from itertools import takewhile
from typing import Any

from arapp.lists.columns import CellValue, Column, Holds

CONTENT_TYPE = "text/csv; charset=utf-8"

BYTE_ORDER_MARK = "\ufeff"
_POINT = re.compile(r"(?<=\d)\.(?=\d)")


class Form(Enum):
    """How a file is written; what it holds is the same. Dates are ISO 8601 in both."""

    PLAIN = "plain"
    """Commas and decimal points, for programs."""
    SHEET = "sheet"
    """Semicolons, decimal commas and a byte-order mark, for spreadsheets of countries that write so."""

    @classmethod
    def _missing_(cls, value: object) -> "Form":
        """Whoever prefers something we do not know gets the plain one."""
        return cls.PLAIN

    @property
    def separator(self) -> str:
        return ";" if self is Form.SHEET else ","

    @property
    def begins(self) -> str:
        return BYTE_ORDER_MARK if self is Form.SHEET else ""

    def number(self, text: str) -> str:
        """One amount, or several in a cell, with the form's decimal sign."""
        return _POINT.sub(",", text) if self is Form.SHEET else text


STARTS_FORMULA = frozenset("=+-@＝＋－＠\t\r\0")
BLANK = "\u200b"
"""Zero width space: no white space to Unicode, but spreadsheets skip it."""


def guarded(text: str) -> str:
    """With an apostrophe in front if a spreadsheet could take the text for a formula (OWASP, CSV injection)."""
    if text[:1].isalnum():
        return text
    lead = "".join(takewhile(lambda char: char.isspace() or char == BLANK, text))
    start = set(lead) | set(text[len(lead) : len(lead) + 1])
    return f"'{text}" if start & STARTS_FORMULA else text


def _cell(value: CellValue, holds: Holds, form: Form) -> str:
    if value is None:
        return ""
    if holds is Holds.TEXT:
        return guarded(str(value))
    if holds is Holds.MONEY:
        return form.number(f"{value:f}")
    if holds is Holds.AMOUNTS:
        return form.number(str(value))
    return str(value) if holds is Holds.INTEGER else value.isoformat()


class _Line:
    """What the writer of the standard library writes to: it hands the line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(
    rows: Iterable[Any], columns: Sequence[Column], today: date, form: Form = Form.PLAIN
) -> Iterator[bytes]:
    """The header and a line for each row, as UTF-8; for a file or a ``StreamingHttpResponse``."""
    writer = csv.writer(_Line(), delimiter=form.separator, lineterminator="\r\n")
    yield (form.begins + writer.writerow([column.name for column in columns])).encode()
    for row in rows:
        cells = [_cell(column.read(row, today), column.holds, form) for column in columns]
        yield writer.writerow(cells).encode("utf-8", "replace")
