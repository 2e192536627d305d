"""A decision on everything that a list's filters leave: begun, looked at, agreed to, carried out in stretches."""

from collections.abc import Callable, Sequence
from functools import wraps
from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from arapp.approvals.batches import Batch
from arapp.approvals.batching import begin, go_on, take_back
from arapp.approvals.effects import REJECT
from arapp.approvals.refusals import Refusal
from arapp.lists.days import today
from arapp.people.models import DECIDE, MANAGE, SEE, User
from arapp.web.access import needs
from arapp.web.batch_rows import COLUMNS, every_row
from arapp.web.batch_shown import BatchPage
from arapp.web.deciding import filters_of, note_problem
from arapp.web.downloads import csv_of
from arapp.web.htmx import page_or_part, targets, wants_part
from arapp.web.rows import labels, ready, rows_of

MOST_IN_PLACE = 200
"""Rows of the list beside it that are shown afresh; a page of the list has fewer."""

View = Callable[[HttpRequest, Batch], HttpResponseBase]


def _only(may: Callable[[Batch, User], bool]) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Only for people who may; the others get a 403 that says whose it is."""

    def decorate(view: View) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def checked(request: HttpRequest, pk: int) -> HttpResponseBase:
            batch = get_object_or_404(Batch.objects.select_related("person"), pk=pk)
            if may(batch, request.user):
                return view(request, batch)
            return page_or_part(request, "batches/not_theirs.html", "batches/_not_theirs.html", {"batch": batch}, 403)

        return checked

    return decorate


def _begun_by(batch: Batch, person: User) -> bool:
    return batch.person_id == person.pk


def _may_look(batch: Batch, person: User) -> bool:
    return _begun_by(batch, person) or person.can(MANAGE)


def begin_all(request: HttpRequest, action: str) -> HttpResponse:
    """A batch of all that match the filters, and its first stretch; 422 with a sentence where there can be none."""
    found = filters_of(request.POST)
    problems = found.problems or ([] if action in labels() else [_("Choose what to do: approve, reject or reopen.")])
    if problems:
        return _no_batch(request, problems)
    try:
        query = request.POST.get("query", "").replace("\x00", "")
        batch = begin(request.user, action, query, found.order.sorted(found.qs, found.today))
    except Refusal as refusal:
        return _no_batch(request, [str(refusal)])
    return _went_on(request, batch)


def _no_batch(request: HttpRequest, problems: Sequence[str]) -> HttpResponse:
    context = {"problem": " ".join(problems)}
    return page_or_part(request, "invoices/decide.html", "invoices/_decide.html", context, 422)


@require_safe
@needs(SEE)
@_only(_may_look)
def batch(request: HttpRequest, batch: Batch) -> HttpResponse:
    return _answer(request, BatchPage(batch, mine=_begun_by(batch, request.user)))


@require_safe
@needs(SEE)
@_only(_may_look)
def batch_csv(request: HttpRequest, batch: Batch) -> HttpResponseBase:
    """Every row with what became of it."""
    return csv_of(request, SimpleNamespace(problems=[], today=today()), every_row(batch), COLUMNS, "decisions")


@require_POST
@needs(DECIDE)
@_only(_begun_by)
def batch_go(request: HttpRequest, batch: Batch) -> HttpResponse:
    """The next stretch; with ``again`` also of what was stopped."""
    if "again" in request.POST:
        batch.resume()
    return _went_on(request, batch)


@require_POST
@needs(DECIDE)
@_only(_begun_by)
def batch_agree(request: HttpRequest, batch: Batch) -> HttpResponse:
    """The yes, with its note; what goes to customers is agreed to by itself."""
    note = request.POST.get("note", "").replace("\r\n", "\n").replace("\x00", "")
    page = BatchPage(batch, mine=True, typed=note)
    page.problem = _stands_against(page, "sure" in request.POST)
    if page.problem:
        return _answer(request, page, status=422)
    batch.agree(note)
    return _went_on(request, batch)


def _stands_against(page: BatchPage, sure: bool) -> str:
    """Why the yes is not taken; "" also where it was given before."""
    if not page.asks:
        return ""
    if page.batch.action == REJECT and not page.typed.strip():
        return _("A rejection needs a note that says why.")
    if page.sending and not sure:
        return _("Some of them are sent to customers. Say yes to that as well, or leave it.")
    return note_problem(page.typed)


@require_POST
@needs(DECIDE)
@_only(_begun_by)
def batch_stop(request: HttpRequest, batch: Batch) -> HttpResponse:
    batch.stop()
    return _answer(request, BatchPage(batch, mine=True)) if wants_part(request) else redirect("batch", batch.pk)


@require_POST
@needs(DECIDE)
@_only(_begun_by)
def batch_undo(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Take back what this one has decided, as far as that is possible."""
    batch.stop()
    try:
        undo = take_back(batch)
    except Refusal as refusal:
        return _answer(request, BatchPage(batch, mine=True, problem=str(refusal)), status=409)
    response = _went_on(request, undo)
    if wants_part(request) and (request.htmx.current_url_abs_path or "").startswith(
        reverse("batch", args=[batch.pk])
    ):
        response["HX-Push-Url"] = reverse("batch", args=[undo.pk])
    return response


def _went_on(request: HttpRequest, batch: Batch) -> HttpResponse:
    """After the next stretch: the part, with the rows beside it that it changed, or the way to the batch's page."""
    tried = go_on(batch, request.user)
    if not wants_part(request):
        return redirect("batch", batch.pk)
    texts = request.POST.get("rows", "").split(",")[:MOST_IN_PLACE]
    beside = {int(text) for text in texts if text.isascii() and text.isdigit()}
    fresh = ready().filter(pk__in=beside & tried) if beside & tried else []
    return _answer(request, BatchPage(batch, mine=True), rows=rows_of(fresh, request, today(), swapped=True))


def _answer(request: HttpRequest, page: BatchPage, rows: Sequence[str] = (), status: int = 200) -> HttpResponse:
    """The page, or of its part as much as changes: while it only gets further, the progress alone."""
    further = page.batch.runs and request.POST.get("phase") == page.batch.phase
    beside = targets(request, "batch-")
    said = beside and str(page.tenth) != request.POST.get("tenth")
    context = {"page": page, "batch": page.batch, "rows": rows, "further": further and beside, "said": said}
    if not beside:
        return page_or_part(request, "batches/detail.html", "batches/_batch.html", context, status)
    part = "batches/_progress.html" if further else "batches/_now.html"
    response = page_or_part(request, "", part, context, status)
    response["HX-Retarget"] = "#batch-progress" if further else "#batch-now"
    response["HX-Reswap"] = "outerHTML"
    return response
