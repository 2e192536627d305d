"""What one invoice looks like, and its life: upload, correction, decision, end."""

import re
from decimal import Decimal

import pytest

from arapp.sandbox.base import Fault

FLAGS = ("can_update", "can_delete", "can_approve", "can_reject", "can_remove_approval")


def flags(*true: str) -> dict[str, bool]:
    return {name: name in true for name in FLAGS}


def upload(client, name="RE-2026-0042.pdf", content=b"%PDF-1.4 \x00\xff\r\n--odd\r\n"):
    return client.post("/invoices/", files={"file": (name, content, "application/pdf")})


def eight_values(client, uid) -> dict:
    now = client.get(f"/invoices/{uid}").json()
    body = {
        name: now[name]
        for name in ("total_price", "total_vat", "invoice_date", "invoice_number", "currency", "payment_type")
    }
    return body | {f"{name}_uid": now[name] and now[name]["uid"] for name in ("company", "card")}


def test_values_are_written_as_the_service_writes_them(standin, client):
    standin.change(standin.newest_first()[0].uid, total_price="1234567.5")
    row = client.get("/invoices/").json()["results"][0]
    assert (row["total_price"], row["total_price_display"]) == ("1234567.50", "1,234,567.50")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+03:00", row["created_at"])
    assert re.fullmatch(r"[A-Z]{3}", row["hf_id"])
    assert tuple(row["permissions"]) == FLAGS
    assert set(row["workspace_user"]) == {"uid", "user", "role_type"}
    assert set(row["workspace_user"]["user"]) == {"uid", "email", "first_name", "last_name", "full_name"}


def test_a_whole_second_has_no_fraction(standin, client):
    invoice = standin.add_invoice()
    standin.change(invoice.uid, created_at=invoice.created_at.replace(microsecond=0))
    assert client.get("/invoices/").json()["results"][0]["created_at"] == "2026-03-10T12:30:15+03:00"


def test_an_upload_is_read_in_the_background_and_finished_after_so_many_reads(standin, client):
    answer = upload(client)
    created = answer.json()
    assert answer.status_code == 201
    assert set(created) == {"hf_id", "uid", "file", "processing_status", "created_at", "workspace_user"}
    assert created["workspace_user"]["user"]["email"] == "kim@example.org"
    reads = [client.get(f"/invoices/{created['uid']}").json() for _ in range(3)]
    assert [read["processing_status"] for read in reads] == ["processing", "processing", "finished"]
    for name in ("total_price", "total_price_display", "currency", "invoice_date", "company", "total_vat"):
        assert reads[0][name] is None
    assert reads[0]["permissions"] == flags("can_delete")
    assert reads[2]["permissions"] == flags("can_update", "can_delete", "can_approve", "can_reject")
    assert reads[2]["invoice_number"] == "RE-2026-0042"
    assert [entry["action"] for entry in reads[2]["history"]] == ["created", "processed"]


def test_an_upload_can_be_finished_by_the_clock_alone(standin, client):
    standin.reads_until_finished, standin.seconds_until_finished = None, 30
    uid = upload(client).json()["uid"]
    assert {client.get(f"/invoices/{uid}").json()["processing_status"] for _ in range(5)} == {"processing"}
    standin.clock.move(seconds=30)
    assert client.get("/invoices/").json()["results"][0]["processing_status"] == "finished"


def test_an_upload_can_end_in_failure(standin, client):
    standin.ends_in, standin.reads_until_finished = "failed", 0
    uid = upload(client).json()["uid"]
    failed = client.get(f"/invoices/{uid}").json()
    assert (failed["processing_status"], failed["total_price"]) == ("failed", None)
    assert failed["permissions"] == flags("can_delete")


def test_seeded_invoices_stay_in_processing_until_they_are_finished_by_hand(make, connect):
    standin = make(invoices=50)
    stuck = next(invoice for invoice in standin.by_uid.values() if invoice.processing_status == "processing")
    client = connect(standin)
    assert {client.get(f"/invoices/{stuck.uid}").json()["processing_status"] for _ in range(5)} == {"processing"}
    standin.finish(stuck.uid)
    assert client.get(f"/invoices/{stuck.uid}").json()["total_price"]


