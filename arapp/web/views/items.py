"""The catalogue: the list of items, its downloads, and one item with the invoices it stands on."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from arapp.lists.items import ITEM_COLUMNS, ItemFilter, catalogue
from arapp.lists.models import Listed
from arapp.lists.paging import page_of
from arapp.people.models import SEE
from arapp.receivables.models import Invoice, Item, Line
from arapp.web.access import needs
from arapp.web.downloads import csv_of, xlsx_of
from arapp.web.held import Held
from arapp.web.htmx import page_or_part
from arapp.web.makers import beside, edit_of
from arapp.web.outgoing import under_way_of
from arapp.web.saved import opens_with_default
from arapp.web.toolbar import Toolbar

NEWEST_USES = 20


@require_safe
@needs(SEE)
@opens_with_default(Listed.ITEMS)
def items(request: HttpRequest) -> HttpResponse:
    found = ItemFilter(request.GET, catalogue())
    page = page_of(found, Item.objects.select_related("source"), found.qs.count())
    context = {
        "found": found,
        "tools": Toolbar(found, ("source", "archived", "gone"), _columns(), page),
        "page": page,
    }
    return page_or_part(request, "items/list.html", "items/_list.html", context)


def _columns() -> list[tuple[str, str, str]]:
    return [
        (_("Number"), "", "number"),
        (_("Name"), "", "name"),
        (_("Source"), "sourcely", "source"),
        (_("Unit"), "", "unit"),
        (_("Price"), "num", ""),
        (_("VAT"), "num", ""),
        (_("Changed"), "", "changed"),
    ]


@require_safe
@needs(SEE)
def item(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Item.objects.select_related("source"), pk=pk)
    lines = Line.objects.filter(item=shown)
    context = {
        "item": shown,
        "facts": [(label, value) for label, value in _facts(shown) if value],
        "uses": lines.select_related("invoice__customer").order_by("-invoice__created_at", "position")[:NEWEST_USES],
        "used": Invoice.objects.filter(pk__in=lines.order_by().values("invoice")).count(),
        "edit": edit_of("item.update", shown, request.user),
        "beside": beside(shown, request.user),
        "under_way": under_way_of(shown, Held()),
    }
    return render(request, "items/detail.html", context)


def _facts(item: Item) -> list[tuple[str, str]]:
    return [
        (_("Number"), item.number),
        (_("Unit"), item.unit),
        (_("Description"), item.description),
        (_("Archived"), _("yes") if item.archived else ""),
        (_("Id at the service"), item.external_id),
    ]


@require_safe
@needs(SEE)
def items_csv(request: HttpRequest) -> HttpResponseBase:
    found = ItemFilter(request.GET, catalogue())
    return csv_of(request, found, found.export(), ITEM_COLUMNS, "items")


@require_safe
@needs(SEE)
def items_xlsx(request: HttpRequest) -> HttpResponseBase:
    found = ItemFilter(request.GET, catalogue())
    return xlsx_of(request, found, found.export(), ITEM_COLUMNS, "items")
