"""The walk over BillOver's invoices misses nothing that is there all along, and what that costs."""

import json
from datetime import timedelta

import pytest

from arapp.sandbox.base import Answer, Clock, Fault, Request
from arapp.sandbox.billover import Billover as StandIn
from arapp.sandbox.billover import lists
from arapp.upstreams.billover.sheets import UNTIL
from arapp.upstreams.http import BadAnswer, Rejected
from tests.upstreams.billover.driving import NOW, adapter, changed, said, walked
from tests.upstreams.billover.storms import days_of_a_service, missed, page_by_page, workspace

SEEDS = 200


def test_no_walk_misses_a_row_that_is_there_all_along():
    assert [seed for seed in range(SEEDS) if missed(walked, workspace(seed), seed)] == []


def test_walking_by_pages_alone_misses_one_most_of_the_time():
    lost = [seed for seed in range(SEEDS) if missed(page_by_page, workspace(seed), seed)]
    print(f"{len(lost)} of {SEEDS} walks page by page missed a row")
    assert len(lost) > SEEDS / 2


@pytest.mark.parametrize("creates", [0.0, 0.1])
def test_no_walk_misses_a_row_where_the_dates_do_nothing(creates):
    for seed in range(30):
        standin = workspace(seed)
        standin.ignore_dates = True
        assert not missed(walked, standin, seed, creates=creates), seed


@pytest.mark.parametrize("end_counts", [True, False])
@pytest.mark.parametrize("hours", [-11, 0, 3, 9])
def test_no_walk_misses_a_row_whatever_the_service_takes_for_a_day(monkeypatch, hours, end_counts):
    monkeypatch.setattr(lists, "_within", days_of_a_service(hours, end_counts))
    assert [seed for seed in range(10) if missed(walked, workspace(seed), seed)] == []


def test_a_day_with_many_pages_is_read_whole_while_it_loses_rows():
    for seed in range(20):
        assert not missed(walked, workspace(seed, days=1, a_day=(200,)), seed), seed


def test_many_deleted_at_once_are_no_gap():
    for seed in range(30):
        standin = workspace(seed)
        there = set(standin.by_uid)
        victims = [invoice.uid for invoice in standin.newest_first()[5:70]]
        standin.before_request = lambda _, s=standin, v=victims: (
            len(s.requests) == 12 and [s.remove(uid) for uid in v]
        )
        assert there - set(victims) <= set(walked(adapter(standin))), seed


