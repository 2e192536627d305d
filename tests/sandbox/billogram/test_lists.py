from decimal import Decimal

import pytest

ALL = {"page": 1, "page_size": 100}


def walk(client, path, **params):
    rows, page = [], 0
    while len(rows) < client.get(path, params={"page": 1, "page_size": 1, **params}).json()["meta"]["total_count"]:
        page += 1
        rows += client.get(path, params={"page": page, "page_size": 100, **params}).json()["data"]
    return rows


def by(kind, field, value):
    return {"filter_type": kind, "filter_field": field, "filter_value": value}


@pytest.mark.parametrize("path", ["/billogram", "/customer"])
@pytest.mark.parametrize("params", [{}, {"page": 1}, {"page_size": 25}])
def test_billograms_and_customers_need_page_and_size(reader, path, params):
    answer = reader.get(path, params=params)
    assert (answer.status_code, answer.json()["status"]) == (400, "MISSING_QUERY_PARAMETER")


@pytest.mark.parametrize("path", ["/item", "/report"])
def test_items_and_reports_have_pages_of_25_unless_asked(reader, path):
    answer = reader.get(path).json()
    assert len(answer["data"]) == min(25, answer["meta"]["total_count"])


@pytest.mark.parametrize("value", ["0", "-1", "x", "", "1.5", "101", "9" * 5000])
@pytest.mark.parametrize("path", ["/billogram", "/customer", "/item", "/billogram_event", "/report"])
def test_a_page_size_out_of_range_is_invalid(reader, path, value):
    answer = reader.get(path, params={"page": 1, "page_size": value})
    assert (answer.status_code, answer.json()["status"]) == (400, "INVALID_QUERY_PARAMETER")


def test_the_meta_of_billograms_counts_and_adds_up_everything_that_matches(full, reader):
    meta = reader.get("/billogram", params={"page": 3, "page_size": 7}).json()["meta"]
    totals = full.totals()["invoice", "SEK"]
    assert meta == {"total_count": 200, "total_remaining_sum": f"{totals['open']:.2f}"}


def test_the_meta_of_other_classes_only_counts(reader):
    assert reader.get("/customer", params=ALL).json()["meta"] == {"total_count": 33}
    assert reader.get("/item", params=ALL).json()["meta"] == {"total_count": 40}


def test_past_the_last_page_there_is_nothing(reader):
    answer = reader.get("/billogram", params={"page": 9, "page_size": 100}).json()
    assert answer["data"] == []
    assert answer["meta"]["total_count"] == 200


def test_an_empty_list_has_a_count_of_zero(client):
    assert client.get("/customer", params=ALL).json() == {"status": "OK", "meta": {"total_count": 0}, "data": []}
    assert client.get("/billogram", params=ALL).json()["meta"]["total_remaining_sum"] == "0.00"


def test_paging_is_ignored_on_single_objects(client, draft):
    assert client.get(f"/billogram/{draft['id']}", params={"page": "x"}).status_code == 200
    assert client.get(f"/billogram/{draft['id']}.pdf", params=ALL).status_code == 200


def test_list_rows_are_compact(reader):
    row = reader.get("/billogram", params=ALL).json()["data"][0]
    assert set(row) == {
        *("id", "invoice_no", "state", "flags", "invoice_date", "due_date", "currency", "ocr_number"),
        *("remaining_sum", "total_sum", "created_at", "updated_at", "creditor_unique_value", "customer"),
    }
    assert set(row["customer"]) == {"customer_no", "name", "org_no", "email"}


def test_walking_the_pages_gives_every_billogram_once(full, reader):
    found = [row["id"] for row in walk(reader, "/billogram")]
    assert len(set(found)) == 200
    assert set(found) == set(full.account.billograms)


def test_several_states_are_joined_by_commas_in_any_case(reader):
    rows = walk(reader, "/billogram", **by("field", "state", "unpaid,Overdue"))
    assert {row["state"] for row in rows} == {"Unpaid", "Overdue"}


def test_field_is_exact_prefix_is_the_beginning_search_is_anywhere(reader):
    one = reader.get("/customer/2").json()["data"]
    name = one["name"]
    for kind, value in (("field", name), ("field-prefix", name[:5].upper()), ("field-search", name[3:9].lower())):
        found = walk(reader, "/customer", **by(kind, "name", value))
        assert one["customer_no"] in [row["customer_no"] for row in found]
    assert walk(reader, "/customer", **by("field", "name", name[:5])) == []


def test_special_search_looks_for_all_words_in_several_fields(full, reader):
    record = next(r for r in full.records if r["invoice_no"])
    found = walk(reader, "/billogram", **by("special", "search", f"{record['ocr_number']} {record['id'][:3]}"))
    assert [row["id"] for row in found] == [record["id"]]


