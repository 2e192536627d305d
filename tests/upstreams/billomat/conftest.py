import pytest

from arapp.sandbox.base import Clock
from arapp.sandbox.billomat import Billomat as StandIn
from arapp.upstreams.billomat import Billomat
from arapp.upstreams.billomat import client as client_module
from tests.upstreams.billomat.wiring import MORNING, open_adapter


@pytest.fixture
def standin() -> StandIn:
    """An account with nobody in it."""
    return StandIn(invoices=0, clock=Clock(MORNING), rate_limit=None)


@pytest.fixture
def adapter(standin: StandIn) -> Billomat:
    return open_adapter(standin)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rows a page."""
    monkeypatch.setattr("arapp.upstreams.billomat.calls.PER_PAGE", 3)
    monkeypatch.setattr(client_module, "PER_PAGE", 3)