@pytest.mark.parametrize(
    ("invoices", "days", "most"),
    [(20, 400, 1.5), (600, 1800, 1.25), (600, 60, 2), (600, 1, 2), (5000, 1100, 1.6)],
)
def test_a_walk_costs_at_most_twice_its_pages(invoices, days, most):
    standin = workspace(1, invoices, days, a_day=(1,))
    assert set(walked(adapter(standin))) == set(standin.by_uid)
    pages = -(-invoices // 10)
    print(f"{invoices} invoices in {days} days: {pages} pages, {len(standin.requests)} requests")
    assert len(standin.requests) <= pages * most


def test_dates_that_do_nothing_are_noticed_at_the_first_try():
    standin = workspace(1, 200)
    standin.ignore_dates = True
    assert set(walked(adapter(standin))) == set(standin.by_uid)
    assert sum(1 for request in standin.requests if request.first(UNTIL[0])) == 1
    assert len(standin.requests) == 1 + 1 + 2 * 19


def test_dates_that_do_nothing_in_a_workspace_of_two_days_cost_no_second_start():
    standin = StandIn(invoices=0, clock=Clock(NOW))
    for minutes in range(200):
        standin.add_invoice(created_at=NOW - timedelta(minutes=13 * minutes))
    standin.ignore_dates = True
    assert set(walked(adapter(standin))) == set(standin.by_uid)
    assert len(standin.requests) <= 1 + 2 * 19 + 2


@pytest.mark.parametrize("end_counts", [True, False])
@pytest.mark.parametrize("hours", [-11, 0, 9])
def test_other_days_than_those_of_the_rows_join_on_without_a_second_walk(monkeypatch, hours, end_counts):
    monkeypatch.setattr(lists, "_within", days_of_a_service(hours, end_counts))
    standin = workspace(1, 200, 200, a_day=(1,))
    assert set(walked(adapter(standin))) == set(standin.by_uid)
    assert len(standin.requests) <= 20 * 2


def test_a_row_that_slips_past_while_the_count_stays_is_not_missed(standin, billover):
    standin.ignore_dates = True
    there = {invoice.uid for invoice in standin.newest_first()[1:]}

    def swap(request: Request) -> None:
        if request.first("page") == "2":
            standin.before_request = None
            standin.remove(standin.newest_first()[0].uid)
            standin.add_invoice(created_at=NOW - timedelta(days=900))

    standin.before_request = swap
    assert there <= set(walked(billover))
    assert standin.before_request is None


def test_both_spellings_of_a_date_are_sent(standin, billover):
    walked(billover)
    narrowed = [dict(request.query) for request in standin.requests[1:]]
    assert narrowed
    assert all(query["created_at_to_date"] == query["to_date"] for query in narrowed)


def test_dates_that_are_refused_are_done_without(standin, billover):
    refuse_days(standin, 400)
    assert set(walked(billover)) == set(standin.by_uid)


def test_a_key_refused_in_mid_walk_is_a_failure(standin, billover):
    refuse_days(standin, 403)
    with pytest.raises(Rejected):
        walked(billover)


def test_a_row_without_a_moment_that_no_date_finds_is_not_lost(monkeypatch, standin, billover):
    hidden = standin.newest_first()[25].uid
    blank(standin, hidden)
    within = lists._within
    by_days = lambda rows, request: [row for row in within(rows, request) if dated(row, request)]  # noqa: E731
    dated = lambda row, request: row.uid != hidden or not request.first(UNTIL[0])  # noqa: E731
    monkeypatch.setattr(lists, "_within", by_days)
    assert set(walked(billover)) == set(standin.by_uid)


@pytest.mark.parametrize("moment", [None, "soon", 17, "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+03:00"])
def test_moments_that_are_none_lose_nothing(standin, billover, moment):
    for invoice in standin.newest_first()[3:30:2]:
        blank(standin, invoice.uid, moment)
    assert set(walked(billover)) == set(standin.by_uid)


def test_a_list_in_another_order_is_walked_by_pages(monkeypatch, standin, billover):
    oldest_first = sorted(standin.by_uid.values(), key=lambda row: row.created_at)
    monkeypatch.setattr(standin, "newest_first", lambda: oldest_first)
    assert set(walked(billover)) == set(standin.by_uid)
    assert len(standin.requests) == 1 + 2 * 3


def test_days_in_another_order_are_of_no_use(monkeypatch, standin, billover):
    within = lists._within
    by_uid = lambda rows: sorted(rows, key=lambda row: row.uid)  # noqa: E731
    shown = lambda rows, request: by_uid(within(rows, request)) if request.first(UNTIL[0]) else rows  # noqa: E731
    monkeypatch.setattr(lists, "_within", shown)
    assert set(walked(billover)) == set(standin.by_uid)
    assert len(standin.requests) == 1 + 1 + 2 * 3


def test_each_row_is_given_once(standin, billover):
    found = walked(billover)
    assert len(found) == len(set(found)) == 36


@pytest.mark.parametrize("ignored", [False, True])
def test_a_row_hidden_by_its_double_is_found_by_a_second_walk(standin, billover, ignored):
    standin.ignore_dates = ignored
    lost = standin.newest_first()[14].uid
    standin.faults.append(Fault(times=4, change=changed(lambda body: doubled(body, lost))))
    assert lost in walked(billover)


def test_new_rows_that_push_the_first_page_onto_the_second_are_no_failure(standin, billover):
    standin.ignore_dates = True
    there = set(standin.by_uid)
    push = {3: 10}
    standin.before_request = lambda _: [standin.add_invoice() for _ in range(push.pop(len(standin.requests), 0))]
    assert there <= set(walked(billover))


def test_a_list_that_never_holds_still_is_a_failure(standin, billover):
    standin.ignore_dates = True
    standin.before_request = lambda _: standin.add_invoice()
    with pytest.raises(BadAnswer, match="changes faster"):
        walked(billover)
    assert len(standin.requests) < 100


def test_an_empty_answer_in_mid_walk_is_made_good(standin, billover):
    empty = said({"count": 0, "page_count": 1, "page_size": 10, "results": []})
    standin.faults.append(Fault(empty, skip=1))
    assert set(walked(billover)) == set(standin.by_uid)


def test_an_invoice_of_tomorrow_is_no_obstacle(standin, billover):
    for days in (1, 40):
        standin.add_invoice(created_at=NOW + timedelta(days=days))
    assert set(walked(billover)) == set(standin.by_uid)


def test_companies_are_read_again_only_when_their_count_falls():
    standin = StandIn(invoices=200, clock=Clock(NOW))
    there = walked(adapter(standin), "customers")
    assert (set(there), len(standin.requests)) == (set(standin.companies), 4)
    standin.before_request = lambda _: len(standin.requests) == 7 and standin.companies.pop(there[2], None)
    assert set(standin.companies) <= set(walked(adapter(standin), "customers"))
    assert there[2] not in standin.companies


def refuse_days(standin: StandIn, status: int) -> None:
    """Answer so to whatever is asked with a date."""
    answer = standin.answer

    def answered(request: Request) -> Answer:
        return said({"detail": "No."}, status) if request.first(UNTIL[0]) else answer(request)

    standin.answer = answered


def blank(standin: StandIn, uid: str, moment: object = None) -> None:
    """The service tells no moment, or an odd one, for this invoice wherever it lists it."""
    answer = standin.answer

    def answered(request: Request) -> Answer:
        told = answer(request)
        body = json.loads(told.body)
        for row in body.get("results", []):
            if row["uid"] == uid:
                row["created_at"] = moment
        return Answer(told.status, json.dumps(body).encode(), told.headers)

    standin.answer = answered


def doubled(body: dict, lost: str) -> dict:
    """Another row of the page in place of the lost one."""
    rows = body["results"]
    return body | {"results": [rows[at - 1] if row["uid"] == lost else row for at, row in enumerate(rows)]}
