"""The list of payments and everything else that changed what is owed, and its downloads."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from arapp.lists.models import Listed, Moved
from arapp.lists.paging import page_of
from arapp.lists.payment_filters import PaymentFilter
from arapp.lists.payments import PAYMENT_COLUMNS, export_payments, payment_count, payment_rows, payment_totals
from arapp.people.models import SEE
from arapp.web.access import needs
from arapp.web.downloads import csv_of, xlsx_of
from arapp.web.further import Further
from arapp.web.htmx import page_or_part
from arapp.web.payments_shown import payment_rows_of
from arapp.web.saved import opens_with_default
from arapp.web.toolbar import Toolbar

PAIRS = (("date_from", "date_to", "date"), ("amount_min", "amount_max", ""))


@require_safe
@needs(SEE)
@opens_with_default(Listed.PAYMENTS)
def payments(request: HttpRequest) -> HttpResponse:
    found = _asked(request)
    sums = payment_totals(found)
    page = page_of(found, payment_rows(Moved.objects.all()), payment_count(sums))
    tools = Toolbar(found, ("kind", "source"), _columns(), page)
    more = Further(tools, PAIRS, ("at_desk", "deleted"), ("customer", "currency", "method"))
    context = {"found": found, "tools": tools, "more": more, "page": page, "sums": sums}
    context |= {"rows": payment_rows_of(page.rows)}
    return page_or_part(request, "payments/list.html", "payments/_list.html", context)


def _columns() -> list[tuple[str, str, str]]:
    return [
        (_("Date"), "", "date"),
        (_("Kind"), "", "kind"),
        (_("Number"), "", "number"),
        (_("Customer"), "", "customer"),
        (_("Source"), "sourcely", "source"),
        (_("Method"), "", "method"),
        (_("Text"), "", ""),
        (_("Amount"), "num", "amount"),
    ]


def _asked(request: HttpRequest) -> PaymentFilter:
    return PaymentFilter(request.GET, Moved.objects.all())


@require_safe
@needs(SEE)
def payments_csv(request: HttpRequest) -> HttpResponseBase:
    found = _asked(request)
    return csv_of(request, found, export_payments(found), PAYMENT_COLUMNS, "payments")


@require_safe
@needs(SEE)
def payments_xlsx(request: HttpRequest) -> HttpResponseBase:
    found = _asked(request)
    return xlsx_of(request, found, export_payments(found), PAYMENT_COLUMNS, "payments")
