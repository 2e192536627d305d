import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from arapp.receivables.records import Unreadable
from arapp.sandbox.base import Answer, Clock, Fault
from arapp.sandbox.billomat import BAD_GATEWAY
from arapp.sandbox.billomat import Billomat as StandIn
from arapp.upstreams.base import (
    CREDIT_NOTES,
    CUSTOMERS,
    INVOICES,
)
from arapp.upstreams.http import BadAnswer, Rejected
from tests.upstreams.billomat.samples import raw
from tests.upstreams.billomat.wiring import HTML, MORNING, asked, canned, ids, open_adapter, refusal


def test_a_whole_walk_gives_every_row_once_by_ascending_id(standin, adapter, small_pages):
    made = [str(standin.add_invoice()["id"]) for _ in range(7)]
    pages = list(adapter.pages(INVOICES))
    assert [[entry["id"] for entry in page.entries] for page in pages] == [made[:3], made[3:6], made[6:]]
    assert [page.total for page in pages] == [7, 7, 7]
    assert asked(standin, "page") == ["1", "2", "3"]
    assert asked(standin, "order_by") == ["id ASC"] * 3


@pytest.mark.parametrize("count", [0, 1, 2])
def test_lists_of_none_one_and_many_are_read(standin, adapter, count):
    made = [str(standin.add_client()["id"]) for _ in range(count)]
    assert ids(adapter, CUSTOMERS) == made


def test_a_smaller_page_than_asked_for_is_taken_as_the_page():
    def answer(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        shown = [{"id": str(n)} for n in range(1, 6)][page * 2 - 2 : page * 2]
        held = {"client": shown[0] if len(shown) == 1 else shown, "@per_page": "2", "@total": "5"}
        return httpx.Response(200, json={"clients": held})

    assert ids(canned(answer), CUSTOMERS) == ["1", "2", "3", "4", "5"]


def test_the_order_goes_out_with_a_plus_or_space_that_is_not_encoded():
    sent: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.url.query)
        return httpx.Response(200, json={"clients": {"@total": "0"}})

    ids(canned(answer), CUSTOMERS)
    assert b"order_by=id+ASC" in sent[0] or b"order_by=id%20ASC" in sent[0]


def test_a_row_deleted_during_the_walk_costs_no_other(standin, adapter, small_pages):
    made = [str(standin.add_invoice()["id"]) for _ in range(7)]

    def delete(request: Any) -> None:
        if request.first("page") == "2" and int(made[0]) in standin.tables["invoices"].rows:
            standin.remove(made[0])

    standin.before_request = delete
    found = ids(adapter)
    assert sorted(found) == made
    assert len(found) == len(set(found))


def test_a_page_with_fewer_rows_than_the_total_asks_for_is_a_bad_answer(standin, adapter):
    for _ in range(3):
        standin.add_invoice()

    def thin(answer: Answer) -> Answer:
        body = json.loads(answer.body)
        body["invoices"]["invoice"] = body["invoices"]["invoice"][:1]
        return Answer(200, json.dumps(body).encode(), answer.headers)

    standin.faults.append(Fault(change=thin))
    with pytest.raises(BadAnswer, match="rows"):
        ids(adapter)


@pytest.mark.parametrize("answer", [HTML, Answer(200, raw("invoices.xml")), Answer(200, b"[]"), Answer(200, b"{}")])
def test_a_list_that_is_not_billomats_is_a_bad_answer(adapter, standin, answer):
    standin.faults.append(Fault(answer))
    with pytest.raises(BadAnswer):
        ids(adapter)


def test_a_bad_gateway_is_asked_again(adapter, standin):
    standin.add_invoice()
    standin.faults.append(Fault(BAD_GATEWAY, times=2))
    assert len(ids(adapter)) == 1


def test_a_list_the_role_may_not_read_is_rejected_with_its_words(adapter, standin):
    standin.faults.append(Fault(refusal(403, "Forbidden")))
    with pytest.raises(Rejected, match="Forbidden"):
        ids(adapter, CREDIT_NOTES)


