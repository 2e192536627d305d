"""Short ways for tests and demos to put things into the account and to move them, past the API's rules."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from arapp.sandbox.billomat.fields import Field, read
from arapp.sandbox.billomat.wire import Many, Row, plain

if TYPE_CHECKING:
    from arapp.sandbox.billomat.table import Table

ONE_LINE = (
    {
        "title": "Arbeitszeit",
        "unit": "h",
        "quantity": 2,
        "unit_price": 50,
        "tax_name": "MwSt",
        "tax_rate": 19,
    },
)


class Hands:
    """Rows given back are the live ones, with Decimal, date and datetime in them. Ids mean one thing each."""

    tables: "dict[str, Table]"

    def add_client(self, **overrides: Any) -> Row:
        return self._add("clients", {"name": "Muster AG"} | overrides)

    def add_contact(self, client_id: int, **overrides: Any) -> Row:
        return self._add("contacts", {"client_id": client_id} | overrides)

    def add_invoice(self, items: Any = ONE_LINE, status: str = "DRAFT", **overrides: Any) -> Row:
        """An invoice with one line of 100 net at 19 %. ``status`` takes it there by the usual steps."""
        if status == "OVERDUE" and "due_date" not in overrides:
            overrides["due_date"] = self.today() - timedelta(days=1)
        return self._add_document("invoices", items, status, overrides)

    def add_credit_note(self, items: Any = ONE_LINE, status: str = "DRAFT", **overrides: Any) -> Row:
        return self._add_document("credit-notes", items, status, overrides)

    def add_reminder(self, invoice_id: int, status: str = "DRAFT", **overrides: Any) -> Row:
        """A reminder of an overdue invoice, at the next level."""
        row = self._add("reminders", {"invoice_id": invoice_id} | overrides)
        self._lead(row, self.tables["reminders"], status)
        return row

    def bounce(self, id: int | str, to: str = "nobody@example.org", resource: str = "") -> None:
        """An e-mail with this document turns out not to be delivered."""
        table = self._table(id, resource)
        table.note(table.rows[int(id)], "ERROR_MAIL", name=table.name, to=to)

    def _add_document(self, plural: str, items: Any, status: str, overrides: Row) -> Row:
        if "client_id" not in overrides:
            overrides["client_id"] = next(iter(self.tables["clients"].rows), None) or self.add_client()["id"]
        inline = f"{self.tables[plural].singular}-items"
        given = overrides | {inline: {inline.removesuffix("s"): [dict(item) for item in items]}}
        row = self._add(plural, given)
        self._lead(row, self.tables[plural], status)
        return row

    def _lead(self, row: Row, table: "Table", status: str) -> None:
        if status != "DRAFT":
            table.finish(row)
        if status == "PAID":
            self.pay(row["id"], row["open_amount"])
        if status == "CANCELED":
            table.call_off(row)

    def _add(self, plural: str, given: Row) -> Row:
        """Through the API's own checks; fields that are read only there are then set as told."""
        table = self.tables[plural]
        row = table.create(given)
        forced = {name: given[name] for name in given if name in table.fields and table.fields[name].readonly}
        if forced:
            table.update(row, self._typed(table, forced))
        return row

    def _typed(self, table: "Table", values: Row) -> Row:
        """Typed as on a create; what is typed already (a collection, a decimal) stays."""
        kept = {name: value for name, value in values.items() if isinstance(value, Many)}
        fields = {name: table.fields.get(name) or Field(name) for name in values}
        return kept | {name: read(fields[name], value) for name, value in values.items() if name not in kept}

    def find(self, id: int | str, resource: str = "") -> Row:
        """The row of an id; KeyError when there is none."""
        return self._table(id, resource).rows[int(id)]

    def _table(self, id: int | str, resource: str) -> "Table":
        first = [resource] if resource else ["invoices", "credit-notes", "clients", *self.tables]
        return next((self.tables[name] for name in first if int(id) in self.tables[name].rows), self.tables[first[0]])

    def change(self, id: int | str, resource: str = "", **values: Any) -> Row:
        """Set any field whatever the state; ``updated`` moves unless it is among them."""
        table = self._table(id, resource)
        row = table.rows[int(id)]
        table.update(row, self._typed(table, values))
        self.fall_due()
        return row

    def remove(self, id: int | str, resource: str = "") -> None:
        """Take something away with its own parts, whatever the state (a client's documents stay)."""
        table = self._table(id, resource)
        table.drop(table.rows[int(id)])

    def pay(self, id: int | str, amount: Any, mark: bool = True, **values: Any) -> Row:
        """Record a payment on an invoice or credit note; ``mark`` makes it PAID whatever remains."""
        table = self._table(id, "")
        typed = self._typed(table.payments, values)
        return table.payments.book(table.rows[int(id)], Decimal(str(amount)), mark, **typed)

    def wire(self, id: int | str, resource: str = "") -> Row:
        """The object as a client reads it."""
        table = self._table(id, resource)
        return plain(table.shown(table.rows[int(id)]), self.style)
