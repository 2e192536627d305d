"""The account's own lists, which a person chooses from and which articles and items name (reference 4.14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from arapp.receivables.records import ChoiceRecord, text
from arapp.upstreams.billomat.calls import Calls
from arapp.upstreams.billomat.forms import contact as contact_form
from arapp.upstreams.billomat.mapping import name_of, person_name
from arapp.upstreams.billomat.walks import key
from arapp.upstreams.http import Rejected

UNIT, TAX, CONTACT = "unit", "tax", "contact"


@dataclass(frozen=True)
class Kept:
    """A list: what it is called there, and the fields of a row that a form needs."""

    plural: str
    singular: str
    fields: tuple[str, ...] = ()


LISTS = {
    "template": Kept("templates", "template", ("type", "is_default")),
    "email_template": Kept("email-templates", "email-template", ("type", "subject", "text", "is_default")),
    "free_text": Kept("free-texts", "free-text", ("type", "title", "label", "intro", "note", "is_default")),
    "reminder_level": Kept("reminder-texts", "reminder-text", ("sorting", "charge_name", "charge_amount")),
    TAX: Kept("taxes", "tax", ("rate", "is_default")),
    UNIT: Kept("units", "unit"),
}
"""By kind of choice; each is one call."""

Choices = Sequence[ChoiceRecord]


class Choosing:
    """Reads of one account, each list once."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self._known: dict[str, Choices | None] = {}

    def everything(self) -> Mapping[str, Choices]:
        """All lists but those that our key may not read."""
        held = {kind: self._held(kind) for kind in LISTS}
        return {kind: rows for kind, rows in held.items() if rows is not None}

    def of(self, kind: str) -> Choices:
        """One list; nothing where our key may not read it."""
        return self._held(kind) or ()

    def known(self, kind: str) -> Choices:
        """What ``of`` has read, without a call."""
        return self._known.get(kind) or ()

    def contacts(self, client: str) -> tuple[ChoiceRecord, ...] | None:
        """The people at a client (4.2); None where our key may not read them. One call."""
        rows = self._open("contacts", "contact", ("client_id", client))
        return None if rows is None else tuple(_contact(row, client) for row in rows if key(row))

    def _held(self, kind: str) -> Choices | None:
        if kind not in self._known:
            rows = self._open(LISTS[kind].plural, LISTS[kind].singular)
            self._known[kind] = None if rows is None else [_choice(kind, row) for row in rows if key(row)]
        return self._known[kind]

    def _open(self, plural: str, singular: str, *query: tuple[str, str]) -> list[Any] | None:
        try:
            return self.calls.everything(plural, singular, *query)
        except Rejected as refusal:
            if refusal.status not in (403, 404):
                raise
            return None


def _choice(kind: str, row: Mapping[str, Any]) -> ChoiceRecord:
    data = {name: text(row.get(name)) for name in LISTS[kind].fields if text(row.get(name))}
    return ChoiceRecord(kind=kind, external_id=key(row), name=text(row.get("name")), data=data)


def _contact(row: Mapping[str, Any], client: str) -> ChoiceRecord:
    name = person_name(row) or name_of(row)
    return ChoiceRecord(kind=CONTACT, external_id=key(row), name=name, of=client, data=contact_form(row))
