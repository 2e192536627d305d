import json
from decimal import Decimal

import pytest

TEA = {"title": "Delivery of tea", "count": 2, "price": 130, "vat": 25}


def exact(answer):
    return json.loads(answer.text, parse_float=Decimal)["data"]


def make(client, standin, *rows, **fields):
    number = standin.add_customer()["customer_no"]
    return client.post("/billogram", json={"customer": {"customer_no": number}, "items": list(rows), **fields})


@pytest.mark.parametrize(
    ("rows", "fee", "net", "vat", "gross", "rounding", "total"),
    [
        ([(5, 12, 12, 0)], 0, "60", "7.20", "67.20", "-0.20", "67"),
        ([(5, 12, 12, 0), (2, 12, 25, 1)], 0, "83", "12.95", "95.95", "0.05", "96"),
        ([(2, 12, 12, 1)], 0, "23", "2.76", "25.76", "0.24", "26"),
        ([(1, 300, 25, 0)], 29, "329", "82.25", "411.25", "-0.25", "411"),
    ],
)
def test_the_sums_of_the_recordings_hold(client, standin, rows, fee, net, vat, gross, rounding, total):
    items = [{"title": "x", "count": c, "price": p, "vat": v, "discount": d} for c, p, v, d in rows]
    made = exact(make(client, standin, *items, invoice_fee=fee))
    sums = made["detailed_sums"]
    found = [sums[name] for name in ("net_sum", "vat_sum", "gross_sum", "rounding")]
    assert found == [Decimal(value) for value in (net, vat, gross, rounding)]
    assert made["total_sum"] == made["remaining_sum"] == sums["remaining_sum"] == Decimal(total)
    assert made["rounding_value"] == Decimal(rounding)
    assert made["invoice_fee_vat"] == (25 if fee else 0)


@pytest.mark.parametrize(("price", "total"), [("100.49", 100), ("100.50", 101), ("100.51", 101)])
def test_an_exact_half_krona_is_rounded_up(client, standin, price, total):
    made = make(client, standin, {"title": "x", "count": 1, "price": price, "vat": 0}).json()["data"]
    assert made["total_sum"] == total


def test_rounding_keeps_the_unrounded_gross(client, standin):
    made = exact(make(client, standin, {"title": "x", "count": 1, "price": "2559.495536", "vat": 12}))
    assert made["field"] == "price"
    made = exact(make(client, standin, {"title": "x", "count": "0.5", "price": "5733.27", "vat": 0}))
    assert made["detailed_sums"]["gross_sum"] == Decimal("2866.63")
    assert made["detailed_sums"]["rounding"] == Decimal("0.365")


def test_a_draft_has_the_keys_and_defaults_of_the_reference(client, standin):
    made = make(client, standin, TEA).json()["data"]
    expected = {
        "state": "Unattested",
        "currency": "SEK",
        "invoice_no": None,
        "ocr_number": None,
        "url": None,
        "attested_at": None,
        "attachment": None,
        "invoice_date": "2026-03-02",
        "due_date": "2026-04-01",
        "due_days": 30,
        "created_at": "2026-03-02 12:00:00",
        "updated_at": "2026-03-02 12:00:00",
        "invoice_fee": 0,
        "invoice_fee_vat": 0,
        "reminder_fee": 60.0,
        "reminder_count": 0,
        "interest_rate": 8.5,
        "interest_fee": 0.0,
        "rounding_value": 0.0,
        "total_sum": 325.0,
        "remaining_sum": 325.0,
        "info": dict.fromkeys(
            (
                *("order_no", "order_date", "our_reference", "your_reference", "shipping_date", "delivery_date"),
                *("reference_number", "message"),
            )
        ),
        "automatic_reminders": False,
        "automatic_reminders_settings": [],
        "automatic_collection": {"delay_days": None, "amount": None, "use_default_settings": None},
        "callbacks": {"url": None, "custom": None, "sign_key": None},
        "delivery_method": "Letter",
        "flags": [],
        "offers": [],
        "detailed_sums": {
            "net_sum": 260,
            "vat_sum": 65,
            "gross_sum": 325,
            **dict.fromkeys(("rounding", "invoice_fee", "invoice_fee_vat", "reminder_fee", "interest_fee"), 0),
            **dict.fromkeys(("paid_sum", "collector_paid_sum", "credited_sum"), 0),
            "remaining_sum": 325,
            "regional_sweden": {"rotavdrag_sum": 0},
        },
    }
    assert {name: made[name] for name in expected} == expected
    assert made["items"][0]["bookkeeping"] == {"income_account": "3001", "vat_account": "2610", "objects": []}
    assert made["regional_sweden"]["rotavdrag"] == 0
    assert made["events"][0]["type"] == "BillogramCreated"
    assert made["events"][0]["data"] is None
    assert made["id"].isalnum()
    assert len(made["id"]) in (7, 8)


