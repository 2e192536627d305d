from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from arapp.sandbox.base import Clock
from arapp.sandbox.billogram import Billogram

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

Call = Callable[..., dict[str, Any]]


@pytest.fixture
def standin() -> Billogram:
    """An account without any data; it is noon of 2 March 2026."""
    return Billogram(invoices=0, clock=Clock(NOON))


@pytest.fixture(scope="session")
def full() -> Billogram:
    """An account with 200 seeded billograms; tests only read it."""
    return Billogram(invoices=200, clock=Clock(NOON))


def client_of(standin: Billogram, **options: Any) -> httpx.Client:
    login = (standin.credentials()["user"], standin.credentials()["secret"])
    return httpx.Client(
        transport=httpx.WSGITransport(app=standin),
        base_url="http://stand-in" + standin.base_path,
        **{"auth": login, **options},
    )


@pytest.fixture
def client(standin: Billogram) -> httpx.Client:
    return client_of(standin)


@pytest.fixture
def reader(full: Billogram) -> httpx.Client:
    return client_of(full)


@pytest.fixture
def anonymous(standin: Billogram) -> httpx.Client:
    return client_of(standin, auth=None)


@pytest.fixture
def draft(standin: Billogram) -> dict[str, Any]:
    """A draft of 325 SEK: 2 x 130 at 25 %."""
    return standin.add_billogram()


@pytest.fixture
def sent(standin: Billogram) -> dict[str, Any]:
    """The same, sent by e-mail and payable until 1 April 2026."""
    return standin.add_billogram(send="Email")


@pytest.fixture
def do(client: httpx.Client) -> Call:
    """Carries out a command and gives status word and data."""

    def call(number: str, name: str, **body: Any) -> tuple[str, dict[str, Any]]:
        answer = client.post(f"/billogram/{number}/command/{name}", json=body).json()
        return answer["status"], answer["data"]

    return call
