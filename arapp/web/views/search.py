"""One search over everything: its page, and the few first results that drop down while somebody types."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from arapp.lists import search as everything
from arapp.lists.values import shown_one
from arapp.people.models import SEE
from arapp.web.access import needs
from arapp.web.found_shown import direct_of, groups_of, said
from arapp.web.htmx import page_or_part, wants_part

ON_A_PAGE, WHILE_TYPING = 10, 4
"""Results of each kind."""


@require_safe
@needs(SEE)
def search(request: HttpRequest) -> HttpResponse:
    text = shown_one(request.GET.get("q", "")).strip()
    context: dict[str, Any] = {"searched": text, "text": text, "query": urlencode({"q": text})}
    try:
        found = everything.search(request.GET.get("q", ""), WHILE_TYPING if wants_part(request) else ON_A_PAGE)
    except ValidationError as problem:
        context |= {"problems": problem.messages}
        return page_or_part(request, "search/page.html", "search/_drop.html", context, status=422)
    context |= {"groups": groups_of(found), "direct": direct_of(found), "said": said(found)}
    return page_or_part(request, "search/page.html", "search/_drop.html", context)
