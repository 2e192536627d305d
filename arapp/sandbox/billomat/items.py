"""Items of drafts; every change works the document's sums out anew."""

from decimal import Decimal

from arapp.sandbox.billomat import lists
from arapp.sandbox.billomat.children import Child
from arapp.sandbox.billomat.fields import Field, fields
from arapp.sandbox.billomat.wire import Row


def item_fields(key: str) -> dict[str, Field]:
    return fields(
        f"id:int! article_id:int {key}:int* position:int! unit quantity:number type:ITEM_TYPE"
        " unit_price:number tax_name tax_rate:number title description total_net:number! total_gross:number!"
        " reduction:reduction total_net_unreduced:number! total_gross_unreduced:number!"
        " tax_changed_manually:flag customfield"
    )


class Items(Child):
    def prepare(self, row: Row, given: Row) -> None:
        document = self.documents.named(row[self.key], self.key)
        self.documents.demand_draft(document)
        self.complete_line(row, document, given)

    def complete_line(self, row: Row, document: Row, given: Row) -> None:
        """Fill a new line from its article, the default tax and the end of the list."""
        if row["article_id"] is not None:
            self._copy_article(row)
        for name in ("quantity", "unit_price"):
            row[name] = Decimal(0) if row[name] is None else row[name]
        if row["tax_rate"] is None and row["tax_name"] is None:
            row["tax_name"], row["tax_rate"] = self._default_tax(document)
        row["tax_rate"] = row["tax_rate"] or Decimal(0)
        row["tax_changed_manually"] = bool(row["tax_changed_manually"])
        row["position"] = len(self.of(self.key, document["id"])) + 1

    def _copy_article(self, row: Row) -> None:
        article = self.service.tables["articles"].named(row["article_id"], "article_id")
        unit = self.service.tables["units"].rows.get(article["unit_id"])
        tax = self.service.tables["taxes"].rows.get(article["tax_id"])
        copied = {"title": article["title"], "description": article["description"], "type": article["type"]}
        copied |= {"unit_price": article["sales_price"], "unit": unit and unit["name"]}
        if tax and row["tax_rate"] is None:
            copied |= {"tax_name": tax["name"], "tax_rate": tax["rate"]}
        row.update({name: value for name, value in copied.items() if row[name] is None})

    def _default_tax(self, document: Row) -> tuple[str | None, Decimal]:
        client = self.service.tables["clients"].rows.get(document["client_id"])
        if client and client["tax_rule"] == "NO_TAX":
            return None, Decimal(0)
        taxes = self.service.tables["taxes"].rows.values()
        tax = next((tax for tax in taxes if tax["is_default"]), None)
        return (tax["name"], tax["rate"]) if tax else (None, Decimal(0))

    def create(self, given: Row) -> Row:
        row = super().create(given)
        self._sum_up(row)
        return row

    def check_change(self, row: Row, values: Row) -> None:
        super().check_change(row, values)
        self.documents.demand_draft(self.document(row))
        if values.get("article_id") is not None:
            self.service.tables["articles"].named(values["article_id"], "article_id")

    def change(self, row: Row, given: Row) -> None:
        super().change(row, given)
        self._sum_up(row)

    def delete(self, row: Row) -> None:
        document = self.document(row)
        self.documents.demand_draft(document)
        self.drop(row)
        for at, left in enumerate(self.of(self.key, document["id"]), 1):
            left["position"] = at
        self._sum_up(row)

    def _sum_up(self, row: Row) -> None:
        document = self.document(row)
        self.documents.sum_up(document)
        self.documents.touch(document)


class InvoiceItems(Items):
    plural, singular, owner = "invoice-items", "invoice-item", "invoices"
    key, parent, start = "invoice_id", "invoice_id", 2_100_001
    fields = item_fields("invoice_id")
    filters = {"invoice_id": lists.ids("invoice_id")}


class CreditNoteItems(Items):
    plural, singular, owner = "credit-note-items", "credit-note-item", "credit-notes"
    key, parent, start = "credit_note_id", "credit_note_id", 2_900_001
    fields = item_fields("credit_note_id")
    filters = {"credit_note_id": lists.ids("credit_note_id")}
