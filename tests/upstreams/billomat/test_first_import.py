"""A first import of more than a window's calls: it goes on where it was, whatever cuts it off.

Seen to fail without ``Walker._left_over`` (never done), without the check that a walk joins on to what was read
(rows missed), and with the cursor written in a transaction of its own.
"""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from arapp.receivables.models import Customer, Invoice, Source
from arapp.upstreams import registry
from arapp.upstreams.base import Login
from arapp.upstreams.billomat import Billomat
from arapp.upstreams.connecting import Wish, connect
from arapp.upstreams.models import Connection, PullRun
from arapp.upstreams.pull import Options, Report, pull
from tests.upstreams.billomat.crowd import Crowd

SIZE = 20
BASE = "http://crowd.localhost/api"


class Killed(BaseException):
    """The process ends here; what it would still have written at its end is not written."""


@pytest.fixture
def crowd(db, no_sleep, monkeypatch) -> Crowd:
    """600 invoices on 30 pages, 60 clients on 3; so dear that no whole walk is made without need."""
    for place in ("arapp.upstreams.billomat.calls.PER_PAGE", "arapp.upstreams.billomat.client.PER_PAGE"):
        monkeypatch.setattr(place, SIZE)
    monkeypatch.setattr(Billomat, "page_size", SIZE)
    account = Crowd(invoices=600, clients=60)
    monkeypatch.setitem(registry.TRANSPORTS, BASE, account.transport)
    connect(Wish("crowd", "billomat", Login(secret="k" * 20, user="acme", base_url=BASE)))
    account.calls.clear()
    return account


def next_window(crowd: Crowd) -> None:
    crowd.now += timedelta(minutes=15)
    past = timezone.now() - timedelta(seconds=1)
    Connection.objects.filter(calls_reset_at__gt=past).update(calls_reset_at=past)
    Connection.objects.update(postponed_until=None)


def read(**options: object) -> Report:
    return pull(Source.objects.get(), Options(**options))


