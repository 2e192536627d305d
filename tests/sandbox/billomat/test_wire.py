"""How answers look: XML unless asked, strings for every scalar, one an object, none no key."""

import json
from xml.etree import ElementTree

import pytest


def scalars(value):
    if isinstance(value, dict):
        return [one for held in value.values() for one in scalars(held)]
    if isinstance(value, list):
        return [one for held in value for one in scalars(held)]
    return [value]


def test_an_answer_is_xml_unless_json_is_asked_for(empty, api):
    empty.add_client(name="Muster & Söhne <AG>")
    answer = api.get("/clients", headers={"Accept": "*/*"})
    assert answer.headers["content-type"] == "application/xml"
    root = ElementTree.fromstring(answer.content)
    assert (root.tag, root.attrib["total"], root.attrib["type"]) == ("clients", "1", "array")
    assert root.find("client/name").text == "Muster & Söhne <AG>"


def test_json_comes_by_accept_or_by_the_query_without_a_charset(api):
    for answer in (api.get("/clients"), api.get("/clients?format=json", headers={"Accept": "text/html"})):
        assert answer.headers["content-type"] == "application/json"
        assert answer.json() == {"clients": {"@page": "1", "@per_page": "100", "@total": "0"}}


def test_jsonp_wraps_the_answer_in_a_call(api):
    assert api.get("/clients?format=json&jsonp=take").text.startswith('take({"clients"')


@pytest.mark.parametrize(
    "path", ["/invoices", "/clients", "/invoice-payments", "/credit-notes", "/settings", "/users"]
)
def test_every_scalar_is_a_string(desk, path):
    found = scalars(desk.get(path, params={"per_page": 200}).json())
    assert all(isinstance(value, str) or value is None for value in found)


def test_one_row_is_an_object_two_are_a_list_none_has_no_key(empty, api):
    assert "client" not in api.get("/clients").json()["clients"]
    empty.add_client(name="Eins")
    assert api.get("/clients").json()["clients"]["client"]["name"] == "Eins"
    empty.add_client(name="Zwei")
    assert [row["name"] for row in api.get("/clients").json()["clients"]["client"]] == ["Eins", "Zwei"]


def test_the_attributes_follow_the_rows(empty, api):
    empty.add_client()
    assert list(api.get("/clients").json()["clients"]) == ["client", "@page", "@per_page", "@total"]


def test_slashes_and_umlauts_are_escaped(empty, api):
    empty.add_client(name="A/B Söhne")
    text = api.get("/clients").text
    assert "A\\/B S\\u00f6hne" in text


def test_numbers_have_no_padding_zeros_and_timestamps_the_german_offset(empty, api):
    row = empty.add_invoice(quote="1.0000")
    invoice = api.get(f"/invoices/{row['id']}").json()["invoice"]
    assert (invoice["total_net"], invoice["total_gross"], invoice["quote"]) == ("100", "119", "1")
    assert invoice["created"] == "2026-03-10T10:00:00+01:00"


def test_a_fresh_draft_has_one_true_null_and_no_taxes(empty, api):
    row = empty.add_invoice(items=())
    invoice = api.get(f"/invoices/{row['id']}").json()["invoice"]
    assert invoice["discount_amount"] is None
    assert "taxes" not in invoice
    assert (invoice["number"], invoice["invoice_number"], invoice["total_gross"]) == ("", "RE1", "0")


def test_a_gross_price_leaves_a_net_amount_finer_than_a_cent(empty, api):
    line = {"quantity": 1, "unit_price": 10, "tax_name": "MwSt", "tax_rate": 19}
    row = empty.add_invoice(items=[line], net_gross="GROSS")
    invoice = api.get(f"/invoices/{row['id']}").json()["invoice"]
    tax = invoice["taxes"]["tax"]
    assert (tax["amount_net"], tax["amount"], tax["amount_gross"]) == ("8.4034", "1.6", "10")
    assert (tax["amount_net_rounded"], invoice["total_net"], invoice["total_gross"]) == ("8.4", "8.4", "10")


def test_old_numbers_and_other_empties_are_switches(empty, api):
    row = empty.add_invoice()
    empty.padded, empty.empty = True, None
    invoice = api.get(f"/invoices/{row['id']}").json()["invoice"]
    assert (invoice["total_gross"], invoice["contact_id"]) == ("119.00", None)


def test_a_body_may_be_xml(api):
    body = "<client><name>Muster AG</name><archived>1</archived></client>"
    answer = api.post("/clients", content=body, headers={"Content-Type": "application/xml"})
    assert answer.status_code == 201
    assert answer.json()["client"]["archived"] == "1"


def test_a_list_is_small_enough_to_read_as_plain_json(desk):
    assert json.loads(desk.get("/invoices").content)["invoices"]["@total"] == "190"
