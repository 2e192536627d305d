from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from arapp.sandbox.base import Clock
from arapp.sandbox.billomat import Billomat

MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def connect(standin: Billomat, **headers: str) -> httpx.Client:
    known = {"X-BillomatApiKey": standin.credentials()["secret"], "Accept": "application/json"}
    transport = httpx.WSGITransport(app=standin, raise_app_exceptions=True)
    return httpx.Client(transport=transport, base_url="http://stand-in" + standin.base_path, headers=known | headers)


@pytest.fixture
def empty() -> Billomat:
    """An account with settings, taxes and users, and nobody in it."""
    return Billomat(invoices=0, clock=Clock(MORNING), rate_limit=None)


@pytest.fixture
def full() -> Billomat:
    return Billomat(invoices=200, clock=Clock(MORNING), rate_limit=None)


@pytest.fixture
def api(empty: Billomat) -> Iterator[httpx.Client]:
    with connect(empty) as client:
        yield client


@pytest.fixture
def desk(full: Billomat) -> Iterator[httpx.Client]:
    with connect(full) as client:
        yield client


@pytest.fixture
def draft(api: httpx.Client) -> Callable[..., str]:
    """Makes a draft of 100 net by the API and gives its id."""

    def make(complete: bool = False, **values: object) -> str:
        client = api.post("/clients", json={"client": {"name": "Muster AG"}}).json()["client"]
        line = {"title": "Work", "unit": "h", "quantity": 2, "unit_price": "50"}
        inner = {"client_id": client["id"], "invoice-items": {"invoice-item": [line]}} | values
        made = api.post("/invoices", json={"invoice": inner}).json()["invoice"]["id"]
        if complete:
            assert api.put(f"/invoices/{made}/complete", json={"complete": {}}).status_code == 200
        return made

    return make
