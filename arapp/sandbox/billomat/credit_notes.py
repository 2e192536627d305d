"""Credit notes: as invoices, without due date and discount (reference section 4.8)."""

from arapp.sandbox.billomat import lists
from arapp.sandbox.billomat.documents import Documents
from arapp.sandbox.billomat.fields import fields
from arapp.sandbox.billomat.wire import Row
from arapp.sandbox.billomat.words import CREDIT_NOTE_STATUS


class CreditNotes(Documents):
    plural, singular, number_field, start = "credit-notes", "credit-note", "credit_note_number", 3_000_001
    name, word, template_type = "Gutschrift", "CreditNote", "CREDIT_NOTE"
    parts = ("credit-note-items", "credit-note-comments", "credit-note-payments", "credit-note-tags")
    fields = fields(
        "id:int! created:time! updated:time! client_id:int contact_id:int credit_note_number! number:int"
        " number_pre number_length:int title date:date address status! label intro note total_net:number!"
        " total_gross:number! reduction:reduction total_reduction:number! total_net_unreduced:number!"
        " total_gross_unreduced:number! currency_code:currency quote:number net_gross:NET_GROSS"
        " paid_amount:number! open_amount:number! taxes:many! customerportal_url! invoice_id:int"
        " template_id:int customfield"
    )
    filters = {
        "client_id": lists.ids("client_id"),
        "contact_id": lists.ids("contact_id"),
        "credit_note_number": lists.text("credit_note_number"),
        "status": lists.choice("status", CREDIT_NOTE_STATUS),
        "from": lists.since("date"),
        "to": lists.until("date"),
        "label": lists.text("label"),
        "intro": lists.text("intro"),
        "note": lists.text("note"),
        "tags": lists.among(lambda table, raw: table.tagged(raw)),
        "article_id": lists.among(lambda table, raw: table.with_article(raw)),
    }

    def write_down(self, row: Row, lines: list[Row]) -> Row:
        made = super().write_down(row, lines)
        invoices = self.service.tables["invoices"]
        if row["invoice_id"] in invoices.rows:
            invoices.note(invoices.rows[row["invoice_id"]], "CREATE_CREDIT_NOTE")
        return made
