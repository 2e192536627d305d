"""What becomes of an invoice or credit note, step by step."""

import base64
from datetime import timedelta

import httpx
import pytest


def invoice(api: httpx.Client, number: str) -> dict:
    return api.get(f"/invoices/{number}").json()["invoice"]


def keys(api: httpx.Client, number: str) -> list[str]:
    held = api.get(f"/invoice-comments?invoice_id={number}").json()["invoice-comments"].get("invoice-comment", [])
    return [row["actionkey"] for row in (held if isinstance(held, list) else [held])]


def pay(api: httpx.Client, number: str, amount: object, **values: object) -> httpx.Response:
    return api.post("/invoice-payments", json={"invoice-payment": {"invoice_id": number, "amount": amount} | values})


def test_a_create_answers_201_with_the_defaults_filled_in(api, draft):
    row = invoice(api, draft())
    assert (row["status"], row["date"], row["due_date"], row["due_days"]) == (
        "DRAFT",
        "2026-03-10",
        "2026-03-24",
        "14",
    )
    assert (row["number"], row["invoice_number"], row["open_amount"]) == ("", "RE1", "119")
    assert row["title"] == "Rechnung [Invoice.invoice_number]"
    assert row["address"] == "Muster AG"
    assert row["taxes"]["tax"]["amount"] == "19"


def test_two_drafts_show_the_same_provisional_number(api, draft):
    assert invoice(api, draft())["invoice_number"] == invoice(api, draft())["invoice_number"] == "RE1"


def test_items_are_appended_renumbered_and_added_up(api, draft):
    number = draft()
    line = {"invoice_id": number, "quantity": 1, "unit_price": 10, "tax_name": "MwSt", "tax_rate": 7}
    second = api.post("/invoice-items", json={"invoice-item": line})
    assert (second.status_code, second.json()["invoice-item"]["position"]) == (201, "2")
    row = invoice(api, number)
    assert (row["total_net"], row["total_gross"]) == ("110", "129.7")
    assert [tax["rate"] for tax in row["taxes"]["tax"]] == ["19", "7"]
    first = api.get(f"/invoice-items?invoice_id={number}").json()["invoice-items"]["invoice-item"][0]["id"]
    assert api.delete(f"/invoice-items/{first}").content == b""
    left = api.get(f"/invoice-items?invoice_id={number}").json()["invoice-items"]["invoice-item"]
    assert (left["position"], invoice(api, number)["total_gross"]) == ("1", "10.7")


def test_an_item_copies_its_article(empty, api, draft):
    article = next(iter(empty.tables["articles"].rows.values()))
    line = {"invoice_id": draft(), "article_id": str(article["id"]), "quantity": "2"}
    made = api.post("/invoice-items", json={"invoice-item": line}).json()["invoice-item"]
    assert (made["title"], made["unit"], made["unit_price"], made["total_net"]) == (
        "Beratung",
        "h",
        "95",
        "190",
    )


def test_a_reduction_is_a_share_or_an_amount(api, draft):
    number = draft(reduction="10%")
    row = invoice(api, number)
    assert (row["total_net"], row["total_gross"], row["total_net_unreduced"]) == ("90", "107.1", "100")
    row = api.put(f"/invoices/{number}", json={"invoice": {"reduction": 25}}).json()["invoice"]
    assert (row["total_net"], row["total_reduction"], row["reduction"]) == ("75", "25", "25")


def test_a_change_is_partial_and_read_only_fields_are_passed_over(api, draft):
    number = draft(label="alt")
    sent = {"note": "", "id": 5, "status": "PAID", "invoice_number": "X", "unknown": 1, "due_days": "30"}
    row = api.put(f"/invoices/{number}", json={"invoice": sent}).json()["invoice"]
    assert (row["id"], row["status"], row["invoice_number"], row["label"]) == (number, "DRAFT", "RE1", "alt")
    assert (row["note"], row["due_date"]) == ("", "2026-04-09")


