"""An adapter on a stand-in in process, or on answers written by hand."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import httpx

from arapp.sandbox.base import Answer
from arapp.sandbox.billomat import Billomat as StandIn
from arapp.upstreams.base import (
    INVOICES,
    Login,
)
from arapp.upstreams.billomat import Billomat
from arapp.upstreams.http import Http

MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
HTML = Answer(200, b"<html>Wartung</html>", (("Content-Type", "text/html"),))


def refusal(status: int, words: str = "") -> Answer:
    body = json.dumps({"errors": {"error": words}}).encode() if words else b""
    return Answer(status, body, (("Content-Type", "application/json"),))


def open_adapter(standin: StandIn, **login: str) -> Billomat:
    found = Login(**({"secret": standin.credentials()["secret"], "user": standin.account} | login))
    transport = httpx.WSGITransport(app=standin)
    base_url = "http://stand-in" + standin.base_path
    http = Http(base_url, transport=transport, sleep=lambda _: None, **Billomat.http_options(found))
    return Billomat(http, found)


def canned(answer: Callable[[httpx.Request], httpx.Response]) -> Billomat:
    login = Login(secret="k", user="acme")
    transport = httpx.MockTransport(answer)
    http = Http("https://acme.test/api", transport=transport, sleep=lambda _: None, **Billomat.http_options(login))
    return Billomat(http, login)


def ids(adapter: Billomat, stream: str = INVOICES, since: datetime | None = None) -> list[str]:
    return [adapter.entry_id(stream, entry) for page in adapter.pages(stream, since) for entry in page.entries]


def asked(standin: StandIn, name: str) -> list[str | None]:
    return [request.first(name) for request in standin.requests]
