"""Debtors at the desk: proposals, joining, splitting, and a debtor's page."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from arapp.debtors.joining import join
from arapp.debtors.models import Apart, Debtor, Member
from arapp.ledger.rates import enter
from arapp.lists.days import today
from arapp.receivables.models import Customer
from arapp.receivables.records import CustomerRecord
from tests.conftest import make_invoice, make_source

ORG = "556677-8899"


def text(answer) -> str:
    return answer.content.decode()


def owing(name, source=None, org_no=ORG, **fields):
    """An issued invoice of a customer with this number."""
    record = CustomerRecord(external_id=name, name=name, org_no=org_no, brief=False)
    fields = {"state": "open", "service_decision": "approved", **fields}
    return make_invoice(source or make_source(f"At {name}"), customer=record, **fields)


@pytest.fixture
def two(db) -> list[int]:
    late = today() - timedelta(days=40)
    return [
        owing("Alfa", gross="100", open="60", due_date=late).customer_id,
        owing("Alpha", gross="40", open="40", due_date=late, currency="SEK").customer_id,
    ]


def joined() -> set[int]:
    return set(Member.objects.values_list("customer", flat=True))


def test_proposals_say_why_and_stand_side_by_side(two, signed_in):
    page = text(signed_in("viewer").get("/debtors/"))
    for words in ("They have the same number: <b>5566778899</b>", "Alfa", "Alpha", "At Alfa", "60.00", "40.00", ORG):
        assert words in page, words
    assert "A clerk or a higher role joins them." in page
    assert 'action="/debtors/join/"' not in page


def test_a_clerk_joins_what_is_proposed(two, signed_in):
    client = signed_in("clerk")
    assert 'action="/debtors/join/"' in text(client.get("/debtors/"))
    answer = client.post("/debtors/join/", {"ids": two}, follow=True)
    assert answer.redirect_chain == [(f"/debtors/{Debtor.objects.get().pk}/", 302)]
    assert joined() == set(two)
    page = text(client.get("/debtors/"))
    assert "They have the same number" not in page
    assert "Alfa" in page


def test_not_the_same_is_not_proposed_again(two, signed_in):
    client = signed_in("clerk")
    page = text(client.post("/debtors/apart/", {"ids": two}, follow=True))
    assert "They are not proposed again." in page
    assert ("They have the same number" in page, Apart.objects.count()) == (False, 1)


def test_not_the_same_says_so_when_others_have_joined_them_meanwhile(two, person, signed_in):
    join(two, person)
    page = text(signed_in("clerk").post("/debtors/apart/", {"ids": two}, follow=True))
    assert ("They are not proposed again." in page, "Somebody else has just joined" in page) == (False, True)
    assert (Apart.objects.count(), len(joined())) == (0, 2)


def test_a_personal_number_stays_masked(db, signed_in):
    for name in ("Anna", "Ann"):
        owing(name, org_no="850709-9805")
    page = text(signed_in("administrator").get("/debtors/"))
    assert "850709" in page
    assert "9805" not in page


def test_a_debtor_shows_what_it_owes_by_age_with_links_to_the_rows(two, person, signed_in):
    pk = join(two, person).pk
    page = text(signed_in("viewer").get(f"/debtors/{pk}/"))
    assert f"/invoices/?customer={two[0]}&amp;currency=EUR&amp;age=31-60" in page
    assert f"/invoices/?debtor={pk}&amp;currency=SEK&amp;owed=1" in page
    assert str(person) in page
    assert "Split off" in text(signed_in("clerk").get(f"/debtors/{pk}/"))


def test_what_they_owe_together_adds_up_per_currency(two, person, signed_in):
    third = owing("Alfha", open="19.50", due_date=date(2020, 1, 1)).customer_id
    pk = join([*two, third], person).pk
    row = text(signed_in("viewer").get(f"/debtors/{pk}/")).split(">Together<")[1].split("</tr>")[0]
    assert [amount in row for amount in ("60.00", "19.50", "79.50")] == [True] * 3


def test_the_links_of_a_sum_lead_to_the_rows_that_make_it_up(two, person, signed_in):
    pk, client = join(two, person).pk, signed_in("viewer")
    found = text(client.get(f"/invoices/?debtor={pk}&currency=EUR&age=31-60"))
    assert found.count('<tr id="row-') == 1


def test_a_total_in_home_currency_stands_beside_with_its_rate(two, person, signed_in, settings):
    settings.HOME_CURRENCY = "EUR"
    debtor, client = join(two, person), signed_in("viewer")
    path = f"/debtors/{debtor.pk}/"
    assert "No total in EUR: there is no rate for SEK." in text(client.get(path))
    enter("SEK", Decimal("0.1"), today(), None)
    page = text(client.get(path))
    assert f'<a href="/invoices/?debtor={debtor.pk}&amp;owed=1"><span class="money">64.00' in page
    assert "1 SEK = 0.1 EUR of" in page


def test_debtors_come_together_only_when_it_is_confirmed(two, person, signed_in):
    others = [owing(name).customer_id for name in ("Beta", "Betha")]
    join(two, person), join(others, person)
    client, ids = signed_in("clerk"), [two[0], others[0]]
    asked = client.post("/debtors/join/", {"ids": ids})
    assert (asked.status_code, Debtor.objects.count()) == (409, 2)
    assert 'name="moving"' in text(asked)
    client.post("/debtors/join/", {"ids": ids, "moving": "1"})
    assert (Debtor.objects.count(), joined()) == (1, {*two, *others})


@pytest.mark.parametrize("ids", [[], ["x"], ["1"], ["99999999999999999999999"], [""]])
def test_nonsense_is_refused_with_a_sentence(two, signed_in, ids):
    answer = signed_in("clerk").post("/debtors/join/", {"ids": ids})
    assert (answer.status_code, joined()) == (409, set())
    assert "Choose at least two customers to join." in text(answer)


def test_one_is_split_off_and_a_debtor_dissolved(two, person, signed_in):
    third = owing("Beta").customer_id
    client, path = signed_in("clerk"), f"/debtors/{join([*two, third], person).pk}/"
    assert client.post(f"{path}split/", {"customer": third}).headers["Location"] == path
    assert joined() == set(two)
    assert "does not belong" in text(client.post(f"{path}split/", {"customer": third}, follow=True))
    assert client.post(f"{path}split/").headers["Location"] == "/debtors/"
    assert client.post(f"{path}split/").status_code == 302
    assert (joined(), client.get(path).status_code) == (set(), 404)


def test_a_customer_is_joined_by_hand_after_a_search(two, signed_in):
    other = owing("Gamma", org_no="").customer_id
    client = signed_in("clerk")
    assert "Join with another customer…" in text(client.get(f"/customers/{other}/"))
    page = text(client.get(f"/customers/{other}/join/?q=alfa"))
    assert f'name="ids" value="{two[0]}"' in page
    assert f'value="{two[1]}"' not in page
    assert "No other customer matches." in text(client.get(f"/customers/{other}/join/?q=gamma"))
    assert client.get(f"/customers/{other}/join/?q=a%00").status_code == 200


def test_who_may_and_how(two, client, signed_in):
    for path in ("/debtors/", f"/customers/{two[0]}/join/"):
        assert client.get(path).headers["Location"].startswith("/accounts/login/")
    viewer = signed_in("viewer")
    assert viewer.post("/debtors/").status_code == 405
    for path in ("/debtors/join/", "/debtors/apart/", "/debtors/1/split/"):
        assert viewer.post(path, {"ids": two}).status_code == 403
    assert viewer.get(f"/customers/{two[0]}/join/").status_code == 403
    clerk = signed_in("clerk")
    for path in ("/debtors/join/", "/debtors/apart/", "/debtors/1/split/"):
        assert clerk.get(path).status_code == 405
    assert joined() == set()


def test_the_pages_ask_as_little_however_many_there_are(person, signed_in, django_assert_max_num_queries, settings):
    settings.HOME_CURRENCY = "EUR"
    client = signed_in("clerk")

    def pairs(first: int, last: int) -> None:
        for n in range(first, last):
            pair = [owing(f"C{n}{side}", org_no=f"55667788{n:02}", currency="SEK").customer_id for side in "ab"]
            join(pair, person) if n % 2 else None

    pairs(0, 2)
    many = join([owing("D1").customer_id, owing("D2").customer_id], person)
    paths = ("/debtors/", f"/debtors/{many.pk}/")
    [client.get(path) for path in paths]
    few = []
    for path in paths:
        with django_assert_max_num_queries(12) as asked:
            client.get(path)
        few.append(len(asked))
    pairs(2, 12)
    join(
        [Member.objects.filter(debtor=many).first().customer_id, *(owing(f"D{n}").customer_id for n in range(3, 9))],
        person,
    )
    for path, before in zip(paths, few, strict=True):
        with django_assert_max_num_queries(before):
            client.get(path)


def test_the_list_of_customers_leads_to_the_proposals(two, signed_in):
    assert "1 proposal" in text(signed_in("viewer").get("/customers/"))
    Customer.objects.update(org_no="")
    assert "proposal" not in text(signed_in("viewer").get("/customers/"))
