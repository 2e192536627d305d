"""What a person prefers: language, colours, rows, CSV files, and the columns of lists."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from arapp.people.forms import PreferencesForm
from arapp.people.models import SEE, Density
from arapp.web.access import needs
from arapp.web.back import back_to
from arapp.web.choosing_columns import columns_from, columns_of
from arapp.web.examples import csv_example, locale_example
from arapp.web.htmx import page_or_part, wants_part
from arapp.web.screen_columns import LISTS

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
@needs(SEE)
def preferences(request: HttpRequest) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = PreferencesForm(sent, instance=copy(request.user))
    if sent is not None and form.is_valid():
        person = form.save()
        with override(person.language or get_language()):
            messages.success(request, _("Your preferences are kept."))
        return redirect("preferences")
    context = {
        "form": form,
        "languages": [(radio, locale_example(radio.data["value"])) for radio in form["language"]],
        "csv_forms": [(radio, csv_example(radio.data["value"])) for radio in form["csv_form"]],
    }
    return render(request, "people/preferences.html", context, status=200 if sent is None else 422)


@require_POST
@needs(SEE)
def rows(request: HttpRequest) -> HttpResponse:
    """How high the rows of lists are: the quick switch above a list."""
    density = request.POST.get("density", "")
    if density not in Density.values:
        return HttpResponse(
            _("Rows are compact or comfortable."), status=422, content_type="text/plain; charset=utf-8"
        )
    request.user.density = density
    request.user.save(update_fields=["density"])
    return HttpResponse(status=204) if wants_part(request) else redirect(back_to(request) or "preferences")


@get_or_post
@needs(SEE)
def columns(request: HttpRequest, name: str) -> HttpResponse:
    """The columns of one list: which, in what order, how wide."""
    if name not in LISTS:
        raise Http404
    if request.method != "POST":
        return _form(request, {"columns": columns_of(request.user, name)})
    sent = columns_from(request.POST, request.user, name)
    if sent.problems:
        return _form(request, {"columns": sent}, status=422)
    sent.keep(request.user)
    if wants_part(request):
        return _form(request, {"columns": columns_of(request.user, name)})
    return redirect(_onward(request, name))


def _onward(request: HttpRequest, name: str) -> str:
    """Where the form leads: back to the list, or to itself while columns are moved."""
    back = back_to(request)
    moved = request.POST.get("up") or request.POST.get("down")
    return f"{request.path}?{urlencode({'next': back})}#of-{moved}" if moved in LISTS[name] else back or f"/{name}/"


def _form(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    context["back"] = back_to(request)
    return page_or_part(request, "people/columns.html", "people/_columns.html", context, status)