def die_at(crowd: Crowd, monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    """Killed at that call of the run; the lease has run out by the next one."""
    left = [call]

    def before(path: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    crowd.before = before
    with monkeypatch.context() as dead:
        dead.setattr("arapp.upstreams.pull._end_run", lambda *_: None)
        dead.setattr("arapp.approvals.models.Approval.objects.catch_up", lambda *_: None)
        with pytest.raises(Killed):
            read()
    crowd.before = lambda path: None
    Connection.objects.update(lease_until=None)


def pages_asked(crowd: Crowd, path: str = "/api/invoices") -> int:
    return crowd.calls.count(path)


def test_a_list_that_no_window_is_enough_for_is_read_to_its_end_all_the_same(crowd: Crowd):
    crowd.others = 230
    crowd.used.clear()
    windows = 0
    while not Connection.objects.get().walked_at:
        report = read()
        windows += 1
        cut_off = Connection.objects.get().walked_at is None
        assert report.status == ("postponed" if cut_off else "ok"), report
        assert (PullRun.objects.first().doing in ("customers", "invoices")) == cut_off
        assert windows < 20
        next_window(crowd)
    assert Invoice.objects.count() == 600
    assert Customer.objects.count() == 60
    assert windows <= 6
    assert pages_asked(crowd) <= 30 + 2 * windows


def test_a_walk_that_was_killed_goes_on_one_page_back(crowd: Crowd, monkeypatch):
    die_at(crowd, monkeypatch, 28)
    run = PullRun.objects.first()
    assert (run.status, run.doing, run.done, run.of, run.full) == ("running", "invoices", 400, 600, True)
    assert Invoice.objects.count() == run.done
    crowd.calls.clear()
    began = PullRun.objects.first().started_at
    read()
    assert Invoice.objects.count() == 600
    assert pages_asked(crowd) <= 12
    assert "/api/clients" not in crowd.calls[1:5]
    connection = Connection.objects.get()
    assert connection.walked_at == connection.read_at == began
    assert not PullRun.objects.filter(doing="invoices").exists()


def test_killed_again_and_again_it_gets_further_each_time(crowd: Crowd, monkeypatch):
    reached = []
    for _ in range(40):
        die_at(crowd, monkeypatch, 7)
        reached.append(Invoice.objects.count())
        if Connection.objects.get().walked_at:
            break
    assert all(later > earlier for earlier, later in pairwise(reached) if earlier < 600), reached
    read()
    assert Invoice.objects.count() == 600


def test_rows_deleted_on_pages_that_were_read_do_not_push_others_past_the_reader(crowd: Crowd, monkeypatch):
    die_at(crowd, monkeypatch, 25)
    crowd.gone = {("invoice", number) for number in range(1, 11)}
    read()
    assert set(Invoice.objects.values_list("external_id", flat=True)) == {str(n) for n in range(1, 601)}


def test_where_more_was_deleted_than_is_read_again_it_begins_anew(crowd: Crowd, monkeypatch):
    die_at(crowd, monkeypatch, 25)
    crowd.gone = {("invoice", number) for number in range(1, 61)}
    read()
    assert set(map(int, Invoice.objects.values_list("external_id", flat=True))) >= set(range(61, 601))


def test_of_a_walk_that_was_cut_off_nothing_is_said_to_be_missing(crowd: Crowd, monkeypatch):
    read()
    crowd.gone = {("invoice", 5), ("invoice", 595)}
    Connection.objects.update(walked_at=timezone.now() - timedelta(hours=25), postponed_until=None, calls_left=None)
    next_window(crowd)
    die_at(crowd, monkeypatch, 25)
    next_window(crowd)
    assert read().gone == 0
    next_window(crowd)
    assert read(full=True).gone == 2


def test_a_walk_that_was_cut_off_a_day_ago_is_begun_anew(crowd: Crowd, monkeypatch):
    die_at(crowd, monkeypatch, 25)
    PullRun.objects.update(started_at=timezone.now() - timedelta(hours=25))
    crowd.calls.clear()
    read()
    assert pages_asked(crowd) >= 30


def test_whoever_wants_everything_read_gets_it_from_the_beginning(crowd: Crowd, monkeypatch):
    die_at(crowd, monkeypatch, 25)
    crowd.calls.clear()
    read(full=True)
    assert pages_asked(crowd) >= 30


def test_details_go_on_where_they_were_and_a_death_loses_a_few_seconds_of_them(crowd: Crowd, monkeypatch):
    read()
    done = Invoice.objects.filter(detail_due=False).count()
    assert 20 < done < 60
    next_window(crowd)
    crowd.calls.clear()
    die_at(crowd, monkeypatch, 150)
    assert pages_asked(crowd) <= 3
    after = Invoice.objects.filter(detail_due=False).count()
    assert after >= done
    report = read()
    assert (report.status, report.created, report.changed) == ("ok", 0, 0)
    assert Invoice.objects.filter(detail_due=False).count() > after
    assert Connection.objects.get().postponed_until


def test_while_it_goes_on_the_run_says_how_far_it_is(crowd: Crowd):
    seen: list[tuple[str, int, int]] = []

    def look(path: str) -> None:
        seen.append(PullRun.objects.values_list("doing", "done", "of").first())

    crowd.before = look
    read()
    assert [done for doing, done, of in seen if (doing, of) == ("invoices", 600)] == list(range(20, 601, 20))
    details = [(done, of) for doing, done, of in seen if doing == "details"]
    assert details[0][1] == 600
    assert sorted(details) == details
    run = PullRun.objects.first()
    assert (run.status, run.doing) == ("ok", "details")
    assert Invoice.objects.filter(detail_due=True).count() == run.of - run.done


def test_what_waits_for_a_decision_and_what_is_owed_has_its_details_first(crowd: Crowd):
    """Every twentieth of the crowd is open; its details fit into one window."""
    read()
    owed = Invoice.objects.filter(state="open")
    assert owed.filter(detail_due=False).count() == owed.count() == 30
