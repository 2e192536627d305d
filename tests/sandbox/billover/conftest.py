from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from arapp.sandbox.base import Clock
from arapp.sandbox.billover import Billover

NOW = datetime(2026, 3, 10, 9, 30, 15, 250000, tzinfo=UTC)


@pytest.fixture
def make() -> Callable[..., Billover]:
    def made(**switches: Any) -> Billover:
        return Billover(**{"invoices": 16, "clock": Clock(NOW)} | switches)

    return made


@pytest.fixture
def standin(make: Callable[..., Billover]) -> Billover:
    return make()


@pytest.fixture
def connect() -> Callable[..., httpx.Client]:
    def connected(standin: Billover, **headers: str) -> httpx.Client:
        return httpx.Client(
            transport=httpx.WSGITransport(app=standin),
            base_url="http://stand-in" + standin.base_path,
            headers={"Api-Key": standin.credentials()["secret"]} | headers,
        )

    return connected


@pytest.fixture
def client(standin: Billover, connect: Callable[..., httpx.Client]) -> httpx.Client:
    return connect(standin)
