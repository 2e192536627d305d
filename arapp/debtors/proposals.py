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
SELECT number, customer FROM numbers WHERE number IN (
  SELECT number FROM numbers WHERE LENGTH(number) >= %s AND REPLACE(number, '0', '') <> ''
  GROUP BY number HAVING MIN(customer) <> MAX(customer) AND COUNT(*) <= %s
) ORDER BY customer
"""


@dataclass(frozen=True)
class Proposal:
    """Customers that look like one debtor. ``numbers`` are those that they share, as they are compared."""

    customers: tuple[int, ...]
    numbers: tuple[str, ...]


def proposals() -> list[Proposal]:
    """All of them, those with the oldest customers first. Three queries, however many customers there are.

    Left out are pairs that somebody has said are not the same, those joined already, and a number that so many
    share that it says nothing.
    """
    return _Alike(_shared()).proposals


def _shared() -> dict[str, list[int]]:
    """Customers by the number that several of them have."""
    halves = [_half(field).query.sql_with_params() for field in NUMBERS]
    sql = _SHARED.format(halves=" UNION ALL ".join(text for text, _params in halves))
    found = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*(param for _text, params in halves for param in params), SHORTEST, 2 * MOST])
        for number, customer in cursor.fetchall():
            found[number].append(customer)
    return {number: customers for number, customers in found.items() if len(set(customers)) <= MOST}


def _half(field: str) -> QuerySet[Customer]:
    return Customer.objects.filter(numbered(field)).order_by().values_list("pk", compared(field))


class _Alike:
    """The customers that share numbers, as what hangs together."""

    def __init__(self, shared: dict[str, list[int]]) -> None:
        self.shared = shared
        self.apart = set(Apart.objects.values_list("one", "other")) if shared else set()
        self.debtors = dict(Member.objects.values_list("customer", "debtor")) if shared else {}
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
        for one, other in combinations(sorted(set(alike)), 2):
            joined = self.debtors.get(one) and self.debtors.get(one) == self.debtors.get(other)
            if not joined and (one, other) not in self.apart:
                yield one, other

    def _unite(self, one: int, other: int) -> None:
        self.heads[self._head(other)] = self._head(one)

    def _head(self, customer: int) -> int:
        while self.heads.get(customer, customer) != customer:
            customer = self.heads[customer]
        return customer
