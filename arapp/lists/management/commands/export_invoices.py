"""``manage.py export_invoices``: the rows of the invoice list, filtered as on the screen, into a file."""

import contextlib
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import TooManyFieldsSent
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.lists.columns import INVOICE_COLUMNS
from arapp.lists.csv import Form, csv_lines
from arapp.lists.filters import InvoiceFilter
from arapp.lists.invoices import export_rows
from arapp.lists.totals import Total, row_count, totals
from arapp.lists.values import shown
from arapp.lists.xlsx import Refused, check_size, write_xlsx

FORMATS = ("csv", "xlsx")
CSV_FORMS = tuple(form.value for form in Form)
FAILED, REFUSED = 1, 2
CHUNK = 2_000


class Command(BaseCommand):
    help = "Write the rows of the invoice list to a file, with the filters of the list's query string."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", required=True, metavar="csv|xlsx")
        parser.add_argument("--csv-form", default=Form.PLAIN.value, metavar="plain|sheet", help="sheet: semicolons")
        parser.add_argument("--output", required=True, metavar="FILE", help="a file, or - for the standard output")
        parser.add_argument("--filter", default="", metavar="QUERY", help="the query string of the list")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["format"] not in FORMATS:
            raise CommandError(_refusal_of_format(options["format"]), returncode=REFUSED)
        if options["csv_form"] not in CSV_FORMS:
            raise CommandError(_refusal_of_csv_form(options["csv_form"]), returncode=REFUSED)
        filterset = _filterset(options["filter"])
        try:
            found = self._export(filterset, options)
        except Refused as refused:
            raise CommandError(str(refused), returncode=REFUSED) from None
        except OSError as error:
            raise CommandError(_cannot_write(options["output"], error), returncode=FAILED) from None
        except DatabaseError as error:
            raise CommandError(_("The database failed: %(error)s") % {"error": error}, returncode=FAILED) from None
        self._tell(found, options["output"])

    def _export(self, filterset: InvoiceFilter, options: Mapping[str, Any]) -> list[Total]:
        found = totals(filterset.qs)
        if options["format"] == "xlsx":
            check_size(row_count(found))
        with self._opened(options["output"]) as file:
            _write(filterset, options["format"], Form(options["csv_form"]), file)
        return found

    def _opened(self, output: str) -> contextlib.AbstractContextManager[IO[bytes]]:
        if output != "-":
            return replacing(Path(output))
        stream = getattr(self.stdout, "buffer", None) or sys.stdout.buffer
        return contextlib.nullcontext(stream)

    def _tell(self, found: list[Total], output: str) -> None:
        out = self.stderr if output == "-" else self.stdout
        rows = row_count(found)
        sentence = ngettext("%(rows)d row written.", "%(rows)d rows written.", rows) % {"rows": rows}
        out.write("\n".join([sentence, *map(_total, found)]), style_func=str)


def _refusal_of_format(given: str) -> str:
    return _("“%(format)s” is not a format; it can be csv or xlsx.") % {"format": shown(given)}


def _refusal_of_csv_form(given: str) -> str:
    return _("“%(form)s” is not a form of CSV; it can be plain or sheet.") % {"form": shown(given)}


def _cannot_write(output: str, error: OSError) -> str:
    reason = error.strerror or str(error)
    return _("Cannot write “%(file)s”: %(reason)s.") % {"file": shown(output), "reason": reason}


def _total(total: Total) -> str:
    if total.gross is None or total.open is None:
        return _("%(rows)d without a currency") % {"rows": total.rows}
    told = {"currency": total.currency, "gross": total.gross.plain(), "open": total.open.plain(), "rows": total.rows}
    return _("%(currency)s: gross %(gross)s, open %(open)s (%(rows)d)") % told


def _filterset(query: str) -> InvoiceFilter:
    """The filters of a query string; CommandError for a name or a value that makes no sense."""
    try:
        data = QueryDict(query.strip().removeprefix("?"))
    except TooManyFieldsSent:
        raise CommandError(_("The filter has too many parts."), returncode=REFUSED) from None
    filterset = InvoiceFilter(data)
    if filterset.unknown:
        names = ", ".join(map(shown, filterset.unknown))
        raise CommandError(_("There is no filter “%(names)s”.") % {"names": names}, returncode=REFUSED)
    if filterset.problems_by_name:
        raise CommandError("\n".join(filterset.problems_by_name), returncode=REFUSED)
    return filterset


def _write(filterset: InvoiceFilter, form: str, csv_form: Form, file: IO[bytes]) -> None:
    rows: Iterable[Any] = export_rows(filterset).iterator(chunk_size=CHUNK)
    if form == "csv":
        file.writelines(csv_lines(rows, INVOICE_COLUMNS, filterset.today, csv_form))
    else:
        write_xlsx(rows, INVOICE_COLUMNS, filterset.today, file)
    file.flush()


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A new file that takes the path's place once it is whole; until then the path is as it was. OSError."""
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        with target.open("wb") as device:
            yield device
        return
    part = target.with_name(f".{target.name[:100]}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            yield file
            os.fsync(file.fileno())
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
