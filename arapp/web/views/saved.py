"""Saved views: kept, opened, used and shared; and how many rows each choice of a filter would leave."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from arapp.lists import views as kept
from arapp.lists.days import today
from arapp.lists.models import SavedView
from arapp.people.models import MANAGE, SEE, User
from arapp.web.access import needs
from arapp.web.back import back_to
from arapp.web.htmx import page_or_part, wants_part
from arapp.web.saved import NameForm, ViewForm, ViewsHere, address_of, count_words, shown_views
from arapp.web.toolbar import Toolbar

UNPROCESSABLE = 422
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
@needs(SEE)
def saved_views(request: HttpRequest) -> HttpResponse:
    """All views of the person; a POST keeps the filters of a list as a new one and opens it."""
    if request.method != "POST":
        return render(request, "views/list.html", {"lists": shown_views(request.user, today())})
    form = ViewForm(request.POST)
    view = _kept(form, request.user) if form.is_valid() else None
    if view is None:
        return render(request, "views/save.html", {"form": form}, status=UNPROCESSABLE)
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view})
    return redirect(address_of(view))


def _kept(form: ViewForm, person: User) -> SavedView | None:
    """The new view, used as asked; None with an error on the form when it cannot be kept."""
    given = form.cleaned_data
    try:
        return kept.keep(person, **given)
    except kept.Refusal as refusal:
        form.add_error("name", str(refusal))
        return None


@get_or_post
@needs(SEE)
def saved_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Its name, which only its maker changes."""
    view = get_object_or_404(SavedView, pk=pk, person=request.user)
    form = NameForm(request.POST or None, initial={"name": view.name})
    if request.method == "POST" and form.is_valid() and _renamed(form, view):
        return redirect("saved_views")
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "views/rename.html", {"form": form, "view": view}, status=status)


def _renamed(form: NameForm, view: SavedView) -> bool:
    try:
        kept.rename(view, form.cleaned_data["name"])
    except kept.Refusal as refusal:
        form.add_error("name", str(refusal))
        return False
    return True


@require_POST
@needs(SEE)
def saved_view_filters(request: HttpRequest, pk: int) -> HttpResponse:
    """The maker's view holds the filters that are on from now on."""
    view = get_object_or_404(SavedView, pk=pk, person=request.user)
    try:
        kept.replace_query(view, request.POST.get("query", ""))
    except kept.Refusal as refusal:
        return _refused(request, refusal)
    view.refresh_from_db()
    messages.success(request, _("The view “%(name)s” holds these filters now.") % {"name": view})
    return redirect(address_of(view))


@require_POST
@needs(SEE)
def saved_view_use(request: HttpRequest, pk: int) -> HttpResponse:
    """Pinned or not, opened first or not, as the form says: ``pinned`` and ``default`` are 1 or 0."""
    wish = {name: request.POST[name] == "1" for name in ("pinned", "default") if name in request.POST}
    try:
        kept.use(request.user, pk, **wish)
    except SavedView.DoesNotExist:
        raise Http404 from None
    except kept.Refusal as refusal:
        return _refused(request, refusal)
    return redirect(back_to(request) or "saved_views")


@require_POST
@needs(SEE)
def saved_view_share(request: HttpRequest, pk: int) -> HttpResponse:
    kept.share(_changeable(request.user, pk), request.POST.get("shared") == "1")
    return redirect("saved_views")


@require_POST
@needs(SEE)
def saved_view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    view = _changeable(request.user, pk)
    view.delete()
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view})
    return redirect("saved_views")


def _changeable(person: User, pk: int) -> SavedView:
    """The person's own view, or for an administrator a shared one."""
    seen = get_object_or_404(kept.visible(person), pk=pk)
    if seen.person_id != person.pk and not person.can(MANAGE):
        raise Http404
    return SavedView.objects.get(pk=pk)


def _refused(request: HttpRequest, refusal: kept.Refusal) -> HttpResponse:
    context = {"lists": shown_views(request.user, today()), "problem": str(refusal)}
    return render(request, "views/list.html", context, status=UNPROCESSABLE)


@require_safe
@needs(SEE)
def views_counts(request: HttpRequest) -> HttpResponse:
    """How many rows the pinned views have now; the page of views tells it to who asks without htmx."""
    if not wants_part(request):
        return redirect("saved_views")
    pinned = [view for view in ViewsHere(request, "").used if view.pinned][: kept.MOST_PINNED]
    counts = kept.counts_of(pinned, today())
    return render(request, "views/_counts.html", {"counts": [(pk, count_words(n)) for pk, n in counts.items()]})


@require_safe
@needs(SEE)
def facets(request: HttpRequest, listed: str) -> HttpResponse:
    """Each choice of the filters named by ``of`` with the rows it would leave under the other filters that are on."""
    query = request.GET.copy()
    names = dict.fromkeys(name for text in query.pop("of", []) for name in text.split())
    tools = Toolbar(kept.asked(listed, query, today()))
    menus = [tools.counted(name) for name in names if name in tools.found.filters]
    shown: dict[str, Any] = {"menus": menus, "tools": tools, "place": listed, "found": tools.found}
    return page_or_part(request, "views/facets.html", "views/_facets.html", shown)
