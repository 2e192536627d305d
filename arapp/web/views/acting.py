"""Everything that can be done with an invoice beside deciding on it: one action on one, or on many."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST

from arapp.lists.days import today
from arapp.people.models import SEE
from arapp.web.access import needs
from arapp.web.acting import Attempt, action_or_404, asked, stored_words, tried
from arapp.web.acting_many import Many
from arapp.web.back import back_to
from arapp.web.htmx import VARY, page_or_part, wants_part
from arapp.web.page import invoice_or_404, page_of
from arapp.web.rows import ready, rows_of
from arapp.web.timeline import shown_changes

ROWS_SHOWN_AT_ONCE = 200
"""Rows of the list that ride along after an action on many; a page of the list has fewer."""


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SEE)
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The form of an action, what exactly it will do, or what became of it. The action itself says who may."""
    invoice, action = invoice_or_404(pk), action_or_404(name)
    attempt = tried(invoice, action, request) if request.method == "POST" else asked(invoice, action, request)
    if attempt.intent:
        return _stored(request, attempt)
    changes = shown_changes(attempt.changes, invoice.currency)
    context = {"attempt": attempt, "invoice": invoice, "changes": changes, "back": back_to(request)}
    return page_or_part(request, "acting/form.html", "acting/_dialog.html", context, attempt.status)


def _stored(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """The document as it is now, in the place of the old one, or the way back to it."""
    said = stored_words(attempt)
    if not wants_part(request):
        messages.success(request, said)
        return redirect(back_to(request) or redirect("invoice", attempt.invoice.pk).url)
    fresh = page_of(invoice_or_404(attempt.invoice.pk), request.user)
    response = render(request, "invoices/_document.html", fresh | {"said": said})
    response["HX-Retarget"], response["HX-Reswap"] = "#document", "outerHTML"
    patch_vary_headers(response, VARY)
    return response


@require_POST
@needs(SEE)
def act_on_many(request: HttpRequest, name: str) -> HttpResponse:
    """One action on many invoices: first what it would do, then what became of each. Each row stands for itself."""
    return needs(action_or_404(name).ability)(_act_on_many)(request, name)


def _act_on_many(request: HttpRequest, name: str) -> HttpResponse:
    many = Many.read(action_or_404(name), request, ready())
    many.go_on()
    context: dict[str, Any] = {"many": many, "back": back_to(request)}
    if many.outcomes and wants_part(request):
        shown = [outcome.invoice.pk for outcome in many.outcomes if outcome.invoice][:ROWS_SHOWN_AT_ONCE]
        context["rows"] = rows_of(ready().filter(pk__in=shown), request, today(), swapped=True)
    return page_or_part(request, "acting/many.html", "acting/_many.html", context, many.status)
