"""Stand-ins as sources, in process, for what a person does at them."""

from collections.abc import Callable

import pytest

from arapp.actions import carrying
from arapp.actions.doing import check, store
from arapp.actions.table import ACTIONS
from arapp.outbox.models import Intent
from arapp.people.models import User
from arapp.receivables.models import Source
from arapp.sandbox.base import StandIn
from arapp.upstreams.pull import pull
from tests.upstreams.conftest import connected, no_sleep

__all__ = ["connected", "no_sleep"]

Read = Callable[..., tuple[Source, StandIn]]


@pytest.fixture
def read(connected, monkeypatch: pytest.MonkeyPatch) -> Read:
    """``read("billogram")``: a source that was read once, and its stand-in; two people are asked for nowhere."""
    monkeypatch.setattr(carrying, "nap", lambda seconds: None)

    def make(service: str, second_person: str = "never", **options: object) -> tuple[Source, StandIn]:
        source, stand_in = connected(service, **options)
        Source.objects.filter(pk=source.pk).update(second_person=second_person)
        source.refresh_from_db()
        pull(source)
        return source, stand_in

    return make


def do(action: str, source: Source, subject=None, person: User | None = None, digest: str = "", **data) -> Intent:
    """Checked and stored, as from a page."""
    return store(check(ACTIONS[action], source, subject, data, person, digest))
