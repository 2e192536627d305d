"""The invoice list in groups, and its downloads."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from arapp.lists.filters import InvoiceFilter
from arapp.lists.grouping import By
from arapp.lists.groups import Groups, columns_of, groups_of, line_rows, lines_of
from arapp.lists.totals import list_totals, row_count
from arapp.people.models import SEE
from arapp.receivables.models import Invoice
from arapp.web.access import needs
from arapp.web.downloads import csv_of, refused, xlsx_of
from arapp.web.grouped import GroupTools
from arapp.web.htmx import page_or_part
from arapp.web.toolbar import INVOICE_MENUS, Toolbar, invoice_filters

BAD_REQUEST = 400
PLACE = "invoices_grouped"


@require_safe
@needs(SEE)
def grouped(request: HttpRequest) -> HttpResponse:
    """A word that nothing is grouped by is said above the same filters, without groups."""
    found, by = InvoiceFilter(request.GET, Invoice.objects.all()), By.read(request.GET)
    tools, sums = Toolbar(found, INVOICE_MENUS), list_totals(found)
    shown = {
        "by": by,
        "grouping": GroupTools(by, tools.query),
        "groups": Groups() if by.problems else groups_of(found, by),
        "rows": row_count(sums),
        "totals": sums,
    }
    status = BAD_REQUEST if by.problems else 200
    return page_or_part(
        request, "invoices/grouped.html", "invoices/_grouped.html", invoice_filters(tools) | shown, status
    )


@require_safe
@needs(SEE)
def grouped_csv(request: HttpRequest) -> HttpResponseBase:
    found, by = InvoiceFilter(request.GET, Invoice.objects.all()), By.read(request.GET)
    if by.problems:
        return refused(request, by.problems, PLACE, BAD_REQUEST)
    return csv_of(request, found, lines_of(found, by), columns_of(by), PLACE)


@require_safe
@needs(SEE)
def grouped_xlsx(request: HttpRequest) -> HttpResponseBase:
    found, by = InvoiceFilter(request.GET, Invoice.objects.all()), By.read(request.GET)
    if by.problems:
        return refused(request, by.problems, PLACE, BAD_REQUEST)
    return xlsx_of(request, found, lines_of(found, by), columns_of(by), PLACE, line_rows(found, by).count())
