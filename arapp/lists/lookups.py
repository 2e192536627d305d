"""Conditions that several filters share, the same on SQLite and PostgreSQL."""

import functools
import operator
import re
from collections.abc import Callable, Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, Q, QuerySet

from arapp.receivables.models import Customer, Invoice, SearchText
from arapp.receivables.money import FOUR_DECIMALS, THREE_DECIMALS, ZERO_DECIMALS

FEW = 2_000
"""Ids that are written into a query rather than looked up inside it; SQLite takes 32,766 values."""

MANY = 20_000
"""Texts with a word beyond which looking at each row's own text costs less than collecting the rows."""

MOST_SETS = 50
"""Combinations of words held by customers that are asked for one by one."""

Held = dict[frozenset[str], list[int]]

FITS = 10**18
"""Smallest units beyond which an amount no longer fits the database's integers; none is stored there."""


def any_of(conditions: Iterable[Q]) -> Q:
    return functools.reduce(operator.or_, conditions)


def each(condition: Callable[[Any], Q]) -> Callable[[list[Any]], Q]:
    """A condition on one value as one on a list: any of them."""
    return lambda values: any_of(map(condition, values))


def _beyond_ascii(value: str) -> bool:
    """SQLite's LIKE knows upper and lower case of ASCII alone; its REGEXP is Python's."""
    return connection.vendor == "sqlite" and not value.isascii()


def contains(field: str, value: str) -> Q:
    """The field holds the value, whatever the case."""
    if _beyond_ascii(value):
        return Q(**{f"{field}__iregex": re.escape(value)})
    return Q(**{f"{field}__icontains": value})


def equals(field: str, value: str) -> Q:
    """The field is the value, whatever the case."""
    if _beyond_ascii(value):
        return Q(**{f"{field}__iregex": rf"\A{re.escape(value)}\Z"})
    return Q(**{f"{field}__iexact": value})


def exactly(field: str, value: str) -> Q:
    """The field is the value to the letter: services spell their words in more than one case."""
    return Q(**{field: value})


def found_in(field: str, value: str) -> Q:
    """A text of the invoice holds the value. The search texts hold it too, and their index narrows first."""
    indexed = SearchText.objects.filter(text__contains=value.casefold())
    return Q(pk__in=indexed.values("invoice_id")) & contains(field, value)


def named(rows: QuerySet[Any], value: str, *fields: str) -> QuerySet[Any]:
    """The rows with this external id, or with the value in one of the fields."""
    return rows.filter(any_of([Q(external_id=value), *(contains(field, value) for field in fields)])).order_by()


def as_id(value: str) -> int | None:
    """A primary key out of text; None when it cannot be one."""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else None


def customer_ids(value: str) -> QuerySet[Customer]:
    """The customer with this id; else those with this external id or number; else those with this in the name.

    An id comes first so that a link to one customer's invoices never shows another's.
    """
    by_id = Customer.objects.filter(pk=as_id(value)) if as_id(value) is not None else Customer.objects.none()
    known = Customer.objects.filter(Q(external_id=value) | Q(number=value))
    named = Customer.objects.filter(contains("name", value), search__contains=value.casefold())
    return next((found for found in (by_id, known) if found.exists()), named)


def holds_words(words: list[str], few: int = FEW) -> Q:
    """Every word occurs in the invoice's search text or in its customer's."""
    return searched(words, few)[0]


def searched(words: list[str], few: int = FEW) -> tuple[Q, bool]:
    """The same, and whether what it finds is too much to be added up while somebody waits: every word is frequent.

    Two queries ahead leave ids to ask for, or a third tells the frequent words.
    """
    customers = _customers_with(words, few)
    ids = _invoices_with(words, customers or {}, few)
    if customers is None or ids is None:
        frequent = _frequent(words)
        found = functools.reduce(operator.and_, (_holds(word, customers, word in frequent) for word in words))
        return found, frequent == set(words)
    return Q(customer__in=customers.get(frozenset(words), [])) | Q(pk__in=ids), False


def _customers_with(words: list[str], few: int) -> Held | None:
    """The customers that hold one of the words, by the words they hold; None when they are many."""
    some = Customer.objects.filter(any_of(Q(search__contains=word) for word in words)).order_by()
    held: Held = {}
    for pk, search in some.values_list("id", "search")[: few + 1]:
        held.setdefault(frozenset(word for word in words if word in search), []).append(pk)
    many = sum(len(found) * len(ids) for found, ids in held.items()) > few
    return None if many or len(held) > MOST_SETS else held


def _invoices_with(words: list[str], customers: Held, few: int) -> list[int] | None:
    """The invoices whose search text holds all the words that their customer lacks; None when they are many."""
    lacking = [([word for word in words if word not in held], ids) for held, ids in customers.items()]
    theirs = [_texts_with(some).filter(invoice__customer__in=ids) for some, ids in lacking if some]
    texts = _texts_with(words).union(*theirs) if theirs else _texts_with(words)
    found = list(texts[: few + 1])
    return found if len(found) <= few else None


def _texts_with(words: list[str]) -> QuerySet[Any, int]:
    held = SearchText.objects.filter(*(Q(text__contains=word) for word in words)).order_by()
    return held.values_list("invoice_id", flat=True)


def _holds(word: str, found: Held | None, frequent: bool) -> Q:
    """A union, not an OR: only so does PostgreSQL use both trigram indexes. They are of no use for frequent words."""
    if frequent:
        return Q(search__text__contains=word) | Q(customer__search__contains=word)
    texts = SearchText.objects.filter(text__contains=word).values_list("invoice_id")
    if found is None:
        customers: Any = Customer.objects.filter(search__contains=word).values("id")
    else:
        customers = [pk for held, ids in found.items() if word in held for pk in ids]
    if found is not None and not customers:
        return Q(pk__in=texts)
    return Q(pk__in=texts.union(Invoice.objects.filter(customer__in=customers).values_list("id"), all=True))


def _frequent(words: list[str]) -> set[str]:
    """Those of the words that very many texts or many customers hold. One query."""
    found = SearchText.objects.order_by().values_list(*map(_is_frequent, words))[:1]
    return {word for word, many in zip(words, found[0] if found else (), strict=False) if many}


def _is_frequent(word: str) -> ExpressionWrapper:
    texts = SearchText.objects.filter(text__contains=word).order_by()[MANY : MANY + 1]
    customers = Customer.objects.filter(search__contains=word).order_by()[FEW : FEW + 1]
    return ExpressionWrapper(Q(Exists(texts)) | Q(Exists(customers)), BooleanField())


def at_least(amount: Decimal, field: str = "gross") -> Q:
    """An amount of at least so many whole units, in each row's own currency."""
    return _by_exponent(lambda exponent: {f"{field}__gte": _minor(amount, exponent, ROUND_CEILING)})


def at_most(amount: Decimal, field: str = "gross") -> Q:
    return _by_exponent(lambda exponent: {f"{field}__lte": _minor(amount, exponent, ROUND_FLOOR)})


def _minor(amount: Decimal, exponent: int, rounding: str) -> int:
    minor = int(amount.scaleb(exponent).to_integral_value(rounding=rounding))
    return max(-FITS, min(FITS, minor))


def _by_exponent(condition: Callable[[int], dict[str, int]]) -> Q:
    special = {0: ZERO_DECIMALS, 3: THREE_DECIMALS, 4: FOUR_DECIMALS}
    others = sorted(frozenset({""}).union(*special.values()))
    rows = [Q(currency__in=sorted(codes), **condition(exponent)) for exponent, codes in special.items()]
    return any_of([~Q(currency__in=others) & Q(**condition(2)), *rows])
