"""Numbers of companies and people as Sweden writes them: their check digit, and the mask of a person's number."""

import re
from datetime import date

_SWEDISH = re.compile(r"(\d{2})?(\d{6})[-+]?(\d{4})", re.ASCII)
_SOLE_TRADER = re.compile(r"SE(\d{10})\d\d", re.ASCII)
_BETWEEN = re.compile(r"[\W_]")
_GAP = r"(?:[-+ \t\u00a0\u2009\u202f\u2010-\u2015\u2212]|%20|%2[BD]|%C2%A0|%E2%80%9[0-5]|%E2%88%92){0,3}"
"""What people write between the parts, as it is and as it stands in an address that is logged."""
_IN_TEXT = re.compile(
    r"(?:(?<![\w-])|(?<=%[0-9A-F]{2}))"
    rf"(?P<shown>(?P<trader>SE{_GAP})?(?P<born>(?:\d{{2}})?\d{{6}}){_GAP})(?P<last>\d{{4}})"
    rf"(?(trader){_GAP}\d{{2}})(?![\w-])",
    re.ASCII | re.IGNORECASE,
)
MASK = "****"


def luhn(digits: str) -> bool:
    """Whether the last digit checks those before it: every other one doubled, the sum of all digits ends in 0."""
    weighted = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value // 10 + value % 10 for value in weighted) % 10 == 0


def is_organisation(number: str) -> bool:
    """Ten digits with their check digit, also behind “16”; a sole trader's is a personal number."""
    found = _SWEDISH.fullmatch(number.strip())
    return bool(found and found[1] in (None, "16") and luhn(found[2] + found[3]))


def is_personal(number: str) -> bool:
    """Ten or twelve digits with their check digit and a day of birth (60 later in a coordination number)."""
    found = _SWEDISH.fullmatch(number.strip())
    if not found or not luhn(found[2] + found[3]):
        return False
    centuries = (found[1],) if found[1] else ("19", "20")
    return any(_is_day(century + found[2]) for century in centuries)


def _is_day(digits: str) -> bool:
    day = int(digits[6:])
    try:
        born = date(int(digits[:4]), int(digits[4:6]), day - 60 if day > 60 else day)
    except ValueError:
        return False
    return born.year >= 1800


def masked(org_no: str, kind: str = "") -> str:
    """The number as lists, exports and logs show it: a person's without its last four digits.

    ``kind`` is the customer's; what reads as a personal number, or as a sole trader's VAT number, is one whatever
    the kind says.
    """
    places = [place for place, letter in enumerate(org_no) if not _BETWEEN.match(letter)]
    bare = "".join(org_no[place] for place in places).upper()
    trader = _SOLE_TRADER.fullmatch(bare)
    if trader and is_personal(trader[1]):
        return org_no[: places[8]] + MASK
    if not bare or not (kind.endswith("individual") or is_personal(bare)):
        return org_no
    return org_no[: places[max(0, len(places) - 4)]] + MASK


def without_personal_numbers(text: str) -> str:
    """A text for people or a log, such as the words of a service, with personal numbers masked."""
    return _IN_TEXT.sub(_without_last, text)


def _without_last(found: re.Match[str]) -> str:
    return found["shown"] + MASK if is_personal(found["born"] + found["last"]) else found[0]
