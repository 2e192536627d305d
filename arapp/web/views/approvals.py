"""Approve, reject and reopen: one invoice or many."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arapp.approvals.effects import REJECT
from arapp.lists.days import today
from arapp.people.models import DECIDE
from arapp.web.access import needs
from arapp.web.back import back_to
from arapp.web.deciding import ALL, Chosen, Outcome, is_double_seen, problem_with, take, waits_of
from arapp.web.htmx import page_or_part, targets, wants_part
from arapp.web.page import invoice_or_404, page_of
from arapp.web.rows import labels, ready, row_of, rows_of
from arapp.web.timeline import shown_changes
from arapp.web.views.batches import begin_all

ROWS_SHOWN_AT_ONCE = 200
"""Rows of the list that ride along after a bulk decision; a page of the list has fewer."""


@require_POST
@needs(DECIDE)
def decide(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """One decision. The answer is the row, the document or a redirect; refused ones come with the sentence."""
    digest, note = request.POST.get("digest", ""), request.POST.get("note", "")
    outcome = take(invoice_or_404(pk), action, request.user, digest, note, is_double_seen(request))
    invoice = invoice_or_404(pk)
    waits = waits_of([outcome])
    if outcome.done and not wants_part(request):
        messages.success(request, outcome.sentence)
        for sentence in waits:
            messages.warning(request, sentence)
        return redirect(back_to(request) or request.path.removesuffix(f"{action}/"))
    context = {"outcome": outcome, "changes": shown_changes(outcome.changes, invoice.currency)}
    context |= {"tried": action, "typed": "" if outcome.done else note, "waits": waits}
    if targets(request, "row-"):
        kept = {"typed": note, "problem": outcome.sentence} if outcome.status == 422 else {}
        context["row"] = row_of(invoice, request, today(), doubled=outcome.doubled, **kept)
        return page_or_part(request, "", "invoices/_row_answer.html", context, outcome.status)
    context |= page_of(invoice, request.user)
    return page_or_part(request, "invoices/detail.html", "invoices/_document.html", context, outcome.status)


@require_POST
@needs(DECIDE)
def decide_many(request: HttpRequest) -> HttpResponse:
    """A bulk decision, or with ``summary`` what it would do. Each row stands for itself.

    With ``all`` it is about everything that matches the list's filters, which takes its time.
    """
    if ALL in request.POST:
        return begin_all(request, request.POST.get("action", ""))
    action, note, texts = request.POST.get("action", ""), request.POST.get("note", ""), request.POST.getlist("ids")
    context = {"action": action, "label": labels().get(action, ""), "typed": note, "back": back_to(request)}
    problem = problem_with(action, note, texts)
    if problem:
        return _many(request, context | {"problem": problem, "ids": texts[:5_000]}, 422)
    chosen = Chosen.read(texts, ready())
    if "summary" in request.POST or (action == REJECT and not note.strip()):
        asked = "summary" not in request.POST
        context["problem"] = _("A rejection needs a note that says why.") if asked else ""
        return _many(request, context | {"summary": chosen.summary(action, request.user)}, 422 if asked else 200)
    outcomes = chosen.take(action, request.user, note, is_double_seen(request))
    return _many(request, context | _results(request, outcomes), 200)


def _results(request: HttpRequest, outcomes: list[Outcome]) -> dict[str, object]:
    done = [outcome.invoice for outcome in outcomes if outcome.done]
    shown = [outcome.invoice.pk for outcome in outcomes if outcome.invoice][:ROWS_SHOWN_AT_ONCE]
    fresh = list(ready().filter(pk__in=shown)) if wants_part(request) else []
    return {
        "outcomes": outcomes,
        "done": len(done),
        "refused": len(outcomes) - len(done),
        "waits": waits_of(outcomes),
        "withdrawable": [f"{invoice.pk}:{invoice.digest}" for invoice in done],
        "rows": rows_of(fresh, request, today(), swapped=True),
    }


def _many(request: HttpRequest, context: dict[str, object], status: int) -> HttpResponse:
    return page_or_part(request, "invoices/decide.html", "invoices/_decide.html", context, status)
