"""Payloads in our own words, what of our data they do not show, and what is sent for it."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arapp.upstreams.base import ITEMS, Order
from arapp.upstreams.billogram import bodies, comparing, forms, mapping
from tests.upstreams.billogram.driving import adapter_to, payload, stand_in

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = "name contact address items info customer title price count vat automatic_reminders_settings".split()


@pytest.mark.parametrize(
    ("name", "street"), [("customer_old_address", "Tegatan 3"), ("customer_new_address", "Havsvägen 9")]
)
def test_a_street_is_read_in_its_old_and_its_new_spelling(name: str, street: str) -> None:
    form = mapping.customer(payload(name)).form
    assert form["address"]["street"] == street
    assert not any(value in ("", None) for value in form["address"].values())


def test_an_empty_customer_has_its_number_and_name_alone() -> None:
    form = mapping.customer({"customer_no": 7, "name": "X", "contact": None, "address": None}).form
    assert form == {"number": "7", "name": "X"}


@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_no_payload_breaks_a_form(found: dict[str, Any]) -> None:
    for form in (forms.customer, forms.item, forms.invoice):
        told = form(found)
        assert comparing.changes(told, told) == {}


def test_every_document_of_the_stand_in_looks_like_its_own_form() -> None:
    service = stand_in(invoices=60)
    adapter = adapter_to(service)
    for made in service.records:
        form = adapter.detail("invoice", made["id"]).form
        assert form["customer"] == str(made["customer"]["customer_no"])
        assert comparing.changes(comparing.of_invoice(form), comparing.with_due_days(form)) == {}
        assert comparing.changes({"due_days": made["due_days"]}, comparing.with_due_days(form)) == {}
    for entry in (entry for page in adapter.pages(ITEMS) for entry in page.entries):
        form = adapter.read(ITEMS, entry).form
        assert comparing.made_of({key: form[key] for key in form if key not in ("number", "unit")}, form)


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ({"unit_price": "125.00"}, {"unit_price": "125"}),
        ({"address": {"zip": "111 22"}}, {"address": {"zip": "11122", "city": "Stockholm"}}),
        ({"org_no": "5568017155"}, {"org_no": "556801-7155"}),
        ({"note": "one\r\ntwo "}, {"note": "one\ntwo"}),
        ({"reference": ""}, {}),
        ({"invoice_fee": "0"}, {}),
        ({"automatic_reminders": False}, {}),
        ({"lines": [{"title": "Tea"}]}, {"lines": [{"title": "Tea", "unit": "unit"}]}),
        ({"lines": [{"item": "7"}]}, {"lines": [{"item": "7", "title": "Tea", "description": "Green"}]}),
    ],
)
def test_what_means_the_same_is_no_change(wanted: dict[str, Any], shown: dict[str, Any]) -> None:
    assert comparing.changes(wanted, shown) == {}


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ({"unit_price": "125.01"}, {"unit_price": "125"}),
        ({"unit_price": "much"}, {"unit_price": "125"}),
        ({"note": ""}, {"note": "x"}),
        ({"automatic_reminders": True}, {}),
        ({"address": {"zip": "11123"}}, {"address": {"zip": "11122"}}),
        ({"lines": [{"title": "Tea"}]}, {"lines": [{"title": "Tea"}, {"title": "Tea"}]}),
        ({"lines": [{"title": "Tea"}]}, {"lines": [{"title": "Tea", "discount": "5"}]}),
        ({"lines": [{"title": "Tea"}]}, {"lines": [{"title": "Tea", "item": "7"}]}),
        ({"lines": [{"title": "Tea"}]}, {"lines": [{"title": "Tea", "description": "Green"}]}),
        ({"lines": [{"item": "7"}]}, {"lines": [{"item": "7", "discount": "5"}]}),
        ({"reminder_steps": [{"days": 5}]}, {"reminder_steps": [{"days": 5, "body": "Please."}]}),
    ],
)
def test_what_differs_is_a_change(wanted: dict[str, Any], shown: dict[str, Any]) -> None:
    assert comparing.changes(wanted, shown).keys() == wanted.keys()


def test_of_two_ways_to_say_when_it_is_due_the_day_counts() -> None:
    data = {"due_days": 20, "due_date": "2026-12-24"}
    assert bodies.invoice(data) == {"due_date": "2026-12-24"}
    assert comparing.of_invoice(data) == {"due_date": "2026-12-24"}


def test_numbers_go_out_exactly_and_days_that_are_empty_as_null() -> None:
    body = bodies.invoice({"invoice_fee": "29.00", "due_days": 20, "order_date": "", "note": ""})
    assert body == {"invoice_fee": Decimal("29.00"), "due_days": 20, "info": {"order_date": None, "message": ""}}
    assert str(body["invoice_fee"]) == "29.00"


def test_without_a_method_an_invoice_that_is_made_goes_by_email() -> None:
    order = Order("invoice.create", "", "", {"customer": "1", "lines": [], "send": True}, reference="AR-1")
    made = bodies.new_invoice(order)
    assert (made["on_success"], made["creditor_unique_value"]) == ({"command": "send", "method": "Email"}, "AR-1")
