"""Making and changing customers, items and invoices in the browser, with scripts and without."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from arapp.documents.models import StoredFile
from arapp.outbox.models import Intent, IntentState
from arapp.people.models import Role
from arapp.receivables import mirror
from arapp.receivables.models import Customer, Invoice, Item, SecondPerson, Source
from arapp.receivables.records import ChoiceRecord, CustomerRecord, ItemRecord
from tests.conftest import NOW, make_invoice, make_source, make_user

HTMX = {"HX-Request": "true"}
PDF = b"%PDF-1.7 an invoice"


def text(response: Any) -> str:
    return response.content.decode()


def customer_at(source: Source, external_id: str = "c1", name: str = "Alfa AB") -> Customer:
    form = {"name": name, "email": "alfa@example.org", "address": {"city": "Umeå", "zip": "90325"}}
    told = CustomerRecord(external_id=external_id, name=name, number="1001", email="alfa@example.org", form=form)
    mirror.write_customers(source, [told], NOW)
    return Customer.objects.get(source=source, external_id=external_id)


def item_at(source: Source, external_id: str = "5") -> Item:
    form = {"title": "Consulting", "number": "A5", "unit": "hour", "unit_price": "95.50", "vat_rate": "25"}
    told = ItemRecord(external_id=external_id, name="Consulting", number="A5", unit_price=Decimal("95.5"), form=form)
    mirror.write_items(source, [told], NOW)
    return Item.objects.get(source=source, external_id=external_id)


@pytest.fixture
def billomat(db: None) -> Source:
    return make_source("Süd", service="billomat")


@pytest.fixture
def billogram(db: None) -> Source:
    return make_source("Nord", service="billogram")


@pytest.fixture
def clerk(signed_in: Any) -> Any:
    return signed_in(Role.CLERK)


def line(number: int = 0, **fields: str) -> dict[str, str]:
    told = {"title": "Consulting", "quantity": "10", "unit_price": "100", "vat_rate": "25"} | fields
    return {f"lines.{number}.{name}": value for name, value in told.items()}


def an_invoice(**fields: str) -> dict[str, str]:
    return {"customer": "c1", "issue_date": "2026-11-20", "currency": "SEK", **line(), **fields}


def hidden(page: str, name: str) -> str:
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


def carried(page: str) -> dict[str, str]:
    """What the form carries unseen, and the question it asks if it asks one."""
    names = [name for name in ("token", "digest", "confirmed") if f'name="{name}"' in page]
    return {name: hidden(page, name) for name in names}


def send(client: Any, path: str, typed: dict[str, str]) -> Any:
    """Open the form and send it, as a browser does."""
    return client.post(path, typed | carried(text(client.get(path))))


# Where


def test_where_it_is_made_is_asked_when_several_sources_can(clerk, billogram, billomat):
    make_source("Mitte", service="billover")
    page = text(clerk.get("/items/new/"))
    assert "Nord" in page
    assert "Süd" in page
    assert "Mitte" not in page
    assert "Unit price" not in page


def test_the_only_source_that_can_is_taken(clerk, billogram):
    assert "Unit price" in text(clerk.get("/items/new/"))


def test_without_any_source_that_can_the_page_says_so(clerk):
    make_source(service="billover")
    assert "No source is connected whose service can do this." in text(clerk.get("/items/new/"))


def test_fields_of_other_services_do_not_show(clerk, billogram, billomat):
    one = text(clerk.get(f"/invoices/new/?source={billogram.pk}"))
    other = text(clerk.get(f"/invoices/new/?source={billomat.pk}"))
    assert 'name="our_reference"' in one
    assert 'name="our_reference"' not in other
    assert 'name="intro"' in other
    assert 'name="intro"' not in one


# Customers and items


def test_a_customer_is_asked_for_and_stored_once_however_often_the_form_is_sent(clerk, billogram):
    page = text(clerk.get(f"/customers/new/?source={billogram.pk}"))
    typed = {"name": "Alfa & Söner", "kind": "business", "org_no": "5560160680", "address.city": "Umeå"}
    typed["token"] = hidden(page, "token")
    first = clerk.post(f"/customers/new/?source={billogram.pk}", typed)
    second = clerk.post(f"/customers/new/?source={billogram.pk}", typed)
    intent = Intent.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == f"/made/{intent.pk}/"
    assert (intent.kind, intent.state, intent.reference) == ("customer.create", "pending", typed["token"])
    assert intent.data == {
        "name": "Alfa & Söner",
        "kind": "business",
        "org_no": "5560160680",
        "address": {"city": "Umeå"},
    }


def test_a_form_sent_again_with_other_values_is_refused(clerk, billogram):
    address = f"/customers/new/?source={billogram.pk}"
    token = hidden(text(clerk.get(address)), "token")
    clerk.post(address, {"name": "Alfa", "token": token})
    response = clerk.post(address, {"name": "Beta", "token": token})
    assert response.status_code == 409
    assert "sent already" in text(response)
    assert Intent.objects.get().data == {"name": "Alfa"}


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(clerk, billogram):
    typed = {"name": "", "kind": "business", "org_no": "123", "email": "nonsense", "note": "<b>Two\nlines</b>"}
    response = clerk.post(f"/customers/new/?source={billogram.pk}", typed)
    page = text(response)
    assert response.status_code == 422
    assert "This is needed." in page.split('name="name"')[1].split("</div>")[0]
    assert "is not an e-mail address" in page.split('name="email"')[1].split("</div>")[0]
    assert 'value="123"' in page
    assert "&lt;b&gt;Two\nlines&lt;/b&gt;" in page
    assert '<option value="business" selected>' in page
    assert not Intent.objects.exists()


def test_what_is_wrong_behind_more_opens_it(clerk, billomat):
    page = text(clerk.post(f"/customers/new/?source={billomat.pk}", {"name": "Alfa", "discount_rate": "120"}))
    assert '<details class="further-fields" open>' in page
    assert "between 0 and 100" in page


def test_a_customer_is_changed_by_what_differs_alone(clerk, billomat):
    customer = customer_at(billomat)
    page = text(clerk.get(f"/customers/{customer.pk}/edit/"))
    assert 'value="Alfa AB"' in page
    assert 'value="90325"' in page
    typed = {"name": "Alfa AB", "email": "", "address.city": "Luleå", "address.zip": "90325"}
    clerk.post(f"/customers/{customer.pk}/edit/", typed | {"digest": hidden(page, "digest")})
    intent = Intent.objects.get()
    assert (intent.kind, intent.customer) == ("customer.update", customer)
    assert intent.data == {"email": "", "address": {"city": "Luleå", "zip": "90325"}}


def test_a_change_of_nothing_is_no_change(clerk, billomat):
    customer = customer_at(billomat)
    typed = {"name": "Alfa AB", "email": "alfa@example.org", "address.city": "Umeå", "address.zip": "90325"}
    response = send(clerk, f"/customers/{customer.pk}/edit/", typed)
    assert response.status_code == 422
    assert "nothing in it to change" in text(response)


def test_a_customer_that_changed_meanwhile_is_not_overwritten(clerk, billomat):
    customer = customer_at(billomat)
    digest = hidden(text(clerk.get(f"/customers/{customer.pk}/edit/")), "digest")
    customer_at(billomat, name="Alfa Holding")
    response = clerk.post(f"/customers/{customer.pk}/edit/", {"name": "Alfa GmbH", "digest": digest})
    assert response.status_code == 409
    assert 'value="Alfa GmbH"' in text(response)
    assert not Intent.objects.exists()


@pytest.mark.parametrize("digest", [{}, {"digest": ""}, {"digest": "\x00ü"}], ids=["missing", "empty", "odd"])
def test_a_form_that_does_not_say_what_was_seen_changes_nothing(digest, clerk, billomat):
    customer = customer_at(billomat)
    response = clerk.post(f"/customers/{customer.pk}/edit/", {"name": "Alfa GmbH"} | digest)
    assert response.status_code == 409
    assert not Intent.objects.exists()


def test_a_form_without_anything_in_it_empties_nothing(clerk, billomat):
    invoice = make_invoice(billomat, form={"note": "Old", "title": "Consulting"})
    assert clerk.post(f"/invoices/{invoice.pk}/edit/").status_code == 409
    assert not Intent.objects.exists()


def test_after_the_refusal_it_says_what_stands_there_now_and_can_be_saved_again(clerk, billomat):
    customer = customer_at(billomat)
    path = f"/customers/{customer.pk}/edit/"
    typed = {"name": "Alfa AB", "email": "new@example.org", "address.city": "Umeå", "address.zip": "90325"}
    stale = typed | carried(text(clerk.get(path)))
    customer_at(billomat, name="Alfa & Holding")
    refused = clerk.post(path, stale)
    page = text(refused)
    assert refused.status_code == 409
    name = page.split('id="field-name"')[1].split('id="field-')[0]
    assert "Now: Alfa &amp; Holding" in name
    assert 'value="Alfa AB"' in name
    assert page.count("Now: ") == 2, "beside the name and the e-mail address"
    clerk.post(path, typed | {"name": "Alfa & Holding"} | carried(page))
    assert Intent.objects.get().data == {"email": "new@example.org"}


def test_a_step_in_between_does_not_hide_that_it_changed(clerk, billomat):
    invoice = make_invoice(billomat, external_id="x1", form={"note": "Old"})
    path = f"/invoices/{invoice.pk}/edit/"
    stale = carried(text(clerk.get(path)))
    make_invoice(billomat, external_id="x1", form={"note": "Old"}, gross="238", net="200", vat="38")
    page = text(clerk.post(path, {"note": "New", "step": "add:lines"} | stale))
    assert clerk.post(path, {"note": "New"} | carried(page)).status_code == 409


def test_white_space_that_nobody_touched_is_no_change(clerk, billomat):
    form = {"name": "Alfa AB  ", "note": "\tTwo\r\nlines \n", "address": {"city": " Umeå"}}
    told = CustomerRecord(external_id="c1", name="Alfa AB  ", form=form)
    mirror.write_customers(billomat, [told], NOW)
    path = f"/customers/{Customer.objects.get().pk}/edit/"
    typed = {"name": "Alfa AB  ", "note": "Two\r\nlines \r\n", "address.city": " Umeå"}
    response = send(clerk, path, typed)
    assert response.status_code == 422
    assert "nothing in it to change" in text(response)
    send(clerk, path, typed | {"name": "Alfa GmbH"})
    assert Intent.objects.get().data == {"name": "Alfa GmbH"}


@pytest.mark.parametrize("part", ["sums", "customers", "items"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("what", ["customers", "items"])
def test_a_part_that_the_form_does_not_have_is_the_form_itself(what, method, part, clerk, billomat):
    response = getattr(clerk, method)(f"/{what}/new/?source={billomat.pk}&part={part}", headers=HTMX)
    assert response.status_code == 200
    assert '<form id="making"' in text(response)
    assert not Intent.objects.exists()


def test_an_item_is_made_and_changed(clerk, billomat):
    typed = {"title": "Chair", "unit_price": "12.5", "vat_rate": "19", "type": "product"}
    clerk.post(f"/items/new/?source={billomat.pk}", typed)
    item = item_at(billomat)
    known = {"title": "Consulting", "number": "A5", "unit": "hour", "vat_rate": "25"}
    send(clerk, f"/items/{item.pk}/edit/", known | {"unit_price": "99"})
    made, changed = Intent.objects.order_by("id")
    assert (made.kind, made.data) == ("item.create", typed)
    assert (changed.kind, changed.item, changed.data) == ("item.update", item, {"unit_price": "99"})


def test_what_is_gone_is_not_changed(clerk, billomat):
    item = item_at(billomat)
    Item.objects.update(gone_at=timezone.now())
    response = clerk.get(f"/items/{item.pk}/edit/")
    assert response.status_code == 409
    assert "no longer has it" in text(response)


# Invoices


def test_an_invoice_opens_with_today_and_one_empty_line(clerk, billogram):
    page = text(clerk.get(f"/invoices/new/?source={billogram.pk}"))
    assert 'name="lines.0.title"' in page
    assert 'name="lines.1.title"' not in page
    assert re.search(r'name="issue_date" value="\d{4}-\d\d-\d\d"', page)


def test_the_customer_that_the_address_names_is_chosen(clerk, billogram):
    customer = customer_at(billogram)
    page = text(clerk.get(f"/invoices/new/?source={billogram.pk}&customer={customer.pk}"))
    assert hidden(page, "customer") == "c1"
    assert "Alfa AB" in page


def test_a_customer_is_found_and_chosen_without_scripts(clerk, billogram):
    customer_at(billogram)
    customer_at(billogram, "c2", "Beta AB")
    customer_at(make_source(service="billogram"), "c9", "Beta of another source")
    address = f"/invoices/new/?source={billogram.pk}"
    page = text(clerk.post(address, {"step": "look", "find_customer": "beta", "note": "Kept"}))
    assert 'value="customer:c2"' in page
    assert 'value="customer:c1"' not in page
    assert 'value="customer:c9"' not in page
    page = text(clerk.post(address, {"step": "customer:c2", "note": "Kept"}))
    assert hidden(page, "customer") == "c2"
    assert "Kept" in page
    assert "Nothing was stored" not in page


def test_an_item_of_the_catalogue_fills_a_line(clerk, billogram):
    item_at(billogram)
    address = f"/invoices/new/?source={billogram.pk}"
    page = text(clerk.post(address, {"step": "look", "find_item": "a5"} | line()))
    assert 'value="item:5"' in page
    page = text(clerk.post(address, {"step": "item:5", "find_item": "a5"} | line()))
    assert hidden(page, "lines.0.title") == "Consulting"
    filled = {
        name: hidden(page, f"lines.1.{name}") for name in ("item", "title", "quantity", "unit_price", "vat_rate")
    }
    assert filled == {"item": "5", "title": "Consulting", "quantity": "1", "unit_price": "95.50", "vat_rate": "25"}
    assert '<option value="hour" selected>' in page.split('name="lines.1.unit"')[1].split("</select>")[0]


def test_lines_are_added_and_removed_without_scripts(clerk, billogram):
    address = f"/invoices/new/?source={billogram.pk}"
    page = text(clerk.post(address, {"step": "add:lines"} | line()))
    assert 'name="lines.1.title"' in page
    page = text(clerk.post(address, {"step": "remove:lines.0"} | line() | line(1, title="Travel")))
    assert hidden(page, "lines.0.title") == "Travel"
    assert 'name="lines.1.title"' not in page
    assert not Intent.objects.exists()


def test_net_vat_per_rate_and_gross_stand_there_as_one_types(clerk, billogram):
    typed = an_invoice() | line(1, quantity="1", unit_price="10.10", vat_rate="6") | line(2, quantity="")
    response = clerk.post(f"/invoices/new/?source={billogram.pk}&part=sums", typed, headers=HTMX)
    page = re.sub(r"<[^>]+>", "", text(response))
    assert response.status_code == 200
    for words in ("1,010.10 SEK", "VAT 25 % of 1,000.00 SEK", "250.00 SEK", "VAT 6 % of 10.10 SEK", "0.61 SEK"):
        assert words in page, words
    assert "1,261.00 SEK" in page, "Billogram rounds to whole kronor"
    assert "1 line is not complete yet" in page
    assert "<form" not in text(response)


def test_sums_that_cannot_be_say_why(clerk, billogram):
    address = f"/invoices/new/?source={billogram.pk}&part=sums"
    page = text(clerk.post(address, an_invoice(**{"lines.0.discount": "10%"}), headers=HTMX))
    assert "not a percentage" in page


def test_gross_prices_and_reductions_are_added_up_as_billomat_does(clerk, billomat):
    typed = an_invoice(currency="EUR", price_basis="gross", reduction="10%") | line(unit_price="119", vat_rate="19")
    page = text(clerk.post(f"/invoices/new/?source={billomat.pk}&part=sums", typed, headers=HTMX))
    page = re.sub(r"<[^>]+>", "", page)
    assert "900.00 EUR" in page
    assert "1,071.00 EUR" in page


def test_an_invoice_is_asked_for_with_its_lines(clerk, billogram):
    customer_at(billogram)
    response = clerk.post(
        f"/invoices/new/?source={billogram.pk}", an_invoice() | line(1, title="Travel", discount="5")
    )
    intent = Intent.objects.get()
    assert response.headers["Location"] == f"/made/{intent.pk}/"
    assert intent.data["customer"] == "c1"
    assert intent.data["lines"][1] == {
        "title": "Travel",
        "quantity": "10",
        "unit_price": "100",
        "vat_rate": "25",
        "discount": "5.00",
    }


def test_an_error_in_a_line_stands_beside_it_also_after_an_empty_one(clerk, billogram):
    customer_at(billogram)
    typed = an_invoice() | {f"lines.{n}.title": "" for n in (1, 2)} | line(3, quantity="many", title="Travel")
    response = clerk.post(f"/invoices/new/?source={billogram.pk}", typed)
    assert response.status_code == 422
    page = text(response)
    assert "is not a number" in page.split('name="lines.1.quantity"')[1].split("</div>")[0]
    assert hidden(page, "lines.1.title") == "Travel"
    assert 'name="lines.2.title"' not in page


def test_an_invoice_without_customer_and_lines_says_both(clerk, billogram):
    page = text(clerk.post(f"/invoices/new/?source={billogram.pk}", {}))
    assert page.count("This is needed.") >= 2
    assert 'name="lines.0.title"' in page


def test_a_draft_is_prefilled_and_changed_by_what_differs(clerk, billomat):
    customer_at(billomat)
    lines = [{"title": "Consulting", "quantity": "2", "unit_price": "50", "vat_rate": "19"}]
    form = {"customer": "c1", "currency": "EUR", "lines": lines, "note": "As agreed"}
    invoice = make_invoice(billomat, form=form)
    page = text(clerk.get(f"/invoices/{invoice.pk}/edit/"))
    assert hidden(page, "lines.0.quantity") == "2"
    assert "As agreed" in page
    typed = {"customer": "c1", "currency": "EUR", "note": "As agreed", "digest": hidden(page, "digest")}
    clerk.post(f"/invoices/{invoice.pk}/edit/", typed | line(quantity="3", unit_price="50", vat_rate="19"))
    intent = Intent.objects.get()
    assert (intent.kind, intent.invoice) == ("invoice.update", invoice)
    assert intent.data == {"lines": [lines[0] | {"quantity": "3"}]}


def test_an_invoice_that_changed_meanwhile_is_refused_with_the_difference(clerk, billomat):
    invoice = make_invoice(billomat, external_id="x1", form={"note": "Old"})
    digest = hidden(text(clerk.get(f"/invoices/{invoice.pk}/edit/")), "digest")
    make_invoice(billomat, external_id="x1", form={"note": "Old"}, gross="238", net="200", vat="38")
    response = clerk.post(f"/invoices/{invoice.pk}/edit/", {"note": "New", "digest": digest})
    page = text(response)
    assert response.status_code == 409
    assert "<del>" in page
    assert "238.00" in page
    assert "New" in page
    assert not Intent.objects.exists()


def test_what_is_issued_at_billomat_is_not_changed(clerk, billomat):
    invoice = make_invoice(billomat, state="open", service_state="OPEN", service_decision="approved", form={})
    response = clerk.get(f"/invoices/{invoice.pk}/edit/")
    assert response.status_code == 409
    assert "as long as it is a draft" in text(response)


def test_a_change_of_what_is_sent_is_for_who_decides_and_asks_once_more(signed_in, billogram):
    facts = {"state": "open", "service_state": "Unpaid", "service_decision": "approved", "currency": "SEK"}
    invoice = make_invoice(billogram, form={"note": "Old"}, **facts)
    path = f"/invoices/{invoice.pk}/edit/"
    response = signed_in(Role.CLERK).get(path)
    assert response.status_code == 403
    assert "Approver" in text(response)
    client = signed_in(Role.APPROVER)
    typed = {"note": "New", "digest": hidden(text(client.get(path)), "digest")}
    asked = text(client.post(path, typed))
    assert "no further invoice" in asked
    assert not Intent.objects.exists()
    client.post(path, typed | carried(asked))
    assert Intent.objects.get().data == {"note": "New"}


def test_sending_at_once_asks_once_more_says_to_whom_and_how_much_and_is_recorded(signed_in, billogram):
    Source.objects.update(second_person=SecondPerson.NEVER)
    customer_at(billogram)
    client = signed_in(Role.APPROVER)
    typed = an_invoice(send="on", method="Email")
    asked = text(client.post(f"/invoices/new/?source={billogram.pk}", typed))
    assert "Alfa AB" in asked
    assert "1,250.00 SEK" in asked
    assert "sends it at once" in asked
    assert not Intent.objects.exists()
    again = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', asked))
    back = text(client.post(f"/invoices/new/?source={billogram.pk}", again | {"step": "look"}))
    assert hidden(back, "lines.0.unit_price") == "100"
    client.post(f"/invoices/new/?source={billogram.pk}", again | carried(asked))
    intent = Intent.objects.get()
    assert (intent.data["send"], intent.alone) == (True, True)


def test_a_question_of_two_lines_is_answered_by_what_a_browser_makes_of_it(signed_in, billogram):
    Source.objects.update(second_person=SecondPerson.NEVER)
    customer_at(billogram, name="Alfa\nAB")
    client, path = signed_in(Role.APPROVER), f"/invoices/new/?source={billogram.pk}"
    typed = an_invoice(send="on", method="Email")
    answer = {name: value.replace("\n", "\r\n") for name, value in carried(text(client.post(path, typed))).items()}
    assert client.post(path, typed | answer).status_code == 302
    assert Intent.objects.get().data["send"] is True


def test_what_was_confirmed_for_one_amount_is_asked_anew_for_another(signed_in, billogram):
    Source.objects.update(second_person=SecondPerson.NEVER)
    customer_at(billogram)
    client, path = signed_in(Role.APPROVER), f"/invoices/new/?source={billogram.pk}"
    typed = an_invoice(send="on", method="Email")
    asked = text(client.post(path, typed))
    dearer = typed | {"lines.0.unit_price": "99999"} | carried(asked)
    again = client.post(path, dearer)
    assert "1,249,988.00 SEK" in text(again)
    assert "1,249,988.00 SEK" in hidden(text(again), "confirmed")
    assert client.post(path, dearer | {"confirmed": "1"}).status_code == 200
    assert not Intent.objects.exists()
    client.post(path, dearer | carried(text(again)))
    assert Intent.objects.get().data["lines"][0]["unit_price"] == "99999"


def test_sending_at_once_is_refused_beside_its_box_where_two_people_are_wanted(signed_in, billogram):
    customer_at(billogram)
    response = signed_in(Role.APPROVER).post(
        f"/invoices/new/?source={billogram.pk}", an_invoice(send="on", method="Email")
    )
    assert response.status_code == 422
    beside = re.search(r'id="id_send_error">([^<]*)<', text(response))[1]
    assert "wants a second person" in beside
    assert not Intent.objects.exists()


# Uploads


@pytest.fixture
def billover(db: None, settings: Any, tmp_path: Any) -> Source:
    settings.DATA_DIR = tmp_path
    return make_source("Mitte", service="billover")


def test_a_file_is_uploaded_with_what_is_known_of_it(clerk, billover):
    file = SimpleUploadedFile("../../bill.pdf", PDF, content_type="text/html")
    clerk.post("/invoices/upload/", {"file": file, "gross": "119.00", "currency": "EUR"})
    stored, intent = StoredFile.objects.get(), Intent.objects.get()
    assert (stored.filename, stored.content_type) == ("bill.pdf", "application/pdf")
    assert intent.data == {"file": stored.name, "gross": "119.00", "currency": "EUR"}


def test_a_file_that_was_uploaded_once_is_not_lost_by_an_error_elsewhere(clerk, billover):
    file = SimpleUploadedFile("bill.pdf", PDF)
    response = clerk.post("/invoices/upload/", {"file": file, "gross": "a lot", "currency": "EUR"})
    assert response.status_code == 422
    kept = hidden(text(response), "file")
    assert kept == StoredFile.objects.get().name
    clerk.post("/invoices/upload/", {"file": kept, "gross": "119.00", "currency": "EUR"})
    assert Intent.objects.get().data["file"] == kept


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ a program", "neither a PDF nor"),
        (b"", "empty"),
        (b"%PDF-" + b"0" * 10 * 1024 * 1024, "larger than 10 MB"),
    ],
    ids=["a program", "empty", "too large"],
)
def test_a_file_that_is_not_taken_says_why(content, words, clerk, billover):
    response = clerk.post("/invoices/upload/", {"file": SimpleUploadedFile("bill.pdf", content)})
    assert response.status_code == 422
    assert words in text(response)
    assert not StoredFile.objects.exists()
    assert not Intent.objects.exists()


# What else can be done with a customer or an item


@pytest.fixture
def person_at(billomat: Source) -> Customer:
    customer = customer_at(billomat)
    data = {"name": "Eva Berg", "email": "eva@example.org"}
    told = ChoiceRecord(kind="contact", external_id="77", of="c1", name="Eva Berg", data=data)
    mirror.write_choices(billomat, {"contact": [told]})
    return customer


def test_a_contact_is_added_changed_and_removed(clerk, person_at):
    path = f"/customers/{person_at.pk}/"
    shown = text(clerk.get(path))
    assert "Eva Berg" in shown
    assert f"{path}act/contact.create/" in shown
    send(clerk, f"{path}act/contact.create/", {"name": "Nils", "email": "nils@example.org"})
    opened = text(clerk.get(f"{path}act/contact.update/?contact=77"))
    assert hidden(opened, "name") == "Eva Berg"
    send(clerk, f"{path}act/contact.update/", {"contact": "77", "name": "Eva Strand"})
    asked = text(send(clerk, f"{path}act/contact.delete/", {"contact": "77"}))
    assert Intent.objects.count() == 2
    clerk.post(f"{path}act/contact.delete/", {"contact": "77"} | carried(asked))
    told = Intent.objects.order_by("id").values_list("kind", "customer", "data")
    assert list(told) == [
        ("contact.create", person_at.pk, {"name": "Nils", "email": "nils@example.org"}),
        ("contact.update", person_at.pk, {"contact": "77", "name": "Eva Strand"}),
        ("contact.delete", person_at.pk, {"contact": "77"}),
    ]


def test_the_contacts_of_the_chosen_customer_can_be_chosen_on_an_invoice(clerk, person_at):
    address = f"/invoices/new/?source={person_at.source_id}"
    page = text(clerk.post(address, {"step": "customer:c1"}))
    assert '<option value="77">Eva Berg</option>' in page
    assert "Eva Berg" not in text(clerk.post(address, {"step": "customer:"}))


def test_an_item_is_deleted_once_it_was_said_twice(clerk, billogram):
    item = item_at(billogram)
    path = f"/items/{item.pk}/act/item.delete/"
    assert path in text(clerk.get(f"/items/{item.pk}/"))
    asked = text(send(clerk, path, {}))
    assert "Consulting" in asked
    assert not Intent.objects.exists()
    clerk.post(path, carried(asked))
    assert (Intent.objects.get().kind, Intent.objects.get().item) == ("item.delete", item)


def test_a_comment_on_a_customer_stays_at_the_desk(clerk, billogram):
    customer = customer_at(billogram)
    response = send(clerk, f"/customers/{customer.pk}/act/customer.comment/", {"body": "Pays late & slowly"})
    page = text(clerk.get(response.headers["Location"], follow=True))
    assert "Pays late &amp; slowly" in page
    assert Intent.objects.get().state == IntentState.DONE


@pytest.mark.parametrize("name", ["invoice.delete", "item.delete", "report.download", "nothing"])
def test_an_action_on_something_else_is_not_found(name, clerk, billogram):
    assert clerk.get(f"/customers/{customer_at(billogram).pk}/act/{name}/").status_code == 404


# What became of it


def told(source: Source, kind: str = "customer.create", **fields: Any) -> Intent:
    return Intent.objects.create(source=source, kind=kind, data={"name": "Alfa"}, **fields)


def test_what_is_on_its_way_says_so_and_looks_again(clerk, billomat):
    intent = told(billomat)
    page = text(clerk.get(f"/made/{intent.pk}/"))
    assert "Billomat" in page
    assert 'hx-trigger="every 2s"' in page
    assert "<html" not in text(clerk.get(f"/made/{intent.pk}/", headers=HTMX))


def test_what_is_done_leads_to_what_it_made(clerk, billomat):
    customer = customer_at(billomat)
    intent = told(billomat, state=IntentState.DONE, customer=customer, settled_at=NOW)
    assert clerk.get(f"/made/{intent.pk}/").headers["Location"] == f"/customers/{customer.pk}/"
    part = clerk.get(f"/made/{intent.pk}/", headers=HTMX)
    assert part.headers["HX-Redirect"] == f"/customers/{customer.pk}/"


def test_what_was_refused_says_why_and_is_corrected_with_all_that_was_typed(clerk, billomat):
    intent = told(billomat, state=IntentState.REFUSED, error="Name is taken.")
    page = text(clerk.get(f"/made/{intent.pk}/"))
    assert "Name is taken." in page
    address = re.search(r'href="(/customers/new/[^"]+)"', page)[1].replace("&amp;", "&")
    assert 'value="Alfa"' in text(clerk.get(address))
    assert "hx-trigger" not in page.split('id="made"')[1].split(">")[0]


def test_a_customer_shows_what_is_on_its_way(clerk, billomat):
    customer = customer_at(billomat)
    intent = told(billomat, "customer.update", customer=customer)
    assert f"/made/{intent.pk}/" in text(clerk.get(f"/customers/{customer.pk}/"))


# Doors

PATHS = ["/customers/new/", "/customers/{0}/edit/", "/items/new/", "/items/{1}/edit/", "/invoices/new/"]
PATHS += ["/invoices/{2}/edit/", "/made/{3}/"]


@pytest.mark.parametrize("path", PATHS)
def test_who_is_not_signed_in_or_only_looks_gets_no_form(path, client, billomat):
    invoice = make_invoice(billomat, form={"note": "x"})
    ids = customer_at(billomat).pk, item_at(billomat).pk, invoice.pk, told(billomat).pk
    path = path.format(*ids)
    assert client.get(path).headers["Location"].startswith("/accounts/login/")
    client.force_login(make_user(role=Role.VIEWER))
    assert client.get(path).status_code == 403
    client.force_login(make_user(role=Role.CLERK))
    assert client.get(path).status_code == 200
    assert client.delete(path).status_code == 405


@pytest.mark.parametrize("path", ["/customers/99/edit/", "/items/99/edit/", "/invoices/99/edit/", "/made/99/"])
def test_what_there_is_not_is_not_found(path, clerk):
    assert clerk.get(path).status_code == 404


@pytest.mark.parametrize("source", ["x", "999", "-1"])
def test_a_source_that_there_is_not_is_asked_for(source, clerk, billogram):
    response = clerk.get(f"/customers/new/?source={source}")
    assert response.status_code == 200
    assert "Where is it made?" in text(response)


def test_a_form_asks_the_same_few_questions_however_much_there_is(clerk, billogram, django_assert_max_num_queries):
    address = f"/invoices/new/?source={billogram.pk}&part=sums"
    customer_at(billogram)
    with django_assert_max_num_queries(14) as few:
        clerk.post(address, an_invoice(), headers=HTMX)
    for n in range(40):
        customer_at(billogram, f"d{n}", f"Delta {n}")
        item_at(billogram, f"i{n}")
    typed = an_invoice()
    for n in range(30):
        typed |= line(n, item=f"i{n}")
    with django_assert_max_num_queries(14) as more:
        clerk.post(address, typed, headers=HTMX)
    assert len(few) == len(more)


def test_ugly_steps_do_no_harm(clerk, billogram):
    address = f"/invoices/new/?source={billogram.pk}"
    typed = {"find_item": "\x00", "find_customer": "a " * 90} | line(title="\x00", item="\x00", quantity="1e999999")
    for step in ("item:nothing", "customer:\x00", "remove:lines.x", "add:", "\x00", "item:\x00", "item:" + "9" * 999):
        assert clerk.post(address, {"step": step} | typed).status_code == 200
    assert clerk.post(address, {"customer": "\x00", "token": "\x00"} | typed).status_code == 422
    assert clerk.get(f"{address}&again=\x00&customer=\x00&part=\x00").status_code == 200
    assert not Intent.objects.exists()
    assert not Invoice.objects.exists()