def test_numbers_and_nested_fields_can_be_filtered(full, reader):
    record = next(r for r in full.records if r["invoice_no"])
    found = walk(reader, "/billogram", **by("field", "invoice_no", str(record["invoice_no"])))
    assert [row["id"] for row in found] == [record["id"]]
    number = record["customer"]["customer_no"]
    found = walk(reader, "/billogram", **by("field", "customer:customer_no", str(number)))
    assert {row["customer"]["customer_no"] for row in found} == {number}
    price = full.account.items["1"]["price"]
    assert walk(reader, "/item", **by("field", "price", f"{price:.2f}0"))


def test_an_own_reference_finds_its_billogram(client, standin):
    made = standin.add_billogram(creditor_unique_value="AR-2026-000123")
    found = client.get("/billogram", params={**ALL, **by("field", "creditor_unique_value", "AR-2026-000123")})
    assert [row["id"] for row in found.json()["data"]] == [made["id"]]


@pytest.mark.parametrize("missing", ["filter_type", "filter_field", "filter_value"])
def test_the_three_parts_of_a_filter_come_together(reader, missing):
    params = {**ALL, **by("field", "state", "Unpaid")}
    del params[missing]
    assert reader.get("/billogram", params=params).json()["status"] == "MISSING_QUERY_PARAMETER"


@pytest.mark.parametrize(
    "wrong",
    [
        by("field", "updated_at", "2026"),
        by("regex", "state", "Unpaid"),
        by("special", "find", "x"),
        by("field", "state", "Lost"),
        {"order_field": "total_sum", "order_direction": "asc"},
        {"order_field": "invoice_no", "order_direction": "up"},
    ],
)
def test_unknown_filters_and_orders_are_invalid(reader, wrong):
    answer = reader.get("/billogram", params={**ALL, **wrong})
    assert (answer.status_code, answer.json()["status"]) == (400, "INVALID_QUERY_PARAMETER")


def test_order_needs_field_and_direction(reader):
    assert reader.get("/item", params={"order_field": "title"}).json()["status"] == "MISSING_QUERY_PARAMETER"
    assert reader.get("/item", params={"order_direction": "asc"}).json()["status"] == "MISSING_QUERY_PARAMETER"


@pytest.mark.parametrize("field", ["invoice_no", "invoice_date", "due_date", "customer:customer_no"])
def test_rows_come_in_the_order_asked_for(reader, field):
    outer, _, inner = field.partition(":")
    for direction in ("asc", "desc"):
        rows = walk(reader, "/billogram", order_field=field, order_direction=direction)
        values = [row[outer][inner] if inner else row[outer] for row in rows]
        keys = [(value is not None, value or 0) for value in values] if field == "invoice_no" else values
        assert keys == sorted(keys, reverse=direction == "desc")


def test_item_numbers_are_ordered_as_numbers(reader):
    rows = walk(reader, "/item", order_field="item_no", order_direction="asc")
    numbers = [row["item_no"] for row in rows]
    assert numbers[:3] == ["1", "2", "3"]
    assert numbers[-1].startswith("ART-")


def test_the_open_sum_of_a_filter_is_of_that_filter(full, reader):
    answer = reader.get("/billogram", params={**ALL, **by("field", "state", "Overdue")}).json()
    expected = sum(Decimal(str(row["remaining_sum"])) for row in answer["data"])
    assert Decimal(answer["meta"]["total_remaining_sum"]) == expected


def test_events_need_the_filter_for_one_billogram(reader):
    assert reader.get("/billogram_event").json()["status"] == "MISSING_QUERY_PARAMETER"
    for wrong in (by("field", "type", "Payment"), by("field-prefix", "billogram_id", "a")):
        assert reader.get("/billogram_event", params=wrong).json()["status"] == "INVALID_QUERY_PARAMETER"


def test_the_log_has_all_events_and_the_object_the_latest_hundred(client, standin, sent):
    for number in range(130):
        standin.command(sent["id"], "message", message=f"no. {number}")
    shown = client.get(f"/billogram/{sent['id']}").json()["data"]["events"]
    logged = walk(client, "/billogram_event", **by("field", "billogram_id", sent["id"]))
    assert len(logged) == 132
    assert shown == logged[-100:]
    assert logged[0]["type"] == "BillogramCreated"
    newest = {"order_field": "created_at", "order_direction": "desc", **by("field", "billogram_id", sent["id"])}
    assert len(client.get("/billogram_event", params=newest).json()["data"]) == 25


def test_reports_are_listed_without_and_fetched_with_content(reader):
    row = reader.get("/report").json()["data"][0]
    assert "content" not in row
    assert reader.get(f"/report/{row['filename']}").json()["data"]["content"]
    missing = reader.get("/report/ff").json()
    assert missing == {"status": "NOT_FOUND", "data": {"message": "no report with id=ff was found"}}
