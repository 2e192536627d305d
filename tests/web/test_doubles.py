"""A possible duplicate is not approved at the first click: wherever somebody approves, they are told first."""

import pytest
from django.core.management import call_command

from arapp.approvals.models import ApprovalState, Decision
from arapp.approvals.refusals import Doubled
from arapp.outbox.models import Intent
from arapp.people.models import Role
from arapp.receivables.models import Invoice
from tests.conftest import make_invoice, make_source, make_user

AGAIN = "Approve all the same"
WARNED = "Possible duplicate of RE-77 at Nord (open, 119.00 EUR)"


@pytest.fixture
def double(db) -> Invoice:
    """It waits in one source, and the same is open in another."""
    make_invoice(make_source("Nord"), number="RE-77", state="open", service_decision="approved")
    return make_invoice(make_source("Süd"), number="RE-77")


def state(invoice: Invoice) -> str:
    invoice.approval.refresh_from_db()
    return invoice.approval.state


def approve(client, invoice, duplicate="", **headers):
    data = {"digest": invoice.digest} | ({"duplicate": duplicate} if duplicate else {})
    return client.post(f"/invoices/{invoice.pk}/approve/", data, headers=headers)


def test_the_approval_itself_refuses_until_it_has_been_said(double, person):
    with pytest.raises(Doubled, match="Possible duplicate of RE-77 at Nord"):
        double.approval.approve(person, double.digest)
    assert state(double) == ApprovalState.WAITING
    assert not Intent.objects.exists()
    assert not Decision.objects.filter(person=person).exists()
    double.approval.approve(person, double.digest, double_seen=True)
    assert state(double) == ApprovalState.APPROVED


def test_what_stands_against_it_anyway_is_said_first(double, person):
    with pytest.raises(Exception, match="The invoice changed"):
        double.approval.approve(person, "0" * 64)


def test_rejecting_and_reopening_ask_nothing_more(double, person):
    double.approval.reject(person, double.digest, "It is there twice.")
    double.approval.reopen(person, double.digest)
    assert state(double) == ApprovalState.WAITING


def test_the_page_warns_and_asks_once_more(double, signed_in):
    client = signed_in()
    page = client.get(f"/invoices/{double.pk}/").content.decode()
    assert "RE-77 at Nord (open, 119.00 EUR)</a>" in page
    assert AGAIN not in page
    asked = approve(client, double)
    assert (asked.status_code, state(double)) == (409, "waiting")
    assert WARNED in asked.content.decode()
    assert AGAIN in asked.content.decode()
    assert approve(client, double, "seen").status_code == 302
    assert state(double) == ApprovalState.APPROVED


def test_the_row_comes_back_with_a_button_that_approves_all_the_same(double, signed_in):
    client = signed_in()
    asked = approve(client, double, HX_Request="true", HX_Target=f"row-{double.pk}")
    html = asked.content.decode()
    assert (asked.status_code, state(double)) == (409, "waiting")
    assert f'formaction="/invoices/{double.pk}/approve/?duplicate=seen"' in html
    assert AGAIN in html
    client.post(f"/invoices/{double.pk}/approve/?duplicate=seen", {"digest": double.digest})
    assert state(double) == ApprovalState.APPROVED


def test_the_list_marks_it_and_its_button_asks_first(double, signed_in):
    html = signed_in().get("/invoices/").content.decode()
    assert "duplicate=seen" not in html


def test_a_bulk_decision_without_a_summary_refuses_it(double, signed_in):
    client, other = signed_in(), make_invoice(double.source)
    data = {"action": "approve", "ids": [f"{one.pk}:{one.digest}" for one in (double, other)]}
    assert WARNED in client.post("/invoices/decide/", data).content.decode()
    assert (state(double), state(other)) == ("waiting", "approved")


def test_the_summary_of_a_bulk_decision_carries_that_it_was_said(double, signed_in):
    client = signed_in()
    data = {"action": "approve", "ids": [f"{double.pk}:{double.digest}"]}
    summary = client.post("/invoices/decide/", data | {"summary": "1"}).content.decode()
    assert 'name="duplicate" value="seen"' in summary
    client.post("/invoices/decide/", data | {"duplicate": "seen"})
    assert state(double) == ApprovalState.APPROVED


def test_the_admin_site_says_so_and_takes_what_was_said(double, client):
    client.force_login(make_user(role=Role.ADMINISTRATOR))
    chosen = {"action": "approve_chosen", "_selected_action": [double.pk]}
    page = client.post("/admin/approvals/approval/", chosen).content.decode()
    assert WARNED in page
    rows = {"rows": [f"{double.pk}:{double.digest}"], "note": ""}
    client.post("/admin/approvals/approval/", chosen | rows)
    assert state(double) == ApprovalState.WAITING
    client.post("/admin/approvals/approval/", chosen | rows | {"doubles": [str(double.pk)]})
    assert state(double) == ApprovalState.APPROVED


def test_the_dialog_of_a_service_that_sends_it_names_the_duplicate(db, signed_in):
    make_invoice(make_source("Nord"), number="RE-77", state="open", service_decision="approved")
    sent = make_invoice(make_source("Ost", "billogram"), number="RE-77", service_state="Unattested")
    client = signed_in()
    data = {"digest": sent.digest, "token": "d-1", "method": "Email"}
    asked = client.post(f"/invoices/{sent.pk}/act/invoice.send/", data).content.decode()
    assert WARNED in asked
    assert state(sent) == "waiting"


def test_an_action_that_asks_nothing_otherwise_asks_of_a_duplicate(double, signed_in):
    asked = signed_in().post(f"/invoices/{double.pk}/act/invoice.approve/", {"digest": double.digest, "token": "d-1"})
    assert WARNED in asked.content.decode()
    assert state(double) == "waiting"


def test_the_command_line_says_so_on_its_error_stream(double, monkeypatch, capsys):
    monkeypatch.setattr("arapp.actions.running.read_now", lambda invoice: "")
    monkeypatch.setattr("arapp.actions.carrying.carry_out", lambda intent, patience: intent)
    make_user("anna")
    with pytest.raises(SystemExit):
        call_command("act", "invoice.approve", "Süd", double.external_id, "--as", "anna")
    assert state(double) == ApprovalState.APPROVED
    assert WARNED in capsys.readouterr().err
