"""The worker as a process of threads, against stand-ins that hang and fail."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from arapp.approvals.models import Approval
from arapp.outbox.models import Intent
from arapp.receivables.models import Source
from arapp.upstreams import hooks, verify, working
from arapp.upstreams.base import Order
from arapp.upstreams.billover import Billover
from arapp.upstreams.models import Connection, HookCall, PullRun, Worker
from arapp.upstreams.pull import pull
from arapp.upstreams.switching import switch
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
    until(Worker.objects.exists)
    one.stop.set()
    until(lambda: not Worker.objects.exists())
    assert not gate.is_set()
    assert Connection.objects.get(source=source).lease_until is None
    gate.set()


MINUTE = timedelta(minutes=1)


def step(one: Work) -> None:
    """One look at what is due, and all of it carried out."""
    one._step()
    for thread in one.threads.values():
        thread.join()


def runs(source: Source) -> list[str]:
    return list(PullRun.objects.filter(source=source).order_by("id").values_list("status", flat=True))


def a_worker(interval: float = 300) -> Work:
    return Work(interval, lambda line: None)


def gone_database(*_: object, **__: object) -> None:
    raise OperationalError("the connection is closed")


@pytest.fixture
def rested(monkeypatch: pytest.MonkeyPatch) -> None:
    """What broke off need not rest."""
    monkeypatch.setattr(working, "AFTER_FAULT", 0.0)


def test_a_run_that_broke_off_is_begun_again_at_once_and_its_lease_is_free(connected: Desk, rested, monkeypatch):
    source, _ = connected("billover")
    one = a_worker()
    with monkeypatch.context() as broken:
        broken.setattr("arapp.upstreams.walker.mirror.write_invoices", gone_database)
        broken.setattr("arapp.upstreams.pull._end_run", gone_database)
        step(one)
    assert runs(source) == ["running"]
    assert Connection.objects.get(source=source).lease_until is not None
    step(one)
    assert runs(source) == ["failed", "ok"]


def test_a_run_that_broke_off_and_could_still_say_so_is_begun_again_at_once(connected: Desk, rested, monkeypatch):
    source, _ = connected("billover")
    one = a_worker()
    with monkeypatch.context() as broken:
        broken.setattr("arapp.upstreams.walker.mirror.write_invoices", gone_database)
        step(one)
    assert runs(source) == ["failed"]
    step(one)
    assert runs(source) == ["failed", "ok"]
    step(one)
    assert runs(source) == ["failed", "ok"]


def test_what_breaks_off_again_and_again_rests_longer_each_time(connected: Desk, monkeypatch):
    source, _ = connected("billover")
    now = [1000.0]
    monkeypatch.setattr(working.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(working, "pull", gone_database)
    one, begun = a_worker(), []
    monkeypatch.setattr(one, "_read", lambda source: begun.append(now[0]) or gone_database())
    for _ in range(130):
        step(one)
        now[0] += 0.5
    assert begun == [1000, 1001, 1003, 1007, 1015, 1031, 1063]
    one._begin_anew()
    step(one)
    assert begun[-1] == now[0]
    assert source


def test_a_failed_run_waits_for_the_interval_and_a_killed_one_does_not(connected: Desk):
    source, stand_in = connected("billover")
    stand_in.revoked = True
    one = a_worker()
    step(one)
    step(one)
    assert runs(source) == ["failed"]
    PullRun.objects.update(started_at=timezone.now() - 6 * MINUTE)
    step(one)
    assert runs(source) == ["failed", "failed"]
    PullRun.objects.filter(pk=PullRun.objects.latest("id").pk).update(status="running")
    step(one)
    assert runs(source) == ["failed", "failed", "failed"]


def test_a_run_of_somebody_else_that_is_under_way_is_left_alone(connected: Desk):
    source, _ = connected("billover")
    PullRun.objects.create(source=source)
    assert source.connection.take_lease(MINUTE)
    one = a_worker()
    step(one)
    assert runs(source) == ["running"]
    assert not one.threads
    Connection.objects.update(lease_until=timezone.now() - MINUTE)
    step(one)
    assert runs(source) == ["failed", "ok"]


def test_a_postponed_source_is_read_when_its_time_has_come(connected: Desk):
    source, _ = connected("billover")
    PullRun.objects.create(source=source, status="postponed")
    Connection.objects.update(postponed_until=timezone.now() + MINUTE)
    one = a_worker()
    step(one)
    assert runs(source) == ["postponed"]
    Connection.objects.update(postponed_until=timezone.now())
    step(one)
    assert runs(source) == ["postponed", "ok"]


@pytest.mark.parametrize(("ahead", "read"), [(30, False), (3600, True)])
def test_a_clock_that_was_set_back_stops_no_reading(connected: Desk, ahead, read):
    source, _ = connected("billover")
    PullRun.objects.create(source=source, status="ok", started_at=timezone.now() + timedelta(seconds=ahead))
    step(a_worker())
    assert (len(runs(source)) == 2) is read


def test_a_paused_source_is_left_alone_and_one_only_watched_is_read(connected: Desk):
    source, stand_in = connected("billover")
    step(a_worker())
    intent = decide(source)
    switch(source, "pause")
    source.connection.want()
    calls = len(stand_in.requests)
    one = a_worker()
    step(one)
    assert (len(stand_in.requests), state_of(intent), one.threads) == (calls, "pending", {})
    switch(source, "watch-only")
    switch(source, "resume")
    step(one)
    assert (runs(source), state_of(intent), stand_in.journal) == (["ok", "ok"], "pending", [])
    switch(source, "writes")
    step(one)
    assert state_of(intent) == "done"


@pytest.mark.parametrize("action", ["pause", "disconnect"])
def test_a_source_switched_off_in_mid_run_ends_the_run_without_an_error(connected: Desk, caplog, action):
    source, stand_in = connected("billover")
    done = []
    stand_in.before_request = lambda request: done or done.append(switch(source, action))
    one = a_worker()
    step(one)
    step(one)
    assert runs(source) == ["postponed"]
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "WARNING")]


def test_a_source_disconnected_before_its_thread_has_begun_is_no_error(connected: Desk, caplog, monkeypatch):
    source, _ = connected("billover")
    one = a_worker()
    monkeypatch.setattr(one, "_read", lambda source: source.connection.refresh_from_db())
    look_at = one._look_at
    monkeypatch.setattr(one, "_look_at", lambda source: switch(source, "disconnect") and look_at(source))
    step(one)
    assert source
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "WARNING")]


def test_a_push_that_broke_off_before_writing_is_put_back_at_once(connected: Desk, rested, monkeypatch):
    source, stand_in = connected("billover")
    one = a_worker()
    step(one)
    intent = decide(source)
    with monkeypatch.context() as broken:
        broken.setattr(Billover, "detail", gone_database)
        step(one)
    assert state_of(intent) == "sending"
    step(one)
    assert state_of(intent) == "done"
    assert len(stand_in.journal) == 1


def test_a_push_that_broke_off_after_writing_is_settled_by_a_read(connected: Desk, rested, monkeypatch):
    source, stand_in = connected("billover")
    one = a_worker()
    step(one)
    intent = decide(source)
    carry_out = Billover.carry_out

    def lose(adapter: Billover, order: Order) -> None:
        carry_out(adapter, order)
        gone_database()

    with monkeypatch.context() as broken:
        broken.setattr(Billover, "carry_out", lose)
        step(one)
    assert (state_of(intent), len(stand_in.journal)) == ("sending", 1)
    one.left.put_right()
    assert state_of(intent) == "unknown"
    one._looked_at = float("-inf")
    step(one)
    assert (state_of(intent), len(stand_in.journal)) == ("done", 1)


def test_what_another_process_has_claimed_is_not_put_back(connected: Desk, rested, monkeypatch):
    source, _ = connected("billover")
    one = a_worker()
    step(one)
    ours, theirs = decide(source), decide(source)
    theirs.move("sending", claimed_at=timezone.now())
    with monkeypatch.context() as broken:
        broken.setattr(Billover, "detail", gone_database)
        step(one)
    one.left.put_right()
    assert (state_of(ours), state_of(theirs)) == ("pending", "sending")


def test_hints_are_read_in_a_lane_of_their_own(connected: Desk, monkeypatch):
    source, stand_in = connected("billover")
    told, gate = [], threading.Event()
    monkeypatch.setattr(hooks, "read_due", lambda source: told.append(source.pk))
    stand_in.before_request = lambda request: gate.wait(HANGS)
    HookCall.objects.create(source=source, digest="d")
    one = a_worker()
    one._step()
    one.threads["hint", source.pk].join()
    assert one.threads["read", source.pk].is_alive()
    assert told == [source.pk]
    gate.set()
    HookCall.objects.update(state="read")
    step(one)
    HookCall.objects.update(state="waiting", due_at=timezone.now() + MINUTE)
    step(one)
    assert told == [source.pk]
    HookCall.objects.update(due_at=timezone.now())
    switch(source, "pause")
    step(one)
    assert told == [source.pk]


def test_a_source_is_compared_when_that_is_due_and_never_while_it_is_read(connected: Desk, monkeypatch):
    source, stand_in = connected("billover")
    compared = []

    def compare(source: Source, **_: object) -> verify.Verification:
        compared.append(source.pk)
        return verify.Verification(source=source, status="ok")

    monkeypatch.setattr(verify, "is_due", lambda source, now: not compared)
    monkeypatch.setattr(verify, "verify", compare)
    gate = threading.Event()
    stand_in.before_request = lambda request: gate.wait(HANGS)
    one = a_worker()
    one._step()
    one._step()
    assert compared == []
    gate.set()
    for _ in range(3):
        step(one)
    assert compared == [source.pk]


def test_a_source_is_not_read_while_it_is_compared(connected: Desk, monkeypatch):
    source, _ = connected("billover")
    pull(source)
    gate, begun = threading.Event(), threading.Event()

    def compare(source: Source, **_: object) -> verify.Verification:
        begun.set()
        gate.wait(HANGS)
        return verify.Verification(source=source, status="ok")

    monkeypatch.setattr(verify, "is_due", lambda source, now: not begun.is_set())
    monkeypatch.setattr(verify, "verify", compare)
    one = a_worker()
    one._step()
    assert begun.wait(HANGS)
    source.connection.want()
    one._step()
    lanes = {what for what, _source in one.threads}
    gate.set()
    assert (lanes, runs(source)) == ({"read"}, ["ok"])
    for _ in range(2):
        step(one)
    assert runs(source) == ["ok", "ok"]


def test_a_worker_whose_look_at_what_is_due_fails_shows_no_sign_of_life_and_goes_on(work, monkeypatch, rested):
    tries = []

    def fail(self: Work) -> set[int]:
        tries.append(1)
        raise RuntimeError("a fault of our own")

    with monkeypatch.context() as broken:
        broken.setattr(Work, "_to_push", fail)
        work()
        until(lambda: len(tries) > 3)
        assert not Worker.objects.exists()
    until(lambda: Worker.objects.alive().exists())


def test_a_worker_whose_threads_hang_is_alive(connected: Desk, work, monkeypatch):
    source, hanging = connected("billover")
    gate = threading.Event()
    hanging.before_request = lambda request: gate.wait(HANGS)
    monkeypatch.setattr(working, "BEAT", 0.1)
    work()
    try:
        until(lambda: Connection.objects.filter(source=source, lease_until__isnull=False).exists())
        Worker.objects.update(seen_at=timezone.now() - 5 * MINUTE)
        until(lambda: Worker.objects.alive().exists())
    finally:
        gate.set()


def test_workers_that_died_days_ago_are_forgotten(db):
    for name, days in (("old", 2), ("recent", 0.9)):
        Worker.objects.create(name=name, seen_at=timezone.now() - timedelta(days=days))
    one = a_worker()
    one._step()
    assert set(Worker.objects.values_list("name", flat=True)) == {"recent", one.name}


def test_a_fault_with_one_source_ends_neither_the_others_nor_the_worker(connected: Desk, monkeypatch, rested):
    bad, _ = connected("billomat")
    good, _ = connected("billover")
    one = a_worker()
    read = one._read

    def choke(source: Source) -> None:
        if source == bad:
            raise RuntimeError("a fault of our own")
        read(source)

    monkeypatch.setattr(one, "_read", choke)
    step(one)
    step(one)
    assert (runs(good), runs(bad)) == (["ok"], [])


def test_a_run_cut_off_by_the_end_of_the_worker_is_due_at_once_afterwards(connected: Desk, work):
    source, hanging = connected("billover")
    gate = threading.Event()
    hanging.before_request = lambda request: gate.wait(HANGS)
    one = work()
    until(lambda: Connection.objects.filter(source=source, lease_until__isnull=False).exists())
    until(Worker.objects.exists)
    one.stop.set()
    until(lambda: not Worker.objects.exists())
    gate.set()
    for thread in one.threads.values():
        thread.join()
    step(a_worker())
    assert runs(source)[-1] == "ok"
