"""Who may come in, how often, and what is said to those who ask for something odd."""

import httpx
import pytest

from arapp.sandbox.base import Dropped, Fault
from arapp.sandbox.billomat import BAD_GATEWAY

ERROR = {"errors": {"error": "Unauthorized"}}


@pytest.mark.parametrize("key", ["", "wrong"])
def test_a_wrong_or_missing_key_is_401(api, key):
    answer = api.get("/clients", headers={"X-BillomatApiKey": key})
    assert (answer.status_code, answer.json()) == (401, ERROR)


def test_the_key_may_stand_in_the_query_and_empty_app_headers_do_no_harm(empty, api):
    headers = {"X-BillomatApiKey": "", "X-AppId": "", "X-AppSecret": ""}
    secret = empty.credentials()["secret"]
    assert api.get("/clients", params={"api_key": secret}, headers=headers).status_code == 200


def test_another_account_is_not_found(api):
    assert api.get("/clients", headers={"Host": "demodesk.billomat.net"}).status_code == 200
    answer = api.get("/clients", headers={"Host": "other.billomat.net"})
    assert (answer.status_code, answer.json()) == (404, {"errors": {"error": "Account not Found"}})


def test_foreign_ids_are_401_and_unknown_ones_404(empty, api):
    empty.foreign_ids.add(7)
    assert (api.get("/invoices/7").status_code, api.get("/invoices/7").json()) == (401, ERROR)
    assert api.get("/invoice-items?invoice_id=7").status_code == 401
    for path in ("/invoices/8", "/invoices/invalid", "/invoices/8/pdf"):
        answer = api.get(path)
        assert (answer.status_code, answer.json()) == (404, {"errors": {"error": "Row not found"}})


@pytest.mark.parametrize(
    "path", ["/nothing", "/invoices.json", "/invoices/1/nothing", "/clients/1/2/3", "/v2/clients"]
)
def test_an_unknown_resource_is_404(api, path):
    answer = api.get(path)
    assert (answer.status_code, answer.json()) == (404, {"errors": {"error": "Resource not found"}})


