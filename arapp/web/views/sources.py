"""The sources: how fresh each is, what could not be read, what is on its way; reading and trying again."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from arapp.approvals.models import Approval
from arapp.outbox.models import Intent, IntentState
from arapp.people.models import DECIDE, SYNC
from arapp.receivables.models import Source
from arapp.upstreams.models import Connection, Quarantined, Worker
from arapp.web.access import needs
from arapp.web.htmx import page_or_part
from arapp.web.sources_shown import (
    UNDER_WAY,
    condition,
    no_worker,
    shown,
    still_stuck,
    what,
    with_counts,
    with_runs,
)

RETRIED = (IntentState.NEEDS_PERSON, IntentState.REFUSED)
ROWS = 50
UNREADABLE_A_PAGE = 20
_CSS = {
    IntentState.PENDING: "busy",
    IntentState.SENDING: "busy",
    IntentState.UNKNOWN: "warn",
    IntentState.REFUSED: "bad",
    IntentState.NEEDS_PERSON: "bad",
}


@require_safe
@needs(SYNC)
def sources(request: HttpRequest) -> HttpResponse:
    found = _cards(with_runs(with_counts(Source.objects.all()), last=1))
    context = found | {
        "intents": _rows(Intent.objects.all()),
        "unreadable": _unreadable(request, Quarantined.objects),
    }
    return page_or_part(request, "sources/list.html", "sources/_cards.html", context)


@require_safe
@needs(SYNC)
def source(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(with_runs(with_counts(Source.objects.filter(pk=pk)), last=15))
    found = _cards([one])
    context = found | {
        "source": one,
        "intents": _rows(Intent.objects.filter(source=one)),
        "unreadable": _unreadable(request, Quarantined.objects.filter(source=one)),
    }
    return page_or_part(request, "sources/detail.html", "sources/_source.html", context)


@require_POST
@needs(SYNC)
def sync(request: HttpRequest, pk: int) -> HttpResponse:
    connection = get_object_or_404(Connection.objects.select_related("source"), pk=pk)
    connection.want()
    _say_asked(request)
    return redirect("sources") if request.POST.get("back") == "list" else redirect("source", pk)


@require_POST
@needs(SYNC)
def sync_all(request: HttpRequest) -> HttpResponse:
    for connection in Connection.objects.all():
        connection.want()
    _say_asked(request)
    return redirect("sources")


@require_POST
@needs(DECIDE)
@needs(SYNC)
def retry_intent(request: HttpRequest, pk: int) -> HttpResponse:
    intent = get_object_or_404(Intent.objects.select_related("source"), pk=pk)
    problem = _tell_again(intent)
    if problem:
        messages.error(request, problem)
    else:
        service = intent.source.get_service_display()
        messages.success(request, _("On its way to %(service)s again.") % {"service": service})
    return redirect("source", intent.source_id)


@require_POST
@needs(DECIDE)
@needs(SYNC)
def drop_intent(request: HttpRequest, pk: int) -> HttpResponse:
    intent = get_object_or_404(Intent.objects.select_related("source"), pk=pk)
    if intent.state in RETRIED and intent.move(IntentState.SUPERSEDED):
        service = intent.source.get_service_display()
        messages.success(request, _("Dropped. %(service)s is not told of it.") % {"service": service})
    else:
        messages.error(request, _moved_meanwhile())
    return redirect("source", intent.source_id)


def _cards(found: QuerySet[Source] | list[Source]) -> dict[str, Any]:
    now, worker = timezone.now(), Worker.objects.alive().exists()
    cards = [(one, condition(one, now, worker)) for one in found]
    return {"cards": cards, "worker": worker, "busy": any(state.busy for _one, state in cards)}


def _rows(intents: QuerySet[Intent]) -> list[dict[str, Any]]:
    """What needs a person first, then what is on its way."""
    found = shown(still_stuck(intents))[:ROWS], shown(intents.filter(state__in=UNDER_WAY))[:ROWS]
    return [
        {
            "intent": intent,
            "what": what(intent),
            "css": _CSS[intent.state],
            "again": intent.state in RETRIED,
        }
        for part in found
        for intent in part
    ]


def _unreadable(request: HttpRequest, rows: Any) -> Any:
    waiting = rows.waiting().select_related("source").order_by("-id")
    return Paginator(waiting, UNREADABLE_A_PAGE).get_page(request.GET.get("page"))


@transaction.atomic
def _tell_again(intent: Intent) -> str:
    """Put it on its way again; why not, else "". A decision holds the approval's row, so none comes in between."""
    approval = Approval.objects.select_for_update().filter(pk=intent.invoice_id).first()
    intent.refresh_from_db()
    problem = _why_not_again(intent, approval)
    if problem:
        return problem
    moved = intent.move(IntentState.PENDING, error="", tries=0, due_at=timezone.now())
    return "" if moved else _moved_meanwhile()


def _why_not_again(intent: Intent, approval: Approval | None) -> str:
    """Only what still is the last word on the invoice is told again."""
    if intent.state not in RETRIED:
        return _moved_meanwhile()
    last = approval.decisions.order_by("-id").first() if approval else None
    if last and last.intent_id != intent.pk:
        return _("There is a newer decision on this invoice; this one is not told again. Drop it.")
    return ""


def _moved_meanwhile() -> str:
    return _("Nothing was done: this has moved on meanwhile.")


def _say_asked(request: HttpRequest) -> None:
    messages.success(request, _("Asked for; it is read as soon as the worker is free."))
    if not Worker.objects.alive().exists():
        messages.warning(request, no_worker())