def test_complete_fixes_the_number_and_fills_the_placeholders(empty, api, draft):
    number = draft()
    empty.clock.move(hours=1)
    answer = api.put(f"/invoices/{number}/complete", json={"complete": {}})
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "0")
    row = invoice(api, number)
    assert (row["status"], row["number"], row["invoice_number"]) == ("OPEN", "1", "RE1")
    assert (row["title"], row["note"]) == ("Rechnung RE1", "Bitte bis zum 24.03.2026 zahlen.")
    assert row["updated"] == "2026-03-10T11:00:00+01:00"
    assert keys(api, number) == ["CREATE", "STATUS"]


def test_a_second_complete_is_refused_in_the_recorded_words(api, draft):
    number = draft(complete=True)
    answer = api.put(f"/invoices/{number}/complete")
    assert answer.status_code == 400
    assert answer.json() == {"errors": {"error": "Only status DRAFT can be completed"}}


def test_complete_with_an_unknown_template_is_404(api, draft):
    answer = api.put(f"/invoices/{draft()}/complete", json={"complete": {"template_id": 99999}})
    assert answer.status_code == 404


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b'{"wrong": {}}', b'{"complete": {"template_id": ""}}'])
def test_complete_takes_any_body_without_a_template(api, draft, body):
    headers = {"Content-Type": "application/json"}
    assert api.put(f"/invoices/{draft()}/complete", content=body, headers=headers).status_code == 200


def test_a_late_invoice_is_completed_as_overdue(api, draft):
    number = draft(complete=True, date="2026-01-01")
    assert invoice(api, number)["status"] == "OVERDUE"


def test_an_open_invoice_falls_overdue_the_day_after_its_due_date(empty, api, draft):
    number = draft(complete=True)
    empty.clock.move(days=14)
    assert invoice(api, number)["status"] == "OPEN"
    empty.clock.move(days=1)
    row = invoice(api, number)
    assert (row["status"], row["updated"]) == ("OVERDUE", "2026-03-25T00:00:00+01:00")


def test_payments_lead_to_paid_and_a_deleted_one_back(api, draft):
    number = draft(complete=True)
    part = pay(api, number, 20, type="BANK_TRANSFER", date="2026-03-09")
    assert part.status_code == 201
    assert part.json()["invoice-payment"]["amount"] == "20"
    assert "updated" not in part.json()["invoice-payment"]
    row = invoice(api, number)
    assert (row["status"], row["paid_amount"], row["open_amount"]) == ("OPEN", "20", "99")
    last = pay(api, number, "99.00", mark_invoice_as_paid=1).json()["invoice-payment"]["id"]
    row = invoice(api, number)
    assert (row["status"], row["paid_amount"], row["open_amount"]) == ("PAID", "119", "0")
    assert api.delete(f"/invoice-payments/{last}").content == b""
    row = invoice(api, number)
    assert (row["status"], row["paid_amount"], row["open_amount"]) == ("OPEN", "20", "99")
    assert keys(api, number) == ["CREATE", "STATUS", "PAYMENT", "PAYMENT", "DELETE_PAYMENT"]


def test_a_discount_payment_leaves_nothing_open(api, draft):
    number = draft(complete=True, discount_rate=2)
    assert invoice(api, number)["discount_amount"] == "2.38"
    pay(api, number, "116.62", mark_invoice_as_paid=True)
    row = invoice(api, number)
    assert (row["status"], row["paid_amount"], row["open_amount"]) == ("PAID", "116.62", "0")


def test_a_full_payment_without_the_flag_pays_only_if_switched(empty, api, draft):
    first, second = draft(complete=True), draft(complete=True)
    pay(api, first, 119)
    empty.full_payment_pays = True
    pay(api, second, 119)
    assert [invoice(api, number)["status"] for number in (first, second)] == ["OPEN", "PAID"]


def test_moves_out_of_order_are_refused_with_the_code_that_is_set(empty, api, draft):
    unfinished, finished = draft(), draft(complete=True)
    for code in (400, 422):
        empty.illegal_code = code
        assert pay(api, unfinished, 1).status_code == code
        assert api.put(f"/invoices/{unfinished}/cancel").status_code == code
        assert api.put(f"/invoices/{finished}/uncancel").status_code == code
        assert api.put(f"/invoices/{finished}", json={"invoice": {"label": "x"}}).status_code == code
        assert api.delete(f"/invoices/{finished}").status_code == code


