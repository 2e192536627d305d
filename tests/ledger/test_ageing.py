from datetime import timedelta

import pytest

from arapp.ledger.ageing import ageing
from arapp.receivables.claims import AGES
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money
from tests.conftest import TODAY, make_invoice, make_source


def issued(source, late=None, **fields):
    due = None if late is None else TODAY - timedelta(days=late)
    facts = {"state": "open", "service_state": "OPEN", "service_decision": "approved", "due_date": due}
    return make_invoice(source, **facts | fields)


def names_of(invoice):
    """The ages an invoice is found under."""
    return [name for name in AGES if Invoice.objects.aged(TODAY, name).filter(pk=invoice.pk).exists()]


@pytest.mark.parametrize(
    ("late", "name"),
    [
        (None, "not-due"),
        (-1, "not-due"),
        (0, "not-due"),
        (1, "1-30"),
        (30, "1-30"),
        (31, "31-60"),
        (60, "31-60"),
        (61, "61-90"),
        (90, "61-90"),
        (91, "91-120"),
        (120, "91-120"),
        (121, "over-120"),
        (9000, "over-120"),
    ],
)
def test_every_claim_is_of_exactly_one_age(source, late, name):
    assert names_of(issued(source, late)) == [name]


def test_what_is_never_late_is_not_due_however_old_it_is(source):
    assert names_of(issued(source, 200, kind="credit_note")) == ["not-due"]
    assert names_of(issued(source, 200, open="0")) == ["not-due"]
    assert names_of(issued(source, 200, open="-5")) == ["not-due"]


def test_what_is_no_claim_has_no_age(source):
    assert names_of(make_invoice(source, due_date=TODAY - timedelta(days=50))) == []
    assert names_of(issued(make_source(counts_as="other"), 50)) == []
    assert not Invoice.objects.aged(TODAY).exists()


def test_several_ages_are_asked_for_together_and_an_unknown_one_is_refused(source):
    one, two = issued(source, 5), issued(source, 100)
    issued(source, 40)
    assert set(Invoice.objects.aged(TODAY, "1-30", "91-120")) == {one, two}
    with pytest.raises(KeyError):
        Invoice.objects.aged(TODAY, "last year")


def test_the_ages_add_up_to_what_is_owed_per_currency(source, django_assert_num_queries):
    for late in (None, -3, 3, 33, 63, 93, 123):
        issued(source, late)
        issued(source, late, currency="JPY", net="100", vat="19", gross="119", paid="0", open="119")
    issued(source, 70, kind="credit_note", open="-19")
    issued(source, 70, kind="credit_note", open="20")
    with django_assert_num_queries(1):
        euro, yen = ageing(Invoice.objects.all(), TODAY)
    assert [euro.owed, yen.owed] == Invoice.objects.owed_per_currency()
    assert sum(bucket.money.minor for bucket in euro.buckets) == euro.owed.minor == 7 * 11900 - 3900
    assert euro.overdue == Money(5 * 11900, "EUR")
    assert (euro.count, euro.late) == (9, 5)
    assert [(bucket.name, bucket.count) for bucket in euro.buckets] == [
        ("not-due", 4),
        *((name, 1) for name in list(AGES)[1:]),
    ]
    assert yen.buckets[0].money == Money(238, "JPY")
    assert yen.buckets[0].title == "Not due"


def test_only_the_given_rows_are_counted(source):
    issued(source, 5)
    other = issued(source, 5, currency="SEK")
    (found,) = ageing(Invoice.objects.filter(pk=other.pk), TODAY)
    assert (found.currency, found.owed, found.overdue) == ("SEK", Money(11900, "SEK"), Money(11900, "SEK"))


def test_where_nothing_is_owed_there_is_no_row(source):
    make_invoice(source)
    assert ageing(Invoice.objects.all(), TODAY) == []
