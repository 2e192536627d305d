"""The services' own reports: what a source offers, and the files."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from arapp.actions.doing import Invalid, Refused, check
from arapp.actions.reads import fetch
from arapp.people.models import SEE
from arapp.receivables.models import Source
from arapp.upstreams.base import Document, Gone, NotReady
from arapp.upstreams.http import Failure, Rejected
from arapp.web.access import needs
from arapp.web.reports import DOWNLOAD, Reports


@require_safe
@needs(SEE)
def reports(request: HttpRequest, pk: int) -> HttpResponse:
    found = Reports.of(get_object_or_404(Source, pk=pk), request.GET)
    return render(request, "sources/reports.html", {"source": found.source, "reports": found})


@require_safe
@needs(SEE)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The file, made by the service at this moment, or the page with what stands against it."""
    found = Reports.of(get_object_or_404(Source, pk=pk), request.GET)
    try:
        return _saved(fetch(check(DOWNLOAD, found.source, None, found.form.data_given(), request.user)))
    except Invalid as error:
        found.form.blame(error.problems)
        sentence, status = "", 422
    except Failure as failure:
        sentence = str(failure)
        status = next((status for kind, status in _STATUS.items() if isinstance(failure, kind)), 502)
    except Refused as refusal:
        sentence, status = refusal.sentence, 409
    context = {"source": found.source, "reports": found, "sentence": sentence}
    return render(request, "sources/reports.html", context, status=status)


_STATUS: dict[type[Failure], int] = {NotReady: 202, Gone: 404, Rejected: 422}


def _saved(document: Document) -> HttpResponse:
    """Only ever saved; nothing in it may run."""
    response = HttpResponse(document.content, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, document.filename or "report")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
