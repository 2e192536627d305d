"""Exchange rates, and totals in the company's own currency."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from arapp.ledger.home import at_home
from arapp.ledger.models import Rate
from arapp.ledger.rates import enter, rates_on, read_rate
from arapp.receivables.money import AmountError, Money
from tests.conftest import TODAY

BEFORE, AFTER = date(2026, 11, 10), date(2026, 11, 30)


@pytest.fixture(autouse=True)
def euro(settings):
    settings.HOME_CURRENCY = "EUR"


@pytest.mark.parametrize(
    ("text", "rate"),
    [("0.0883", "0.0883"), ("11,32", "11.32"), (" 1 ", "1"), ("0.000000000001", "0.000000000001")],
)
def test_a_rate_is_read_exactly_with_comma_or_point(text, rate):
    assert read_rate(text) == Decimal(rate)


@pytest.mark.parametrize(
    "text", ["", "0", "0,000", "-1", "1e3", "NaN", "1.234,5", "1 234", "0.0000000000001", "1.", ".5", "x" * 100, "१"]
)
def test_what_is_no_rate_is_refused_with_a_sentence(text):
    with pytest.raises(AmountError) as refused:
        read_rate(text)
    assert str(refused.value).endswith((".", "11,32."))


def test_amounts_are_converted_exactly_and_rounded_half_up_once(db):
    enter("SEK", Decimal("0.0883"), TODAY, None)
    enter("JPY", Decimal("0.00615"), TODAY, None)
    found = at_home([Money(10_000, "EUR"), Money(12_345, "SEK"), Money(100, "JPY")], TODAY)
    assert found.total == Money(11_152, "EUR")
    assert [rate.rate for rate in found.used] == ["0.00615", "0.0883"]


@pytest.mark.parametrize(("minor", "home"), [(5, 1), (4, 0), (-5, -1), (-4, 0)])
def test_halves_go_away_from_zero(db, minor, home):
    enter("SEK", Decimal("0.1"), TODAY, None)
    assert at_home([Money(minor, "SEK")], TODAY).total == Money(home, "EUR")


def test_currencies_without_decimals_and_with_three_are_whole_units_too(db):
    enter("KWD", Decimal(3), TODAY, None)
    enter("JPY", Decimal("0.006"), TODAY, None)
    assert at_home([Money(1_500, "KWD"), Money(1_000, "JPY")], TODAY).total == Money(1_050, "EUR")


def test_without_every_rate_no_sum_is_claimed(db):
    enter("SEK", Decimal("0.0883"), TODAY, None)
    found = at_home([Money(1, "SEK"), Money(1, "JPY"), Money(1, "NOK")], TODAY)
    assert (found.total, found.used) == (None, ())
    assert found.sentence == "No total in EUR: there is no rate for JPY and NOK."


def test_a_rate_of_a_later_day_is_not_used_for_an_earlier_one(db):
    enter("SEK", Decimal("0.1"), TODAY, None)
    assert at_home([Money(100, "SEK")], BEFORE).missing == ("SEK",)
    enter("SEK", Decimal("0.2"), BEFORE, None)
    assert at_home([Money(100, "SEK")], BEFORE).total == Money(20, "EUR")
    assert at_home([Money(100, "SEK")], TODAY).total == Money(10, "EUR")
    assert at_home([Money(100, "SEK")], AFTER).total == Money(10, "EUR")


def test_the_same_day_entered_again_replaces_what_was_wrong(db):
    enter("SEK", Decimal("0.1"), TODAY, None)
    enter("SEK", Decimal("0.2"), TODAY, None)
    assert [rate.rate for rate in Rate.objects.all()] == ["0.2"]


def test_nothing_is_converted_without_need(db, settings, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert at_home([], TODAY) is None
        assert at_home([Money(5, "EUR"), Money(0, "SEK")], TODAY) is None
        settings.HOME_CURRENCY = ""
        assert at_home([Money(5, "SEK")], TODAY) is None


def test_rates_for_another_home_currency_do_not_count(db, settings):
    enter("SEK", Decimal("0.1"), TODAY, None)
    settings.HOME_CURRENCY = "NOK"
    assert rates_on(TODAY) == {}


def test_many_currencies_are_one_question(db, django_assert_num_queries):
    codes = [f"A{chr(65 + n)}{chr(90 - n)}" for n in range(20)]
    for code in codes:
        enter(code, Decimal(1), TODAY, None)
    with django_assert_num_queries(1):
        assert at_home([Money(100, code) for code in codes], TODAY).total == Money(2_000, "EUR")


def rate(*words: str) -> str:
    out = StringIO()
    call_command("rate", *words, stdout=out)
    return out.getvalue()


def test_the_command_enters_and_lists(db):
    assert rate() == "No rate has been entered yet.\n"
    assert rate("sek", "0,0883", "--date", "2026-01-31") == "1 SEK = 0.0883 EUR (2026-01-31)\n"
    assert rate() == "1 SEK = 0.0883 EUR (2026-01-31) the command line\n"


@pytest.mark.parametrize(
    "words",
    [
        ("SEK",),
        ("SEK", "0"),
        ("kronor", "1"),
        ("EUR", "1"),
        ("SEK", "1", "--date", "9999-01-01"),
        ("SEK", "1", "--date", "31.1."),
    ],
    ids=str,
)
def test_the_command_refuses_nonsense_with_a_sentence(db, words):
    with pytest.raises(CommandError, match=r"\.$") as refused:
        rate(*words)
    assert (refused.value.returncode, Rate.objects.count()) == (2, 0)


def test_without_a_home_currency_the_command_says_so(db, settings):
    settings.HOME_CURRENCY = ""
    with pytest.raises(CommandError, match="HOME_CURRENCY"):
        rate("SEK", "1")
