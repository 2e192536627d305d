"""The PDF or picture of an invoice, and the files that people uploaded."""

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from arapp.documents.files import ENDINGS, Unfit, content
from arapp.documents.models import StoredFile
from arapp.people.models import SEE
from arapp.receivables.models import Invoice
from arapp.upstreams.base import Gone, NotReady
from arapp.upstreams.documents import stored_document
from arapp.upstreams.http import Failure
from arapp.web.access import needs

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
PAUSES = (2, 5, 10, 20, 30)
"""Seconds until a page asks again for a document that is not ready; after the last it waits for a click."""
LONGEST_VARIANT = 200


@require_safe
@needs(SEE)
def invoice_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Shown in the browser, or saved with ``?download=1``; ``?variant=`` is another paper of the same invoice."""
    found = get_object_or_404(Invoice.objects.select_related("source"), pk=pk)
    try:
        return _served(stored_document(found, _variant(request)), "download" in request.GET)
    except NotReady as failure:
        return _not_ready(request, found, str(failure))
    except Gone as failure:
        context, status = {"invoice": found, "sentence": str(failure)}, 404
    except (Failure, Unfit) as failure:
        context, status = {"invoice": found, "sentence": str(failure)}, 502
    return render(request, "invoices/no_document.html", context | {"again": request.get_full_path()}, status=status)


@require_safe
@needs(SEE)
def stored_file(request: HttpRequest, name: str) -> HttpResponse:
    """What somebody uploaded, only ever saved."""
    try:
        return _served(get_object_or_404(StoredFile, name=name), True)
    except Unfit as error:
        raise Http404(str(error)) from error


def _variant(request: HttpRequest) -> str:
    variant = request.GET.get("variant", "")
    if len(variant) > LONGEST_VARIANT or not variant.isprintable():
        raise Http404
    return variant


def _served(file: StoredFile, attached: bool) -> HttpResponse:
    """PDF and pictures may be shown, anything else is only saved; nothing in it may run."""
    attached = attached or file.content_type not in ENDINGS
    response = HttpResponse(content(file), content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(attached, file.filename)
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _not_ready(request: HttpRequest, invoice: Invoice, sentence: str) -> HttpResponse:
    """Says so, and asks again by itself, more and more seldom."""
    query = request.GET.copy()
    asked = _whole(query.pop("asked", ["0"])[-1])
    context = {"invoice": invoice, "sentence": sentence, "waits": True, "again": _with(request, query)}
    response = render(request, "invoices/no_document.html", context, status=202)
    if asked < len(PAUSES):
        query["asked"] = str(asked + 1)
        response["Refresh"] = f"{PAUSES[asked]}; url={_with(request, query)}"
    return response


def _whole(text: str) -> int:
    """How often it was asked; what is no such number is often enough."""
    return int(text) if text in map(str, range(len(PAUSES))) else len(PAUSES)


def _with(request: HttpRequest, query: QueryDict) -> str:
    return f"{request.path}?{query.urlencode()}" if query else request.path
