"""Money: an integer count of the currency's smallest unit, with the ISO 4217 code beside it. No float ever."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from functools import lru_cache

from django.utils.formats import get_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

ZERO_DECIMALS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
THREE_DECIMALS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
FOUR_DECIMALS = frozenset("CLF UYW".split())

LARGEST = 10**15
"""Amounts at or beyond this many smallest units do not fit the database's 64-bit integers with room to add."""

MOST_DECIMALS = 30
"""Of any number we read; no service sends more than six."""

MINUS = "\u2212"
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_SPACES = re.compile(r"(?<=\d)[ \u00a0\u202f'’](?=\d{3}(?!\d))")
"""Between thousands, as people type or paste them."""
_TYPED = re.compile(r"([+-]?)([\d.,]+)", re.ASCII)


class AmountError(ValueError):
    """An amount or a currency that cannot be read exactly. Its text is a sentence for people."""


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were to be added or compared."""


def exponent(currency: str) -> int:
    """How many decimals the currency has (ISO 4217 minor units; 2 for codes not in the tables)."""
    if currency in ZERO_DECIMALS:
        return 0
    if currency in THREE_DECIMALS:
        return 3
    return 4 if currency in FOUR_DECIMALS else 2


def currency_code(text: object) -> str:
    """The ISO 4217 code in upper case; AmountError when it is not three letters."""
    code = text.strip().upper() if isinstance(text, str) else ""
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise AmountError(_("“%(value)s” is not a currency code.") % {"value": text})
    return code


def exact_decimal(value: object) -> Decimal:
    """A finite Decimal out of a Decimal, an int or plain text such as ``-12.50``.

    AmountError for anything else: floats, booleans, NaN, ``1.234,56``, empty text.
    """
    if isinstance(value, bool | float):
        raise AmountError(_("“%(value)s” is not an exact amount.") % {"value": value})
    if isinstance(value, str) and not _PLAIN.fullmatch(value.strip()):
        raise AmountError(_("“%(value)s” is not an amount; it must look like 1234.56.") % {"value": value[:40]})
    if not isinstance(value, str | int | Decimal):
        raise AmountError(_no_amount(value))
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        raise AmountError(_no_amount(value)) from None
    if not number.is_finite() or number.adjusted() > 18 or number.as_tuple().exponent < -MOST_DECIMALS:
        raise AmountError(_("“%(value)s” is not a finite amount of a usable size.") % {"value": str(value)[:40]})
    return number


def _no_amount(value: object) -> str:
    return _("“%(value)s” is not an amount.") % {"value": str(value)[:40]}


def figures(text: str) -> str:
    """A number written ``-1,234.50`` as the reader writes it, with a true minus sign: ``−1.234,50`` in German."""
    return text.translate(_signs(get_language()))


@lru_cache
def _signs(language: str | None) -> dict[int, str]:
    signs = {",": get_format("THOUSAND_SEPARATOR", language), ".": get_format("DECIMAL_SEPARATOR", language)}
    return str.maketrans({**signs, "-": MINUS})


def typed_number(text: str) -> str:
    """What a person typed, in the form that ``exact_decimal`` reads: ``1.234,56`` and ``1 234,56`` as ``1234.56``.

    Point and comma are both taken, with thousands grouped or not. Text that is no number is given back as it is.
    AmountError for what can be read in two ways: one sign that is not the reader's decimal sign before three digits.
    """
    found = _TYPED.fullmatch(_SPACES.sub("", text.strip()).replace(MINUS, "-"))
    if not found:
        return text
    sign, number = found.groups()
    marks = [mark for mark in number if mark in ".,"]
    if len(set(marks)) == 1 and _may_group(number, marks) and (len(marks) > 1 or marks[0] != _point()):
        if len(marks) == 1:
            raise AmountError(_two_ways(text, number))
        return sign + number.replace(marks[0], "")
    whole, mark, decimals = number.rpartition(marks[-1]) if marks else (number, "", "")
    others = set(marks) - {mark}
    if marks.count(mark) > 1 or (others and not _may_group(whole, others)):
        return text
    return sign + re.sub("[.,]", "", whole) + ("." if mark else "") + decimals


def _point() -> str:
    return str(get_format("DECIMAL_SEPARATOR"))


def _may_group(number: str, marks: Iterable[str]) -> bool:
    """Whether the marks stand where thousands are parted."""
    mark = re.escape(next(iter(marks)))
    return bool(re.fullmatch(rf"[1-9]\d{{0,2}}(?:{mark}\d{{3}})+", number, re.ASCII))


def _two_ways(text: str, number: str) -> str:
    plain = re.sub("[.,]", "", number)
    names = {"value": text[:40], "whole": plain, "exact": re.sub("[.,]", _point(), number)}
    return _("“%(value)s” can be read in two ways; write %(whole)s or %(exact)s.") % names


def in_form(text: str) -> str:
    """An exact number, such as ``1234.5``, as it stands in a form: with the reader's decimal sign, not grouped."""
    return text.replace(".", _point()) if _PLAIN.fullmatch(text) else text


@dataclass(frozen=True, slots=True)
class Money:
    """``minor`` smallest units of ``currency`` (ISO 4217), for example 1999 and ``EUR`` for 19.99 EUR."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, value: object, currency: str) -> "Money":
        """Read an amount exactly. AmountError when it has more decimals than the currency (zeros dropped)."""
        number = exact_decimal(value)
        with localcontext(prec=100):
            scaled = number.scaleb(exponent(currency))
            if scaled != scaled.to_integral_value():
                names = {"value": value, "currency": currency}
                raise AmountError(_("“%(value)s” has more decimals than %(currency)s has.") % names)
        return cls._sized(int(scaled), currency)

    @classmethod
    def rounded(cls, value: object, currency: str) -> "Money":
        """Read an amount and round it half up (away from zero) to the currency's decimals."""
        with localcontext(prec=100):
            scaled = exact_decimal(value).scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return cls._sized(int(scaled), currency)

    @classmethod
    def _sized(cls, minor: int, currency: str) -> "Money":
        if abs(minor) >= LARGEST:
            raise AmountError(_("An amount in %(currency)s is too large to be kept.") % {"currency": currency})
        return cls(minor, currency)

    @property
    def amount(self) -> Decimal:
        """The amount in whole units, with all decimals of the currency."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def plain(self) -> str:
        """For machines: ``-1234.50``."""
        return f"{self.amount:f}"

    def shown(self) -> str:
        """For people, without the currency and in the form of their language: ``−1,234.50`` in English."""
        return figures(f"{self.amount:,f}")

    def __str__(self) -> str:
        return f"{self.shown()} {self.currency}"

    def _with(self, other: "Money") -> int:
        if not isinstance(other, Money):
            raise TypeError("Money is only added to money.")
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} are never added.")
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._with(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._with(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._with(other)

    def split(self, weights: Iterable[int]) -> list["Money"]:
        """Share the amount by whole weights so that the parts add up to it (largest remainder).

        ValueError when no weight is positive or one is negative.
        """
        shares = list(weights)
        total = sum(shares)
        if total <= 0 or min(shares) < 0:
            raise ValueError("An amount is split by weights of which none is negative and one is positive.")
        sign = -1 if self.minor < 0 else 1
        parts = [abs(self.minor) * share // total for share in shares]
        by_remainder = sorted(range(len(shares)), key=lambda i: (-(abs(self.minor) * shares[i] % total), i))
        for i in by_remainder[: abs(self.minor) - sum(parts)]:
            parts[i] += 1
        return [Money(sign * part, self.currency) for part in parts]
