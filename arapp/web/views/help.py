"""The help page: every word, state, role and button."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from arapp.lists.days import today
from arapp.people.models import SEE
from arapp.web import help_pages
from arapp.web.access import needs


@require_safe
@needs(SEE)
def help(request: HttpRequest) -> HttpResponse:
    return render(request, "help/page.html", help_pages.everything(request.user, today()))
