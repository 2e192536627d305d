"""The invoice list, its downloads, one invoice and its row."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from arapp.lists.columns import INVOICE_COLUMNS
from arapp.lists.days import today
from arapp.lists.filters import InvoiceFilter
from arapp.lists.invoices import export_rows
from arapp.lists.models import Listed
from arapp.lists.paging import page_of as paged
from arapp.lists.totals import figures
from arapp.people.models import SEE
from arapp.receivables.models import Invoice
from arapp.web.access import needs
from arapp.web.downloads import csv_of, xlsx_of
from arapp.web.held import Held
from arapp.web.htmx import VARY, page_or_part, targets
from arapp.web.page import invoice_or_404, page_of
from arapp.web.panel import opened, panel_alone, panel_beside
from arapp.web.rows import ready, row_of, rows_of
from arapp.web.saved import opens_with_default
from arapp.web.standing import standing_of
from arapp.web.toolbar import INVOICE_MENUS, Toolbar, invoice_filters


@require_safe
@needs(SEE)
@opens_with_default(Listed.INVOICES)
def invoices(request: HttpRequest) -> HttpResponse:
    found = InvoiceFilter(request.GET, Invoice.objects.all())
    if targets(request, "panel"):
        return panel_alone(request, found)
    sums = figures(found, whole="sums" in request.GET)
    page = paged(found, ready(), sums.count, sums.at_least)
    tools = Toolbar(found, INVOICE_MENUS, page=page)
    shown = {"page": page, "rows": rows_of(page.rows, request, found.today), "totals": sums.totals}
    context = invoice_filters(tools) | shown | panel_beside(request, found, page.total)
    return page_or_part(request, "invoices/list.html", "invoices/_list.html", context)


@require_safe
@needs(SEE)
def invoices_totals(request: HttpRequest) -> HttpResponse:
    """The strip below a list that was too long to be added up with it, and how many rows there are."""
    sums = figures(InvoiceFilter(request.GET, Invoice.objects.all()), whole=True)
    return render(request, "invoices/_added_up.html", {"totals": sums.totals, "count": sums.count})


@require_safe
@needs(SEE)
def invoices_csv(request: HttpRequest) -> HttpResponseBase:
    found = InvoiceFilter(request.GET, Invoice.objects.all())
    return csv_of(request, found, _exported(found), INVOICE_COLUMNS, "invoices")


@require_safe
@needs(SEE)
def invoices_xlsx(request: HttpRequest) -> HttpResponseBase:
    found = InvoiceFilter(request.GET, Invoice.objects.all())
    return xlsx_of(request, found, _exported(found), INVOICE_COLUMNS, "invoices")


def _exported(found: InvoiceFilter) -> Iterator[Invoice]:
    return export_rows(found).iterator(chunk_size=2_000)


@require_safe
@needs(SEE)
def invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """Opening an invoice whose lines were not read yet reads them now."""
    shown, problem = opened(pk)
    context = page_of(shown, request.user) | {"unread": problem}
    return page_or_part(request, "invoices/detail.html", "invoices/_document.html", context)


@require_safe
@needs(SEE)
def invoice_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked every two seconds while a decision is on its way; nothing is sent while ``seen`` still holds."""
    found = get_object_or_404(ready(), pk=pk)
    standing = standing_of(found, Held())
    if standing and standing.moving and request.GET.get("seen") == standing.seen:
        return HttpResponse(status=204)
    if targets(request, "standing"):
        response = render(request, "invoices/_document.html", page_of(invoice_or_404(pk), request.user))
        response["HX-Retarget"], response["HX-Reswap"] = "#document", "outerHTML"
    else:
        response = HttpResponse(row_of(found, request, today()))
    patch_vary_headers(response, VARY)
    return response
