"""Invoices: due date and discount on top of what documents share (reference sections 4.4 and 6.1)."""

from datetime import datetime, time, timedelta
from typing import Any

from arapp.sandbox.base import Request
from arapp.sandbox.billomat import lists
from arapp.sandbox.billomat.documents import ZERO, Documents
from arapp.sandbox.billomat.fields import days_after, fields
from arapp.sandbox.billomat.sums import HUNDRED, cents
from arapp.sandbox.billomat.wire import NULL, Reply, Row
from arapp.sandbox.billomat.words import INVOICE_STATUS


class Invoices(Documents):
    plural, singular, number_field, start = "invoices", "invoice", "invoice_number", 1_200_001
    name, word, template_type = "Rechnung", "Invoice", "INVOICE"
    parts = ("invoice-items", "invoice-comments", "invoice-payments", "invoice-tags")
    fields = fields(
        "id:int! created:time! updated:time! client_id:int contact_id:int invoice_number! number:int"
        " number_pre number_length:int title date:date supply_date supply_date_type:SUPPLY due_date:date"
        " due_days:int address status! label intro note total_net:number! total_gross:number!"
        " reduction:reduction total_reduction:number! total_net_unreduced:number!"
        " total_gross_unreduced:number! currency_code:currency quote:number net_gross:NET_GROSS"
        " discount_rate:number discount_date:date discount_days:int discount_amount:number!"
        " paid_amount:number! open_amount:number! payment_types taxes:many! customerportal_url!"
        " invoice_id:int offer_id:int confirmation_id:int recurring_id:int dig_proceeded:flag!"
        " template_id:int customfield"
    )
    filters = {
        "client_id": lists.ids("client_id"),
        "contact_id": lists.ids("contact_id"),
        "invoice_number": lists.text("invoice_number"),
        "status": lists.choice("status", INVOICE_STATUS),
        "payment_type": lists.among(lambda table, raw: table.with_payment(raw)),
        "from": lists.since("date"),
        "to": lists.until("date"),
        "label": lists.text("label"),
        "intro": lists.text("intro"),
        "note": lists.text("note"),
        "tags": lists.among(lambda table, raw: table.tagged(raw)),
        "article_id": lists.among(lambda table, raw: table.with_article(raw)),
    }
    actions = Documents.actions | {("PUT", "encash"): "encash"}

    def origin(self, row: Row) -> str:
        sources = (("offer_id", "CREATE_FROM_OFFER"), ("recurring_id", "CREATE_FROM_RECURRING"))
        return next((key for field, key in sources if row[field]), super().origin(row))

    # dates and discount

    def defaults(self, client: Row) -> Row:
        settings = self.service.settings
        terms = {name: self._term(client, name) for name in ("due_days", "discount_rate", "discount_days")}
        types = client["default_payment_types"] or settings["invoice_payment_types"]
        return super().defaults(client) | terms | {"payment_types": types, "dig_proceeded": False}

    def _term(self, client: Row, name: str) -> Any:
        """The client's own term, the account's, or the account's moved by the client's."""
        own, general = client[name], self.service.settings[name]
        if client[f"{name}_type"] == "ABSOLUTE":
            return own
        if client[f"{name}_type"] == "RELATIVE" and own is not None:
            return (general or 0) + own
        return general

    def prepare(self, row: Row, given: Row) -> None:
        super().prepare(row, given)
        self._due(row, row)

    def _due(self, row: Row, sent: Row) -> None:
        """A sent due date goes before due days; a discount has a date only if it has a rate."""
        if sent.get("due_date") and row["date"]:
            row["due_days"] = (row["due_date"] - row["date"]).days
        else:
            row["due_date"] = days_after(row["date"], row["due_days"])
        if not row["discount_rate"]:
            row["discount_date"] = None
        elif sent.get("discount_date") and row["date"]:
            row["discount_days"] = (row["discount_date"] - row["date"]).days
        else:
            row["discount_date"] = days_after(row["date"], row["discount_days"])

    def check_change(self, row: Row, values: Row) -> None:
        super().check_change(row, values)
        terms = ("date", "due_date", "due_days", "discount_rate", "discount_date", "discount_days")
        if set(terms) & set(values):
            merged = row | values
            self._due(merged, values)
            values |= {name: merged[name] for name in terms}

    def finish(self, document: Row) -> None:
        if document["date"] is None:
            document["date"] = self.service.today()
            self._due(document, document)
        super().finish(document)

    def sum_up(self, document: Row) -> None:
        super().sum_up(document)
        rate = document["discount_rate"]
        empty = document["status"] == "DRAFT" and not self.items.of("invoice_id", document["id"])
        amount = cents(document["total_gross"] * rate / HUNDRED) if rate else ZERO
        document["discount_amount"] = NULL if empty else amount

    # state

    def set_paid(self, document: Row) -> None:
        """A paid invoice's reminders are paid with it."""
        super().set_paid(document)
        for reminder in self.service.tables["reminders"].of("invoice_id", document["id"]):
            if reminder["status"] in ("OPEN", "OVERDUE"):
                reminder["status"], reminder["open_amount"] = "PAID", ZERO

    def encash(self, document: Row, request: Request) -> Reply:
        self.demand(document["status"] in ("OPEN", "OVERDUE"), "Only status OPEN or OVERDUE can be encashed")
        self.service.encashed.append(document["id"])
        return Reply()

    def fall_due(self) -> None:
        """OPEN becomes OVERDUE once the due date has passed, at midnight in Germany."""
        for row in self.rows.values():
            if row["status"] == "OPEN" and self.standing(row) == "OVERDUE":
                row["status"] = "OVERDUE"
                if self.service.overdue_moves_updated:
                    midnight = datetime.combine(row["due_date"] + timedelta(days=1), time(), self.service.zone)
                    row["updated"] = max(row["updated"], midnight)
