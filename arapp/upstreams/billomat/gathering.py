"""What hangs on a document, and the people and articles it names, with as few calls as can be (reference 4.0)."""

from collections import deque
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
        self._latest: deque[tuple[tuple[str, str], Parts]] = deque(maxlen=2)
        """By kind and id: at most an invoice and its credit note, which is what one action reads."""
        self._unchanged: dict[tuple[str, str], Parts] = {}
        self._named: dict[tuple[str, str], NamedRecord] = {}

    def spare_unchanged(self) -> None:
        """Items and tags of the documents read last are as they were: reading those back asks for the rest alone."""
        self._unchanged = dict(self._latest)

    def parts(self, kind: str, external_id: str, row: Mapping[str, Any]) -> Parts:
        """What hangs on the document. Drafts have no payments: Billomat refuses them (6.1)."""
        names, draft = WORDS[kind], row.get("status") == "DRAFT"
        known = None if draft else self._unchanged.pop((kind, external_id), None)
        items = known.items if known else self.calls.parts(names.singular, "item", names.parent, external_id)
        spared = {"payment": draft, "tag": known is not None}
        asked = [part for part in ("comment", "payment", "tag") if not spared.get(part)]
        held = {part: self._open_part(names.singular, part, names.parent, external_id) for part in asked}
        held |= {"tag": known.open_tags} if known else {}
        held["reminder"] = self._reminders(row, held["comment"] or ())
        found = self._put_together(row, items, held)
        self._latest.append(((kind, external_id), found))
        return found

    def _put_together(
        self, row: Mapping[str, Any], items: Sequence[Any], held: Mapping[str, Sequence[Any] | None]
    ) -> Parts:
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
