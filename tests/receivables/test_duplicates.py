"""Possible duplicates: the same number, amount and kind in two sources."""

import pytest
from django.utils import timezone

from arapp.receivables.duplicates import doubles_of, duplicated, folded_doubles, possible_duplicates
from arapp.receivables.models import Invoice
from tests.conftest import make_invoice, make_source


@pytest.fixture
def two(db):
    """The same invoice in two sources, written in two ways."""
    one = make_invoice(make_source("Nord"), number="RE-77", state="open")
    other = make_invoice(make_source("Süd", "billover"), number=" re-77 ")
    return one, other


def marked() -> set[int]:
    return set(Invoice.objects.filter(duplicated()).values_list("pk", flat=True))


def test_the_same_number_and_amount_in_two_sources_are_possible_duplicates(two):
    one, other = two
    assert marked() == {one.pk, other.pk}
    found = possible_duplicates([one.pk, other.pk])
    assert [double.pk for double in found[one.pk]] == [other.pk]
    assert found[other.pk][0].words == "RE-77 at Nord (open, 119.00 EUR)"
    assert found[other.pk][0].sentence == "Possible duplicate of RE-77 at Nord (open, 119.00 EUR)."


@pytest.mark.parametrize(
    "fields",
    [{"number": "RE-78"}, {"gross": "119.01"}, {"currency": "SEK"}, {"kind": "credit_note"}, {"gross": None}],
    ids=lambda fields: next(iter(fields)),
)
def test_another_number_amount_currency_or_kind_is_another_invoice(db, fields):
    one = make_invoice(make_source(), number="RE-77")
    make_invoice(make_source(), **{"number": "RE-77", **fields})
    assert (marked(), possible_duplicates([one.pk])) == (set(), {})


def test_twice_in_one_source_is_no_duplicate(source):
    """A service numbers its invoices itself; what it has twice it means twice."""
    pks = [make_invoice(source, number="RE-77").pk for _time in range(2)]
    assert (marked(), possible_duplicates(pks)) == (set(), {})


@pytest.mark.parametrize("number", ["", "   "])
def test_invoices_without_a_number_are_not_compared(db, number):
    pks = [make_invoice(make_source(), number=number).pk for _time in range(2)]
    assert (marked(), possible_duplicates(pks)) == (set(), {})


def test_what_is_gone_is_no_duplicate_any_more(two):
    one, other = two
    Invoice.objects.filter(pk=other.pk).update(gone_at=timezone.now())
    assert (marked(), possible_duplicates([one.pk, other.pk])) == (set(), {})


def test_a_third_source_with_another_amount_is_left_alone(two):
    third = make_invoice(make_source(), number="RE-77", gross="1")
    assert third.pk not in marked()
    assert third.pk not in possible_duplicates([third.pk, two[0].pk])


def test_the_others_are_those_not_marked(two):
    alone = make_invoice(two[0].source, number="RE-1")
    assert list(Invoice.objects.exclude(duplicated())) == [alone]


def test_a_page_of_rows_asks_once(two, django_assert_num_queries):
    pks = [invoice.pk for invoice in two] + [make_invoice(make_source(), number="RE-77").pk for _n in range(5)]
    with django_assert_num_queries(1):
        assert all(len(doubles) == 6 for doubles in possible_duplicates(pks).values())
    with django_assert_num_queries(0):
        assert possible_duplicates([]) == {}


def test_one_invoice_is_read_together_with_its_doubles(two, django_assert_num_queries):
    one, other = two
    alone = make_invoice(one.source, number="RE-1")
    Invoice.objects.annotate(**folded_doubles()).get(pk=one.pk)  # The first such query asks what SQLite can do.
    with django_assert_num_queries(3):
        read = [Invoice.objects.annotate(**folded_doubles()).get(pk=each.pk) for each in (one, other, alone)]
    assert [doubles_of(each) for each in read] == [possible_duplicates([each.pk]).get(each.pk, []) for each in read]
    read[0].gone_at = timezone.now()
    assert doubles_of(read[0]) == []
