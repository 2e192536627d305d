"""A stand-in without data and an adapter to it; and one as a source of the desk."""

import pytest

from arapp.receivables.models import Source
from arapp.sandbox.base import Clock
from arapp.sandbox.billogram import Billogram as StandIn
from arapp.upstreams.billogram import Billogram
from tests.upstreams.billogram.driving import NOW, adapter_to, stand_in
from tests.upstreams.conftest import Desk

At = tuple[Source, StandIn]


@pytest.fixture
def service() -> StandIn:
    return stand_in()


@pytest.fixture
def adapter(service: StandIn) -> Billogram:
    return adapter_to(service)


@pytest.fixture
def desk(connected: Desk) -> At:
    """A source without invoices at the stand-in; it is 20 November 2026 there."""
    return connected("billogram", invoices=0, clock=Clock(NOW))


@pytest.fixture
def desk_of_today(connected: Desk) -> At:
    """The same by the machine's own clock, for what is found again by when it was made."""
    return connected("billogram", invoices=0, clock=Clock())
