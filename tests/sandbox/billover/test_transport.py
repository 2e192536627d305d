"""Key, slashes, methods, faults, and odd input."""

import json

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arapp.sandbox.base import Answer, Dropped, Fault


def said(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


@pytest.mark.parametrize("headers", [{}, {"Api-Key": "wrong"}, {"Authorization": "Bearer {key}"}])
def test_a_call_without_the_right_key_is_unauthorized(standin, headers):
    key = standin.credentials()["secret"]
    with httpx.Client(transport=httpx.WSGITransport(app=standin), base_url="http://stand-in/v1") as nobody:
        answer = nobody.get("/invoices/", headers={k: v.format(key=key) for k, v in headers.items()})
    assert said(answer) == (401, "unauthorized")
    assert answer.json()["error"]["message"]


def test_a_revoked_key_is_unauthorized(standin, client):
    standin.revoked = True
    assert said(client.get("/cards/")) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("/invoices", "/v1/invoices/"),
        ("/companies?page=2", "/v1/companies/?page=2"),
        ("/invoices/some-uid/", "/v1/invoices/some-uid"),
        ("/invoices/some-uid/approve/", "/v1/invoices/some-uid/approve"),
        ("/invoices/export-csv/", "/v1/invoices/export-csv"),
    ],
)
def test_a_wrong_slash_is_redirected_to_the_address_as_written(client, asked, meant):
    answer = client.post(asked)
    assert (answer.status_code, answer.headers["Location"]) == (301, meant)


def test_a_wrong_slash_is_not_found_when_redirects_are_off(standin, client):
    standin.slash_redirects = False
    assert said(client.get("/invoices")) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/invoices/export-csv"), ("PATCH", "/invoices/x"), ("GET", "/invoices/x/approve"),
        ("DELETE", "/cards/x"), ("OPTIONS", "/invoices/"), ("PUT", "/companies/"),
    ],
)  # fmt: skip
def test_what_is_not_documented_is_not_allowed(client, method, path):
    answer = client.request(method, path)
    assert said(answer) == (405, "method_not_allowed")
    assert answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/", "/webhooks/", "/invoices/a/b/c", "/users/"])
def test_an_unknown_address_is_not_found(client, path):
    assert said(client.get(path)) == (404, "not_found")


def test_too_many_requests_may_or_may_not_say_when_to_come_back(standin, client):
    standin.faults += [Fault(standin.throttled(7)), Fault(standin.throttled())]
    first, second, third = (client.get("/invoices/") for _ in range(3))
    assert said(first) == said(second) == (429, "too_many_requests")
    assert first.headers["Retry-After"] == "7"
    assert "Retry-After" not in second.headers
    assert third.status_code == 200


def test_a_connection_can_drop_after_the_create_took_effect(standin, client):
    standin.faults.append(Fault(method="POST", after=True, drop=True))
    with pytest.raises(Dropped):
        client.post("/invoices/", files={"file": ("a.pdf", b"%PDF-1.4")})
    assert len(standin.by_uid) == 17
    assert [write.status for write in standin.journal] == [201]


def test_a_fault_without_an_answer_is_a_server_error_in_the_service_s_own_words(standin, client):
    standin.faults.append(Fault())
    assert said(client.get("/invoices/")) == (500, "internal_server_error")


def test_a_fault_can_be_any_answer(standin, client):
    standin.faults.append(Fault(Answer(502, b"<html>Bad gateway</html>")))
    assert client.get("/invoices/").text == "<html>Bad gateway</html>"


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff\xfe", b"[]", b"1", b"[" * 100_000, b"null", b'{"total_price": 1e99999999999999999999}'],
)
@pytest.mark.parametrize("path", ["/companies/", "/cards/", "/invoices/export-csv"])
def test_a_body_that_is_no_json_object_is_refused(client, path, body):
    answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert isinstance(answer.json(), dict)


def test_a_body_of_another_type_is_refused(client):
    assert client.post("/companies/", content=b"name=x", headers={"Content-Type": "text/plain"}).status_code == 415


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
keys = st.sampled_from(
    [
        *("total_price", "total_vat", "invoice_date", "invoice_number", "currency", "payment_type"),
        *("company_uid", "card_uid", "name", "address", "tax_number", "tax_office", "phone"),
        *("first_four_digits", "last_four_digits", "query", "from_date", "company__uid"),
    ]
)
paths = st.sampled_from(
    [
        *("/invoices/", "/invoices/{uid}", "/invoices/{uid}/reject", "/invoices/export-csv"),
        *("/invoices/export-xlsx", "/companies/", "/companies/{company}", "/cards/", "/cards/{card}"),
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "PUT"]),
    path=paths,
    body=st.dictionaries(keys, values, max_size=9),
    query=st.dictionaries(
        keys | st.sampled_from(["page", "page_size", "created_at_after", "card__uid[]"]), st.text(max_size=9)
    ),
)
def test_no_input_is_too_odd_for_an_answer(standin, client, method, path, body, query):
    path = path.format(
        uid=next(iter(standin.by_uid)), company=next(iter(standin.companies)), card=next(iter(standin.cards))
    )
    query = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    content = json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    answer = client.request(method, path, params=query, content=content, headers=headers)
    assert answer.status_code in (200, 201, 301, 400, 403, 404, 405, 415)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary*=x-none'en'a%ff",
    ],
)
def test_an_upload_without_sense_is_refused(client, content_type):
    answer = client.post("/invoices/", content=b"--a\r\n\r\n--a--", headers={"Content-Type": content_type})
    assert answer.status_code in (400, 415)
