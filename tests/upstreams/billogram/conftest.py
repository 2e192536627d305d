"""A stand-in without data and an adapter to it."""

import pytest

from arapp.sandbox.billogram import Billogram as StandIn
from arapp.upstreams.billogram import Billogram
from tests.upstreams.billogram.driving import adapter_to, stand_in


@pytest.fixture
def service() -> StandIn:
    return stand_in()


@pytest.fixture
def adapter(service: StandIn) -> Billogram:
    return adapter_to(service)
