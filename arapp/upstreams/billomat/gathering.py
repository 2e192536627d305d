"""What hangs on a document, and the people and articles it names, with as few calls as can be (reference 4.0)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from arapp.receivables.records import NamedRecord, Unreadable, text
from arapp.receivables.records import mapping as mapping_of
from arapp.upstreams.billomat import mapping
from arapp.upstreams.billomat.calls import Calls, path_of
from arapp.upstreams.billomat.mapping import WORDS
from arapp.upstreams.billomat.parts import Parts
from arapp.upstreams.billomat.walks import key
from arapp.upstreams.http import Failure, Rejected, Throttled


class Gathering:
    """Reads of one account; what documents name is asked for once."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self._users: dict[str, NamedRecord] | None = None
        self._named: dict[tuple[str, str], NamedRecord] = {}

    def parts(self, kind: str, external_id: str, row: Mapping[str, Any]) -> Parts:
        """What hangs on the document. Drafts have no payments: Billomat refuses them (6.1)."""
        names = WORDS[kind]
        items = self.calls.parts(names.singular, "item", names.parent, external_id)
        asked = [part for part in ("comment", "payment", "tag") if part != "payment" or row.get("status") != "DRAFT"]
        held = {part: self._open_part(names.singular, part, names.parent, external_id) for part in asked}
        held["reminder"] = self._reminders(row, held["comment"] or ())
        return Parts(
            items=items,
            comments=held["comment"] or (),
            payments=held.get("payment") or (),
            tags=held["tag"] or (),
            reminders=held["reminder"] or (),
            users=self._people() if held["comment"] else {},
            articles=self._articles(items),
            contact=self._lookup("contact", text(row.get("contact_id")), mapping.contact),
            closed=frozenset(part for part, rows in held.items() if rows is None),
        )

    def _open_part(self, document: str, part: str, parent: str, external_id: str) -> list[Any] | None:
        return _unless_closed(lambda: self.calls.parts(document, part, parent, external_id))

    def _reminders(self, row: Mapping[str, Any], comments: Sequence[Any]) -> list[Any] | None:
        """Asked for only where a comment tells of one; the list knows a part of the invoice's number alone (4.9)."""
        if not any(_tells_of_reminder(comment) for comment in comments):
            return []
        number = ("invoice_number", text(row.get("invoice_number")))
        rows = _unless_closed(lambda: self.calls.everything("reminders", "reminder", number))
        return rows and [one for one in rows if text(mapping_of(one).get("invoice_id")) == key(row)]

    def _articles(self, items: Sequence[Any]) -> dict[str, NamedRecord]:
        ids = {text(item.get("article_id")) for item in items if isinstance(item, Mapping)}
        found = [self._lookup("article", external_id, mapping.article) for external_id in sorted(ids)]
        return {record.external_id: record for record in found if record}

    def _people(self) -> dict[str, NamedRecord]:
        """The account's users, read once; nobody where the role may not read them (2.8)."""
        if self._users is None:
            try:
                found = [mapping.user(row) for row in self.calls.everything("users", "user")]
            except Throttled:
                raise
            except (Failure, Unreadable):
                found = []
            self._users = {record.external_id: record for record in found}
        return self._users

    def _lookup(self, name: str, external_id: str, read: Callable[[Any], NamedRecord]) -> NamedRecord | None:
        """A contact or an article, asked for once; only its id where it cannot be read."""
        if external_id and (name, external_id) not in self._named:
            try:
                found = read(self.calls.one(path_of(f"{name}s", external_id), name))
            except Throttled:
                raise
            except (Failure, Unreadable):
                found = NamedRecord(external_id=external_id)
            self._named[name, external_id] = found
        return self._named.get((name, external_id))


def _tells_of_reminder(comment: Any) -> bool:
    return text(mapping_of(comment).get("actionkey")).startswith("REMINDER_")


def _unless_closed(read: Callable[[], list[Any]]) -> list[Any] | None:
    """None where the role of our key may not read this kind of part (2.8)."""
    try:
        return read()
    except Rejected as refusal:
        if refusal.status not in (403, 404):
            raise
        return None
