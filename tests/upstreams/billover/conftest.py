import pytest

from arapp.sandbox.base import Clock
from arapp.sandbox.billover import Billover as StandIn
from arapp.upstreams.billover import Billover
from tests.upstreams.billover.driving import NOW, adapter


@pytest.fixture
def standin() -> StandIn:
    return StandIn(invoices=36, clock=Clock(NOW))


@pytest.fixture
def billover(standin: StandIn) -> Billover:
    return adapter(standin)
