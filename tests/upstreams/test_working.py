"""The worker as a process of threads, against stand-ins that hang and fail."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from arapp.approvals.models import Approval
from arapp.outbox.models import Intent
from arapp.receivables.models import Source
from arapp.upstreams import working
from arapp.upstreams.models import Connection, PullRun, Worker
from arapp.upstreams.pull import pull
from arapp.upstreams.working import Work
from tests.conftest import make_user
from tests.upstreams.conftest import Desk

pytestmark = pytest.mark.django_db(transaction=True)


HANGS = 240.0
A_MOMENT = threading.Event()
"""Never set: waiting for it takes real time, whatever a fixture does to ``time.sleep``."""


def until(holds: Callable[[], bool]) -> None:
    """Wait for it, at most half as long as a hanging service hangs."""
    end = time.monotonic() + HANGS / 2
    while not holds():
        assert time.monotonic() < end, f"it never held; runs: {list(PullRun.objects.values())}"
        A_MOMENT.wait(0.05)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], Work]]:
    monkeypatch.setattr(working, "TICK", 0.1)
    monkeypatch.setattr(working, "GRACE", 0.5)
    running: list[tuple[Work, threading.Thread]] = []

    def start(interval: float = 300) -> Work:
        one = Work(interval, lambda line: None)
        thread = threading.Thread(target=one.run)
        thread.start()
        running.append((one, thread))
        return one

    yield start
    for one, thread in running:
        one.stop.set()
        thread.join()
        for reader in one.threads.values():
            reader.join(20)


def decide(source: Source) -> Intent:
    person = make_user()
    for approval in Approval.objects.filter(invoice__source=source, state="waiting").select_related(
        "invoice__source"
    ):
        if not approval.why_not("approve", person):
            return approval.approve(person, approval.invoice.digest).intent
    raise AssertionError("nothing to approve")


def state_of(intent: Intent) -> str:
    return Intent.objects.get(pk=intent.pk).state


def test_a_new_source_is_read_and_a_decision_is_told(connected: Desk, work):
    source, _ = connected("billover")
    work()
    until(lambda: PullRun.objects.filter(source=source, status="ok").exists())
    intent = decide(source)
    until(lambda: state_of(intent) == "done")
    assert Worker.objects.alive().exists()


def test_a_reading_that_was_asked_for_comes_at_once(connected: Desk, work):
    source, _ = connected("billover")
    pull(source)
    work()
    source.connection.want()
    until(lambda: PullRun.objects.filter(source=source).count() == 2)


def test_a_service_that_hangs_holds_up_no_other(connected: Desk, work):
    slow, hanging = connected("billomat")
    quick, _ = connected("billover")
    pull(slow)
    pull(quick)
    gate = threading.Event()
    hanging.before_request = lambda request: gate.wait(HANGS)
    work()
    stuck, told = decide(slow), decide(quick)
    try:
        until(lambda: state_of(told) == "done")
        assert state_of(stuck) in ("pending", "sending")
    finally:
        gate.set()


def test_told_to_stop_it_ends_within_its_grace_although_a_service_hangs(connected: Desk, work):
    source, hanging = connected("billover")
    gate = threading.Event()
    hanging.before_request = lambda request: gate.wait(HANGS)
    one = work()
    until(lambda: Connection.objects.filter(source=source, lease_until__isnull=False).exists())
    one.stop.set()
    until(lambda: not Worker.objects.exists())
    assert not gate.is_set()
    assert Connection.objects.get(source=source).lease_until is None
    gate.set()
