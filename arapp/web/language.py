"""The language of a page: the one the person has chosen, else the one the browser asks for."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

KNOWN = dict(settings.LANGUAGES)


class PersonsLanguage:
    """Stands behind AuthenticationMiddleware. LocaleMiddleware, before it, has chosen by what the browser asks for,
    and names the language of the answer in its head.

    Without a session there is no person to ask for, and so no query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        chosen = getattr(request.user, "language", "") if has_session else ""
        if chosen in KNOWN:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        return self.get_response(request)
