"""Walking the lists of invoices and companies."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from arapp.sandbox.base import Answer, Clock, Fault
from arapp.sandbox.billover import Billover as StandIn
from arapp.upstreams.http import BadAnswer, Rejected
from tests.upstreams.billover.driving import NOW, adapter, changed, said, walked
from tests.upstreams.billover.samples import payload


@pytest.mark.parametrize("invoices", [0, 1, 10, 11, 36])
def test_a_walk_gives_every_invoice_once(invoices):
    standin = StandIn(invoices=invoices, clock=Clock(NOW))
    assert walked(adapter(standin)) == [invoice.uid for invoice in standin.newest_first()]


def test_a_walk_tells_how_long_the_list_is(billover):
    assert {page.total for page in billover.pages("invoices")} == {36}


def test_companies_are_walked_by_their_links(standin, billover):
    assert sorted(walked(billover, "customers")) == sorted(standin.companies)
    assert [request.first("page") for request in standin.requests] == ["1", "2"]


@pytest.mark.parametrize("status", [403, 404])
def test_companies_that_the_key_may_not_see_are_no_failure(standin, billover, status):
    standin.faults.append(Fault(said({"detail": "No."}, status), path="/companies/", times=9))
    assert list(billover.pages("customers")) == []


def test_companies_that_are_refused_in_mid_walk_are_a_failure(standin, billover):
    standin.faults.append(Fault(said({"detail": "No."}, 403), path="/companies/", skip=1))
    with pytest.raises(Rejected):
        walked(billover, "customers")


@pytest.mark.parametrize(
    "address",
    ["https://stand-in/v1/companies/?page=2", "http://elsewhere/v1/companies/?page=2", "//[x", "http://stand-in/x"],
)
def test_a_next_page_at_another_address_is_not_followed(standin, billover, address):
    standin.faults.append(Fault(path="/companies/", change=changed(lambda body: body | {"next": address})))
    with pytest.raises(BadAnswer):
        walked(billover, "customers")
    assert len(standin.requests) == 1


def test_links_that_lead_in_a_circle_are_a_failure(standin, billover):
    change = changed(lambda body: body | {"next": "http://stand-in/v1/companies/?page=2"})
    standin.faults.append(Fault(path="/companies/", change=change, times=99))
    with pytest.raises(BadAnswer):
        walked(billover, "customers")


def test_a_walk_since_a_moment_stops_at_the_first_older_row(standin, billover):
    newest = [invoice.uid for invoice in standin.newest_first()]
    found = walked(billover, since=standin.newest_first()[12].created_at)
    assert (found, len(standin.requests)) == (newest[: len(found)], 2)
    assert 13 < len(found) <= 20


def test_a_row_without_a_readable_moment_does_not_end_a_walk(standin, billover):
    spoil = changed(lambda body: body["results"][5].update(created_at="soon"))
    standin.faults.append(Fault(change=spoil))
    assert len(walked(billover, since=standin.newest_first()[12].created_at)) > 13


def test_no_date_filter_is_trusted(standin, billover):
    standin.ignore_dates = True
    assert len(walked(billover, since=NOW + timedelta(days=1))) == 10
    assert {name for name, _ in standin.requests[0].query} == {"page"}


def test_a_page_past_the_end_in_mid_walk_is_the_end(standin, billover):
    def shrink(request):
        if len(standin.requests) == 4:
            for invoice in standin.newest_first()[:8]:
                standin.remove(invoice.uid)

    standin.before_request = shrink
    assert set(standin.by_uid) <= set(walked(billover))


def test_a_list_that_keeps_rows_back_is_a_failure(standin, billover):
    longer = changed(lambda body: body["results"].__setitem__(0, body["results"][1]))
    standin.faults.append(Fault(times=99, change=longer))
    with pytest.raises(BadAnswer, match="36 rows, but only 32"):
        walked(billover)


def test_a_list_that_ignores_the_page_number_is_a_failure(standin, billover):
    first = changed(lambda body: body)(standin.handle(_list_request(standin)))
    standin.faults.append(Fault(first, times=99))
    with pytest.raises(BadAnswer, match="same rows"):
        walked(billover)


@pytest.mark.parametrize("skip", [0, 1, 3])
@pytest.mark.parametrize("thin", [lambda rows: rows[:-1], lambda rows: [], lambda rows: [*rows, rows[0]]])
def test_a_page_with_other_rows_than_promised_is_a_failure(standin, billover, skip, thin):
    standin.faults.append(Fault(skip=skip, change=changed(lambda body: body | {"results": thin(body["results"])})))
    with pytest.raises(BadAnswer, match="rows"):
        walked(billover)


@pytest.mark.parametrize("wrong", [{"page_count": 9}, {"page_count": 0}, {"count": 99}, {"page_size": 7}])
@pytest.mark.parametrize("skip", [0, 1])
def test_numbers_that_do_not_add_up_are_a_failure(standin, billover, wrong, skip):
    standin.faults.append(Fault(skip=skip, change=changed(lambda body: body | wrong)))
    with pytest.raises(BadAnswer):
        walked(billover)


def test_pages_that_grow_on_the_way_are_a_failure(standin, billover):
    standin.ignore_dates = True
    standin.before_request = lambda _: setattr(standin, "page_size", 10 if len(standin.requests) < 3 else 20)
    with pytest.raises(BadAnswer, match="size"):
        walked(billover)


def test_more_companies_than_the_list_says_are_a_failure(standin, billover):
    standin.faults.append(Fault(path="/companies/", change=changed(lambda body: body | {"count": 3})))
    with pytest.raises(BadAnswer, match="3 rows, but 10 came"):
        walked(billover, "customers")


@pytest.mark.parametrize("key", ["count", "page_count", "page_size"])
@pytest.mark.parametrize("value", ["many", -1, True, 3.6, [36], {}])
def test_a_number_that_is_none_is_a_failure(standin, billover, key, value):
    standin.faults.append(Fault(change=changed(lambda body: body | {key: value})))
    with pytest.raises(BadAnswer):
        walked(billover)


@pytest.mark.parametrize(
    "body",
    [[], "text", {}, {"count": 1}, {"count": 1, "results": {}}, {"count": None, "results": []}, {"results": []}],
)
def test_what_is_no_list_is_a_failure(standin, billover, body):
    standin.faults.append(Fault(said(body)))
    with pytest.raises(BadAnswer):
        walked(billover)


def test_html_and_nan_in_place_of_a_list_are_failures(standin, billover):
    for wrong in (b"<html>Down for maintenance</html>", b'{"count": NaN, "results": []}'):
        standin.faults.append(Fault(Answer(200, wrong, (("Content-Type", "text/html"),))))
        with pytest.raises(BadAnswer):
            walked(billover)


@pytest.mark.parametrize("missing", ["page_count", "page_size"])
def test_a_list_without_one_of_its_numbers_is_still_walked_whole(standin, billover, missing):
    standin.faults.append(Fault(times=99, change=changed(lambda body: body.pop(missing) and None)))
    assert len(walked(billover)) == 36


def test_an_empty_list_may_have_one_page_or_none(standin, billover):
    for pages in (0, 1):
        standin.faults.append(Fault(said(payload("page_empty") | {"page_count": pages})))
        assert walked(billover) == []


def test_rows_that_are_none_are_passed_on_and_counted(standin, billover):
    spoil = changed(lambda body: body["results"].__setitem__(3, None))
    standin.faults.append(Fault(times=4, change=spoil))
    assert walked(billover).count("") == 4
    assert len(standin.requests) == 4


def test_a_list_is_asked_for_again_after_a_429_and_a_500(standin, billover):
    standin.faults += [Fault(standin.throttled(2)), Fault(standin.server_error()), Fault(standin.throttled())]
    assert len(walked(billover)) == 36


def test_every_row_of_the_stand_in_can_be_read(standin, billover):
    for stream in billover.streams:
        for page in billover.pages(stream):
            records = [billover.read(stream, entry) for entry in page.entries]
            assert all(record.external_id for record in records)


def _list_request(standin: StandIn) -> Any:
    with httpx.Client(transport=httpx.WSGITransport(app=standin)) as client:
        client.get("http://stand-in/v1/invoices/", headers={"Api-Key": standin.credentials()["secret"]})
    return standin.requests.pop()
