"""Reminders (dunning letters), their items and levels, as far as a desk reads them (reference 4.9)."""

from decimal import Decimal
from typing import Any

from arapp.sandbox.billomat import lists
from arapp.sandbox.billomat.children import Child, Tags, tag_fields
from arapp.sandbox.billomat.dispatch import Dispatched
from arapp.sandbox.billomat.fields import days_after, fields, read_all
from arapp.sandbox.billomat.payments import german
from arapp.sandbox.billomat.table import Table
from arapp.sandbox.billomat.wire import Refused, Row, children
from arapp.sandbox.billomat.words import INVOICE_STATUS

ZERO = Decimal(0)


class ReminderTexts(Table):
    plural, singular, start = "reminder-texts", "reminder-text", 61
    fields = fields(
        "id:int! sorting:int name subject header footer charge_name charge_description charge_amount:number"
        " customfield"
    )


class ReminderItems(Child):
    plural, singular, owner = "reminder-items", "reminder-item", "reminders"
    key, parent, start = "reminder_id", "reminder_id", 560_001
    fields = fields(
        "id:int! article_id:int reminder_id:int* position:int! unit quantity:number unit_price:number title"
        " description total:number! is_charge:flag! customfield"
    )
    filters = {"reminder_id": lists.ids("reminder_id")}

    def prepare(self, row: Row, given: Row) -> None:
        super().prepare(row, given)
        self.documents.demand_draft(self.document(row))

    def create(self, given: Row) -> Row:
        return self.place(super().create(given))

    def place(self, row: Row) -> Row:
        """Number, sum and count in a row that is kept already."""
        row["total"] = (row["quantity"] or ZERO) * (row["unit_price"] or ZERO)
        row["is_charge"] = bool(row["is_charge"])
        self.documents.sum_up(self.document(row))
        return row

    def check_change(self, row: Row, values: Row) -> None:
        super().check_change(row, values)
        self.documents.demand_draft(self.document(row))

    def change(self, row: Row, given: Row) -> None:
        super().change(row, given)
        self.place(row)

    def delete(self, row: Row) -> None:
        document = self.document(row)
        self.documents.demand_draft(document)
        self.drop(row)
        self.documents.sum_up(document)


class ReminderTags(Tags):
    plural, singular, owner, key, start = "reminder-tags", "reminder-tag", "reminders", "reminder_id", 470_001
    fields = tag_fields("reminder_id")
    filters = {"reminder_id": lists.ids("reminder_id")}


