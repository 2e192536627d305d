import pytest


def test_a_customer_is_made_with_defaults_and_the_next_number(client):
    made = client.post("/customer", json={"name": "ACME Corp", "contact": {"email": "acme@example.org"}}).json()[
        "data"
    ]
    assert (made["customer_no"], made["company_type"], made["updated_at"]) == (1, "business", None)
    client.post("/customer", json={"name": "Chosen", "customer_no": 40})
    assert client.post("/customer", json={"name": "Next"}).json()["data"]["customer_no"] == 41


def test_a_taken_customer_number_is_refused_in_the_recorded_words(client, standin):
    standin.add_customer(customer_no=12)
    answer = client.post("/customer", json={"name": "Again", "customer_no": 12})
    assert answer.status_code == 400
    assert answer.json() == {
        "status": "INVALID_PARAMETER",
        "data": {
            "message": "Customer with same customer_no already exists",
            "field": "customer_no",
            "field_path": None,
        },
    }


def test_a_missing_customer_is_not_found_in_the_recorded_words(client):
    for number in ("6", "abc", "99999999999999999999"):
        answer = client.get(f"/customer/{number}")
        assert answer.status_code == 404
        assert answer.json()["data"] == {"message": f"object not found with id={number}"}


def test_zip_codes_lose_their_space_and_cities_keep_their_case(client):
    body = {"name": "Zip", "address": {"street_address": "Tegatan 3", "zipcode": "175 69", "city": "Järfälla"}}
    address = client.post("/customer", json=body).json()["data"]["address"]
    assert (address["zipcode"], address["city"], address["country"]) == ("17569", "Järfälla", "SE")


def test_an_update_changes_only_what_was_sent(client, standin):
    standin.add_customer(vat_no="SE556677889901")
    changed = client.put("/customer/1", json={"name": "New", "contact": {"phone": "1"}, "address": None}).json()[
        "data"
    ]
    assert (changed["name"], changed["vat_no"], changed["contact"]["phone"]) == ("New", "SE556677889901", "1")
    assert (changed["contact"]["email"], changed["address"]["city"]) == ("siv@example.org", "Stockholm")
    assert changed["updated_at"] == "2026-03-02 12:00:00"


def test_null_resets_a_field_to_its_default(client, standin):
    standin.add_customer(company_type="individual", notes="x")
    changed = client.put("/customer/1", json={"company_type": None, "notes": None}).json()["data"]
    assert (changed["company_type"], changed["notes"]) == ("business", "")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, "INVALID_PARAMETER", "name"),
        ({"name": ""}, "INVALID_PARAMETER", "name"),
        ({"name": None}, "INVALID_PARAMETER", "name"),
        ({"name": 5}, "INVALID_PARAMETER", "name"),
        ({"name": "A", "customer_no": None}, "INVALID_PARAMETER", "customer_no"),
        ({"name": "A", "customer_no": "x"}, "INVALID_PARAMETER", "customer_no"),
        ({"name": "A", "company_type": "foreign_business"}, "INVALID_PARAMETER", "company_type"),
        ({"name": "A", "org_no": "12"}, "INVALID_PARAMETER", "org_no"),
        ({"name": "A", "created_at": "2026-01-01"}, "READ_ONLY_PARAMETER", "created_at"),
        ({"name": "A", "email": "a@example.org"}, "UNKNOWN_PARAMETER", "email"),
    ],
)
def test_bad_customers_are_refused(client, standin, body, status, field):
    answer = client.post("/customer", json=body).json()
    assert (answer["status"], answer["data"]["field"]) == (status, field)
    assert standin.customers == {}


def test_the_path_of_a_nested_error_is_named(client):
    answer = client.post("/customer", json={"name": "A", "contact": {"email": "no mail"}}).json()
    assert (answer["data"]["field"], answer["data"]["field_path"]) == ("email", ["contact"])


def test_a_foreign_customer_may_have_any_number(client):
    body = {"name": "A", "company_type": "foreign business", "org_no": "DE 77"}
    assert client.post("/customer", json=body).status_code == 200


