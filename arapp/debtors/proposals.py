"""Customers with the same organisation, VAT or tax number, proposed as one debtor."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from django.db import connection
from django.db.models import QuerySet

from arapp.debtors.joining import MOST
from arapp.debtors.models import Apart, Member
from arapp.receivables.identity import NUMBERS, compared, numbered
from arapp.receivables.models import Customer

SHORTEST = 6
"""Characters of a number that says who somebody is; shorter ones are remarks, and so is one of zeros alone."""

_SHARED = """
WITH numbers (customer, number) AS ({halves})
SELECT number, customer, debtor_id FROM numbers LEFT JOIN {members} ON customer_id = customer WHERE number IN (
  SELECT number FROM numbers WHERE LENGTH(number) >= %s AND REPLACE(number, '0', '') <> ''
  GROUP BY number HAVING MIN(customer) <> MAX(customer) AND COUNT(*) <= %s
) UNION ALL SELECT NULL, one_id, other_id FROM {apart} ORDER BY 2
"""
"""What customers share, each with its debtor; and, without a number, the pairs that are kept apart."""


@dataclass(frozen=True)
class Proposal:
    """Customers that look like one debtor. ``numbers`` are those that they share, as they are compared."""

    customers: tuple[int, ...]
    numbers: tuple[str, ...]


def proposals() -> list[Proposal]:
    """All of them, those with the oldest customers first. One query, however many customers there are.

    Left out are pairs that somebody has said are not the same, those joined already, and a number that so many
    share that it says nothing.
    """
    return _Alike(_shared()).proposals


def _shared() -> list[tuple[str | None, int, int | None]]:
    halves = [_half(field).query.sql_with_params() for field in NUMBERS]
    tables = {"members": Member._meta.db_table, "apart": Apart._meta.db_table}
    sql = _SHARED.format(halves=" UNION ALL ".join(text for text, _params in halves), **tables)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*(param for _text, params in halves for param in params), SHORTEST, 2 * MOST])
        return list(cursor.fetchall())


def _half(field: str) -> QuerySet[Customer]:
    return Customer.objects.filter(numbered(field)).order_by().values_list("pk", compared(field))


class _Alike:
    """The customers that share numbers, as what hangs together."""

    def __init__(self, rows: list[tuple[str | None, int, int | None]]) -> None:
        self.apart = {(one, other) for number, one, other in rows if number is None}
        self.debtors = {customer: debtor for number, customer, debtor in rows if number is not None}
        by_number: dict[str, set[int]] = defaultdict(set)
        for number, customer, _debtor in rows:
            if number is not None:
                by_number[number].add(customer)
        self.shared = {number: alike for number, alike in by_number.items() if len(alike) <= MOST}
        self.heads: dict[int, int] = {}

    @cached_property
    def proposals(self) -> list[Proposal]:
        numbers = defaultdict(set)
        pairs = [(pair, number) for number, alike in self.shared.items() for pair in self._pairs(alike)]
        for (one, other), _number in pairs:
            self._unite(one, other)
        for (one, _other), number in pairs:
            numbers[self._head(one)].add(number)
        members = defaultdict(list)
        for customer in sorted({customer for pair, _number in pairs for customer in pair}):
            members[self._head(customer)].append(customer)
        return [Proposal(tuple(found), tuple(sorted(numbers[head]))) for head, found in members.items()]

    def _pairs(self, alike: Iterable[int]) -> Iterator[tuple[int, int]]:
        for one, other in combinations(sorted(alike), 2):
            joined = self.debtors.get(one) and self.debtors.get(one) == self.debtors.get(other)
            if not joined and (one, other) not in self.apart:
                yield one, other

    def _unite(self, one: int, other: int) -> None:
        self.heads[self._head(other)] = self._head(one)

    def _head(self, customer: int) -> int:
        while self.heads.get(customer, customer) != customer:
            customer = self.heads[customer]
        return customer
