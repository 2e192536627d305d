"""What administrators switch at a source, their consent to what is gone, and one document read again."""

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from arapp.people.models import MANAGE, SYNC
from arapp.receivables.models import Source
from arapp.upstreams import quarantine, switching
from arapp.upstreams.models import Quarantined, Worker
from arapp.web.access import needs
from arapp.web.back import back_to
from arapp.web.conditions import asks_for_consent, consent_given
from arapp.web.held import no_worker
from arapp.web.said import said
from arapp.web.source_forms import SecondPersonForm
from arapp.web.sources_shown import with_trouble

log = logging.getLogger("arapp.web")


@require_POST
@needs(MANAGE)
def switch(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """One of ``switching.ACTIONS``; all but disconnecting can be taken back with another."""
    source = get_object_or_404(Source, pk=pk)
    messages.success(request, switching.switch(source, action))
    return redirect(back_to(request) or source_path(source))


@require_POST
@needs(MANAGE)
def accept_gone(request: HttpRequest, pk: int) -> HttpResponse:
    """A person's word that what a source no longer shows is gone; the next whole reading acts on it."""
    source = get_object_or_404(with_trouble(Source.objects.all()), pk=pk)
    if not asks_for_consent(source):
        messages.error(request, _("Nothing was done: this has moved on meanwhile."))
    else:
        source.connection.accept_gone()
        messages.success(request, consent_given())
        if not Worker.objects.alive().exists():
            messages.warning(request, no_worker())
    return redirect(back_to(request) or source_path(source))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(MANAGE)
def second_person(request: HttpRequest, pk: int) -> HttpResponse:
    """When a source needs a second person; the log keeps who changed it."""
    source = get_object_or_404(Source, pk=pk)
    form = SecondPersonForm(request.POST or None, source=source)
    if request.method == "POST" and form.is_valid():
        form.save()
        log.info("Second person at %s: %s, set by %s", source, source.second_person_words, request.user)
        when = {"source": source, "when": source.second_person_words}
        messages.success(request, _("A second person is needed at %(source)s: %(when)s.") % when)
        return redirect(source_path(source))
    status = 422 if request.method == "POST" else 200
    return render(request, "sources/second_person.html", {"source": source, "form": form}, status=status)


@require_POST
@needs(SYNC)
def read_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Read one document again that could not be read."""
    row = get_object_or_404(Quarantined.objects.select_related("source"), pk=pk)
    problem = quarantine.try_again(row)
    if problem:
        messages.error(request, said(problem))
    else:
        messages.success(request, _("%(name)s could be read.") % {"name": row.external_id})
    return redirect(back_to(request) or source_path(row.source))


def source_path(source: Source) -> str:
    return redirect("source", source.pk).url