def test_cancel_and_uncancel(empty, api, draft):
    number = draft(complete=True)
    assert api.put(f"/invoices/{number}/cancel", json={}).content == b""
    assert invoice(api, number)["status"] == "CANCELED"
    empty.clock.move(days=30)
    assert api.put(f"/invoices/{number}/uncancel").status_code == 200
    assert invoice(api, number)["status"] == "OVERDUE"
    assert keys(api, number) == ["CREATE", "STATUS", "CANCEL", "STATUS"]


def test_a_draft_is_deleted_with_its_parts(empty, api, draft):
    number = draft()
    assert api.delete(f"/invoices/{number}").content == b""
    assert api.get(f"/invoices/{number}").json() == {"errors": {"error": "Row not found"}}
    assert not empty.tables["invoice-items"].rows
    assert not empty.tables["invoice-comments"].rows


def test_completed_documents_are_deleted_only_if_switched(empty, api, draft):
    empty.deletes_completed = True
    assert api.delete(f"/invoices/{draft(complete=True)}").status_code == 200


def test_comments_are_written_filtered_and_deleted(api, draft):
    number = draft()
    sent = {"invoice_id": number, "comment": "Abgelehnt", "public": "0", "actionkey": "COMMENT"}
    made = api.post("/invoice-comments", json={"invoice-comment": sent})
    assert (made.status_code, made.json()["invoice-comment"]["public"]) == (201, "0")
    found = api.get(f"/invoice-comments?invoice_id={number}&actionkey=COMMENT,PAYMENT").json()["invoice-comments"]
    assert found["invoice-comment"]["comment"] == "Abgelehnt"
    assert api.delete(f"/invoice-comments/{made.json()['invoice-comment']['id']}").status_code == 200
    assert api.post("/invoice-comments", json={"invoice-comment": {"invoice_id": number}}).status_code == 400


def test_the_language_of_a_comment_follows_the_request(api, draft):
    number = draft()
    api.put(f"/invoices/{number}/complete", headers={"Accept-Language": "en-gb"})
    held = api.get(f"/invoice-comments?invoice_id={number}").json()["invoice-comments"]["invoice-comment"]
    assert [row["comment"] for row in held] == ["Rechnung erstellt.", "Status changed to open."]


def test_the_pdf_comes_as_an_object_and_raw(api, draft):
    number = draft()
    assert api.get(f"/invoices/{number}/pdf").status_code == 404
    api.put(f"/invoices/{number}/complete")
    held = api.get(f"/invoices/{number}/pdf").json()["pdf"]
    content = base64.b64decode(held["base64file"])
    raw = api.get(f"/invoices/{number}/pdf?format=pdf")
    assert (held["filename"], held["filesize"]) == ("Rechnung RE1.pdf", str(len(content)))
    assert raw.headers["content-type"] == "application/pdf"
    assert raw.content == content
    assert content.startswith(b"%PDF-1.4")
    assert b"Rechnung RE1" in content
    assert b"119,00 EUR" in content


def test_a_pdf_knows_where_its_parts_begin(api, draft):
    content = api.get(f"/invoices/{draft(complete=True)}/pdf?format=pdf").content
    start = int(content.split(b"startxref\n")[1].split()[0])
    assert content[start : start + 4] == b"xref"
    for at, line in enumerate(content[start:].splitlines()[3:8], 1):
        assert content[int(line[:10]) :].startswith(b"%d 0 obj" % at)


def test_a_signature_is_kept_apart(api, draft):
    number = draft(complete=True)
    signed = base64.b64encode(b"%PDF signed").decode()
    assert api.get(f"/invoices/{number}/pdf?type=signed").status_code == 404
    assert api.put(f"/invoices/{number}/upload-signature", json={"signature": {"base64file": signed}}).content == b""
    assert api.get(f"/invoices/{number}/pdf?type=signed").json()["pdf"]["base64file"] == signed


