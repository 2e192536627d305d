"""Walking Billogram's lists (section 3), driven through its stand-in in process."""

from datetime import timedelta
from typing import Any

import pytest

from arapp.sandbox.base import Fault
from arapp.sandbox.billogram import Billogram as StandIn
from arapp.sandbox.billogram import items
from arapp.upstreams.base import CUSTOMERS, INVOICES, ITEMS, Gone
from arapp.upstreams.billogram import Billogram
from arapp.upstreams.http import BadAnswer, Rejected
from tests.upstreams.billogram.driving import NOW, adapter_to, answer, changed, error, ids_in, stand_in


@pytest.mark.parametrize(
    "odd",
    [
        {"status": "OK", "data": []},
        {"status": "OK", "meta": None, "data": []},
        {"status": "OK", "meta": {"total_count": "2"}, "data": []},
        {"status": "OK", "meta": {"total_count": -1}, "data": []},
        {"status": "OK", "meta": {"total_count": True}, "data": [{}]},
        {"status": "OK", "meta": {"total_count": 2}, "data": [{}]},
        {"status": "OK", "meta": {"total_count": 1}, "data": [{}, {}]},
        {"status": "OK", "meta": {"total_count": 0}, "data": {}},
    ],
)
def test_a_list_without_a_true_total_count_is_a_bad_answer(
    service: StandIn, adapter: Billogram, odd: dict[str, Any]
) -> None:
    service.faults.append(Fault(answer=answer(200, odd)))
    with pytest.raises(BadAnswer):
        ids_in(adapter, CUSTOMERS)


def test_a_short_page_that_is_not_the_last_is_a_bad_answer() -> None:
    service = stand_in(invoices=250)
    service.faults.append(Fault(change=changed(lambda body: body | {"data": body["data"][:50]}), skip=1))
    pages = adapter_to(service).pages(INVOICES)
    next(pages)
    with pytest.raises(BadAnswer, match="shows 50 on page 2"):
        list(pages)


def test_a_whole_walk_shows_every_row_once_in_one_order() -> None:
    service = stand_in(invoices=250)
    adapter = adapter_to(service)
    found = ids_in(adapter, INVOICES)
    assert len(found) == len(set(found)) == 250
    assert set(found) == {record["id"] for record in service.records}
    assert len(service.requests) == 3
    assert dict(service.requests[0].query)["order_field"] == "invoice_no"
    customers = ids_in(adapter, CUSTOMERS)
    assert customers == [str(number) for number in service.customers]
    for stream in adapter.streams:
        assert all(adapter.read(stream, entry) for page in adapter.pages(stream) for entry in page.entries)


def test_an_empty_account_has_empty_lists(adapter: Billogram) -> None:
    assert [page.total for page in adapter.pages(INVOICES)] == [0]
    assert ids_in(adapter, CUSTOMERS) == []


def test_rows_without_an_id_are_passed_on_and_do_not_repeat_the_walk(service: StandIn, adapter: Billogram) -> None:
    body = {"status": "OK", "meta": {"total_count": 3}, "data": [None, "text", {"name": "no id"}]}
    service.faults.append(Fault(answer=answer(200, body)))
    (page,) = adapter.pages(CUSTOMERS)
    assert page.entries == [None, "text", {"name": "no id"}]


def test_a_draft_sent_in_mid_walk_shifts_the_pages_and_nothing_is_missed() -> None:
    service = stand_in(invoices=250)
    everything = {record["id"] for record in service.records}
    drafts = [r["id"] for r in service.records if r["state"] == "Unattested" and r["customer"]["email"]]
    adapter = adapter_to(service)
    pages = adapter.pages(INVOICES)
    found = [adapter.entry_id(INVOICES, entry) for entry in next(pages).entries]
    service.command(next(each for each in found if each in drafts), "send", method="Email")
    found += [adapter.entry_id(INVOICES, entry) for page in pages for entry in page.entries]
    assert set(found) == everything
    assert len(found) > len(everything)


def test_a_draft_deleted_in_mid_walk_hides_no_other() -> None:
    service = stand_in(invoices=250)
    pages = adapter_to(service).pages(INVOICES)
    found = [entry["id"] for entry in next(pages).entries]
    service.remove(found[0])
    found += [entry["id"] for page in pages for entry in page.entries]
    assert {record["id"] for record in service.records} <= set(found)


def test_since_shows_what_is_not_final_and_what_was_attested_after_it() -> None:
    service = stand_in(invoices=600)
    since = NOW - timedelta(days=90)
    found = set(ids_in(adapter_to(service), INVOICES, since))
    final = {"Paid", "Credited", "Sold", "CollectorEnded", "Ended"}
    not_final = {record["id"] for record in service.records if record["state"] not in final}
    stamp = f"{since:%Y-%m-%d %H:%M:%S}"
    attested = {record["id"] for record in service.records if (record["attested_at"] or "") >= stamp}
    assert not_final | attested <= found
    assert len(found) < 600


