"""One action on an invoice, from its menu: the form, what it will do, and every way it is refused."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from arapp.documents.models import StoredFile
from arapp.kept import keeping
from arapp.outbox.models import Intent, IntentState
from arapp.people.models import Role, User
from arapp.receivables import references
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money
from arapp.receivables.records import LineRecord, MovementRecord
from arapp.upstreams.models import Worker
from tests.conftest import make_invoice, make_source, make_user

HTMX = {"HX-Request": "true"}

ONE, OTHER = references.drawn(), references.drawn()
"""What two forms carry."""


def text(response):
    return response.content.decode()


def path(invoice, name):
    return reverse("act", args=[invoice.pk, name])


def form(invoice, **fields):
    return {"digest": invoice.digest, "token": ONE, **fields}


def confirm(client, invoice, name, headers=None, **fields):
    """Send the form, and the question that follows, as a browser does."""
    asked = client.post(path(invoice, name), form(invoice, **fields), headers=headers)
    return client.post(path(invoice, name), confirmed(invoice, asked, **fields), headers=headers)


def confirmed(invoice, asked, **fields):
    effect = re.search(r'name="confirmed" value="([^"]*)"', text(asked))
    return form(invoice, **fields) | ({"confirmed": unescape(effect[1])} if effect else {})


def issued(service="billogram", **fields):
    words = {"billogram": "Unpaid", "billomat": "OPEN", "billover": "processed"}
    decided = {"state": "open", "service_state": words[service], "service_decision": "approved", "number": "RE1"}
    return make_invoice(make_source(service=service), **(decided | fields))


@pytest.fixture
def owed(db):
    Worker.objects.create(name="w")
    return issued()


# The menu


def test_the_menu_offers_everything_of_the_service_and_grey_ones_say_why(signed_in, owed):
    page = text(signed_in().get(f"/invoices/{owed.pk}/")).split('class="menu end offers"')[1].split("</details>")[0]
    assert f'href="{path(owed, "payment.create")}"' in page
    assert re.search(r"Delete the draft<small>This is possible as long as it is a draft\.", page)
    assert re.search(r"End the respite<small>It has no respite\.", page)
    assert "Send by post" not in page, "Billogram has no such thing"


def test_a_clerk_gets_the_menu_with_what_takes_another_role_in_grey(signed_in, owed):
    page = text(signed_in("clerk").get(f"/invoices/{owed.pk}/"))
    assert f'href="{path(owed, "payment.create")}"' in page
    assert f'href="{path(owed, "invoice.credit")}"' not in page
    assert "it takes the role Approver, Controller or Administrator" in page
    assert "Deciding needs another role" in page


def test_a_viewer_gets_no_menu(signed_in, owed):
    assert "offers" not in text(signed_in("viewer").get(f"/invoices/{owed.pk}/"))


# The form


def test_the_form_is_a_page_with_one_sentence_of_effect_and_what_is_known(signed_in, owed):
    page = text(signed_in().get(path(owed, "payment.create")))
    assert "<html" in page
    assert "Tells Billogram that a payment has come in; nothing is sent to the customer." in page
    assert 'name="amount" value="119.00"' in page
    assert f'name="digest" value="{owed.digest}"' in page


def test_for_htmx_it_is_a_dialog(signed_in, owed):
    part = text(signed_in().get(path(owed, "payment.create"), headers=HTMX))
    assert part.lstrip().startswith("<dialog")
    assert 'hx-target="#act"' in part
    assert "<html" not in part


def test_what_cannot_be_done_now_says_why_and_has_no_form(signed_in, owed):
    page = text(signed_in().get(path(owed, "invoice.delete")))
    assert "This is possible as long as it is a draft." in page
    assert "confirmed" not in page
    assert 'name="token"' not in page


@pytest.mark.parametrize(
    "name", ["invoice.update", "invoice.create", "invoice.pdf", "customer.update", "nonsense", "x" * 300]
)
def test_what_has_no_form_here_is_not_found(name, signed_in, owed):
    client = signed_in()
    assert client.get(path(owed, name)).status_code == 404
    assert client.post(path(owed, name), form(owed)).status_code == 404


def test_an_invoice_that_is_not_there_is_not_found(signed_in):
    assert signed_in().get("/invoices/99/act/payment.create/").status_code == 404


# Stored


def test_what_cannot_be_undone_is_asked_once_more_with_effect_receiver_and_amount(signed_in, owed):
    response = signed_in().post(path(owed, "payment.create"), form(owed, amount="25"))
    page = text(response)
    assert response.status_code == 200
    assert "Records a payment of 25.00 EUR on RE1 at Billogram." in page
    assert 'name="confirmed"' in page
    assert ">Record a payment</button>" in page
    assert 'name="amount" value="25"' in page
    assert not Intent.objects.exists()


def test_confirmed_it_is_stored_and_leads_back_to_the_invoice(signed_in, owed):
    client = signed_in()
    response = confirm(client, owed, "payment.create", amount="25")
    assert response.headers["Location"] == f"/invoices/{owed.pk}/"
    intent = Intent.objects.get()
    me = User.objects.get(pk=client.session["_auth_user_id"])
    assert (intent.kind, intent.data, intent.person, intent.invoice) == (
        "payment.create",
        {"amount": "25.00"},
        me,
        owed,
    )
    assert (intent.reference, intent.digest, intent.state) == (ONE, owed.digest, "pending")
    page = text(client.get(f"/invoices/{owed.pk}/"))
    assert "RE1: Payment of 25.00 EUR · On its way to Billogram" in page


def test_what_would_do_something_else_by_now_is_asked_anew(signed_in, owed):
    client = signed_in()
    asked = client.post(path(owed, "invoice.credit"), form(owed, mode="remaining"))
    assert "Credits 119.00 EUR of RE1" in text(asked)
    fields = {"state": "open", "service_state": "Unpaid", "service_decision": "approved", "number": "RE1"}
    paid = make_invoice(owed.source, external_id=owed.external_id, open="19", paid="100", **fields)
    assert paid.digest == owed.digest, "what is paid is no substance"
    again = client.post(path(owed, "invoice.credit"), confirmed(owed, asked, mode="remaining"))
    assert "Credits 19.00 EUR of RE1" in text(again)
    assert not Intent.objects.exists()
    client.post(path(owed, "invoice.credit"), confirmed(owed, again, mode="remaining"))
    assert Intent.objects.count() == 1


def test_what_can_be_undone_is_not_asked_twice(signed_in, owed):
    signed_in().post(path(owed, "invoice.respite"), form(owed, date="2099-01-01"))
    assert Intent.objects.get().data == {"date": "2099-01-01"}


def test_with_htmx_the_fresh_document_takes_the_place_of_the_old_one(signed_in, owed):
    response = confirm(signed_in(), owed, "payment.create", amount="25", headers=HTMX)
    assert (response.headers["HX-Retarget"], response.headers["HX-Reswap"]) == ("#document", "outerHTML")
    page = text(response)
    assert page.lstrip().startswith('<article id="document"')
    assert "Payment of 25.00 EUR" in page.split("What happened")[0]
    assert 'hx-swap-oob="beforeend"' in page


def test_the_page_one_came_from_is_kept_but_no_foreign_one(signed_in, owed):
    client = signed_in()
    to = {"body": "Paid?", "next": "/invoices/?state=open"}
    assert client.post(path(owed, "invoice.comment"), form(owed, **to)).headers["Location"] == "/invoices/?state=open"
    away = client.post(path(owed, "invoice.comment"), form(owed, body="x", token=OTHER, next="//evil.example/"))
    assert away.headers["Location"] == f"/invoices/{owed.pk}/"


def test_sent_twice_it_is_stored_once(signed_in, owed):
    client = signed_in()
    for _time in range(2):
        assert confirm(client, owed, "payment.create", amount="25").status_code == 302
    assert Intent.objects.count() == 1


def test_the_same_form_with_another_amount_is_not_taken_for_the_first(signed_in, owed):
    client = signed_in()
    confirm(client, owed, "payment.create", amount="25")
    response = confirm(client, owed, "payment.create", amount="30")
    assert response.status_code == 409
    assert "sent already, with other values" in text(response)
    assert Intent.objects.get().data == {"amount": "25.00"}


def test_a_form_of_one_invoice_is_not_taken_for_one_of_another(signed_in, owed):
    other = make_invoice(owed.source, state="open", service_state="Unpaid", service_decision="approved")
    client = signed_in()
    confirm(client, owed, "payment.create", amount="25")
    assert confirm(client, other, "payment.create", amount="25").status_code == 409


def test_the_same_again_in_a_fresh_form_is_refused_while_the_first_is_on_its_way(signed_in, owed):
    client = signed_in()
    confirm(client, owed, "payment.create", amount="25")
    again = confirm(client, owed, "payment.create", amount="25", token=OTHER)
    assert again.status_code == 409
    assert "on its way already" in text(again)


def test_changing_something_after_all_brings_the_form_back_as_it_was(signed_in, owed):
    page = text(signed_in().post(path(owed, "payment.create"), form(owed, amount="25", change="1")))
    assert 'id="id_amount"' in page
    assert 'value="25"' in page
    assert not Intent.objects.exists()


# Refused


def test_a_mistake_is_422_with_the_sentence_beside_its_field_and_nothing_lost(signed_in):
    invoice = issued("billomat")
    wrong = form(invoice, to="a@example.org, nobody", subject="Your invoice", body="Dear…")
    response = signed_in().post(path(invoice, "invoice.email"), wrong)
    page = text(response)
    assert response.status_code == 422
    field = page.split('for="id_to"')[1].split('for="id_cc"')[0]
    assert "“nobody” is not an e-mail address." in field
    assert "a@example.org, nobody" in field
    assert 'value="Your invoice"' in page
    assert "Dear…</textarea>" in page


@pytest.mark.parametrize("digest", ["", "00", "\x00ü"])
def test_a_form_whose_invoice_was_never_so_is_409(digest, signed_in, owed):
    response = confirm(signed_in(), owed, "payment.create", amount="5", digest=digest)
    assert response.status_code == 409
    assert not Intent.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "dialog"])
def test_a_form_of_an_invoice_that_changed_is_409_field_by_field_and_can_be_sent_again(headers, signed_in, owed):
    seen = owed.digest
    fields = {"state": "open", "service_state": "Unpaid", "service_decision": "approved", "number": "RE1"}
    now = make_invoice(owed.source, external_id=owed.external_id, gross="238", open="238", **fields)
    client = signed_in()
    response = confirm(client, owed, "payment.create", headers, amount="5", digest=seen)
    page = text(response)
    assert response.status_code == 409
    assert "119.00 EUR</del>" in page
    assert "238.00 EUR</ins>" in page
    assert 'value="5"' in page
    assert f'name="digest" value="{now.digest}"' in page
    assert not Intent.objects.exists()
    assert confirm(client, now, "payment.create", amount="5").status_code == 302


def test_a_role_that_may_not_do_it_is_told_which_may(signed_in, owed):
    for role, name in ((Role.VIEWER, "payment.create"), (Role.CLERK, "invoice.credit")):
        response = confirm(signed_in(role), owed, name, amount="5", mode="full")
        assert response.status_code == 403
        assert "Your role may not do this; it takes the role" in text(response)
    assert not Intent.objects.exists()


def test_what_the_state_forbids_is_409(signed_in, owed):
    response = confirm(signed_in(), owed, "invoice.delete")
    assert response.status_code == 409
    assert "This is possible as long as it is a draft." in text(response)


def test_what_another_service_has_is_refused(signed_in, owed):
    response = confirm(signed_in(), owed, "invoice.email", to="a@example.org")
    assert response.status_code == 403
    assert "not possible at Billogram" in text(response)


def test_who_is_not_signed_in_does_nothing(client, owed):
    response = confirm(client, owed, "payment.create", amount="5")
    assert response.headers["Location"].startswith("/accounts/login/")
    assert not Intent.objects.exists()


def test_other_methods_are_not_allowed(signed_in, owed):
    assert signed_in().put(path(owed, "payment.create")).status_code == 405


# Particular forms


def test_a_credit_of_chosen_lines_takes_those_with_a_quantity_and_blames_the_right_one(signed_in):

    two = [
        LineRecord(position=n, title=f"Line {n}", quantity=Decimal(2), unit_price=Decimal(5), vat_rate=Decimal(19))
        for n in (1, 2)
    ]
    invoice = issued(lines=tuple(two))
    client, rows = signed_in(), {"lines.0.position": "1", "lines.1.position": "2"}
    assert "Line 2" in text(client.get(path(invoice, "invoice.credit")))
    much = client.post(
        path(invoice, "invoice.credit"), form(invoice, mode="items", **rows, **{"lines.1.quantity": "9"})
    )
    assert much.status_code == 422
    assert "The line has 2 of it." in text(much).split("Line 2")[1]
    confirm(client, invoice, "invoice.credit", mode="items", **rows, **{"lines.1.quantity": "1"})
    assert Intent.objects.get().data == {"mode": "items", "lines": [{"position": 2, "quantity": "1"}]}


@pytest.fixture
def of_two_lines(db):
    return issued(lines=two_lines())


def two_lines():
    facts = {"quantity": Decimal(2), "unit_price": Decimal(5), "vat_rate": Decimal(19)}
    return tuple(LineRecord(position=n, title=f"Line {n}", **facts) for n in (1, 2))


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "dialog"])
def test_a_credit_form_with_a_line_that_is_gone_is_409_with_the_difference(headers, signed_in, of_two_lines):
    fields = {"state": "open", "service_state": "Unpaid", "service_decision": "approved", "number": "RE1"}
    make_invoice(of_two_lines.source, external_id=of_two_lines.external_id, lines=two_lines()[:1], **fields)
    rows = {"lines.0.position": "1", "lines.1.position": "2", "lines.1.quantity": "1"}
    sent = form(of_two_lines, mode="remaining", **rows)
    response = signed_in().post(path(of_two_lines, "invoice.credit"), sent, headers=headers)
    page = text(response)
    assert response.status_code == 409
    assert "Line 2" in page.split('class="diff"')[1].split("</dl>")[0]
    assert "The invoice has no line 2 any more." in page
    assert 'name="lines.1.quantity" value="1"' in page


@pytest.mark.parametrize("position", ["77", "x", ""])
def test_a_credit_of_a_line_that_never_was_is_422_beside_it(position, signed_in, of_two_lines):
    rows = {"lines.0.position": position, "lines.0.quantity": "1"}
    response = signed_in().post(path(of_two_lines, "invoice.credit"), form(of_two_lines, mode="items", **rows))
    assert response.status_code == 422
    assert 'class="error"' in text(response).split('class="of-lines"')[1].split("</ul>")[0]
    assert not Intent.objects.exists()


def test_the_address_fills_in_single_values_alone(signed_in, of_two_lines):
    page = text(signed_in().get(path(of_two_lines, "invoice.credit"), {"lines": "1", "mode": "full", "x": "1"}))
    assert "Line 2" in page
    assert '<option value="full" selected>' in page


def test_the_address_names_whom_an_invoice_is_mailed_to(signed_in):
    page = text(signed_in().get(path(issued("billomat"), "invoice.email"), {"to": "anna@example.org"}))
    assert 'name="to" value="anna@example.org"' in page


def test_the_rest_is_credited_without_a_word_about_lines(signed_in, owed):
    rows = {"lines.0.position": "1", "lines.0.quantity": ""}
    confirm(signed_in(), owed, "invoice.credit", mode="remaining", **rows)
    assert Intent.objects.get().data == {"mode": "remaining"}


def test_an_uploaded_file_is_kept_over_the_question_and_named_on_the_page(signed_in):
    invoice, client = issued("billomat"), signed_in()
    pdf = SimpleUploadedFile("signed.pdf", b"%PDF-1.7 signed", "application/pdf")
    page = text(client.post(path(invoice, "invoice.sign"), {**form(invoice), "file": pdf}))
    kept = re.search(r'name="file" value="([0-9a-f]+)"', page)[1]
    assert 'name="confirmed"' in page
    confirm(client, invoice, "invoice.sign", file=kept)
    assert Intent.objects.get().data == {"file": kept}
    page = text(client.get(f"/invoices/{invoice.pk}/"))
    assert f"/files/{kept}/" in page
    assert "signed.pdf" in page


def test_who_may_not_do_it_leaves_no_file_behind(signed_in):
    invoice = issued("billomat")
    pdf = SimpleUploadedFile("signed.pdf", b"%PDF-1.7 signed", "application/pdf")
    assert signed_in("clerk").post(path(invoice, "invoice.sign"), {**form(invoice), "file": pdf}).status_code == 403
    assert not StoredFile.objects.exists()


def test_a_file_that_is_no_pdf_is_422(signed_in):
    invoice = issued("billomat")
    odd = SimpleUploadedFile("signed.pdf", b"<html>", "application/pdf")
    response = signed_in().post(path(invoice, "invoice.sign"), {**form(invoice), "file": odd})
    assert response.status_code == 422
    assert "neither a PDF nor" in text(response)


def test_a_payment_to_delete_is_chosen_among_those_there_are(signed_in):
    paid = MovementRecord(external_id="m7", kind="payment", amount=Money(5000, "EUR"), date=date(2026, 11, 5))
    invoice = issued("billomat", movements=(paid,))
    client = signed_in()
    assert f"{path(invoice, 'payment.delete')}?payment=m7" in text(client.get(f"/invoices/{invoice.pk}/"))
    page = text(client.get(path(invoice, "payment.delete"), {"payment": "m7"}))
    assert '<option value="m7" selected>50.00 EUR · 2026-11-05</option>' in page
    confirm(client, invoice, "payment.delete", payment="m7")
    assert Intent.objects.get().data == {"payment": "m7"}


# Kept at the desk


@pytest.fixture
def document(db):
    return issued("billover")


def test_a_payment_at_the_desk_shows_with_what_is_left_beside_the_services_own_figure(signed_in, document):
    client = signed_in()
    confirm(client, document, "payment.create", amount="19", date="2026-11-10", note="By hand")
    page = text(client.get(f"/invoices/{document.pk}/"))
    paid = page.split("Payments, credits and fees")[1].split("</section>")[0]
    assert "at the desk" in paid
    assert "By hand" in paid
    assert "19.00" in paid
    assert page.count("less payments at the desk") >= 1
    assert "100.00" in page
    assert Intent.objects.get().state == IntentState.DONE
    assert "Payment of 19.00 EUR" in page.split("What happened")[1]
    assert "Kept at the desk" in page.split("What happened")[1]
    assert "Done at BillOver" not in page


def test_a_payment_taken_back_stays_to_be_seen_with_who_did_it(signed_in, document):
    clerk = make_user("kim", role=Role.CLERK)
    kept = keeping.pay(document, Money(1900, "EUR"), date(2026, 11, 10), "", "", clerk)
    client = signed_in()
    confirm(client, document, "payment.delete", payment=str(kept.pk))
    me = User.objects.get(pk=client.session["_auth_user_id"])
    page = text(client.get(f"/invoices/{document.pk}/"))
    assert f"Deleted by {me}" in page
    assert "<del>" in page
    assert "less payments at the desk" not in page


def test_comments_and_tags_at_the_desk_show_on_the_page_and_in_the_timeline(signed_in, document):
    client = signed_in()
    client.post(path(document, "invoice.comment"), form(document, body="Ask <Otto>"))
    client.post(path(document, "invoice.tag"), form(document, tags="urgent, VIP", token=OTHER))
    page = text(client.get(f"/invoices/{document.pk}/"))
    assert "Ask &lt;Otto&gt;" in page.split('id="notes"')[1].split("</section>")[0]
    assert "<li>urgent</li>" in page
    happened = page.split("What happened")[1]
    assert happened.count("Ask &lt;Otto&gt;") == 1
    assert "Tags: + urgent, + VIP" in happened


# Decisions through the same door


def test_sending_another_way_than_the_source_does_is_the_approval(signed_in):
    invoice = make_invoice(make_source(service="billogram"), service_state="Unattested")
    client = signed_in()
    confirm(client, invoice, "invoice.send", method="Letter")
    assert (Intent.objects.get().kind, Intent.objects.get().data["method"]) == ("send", "Letter")
    assert Invoice.objects.get().approval.state == "approved"
    again = confirm(client, invoice, "invoice.send", method="Letter")
    assert again.status_code == 409
    assert Intent.objects.count() == 1


@pytest.mark.parametrize(("service", "final"), [("billogram", True), ("billomat", False)])
def test_the_question_says_whether_anything_takes_it_back(signed_in, service, final):
    invoice = issued(service)
    page = text(signed_in().post(path(invoice, "payment.create"), form(invoice, amount="25")))
    assert "Records a payment" in page
    assert ("This cannot be undone." in page) is final
