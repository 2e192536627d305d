from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from arapp.receivables.money import (
    AmountError,
    CurrencyMismatch,
    Money,
    currency_code,
    exact_decimal,
    exponent,
    in_form,
    typed_number,
)

minors = st.integers(-(10**15) + 1, 10**15 - 1)
currencies = st.sampled_from(["EUR", "SEK", "JPY", "KWD", "CLF"])


@given(minors, currencies)
def test_what_is_written_plainly_is_read_back_exactly(minor: int, currency: str):
    money = Money(minor, currency)
    assert Money.parse(money.plain(), currency) == money


@given(minors, st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(sum))
def test_the_parts_of_a_split_add_up_to_the_whole(minor: int, weights: list[int]):
    parts = Money(minor, "EUR").split(weights)
    assert sum(part.minor for part in parts) == minor
    assert all(part.minor == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@given(minors, minors)
def test_adding_and_taking_away_again_changes_nothing(left: int, right: int):
    assert Money(left, "EUR") + Money(right, "EUR") - Money(right, "EUR") == Money(left, "EUR")


@given(st.decimals(-(10**6), 10**6, places=5))
def test_rounding_is_half_away_from_zero(value: Decimal):
    sign = -1 if value < 0 else 1
    expected = sign * int(abs(value) * 100 + Decimal("0.5"))
    assert Money.rounded(value, "EUR").minor == expected


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.5", "EUR", 1250),
        ("12.5000", "EUR", 1250),
        ("1200.00", "JPY", 1200),
        ("1.234", "KWD", 1234),
        ("-3", "SEK", -300),
    ],
)
def test_amounts_are_read_in_smallest_units(text: str, currency: str, minor: int):
    assert Money.parse(text, currency).minor == minor


@pytest.mark.parametrize(
    "value",
    ["1.234,56", "1,234.56", "", " ", "abc", "NaN", "Infinity", "1e99", "0x10", "١٢", 1.5, True, None, [], "12.345"],
)
def test_what_is_not_an_exact_amount_is_refused_with_a_sentence(value: object):
    with pytest.raises(AmountError) as error:
        Money.parse(value, "EUR")
    assert str(error.value)


def test_an_amount_with_more_decimals_than_its_currency_is_refused():
    with pytest.raises(AmountError, match="more decimals than JPY"):
        Money.parse("1200.50", "JPY")


def test_an_amount_too_large_for_the_database_is_refused():
    with pytest.raises(AmountError, match="too large"):
        Money.parse("999999999999999999", "EUR")


def test_different_currencies_are_never_added():
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "SEK")
    with pytest.raises(CurrencyMismatch):
        assert Money(1, "EUR") < Money(1, "SEK")


def test_people_see_a_true_minus_sign_and_groups_of_three():
    assert str(Money(-123456789, "EUR")) == "\u22121,234,567.89 EUR"
    assert str(Money(1234, "JPY")) == "1,234 JPY"


def test_a_weightless_split_is_refused():
    with pytest.raises(ValueError, match="weights"):
        Money(100, "EUR").split([0, 0])


@pytest.mark.parametrize("code", ["", "EU", "EURO", "12E", None, "€€€", 5])
def test_a_currency_is_three_letters(code: object):
    with pytest.raises(AmountError):
        currency_code(code)


def test_a_currency_is_read_in_either_case():
    assert currency_code(" eur ") == "EUR"
    assert exponent("EUR") == 2


def test_a_decimal_out_of_text_keeps_its_digits():
    assert exact_decimal("8.4034") == Decimal("8.4034")


# As people write it


@given(minors, currencies, st.sampled_from(["en", "de", "sv"]))
def test_what_is_shown_is_read_back_exactly_in_each_language(minor: int, currency: str, language: str):
    money = Money(minor, currency)
    with translation.override(language):
        try:
            assert Money.parse(typed_number(money.shown()), currency) == money
        except AmountError:
            # “1,234” of a currency without decimals is a thousand here, and something else elsewhere.
            assert exponent(currency) == 0


@given(st.decimals(-(10**9), 10**9, places=4), st.sampled_from(["en", "de", "sv"]))
def test_what_stands_in_a_form_comes_back_as_the_number_it_was(number: Decimal, language: str):
    with translation.override(language):
        assert Decimal(typed_number(in_form(f"{number:f}"))) == number


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("1234.56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234\u202f567", "1234567"),
        ("1'234.50", "1234.50"),
        ("1.234.567", "1234567"),
        ("0,125", "0.125"),
        ("1234,567", "1234.567"),
        ("\u22125,50", "-5.50"),
        (" 7 ", "7"),
    ],
)
@pytest.mark.parametrize("language", ["en", "de", "sv"])
def test_numbers_are_typed_in_either_form(typed: str, plain: str, language: str):
    with translation.override(language):
        assert Decimal(typed_number(typed)) == Decimal(plain)


@pytest.mark.parametrize(("language", "clear", "unclear"), [("en", "1.234", "1,234"), ("de", "1,234", "1.234")])
def test_one_sign_before_three_digits_is_the_readers_decimal_sign_or_refused(language: str, clear: str, unclear: str):
    with translation.override(language):
        assert typed_number(clear) == "1.234"
        with pytest.raises(AmountError, match="1234"):
            typed_number(unclear)


@pytest.mark.parametrize(
    "text", ["", "abc", "1.2.3", "12,34.56", "1,2,3", "1e5", "12 34", "NaN", "--1", "1,23,456.7"]
)
def test_what_is_no_number_is_given_back_as_it_was_typed(text: str):
    assert typed_number(text) == text
