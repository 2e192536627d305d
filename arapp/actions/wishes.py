"""One thing that somebody wants done, checked, and how it is refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from arapp.actions.table import Action
from arapp.outbox.models import Intent
from arapp.people.models import User
from arapp.receivables.models import Customer, Invoice, Item, Source
from arapp.receivables.money import Money
from arapp.receivables.substance import Difference

Subject = Invoice | Customer | Item | None


class Refused(Exception):
    """An action that the desk does not take. ``sentence`` is for people, as is each of ``changes``."""

    def __init__(self, sentence: str, field: str = "", changes: Sequence[Difference] = ()) -> None:
        super().__init__(": ".join(filter(None, (field, sentence))))
        self.sentence = sentence
        self.field = field
        self.changes = list(changes)


class Stale(Refused):
    """What it concerns is no longer what the person saw; ``changes`` says how."""


@dataclass(frozen=True)
class Wish:
    """An action with its data, checked; ``store`` makes an intent of it."""

    action: Action
    source: Source
    subject: Subject = None
    data: dict[str, Any] = field(default_factory=dict)
    person: User | None = None
    digest: str = ""
    reference: str = ""
    """Our own reference, given or drawn."""
    alone: bool = False
    """One person does it alone, because the source allows that."""
    amount: Money | None = None
    """What it is about; None where no amount is known."""
    earlier: Intent | None = None
    """What was told under the same reference before: that is the answer, and nothing new is stored."""
