"""One run per source. Runs on SQLite and on PostgreSQL; seen to fail without the conditions in ``take_lease``.

What a run whose lease is lost may still write was seen to be written without ``Reading.writing``, ``Lease.note`` and
the condition in ``_end_run``; the takeover in the midst of a page without ``renew`` in its transaction (PostgreSQL).
"""

import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from arapp.receivables import mirror
from arapp.receivables.models import Customer, Invoice, Source
from arapp.sandbox.base import Answer, Fault, StandIn
from arapp.upstreams import lease, walker
from arapp.upstreams.models import Connection, PullRun, Quarantined
from arapp.upstreams.pull import Options, free_broken, pull
from tests.approvals.test_races import THREADS, at_once
from tests.conftest import make_source
from tests.upstreams.conftest import SERVICES, Desk

MINUTE = timedelta(seconds=60)


def lease_of(source) -> Connection:
    return Connection.objects.get(source=source)


def test_a_second_run_gets_no_lease_until_the_first_frees_it(source):
    first = lease_of(source).take_lease(MINUTE)
    assert first
    assert lease_of(source).take_lease(MINUTE) is None
    lease_of(source).free_lease(first)
    assert lease_of(source).take_lease(MINUTE) == first + 1


def test_a_lease_that_ran_out_is_taken_over_and_its_old_holder_cannot_renew(source):
    first = lease_of(source).take_lease(MINUTE)
    Connection.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    second = lease_of(source).take_lease(MINUTE)
    assert second == first + 1
    assert not lease_of(source).renew_lease(first, MINUTE)
    assert lease_of(source).renew_lease(second, MINUTE)


def test_freeing_an_old_lease_leaves_the_new_one(source):
    first = lease_of(source).take_lease(MINUTE)
    Connection.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    lease_of(source).take_lease(MINUTE)
    lease_of(source).free_lease(first)
    assert lease_of(source).take_lease(MINUTE) is None


@pytest.mark.django_db(transaction=True)
def test_of_eight_runs_at_once_one_gets_the_lease():
    source = make_source()
    rows = [lease_of(source) for _ in range(THREADS)]
    leases = at_once(THREADS, lambda n: rows[n].take_lease(MINUTE))
    assert len([lease for lease in leases if lease]) == 1, leases


def taken_over(stand_in: StandIn, when: str, skip: int = 0) -> None:
    """Another run takes over while a request whose path ends like this is under way, after some of them."""
    left = [skip]

    def take_over(request: object) -> None:
        if not request.path.rstrip("/").endswith(when):
            return
        left[0] -= 1
        if left[0] < 0:
            row = Connection.objects.get()
            row.lease_until = None
            row.save(update_fields=["lease_until"])
            assert row.take_lease(MINUTE)
            stand_in.before_request = None

    stand_in.before_request = take_over


