"""Customers: the list with what they owe, its downloads, and one customer with its invoices."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arapp.approvals.models import Approval
from arapp.debtors.joining import join
from arapp.kept import keeping
from arapp.ledger.rates import enter
from arapp.lists.days import today
from arapp.outbox.models import Intent
from arapp.receivables import mirror
from arapp.receivables.models import Choice, Customer, Invoice
from arapp.receivables.money import Money
from arapp.receivables.records import CustomerRecord
from arapp.web.customer_history import MOST
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


@pytest.mark.parametrize("query", ["", "?q=a&source=Nord&open=1"])
def test_a_list_with_proposals_asks_at_most_twelve_questions(query, signed_in, django_assert_max_num_queries):
    for name in ("Nord", "Sud", "West"):
        owing(make_source(name), "Alfa")
    Customer.objects.update(org_no="556677-8899")
    client = signed_in()
    client.get("/customers/")
    with django_assert_max_num_queries(12):
        assert 'href="/debtors/"' in client.get(f"/customers/{query}").content.decode()


def test_a_customer_owes_per_currency_and_age_each_a_link_to_just_those_rows(signed_in, source):
    late = today() - timedelta(days=45)
    customer = owing(source, "Alfa", gross="100", open="60", due_date=late).customer
    owing(source, "Alfa", gross="40", open="40", currency="SEK", due_date=today())
    owing(source, "Alfa", gross="10", open="10", due_date=today() - timedelta(days=200))
    client = signed_in("viewer")
    page = text(client.get(f"/customers/{customer.pk}/"))
    row = page.split('<th scope="row">EUR')[1].split("</tr>")[0]
    assert [amount in row for amount in ("60.00", "10.00", "70.00", "40.00")] == [True, True, True, False]
    query = f"?customer={customer.pk}&amp;currency=EUR&amp;age=31-60"
    assert query in row
    assert text(client.get(f"/invoices/{query.replace('&amp;', '&')}")).count('<tr id="row-') == 1


def test_a_customer_that_owes_nothing_says_so(signed_in, source):
    customer = owing(source, "Alfa", open="0").customer
    Invoice.objects.update(state="paid")
    assert "no issued invoice of this customer is open" in text(signed_in().get(f"/customers/{customer.pk}/"))


def test_what_happened_with_a_customer_is_newest_first(signed_in, source, person):
    invoice = make_invoice(source, number="RE-5")
    invoice.approval.approve(person, invoice.digest, "It is right.")
    keeping.comment(invoice.customer, "Calls back", person)
    keeping.pay(invoice, Money(500, "EUR"), date(2020, 1, 1), "cash", "", person)
    path = f"/customers/{invoice.customer_id}/history/"
    client = signed_in("viewer")
    assert f'hx-get="{path}"' in text(client.get(f"/customers/{invoice.customer_id}/"))
    page = text(client.get(path))
    places = [page.index(words) for words in ("Calls back", "It is right.", "5.00", "2020-01-01")]
    assert places[0] < places[1] < places[2]
    assert ">RE-5</a>" in page
    assert "<html" not in text(client.get(path, headers=HTMX))


def test_of_a_long_history_the_newest_are_shown_with_links_to_all(signed_in, person, django_assert_max_num_queries):
    invoice = make_invoice()
    for n in range(MOST + 1):
        keeping.pay(invoice, Money(n + 1, "EUR"), date(2020, 1, 1) + timedelta(days=n), "cash", "", person)
    client = signed_in("viewer")
    with django_assert_max_num_queries(12):
        page = text(client.get(f"/customers/{invoice.customer_id}/history/"))
    assert page.count("<li class=") == MOST
    assert f"/payments/?customer={invoice.customer_id}" in page
    assert "2020-02-20" in page
    assert "2020-01-01" not in page


def test_the_others_of_its_debtor_stand_beside_it_at_no_further_question(
    signed_in, person, django_assert_max_num_queries
):
    one, other = (
        owing(make_source("Nord"), "Alfa").customer,
        owing(make_source("Süd"), "Alpha", currency="SEK").customer,
    )
    client = signed_in("administrator")
    client.get(f"/customers/{one.pk}/")
    with CaptureQueriesContext(connection) as alone:
        assert "not joined with another customer" in text(client.get(f"/customers/{one.pk}/"))
    debtor = join([one.pk, other.pk], person)
    with django_assert_max_num_queries(len(alone)):
        page = text(client.get(f"/customers/{one.pk}/"))
    for words in ("Alpha", "Süd", f'href="/debtors/{debtor.pk}/"', "119.00"):
        assert words in page, words


def test_a_customer_with_all_there_can_be_and_a_home_currency_asks_at_most_twelve(
    signed_in, person, settings, django_assert_max_num_queries
):
    settings.HOME_CURRENCY = "EUR"
    enter("SEK", Decimal("0.1"), today(), None)
    one, other = (
        owing(make_source("Nord"), "Alfa", currency="SEK").customer,
        owing(make_source("Süd"), "Alpha").customer,
    )
    join([one.pk, other.pk], person)
    keeping.comment(one, "Calls back", person)
    Choice.objects.create(source=one.source, kind="contact", of=one.external_id, external_id="k", name="Kim")
    client = signed_in("administrator")
    with django_assert_max_num_queries(12):
        page = text(client.get(f"/customers/{one.pk}/"))
    for words in ("11.90", "1 SEK = 0.1 EUR", "Calls back", str(person), "Kim"):
        assert words in page, words
