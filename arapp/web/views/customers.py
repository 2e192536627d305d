"""Customers: the list, its downloads, and one customer."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from arapp.debtors.proposals import proposals
from arapp.lists.columns import CUSTOMER_COLUMNS
from arapp.lists.customers import add_debts, customer_rows, export_customers
from arapp.lists.days import today
from arapp.lists.filters import CustomerFilter, InvoiceFilter
from arapp.lists.models import Listed
from arapp.lists.paging import page_of
from arapp.lists.totals import customer_totals, row_count, totals
from arapp.people.models import SEE
from arapp.receivables.duplicates import folded_doubles
from arapp.receivables.models import Customer, Invoice
from arapp.receivables.personal import masked
from arapp.web.access import needs
from arapp.web.customer_history import history_of
from arapp.web.customer_page import contacts_of, customer_or_404, owed_context
from arapp.web.downloads import csv_of, xlsx_of
from arapp.web.held import Held
from arapp.web.htmx import page_or_part
from arapp.web.makers import beside, edit_of, makes_at
from arapp.web.notes_shown import notes_of
from arapp.web.outgoing import under_way_of
from arapp.web.rows import ready, rows_of
from arapp.web.saved import opens_with_default
from arapp.web.shown import spoken
from arapp.web.toolbar import Toolbar


@require_safe
@needs(SEE)
@opens_with_default(Listed.CUSTOMERS)
def customers(request: HttpRequest) -> HttpResponse:
    found = CustomerFilter(request.GET, Customer.objects.all())
    count, owed = customer_totals(found)
    page = page_of(found, customer_rows(found.qs), count)
    counts = _invoice_counts(page.rows)
    tools = Toolbar(found, ("source",), page=page)
    context = {
        "found": found,
        "tools": tools,
        "page": page,
        "rows": [(row, counts.get(row.pk, 0)) for row in add_debts(page.rows, found.today)],
        "owed": owed,
        "proposals": len(proposals()),
        "debts": [tools.menu(name) for name in ("open", "overdue")],
    }
    return page_or_part(request, "customers/list.html", "customers/_list.html", context)


def _invoice_counts(customers: list[Customer]) -> dict[int, int]:
    theirs = Invoice.objects.filter(customer__in=[row.pk for row in customers]).order_by()
    return dict(theirs.values_list("customer_id").annotate(n=Count("pk")))


@require_safe
@needs(SEE)
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """One customer with the first page of its invoices; the list itself is one link away."""
    shown = customer_or_404(pk)
    held = Held.known([shown.source], shown.worked)
    context = {
        "customer": shown,
        "facts": [(label, value) for label, value in _facts(shown) if value],
        "edit": edit_of("customer.update", shown, request.user),
        "invoice_new": makes_at("invoice.create", shown.source, request.user),
        "beside": beside(shown, request.user),
        "people": contacts_of(shown),
        "under_way": under_way_of(shown, held),
        **notes_of(shown, request.user),
        **owed_context(shown, today()),
    }
    return page_or_part(
        request, "customers/detail.html", "invoices/_results.html", context | _theirs(shown, request, held)
    )


def _theirs(customer: Customer, request: HttpRequest, held: Held) -> dict[str, Any]:
    """A page of the customer's invoices. Links name the customer, for the downloads."""
    query = request.GET.copy()
    query.pop("customer", None)
    found = InvoiceFilter(query, Invoice.objects.filter(customer=customer))
    sums = totals(found.qs)
    page = page_of(found, ready().annotate(**folded_doubles()), row_count(sums))
    tools = Toolbar(found, page=page)
    tools.query["customer"] = str(customer.pk)
    rows = rows_of(page.rows, request, found.today, held=held)
    return {"found": found, "tools": tools, "page": page, "rows": rows, "totals": sums}


@require_safe
@needs(SEE)
def customer_history(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened with the customer: a page, and the part that the customer's page puts in its place."""
    shown = get_object_or_404(Customer, pk=pk)
    entries, more = history_of(shown)
    context = {"customer": shown, "entries": entries, "more": more}
    return page_or_part(request, "customers/history.html", "customers/_history.html", context)


def _facts(customer: Customer) -> list[tuple[str, str]]:
    return [
        (_("Number"), customer.number),
        (_("Kind"), spoken(customer.kind)),
        (_("E-mail"), customer.email),
        (_("Phone"), customer.phone),
        (_("Contact"), customer.contact_name),
        (_("Address"), customer.address),
        (_("Country"), customer.country),
        (_("Organisation or tax number"), masked(customer.org_no, customer.kind)),
        (_("VAT number"), masked(customer.vat_no, customer.kind)),
        (_("Tax office"), customer.tax_office),
        (_("Note"), customer.note),
        (_("Archived"), _("yes") if customer.archived else ""),
        (_("Id at the service"), customer.external_id),
    ]


@require_safe
@needs(SEE)
def customers_csv(request: HttpRequest) -> HttpResponseBase:
    found = CustomerFilter(request.GET, Customer.objects.all())
    return csv_of(request, found, export_customers(found), CUSTOMER_COLUMNS, "customers")


@require_safe
@needs(SEE)
def customers_xlsx(request: HttpRequest) -> HttpResponseBase:
    found = CustomerFilter(request.GET, Customer.objects.all())
    return xlsx_of(request, found, export_customers(found), CUSTOMER_COLUMNS, "customers")
