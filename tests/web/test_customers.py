"""Customers: the list with what they owe, its downloads, and one customer with its invoices."""

from datetime import date

import pytest

from arapp.approvals.models import Approval
from arapp.kept import keeping
from arapp.outbox.models import Intent
from arapp.receivables import mirror
from arapp.receivables.models import Choice, Customer
from arapp.receivables.records import CustomerRecord
from tests.conftest import NOW, invoice_record, make_invoice, make_source, make_user

HTMX = {"HX-Request": "true"}


def text(response):
    return response.content.decode()


def owing(source, name, **fields):
    customer = CustomerRecord(external_id=name, name=name, number=f"N-{name}", email=f"{name}@example.org")
    return make_invoice(source, customer=customer, state="open", service_decision="approved", **fields)


def test_the_list_shows_what_each_owes_and_what_is_overdue_per_currency(signed_in, source):
    owing(source, "Alfa", gross="100", open="60", due_date=date(2020, 1, 1))
    owing(source, "Alfa", gross="40", open="40", currency="SEK", due_date=date(2999, 1, 1))
    page = text(signed_in("viewer").get("/customers/"))
    row = page.split("<tbody>")[1].split("</tr>")[0]
    for word in ("Alfa", "N-Alfa", "Alfa@example.org", source.name, "60.00", "40.00", "EUR", "SEK", ">2</a>"):
        assert word in row, word
    assert row.count("40.00") == 1
    assert row.count("60.00") == 2


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"q": "alf"}, {"Alfa"}),
        ({"overdue": "1"}, {"Alfa"}),
        ({"open": "1"}, {"Alfa", "Beta"}),
        ({"currency": "SEK"}, {"Beta"}),
    ],
    ids=["search", "overdue", "open", "currency"],
)
def test_filters_narrow_the_list(query, shown, signed_in, source):
    owing(source, "Alfa", due_date=date(2020, 1, 1))
    owing(source, "Beta", currency="SEK", due_date=date(2999, 1, 1))
    page = text(signed_in("viewer").get("/customers/", query)).split("<tbody>")[1]
    assert {name for name in ("Alfa", "Beta") if name in page} == shown


def test_nonsense_gives_a_sentence(signed_in, source):
    page = text(signed_in("viewer").get("/customers/", {"overdue": "perhaps", "currency": "EURO"}))
    assert "perhaps” is neither" in page
    assert "EURO” is not a currency" in page


def test_htmx_gets_the_part(signed_in, invoice):
    assert "<html" not in text(signed_in("viewer").get("/customers/", headers=HTMX))


@pytest.mark.parametrize("path", ["/customers/", "/customers/export.csv", "/customers/export.xlsx"])
def test_methods_and_people(path, signed_in, client, source):
    assert client.get(path).headers["Location"].startswith("/accounts/login/")
    desk = signed_in("viewer")
    assert desk.get(path).status_code == 200
    assert desk.post(path).status_code == 405


@pytest.mark.parametrize("path", ["/customers/export.csv", "/customers/export.xlsx"])
def test_a_download_of_nonsense_is_refused_with_the_reason(path, signed_in, source):
    response = signed_in("viewer").get(path, {"overdue": "perhaps"})
    assert response.status_code == 422
    assert "perhaps" in text(response)


def test_one_customer_shows_facts_debts_and_invoices(signed_in, source):
    invoice = owing(source, "Alfa", number="RE1", open="60", due_date=date(2020, 1, 1))
    owing(source, "Beta", number="RE2")
    page = text(signed_in("viewer").get(f"/customers/{invoice.customer_id}/"))
    for word in ("Alfa", "N-Alfa", "Alfa@example.org", "60.00", "RE1", "days late"):
        assert word in page
    assert "RE2" not in page


def test_an_unknown_customer_is_not_found(signed_in):
    assert signed_in("viewer").get("/customers/99/").status_code == 404


def test_a_customer_without_invoices_says_so(signed_in, source):
    mirror.write_customers(source, [CustomerRecord(external_id="k", name="Neu", payload={"id": 1})], NOW)
    page = text(signed_in("viewer").get(f"/customers/{Customer.objects.get().pk}/"))
    assert "This customer has no invoices yet" in page


@pytest.mark.parametrize("path", ["/customers/?q=co&open=1&sort=-number", "/customers/{}/"])
def test_the_pages_ask_the_same_few_questions_however_many_there_are(path, signed_in, django_assert_max_num_queries):
    source = make_source()
    client = signed_in("approver")
    first = owing(source, "Company 0")
    path = path.format(first.customer_id)
    client.get(path)
    with django_assert_max_num_queries(12) as few:
        client.get(path)
    customers = [CustomerRecord(external_id=f"Company {n}", name=f"Company {n}", brief=True) for n in range(60)]
    fields = {"state": "open", "service_decision": "approved"}
    records = [invoice_record(f"c{n}", customer=customer, **fields) for n, customer in enumerate(customers)]
    records += [invoice_record(f"d{n}", customer=customers[0], **fields) for n in range(60)]
    mirror.write_invoices(source, records, NOW)
    Approval.objects.catch_up(source=source)
    with django_assert_max_num_queries(12) as more:
        client.get(path)
    assert len(few) == len(more)


def test_a_customer_with_all_there_can_be_asks_at_most_twelve_questions(signed_in, django_assert_max_num_queries):
    source, person = make_source("Nord"), make_user()
    invoice = owing(source, "Alfa")
    customer = invoice.customer
    keeping.comment(customer, "Calls back", person)
    Choice.objects.create(source=source, kind="contact", of=customer.external_id, external_id="k", name="Kim")
    told = {"source": source, "state": "pending", "person": person}
    Intent.objects.create(**told, customer=customer, kind="customer.update")
    Intent.objects.create(**told, invoice=invoice, kind="invoice.cancel")
    client = signed_in("administrator")
    with django_assert_max_num_queries(12):
        page = text(client.get(f"/customers/{customer.pk}/?sort=-number"))
    for word in ("Calls back", "Kim", "Cancel", "No worker is running", "Alfa@example.org"):
        assert word in page, word


def test_a_list_narrowed_to_a_source_asks_at_most_twelve_questions(signed_in, django_assert_max_num_queries):
    make_invoice(make_source("Nord"), state="open")
    client = signed_in()
    with django_assert_max_num_queries(12):
        assert "Muster AG" in client.get("/customers/?q=m&source=Nord&open=1&overdue=0").content.decode()