def test_what_changed_is_read_newest_first_and_no_further_than_needed(standin, adapter, small_pages):
    for _ in range(9):
        standin.clock.move(days=1)
        standin.add_invoice(status="PAID")
    found = ids(adapter, since=standin.now() - timedelta(days=3, hours=1))
    assert asked(standin, "order_by") == ["updated DESC", "updated DESC", "id ASC"]
    assert asked(standin, "status") == [None, None, "DRAFT,OPEN,OVERDUE"]
    assert len(found) == 6


def test_what_is_unsettled_is_read_again_even_when_its_updated_did_not_move(standin, adapter, small_pages):
    first = standin.add_invoice(status="OPEN")
    for _ in range(6):
        standin.clock.move(days=1)
        standin.add_invoice(status="PAID")
    assert str(first["id"]) in ids(adapter, since=standin.now() - timedelta(hours=1))


def test_credit_notes_are_not_asked_for_in_a_state_they_do_not_have(standin, adapter):
    standin.add_credit_note(status="OPEN")
    assert len(ids(adapter, CREDIT_NOTES, standin.now() - timedelta(days=1))) == 1
    assert asked(standin, "status")[-1] == "DRAFT,OPEN"


def test_where_the_order_is_not_honoured_the_new_and_the_unsettled_are_read_instead(standin, adapter, small_pages):
    standin.honours_updated_order = False
    for at in range(7):
        standin.clock.move(days=1)
        standin.add_invoice(status="OPEN" if at > 4 else "PAID", date=standin.today())
    found = ids(adapter, since=standin.now() - timedelta(hours=1))
    assert asked(standin, "order_by") == ["updated DESC", "id DESC", "id ASC"]
    assert len(found) == 3 + 3


def test_what_was_made_and_settled_at_once_is_found_where_the_order_is_not_honoured(standin, adapter, small_pages):
    standin.honours_updated_order = False
    for _ in range(7):
        standin.clock.move(days=1)
        standin.add_invoice(status="PAID")
    newest = standin.add_invoice(status="PAID")
    assert str(newest["id"]) in ids(adapter, since=standin.now() - timedelta(hours=1))


def test_where_the_order_is_not_honoured_clients_are_read_whole(standin, adapter, small_pages):
    standin.honours_updated_order = False
    for _ in range(7):
        standin.clock.move(days=1)
        standin.add_client()
    assert len(ids(adapter, CUSTOMERS, standin.now() - timedelta(hours=1))) == 7


def test_equal_moments_throughout_do_not_prove_the_order(standin, adapter, small_pages):
    standin.honours_updated_order = False
    for _ in range(7):
        standin.add_client()
    standin.change(ids(adapter, CUSTOMERS)[-1], "clients", updated=standin.now() + timedelta(days=9))
    assert len(ids(adapter, CUSTOMERS, standin.now() + timedelta(days=8))) == 7


@pytest.mark.parametrize("entry", [None, 3, "x", [], {}, {"id": None}, {"id": {}}, {"id": ["x"]}])
def test_a_row_without_an_id_has_none_and_is_unreadable(adapter, entry):
    assert adapter.entry_id(INVOICES, entry) == ""
    for stream in adapter.streams:
        with pytest.raises(Unreadable):
            adapter.read(stream, entry)


@pytest.mark.parametrize("switch", [{}, {"padded": True}, {"empty": None}, {"empty": {}}])
def test_everything_of_an_account_is_read_and_adds_up(switch):
    standin = StandIn(invoices=120, clock=Clock(MORNING), rate_limit=None, **switch)
    adapter = open_adapter(standin)
    sums: dict[tuple[str, str], dict[str, Decimal]] = {}
    for stream in (INVOICES, CREDIT_NOTES):
        for entry in (entry for page in adapter.pages(stream) for entry in page.entries):
            record = adapter.detail(adapter.read(stream, entry).kind, entry["id"])
            assert record.own_gross == record.gross.amount
            mine = sums.setdefault(
                (record.kind, record.currency), dict.fromkeys(("count", "gross", "open"), Decimal(0))
            )
            mine["count"] += 1
            mine["gross"] += record.gross.amount
            mine["open"] += record.open.amount
    assert sums == standin.totals()
    assert len(ids(adapter, CUSTOMERS)) == len(standin.tables["clients"].rows)
