"""Debtors: customers that are one company. Proposed by their numbers, joined and split by people."""

from django.contrib import messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from arapp.debtors.joining import MOST, dissolve, join, keep_apart, split
from arapp.debtors.models import Debtor, Member, Step
from arapp.debtors.proposals import proposals
from arapp.debtors.refusals import Elsewhere, Refused
from arapp.ledger.home import at_home
from arapp.lists.days import today
from arapp.lists.filters import CustomerFilter
from arapp.lists.lookups import as_id
from arapp.people.models import PREPARE, SEE
from arapp.receivables.models import Customer
from arapp.web.access import needs
from arapp.web.debtors_shown import owed_by_currency, proposed, sides_of, total_owed

SHOWN = 20
"""Proposals of a page, and customers that a search finds."""
MOST_DEBTORS = 200


@require_safe
@needs(SEE)
def debtors(request: HttpRequest) -> HttpResponse:
    """What is proposed, and what is joined."""
    found = proposals()
    context = {"count": len(found), "proposed": proposed(found[:SHOWN]), "debtors": _joined()[:MOST_DEBTORS]}
    return render(request, "debtors/list.html", context)


def _joined() -> QuerySet[Debtor]:
    """Newest first; a debtor is called by the customer that was joined first."""
    first = Member.objects.filter(debtor=OuterRef("pk")).order_by("pk").values("customer__name")[:1]
    return Debtor.objects.annotate(name=Subquery(first), customers=Count("members")).order_by("-pk")


@require_safe
@needs(SEE)
def debtor(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Debtor, pk=pk)
    customers = Customer.objects.filter(membership__debtor=shown).select_related("source").order_by("membership__pk")
    sides = sides_of(customers)
    context = {
        "debtor": shown,
        "name": sides[0].customer if sides else shown,
        "sides": sides,
        "tables": owed_by_currency(sides, pk),
        "together": at_home(total_owed(sides), today()),
        "steps": Step.objects.filter(debtor=pk).select_related("customer", "person")[: 2 * MOST],
    }
    return render(request, "debtors/detail.html", context)


@require_POST
@needs(PREPARE)
def debtors_join(request: HttpRequest) -> HttpResponse:
    """Join customers, or say what stands against it and ask once more where debtors would come together."""
    ids = _ids(request)
    try:
        joined = join(ids, request.user, "moving" in request.POST)
    except Refused as refusal:
        elsewhere = isinstance(refusal, Elsewhere)
        sides = sides_of(Customer.objects.filter(pk__in=ids).select_related("source")) if elsewhere else []
        context = {"problem": str(refusal), "elsewhere": elsewhere, "sides": sides}
        return render(request, "debtors/again.html", context, status=409)
    messages.success(request, _("They are one debtor now."))
    return redirect("debtor", joined.pk)


@require_POST
@needs(PREPARE)
def debtors_apart(request: HttpRequest) -> HttpResponse:
    try:
        keep_apart(_ids(request), request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("They are not proposed again."))
    return redirect("debtors")


@require_POST
@needs(PREPARE)
def debtor_split(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one customer out, or without one dissolve the debtor. Done already, nothing happens."""
    shown, wanted = Debtor.objects.filter(pk=pk).first(), request.POST.get("customer", "")
    stays = False
    try:
        if shown and wanted:
            stays = split(shown, as_id(wanted) or 0, request.user)
        elif shown:
            dissolve(shown, request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("debtor", pk)
    words = _("The customer stands by itself again.") if stays else _("The customers stand by themselves again.")
    messages.success(request, words)
    return redirect("debtor", pk) if stays else redirect("debtors")


def _ids(request: HttpRequest) -> list[int]:
    """The customers of a form, at most as many as a debtor may have and one more."""
    return [pk for text in request.POST.getlist("ids")[: MOST + 1] if (pk := as_id(text)) is not None]


@require_safe
@needs(PREPARE)
def customer_join(request: HttpRequest, pk: int) -> HttpResponse:
    """Search for the customer that is the same company."""
    shown = get_object_or_404(Customer, pk=pk)
    asked, query = request.GET.get("q", "").strip(), QueryDict(mutable=True)
    query["q"] = asked
    found = CustomerFilter(query, Customer.objects.exclude(pk=pk))
    rows = list(found.qs.select_related("source").order_by("name", "pk")[: SHOWN + 1]) if asked else []
    context = {"customer": shown, "asked": asked, "found": rows[:SHOWN], "more": len(rows) > SHOWN}
    return render(request, "debtors/search.html", context | {"problems": found.problems})