def test_the_copy_of_the_customer_has_its_city_in_capitals_and_stays(client, standin):
    number = standin.add_customer(address={"street_address": "A 1", "zipcode": "175 69", "city": "Järfälla"})[
        "customer_no"
    ]
    made = standin.add_billogram(customer={"customer_no": number})
    assert made["customer"]["address"]["city"] == "JÄRFÄLLA"
    client.put(f"/customer/{number}", json={"name": "Renamed AB"})
    assert client.get(f"/billogram/{made['id']}").json()["data"]["customer"]["name"] == "Nordanvind Te AB"


def test_a_stored_item_fills_its_row_and_the_row_may_override(client, standin):
    client.post("/item", json={"title": "Green tea", "price": 80, "vat": 12, "unit": "kg"})
    rows = [{"item_no": "1", "count": 2}, {"item_no": "1", "count": 1, "price": 70}]
    items = make(client, standin, *rows).json()["data"]["items"]
    assert [(row["title"], row["price"], row["vat"], row["unit"]) for row in items] == [
        ("Green tea", 80.0, 12, "kg"),
        ("Green tea", 70.0, 12, "kg"),
    ]


@pytest.mark.parametrize(
    ("change", "status", "field", "path"),
    [
        ({"items": [TEA, TEA, {**TEA, "title": ""}]}, "INVALID_PARAMETER", "title", ["items", 2]),
        ({"items": [{"title": "x", "price": 1, "vat": 25}]}, "INVALID_PARAMETER", "count", ["items", 0]),
        ({"items": [{**TEA, "colour": "red"}]}, "UNKNOWN_PARAMETER", "colour", ["items", 0]),
        ({"items": [{**TEA, "item_no": "77"}]}, "INVALID_PARAMETER", "item_no", ["items", 0]),
        ({"items": [7]}, "INVALID_PARAMETER", 0, ["items"]),
        ({"items": []}, "INVALID_PARAMETER", "items", []),
        ({"items": {}}, "INVALID_PARAMETER", "items", []),
        ({"customer": None}, "INVALID_PARAMETER", "customer", []),
        ({"customer": {"customer_no": 99}}, "INVALID_PARAMETER", "customer_no", ["customer"]),
        ({"customer": {"name": "x"}}, "UNKNOWN_PARAMETER", "name", ["customer"]),
        ({"invoice_date": "tomorrow"}, "INVALID_PARAMETER", "invoice_date", []),
        ({"due_date": "2026-01-01"}, "INVALID_PARAMETER", "due_date", []),
        ({"due_date": "2026-03-12", "due_days": 11}, "INVALID_PARAMETER_COMBINATION", "due_date", []),
        ({"state": "Paid"}, "READ_ONLY_PARAMETER", "state", []),
        ({"callbacks": {"url": "http://ar.example.org"}}, "INVALID_PARAMETER", "url", ["callbacks"]),
        ({"on_success": {"command": "sell"}}, "INVALID_PARAMETER", "command", ["on_success"]),
        ({"currency": "sek"}, "INVALID_PARAMETER", "currency", []),
    ],
)
def test_bad_billograms_are_refused_and_not_kept(client, standin, change, status, field, path):
    answer = make(client, standin, TEA, **{k: v for k, v in change.items() if k not in ("items", "customer")})
    if change.keys() & {"items", "customer"}:
        body = {"customer": {"customer_no": standin.add_customer()["customer_no"]}, "items": [TEA]} | change
        answer = client.post("/billogram", json=body)
    assert answer.status_code == 400
    data = answer.json()["data"]
    assert (answer.json()["status"], data["field"], data["field_path"]) == (status, field, path)
    assert all(record["total_sum"] == 325 for record in standin.records)