def test_the_same_file_twice_makes_two_invoices(standin, client):
    assert upload(client).json()["uid"] != upload(client).json()["uid"]
    assert len(standin.by_uid) == 18


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"files": {"document": ("a.pdf", b"x")}}, "No file was submitted."),
        ({"files": {"file": ("a.pdf", b"")}}, "The submitted file is empty."),
        ({"json": {"file": "x"}}, "The submitted data was not a file. Check the encoding type on the form."),
    ],
)
def test_an_upload_without_a_file_is_refused(client, sent, message):
    answer = client.post("/invoices/", **sent)
    assert (answer.status_code, answer.json()) == (400, {"file": [message]})


def test_an_update_replaces_the_eight_values_and_leaves_the_rest(standin, client):
    invoice, card = standin.add_invoice(), next(iter(standin.cards))
    body = eight_values(client, invoice.uid) | {
        "total_price": "599.00", "total_vat": "107.82", "currency": "TRY", "invoice_number": " A-123 ",
        "payment_type": "credit_card", "card_uid": card, "company_uid": None, "category": {"name": "no"},
    }  # fmt: skip
    answer = client.put(f"/invoices/{invoice.uid}", json=body)
    changed = answer.json()
    assert answer.status_code == 200
    assert (changed["total_price"], changed["currency"], changed["invoice_number"]) == (
        "599.00",
        "TRY",
        "A-123",
    )
    assert (changed["card"]["uid"], changed["company"], changed["category"]) == (card, None, None)
    assert changed["history"][-1]["action"] == "updated"
    assert client.get(f"/invoices/{invoice.uid}").json()["total_vat"] == "107.82"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("total_price", "1.234", "Ensure that there are no more than 2 decimal places."),
        ("total_price", "12345678901.00", "Ensure that there are no more than 12 digits in total."),
        (
            "total_price",
            "12345678901",
            "Ensure that there are no more than 10 digits before the decimal point.",
        ),
        ("total_price", "1,190.00", "A valid number is required."),
        ("total_price", "NaN", "A valid number is required."),
        ("total_price", None, "This field may not be null."),
        ("total_vat", {}, "A valid number is required."),
        (
            "invoice_date",
            "12.01.2026",
            "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
        ),
        ("invoice_number", [], "Not a valid string."),
        ("currency", "euro", '"euro" is not a valid choice.'),
        ("payment_type", "barter", '"barter" is not a valid choice.'),
        ("company_uid", "nobody", "Object with uid=nobody does not exist."),
        ("card_uid", 7, "Invalid value."),
    ],
)
def test_a_wrong_value_is_refused_and_changes_nothing(standin, client, name, value, message):
    invoice = standin.add_invoice()
    answer = client.put(f"/invoices/{invoice.uid}", json=eight_values(client, invoice.uid) | {name: value})
    assert (answer.status_code, answer.json()) == (400, {name: [message]})
    assert invoice.total_price == Decimal("119.00")
    assert len(invoice.history) == 1


def test_an_update_must_name_every_value_but_the_two_relations(standin, client):
    invoice = standin.add_invoice()
    answer = client.put(f"/invoices/{invoice.uid}", json={"total_price": "1.00"})
    assert answer.status_code == 400
    assert set(answer.json()) == {"total_vat", "invoice_date", "invoice_number", "currency", "payment_type"}


def test_null_relations_can_be_refused_and_left_out_instead(standin, client):
    standin.null_relations = False
    invoice = standin.add_invoice()
    body = eight_values(client, invoice.uid) | {"card_uid": None}
    answer = client.put(f"/invoices/{invoice.uid}", json=body)
    assert (answer.status_code, answer.json()) == (400, {"card_uid": ["This field may not be null."]})
    del body["card_uid"]
    assert client.put(f"/invoices/{invoice.uid}", json=body).status_code == 200


