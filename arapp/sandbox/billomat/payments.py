"""Payments and what they do to their document (reference section 6.2)."""

from decimal import Decimal
from typing import Any

from arapp.sandbox.billomat import lists
from arapp.sandbox.billomat.children import Child
from arapp.sandbox.billomat.fields import Field, fields, read
from arapp.sandbox.billomat.wire import Refused, Row
from arapp.sandbox.billomat.words import CREDIT_NOTE_PAYMENTS, INVOICE_PAYMENTS


def payment_fields(key: str, kind: str) -> dict[str, Field]:
    return fields(
        f"id:int! created:time! {key}:int* user_id:int! date:date amount:number* comment transaction_purpose"
        f" currency_code:text! quote:number! type:{kind} customfield"
    )


def german(amount: Decimal, currency: str) -> str:
    """``1.234,50 EUR``"""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,")) + f" {currency}"


class Payments(Child):
    writes = ("POST", "DELETE")
    mark = ""
    """The flag that says the document counts as paid whatever remains."""

    def prepare(self, row: Row, given: Row) -> None:
        document = self.documents.named(row[self.key], self.key)
        if document["status"] not in ("OPEN", "OVERDUE"):
            raise Refused(self.service.illegal_code, "Only status OPEN or OVERDUE can be paid")
        if row["type"] == "INVOICE_CORRECTION":
            raise Refused(400, "type is invalid")
        read(Field(self.mark, "flag"), given.get(self.mark))
        self.complete_payment(row, document)

    def complete_payment(self, row: Row, document: Row) -> None:
        foreign = document["currency_code"] != self.service.settings["currency_code"]
        row["date"] = row["date"] or self.service.today()
        row["currency_code"] = document["currency_code"] if foreign else None
        row["quote"] = document["quote"] or Decimal(1)
        row["user_id"] = self.service.user_id

    def create(self, given: Row) -> Row:
        row = super().create(given)
        self._take_effect(row, bool(read(Field(self.mark, "flag"), given.get(self.mark))))
        return row

    def book(self, document: Row, amount: Decimal, mark: bool, **values: Any) -> Row:
        """Record a payment without asking whether it is allowed."""
        row = dict.fromkeys(self.fields) | {self.key: document["id"], "amount": amount} | values
        self.complete_payment(row, document)
        self.insert(row)
        self._take_effect(row, mark)
        return row

    def _take_effect(self, row: Row, mark: bool) -> None:
        document = self.document(row)
        self.documents.settle(document)
        full = document["total_gross"] > 0 and document["open_amount"] <= 0
        if mark or (full and self.service.full_payment_pays):
            self.documents.set_paid(document)
        self.documents.touch(document)
        self._note(document, "PAYMENT", row, status=document["status"])

    def delete(self, row: Row) -> None:
        document = self.document(row)
        self.drop(row)
        if document["status"] in ("OPEN", "OVERDUE", "PAID"):
            self.documents.reopen(document)
        self.documents.settle(document)
        self.documents.touch(document)
        self._note(document, "DELETE_PAYMENT", row)

    def _note(self, document: Row, key: str, row: Row, **facts: str) -> None:
        amount = german(row["amount"], document["currency_code"])
        self.documents.note(document, key, amount=amount, **facts)


class InvoicePayments(Payments):
    plural, singular, owner, key = "invoice-payments", "invoice-payment", "invoices", "invoice_id"
    mark, start = "mark_invoice_as_paid", 710_001
    fields = payment_fields("invoice_id", "INVOICE_PAYMENT")
    filters = {
        "invoice_id": lists.ids("invoice_id"),
        "from": lists.since("date"),
        "to": lists.until("date"),
        "type": lists.choice("type", INVOICE_PAYMENTS),
        "user_id": lists.ids("user_id"),
    }


class CreditNotePayments(Payments):
    plural, singular, owner = "credit-note-payments", "credit-note-payment", "credit-notes"
    key, mark, start = "credit_note_id", "mark_credit_note_as_paid", 790_001
    fields = payment_fields("credit_note_id", "CREDIT_NOTE_PAYMENT")
    filters = {
        "credit_note_id": lists.ids("credit_note_id"),
        "from": lists.since("date"),
        "to": lists.until("date"),
        "type": lists.choice("type", CREDIT_NOTE_PAYMENTS),
        "user_id": lists.ids("user_id"),
    }
