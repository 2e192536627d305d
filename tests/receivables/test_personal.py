"""Personal numbers, and how they are masked. All numbers are invented."""

import pytest

from arapp.logs import OneLine
from arapp.receivables.personal import is_organisation, is_personal, luhn, masked, without_personal_numbers

PERSONAL = ("811218-9876", "8112189876", "19811218-9876", "198112189876", "811218+9876", "811278-9873")
COMPANIES = ("556801-7155", "5568017155", "16556801-7155")


@pytest.mark.parametrize("number", PERSONAL)
def test_a_personal_number_has_a_day_of_birth_and_a_check_digit(number: str):
    assert is_personal(number)


@pytest.mark.parametrize("number", ["811218-9875", "811332-9876", "811218", "", "556801-7155", "00000000-0000", "ab"])
def test_anything_else_is_no_personal_number(number: str):
    assert not is_personal(number)


@pytest.mark.parametrize("number", COMPANIES)
def test_an_organisation_number_is_checked_by_its_last_digit(number: str):
    assert is_organisation(number)
    assert not is_organisation(number[:-1] + str((int(number[-1]) + 1) % 10))
    assert not is_personal(number)


def test_the_check_digit_is_the_usual_one():
    assert luhn("4539578763621486")
    assert not luhn("4539578763621487")


@pytest.mark.parametrize("number", PERSONAL)
@pytest.mark.parametrize("kind", ["", "business", "individual"])
def test_the_last_four_digits_of_a_person_are_hidden_whatever_the_kind_says(number: str, kind: str):
    assert masked(number, kind) == number[:-4] + "****"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("811218 9876", "811218 ****"),
        ("811218\u20139876", "811218\u2013****"),
        ("19811218 - 9876", "19811218 - ****"),
        (" 811218\u00a09876 ", " 811218\u00a0****"),
        ("8112 18.9876", "8112 18.****"),
        ("SE 811218-9876 01", "SE 811218-****"),
        ("se811218987601", "se811218****"),
    ],
)
def test_it_is_hidden_however_it_is_set_apart(number: str, shown: str):
    assert masked(number) == masked(number, "individual") == shown


def test_what_an_individual_from_abroad_gives_is_hidden_too():
    assert masked("X1234567L", "foreign individual") == "X1234****"
    assert masked("12", "individual") == "****"


def test_the_vat_number_of_a_sole_trader_shows_no_personal_number():
    assert masked("SE811218987601") == "SE811218****"


@pytest.mark.parametrize("number", [*COMPANIES, "DE123456789", "SE556801715501", "", "12/345/67890"])
def test_the_number_of_a_company_is_shown(number: str):
    assert masked(number, "business") == number


def test_personal_numbers_are_masked_in_the_words_of_a_service():
    said = "org_no 811218-9876 is taken, see 5568017155 of 2026-11-20 and 123456789012"
    expected = "org_no 811218-**** is taken, see 5568017155 of 2026-11-20 and 123456789012"
    assert without_personal_numbers(said) == expected


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("taken: 811218 9876.", "taken: 811218 ****."),
        ("taken: 811218 \u2013 9876.", "taken: 811218 \u2013 ****."),
        ("vat_no SE 811218-9876 01 is taken", "vat_no SE 811218-**** is taken"),
        ("vat_no SE811218987601 is taken", "vat_no SE811218**** is taken"),
        ("GET /customers/?q=811218%209876 200", "GET /customers/?q=811218%20**** 200"),
        ("GET /customers/?q=811218%2D9876&a=1", "GET /customers/?q=811218%2D****&a=1"),
        ("GET /customers/?q=811218%E2%80%939876", "GET /customers/?q=811218%E2%80%93****"),
        ("GET /customers/?q=Siv%2019811218-9876", "GET /customers/?q=Siv%2019811218-****"),
        ("GET /customers/?q=SE811218987601", "GET /customers/?q=SE811218****"),
    ],
)
def test_it_is_masked_in_texts_however_it_is_set_apart(said: str, shown: str):
    assert without_personal_numbers(said) == shown


@pytest.mark.parametrize(
    "text", ["2026-11-20 0900 556801 7155", "SE556801715501", "811218 98765", "1811218 9876", "811218, 9876"]
)
def test_other_numbers_stay_in_texts(text: str):
    assert without_personal_numbers(text) == text


def test_a_log_shows_no_personal_number():
    import logging

    record = logging.LogRecord("x", logging.ERROR, "f", 1, "Refused: %s", ("198112189876",), None)
    assert OneLine().format(record) == "Refused: 19811218****"
