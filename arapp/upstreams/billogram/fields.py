"""Single fields of a Billogram payload: texts, parts, amounts. A wrong type is Unreadable or AmountError."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from arapp.receivables.money import AmountError, Money, currency_code
from arapp.receivables.records import Unreadable, read_decimal, require, text

LONGEST_ID = 200
LONGEST_NUMBER = 20
"""Characters of a price, a count or a rate; more is noise that no invoice means."""
MOST_DECIMALS = 12


def said(payload: Mapping[str, Any], key: str) -> str | None:
    """The text under a key; None, which keeps what is stored, for a missing key, null and what is no text.

    Null is what Billogram gives for a field that was never filled (section 6.3), and what any field may be when
    its answer is incomplete; "" alone says that there is nothing.
    """
    value = payload.get(key)
    return None if value is None or isinstance(value, dict | list) else text(value)


def identity(payload: Any, key: str) -> str:
    """The id under a key. Unreadable when there is none or it is no id by its length."""
    found = require(payload, key)
    if len(found) > LONGEST_ID:
        raise Unreadable(_("“%(key)s” has more than %(limit)d characters.") % {"key": key, "limit": LONGEST_ID})
    return found


def demand(payload: Mapping[str, Any], keys: Sequence[str]) -> None:
    """Unreadable when a key is missing that every whole payload has, be its value null."""
    missing = [key for key in keys if key not in payload]
    if missing:
        names = _("”, no “").join(missing)
        raise Unreadable(_("The entry is incomplete: it has no “%(keys)s”.") % {"keys": names})


def part(payload: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The object under a key, empty for null and for a missing key; Unreadable for anything else."""
    value = payload.get(key)
    if value is not None and not isinstance(value, Mapping):
        raise Unreadable(_("“%(key)s” is not an object.") % {"key": key})
    return value or {}


def parts(payload: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The objects in the list under a key. Unreadable when it is none, null too: a billogram always has it."""
    value = payload.get(key)
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise Unreadable(_("“%(key)s” is not a list of objects.") % {"key": key})
    return value


def currency_of(payload: Mapping[str, Any]) -> str | None:
    """ISO 4217 code of a billogram; None when it tells none, AmountError when it is no code."""
    told = payload.get("currency")
    return None if told in (None, "") else currency_code(told)


def money(payload: Mapping[str, Any], key: str, currency: str | None) -> Money | None:
    """A total or a movement, a number or text (section 1.1). AmountError when it does not fit the currency."""
    value = payload.get(key)
    if value in (None, ""):
        return None
    if currency is None:
        raise Unreadable(_("“%(key)s” is an amount without a currency.") % {"key": key})
    try:
        return Money.parse(value, currency)
    except AmountError as error:
        raise AmountError(_at(key, error)) from error


def exact(payload: Mapping[str, Any], key: str) -> Decimal | None:
    """A price, count, rate or rounding without trailing zeros: 25 and 25.0 are alike. Else AmountError."""
    try:
        number = read_decimal(payload.get(key))
    except AmountError as error:
        raise AmountError(_at(key, error)) from error
    if not number:
        return None if number is None else Decimal(0)
    plain = "" if number.adjusted() < -MOST_DECIMALS else f"{number:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    if not plain or len(plain) > LONGEST_NUMBER or len(plain.partition(".")[2]) > MOST_DECIMALS:
        sentence = _("%(key)s: the number has more digits than a price, a count or a rate can have.")
        raise AmountError(sentence % {"key": key})
    return Decimal(plain)


def _at(key: str, problem: AmountError) -> str:
    """Where the amount stands that cannot be read, and why."""
    return _("%(key)s: %(problem)s") % {"key": key, "problem": problem}
