"""Whatever comes in, an envelope goes out and no handler fails."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arapp.sandbox.base import Clock, Request
from arapp.sandbox.billogram import Billogram
from arapp.sandbox.billogram.commands import COMMANDS
from arapp.sandbox.billogram.customers import CUSTOMER
from arapp.sandbox.billogram.fields import ON_CREATE
from arapp.sandbox.billogram.items import ITEM
from arapp.sandbox.billogram.settings import SETTINGS

STANDIN = Billogram(invoices=30, clock=Clock(datetime(2026, 3, 2, 12, tzinfo=UTC)))
IDS = list(STANDIN.account.billograms)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["1e5", "-1e30", "2026-13-01", "2026-03-10", "9" * 5000, "٣", "NaN", "Email", "amount", "full", "\ud800"]
    )
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
)


def shaped(schema):
    """An object with the right keys, and often the right shape, but any values."""
    inner = {
        name: (shaped(field.inside) | values)
        if field.inside
        else (st.lists(shaped(field.rows), max_size=2) | values)
        if field.rows
        else values
        for name, field in schema.items()
    }
    return st.fixed_dictionaries({}, optional=inner)


def answered(method, path, body=None, query=()):
    request = Request(method, f"/api/v2{path}", tuple(query), {"authorization": login()}, body or b"")
    answer = STANDIN.handle(request)
    envelope = json.loads(answer.body)
    assert answer.status in (200, 400, 403, 404, 405), envelope
    assert (answer.status == 200) == (envelope["status"] == "OK")
    assert envelope["data"] is not None
    return answer


def login():
    return "Basic " + base64.b64encode(":".join(STANDIN.credentials().values()).encode()).decode()


def dumped(body):
    return json.dumps(body).encode()


@settings(max_examples=150, deadline=None, database=None)
@given(shaped(CUSTOMER), shaped(ITEM), shaped(SETTINGS))
def test_any_customer_item_or_settings_get_an_envelope(customer, item, own):
    answered("POST", "/customer", dumped({"name": "x", **customer}))
    answered("PUT", "/customer/1", dumped(customer))
    answered("POST", "/item", dumped({"title": "x", "price": 1, "vat": 25, **item}))
    answered("PUT", "/settings", dumped(own))
    answered("POST", "/logotype", dumped(item))
    answered("POST", "/customer/1/einvoice", dumped({"identifier": item.get("title")}))


@settings(max_examples=200, deadline=None, database=None)
@given(shaped(ON_CREATE), st.sampled_from(IDS))
def test_any_billogram_gets_an_envelope(body, number):
    rows = [{"title": "x", "count": 1, "price": 1, "vat": 25}]
    answered("POST", "/billogram", dumped({"customer": {"customer_no": 1}, "items": rows, **body}))
    answered("PUT", f"/billogram/{number}", dumped(body))
    answered("GET", f"/billogram/{number}")
    answered("GET", f"/billogram/{number}.pdf")


@settings(max_examples=300, deadline=None, database=None)
@given(
    st.sampled_from(sorted(COMMANDS)),
    st.sampled_from(IDS),
    st.fixed_dictionaries(
        {},
        optional={
            "method": values | st.sampled_from(["Email", "Letter"]),
            "mode": values | st.sampled_from(["full", "amount", "items"]),
            "amount": values,
            "items": values,
            "message": values,
            "date": values,
            "filename": values,
            "content": values,
        },
    )
    | values,
)
def test_any_command_gets_an_envelope(name, number, body):
    answered("POST", f"/billogram/{number}/command/{name}", dumped(body))


@settings(max_examples=200, deadline=None, database=None)
@given(
    st.sampled_from(["billogram", "customer", "item", "billogram_event", "report"]),
    st.dictionaries(
        st.sampled_from(["filter_type", "filter_field", "filter_value", "order_field", "order_direction", "page"]),
        st.text(max_size=5)
        | st.sampled_from(["field", "special", "state", "customer:name", "price", "asc", "item_no"]),
    ),
)
def test_any_query_gets_an_envelope(kind, query):
    answered("GET", f"/{kind}", query=[("page", "1"), ("page_size", "10"), *query.items()][::-1])


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@given(path=st.text(max_size=12), body=st.binary(max_size=10))
@settings(max_examples=50, deadline=None, database=None)
def test_any_address_gets_an_envelope(method, path, body):
    answered(method, "/" + path, body)
    answered(method, "/billogram/" + path, body)
    answered(method, "/customer/" + path, body)