def test_an_e_invoice_registration_makes_that_method_possible(client, standin, draft):
    number = draft["customer"]["customer_no"]
    assert client.get(f"/customer/{number}/einvoice").status_code == 404
    command = f"/billogram/{draft['id']}/command/send"
    assert client.post(command, json={"method": "Einvoice"}).status_code == 400
    body = {"identifier": "199001012384.SEB.SE"}
    assert client.post(f"/customer/{number}/einvoice", json=body).json()["data"]["status"] == "registered"
    assert client.post(command, json={"method": "Einvoice"}).status_code == 200


def test_an_item_lives_and_is_deleted(client):
    made = client.post("/item", json={"title": "Tea", "price": "100.00", "vat": "25"}).json()["data"]
    assert (made["item_no"], made["unit"], made["updated_at"]) == ("1", "unit", None)
    changed = client.put("/item/1", json={"item_no": "TEA", "price": 90.5}).json()["data"]
    assert (changed["item_no"], changed["price"]) == ("TEA", 90.5)
    assert client.get("/item/1").status_code == 404
    assert client.delete("/item/TEA").json() == {"status": "OK", "data": {}}
    assert client.delete("/item/TEA").json()["data"]["message"] == "object not found with id=TEA"


def test_an_unknown_key_is_refused_in_the_recorded_words(client):
    answer = client.post("/item", json={"title": "Tea", "price": 1, "vat": 25, "item_id": 1})
    assert answer.json() == {
        "status": "UNKNOWN_PARAMETER",
        "data": {"message": "unexpected key: item_id", "field": "item_id", "field_path": []},
    }


@pytest.mark.parametrize(
    "change",
    [
        {"item_no": None},
        {"item_no": "1000000000"},
        {"item_no": "x" * 31},
        {"item_no": ""},
        {"title": "x" * 101},
        {"description": "x" * 201},
        {"price": None},
        {"price": "dear"},
        {"price": 1.234},
        {"vat": 101},
        {"vat": True},
        {"unit": "box"},
    ],
)
def test_bad_items_are_refused(client, change):
    answer = client.post("/item", json={"title": "Tea", "price": 1, "vat": 25} | change).json()
    assert (answer["status"], answer["data"]["field"]) == ("INVALID_PARAMETER", next(iter(change)))


def test_a_taken_item_number_is_refused(client):
    body = {"title": "Tea", "price": 1, "vat": 25, "item_no": "7"}
    assert client.post("/item", json=body).status_code == 200
    assert client.post("/item", json=body).json()["status"] == "INVALID_PARAMETER"


def test_settings_can_be_read_and_partly_changed(client):
    before = client.get("/settings").json()["data"]
    assert before["name"]
    assert before["bookkeeping"]["income_account_for_vat_25"] == "3001"
    body = {"contact": {"phone": "0701740699"}, "invoices": {"default_reminder_fee": 50}}
    after = client.put("/settings", json=body).json()["data"]
    assert after["contact"] == {**before["contact"], "phone": "0701740699"}
    assert after["invoices"] == {**before["invoices"], "default_reminder_fee": 50.0}


def test_a_new_name_waits_for_its_confirmation(client, standin):
    name = client.get("/settings").json()["data"]["name"]
    assert client.put("/settings", json={"name": "Nytt Namn AB"}).json()["data"]["name"] == name
    standin.confirm_settings()
    assert client.get("/settings").json()["data"]["name"] == "Nytt Namn AB"


def test_the_logotype_can_be_set_and_removed(client):
    assert client.get("/logotype").json()["data"] == {"content": None, "file_type": None}
    refused = client.post("/logotype", json={"content": "bm8=", "file_type": "png"}).json()
    assert refused == {"status": "INVALID_PARAMETER", "data": {"message": "invalid content"}}
    assert client.post("/logotype", json={"content": "iVBORw0KGgo=", "file_type": "png"}).status_code == 200
    assert client.delete("/logotype").json()["data"] == {}


@pytest.mark.parametrize("spelling", ["street_address", "address_line_1"])
def test_a_street_is_changed_and_emptied_in_both_spellings(client, standin, spelling):
    number = standin.add_customer()["customer_no"]
    for street in ("Hamnplan 1", ""):
        data = client.put(f"/customer/{number}", json={"address": {spelling: street}}).json()["data"]
        assert (data["address"]["street_address"], data["address"]["address_line_1"]) == (street, street)
