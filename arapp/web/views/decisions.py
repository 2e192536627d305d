"""The list of decisions and its downloads."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from arapp.approvals.models import Decision
from arapp.lists.decision_filters import DecisionFilter
from arapp.lists.decisions import (
    DECISION_COLUMNS,
    MANY,
    decision_count,
    decision_totals,
    export_decisions,
)
from arapp.lists.models import Listed
from arapp.lists.paging import page_of
from arapp.people.models import SEE
from arapp.web.access import needs
from arapp.web.decisions_shown import decision_rows_of, ready
from arapp.web.downloads import csv_of, xlsx_of
from arapp.web.further import Further
from arapp.web.htmx import page_or_part
from arapp.web.saved import opens_with_default
from arapp.web.toolbar import Toolbar

MENUS = ("action", "origin", "person", "source")


@require_safe
@needs(SEE)
@opens_with_default(Listed.DECISIONS)
def decisions(request: HttpRequest) -> HttpResponse:
    found = _asked(request)
    sums = decision_totals(found)
    page = page_of(found, ready(), decision_count(sums))
    tools = Toolbar(found, MENUS, _columns(), page)
    more = Further(tools, [("date_from", "date_to", "date")], ("push", "alone"), ("customer", "currency"))
    context = {"found": found, "tools": tools, "more": more, "page": page, "sums": sums}
    context |= {"rows": decision_rows_of(page.rows), "unsummed": MANY if page.total > MANY else 0}
    return page_or_part(request, "decisions/list.html", "decisions/_list.html", context)


def _columns() -> list[tuple[str, str, str]]:
    return [
        (_("When"), "", "at"),
        (_("Decision"), "", "action"),
        (_("Number"), "", "number"),
        (_("Customer"), "", "customer"),
        (_("Gross"), "num", "gross"),
        (_("Person"), "", "person"),
        (_("From where"), "", "origin"),
        (_("Why"), "", ""),
    ]


def _asked(request: HttpRequest) -> DecisionFilter:
    return DecisionFilter(request.GET, Decision.objects.all())


@require_safe
@needs(SEE)
def decisions_csv(request: HttpRequest) -> HttpResponseBase:
    found = _asked(request)
    return csv_of(request, found, export_decisions(found), DECISION_COLUMNS, "decisions")


@require_safe
@needs(SEE)
def decisions_xlsx(request: HttpRequest) -> HttpResponseBase:
    found = _asked(request)
    return xlsx_of(request, found, export_decisions(found), DECISION_COLUMNS, "decisions")
