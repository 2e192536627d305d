"""Where services tell us that something happened. No session, no redirect, and no path in any log."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.common import no_append_slash
from django.views.decorators.csrf import csrf_exempt

from arapp.upstreams.hooks import LARGEST, TOO_LARGE, Reply, receive

METHOD = Reply(405, "POST only")
CUT_OFF = Reply(400, "cut off")
NO_LENGTH = Reply(411, "say how long it is")


class Unusable(Exception):
    """A body that cannot be read; the reply says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.text)
        self.reply = reply


@no_append_slash
@csrf_exempt
@login_not_required
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """The body is looked at first, its length before all else; only then the path."""
    try:
        body = _body(request)
    except Unusable as error:
        return _answer(error.reply)
    return _answer(receive(token, request.headers, body))


def _body(request: HttpRequest) -> bytes:
    """At most a byte more than is allowed is ever read. Unusable with the reply that fits."""
    length = _length(request)
    if length is not None and length > LARGEST:
        raise Unusable(TOO_LARGE)
    if request.method != "POST":
        raise Unusable(METHOD)
    stream = _stream(request, length)
    try:
        body = stream.read(LARGEST + 1)
    except Exception as error:
        # Each server has its own kinds for a body that ends early or comes in pieces that are none.
        raise Unusable(CUT_OFF) from error
    if length is not None and len(body) < length:
        raise Unusable(CUT_OFF)
    return body


def _length(request: HttpRequest) -> int | None:
    """As it is declared; None where it is not."""
    told = request.META.get("CONTENT_LENGTH") or ""
    return int(told[:18]) if told.isascii() and told.isdigit() else None


def _stream(request: HttpRequest, length: int | None) -> HttpRequest:
    """What to read from: without a length Django reads nothing, although the server knows where the body ends."""
    if length is not None:
        return request
    if request.META.get("wsgi.input_terminated"):
        return request.META["wsgi.input"]
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        raise Unusable(NO_LENGTH)
    return request


def _answer(reply: Reply) -> HttpResponse:
    response = HttpResponse(reply.text, content_type="text/plain", status=reply.status)
    if reply.challenge:
        response.headers["WWW-Authenticate"] = reply.challenge
    if reply.status == METHOD.status:
        response.headers["Allow"] = "POST"
    # Django's own line about a refusal holds the path, which nobody is to read in a log.
    response._has_been_logged = True
    return response
