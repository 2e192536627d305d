"""The rows before and after one of a filtered list: in every order, short lists and long ones alike."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from arapp.lists import neighbours, paging
from arapp.lists.filters import InvoiceFilter
from arapp.lists.neighbours import Neighbours, neighbours_of
from arapp.lists.order import INVOICE_ORDERS
from arapp.receivables.models import Invoice
from tests.conftest import TODAY
from tests.lists.test_paging import fill

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[5_000, 0], ids=["short", "long"])
def length(request, monkeypatch):
    """How many rows are still a short list: all of these tests' rows, or none."""
    monkeypatch.setattr(neighbours, "SORTED_WHOLE", request.param)
    monkeypatch.setattr(paging, "SORTED_WHOLE", request.param)
    return request.param


def asked(query: str) -> InvoiceFilter:
    return InvoiceFilter(QueryDict(query), Invoice.objects.all(), today=TODAY)


def ids(query: str) -> list[int]:
    found = asked(query)
    return [row.pk for row in found.order.sorted(found.qs, TODAY)]


@pytest.mark.parametrize("name", sorted(INVOICE_ORDERS))
@pytest.mark.parametrize("sign", ["", "-"])
def test_each_row_has_the_neighbours_of_the_list_in_that_order(length, name, sign):
    fill(18)
    query = f"sort={sign}{name}"
    expected, found = ids(query), asked(query)
    for at, pk in enumerate(expected):
        beside = neighbours_of(found, pk)
        assert beside.previous == (expected[at - 1] if at else None)
        assert beside.next == (expected[at + 1] if at + 1 < len(expected) else None)


def test_only_rows_that_pass_the_filters_are_neighbours(length):
    fill(20)
    query = "state=draft&sort=due"
    expected = ids(query)
    assert 2 < len(expected) < 20
    assert neighbours_of(asked(query), expected[1]).next == expected[2]
    assert neighbours_of(asked(query), expected[1]).previous == expected[0]


def test_a_row_that_left_the_list_has_the_neighbours_of_its_place(length):
    fill(20)
    everything, shown = ids("sort=due"), ids("sort=due&state=draft")
    left = next(pk for pk in everything[3:] if pk not in shown)
    at = everything.index(left)
    beside = neighbours_of(asked("sort=due&state=draft"), left)
    assert beside.previous == next((pk for pk in reversed(everything[:at]) if pk in shown), None)
    assert beside.next == next((pk for pk in everything[at:] if pk in shown), None)
    assert beside.place == 0


def test_a_short_list_tells_the_place_and_a_long_one_does_not(length):
    fill(8)
    beside = neighbours_of(asked("sort=number"), ids("sort=number")[2])
    assert (beside.place, beside.total) == ((3, 8) if length else (0, 0))


def test_filters_that_make_no_sense_and_rows_that_are_not_there_have_no_neighbours(length):
    fill(5)
    assert neighbours_of(asked("state=odd"), ids("")[0]) == Neighbours()
    assert neighbours_of(asked(""), 10**9) == Neighbours()


@pytest.mark.parametrize("query", ["", "sort=due", "sort=-decided_at", "state=draft&sort=customer"])
def test_a_step_takes_few_queries_however_long_the_list_is(length, query):
    fill(20)
    at_most = 2 if length else 7
    assert most_queries(query) <= at_most
    fill_more(60)
    assert most_queries(query) <= at_most


def most_queries(query: str) -> int:
    counts = []
    for pk in ids(query)[::7]:
        with CaptureQueriesContext(connection) as captured:
            neighbours_of(asked(query), pk)
        counts.append(len(captured))
    return max(counts)


def fill_more(count: int) -> None:
    first = Invoice.objects.values().exclude(due_date=None).filter(state="draft").first()
    Invoice.objects.bulk_create(Invoice(**first | {"id": None, "external_id": f"more{n}"}) for n in range(count))
