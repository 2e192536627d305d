"""The search box of every page: its results as a page, and the few that drop down."""

from datetime import date

import pytest

from arapp.receivables import mirror
from arapp.receivables.money import Money
from arapp.receivables.records import CustomerRecord, ItemRecord, MovementRecord
from tests.conftest import NOW, make_invoice, make_source, make_user

DROP = {"HX-Request": "true", "HX-Target": "finds"}
UGLY = "<script>alert(1)</script> & Söhne"


def text(response):
    return response.content.decode()


@pytest.fixture
def much(source):
    """An invoice of Älg AB with a payment, and an item that is called like the customer."""
    paid = MovementRecord(
        external_id="p", kind="payment", date=date(2026, 1, 2), amount=Money.parse("5", "EUR"), text="OCR 998877"
    )
    customer = CustomerRecord(
        external_id="k1",
        name="Älg AB",
        number="K-7",
        email="kassa@example.org",
        org_no="811228-9874",
        kind="individual",
    )
    mirror.write_items(source, [ItemRecord(external_id="i", number="ART-7", name="Älg wall")], NOW)
    return make_invoice(source, number="RE-1", payment_reference="RF18", customer=customer, movements=(paid,))


def test_the_results_stand_in_groups_with_their_number_and_the_facts_that_help_to_choose(signed_in, much):
    page = text(signed_in("viewer").get("/search/", {"q": "älg"}))
    links = (f"/invoices/{much.pk}/", f"/customers/{much.customer_id}/")
    for word in ("Invoices", "Customers", "Items", "Payments", *links):
        assert word in page, word
    for word in ("RE-1", "RF18", "119.00", "Draft", much.source.name, "ART-7", "kassa@example.org", "OCR 998877"):
        assert word in page, word
    assert "4 found" in page


def test_a_personal_number_finds_a_person_and_is_shown_masked(signed_in, much):
    page = text(signed_in("viewer").get("/search/", {"q": "811228-9874"})).split("<main")[1]
    assert "811228-****" in page
    assert "-9874" not in page.replace("Search for “811228-9874”", "")


@pytest.mark.parametrize("words", ["RE-1", "re-1", "RF18"])
def test_the_one_invoice_that_was_meant_is_offered_first(words, signed_in, much):
    make_invoice(much.source, number="RE-11")
    page = text(signed_in("viewer").get("/search/", {"q": words}))
    assert "Go to invoice RE-1 of Älg AB" in page
    assert page.index("Go to invoice") < page.index("<h2")


def test_what_is_more_leads_to_the_list_with_just_these(signed_in, source):
    for number in range(12):
        make_invoice(source, number=f"M{number}", title="muster")
    client = signed_in("viewer")
    page = text(client.get("/search/", {"q": "muster m"}))
    assert "All 12 invoices that match" in page
    assert 'href="/invoices/?q=muster+m&amp;view=all"' in page
    assert "12 invoices" in text(client.get("/invoices/?q=muster+m&view=all"))


def test_while_typing_a_few_drop_down_and_their_number_is_told(signed_in, source):
    for number in range(12):
        make_invoice(source, number=f"M{number}")
    part = text(signed_in("viewer").get("/search/", {"q": "m"}, headers=DROP))
    assert "<html" not in part
    assert part.count('class="what"') <= 8
    assert 'id="find-said"' in part
    assert 'href="/search/?q=m"' in part


def test_an_empty_box_drops_nothing_down_and_its_page_says_what_to_type(signed_in, much):
    client = signed_in("viewer")
    assert "<section" not in text(client.get("/search/", headers=DROP))
    assert "Search for a number" in text(client.get("/search/"))


def test_nothing_found_says_so_and_keeps_what_was_typed(signed_in, much):
    page = text(signed_in("viewer").get("/search/", {"q": "nowhere"}))
    assert "Nothing is found for “nowhere”" in page
    assert 'value="nowhere"' in page


@pytest.mark.parametrize("headers", [{}, DROP])
@pytest.mark.parametrize("words", ["x" * 301, "a\x00b", " ".join(map(str, range(30)))])
def test_nonsense_is_refused_with_a_sentence_and_nothing_typed_is_lost(words, headers, signed_in, much):
    response = signed_in("viewer").get("/search/", {"q": words}, headers=headers)
    assert response.status_code == 422
    assert "“" in text(response)
    if not headers:
        assert f'value="{words.replace(chr(0), chr(0xFFFD))}"' in text(response)


def test_ugly_words_and_names_are_shown_as_they_are_and_run_nothing(signed_in, source):
    make_invoice(source, customer=CustomerRecord(external_id="k", name=UGLY), title=UGLY)
    for headers in ({}, DROP):
        page = text(signed_in("viewer").get("/search/", {"q": "<script>"}, headers=headers))
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne" in page


def test_methods_and_people(signed_in, client, much):
    assert client.get("/search/").headers["Location"].startswith("/accounts/login/")
    desk = signed_in("viewer")
    assert desk.get("/search/", {"q": "re"}).status_code == 200
    assert desk.post("/search/").status_code == 405


def test_who_may_see_nothing_finds_nothing(client, much):
    person = make_user(role="viewer")
    type(person).objects.filter(pk=person.pk).update(role="nobody")
    client.force_login(person)
    response = client.get("/search/", {"q": "RE-1"})
    assert response.status_code == 403
    assert "119.00" not in text(response)


@pytest.mark.parametrize("path", "/ /invoices/ /customers/ /items/ /payments/ /decisions/ /search/".split())
def test_every_page_has_the_box_once_and_no_id_twice(path, signed_in, much):
    page = text(signed_in("administrator").get(path))
    ids = [part.split('"')[0] for part in page.split(' id="')[1:]]
    assert ids.count("find") == 1
    assert len(ids) == len(set(ids))


def test_queries_are_the_same_however_much_is_found_and_at_most_12(signed_in, django_assert_max_num_queries):
    client, source = signed_in("viewer"), make_source()

    def fill(start, count):
        for number in range(start, start + count):
            customer = CustomerRecord(external_id=f"c{number}", name=f"Muster {number}")
            make_invoice(source, number=f"M{number}", title="muster", customer=customer)

    fill(0, 1)
    with django_assert_max_num_queries(12) as few:
        client.get("/search/", {"q": "muster"})
    fill(1, 30)
    with django_assert_max_num_queries(12) as many:
        client.get("/search/", {"q": "muster"})
    assert len(few) == len(many)
