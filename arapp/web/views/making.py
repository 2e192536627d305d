"""Pages that make and change: customers, items, invoices, and where what was asked for stands."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from arapp.actions.doing import store
from arapp.actions.fields import Invalid
from arapp.actions.table import ACTIONS, CUSTOMER, INVOICE, ITEM
from arapp.actions.wishes import Refused
from arapp.outbox.models import UNSETTLED, Intent, IntentState
from arapp.people.models import PREPARE
from arapp.receivables.models import Customer, Invoice, Item
from arapp.web.access import needs
from arapp.web.held import Held
from arapp.web.htmx import page_or_part, wants_part
from arapp.web.makers import address_of, again, done_words, makers
from arapp.web.making import Making
from arapp.web.outgoing import Outgoing
from arapp.web.timeline import shown_changes

MODELS = {CUSTOMER: Customer, ITEM: Item, INVOICE: Invoice}
PARTS = {
    "sums": ("lines", "making/_sums.html"),
    "customers": ("customer", "making/_customers.html"),
    "items": ("lines", "making/_items.html"),
}
"""Each with the field that a form has to have for it."""
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
@needs(PREPARE)
def make(request: HttpRequest, name: str) -> HttpResponse:
    """A new one at the source that the address names; without one, where it is to be made is asked first."""
    action = ACTIONS[name]
    offers = makers(action, request.user)
    chosen = [one for one in offers if str(one.source.pk) == request.GET.get("source", "")]
    if len(offers) == 1 and not request.GET.get("source"):
        chosen = offers
    if not chosen or chosen[0].why_not:
        return render(request, "making/where.html", {"action": action, "offers": offers})
    return _answer(Making(request, action, chosen[0].source))


@get_or_post
@needs(PREPARE)
def change(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    action = ACTIONS[name]
    subject = get_object_or_404(MODELS[action.concerns].objects.select_related("source"), pk=pk)
    making = Making(request, action, subject.source, subject)
    problem = making.against or making.read_problem
    if problem:
        status = 403 if making.is_forbidden else 409
        return render(request, "making/not_now.html", {"making": making, "problem": problem}, status=status)
    return _answer(making)


@get_or_post
@needs(PREPARE)
def act_beside(request: HttpRequest, pk: int, name: str, concerns: str) -> HttpResponse:
    """Any other action on a customer or an item; the action itself says who may."""
    action = ACTIONS.get(name)
    if action is None or action.concerns != concerns or action.reads:
        raise Http404
    return change(request, pk, name)


def _answer(making: Making) -> HttpResponse:
    if making.request.method != "POST" or making.step or "part" in making.request.GET:
        return _form(making)
    try:
        wish = making.wish()
        if making.must_ask(wish):
            return render(making.request, "making/confirm.html", {"making": making})
        return redirect("made", store(wish).pk)
    except Invalid as error:
        making.form.blame(error.problems)
        making.status = 422
    except Refused as refusal:
        making.take(refusal)
    return _form(making)


def _form(making: Making) -> HttpResponse:
    """The form as it now stands, or the part of it that a person waits for while typing."""
    field, part = PARTS.get(making.request.GET.get("part", ""), ("", ""))
    if field in making.form.by_name and wants_part(making.request):
        return render(making.request, part, {"making": making, "form": making.form, "typing": True})
    changes = making.refusal.changes if making.refusal else ()
    context = {"making": making, "form": making.form, "changes": shown_changes(changes, making.currency)}
    return page_or_part(making.request, "making/form.html", "making/_form.html", context, making.status)


@require_safe
@needs(PREPARE)
def made(request: HttpRequest, pk: int) -> HttpResponse:
    """Where something that was asked for stands; once it is done, the page of what it made or changed."""
    intent = get_object_or_404(Intent.objects.select_related("source", "invoice", "customer", "item"), pk=pk)
    home = address_of(intent)
    if intent.state == IntentState.DONE and home:
        messages.success(request, done_words(intent))
        return HttpResponseClientRedirect(home) if wants_part(request) else redirect(home)
    held = Held()
    one = Outgoing.of(intent, intent.source, held, str(intent.subject or ""))
    context = {"one": one, "home": home, "again": again(intent), "moving": intent.state in UNSETTLED}
    return page_or_part(request, "making/made.html", "making/_made.html", context)
