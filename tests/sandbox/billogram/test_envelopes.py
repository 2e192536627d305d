import json

import httpx
import pytest

from arapp.sandbox.base import Answer, Dropped, Fault


def test_a_call_without_a_login_is_challenged(anonymous):
    answer = anonymous.get("/settings")
    assert answer.status_code == 401
    assert answer.json()["status"] == "MISSING_AUTH"
    assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("header", ["Basic !!!", "Basic YTpi", "Bearer token", "Basic", "nonsense"])
def test_a_wrong_login_is_refused(anonymous, header):
    answer = anonymous.get("/settings", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["status"]) == (403, "INVALID_AUTH")


def test_a_revoked_key_is_refused(standin, client):
    standin.revoked = True
    assert client.get("/settings").json()["status"] == "INVALID_AUTH"


def test_a_reading_user_may_not_write(standin, client):
    standin.read_only_user = True
    assert client.get("/settings").status_code == 200
    answer = client.post("/customer", json={"name": "Nobody"})
    assert (answer.status_code, answer.json()["status"]) == (403, "PERMISSION_DENIED")
    assert standin.customers == {}


def test_credentials_are_shaped_like_real_ones_and_follow_the_seed(standin):
    assert type(standin)(invoices=0).credentials() == standin.credentials()
    assert type(standin)(invoices=0, seed=8).credentials() != standin.credentials()
    user, secret = standin.credentials().values()
    assert len(user.split("-")[1]) == 8
    assert len(secret) == 32
    assert int(secret, 16)


def test_the_content_type_has_no_charset(client, anonymous):
    for answer in (client.get("/settings"), client.get("/customer"), anonymous.get("/item"), client.get("/nowhere")):
        assert answer.headers["content-type"] == "application/json"


def test_a_trailing_slash_is_allowed(client, draft):
    assert client.get("/billogram/", params={"page": 1, "page_size": 1}).json()["meta"]["total_count"] == 1
    assert client.get(f"/billogram/{draft['id']}/").json()["data"]["id"] == draft["id"]


def test_an_unknown_address_is_not_found(client):
    for path in ("/nothing", "/billogram/a/b/c", "/customer/1/2/3/4", "/"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["status"]) == (404, "NOT_FOUND")


def test_a_wrong_method_is_named(client):
    answer = client.delete("/customer")
    assert (answer.status_code, answer.json()["status"]) == (405, "METHOD_NOT_ALLOWED")


def test_features_that_are_not_enabled_are_denied(client):
    for path in ("/offer", "/payment_source", "/customer/1/billing-tab"):
        assert client.get(path).status_code == 403


def test_a_body_is_read_whatever_type_it_claims(client):
    answer = client.post("/customer", content=b'{"name": "Text AB"}', headers={"Content-Type": "text/plain"})
    assert answer.json()["data"]["name"] == "Text AB"


@pytest.mark.parametrize(
    "body", [b"{", b"[1]", b"7", b'"x"', b"\xff\xfe", b"[" * 5000, b'{"name": 1e999999999999999999}']
)
def test_a_body_that_is_no_json_object_is_refused(client, body):
    answer = client.post("/customer", content=body)
    assert (answer.status_code, answer.json()["status"]) == (400, "INVALID_PARAMETER")


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b"  "])
def test_commands_take_an_empty_body_in_any_form(standin, client, sent, body):
    standin.change(sent["id"], respite_date="2026-05-01")
    answer = client.post(f"/billogram/{sent['id']}/command/remove-respite", content=body)
    assert answer.json()["data"]["respite_date"] is None


def test_numbers_are_written_exactly(client, draft):
    text = client.get(f"/billogram/{draft['id']}").text
    assert '"total_sum": 325.0' in text
    assert '"gross_sum": 325,' in text
    assert '"vat": 25,' in text
    assert '"count": 2.0' in text
    assert '"interest_rate": 8.5' in text


def test_an_own_failure_is_still_an_envelope(standin, client, monkeypatch):
    monkeypatch.setattr(standin.account, "settings", property())
    answer = client.get("/settings")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/json")
    assert answer.json()["data"]["message"]


def test_a_fault_can_come_after_the_effect(standin, client):
    standin.faults.append(Fault(answer=Answer(503, b"<html>busy</html>"), method="POST", after=True))
    assert client.post("/customer", json={"name": "Twice AB"}).status_code == 503
    assert [customer["name"] for customer in standin.customers.values()] == ["Twice AB"]
    assert client.get("/customer/1").json()["data"]["name"] == "Twice AB"


def test_a_fault_can_drop_the_connection_or_cut_the_answer(standin, client):
    standin.faults.append(Fault(drop=True, path="/settings"))
    with pytest.raises(Dropped):
        client.get("/settings")
    standin.faults.append(Fault(change=lambda answer: Answer(200, answer.body[:20], answer.headers)))
    with pytest.raises(json.JSONDecodeError):
        client.get("/settings").json()


def test_writes_are_in_the_journal(standin, client):
    client.get("/settings")
    client.post("/customer", json={"name": "Journal AB"})
    client.post("/customer", json={})
    assert [(write.method, write.path, write.status) for write in standin.journal] == [
        ("POST", "/api/v2/customer", 200),
        ("POST", "/api/v2/customer", 400),
    ]


def test_head_is_answered_like_get_without_a_body(client: httpx.Client):
    answer = client.head("/settings")
    assert (answer.status_code, answer.content) == (200, b"")