def test_an_email_needs_a_recipient_but_no_good_address(empty, api, draft):
    number = draft(complete=True)
    assert api.post(f"/invoices/{number}/email", json={"email": {"recipients": {}}}).status_code == 400
    sent = {"recipients": {"to": ["a@example.org", "nonsense"], "cc": "c@example.org"}}
    assert api.post(f"/invoices/{number}/email", json={"email": sent}).content == b""
    assert empty.emails[0]["recipients"] == ["a@example.org", "nonsense", "c@example.org"]
    assert keys(api, number)[-1] == "MAIL"


def test_a_credit_note_is_linked_and_set_off(api, draft):
    number = draft(complete=True)
    client = invoice(api, number)["client_id"]
    line = {"quantity": 1, "unit_price": 50, "tax_name": "MwSt", "tax_rate": 19}
    sent = {"client_id": client, "invoice_id": number, "credit-note-items": {"credit-note-item": line}}
    made = api.post("/credit-notes", json={"credit-note": sent}).json()["credit-note"]
    assert (made["status"], made["total_gross"], made["invoice_id"]) == ("DRAFT", "59.5", number)
    assert "due_date" not in made
    assert api.put(f"/credit-notes/{made['id']}/complete").status_code == 200
    payment = {
        "credit_note_id": made["id"],
        "amount": 59.5,
        "type": "CREDIT_NOTE",
        "mark_credit_note_as_paid": 1,
    }
    assert api.post("/credit-note-payments", json={"credit-note-payment": payment}).status_code == 201
    pay(api, number, "59.5", type="CREDIT_NOTE")
    row = api.get(f"/credit-notes/{made['id']}").json()["credit-note"]
    assert (row["status"], row["credit_note_number"], row["open_amount"]) == ("PAID", "GS1", "0")
    assert invoice(api, number)["open_amount"] == "59.5"
    assert "CREATE_CREDIT_NOTE" in keys(api, number)
    comments = api.get(f"/credit-note-comments?credit_note_id={made['id']}").json()["credit-note-comments"]
    assert [one["actionkey"] for one in comments["credit-note-comment"]] == [
        "CREATE_FROM_INVOICE",
        "STATUS",
        "PAYMENT",
    ]


def test_reminders_climb_and_are_paid_with_their_invoice(empty, api, draft):
    number = draft(complete=True)
    sent = {"reminder": {"invoice_id": number}}
    assert api.post("/reminders", json=sent).status_code == 400
    empty.clock.move(days=20)
    made = [api.post("/reminders", json=sent).json()["reminder"] for _ in range(3)]
    assert [row["reminder_level"] for row in made] == ["1", "2", "3"]
    assert [row["total_gross"] for row in made] == ["119", "124", "129"]
    for row in made:
        api.put(f"/reminders/{row['id']}/complete")
    pay(api, number, 119, mark_invoice_as_paid=1)
    held = api.get("/reminders?invoice_number=re1").json()["reminders"]["reminder"]
    assert [(row["status"], row["is_old"]) for row in held] == [("PAID", "1"), ("PAID", "1"), ("PAID", "0")]


def test_a_number_of_ones_own_is_padded_and_taken_once(api, draft):
    number = draft(complete=True, number_pre="KD", number=8, number_length=5)
    assert invoice(api, number)["invoice_number"] == "KD00008"
    assert invoice(api, draft())["invoice_number"] == "RE9"
    client = invoice(api, number)["client_id"]
    again = {"client_id": client, "number_pre": "KD", "number": 8}
    assert api.post("/invoices", json={"invoice": again}).status_code == 400


def test_hands_make_any_state_and_change_what_the_api_would_not(empty, api):
    for status in ("DRAFT", "OPEN", "OVERDUE", "PAID", "CANCELED"):
        assert empty.add_invoice(status=status)["status"] == status
    row = empty.add_invoice(status="OPEN")
    empty.clock.move(minutes=5)
    empty.change(row["id"], label="neu", total_gross="7")
    read = invoice(api, row["id"])
    assert (read["label"], read["total_gross"]) == ("neu", "7")
    assert row["updated"] - row["created"] == timedelta(minutes=5)
    empty.remove(row["id"])
    with pytest.raises(KeyError):
        empty.find(row["id"])
