"""Downloads of all lists: streamed CSV, a workbook, and the page for one that cannot be made."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from arapp.lists import csv, xlsx
from arapp.lists.columns import Column
from arapp.lists.days import today
from arapp.lists.filters import ListFilter


def csv_of(
    request: HttpRequest, found: ListFilter, rows: Iterable[Any], columns: Sequence[Column], name: str
) -> HttpResponseBase:
    """Exactly the rows of the filtered list, line by line as they are read, in the form the person prefers.

    ``name`` is the list's and its URL's.
    """
    if found.problems:
        return refused(request, found.problems, name)
    lines = csv.csv_lines(rows, columns, found.today, csv.Form(request.user.csv_form))
    headers = {"Content-Disposition": _named(name, "csv")}
    return StreamingHttpResponse(lines, content_type=csv.CONTENT_TYPE, headers=headers)


def xlsx_of(
    request: HttpRequest,
    found: ListFilter,
    rows: Iterable[Any],
    columns: Sequence[Column],
    name: str,
    size: int | None = None,
) -> HttpResponseBase:
    """The same as a workbook. ``size`` is how many lines it gets, where that is not one for each row of the list."""
    if found.problems:
        return refused(request, found.problems, name)
    try:
        xlsx.check_size(found.qs.count() if size is None else size)
        file = xlsx.xlsx_file(rows, columns, found.today)
    except xlsx.Refused as refusal:
        return refused(request, [str(refusal)], name)
    headers = {"Content-Disposition": _named(name, "xlsx")}
    return FileResponse(file, content_type=xlsx.CONTENT_TYPE, headers=headers)


def _named(name: str, kind: str) -> str:
    return content_disposition_header(True, f"{name}-{today().isoformat()}.{kind}")


def refused(request: HttpRequest, problems: Sequence[str], back: str, status: int = 422) -> HttpResponse:
    """What makes no sense gives no file; the page says why and leads back to the list."""
    context = {"problems": problems, "back": f"{reverse(back)}?{request.GET.urlencode()}"}
    return render(request, "no_download.html", context, status=status)
