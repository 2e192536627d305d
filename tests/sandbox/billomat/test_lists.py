"""Paging, order, filters, counting."""

import pytest


def ids(answer, plural="invoices", singular="invoice"):
    held = answer.json()[plural].get(singular, [])
    return [int(row["id"]) for row in (held if isinstance(held, list) else [held])]


def test_a_second_page_with_a_single_row_is_an_object(empty, api):
    for at in range(1001):
        empty.add_client(name=f"Kunde {at}")
    first = api.get("/clients?per_page=1000&order_by=id+ASC").json()["clients"]
    second = api.get("/clients?per_page=1000&page=2&order_by=id+ASC").json()["clients"]
    assert len(first["client"]) == 1000
    assert second["client"]["name"] == "Kunde 1000"
    assert second["@total"] == "1001"


def test_a_page_past_the_end_is_an_empty_envelope(desk):
    answer = desk.get("/invoices?page=99")
    assert answer.status_code == 200
    assert answer.json()["invoices"] == {"@page": "99", "@per_page": "100", "@total": "190"}


@pytest.mark.parametrize(("asked", "given"), [("5000", "1000"), ("0", "100"), ("x", "100"), ("7", "7"), ("", "100")])
def test_per_page_is_held_between_its_bounds(desk, asked, given):
    assert desk.get("/invoices", params={"per_page": asked}).json()["invoices"]["@per_page"] == given


def test_head_counts_with_the_same_filters(desk):
    head, listed = desk.head("/invoices?status=PAID"), desk.get("/invoices?status=PAID")
    assert head.content == b""
    assert head.headers["x-total-count"] == listed.headers["x-total-count"] == listed.json()["invoices"]["@total"]


def test_without_an_order_ids_ascend_and_order_by_takes_several_fields(desk, full):
    assert ids(desk.get("/invoices?per_page=200")) == sorted(full.tables["invoices"].rows)
    rows = desk.get("/invoices?per_page=200&order_by=date+DESC,invoice_number+ASC").json()["invoices"]["invoice"]
    assert rows == sorted(
        sorted(rows, key=lambda row: row["invoice_number"].casefold()),
        key=lambda row: row["date"],
        reverse=True,
    )


def test_an_escaped_plus_does_not_order(desk):
    assert ids(desk.get("/invoices?order_by=id%2BDESC")) == ids(desk.get("/invoices"))


def test_order_by_updated_may_be_switched_off(desk, full):
    full.change(min(full.tables["invoices"].rows), label="neu")
    newest = min(full.tables["invoices"].rows)
    assert ids(desk.get("/invoices?order_by=updated+DESC"))[0] == newest
    full.honours_updated_order = False
    assert ids(desk.get("/invoices?order_by=updated+DESC")) == ids(desk.get("/invoices"))


def test_text_filters_match_a_part_and_ignore_case(empty, api):
    empty.add_client(name="Muster AG")
    empty.add_client(name="Anders GmbH")
    assert ids(api.get("/clients?name=mUST"), "clients", "client") == [40_001]


def test_statuses_are_joined_by_commas_and_an_unknown_one_is_refused(desk, full):
    rows = full.tables["invoices"].rows.values()
    wanted = [row["id"] for row in rows if row["status"] in ("OPEN", "OVERDUE")]
    assert ids(desk.get("/invoices?per_page=200&status=OPEN,OVERDUE")) == wanted
    assert desk.get("/invoices?status=invalid").status_code == 400


def test_an_unknown_parameter_filters_nothing(desk):
    assert desk.get("/invoices?due_date_to=2020-01-01").json()["invoices"]["@total"] == "190"


def test_dates_are_inclusive(empty, api):
    for day in ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01"):
        empty.add_invoice(date=day)
    assert len(ids(api.get("/invoices?from=2026-02-01&to=2026-02-28"))) == 2
    assert api.get("/invoices?from=yesterday").status_code == 400


def test_invoices_are_found_by_client_tag_article_and_payment_type(empty, api):
    article = next(iter(empty.tables["articles"].rows))
    first = empty.add_invoice(items=[{"article_id": article, "quantity": 1}], status="OPEN")
    second = empty.add_invoice(client_id=empty.add_client()["id"], status="OPEN")
    empty.pay(second["id"], 1, mark=False, type="PAYPAL")
    api.post("/invoice-tags", json={"invoice-tag": {"invoice_id": first["id"], "name": "Eilig"}})
    assert ids(api.get(f"/invoices?client_id={second['client_id']}")) == [second["id"]]
    assert ids(api.get("/invoices?tags=egal,eilig")) == [first["id"]]
    assert ids(api.get(f"/invoices?article_id={article}")) == [first["id"]]
    assert ids(api.get("/invoices?payment_type=CASH,PAYPAL")) == [second["id"]]


