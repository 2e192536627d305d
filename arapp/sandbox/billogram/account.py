"""One company's account at the service: what it holds, its number series and its sense of time."""

import string
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, Protocol

from arapp.sandbox.base import Clock

from .sums import Sums
from .wire import not_found, stamp

LETTERS = string.ascii_letters + string.digits


class Switches(Protocol):
    """What the rules ask of the stand-in around them."""

    clock: Clock
    pdf_delay: float
    command_delay: float
    keep_failed_draft: bool
    collection_agreement: bool
    factoring_agreement: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """One document that went out: a debit or credit invoice or a reminder."""

    letter_id: str
    invoice_no: int
    title: str
    made_at: datetime


@dataclass(slots=True)
class Record:
    """A billogram: ``data`` as the full form answers it, the sums apart, and what the service does not show."""

    data: dict[str, Any]
    sums: Sums
    since: datetime
    """When the present state began."""
    sent_at: datetime | None = None
    letters: list[Letter] = field(default_factory=list)
    attachment: str | None = None
    written_down: bool = False
    overrides: dict[str, Any] = field(default_factory=dict)
    """Laid over every answer; for tests that need an answer outside the rules."""


class Account:
    def __init__(self, switches: Switches, seed: int) -> None:
        self.switches = switches
        self.random = Random(f"billogram {seed}")
        self.moment: datetime | None = None
        """Stands in for the clock while the past is being told."""
        self.customers: dict[int, dict[str, Any]] = {}
        self.items: dict[str, dict[str, Any]] = {}
        self.billograms: dict[str, Record] = {}
        self.einvoice: dict[int, dict[str, Any]] = {}
        self.reports: list[dict[str, Any]] = []
        self.logotype: dict[str, str | None] = {"content": None, "file_type": None}
        self.settings: dict[str, Any] = {}
        self.unconfirmed: dict[str, Any] = {}
        self.last_invoice_no = 1000
        self.next_night: datetime | None = None

    def now(self) -> datetime:
        return self.moment or self.switches.clock.now()

    def stamp(self) -> str:
        return stamp(self.now())

    def customer(self, number: str | int) -> dict[str, Any]:
        found = self.customers.get(int(number)) if str(number).isdecimal() and len(str(number)) < 12 else None
        if found is None:
            raise not_found(number)
        return found

    def item(self, number: str) -> dict[str, Any]:
        if number not in self.items:
            raise not_found(number)
        return self.items[number]

    def billogram(self, number: str) -> Record:
        if number not in self.billograms:
            raise not_found(number)
        return self.billograms[number]

    def take_invoice_no(self) -> int:
        self.last_invoice_no += 1
        return self.last_invoice_no

    def new_id(self) -> str:
        """Seven or eight letters and digits of mixed case that no billogram has."""
        found = self.code(self.random.choice((7, 7, 8)))
        mixed = found.upper() != found != found.lower()
        return found if mixed and found not in self.billograms else self.new_id()

    def code(self, length: int) -> str:
        return "".join(self.random.choices(LETTERS, k=length))

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))
