"""Downloads as XLSX: real numbers and dates, text that stays text, never a formula. Written row by row."""

import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES, ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from arapp.lists.columns import CellValue, Column, Holds

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MOST_ROWS = 1_048_575
"""Rows that a sheet takes beside its header."""

LONGEST = 32_767
"""UTF-16 units that a cell takes."""

FIRST_YEAR = 1901
"""The calendar of spreadsheets begins in 1900, with a day that was not; what is earlier is written as text."""

DAY_FORMAT, MOMENT_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


class Refused(Exception):
    """A download that cannot be made; the text is a sentence for people."""


def check_size(rows: int) -> None:
    """Refused when so many rows do not fit a sheet."""
    if rows > MOST_ROWS:
        raise Refused(
            _("%(rows)d rows do not fit an XLSX file, which takes %(most)d. Narrow the list, or download CSV.")
            % {"rows": rows, "most": MOST_ROWS}
        )


def write_xlsx(rows: Iterable[Any], columns: Sequence[Column], today: date, file: IO[bytes]) -> int:
    """Write a workbook to a file that is open for writing; how many rows it holds. Refused when they do not fit."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Export")
    sheet.freeze_panes = "A2"
    count = 0
    try:
        sheet.append([_text(sheet, column.name) for column in columns])
        for count, row in enumerate(rows, 1):
            check_size(count)
            sheet.append([_cell(sheet, column.read(row, today), column.holds) for column in columns])
    finally:
        sheet.close()
    whole = _Whole(file)
    book.save(whole)
    whole.check()
    return count


class _Whole:
    """A file that remembers why it could not be written, instead of failing in the midst of what is being zipped.

    Left open by an error, a zip tries to end itself later on, where nobody can be told but by a traceback.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.problem: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            if not self.problem:
                self.file.write(data)
        except OSError as error:
            self.problem = error
        return len(data)

    def flush(self) -> None:
        """The one who opened the file does."""

    def check(self) -> None:
        """OSError when not everything was written."""
        if self.problem:
            raise self.problem


def xlsx_file(rows: Iterable[Any], columns: Sequence[Column], today: date) -> IO[bytes]:
    """The workbook as an open temporary file, at its beginning; for a ``FileResponse``. Refused as above."""
    with ExitStack() as unless_done:
        file = unless_done.enter_context(tempfile.TemporaryFile())
        write_xlsx(rows, columns, today, file)
        file.seek(0)
        unless_done.pop_all()
    return file


def clean(text: str) -> str:
    """Without the characters that XML has no place for, and cut to what a cell takes."""
    kept = ILLEGAL_CHARACTERS_RE.sub("", text).replace("\ufffe", "").replace("\uffff", "")
    if len(kept) * 2 <= LONGEST:
        return kept
    return kept.encode("utf-16-le", "replace")[: LONGEST * 2].decode("utf-16-le", "ignore")


def _text(sheet: WriteOnlyWorksheet, text: str) -> Cell | str | None:
    plain = clean(text)
    if not plain.startswith("=") and plain not in ERROR_CODES:
        return plain or None
    cell = WriteOnlyCell(sheet, plain)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _formatted(sheet: WriteOnlyWorksheet, value: Any, number_format: str) -> Cell:
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = number_format
    return cell


def _money(sheet: WriteOnlyWorksheet, amount: Decimal) -> Cell:
    decimals = -int(amount.as_tuple().exponent)
    return _formatted(sheet, amount, "#,##0." + "0" * decimals if decimals else "#,##0")


def _day(sheet: WriteOnlyWorksheet, value: date) -> Cell | str:
    if value.year < FIRST_YEAR:
        return value.isoformat()
    if isinstance(value, datetime):
        return _formatted(sheet, value.replace(tzinfo=None), MOMENT_FORMAT)
    return _formatted(sheet, value, DAY_FORMAT)


def _cell(sheet: WriteOnlyWorksheet, value: CellValue, holds: Holds) -> Any:
    """A cell, or the bare value where openpyxl makes the right cell out of it."""
    if value is None or holds is Holds.INTEGER:
        return value
    if holds in (Holds.TEXT, Holds.AMOUNTS):
        return _text(sheet, str(value))
    return _money(sheet, value) if holds is Holds.MONEY else _day(sheet, value)