class Reminders(Dispatched):
    plural, singular, start = "reminders", "reminder", 550_001
    name, word, template_type = "Mahnung", "Reminder", "REMINDER"
    indexed = ("invoice_id",)
    parts = ("reminder-items", "reminder-tags")
    fields = fields(
        "id:int! created:time! updated:time! client_id:int! contact_id:int invoice_id:int*"
        " reminder_text_id:int! reminder_level:int! reminder_level_name! date:date due_days:int due_date:date"
        " address subject label intro note status! is_old:flag! total_gross:number! paid_amount:number!"
        " open_amount:number! currency_code! customerportal_url! template_id:int customfield"
    )
    filters = {
        "client_id": lists.ids("client_id"),
        "contact_id": lists.ids("contact_id"),
        "invoice_number": lists.among(lambda table, raw: table.about(raw)),
        "status": lists.choice("status", INVOICE_STATUS),
        "from": lists.since("date"),
        "to": lists.until("date"),
        "label": lists.text("label"),
        "subject": lists.text("subject"),
        "intro": lists.text("intro"),
        "note": lists.text("note"),
        "tags": lists.among(lambda table, raw: table.service.tables["reminder-tags"].carriers(raw)),
    }

    @property
    def items(self) -> ReminderItems:
        return self.service.tables["reminder-items"]

    def invoice(self, row: Row) -> Row:
        return self.service.tables["invoices"].rows.get(row["invoice_id"], {})

    def about(self, raw: str) -> set[int]:
        part = raw.casefold()
        named = ((row["id"], self.invoice(row).get("invoice_number") or "") for row in self.rows.values())
        return {number for number, name in named if part in name.casefold()}

    def create(self, given: Row) -> Row:
        lines = [read_all(self.items.fields, line) for line in children(given, "reminder-items", "reminder-item")]
        row = super().create(given)
        for line in lines + self._charge(row):
            at = len(self.items.of("reminder_id", row["id"])) + 1
            made = dict.fromkeys(self.items.fields) | line | {"reminder_id": row["id"], "position": at}
            self.items.place(self.items.insert(made))
        self.sum_up(row)
        self.note(row, "CREATE")
        return row

    def prepare(self, row: Row, given: Row) -> None:
        invoice = self.service.tables["invoices"].named(row["invoice_id"], "invoice_id")
        allowed = ("OPEN", "OVERDUE") if self.service.reminds_not_overdue else ("OVERDUE",)
        self.demand(invoice["status"] in allowed, "The invoice is not overdue")
        level, text = self._next_level(invoice)
        row |= {
            "status": "DRAFT",
            "is_old": False,
            "reminder_level": level,
            "client_id": invoice["client_id"],
        }
        row |= {"reminder_text_id": text.get("id"), "reminder_level_name": text.get("name")}
        row |= {"currency_code": invoice["currency_code"], "paid_amount": ZERO, "total_gross": ZERO}
        row["open_amount"] = ZERO
        texts = {"subject": text.get("subject"), "intro": text.get("header"), "note": text.get("footer")}
        self._default(row, texts | {name: invoice[name] for name in ("contact_id", "address")})
        for earlier in self.of("invoice_id", invoice["id"]):
            earlier["is_old"] = True

    def _default(self, row: Row, known: Row) -> None:
        own = {"date": self.service.today(), "due_days": self.service.settings["reminder_due_days"]}
        row.update({name: value for name, value in (known | own).items() if row[name] is None})
        row["due_date"] = row["due_date"] or days_after(row["date"], row["due_days"])

    def _next_level(self, invoice: Row) -> tuple[int, Row]:
        texts = sorted(self.service.tables["reminder-texts"].rows.values(), key=lambda row: row["sorting"] or 0)
        level = len(self.of("invoice_id", invoice["id"])) + 1
        return level, texts[min(level, len(texts)) - 1] if texts else {}

    def _charge(self, row: Row) -> list[Row]:
        text = self.service.tables["reminder-texts"].rows.get(row["reminder_text_id"], {})
        if not text.get("charge_amount"):
            return []
        price = {"quantity": Decimal(1), "unit_price": text["charge_amount"], "is_charge": True}
        return [{"title": text["charge_name"], "description": text["charge_description"]} | price]

    def sum_up(self, row: Row) -> None:
        """The invoice's open amount and the fees."""
        fees = sum((item["total"] or ZERO for item in self.items.of("reminder_id", row["id"])), ZERO)
        row["total_gross"] = (self.invoice(row).get("open_amount") or ZERO) + fees
        row["open_amount"] = row["total_gross"] - row["paid_amount"]

    def delete(self, row: Row) -> None:
        super().delete(row)
        self.note(row, "DELETE")

    def check_change(self, row: Row, values: Row) -> None:
        self.demand_draft(row)
        if values.get("invoice_id", row["invoice_id"]) != row["invoice_id"]:
            raise Refused(400, "invoice_id is invalid")

    def note(self, document: Row, key: str, **facts: Any) -> None:
        """Reminders have no comments; what happens to them is told on the invoice."""
        invoice = self.invoice(document)
        if invoice:
            self.service.tables["invoices"].note(invoice, f"REMINDER_{key}", **facts)

    def fall_due(self) -> None:
        for row in self.rows.values():
            if row["status"] == "OPEN":
                row["status"] = self.standing(row)

    def pdf_name(self, document: Row) -> str:
        return f"Mahnung {self.invoice(document).get('invoice_number', '')}.pdf"

    def pdf_lines(self, document: Row) -> list[str]:
        number = self.invoice(document).get("invoice_number", "")
        total = german(document["total_gross"], document["currency_code"])
        return [f"Mahnung {document['reminder_level']}", f"Rechnung {number}", f"Gesamtbetrag: {total}"]