def test_a_trailing_slash_and_a_body_on_get_are_taken(api):
    assert api.get("/clients/").status_code == 200
    assert api.request("GET", "/clients", content=b"{}").status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/invoices", {"invoice": {}}),
        ("/invoices", {"invoice": {"client_id": 99}}),
        ("/invoices", {}),
        ("/clients", {"client": {"email": "nonsense"}}),
        ("/clients", {"client": {"due_days": "soon"}}),
        ("/clients", {"client": [1]}),
        ("/clients", {"client": {"name": {"a": 1}}}),
        ("/invoice-items", {"invoice-item": {"invoice_id": 99}}),
        ("/invoice-payments", {"invoice-payment": {"amount": 1}}),
        ("/contacts", {"contact": {"client_id": 99}}),
    ],
)
def test_what_cannot_be_read_is_400(api, path, body):
    answer = api.post(path, json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"]["error"]


def test_a_bad_address_is_refused_in_the_recorded_words(api):
    answer = api.post("/clients", json={"client": {"email": "nonsense"}})
    assert answer.json() == {"errors": {"error": "invalid email address"}}


@pytest.mark.parametrize("value", ["2026-02-30", "10.03.2026", "99999-01-01", "0000-01-01"])
def test_a_bad_date_is_400(empty, api, value):
    client = empty.add_client()["id"]
    assert api.post("/invoices", json={"invoice": {"client_id": client, "date": value}}).status_code == 400


def test_a_client_without_anything_can_be_made_and_booleans_come_in_many_shapes(api):
    assert api.post("/clients", json={"client": {}}).status_code == 201
    for value in (1, "1", True, "True"):
        assert api.post("/clients", json={"client": {"archived": value}}).json()["client"]["archived"] == "1"


def test_a_client_with_documents_stays(empty, api):
    row = empty.add_invoice()
    assert api.delete(f"/clients/{row['client_id']}").status_code == 400
    assert api.delete(f"/clients/{empty.add_client()['id']}").status_code == 200


def test_a_put_without_an_id_is_404(api):
    assert api.put("/clients", json={"client": {"name": "x"}}).status_code == 404


def test_contacts_take_what_they_lack_from_their_client(empty, api):
    client = empty.add_client(city="Berlin")
    made = api.post("/contacts", json={"contact": {"client_id": client["id"], "last_name": "Ihde"}})
    assert (made.status_code, made.json()["contact"]["city"]) == (201, "Berlin")
    assert api.get(f"/contacts?client_id={client['id']}").json()["contacts"]["contact"]["last_name"] == "Ihde"


def test_the_account_knows_itself_and_its_users(api):
    assert api.get("/users/myself").json()["user"]["email"] == "merle@example.org"
    own = api.get("/clients/myself").json()["client"]
    assert {quota["entity"] for quota in own["quotas"]["quota"]} == {"documents", "clients"}
    assert api.get("/users").json()["users"]["@total"] == "3"
    assert api.get("/settings").json()["settings"]["currency_code"] == "EUR"


def test_each_user_has_a_key(empty, api):
    for key, user in empty.keys.items():
        assert api.get("/users/myself", headers={"X-BillomatApiKey": key}).json()["user"]["id"] == str(user)


def test_search_and_activity_feed_answer(desk, full):
    number = next(row["invoice_number"] for row in full.tables["invoices"].rows.values() if row["number"])
    hits = desk.get("/search", params={"query": f"[{number}]"}).json()["search"]["result"]
    hits = hits if isinstance(hits, list) else [hits]
    assert {"resource", "id", "headline", "subline"} == set(hits[0])
    feed = desk.get("/activity-feed?per_page=5").json()["activity-feed"]["activity"]
    assert [row["date"] for row in feed] == sorted((row["date"] for row in feed), reverse=True)


def test_resources_without_a_row_are_empty_lists(api):
    for plural in ("offers", "recurrings", "delivery-notes", "incomings"):
        assert api.get(f"/{plural}").json()[plural]["@total"] == "0"


# the rate window


def test_the_window_is_a_clock_quarter_and_its_end_is_told(empty, api):
    empty.rate_limit = 3
    empty.clock.move(minutes=10)
    left = [api.get("/clients").headers["x-rate-limit-remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    empty.clock.move(seconds=54)
    refused = api.get("/clients")
    assert refused.status_code == 429
    words = "Maximum number of requests (3 per 15 minutes) reached. Try again in 246 seconds."
    assert refused.json() == {"errors": {"error": words}}
    assert int(refused.headers["x-rate-limit-reset"]) == int(empty.clock.now().timestamp()) + 246
    empty.clock.move(seconds=246)
    assert api.get("/clients").headers["x-rate-limit-remaining"] == "2"


def test_every_answer_carries_the_rate_headers_even_errors(api):
    for answer in (
        api.get("/nothing"),
        api.get("/clients"),
        api.get("/clients", headers={"X-BillomatApiKey": "x"}),
    ):
        assert {"x-rate-limit-remaining", "x-rate-limit-reset"} <= set(answer.headers)


# faults


def test_a_write_may_take_effect_and_its_answer_be_lost(empty, api):
    empty.faults.append(Fault(method="POST", drop=True, after=True))
    with pytest.raises(Dropped):
        api.post("/clients", json={"client": {"name": "Muster AG"}})
    assert api.get("/clients").json()["clients"]["@total"] == "1"
    assert [write.status for write in empty.journal] == [201]


def test_the_gateway_may_answer_in_html(empty, api):
    empty.faults.append(Fault(answer=BAD_GATEWAY))
    answer = api.get("/clients")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert api.get("/clients").status_code == 200


def test_some_requests_may_find_it_unavailable(empty, api):
    empty.unavailable_share = 0.5
    assert {api.get("/clients").status_code for _ in range(40)} == {200, 503}


ODD_BODIES = [
    b"",
    b"null",
    b"[]",
    b"{",
    b"\xff\xfe",
    b"[" * 5000,
    b'{"invoice": 1}',
    b'{"invoice": {"client_id": NaN}}',
]
ODD_BODIES += [
    b'{"client": {"number": 1e999999}}',
    b'{"client": {"due_days": 999999999999}}',
    b'"\\ud800"',
    b"<a/>",
]
ODD_BODIES += [b'{"client": {"name": "\\ud800", "reduction": "1e-999999", "customfield": true}}']
ODD_PATHS = [
    "/",
    "//",
    "/clients",
    "/invoices/0",
    "/invoices/1/complete",
    "/invoices/%00",
    "/settings",
    "/x" * 500,
]
ODD_PATHS += [
    "/clients?page=-1&per_page=9e9&order_by=,,id+x,taxes&name=%ff",
    "/invoices?group_by=,",
    "/reminders",
]
ODD_PATHS += ["/clients/99999999999999999999", "/invoice-payments", "/search?query=", "/activity-feed?page=x"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ODD_PATHS)
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_nothing_odd_ever_breaks_it(api, method, path, accept):
    for body in ODD_BODIES:
        answer = api.request(
            method, httpx.URL(f"http://stand-in/api{path}"), content=body, headers={"Accept": accept}
        )
        assert answer.status_code < 500, (body, answer.content)
        if answer.status_code >= 400 and method != "HEAD":
            assert b"errors" in answer.content