@pytest.mark.parametrize(
    ("action", "status", "entry"), [("approve", "approved", "approved"), ("reject", "rejected", "rejected")]
)
def test_a_decision_locks_the_invoice_and_can_be_taken_back(standin, client, action, status, entry):
    uid = standin.add_invoice().uid
    answer = client.post(f"/invoices/{uid}/{action}")
    locked = flags("can_remove_approval")
    assert answer.status_code == 200
    assert answer.json() == {"uid": uid, "approvement_status": status, "permissions": locked}
    undone = client.post(f"/invoices/{uid}/remove-approval").json()
    open_again = flags("can_update", "can_delete", "can_approve", "can_reject")
    assert undone == {"uid": uid, "approvement_status": "waiting", "permissions": open_again}
    actions = [done["action"] for done in client.get(f"/invoices/{uid}").json()["history"]]
    assert actions == ["created", entry, "approval_removed"]


@pytest.mark.parametrize("state", ["approved", "rejected"])
@pytest.mark.parametrize(("method", "end"), [("PUT", ""), ("DELETE", ""), ("POST", "/approve"), ("POST", "/reject")])
def test_what_is_decided_cannot_be_changed_deleted_or_decided_again(standin, client, state, method, end):
    invoice = standin.add_invoice(approvement_status=state)
    answer = client.request(method, f"/invoices/{invoice.uid}{end}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    assert (invoice.approvement_status, len(invoice.history)) == (state, 1)


def test_what_is_processing_can_only_be_deleted(standin, client):
    uid = upload(client).json()["uid"]
    for method, end in (("PUT", ""), ("POST", "/approve"), ("POST", "/reject"), ("POST", "/remove-approval")):
        assert client.request(method, f"/invoices/{uid}{end}").status_code == 403
    assert client.delete(f"/invoices/{uid}").status_code == 204


@pytest.mark.parametrize("status", [200, 400, 403, 409])
@pytest.mark.parametrize(
    ("action", "state"), [("approve", "approved"), ("reject", "rejected"), ("remove-approval", "waiting")]
)
def test_a_decision_taken_already_answers_as_set(standin, client, status, action, state):
    invoice = standin.add_invoice(approvement_status=state)
    standin.repeat_status = status
    answer = client.post(f"/invoices/{invoice.uid}/{action}")
    assert answer.status_code == status
    assert len(invoice.history) == 1


def test_another_role_may_correct_but_not_decide(make, connect):
    standin = make(role="member")
    client, uid = connect(standin), standin.add_invoice().uid
    read = client.get(f"/invoices/{uid}").json()
    assert read["permissions"] == flags("can_update", "can_delete")
    assert read["workspace_user"]["role_type"] == "member"
    assert client.post(f"/invoices/{uid}/approve").status_code == 403


def test_a_deleted_invoice_is_gone(standin, client):
    uid = standin.add_invoice().uid
    answer = client.delete(f"/invoices/{uid}")
    assert (answer.status_code, answer.content) == (204, b"")
    for method, end in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/approve")):
        answer = client.request(method, f"/invoices/{uid}{end}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_somebody_may_decide_change_and_remove_at_the_service(standin, client):
    uid = standin.add_invoice().uid
    standin.decide(uid, "approved")
    standin.change(uid, total_price="77.10", invoice_date="2026-02-01", card_uid=next(iter(standin.cards)))
    read = client.get(f"/invoices/{uid}").json()
    assert (read["approvement_status"], read["total_price"], read["invoice_date"]) == (
        "approved",
        "77.10",
        "2026-02-01",
    )
    assert [done["workspace_user"]["user"]["email"][:4] for done in read["history"]] == [
        "kim@",
        "ayse",
        "ayse",
    ]
    standin.remove(uid)
    assert client.get(f"/invoices/{uid}").status_code == 404


def test_a_fault_can_be_aimed_at_one_call(standin, client):
    uid = standin.add_invoice().uid
    standin.faults.append(Fault(standin.server_error(), path="/approve", after=True))
    assert client.post(f"/invoices/{uid}/approve").status_code == 500
    assert client.get(f"/invoices/{uid}").json()["approvement_status"] == "approved"
