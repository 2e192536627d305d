"""Downloads as CSV: UTF-8, commas, CRLF, plain decimal points; a line at a time, whatever the number of rows."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import takewhile
from typing import Any

from arapp.lists.columns import CellValue, Column, Holds

CONTENT_TYPE = "text/csv; charset=utf-8"

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


def _cell(value: CellValue, holds: Holds) -> str:
    if value is None:
        return ""
    if holds is Holds.TEXT:
        return guarded(str(value))
    if holds is Holds.MONEY:
        return f"{value:f}"
    return str(value) if holds in (Holds.AMOUNTS, Holds.INTEGER) else value.isoformat()


class _Line:
    """What the writer of the standard library writes to: it hands the line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Any], columns: Sequence[Column], today: date) -> Iterator[bytes]:
    """The header and a line for each row, as UTF-8; for a file or a ``StreamingHttpResponse``."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield writer.writerow([column.name for column in columns]).encode()
    for row in rows:
        cells = [_cell(column.read(row, today), column.holds) for column in columns]
        yield writer.writerow(cells).encode("utf-8", "replace")
