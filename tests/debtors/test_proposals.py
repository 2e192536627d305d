"""Customers with the same number are proposed as one debtor."""

import pytest

from arapp.debtors.joining import MOST, join, keep_apart, split
from arapp.debtors.proposals import proposals
from arapp.receivables.models import Customer
from tests.conftest import NOW, make_source

ORG, VAT = "556677-8899", "SE556677889901"


def make_customer(source=None, name="Öresund Bygg AB", **numbers) -> Customer:
    source = source or make_source()
    return Customer.objects.create(
        source=source, external_id=f"k{Customer.objects.count()}", name=name, brief=False, **numbers
    )


def proposed() -> list[set[int]]:
    return [set(one.customers) for one in proposals()]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"org_no": "556677-8899"}, {"org_no": "556677 8899"}),
        ({"org_no": ORG}, {"org_no": "16556677-8899"}),
        ({"org_no": ORG}, {"vat_no": VAT}),
        ({"vat_no": "se 556677-8899 01"}, {"vat_no": VAT}),
        ({"vat_no": "DE123456789"}, {"vat_no": "de 123.456.789"}),
        ({"org_no": "12/345/67890"}, {"org_no": "1234567890"}),
        ({"org_no": "DE123456789"}, {"vat_no": "DE123456789"}),
    ],
    ids=str,
)
def test_the_same_number_however_it_is_written_is_proposed(db, one, other):
    pair = {make_customer(**one).pk, make_customer(**other).pk}
    assert proposed() == [pair]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"org_no": "556677-8899"}, {"org_no": "556677-8898"}),
        ({"vat_no": "SE556677889901"}, {"vat_no": "SE556677889902"}),
        ({"vat_no": "DE123456789"}, {"vat_no": "AT123456789"}),
        ({}, {}),
        ({"org_no": "-"}, {"org_no": " - "}),
        ({"org_no": "none"}, {"org_no": "none"}),
        ({"org_no": "000000-0000"}, {"org_no": "000000-0000"}),
        ({"org_no": "19556677-8899"}, {"org_no": ORG}),
    ],
    ids=str,
)
def test_another_number_or_none_is_not(db, one, other):
    make_customer(**one), make_customer(**other)
    assert proposed() == []


def test_two_customers_of_one_source_count_too(source):
    pair = {make_customer(source, org_no=ORG).pk, make_customer(source, org_no=ORG).pk}
    assert proposed() == [pair]


def test_what_hangs_together_is_one_proposal_with_all_numbers(db):
    chain = [
        make_customer(org_no=ORG),
        make_customer(vat_no=VAT, org_no="DE123456789"),
        make_customer(vat_no="DE123456789"),
    ]
    make_customer(org_no="1234567")
    found = proposals()
    assert [one.customers for one in found] == [tuple(one.pk for one in chain)]
    assert found[0].numbers == ("5566778899", "DE123456789")


def test_what_is_gone_is_not_proposed(db):
    make_customer(org_no=ORG, gone_at=NOW), make_customer(org_no=ORG)
    assert proposed() == []


def test_what_was_said_not_to_be_the_same_is_not_proposed_again(db, person):
    one, other = make_customer(org_no=ORG), make_customer(org_no=ORG)
    keep_apart([one.pk, other.pk], person)
    assert proposed() == []
    third = make_customer(org_no=ORG)
    assert proposed() == [{one.pk, other.pk, third.pk}]


def test_what_is_joined_is_not_proposed_and_a_newcomer_is(db, person):
    one, other = make_customer(org_no=ORG), make_customer(org_no=ORG)
    debtor = join([one.pk, other.pk], person)
    assert proposed() == []
    third = make_customer(org_no=ORG)
    assert proposed() == [{one.pk, other.pk, third.pk}]
    join([one.pk, third.pk], person)
    split(debtor, third.pk, person)
    assert proposed() == []


def test_a_number_that_very_many_share_says_nothing(db):
    for _n in range(MOST + 1):
        make_customer(Customer.objects.first() and Customer.objects.first().source, org_no=ORG)
    assert proposed() == []


def test_the_number_of_queries_does_not_grow(db, person, django_assert_num_queries):
    for n in range(20):
        make_customer(org_no=f"55667788{n // 2:02}")
    join(Customer.objects.values_list("pk", flat=True)[:2], person)
    with django_assert_num_queries(1):
        assert len(proposals()) == 9
