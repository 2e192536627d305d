"""What goes out of the account: e-mails with their defaults, letters, versions of the PDF, reminders and bounces."""

import base64

import pytest

FILE = {"filename": "terms.pdf", "mimetype": "application/pdf", "base64file": base64.b64encode(b"%PDF").decode()}


def email(**values: object) -> dict[str, object]:
    return {"email": {"recipients": {"to": "a@example.org"}} | values}


def test_what_an_email_does_not_say_comes_from_template_and_settings(empty, api, draft):
    number = draft(complete=True)
    template = next(iter(empty.tables["email-templates"].rows))
    assert api.post(f"/invoices/{number}/email", json=email(email_template_id=template)).status_code == 200
    sent = empty.emails[0]["message"]
    assert (sent["subject"], sent["from"]) == ("Ihre Rechnung", "buero@example.org")
    assert (sent["filename"], sent["attachments"]) == (f"invoice_{number}", [])


@pytest.mark.parametrize("many", [False, True])
def test_attachments_are_one_or_a_list(empty, api, draft, many):
    sent = email(subject="Ours", attachments={"attachment": [FILE, FILE] if many else FILE})
    assert api.post(f"/invoices/{draft(complete=True)}/email", json=sent).status_code == 200
    message = empty.emails[0]["message"]
    assert message["subject"] == "Ours"
    assert [file["content"] for file in message["attachments"]] == [b"%PDF"] * (2 if many else 1)


@pytest.mark.parametrize(
    "wrong",
    [{"email_template_id": 4711}, {"attachments": {"attachment": {"filename": "a.pdf", "base64file": "no base64"}}}],
)
def test_an_email_with_something_wrong_in_it_is_not_sent(empty, api, draft, wrong):
    number = draft(complete=True)
    assert api.post(f"/invoices/{number}/email", json=email(**wrong)).status_code == 400
    assert empty.emails == []


def test_a_letter_has_billomats_defaults(empty, api, draft):
    number = draft(complete=True)
    assert api.post(f"/invoices/{number}/mail", json={"mail": {}}).content == b""
    wish = {"color": 1, "duplex": 0, "paper_weight": "80", "attachments": {"attachment": FILE}}
    assert api.post(f"/invoices/{number}/mail", json={"mail": wish}).content == b""
    plain, printed = empty.letters
    assert (plain["color"], plain["duplex"], plain["paper_weight"], plain["attachments"]) == (False, True, 90, [])
    assert (printed["color"], printed["duplex"], printed["paper_weight"]) == (True, False, 80)
    assert [file["filename"] for file in printed["attachments"]] == ["terms.pdf"]


@pytest.mark.parametrize("wrong", [{"paper_weight": 100}, {"color": "blue"}])
def test_a_letter_on_paper_that_there_is_not_is_refused(empty, api, draft, wrong):
    number = draft(complete=True)
    assert api.post(f"/invoices/{number}/mail", json={"mail": wrong}).status_code == 400
    assert empty.letters == []


def test_the_print_version_has_no_letterhead_and_can_be_switched_off(empty, api, draft):
    number = draft(complete=True)
    plain, bare = (api.get(f"/invoices/{number}/pdf?format=pdf{more}").content for more in ("", "&type=print"))
    assert (b"(demodesk)" in plain, b"(demodesk)" in bare) == (True, False)
    empty.settings["print_version"] = False
    assert api.get(f"/invoices/{number}/pdf?type=print").status_code == 404


def test_what_becomes_of_a_reminder_is_told_on_its_invoice(empty, api, draft):
    number = draft(complete=True, date="2026-01-01", due_days=14)
    keep, drop = (empty.add_reminder(int(number)) for _ in range(2))
    for action in ("complete", "cancel", "uncancel"):
        assert api.put(f"/reminders/{keep['id']}/{action}").status_code == 200
    assert api.post(f"/reminders/{keep['id']}/email", json=email()).status_code == 200
    assert api.delete(f"/reminders/{drop['id']}").status_code == 200
    empty.bounce(keep["id"], resource="reminders")
    held = api.get(f"/invoice-comments?invoice_id={number}").json()["invoice-comments"]["invoice-comment"]
    told = [row["actionkey"].removeprefix("REMINDER_") for row in held if row["actionkey"].startswith("REMINDER_")]
    assert told == ["CREATE", "CREATE", "STATUS", "CANCEL", "STATUS", "MAIL", "DELETE", "ERROR_MAIL"]


def test_an_invoice_whose_email_bounced_says_so(empty, api, draft):
    number = draft(complete=True)
    empty.bounce(number)
    held = api.get(f"/invoice-comments?invoice_id={number}&actionkey=ERROR_MAIL").json()["invoice-comments"]
    assert "nobody@example.org" in held["invoice-comment"]["comment"]


def test_reminders_are_found_by_a_key_of_ones_own(empty, api, draft):
    number = draft(complete=True, date="2026-01-01", due_days=14)
    sent = {"reminder": {"invoice_id": number, "customfield": "desk-7"}}
    made = api.post("/reminders", json=sent).json()["reminder"]
    assert api.get("/reminders?customfield=desk-7").json()["reminders"]["reminder"]["id"] == made["id"]
    assert "reminder" not in api.get("/reminders?customfield=desk-8").json()["reminders"]