def test_clients_are_found_by_the_invoices_they_have(empty, api):
    one, two = empty.add_client(), empty.add_client()
    invoices = [empty.add_invoice(client_id=client["id"])["id"] for client in (one, two)]
    found = api.get("/clients", params={"invoice_id": ",".join(map(str, invoices))})
    assert ids(found, "clients", "client") == [one["id"], two["id"]]


def test_items_and_comments_need_their_parent_and_take_several(empty, api):
    first, second = empty.add_invoice(), empty.add_invoice()
    for path in ("/invoice-items", "/invoice-items?invoice_id=", "/invoice-comments", "/contacts?client_id="):
        assert api.get(path).status_code == 403
    both = api.get(f"/invoice-items?invoice_id={second['id']},{first['id']}").json()["invoice-items"]
    assert [row["invoice_id"] for row in both["invoice-item"]] == [str(first["id"]), str(second["id"])]


def test_payments_are_listed_with_and_without_an_invoice(desk, full):
    everything = desk.get("/invoice-payments").json()["invoice-payments"]
    assert everything["@total"] == str(len(full.tables["invoice-payments"].rows))
    one = int(everything["invoice-payment"][0]["invoice_id"])
    known = [row["id"] for row in full.tables["invoice-payments"].of("invoice_id", one)]
    assert ids(desk.get(f"/invoice-payments?invoice_id={one}"), "invoice-payments", "invoice-payment") == known


def test_groups_add_up_to_the_whole(desk, full):
    answer = desk.get("/invoices?group_by=status").json()["invoice-groups"]
    assert answer["@currency_code"] == "EUR"
    groups = {row["status"]: row for row in answer["invoice-group"]}
    assert set(groups) == {"DRAFT", "OPEN", "OVERDUE", "PAID", "CANCELED"}
    assert groups["PAID"]["invoice-params"] == {"status": "PAID"}
    assert desk.get("/invoices?group_by=client,year").status_code == 200
    assert desk.get("/invoices?group_by=colour").status_code == 400


def test_the_tag_cloud_counts(empty, api):
    rows = [empty.add_invoice(), empty.add_invoice()]
    for row in rows:
        api.post("/invoice-tags", json={"invoice-tag": {"invoice_id": row["id"], "name": "vip"}})
    cloud = api.get("/invoice-tags").json()["invoice-tags"]
    assert (cloud["invoice-tag"]["name"], cloud["invoice-tag"]["count"]) == ("vip", "2")
    own = api.get(f"/invoice-tags?invoice_id={rows[1]['id']}").json()["invoice-tags"]["invoice-tag"]
    assert own["invoice_id"] == str(rows[1]["id"])


def test_the_own_key_is_found_again(empty, api):
    row = empty.add_invoice(status="OPEN")
    api.put(f"/invoices/{row['id']}/customfield", json={"invoice": {"customfield": "desk-17"}})
    assert ids(api.get("/invoices?customfield=desk-17")) == [row["id"]]
    assert api.get(f"/invoices/{row['id']}/customfield").json()["invoice"]["customfield"] == "desk-17"


def test_an_attribute_finds_its_client(empty, api):
    client = empty.add_client()
    definition = {"client-property": {"name": "Stufe", "type": "TEXTFIELD"}}
    number = api.post("/client-properties", json=definition).json()["client-property"]["id"]
    value = {"client_id": client["id"], "client_property_id": number, "value": "gold"}
    api.post("/client-property-values", json={"client-property-value": value})
    empty.add_client()
    assert ids(api.get(f"/clients?property{number}=gold"), "clients", "client") == [client["id"]]
    assert ids(api.get(f"/clients?property{number}=gol"), "clients", "client") == []


def test_data_may_change_in_mid_walk(empty, api):
    rows = [empty.add_invoice() for _ in range(4)]
    empty.before_request = lambda request: empty.remove(rows[0]["id"]) if "page=2" in str(request.query) else None
    assert len(ids(api.get("/invoices?per_page=2&page=1"))) == 2
    empty.before_request = lambda request: empty.tables["invoices"].drop(rows[0])
    assert ids(api.get("/invoices?per_page=2&page=2")) == [rows[3]["id"]]
