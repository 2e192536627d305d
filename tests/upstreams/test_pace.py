"""The pace of a source, shared by all processes through its row. Runs on SQLite and on PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from arapp.receivables.models import Invoice
from arapp.upstreams import pace
from arapp.upstreams.base import Login
from arapp.upstreams.http import Failure, Http, Throttled
from arapp.upstreams.models import Connection
from arapp.upstreams.pace import KEPT_FOR_PEOPLE, DatabasePace
from arapp.upstreams.pull import pull
from tests.approvals.test_races import THREADS, at_once
from tests.conftest import make_source
from tests.upstreams.conftest import Desk


def pace_of(source, *, for_person: bool = False) -> DatabasePace:
    return DatabasePace(Connection.objects.get(source=source), for_person=for_person)


def headers(left: int, seconds: int) -> dict[str, str]:
    now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    reset = int((now + timedelta(seconds=seconds)).timestamp())
    date = "Fri, 20 Nov 2026 09:00:00 GMT"
    return {"x-rate-limit-remaining": str(left), "x-rate-limit-reset": str(reset), "date": date}


def test_without_a_pace_nobody_waits(source):
    assert pace_of(source).wait() == 0


def test_calls_of_one_source_are_a_second_apart_whoever_makes_them(source):
    Connection.objects.update(calls_per_second=1.0)
    waits = [pace_of(source).wait() for _ in range(4)]
    assert [round(wait) for wait in waits] == [0, 1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_no_two_processes_get_the_same_slot():
    source = make_source()
    Connection.objects.update(calls_per_second=0.5)
    paces = [pace_of(source) for _ in range(THREADS)]
    waits = sorted(at_once(THREADS, lambda n: paces[n].wait()))
    assert all(later - earlier > 1.5 for earlier, later in pairwise(waits)), waits


def test_the_last_fifth_of_the_window_is_kept_for_people(source):
    pace_of(source).heard(headers(KEPT_FOR_PEOPLE, 600))
    with pytest.raises(Throttled) as throttled:
        pace_of(source).wait()
    assert timedelta(seconds=590) < throttled.value.until - timezone.now() < timedelta(seconds=610)
    assert pace_of(source, for_person=True).wait() == 0


def test_people_too_wait_when_nothing_is_left(source):
    pace_of(source).heard(headers(0, 600))
    with pytest.raises(Throttled):
        pace_of(source, for_person=True).wait()


def window(source, monkeypatch, *, for_person: bool = False) -> Callable[[float], DatabasePace]:
    """A pace made after so many seconds on all our clocks."""
    began = timezone.now()

    def after(seconds: float) -> DatabasePace:
        monkeypatch.setattr(timezone, "now", lambda: began + timedelta(seconds=seconds))
        monkeypatch.setattr(pace.time, "monotonic", lambda: seconds)
        return pace_of(source, for_person=for_person)

    return after


def used_by(one: DatabasePace, limit: int, used: int = 0, seconds: int = 600) -> int:
    """How many calls it makes before it is throttled, in a window where ``used`` were made by others."""
    for call in range(1, limit + 2):
        try:
            one.wait()
        except Throttled:
            return call - 1
        one.heard(headers(max(0, limit - used - call), seconds))
    return call


@pytest.mark.parametrize(("limit", "calls"), [(300, 240), (1000, 800), (301, 241)])
def test_of_whatever_a_window_allows_a_fifth_is_kept_for_people(source, limit, calls):
    assert used_by(pace_of(source), limit) == calls
    assert used_by(pace_of(source, for_person=True), limit - calls) == limit - calls


def test_what_others_have_used_is_missing_from_our_part_not_from_that_of_people(source):
    assert used_by(pace_of(source), 300, used=200) == 40


def test_a_limit_the_service_names_is_believed(source):
    one = pace_of(source)
    one.heard(headers(99, 600) | {"x-rate-limit-limit": "100"})
    assert used_by(one, 99) == 79


def test_a_window_smaller_than_what_is_kept_is_found_out_when_the_next_one_begins(source, monkeypatch):
    after = window(source, monkeypatch)
    assert used_by(after(0), 30) == 1
    assert used_by(after(700), 30, seconds=900) == 24
    assert used_by(after(701), 6, seconds=899) == 0
    assert used_by(after(1700), 300, seconds=900) == 240


def test_a_run_that_goes_on_into_the_next_window_has_its_calls_again(source, monkeypatch):
    after = window(source, monkeypatch)
    one = after(0)
    assert used_by(one, 300) == 240
    after(601)
    one.heard(headers(299, 900))
    assert used_by(one, 299) == 239


def test_the_end_of_a_window_is_waited_for_on_the_monotonic_clock(source, monkeypatch):
    after = window(source, monkeypatch)
    one = after(0)
    one.heard(headers(10, 600))
    monkeypatch.setattr(timezone, "now", lambda: datetime(2030, 1, 1, tzinfo=UTC))
    with pytest.raises(Throttled) as throttled:
        one.wait()
    assert throttled.value.until == datetime(2030, 1, 1, 0, 10, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(pace.time, "monotonic", lambda: 601.0)
    assert one.wait() == 0


def test_no_window_is_believed_to_last_longer_than_one_does(source):
    pace_of(source).heard(headers(0, 10_000_000))
    stored = Connection.objects.get(source=source).calls_reset_at
    assert stored - timezone.now() <= timedelta(minutes=16)
    Connection.objects.update(calls_reset_at=timezone.now() + timedelta(hours=3))
    assert pace_of(source).wait() == 0


def test_who_asks_anyway_makes_one_call_and_learns(source):
    pace_of(source).heard(headers(30, 600))
    one = pace_of(source)
    one.ask_anyway()
    assert one.wait() == 0
    one.heard(headers(29, 600))
    with pytest.raises(Throttled):
        one.wait()


def test_a_clock_that_is_set_back_makes_no_wait_longer_and_one_set_on_ends_it(source, monkeypatch):
    began = timezone.now()
    until = began + timedelta(minutes=10)
    monkeypatch.setattr(timezone, "now", lambda: began)
    monkeypatch.setattr(pace.time, "monotonic", lambda: 0.0)
    Connection.objects.update(postponed_until=until)
    pace.remember_postponed(source.pk, until)
    row = Connection.objects.get(source=source)
    assert pace.postponed(row) == until
    monkeypatch.setattr(timezone, "now", lambda: began - timedelta(hours=5))
    assert pace.postponed(row) == until
    monkeypatch.setattr(pace.time, "monotonic", lambda: 600.0)
    assert pace.postponed(row) is None
    monkeypatch.setattr(timezone, "now", lambda: until)
    monkeypatch.setattr(pace.time, "monotonic", lambda: 1.0)
    assert pace.postponed(row) is None


def test_nothing_is_postponed_for_longer_than_a_day(source):
    Connection.objects.update(postponed_until=timezone.now() + timedelta(days=2))
    assert pace.postponed(Connection.objects.get(source=source)) is None


def test_a_source_that_was_disconnected_meanwhile_is_called_no_more(source):
    Connection.objects.update(calls_per_second=1.0)
    one = pace_of(source)
    Connection.objects.all().delete()
    with pytest.raises(Failure, match="not connected"):
        one.wait()


def test_the_window_ends_by_the_clock_of_the_service(source):
    pace_of(source).heard(headers(0, -1))
    assert pace_of(source).wait() == 0


@pytest.mark.parametrize("bad", [{}, {"x-rate-limit-remaining": "x"}, headers(5, 5) | {"x-rate-limit-reset": "soon"}])
def test_headers_that_make_no_sense_are_passed_over(source, bad):
    pace_of(source).heard(bad)
    assert pace_of(source).wait() == 0


def test_details_that_the_budget_does_not_reach_wait_for_the_next_run_and_the_run_is_ok(connected: Desk):
    source, stand_in = connected("billomat", invoices=60, rate_limit=300)
    report = pull(source)
    assert report.status == "ok"
    waiting = Invoice.objects.filter(detail_due=True).count()
    assert 0 < waiting < 60
    assert Invoice.objects.filter(gross__isnull=False).count() == 60
    stand_in.clock.move(minutes=16)
    assert pull(source).status == "postponed"
    Connection.objects.update(calls_reset_at=timezone.now() - timedelta(seconds=1), postponed_until=None)
    second = pull(source)
    assert (second.status, second.created, second.changed) == ("ok", 0, 0)
    assert Invoice.objects.filter(detail_due=True).count() < waiting


def test_who_would_wait_longer_than_a_person_may_is_told_so(source):
    Connection.objects.update(calls_per_second=0.5)
    waits = [pace_of(source, for_person=True).wait() for _ in range(3)]
    assert [round(wait) for wait in waits] == [0, 2, 4]
    with pytest.raises(Throttled):
        pace_of(source, for_person=True).wait()


def test_a_slot_reserved_by_a_machine_with_a_wrong_clock_is_passed_over(source):
    Connection.objects.update(calls_per_second=1.0, next_call_at=timezone.now() + timedelta(hours=1))
    assert pace_of(source).wait() == 0


def test_no_key_stands_in_a_repr():
    login = Login(secret="hunter2hunter2", user="u", base_url="https://example.org")
    http = Http("https://example.org", headers={"Api-Key": "hunter2hunter2"}, auth=("u", "hunter2hunter2"))
    assert "hunter2" not in repr(login) + repr(http)
