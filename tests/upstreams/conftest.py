"""Stand-ins as sources: reached in process, over the very code that reaches the services."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from arapp.receivables.models import Source
from arapp.sandbox.base import Clock, Dropped, StandIn
from arapp.sandbox.billogram import Billogram
from arapp.sandbox.billomat import Billomat
from arapp.sandbox.billover import Billover
from arapp.upstreams import http, registry, walker
from arapp.upstreams.base import Login
from arapp.upstreams.connecting import Wish, connect

STAND_INS = {"billogram": Billogram, "billover": Billover, "billomat": Billomat}
SERVICES = tuple(STAND_INS)


class InProcess(httpx.WSGITransport):
    """A stand-in in place of the network; a dropped connection is one for the caller too."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return super().handle_request(request)
        except Dropped:
            raise httpx.ReadError("dropped") from None


Desk = Callable[..., tuple[Source, StandIn]]


@pytest.fixture
def no_sleep(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waiting takes no time; what would have been waited is listed."""
    slept: list[float] = []
    monkeypatch.setattr(walker, "nap", slept.append)
    monkeypatch.setattr(http.Http, "sleep", slept.append, raising=False)
    return slept


@pytest.fixture
def connected(db: None, no_sleep: list[float]) -> Iterator[Desk]:
    """``connected("billogram", invoices=20)``: a source and its stand-in."""
    registry.TRANSPORTS.clear()

    def make(service: str, invoices: int = 20, name: str = "", **options: object) -> tuple[Source, StandIn]:
        options.setdefault("clock", Clock(datetime(2026, 11, 20, 9, 0, tzinfo=UTC)))
        if service == "billomat":
            options.setdefault("rate_limit", None)
        stand_in = STAND_INS[service](invoices=invoices, **options)
        base_url = f"http://{name or service}.localhost{stand_in.base_path}"
        registry.TRANSPORTS[base_url] = InProcess(app=stand_in)
        login = Login(base_url=base_url, **stand_in.credentials())
        return connect(Wish(name=name or service, service=service, login=login)), stand_in

    yield make
    registry.TRANSPORTS.clear()