LISTS = {"billogram": "/billogram", "billover": "/invoices", "billomat": "/invoices"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_worker_that_was_asleep_in_the_midst_of_its_details_writes_none_of_them(service, connected: Desk):
    source, stand_in = connected(service)
    pull(source)
    victim = Invoice.objects.exclude(gross=None).order_by("created_at").first()
    Invoice.objects.filter(pk=victim.pk).update(detail_due=True)
    taken_over(stand_in, f"/{victim.external_id}")
    report = pull(source)
    assert (report.status, "took over" in report.error) == ("failed", True), report
    assert Invoice.objects.get(pk=victim.pk).detail_due


@pytest.mark.parametrize("service", SERVICES)
def test_a_worker_that_was_asleep_while_it_asked_for_what_is_missing_marks_nothing_gone(service, connected: Desk):
    source, stand_in = connected(service)
    pull(source)
    victim = Invoice.objects.filter(state="draft" if service != "billover" else "open").first()
    stand_in.remove(int(victim.external_id) if service == "billomat" else victim.external_id)
    before = Connection.objects.values_list("walked_at", "read_at").get()
    taken_over(stand_in, f"/{victim.external_id}")
    assert "took over" in pull(source).error
    assert not Invoice.objects.exclude(gone_at=None).exists()
    assert not Quarantined.objects.exists()
    assert Connection.objects.values_list("walked_at", "read_at").get() == before


def test_a_worker_that_was_asleep_does_not_end_or_postpone_what_another_has_begun(connected: Desk):
    source, stand_in = connected("billogram")
    wait = Answer(429, b"{}", (("Content-Type", "application/json"), ("Retry-After", "3600")))
    stand_in.faults.append(Fault(answer=wait, path="/billogram"))
    taken_over(stand_in, "/billogram")
    report = pull(source)
    assert report.status == "postponed"
    assert Connection.objects.get().postponed_until is None
    assert Connection.objects.get().lease_until is not None


def test_the_end_of_a_run_that_was_closed_by_another_changes_nothing(connected: Desk, monkeypatch):
    source, stand_in = connected("billogram")
    closed = {"status": "failed", "error": "closed by another"}
    stand_in.before_request = lambda request: PullRun.objects.update(**closed)
    assert pull(source).status == "ok"
    assert PullRun.objects.values("status", "error", "fetched").get() == closed | {"fetched": 0}


def test_a_whole_walk_counts_for_nothing_when_the_lease_went_before_its_end(connected: Desk, monkeypatch):
    source, _ = connected("billogram")
    stand = walker.Walker._stand

    def asleep(self, *args, **kwargs):
        Connection.objects.update(lease_number=99)
        stand(self, *args, **kwargs)

    monkeypatch.setattr(walker.Walker, "_stand", asleep)
    assert pull(source).status == "failed"
    assert Connection.objects.values_list("walked_at", "read_at").get() == (None, None)
    assert Source.objects.get().read_whole_at is None


@pytest.mark.django_db(transaction=True)
def test_nobody_takes_over_between_the_renewal_and_the_end_of_a_page(connected: Desk, monkeypatch):
    """The lease runs out in the midst of a page; whoever waits for it gets it once the page is stored."""
    source, _ = connected("billogram", invoices=3)
    monkeypatch.setattr(lease, "LASTS", timedelta(seconds=0.1))
    write, taken = mirror.write_invoices, []

    def take() -> None:
        taken.append((Connection.objects.get().take_lease(MINUTE), Invoice.objects.count()))
        connection.close()

    def slow(*args):
        monkeypatch.setattr(mirror, "write_invoices", write)
        tally = write(*args)
        time.sleep(0.3)
        threads.append(threading.Thread(target=take))
        threads[0].start()
        threads[0].join(0.5)
        assert not taken
        return tally

    threads: list[threading.Thread] = []
    monkeypatch.setattr(mirror, "write_invoices", slow)
    report = pull(source, Options(progress=lambda *_: [thread.join() for thread in threads]))
    number, rows = taken[0]
    assert (report.status, "took over" in report.error) == ("failed", True)
    assert number
    assert rows == Invoice.objects.count() == 3


def test_whoever_takes_a_lease_is_told_its_number_and_can_free_it_when_the_database_went_away(
    connected: Desk, monkeypatch
):
    source, _ = connected("billogram")
    numbers: list[int] = []

    def gone(*args: object) -> None:
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as broken:
        broken.setattr(mirror, "write_customers", gone)
        broken.setattr("arapp.upstreams.pull._end_run", gone)
        with pytest.raises(OperationalError):
            pull(source, Options(on_lease=numbers.append))
    assert pull(source).status == "busy"
    free_broken(source.pk, numbers[0] - 1)
    assert pull(source).status == "busy"
    free_broken(source.pk, numbers[0])
    assert pull(source).status == "ok"
    assert list(PullRun.objects.order_by("id").values_list("status", flat=True)) == ["failed", "ok"]
    assert Customer.objects.exists()
