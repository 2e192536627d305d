"""One run per source. Runs on SQLite and on PostgreSQL; seen to fail without the conditions in ``take_lease``."""

from datetime import timedelta

import pytest
from django.utils import timezone

from arapp.upstreams.models import Connection
from tests.approvals.test_races import THREADS, at_once
from tests.conftest import make_source

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
