"""The panel beside the list of invoices: one of them as its page shows it, and the ways to its neighbours."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from arapp.lists.filters import InvoiceFilter
from arapp.lists.lookups import as_id
from arapp.lists.neighbours import neighbours_of
from arapp.lists.values import shown
from arapp.receivables.models import Invoice
from arapp.upstreams.details import read_now
from arapp.web.htmx import VARY
from arapp.web.page import invoice_or_404, page_of
from arapp.web.said import said

SHOW = "show"
"""The name in the list's query string that holds the id of the invoice in the panel."""


@dataclass(frozen=True)
class Ways:
    """Query strings of the list with the panel on a neighbour, and without it; empty where there is none."""

    close: str
    previous: str = ""
    next: str = ""
    place: int = 0
    total: int = 0


def opened(pk: int) -> tuple[Invoice, str]:
    """The invoice, and what stood against reading its lines, which are read now if they were not yet."""
    invoice, problem = invoice_or_404(pk), ""
    if invoice.detail_due and not invoice.has_details and not invoice.gone_at:
        problem = said(read_now(invoice))
        invoice = invoice_or_404(pk)
    return invoice, problem


def panel_beside(request: HttpRequest, found: InvoiceFilter, total: int) -> dict[str, Any]:
    """``panel`` and ``panel_problem`` for the page of the list; ``total`` is how many rows the list has."""
    context = _context(request, found, total)
    return {"panel": _html(request, context), "panel_problem": context.get("problem", "")}


def panel_alone(request: HttpRequest, found: InvoiceFilter) -> HttpResponse:
    """What htmx puts in the panel's place; where there is no such invoice the panel closes and a message says so."""
    response = render(request, "invoices/_panel.html", _context(request, found, None) | {"alone": True})
    patch_vary_headers(response, VARY)
    return response


def _html(request: HttpRequest, context: dict[str, Any]) -> SafeString:
    """By itself: what the document calls its things must not meet what the list calls its own."""
    return render_to_string("invoices/_panel.html", context, request)


def _context(request: HttpRequest, found: InvoiceFilter, total: int | None) -> dict[str, Any]:
    asked = request.GET.get(SHOW, "").strip()
    if not asked:
        return {}
    try:
        invoice, unread = opened(as_id(asked) or 0)
    except Http404:
        return {"problem": _("There is no invoice “%(id)s” to show beside the list.") % {"id": shown(asked)}}
    return page_of(invoice, request.user) | {"unread": unread, "ways": _ways(request, found, invoice.pk, total)}


def _ways(request: HttpRequest, found: InvoiceFilter, pk: int, total: int | None) -> Ways:
    beside = neighbours_of(found, pk, total)

    def to(one: int | None) -> str:
        query = request.GET.copy()
        query.pop(SHOW, None)
        if one:
            query[SHOW] = str(one)
        return query.urlencode()

    previous, following = (to(one) if one else "" for one in (beside.previous, beside.next))
    return Ways(to(None), previous, following, beside.place, beside.total)
