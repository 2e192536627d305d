"""Who may open which page. The middleware asks for a login; ``needs`` asks for an ability."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from arapp.people.models import roles_that_can
from arapp.web.htmx import wants_part

View = Callable[..., HttpResponse]


def needs(ability: str) -> Callable[[View], View]:
    """Only for people with the ability; the others get a 403 that says which role has it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.can(ability):
                return view(request, *args, **kwargs)
            return _refused(request, ability)

        checked.ability = ability
        return checked

    return decorate


def _refused(request: HttpRequest, ability: str) -> HttpResponse:
    context = {"roles": get_text_list([str(role) for role in roles_that_can(ability)], _("or"))}
    if not wants_part(request):
        return render(request, "403.html", context, status=403)
    response = render(request, "_refused.html", context, status=403)
    response["HX-Reswap"] = "none"
    return response