def test_since_asks_for_states_in_one_comma_list_and_then_by_attested_at() -> None:
    service = stand_in(invoices=20)
    ids_in(adapter_to(service), INVOICES, NOW)
    first, second = (dict(request.query) for request in service.requests)
    assert (first["filter_type"], first["filter_field"]) == ("field", "state")
    assert {"Unattested", "Factoring", "FactoringDenied", "Reminder_Many"} <= set(first["filter_value"].split(","))
    assert (second["order_field"], second["order_direction"]) == ("attested_at", "desc")
    assert "filter_type" not in second


def test_an_old_draft_sent_today_does_not_end_the_look_at_what_is_new() -> None:
    service = stand_in()
    service.clock.move(days=-300)
    number = service.add_customer()["customer_no"]
    old = service.add_billogram(customer={"customer_no": number})["id"]
    service.clock.move(days=299)
    recent = [service.add_billogram(send="Email", customer={"customer_no": number})["id"] for _ in range(150)]
    service.clock.move(days=1)
    service.command(old, "send", method="Email")
    for each in [old, *recent]:
        service.pay(each, 325)
    assert set(ids_in(adapter_to(service), INVOICES, NOW - timedelta(days=2))) == {old, *recent}


def test_drafts_in_front_of_the_newest_do_not_end_the_look_at_them() -> None:
    """Databases differ in where they put what has no ``attested_at``; the reference does not say."""
    service = stand_in()
    service.clock.move(days=-300)
    number = {"customer_no": service.add_customer()["customer_no"]}
    for _ in range(100):
        service.add_billogram(customer=number)
    service.clock.move(days=300)
    paid = service.add_billogram(send="Email", customer=number)["id"]
    service.pay(paid, 325)
    drafts_first = changed(lambda body: body | {"data": _drafts_first(service, 1)})
    rest = changed(lambda body: body | {"data": _drafts_first(service, 2)})
    service.faults += [Fault(change=drafts_first, skip=1), Fault(change=rest, skip=1)]
    assert paid in ids_in(adapter_to(service), INVOICES, NOW - timedelta(days=2))


def _drafts_first(service: StandIn, page: int) -> list[dict[str, Any]]:
    rows = [{name: each[name] for name in ("id", "state", "invoice_no", "updated_at")} for each in service.records]
    rows.sort(key=lambda row: row["invoice_no"] is not None)
    return rows[(page - 1) * 100 : page * 100]


def test_since_shows_new_and_changed_customers() -> None:
    service = stand_in()
    service.clock.move(days=-100)
    old = [service.add_customer()["customer_no"] for _ in range(250)]
    service.clock.move(days=100)
    new = service.add_customer()["customer_no"]
    service.change_customer(old[0], notes="moved")
    found = ids_in(adapter_to(service), CUSTOMERS, NOW - timedelta(days=2))
    assert {str(new), str(old[0])} <= set(found)
    assert len(service.requests) == 2


def test_where_the_service_refuses_the_narrower_question_everything_is_walked() -> None:
    service = stand_in(invoices=20)
    service.faults.append(Fault(answer=error("unknown_key"), path="/billogram"))
    assert len(ids_in(adapter_to(service), INVOICES, NOW)) == 20


def test_other_refusals_of_a_list_are_not_swallowed(service: StandIn, adapter: Billogram) -> None:
    service.faults.append(Fault(answer=error("permission_denied")))
    with pytest.raises(Rejected):
        ids_in(adapter, INVOICES, NOW)


def test_the_catalogue_is_walked_whole_and_by_what_is_new_or_changed(service: StandIn, adapter: Billogram) -> None:
    for number in range(3):
        items.create(service.account, {"title": f"Tea {number}", "price": 10, "vat": 25})
    service.clock.move(days=2)
    items.create(service.account, {"item_no": "ART-9", "title": "Coffee", "price": 10, "vat": 25})
    items.update(service.account, service.account.items["2"], {"price": 12})
    assert ids_in(adapter, ITEMS) == ["1", "2", "3", "ART-9"]
    assert {"ART-9", "2"} <= set(ids_in(adapter, ITEMS, NOW + timedelta(days=1)))
    assert service.requests[0].first("order_field") == "item_no"


def test_an_item_is_read_by_its_number_or_gone(service: StandIn, adapter: Billogram) -> None:
    items.create(service.account, {"item_no": "ART 1?", "title": "Tea", "price": 10, "vat": 25})
    assert adapter.item("ART 1?").name == "Tea"
    with pytest.raises(Gone):
        adapter.item("ART 1")
