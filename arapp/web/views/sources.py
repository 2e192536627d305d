"""The sources: how fresh each is, what could not be read, what is on its way; asking for a reading."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from arapp.outbox.models import Intent
from arapp.people.models import DECIDE, MANAGE, SYNC
from arapp.receivables.models import Source
from arapp.upstreams.models import Connection, Quarantined, Worker
from arapp.web.access import needs
from arapp.web.comparison import comparison_of
from arapp.web.conditions import asks_for_consent, condition, consent_given
from arapp.web.held import Held, no_worker
from arapp.web.hooks_shown import hooks_shown
from arapp.web.htmx import page_or_part
from arapp.web.outgoing import under_way
from arapp.web.reports import offers_reports
from arapp.web.shown import whole
from arapp.web.source_forms import SecondPersonForm
from arapp.web.sources_shown import with_counts, with_runs

UNREADABLE_A_PAGE = 20


@require_safe
@needs(SYNC)
def sources(request: HttpRequest) -> HttpResponse:
    context = _cards(request, with_runs(with_counts(Source.objects.all()), last=1)) | {
        "outgoing": under_way(Intent.objects.all(), Held()),
        "unreadable": _unreadable(request, Quarantined.objects),
    }
    return page_or_part(request, "sources/list.html", "sources/_cards.html", context)


@require_safe
@needs(SYNC)
def source(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(with_runs(with_counts(Source.objects.filter(pk=pk)), last=15))
    context = _cards(request, [one]) | {
        "source": one,
        "asks": asks_for_consent(one),
        "missing": whole(one.last_missing),
        "consent_given": consent_given(),
        "comparison": comparison_of(one),
        "form": SecondPersonForm(source=one),
        "offers_reports": offers_reports(one),
        "outgoing": under_way(Intent.objects.filter(source=one), Held()),
        "unreadable": _unreadable(request, Quarantined.objects.filter(source=one)),
        **hooks_shown(one, request.user),
    }
    return page_or_part(request, "sources/detail.html", "sources/_source.html", context)


@require_POST
@needs(SYNC)
def sync(request: HttpRequest, pk: int) -> HttpResponse:
    connection = get_object_or_404(Connection.objects.select_related("source"), pk=pk)
    connection.want()
    _say_asked(request, connection)
    return redirect("sources") if request.POST.get("back") == "list" else redirect("source", pk)


@require_POST
@needs(SYNC)
def sync_all(request: HttpRequest) -> HttpResponse:
    for connection in Connection.objects.filter(paused=False):
        connection.want()
    _say_asked(request)
    return redirect("sources")


def _cards(request: HttpRequest, found: QuerySet[Source] | list[Source]) -> dict[str, Any]:
    now, worker, person = timezone.now(), Worker.objects.alive().exists(), request.user
    cards = [(one, condition(one, now, worker)) for one in found]
    return {
        "cards": cards,
        "worker": worker,
        "busy": any(state.busy for _one, state in cards),
        "manages": person.can(MANAGE),
        "settles": person.can(DECIDE) and person.can(SYNC),
    }


def _unreadable(request: HttpRequest, rows: Any) -> Any:
    waiting = rows.waiting().select_related("source").order_by("-id")
    return Paginator(waiting, UNREADABLE_A_PAGE).get_page(request.GET.get("page"))


def _say_asked(request: HttpRequest, connection: Connection | None = None) -> None:
    if connection and connection.paused:
        messages.warning(request, _("Asked for; it is read when it is resumed."))
        return
    messages.success(request, _("Asked for; it is read as soon as the worker is free."))
    if not Worker.objects.alive().exists():
        messages.warning(request, no_worker())
