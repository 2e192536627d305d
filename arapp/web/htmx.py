"""The one place that chooses between a page and its part."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

VARY = ("HX-Request", "HX-Boosted", "HX-History-Restore-Request", "HX-Target")


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part: not a boosted link and not a page out of the history."""
    asked = getattr(request, "htmx", None)
    return bool(asked) and not asked.boosted and not asked.history_restore_request


def page_or_part(
    request: HttpRequest, page: str, part: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The page, or for htmx the part that the page includes."""
    response = render(request, part if wants_part(request) else page, context, status=status)
    patch_vary_headers(response, VARY)
    return response


def targets(request: HttpRequest, name: str) -> bool:
    """Whether htmx will put the answer into the element with this id (or one that begins with it)."""
    return wants_part(request) and (request.htmx.target or "").startswith(name)