def test_the_message_for_an_empty_title_is_the_recorded_one(client, standin):
    assert make(client, standin, {**TEA, "title": ""}).json()["data"]["message"] == "Title not set"


def test_a_full_moment_is_taken_as_its_date_and_due_days_lead_to_the_due_date(client, standin):
    made = make(client, standin, TEA, invoice_date="2026-02-10T10:00:00.000Z", due_days=20).json()["data"]
    assert (made["invoice_date"], made["due_date"]) == ("2026-02-10", "2026-03-02")


def test_create_and_send_in_one_call(client, standin):
    made = make(client, standin, TEA, on_success={"command": "send", "method": "Email"}).json()["data"]
    assert (made["state"], made["delivery_method"]) == ("Unpaid", "Email")
    assert [event["type"] for event in made["events"]] == ["BillogramCreated", "BillogramSent"]


@pytest.mark.parametrize("kept", [False, True])
def test_a_refused_send_on_create_keeps_the_draft_only_when_told_to(client, standin, kept):
    standin.keep_failed_draft = kept
    answer = make(client, standin, TEA, on_success={"command": "send", "method": "EDI"})
    assert answer.json()["status"] == "INVALID_PARAMETER"
    assert [record["state"] for record in standin.records] == ["Unattested"] * kept


def test_a_draft_can_be_changed_and_its_sums_follow(client, draft):
    body = {"items": [TEA, TEA], "info": {"message": "Hej"}, "due_days": 10, "customer": {"name": "Annat Namn"}}
    changed = client.put(f"/billogram/{draft['id']}", json=body).json()["data"]
    assert (changed["total_sum"], changed["due_date"]) == (650.0, "2026-03-12")
    assert (changed["info"]["message"], changed["info"]["order_no"]) == ("Hej", None)
    assert changed["customer"]["name"] == "Annat Namn"
    assert changed["customer"]["email"] == "siv@example.org"


def test_changing_the_amount_after_sending_makes_a_further_invoice(client, sent):
    more = client.put(f"/billogram/{sent['id']}", json={"items": [TEA, TEA]}).json()["data"]
    assert (more["remaining_sum"], more["events"][-1]["type"]) == (650.0, "InvoiceSent")
    less = client.put(f"/billogram/{sent['id']}", json={"items": [TEA]}).json()["data"]
    assert (less["remaining_sum"], less["events"][-1]["type"]) == (325.0, "Credit")
    assert less["events"][-1]["data"]["invoice_no"] == sent["invoice_no"] + 2


def test_an_ended_billogram_cannot_be_changed(client, standin, sent):
    standin.pay(sent["id"], 325)
    answer = client.put(f"/billogram/{sent['id']}", json={"info": {"message": "x"}})
    assert answer.json()["status"] == "INVALID_OBJECT_STATE"


def test_only_drafts_can_be_deleted(client, standin, draft, sent):
    assert client.delete(f"/billogram/{sent['id']}").json()["status"] == "INVALID_OBJECT_STATE"
    assert client.delete(f"/billogram/{draft['id']}").json() == {"status": "OK", "data": {}}
    assert client.get(f"/billogram/{draft['id']}").status_code == 404
    assert standin.totals() == {("invoice", "SEK"): {"count": 1, "gross": 325, "open": 325}}


def test_ids_are_case_sensitive(client, draft):
    answer = client.get(f"/billogram/{draft['id'].swapcase()}")
    assert answer.json()["data"]["message"] == f"object not found with id={draft['id'].swapcase()}"


def test_a_change_made_at_the_service_needs_no_rules(client, standin, draft):
    standin.change(draft["id"], state="Strange", newer_key=1, total_sum="a lot", info={"message": "changed"})
    found = client.get(f"/billogram/{draft['id']}").json()["data"]
    assert (found["state"], found["newer_key"], found["total_sum"]) == ("Strange", 1, "a lot")
    assert found["info"]["message"] == "changed"
    standin.change(draft["id"], items=[TEA, TEA], total_sum=650)
    assert standin.totals()["invoice", "SEK"]["gross"] == 650
    standin.remove(draft["id"])
    assert client.get(f"/billogram/{draft['id']}").status_code == 404
