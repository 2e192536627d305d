"""Approve, reject and reopen from the pages: rows, documents, redirects, and every refusal."""

from decimal import Decimal

import pytest
from django.urls import reverse

from arapp.approvals.models import Decision
from arapp.people.models import User
from arapp.receivables.records import LineRecord, NamedRecord
from arapp.upstreams.models import Worker
from tests.conftest import make_invoice, make_source, make_user

HTMX = {"HX-Request": "true"}
ACTIONS = ("approve", "reject", "reopen")


def text(response):
    return response.content.decode()


def path(action, invoice):
    return reverse(f"invoice_{action}", args=[invoice.pk])


def in_row(invoice):
    return HTMX | {"HX-Target": f"row-{invoice.pk}"}


def form(invoice, **fields):
    return {"digest": invoice.digest, **fields}


def test_an_approval_is_stored_with_its_person_and_leads_back_to_the_invoice(signed_in, invoice):
    response = signed_in().post(path("approve", invoice), form(invoice))
    assert response.status_code == 302
    assert response.headers["Location"] == f"/invoices/{invoice.pk}/"
    invoice.approval.refresh_from_db()
    assert (invoice.approval.state, invoice.intents.get().kind) == ("approved", "complete")


def test_the_page_one_came_from_is_kept_but_no_foreign_one(signed_in, source):
    one, two = make_invoice(source), make_invoice(source)
    client = signed_in()
    back = client.post(path("approve", one), form(one, next="/invoices/?state=draft"))
    assert back.headers["Location"] == "/invoices/?state=draft"
    away = client.post(path("approve", two), form(two, next="https://evil.example/"))
    assert away.headers["Location"] == f"/invoices/{two.pk}/"


def test_from_the_list_the_fresh_row_comes_back_with_the_new_count(signed_in, invoice):
    Worker.objects.create(name="w")
    response = signed_in().post(path("approve", invoice), form(invoice), headers=in_row(invoice))
    page = text(response)
    assert response.status_code == 200
    assert page.startswith(f'<tr id="row-{invoice.pk}"')
    assert "On its way to Billomat" in page
    assert "Withdraw" in page
    assert 'id="waiting" hx-swap-oob' in page
    assert "Nothing waits" in page
    assert "<html" not in page


def test_from_the_page_the_fresh_document_comes_back(signed_in, invoice):
    page = text(signed_in().post(path("approve", invoice), form(invoice), headers=HTMX))
    assert page.lstrip().startswith('<article id="document"')
    assert "Withdraw" in page


def test_a_withdrawn_approval_waits_again_and_tells_nobody(signed_in, invoice):
    client = signed_in()
    client.post(path("approve", invoice), form(invoice))
    page = text(client.post(path("reopen", invoice), form(invoice), headers=in_row(invoice)))
    assert "Waiting" in page
    assert "On its way" not in page
    assert [intent.state for intent in invoice.intents.all()] == ["superseded"]


def test_a_rejection_without_a_note_is_422_and_changes_nothing(signed_in, invoice):
    response = signed_in().post(path("reject", invoice), form(invoice))
    assert response.status_code == 422
    assert "needs a note" in text(response)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX, HTMX | {"HX-Target": "row-1"}], ids=["page", "document", "row"])
def test_a_note_that_is_too_long_is_422_and_keeps_what_was_typed(headers, signed_in, invoice):
    note = "why? " * 500
    response = signed_in().post(path("reject", invoice), form(invoice, note=note), headers=headers)
    assert response.status_code == 422
    assert "at most 2000 fit" in text(response)
    assert note in text(response)
    assert not Decision.objects.exists()


def test_who_comes_second_is_told_who_was_first(signed_in, invoice):
    invoice.approval.approve(make_user(first_name="Petra"), invoice.digest)
    client = signed_in()
    for headers in ({}, HTMX, in_row(invoice)):
        response = client.post(path("reject", invoice), form(invoice, note="no"), headers=headers)
        assert response.status_code == 409
        assert "Petra was first: approved on" in text(response)
        assert "Withdraw" in text(response)
    assert Decision.objects.count() == 1


def changed(source):
    """An invoice of 119.00 that a person saw, and that is now 238.00."""
    seen = make_invoice(source, external_id="s1")
    line = LineRecord(position=1, title="Travel", quantity=Decimal(1), unit_price=Decimal(200), vat_rate=Decimal(19))
    now = make_invoice(source, external_id="s1", net="200", vat="38", gross="238", open="238", lines=(line,))
    return seen.digest, now


@pytest.mark.parametrize("as_row", [True, False])
def test_a_stale_decision_is_409_with_old_and_new_side_by_side(as_row, signed_in, source):
    digest, invoice = changed(source)
    headers = in_row(invoice) if as_row else {}
    response = signed_in().post(path("approve", invoice), {"digest": digest}, headers=headers)
    page = text(response)
    assert response.status_code == 409
    assert "changed after you opened it" in page
    assert "119.00 EUR</del>" in page
    assert "238.00 EUR</ins>" in page
    assert "Consulting" in page
    assert "Travel" in page
    assert invoice.digest in page
    assert not Decision.objects.exists()


@pytest.mark.parametrize("digest", ["", "00", "x" * 5_000, "\x00", "ü'\";--"])
@pytest.mark.parametrize("action", ACTIONS[:2])
def test_a_digest_that_never_was_is_refused_and_breaks_nothing(digest, action, signed_in, invoice):
    response = signed_in().post(path(action, invoice), {"digest": digest, "note": "why"})
    assert response.status_code == 409
    assert not Decision.objects.exists()


def test_nobody_approves_what_they_created(signed_in, source):
    client = signed_in()
    me = User.objects.get(pk=client.session["_auth_user_id"])
    invoice = make_invoice(source, owner=NamedRecord(external_id="o", name="Me", email=me.email))
    response = client.post(path("approve", invoice), form(invoice), headers=in_row(invoice))
    assert response.status_code == 403
    assert "somebody else has to do this" in text(response)


def test_what_the_service_would_refuse_is_said_on_the_button_and_refused(signed_in):
    invoice = make_invoice(make_source(service="billogram"), service_state="Unattested", receiver_email="")
    client = signed_in()
    assert "has no e-mail address at Billogram" in text(client.get(f"/invoices/{invoice.pk}/"))
    assert client.post(path("approve", invoice), form(invoice)).status_code == 409


@pytest.mark.parametrize("action", ACTIONS)
def test_a_decision_is_only_posted(action, signed_in, invoice):
    assert signed_in().get(path(action, invoice)).status_code == 405


@pytest.mark.parametrize("action", ACTIONS)
def test_who_is_not_signed_in_decides_nothing(action, client, invoice):
    response = client.post(path(action, invoice), form(invoice, note="x"))
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")
    assert not Decision.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "clerk"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
def test_a_role_that_may_not_decide_is_told_which_may(role, headers, signed_in, invoice):
    response = signed_in(role).post(path("approve", invoice), form(invoice), headers=headers)
    assert response.status_code == 403
    assert "Approver, Controller or Administrator" in text(response)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("pk", [0, 999, 10**25])
def test_an_invoice_that_is_not_there_is_not_found(pk, signed_in):
    assert signed_in().post(f"/invoices/{pk}/approve/", {"digest": ""}).status_code == 404
