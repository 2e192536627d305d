"""What hangs on a document: the base of items, payments, comments and tags, and the tags themselves."""

from typing import TYPE_CHECKING

from arapp.sandbox.base import Request
from arapp.sandbox.billomat import lists
from arapp.sandbox.billomat.fields import Field, fields
from arapp.sandbox.billomat.table import Table
from arapp.sandbox.billomat.wire import Refused, Reply, Row

if TYPE_CHECKING:
    from arapp.sandbox.billomat.dispatch import Dispatched


class Child(Table):
    """Rows that belong to one document, named in field ``key``; they cannot move to another."""

    owner = ""
    """The document's resource."""
    key = ""

    def __init__(self, service: object) -> None:
        self.indexed = (self.key,)
        super().__init__(service)

    @property
    def documents(self) -> "Dispatched":
        return self.service.tables[self.owner]

    def document(self, row: Row) -> Row:
        return self.documents.rows[row[self.key]]

    def prepare(self, row: Row, given: Row) -> None:
        self.documents.named(row[self.key], self.key)

    def check_change(self, row: Row, values: Row) -> None:
        values.pop(self.key, None)


def tag_fields(key: str) -> dict[str, Field]:
    return fields(f"id:int! name* {key}:int* customfield")


class Tags(Child):
    """With a parent id its tags; without, the cloud of all names with their counts."""

    writes = ("POST", "DELETE")

    def listing(self, request: Request) -> Reply:
        if lists.sent(request, self.key):
            return super().listing(request)
        cloud: dict[str, Row] = {}
        for row in self.rows.values():
            known = cloud.setdefault(row["name"], {"id": row["id"], "name": row["name"], "count": 0})
            known["count"] += 1
        rows = [known | {"customfield": None} for known in cloud.values()]
        return lists.paged(self, request, rows)

    def prepare(self, row: Row, given: Row) -> None:
        super().prepare(row, given)
        if any(tag["name"].lower() == row["name"].lower() for tag in self.of(self.key, row[self.key])):
            raise Refused(400, "tag exists already")

    def carriers(self, raw: str) -> set[int]:
        """The ids of the documents that carry one of the names."""
        wanted = {word.lower() for word in lists.words(raw)}
        return {row[self.key] for row in self.rows.values() if row["name"].lower() in wanted}


class InvoiceTags(Tags):
    plural, singular, owner, key, start = "invoice-tags", "invoice-tag", "invoices", "invoice_id", 410_001
    fields = tag_fields("invoice_id")
    filters = {"invoice_id": lists.ids("invoice_id")}


class CreditNoteTags(Tags):
    plural, singular, owner = "credit-note-tags", "credit-note-tag", "credit-notes"
    key, start = "credit_note_id", 430_001
    fields = tag_fields("credit_note_id")
    filters = {"credit_note_id": lists.ids("credit_note_id")}


class ClientTags(Tags):
    plural, singular, owner, key, start = "client-tags", "client-tag", "clients", "client_id", 450_001
    fields = tag_fields("client_id")
    filters = {"client_id": lists.ids("client_id")}
