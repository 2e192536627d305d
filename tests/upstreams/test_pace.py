"""The pace of a source, shared by all processes through its row. Runs on SQLite and on PostgreSQL."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from arapp.receivables.models import Invoice
from arapp.upstreams.base import Login
from arapp.upstreams.http import Http, Throttled
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
    Connection.objects.update(calls_reset_at=timezone.now() - timedelta(seconds=1))
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
