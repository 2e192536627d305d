"""Notes on invoices and customers that never leave the desk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arapp.kept.keeping import drop_note, note
from arapp.kept.models import KeptComment
from arapp.people.models import PREPARE
from arapp.receivables.models import Customer, Invoice
from arapp.web.access import needs
from arapp.web.back import back_to
from arapp.web.htmx import page_or_part, wants_part
from arapp.web.notes_shown import notes_of, notes_url, problem_with, read_note, read_token
from arapp.web.page import history_of, invoice_or_404


@require_POST
@needs(PREPARE)
def invoice_notes(request: HttpRequest, pk: int) -> HttpResponse:
    return _keep(request, invoice_or_404(pk))


@require_POST
@needs(PREPARE)
def customer_notes(request: HttpRequest, pk: int) -> HttpResponse:
    return _keep(request, get_object_or_404(Customer.objects.select_related("source"), pk=pk))


def _keep(request: HttpRequest, subject: Invoice | Customer) -> HttpResponse:
    """Keep what was typed; what cannot be kept comes back with the sentence and nothing lost."""
    text, token = request.POST.get("text", ""), read_token(request.POST.get("token", ""))
    problem = problem_with(read_note(text))
    if problem:
        context = notes_of(subject, request.user, str(token), typed=text, problem=problem)
        return page_or_part(request, "notes/again.html", "notes/_notes.html", context, 422)
    note(subject, read_note(text), request.user, token)
    if not wants_part(request):
        messages.success(request, _("The note is kept at the desk."))
        return redirect(notes_url(subject).removesuffix("notes/"))
    return render(request, "notes/_kept.html", _fresh(request, subject))


def _fresh(request: HttpRequest, subject: Invoice | Customer) -> dict[str, object]:
    """The notes as they are now, and for an invoice its history, where they stand too."""
    if isinstance(subject, Customer):
        return notes_of(subject, request.user)
    invoice = invoice_or_404(subject.pk)
    return notes_of(invoice, request.user) | {"entries": history_of(invoice), "invoice": invoice}


@require_POST
@needs(PREPARE)
def note_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Only one's own; where it is gone already nothing happens."""
    if drop_note(pk, request.user) or not KeptComment.objects.filter(pk=pk).exists():
        messages.success(request, _("The note is deleted."))
    else:
        messages.error(request, _("Only who wrote a note can delete it."))
    return redirect(back_to(request) or "dashboard")
