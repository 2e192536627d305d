"""What happens at each service: things come, change and go, people decide there; and how its answers can lie."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any, ClassVar

from arapp.sandbox.base import Clock, Request, StandIn

Key = tuple[str, str]
"""A list and an external id."""


@dataclass(frozen=True)
class Order:
    """A write as it left the desk."""

    kind: str
    stream: str
    external_id: str
    mark: str = ""
    """The intent's reference where the write carries it."""


class Hands(ABC):
    service: ClassVar[str]
    base: ClassVar[str]
    optional: ClassVar[tuple[str, ...]]
    """Fields of list rows that may be null for a while."""
    words: ClassVar[tuple[str, ...]]
    """Fields of list rows that may show a word nobody knows yet."""
    needed: ClassVar[tuple[str, ...]]
    """Fields that no row is without."""

    def __init__(self, stand_in: StandIn, chance: Random) -> None:
        self.stand_in, self.chance = stand_in, chance
        self.hidden: frozenset[Key] = frozenset()
        """What lists leave out for a while, although it is there."""

    @classmethod
    @abstractmethod
    def open(cls, seed: int, invoices: int, clock: Clock, chance: Random) -> "Hands": ...

    @classmethod
    @abstractmethod
    def stranger(cls, seed: int, clock: Clock, own: "Hands") -> StandIn:
        """Another account that our key reaches for a while."""

    @staticmethod
    @contextmanager
    def small_pages(size: int) -> Iterator[None]:
        """Lists of several pages without hundreds of rows."""
        yield

    @staticmethod
    @abstractmethod
    def errors(status: int) -> bytes:
        """The body of a refusal."""

    @contextmanager
    @abstractmethod
    def hiding(self) -> Iterator[None]:
        """Lists leave out what is ``hidden``, and their counts with them."""

    @abstractmethod
    def rows(self) -> dict[Key, Any]:
        """Everything that is live, as lists show it at this moment."""

    @abstractmethod
    def draft(self) -> str:
        """A new document that somebody at the desk can decide on."""

    @abstractmethod
    def appear(self) -> str: ...

    @abstractmethod
    def change(self) -> str: ...

    @abstractmethod
    def vanish(self, stream: str) -> str:
        """Take something away; "" where there is nothing to take."""

    @abstractmethod
    def decide(self) -> str:
        """A person at the service decides."""

    @abstractmethod
    def order_of(self, request: Request) -> Order | None:
        """What a write asks for; None for a read."""

    @abstractmethod
    def effect(self, order: Order) -> Any:
        """What tells whether the order has been carried out: it differs afterwards."""

    @abstractmethod
    def stream_of(self, path: str) -> str:
        """The list that a path asks for, "" when it is none."""

    @abstractmethod
    def cut_list(self, body: Any, keep: Callable[[list[Any]], list[Any]], *, honest: bool) -> list[Any] | None:
        """Change the rows of a list answer in place (``honest``: the count too). What went out; None for no list."""

    def pick(self, found: list[Any]) -> Any:
        return self.chance.choice(found) if found else None

    def amount(self) -> Decimal:
        return Decimal(self.chance.randrange(100, 90_000)) / 100


def rows_in(body: Any) -> Iterator[dict[str, Any]]:
    """Every object in an answer that looks like a row of its own."""
    if isinstance(body, dict):
        if {"uid", "id"} & set(body):
            yield body
        for value in body.values():
            yield from rows_in(value)
    elif isinstance(body, list):
        for value in body:
            yield from rows_in(value)
