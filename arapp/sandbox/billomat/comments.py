"""Comments: what people wrote on a document, and what Billomat wrote down itself (reference section 4.7)."""

from arapp.sandbox.billomat import lists
from arapp.sandbox.billomat.children import Child
from arapp.sandbox.billomat.fields import Field, fields
from arapp.sandbox.billomat.wire import Refused, Row
from arapp.sandbox.billomat.words import ACTION_KEYS, sentence


def comment_fields(key: str) -> dict[str, Field]:
    return fields(
        "id:int! created:time! comment* actionkey public:flag by_client:flag user_id:int! email_id:int!"
        f" client_id:int! {key}:int* customfield"
    )


class Comments(Child):
    writes = ("POST", "DELETE")

    def prepare(self, row: Row, given: Row) -> None:
        super().prepare(row, given)
        row["actionkey"] = row["actionkey"] or "COMMENT"
        if row["actionkey"] not in ACTION_KEYS:
            raise Refused(400, "actionkey is invalid")
        row["public"], row["by_client"] = bool(row["public"]), bool(row["by_client"])
        row["user_id"] = self.service.user_id

    def note(self, document: Row, key: str, email_id: int | None = None, **facts: str) -> Row:
        """Write down what happened to a document."""
        text = sentence(key, self.service.language, **facts)
        return self.insert(
            dict.fromkeys(self.fields)
            | {"comment": text, "actionkey": key, "public": False, "by_client": False, "email_id": email_id}
            | {"user_id": self.service.user_id, self.key: document["id"]}
        )


class InvoiceComments(Comments):
    plural, singular, owner = "invoice-comments", "invoice-comment", "invoices"
    key, parent, start = "invoice_id", "invoice_id", 8_100_001
    fields = comment_fields("invoice_id")
    filters = {"invoice_id": lists.ids("invoice_id"), "actionkey": lists.choice("actionkey", ACTION_KEYS)}


class CreditNoteComments(Comments):
    plural, singular, owner = "credit-note-comments", "credit-note-comment", "credit-notes"
    key, parent, start = "credit_note_id", "credit_note_id", 8_900_001
    fields = comment_fields("credit_note_id")
    filters = {
        "credit_note_id": lists.ids("credit_note_id"),
        "actionkey": lists.choice("actionkey", ACTION_KEYS),
    }
