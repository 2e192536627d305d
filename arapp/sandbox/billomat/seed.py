"""The data an account starts with: the same for the same seed, number of documents and day."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from arapp.sandbox.billomat import seed_words as said
from arapp.sandbox.billomat.seed_clients import seed_clients
from arapp.sandbox.billomat.seed_lookups import seed_lookups
from arapp.sandbox.billomat.sums import cents
from arapp.sandbox.billomat.wire import Row

if TYPE_CHECKING:
    from arapp.sandbox.billomat.app import Billomat

SPAN = timedelta(days=425)
"""A little under fourteen months."""
CREDIT_NOTE_EVERY = 20
CURRENCIES = (("CHF", Decimal("1.04")), ("USD", Decimal("0.92")))
CARRIED = ("client_id", "currency_code", "quote", "net_gross")
"""What a credit note takes from the invoice it is about."""
WAYS = ("BANK_TRANSFER", "BANK_TRANSFER", "BANK_TRANSFER", "DEBIT", "PAYPAL", "CREDIT_CARD", "CASH", None)


def seed_account(service: "Billomat") -> None:
    """Fill the tables. Nothing happens after the midnight before today."""
    midnight = datetime.combine(service.today(), time(), service.zone)
    service.opened = midnight - SPAN - timedelta(days=300)
    service.at(service.opened, None)
    seed_lookups(service)
    users = list(service.tables["users"].rows)
    service.at(service.opened + timedelta(days=200), users[0])
    random = Random(service.seed)
    if service.invoices > 0:
        seed_clients(service, random, -(-service.invoices // 6))
        Books(service, random, midnight, users).write(service.invoices)
    service.at(None, users[0])


class Books:
    """Writes documents in the order in which they came into being."""

    def __init__(self, service: "Billomat", random: Random, end: datetime, users: list[int]) -> None:
        self.service, self.random, self.end, self.users = service, random, end, users
        self.invoices, self.credit_notes = service.tables["invoices"], service.tables["credit-notes"]
        self.clients = list(service.tables["clients"].rows.values())
        self.articles = list(service.tables["articles"].rows.values())
        self.kept: list[Row] = []
        """Finished invoices that a credit note may be about."""

    def write(self, count: int) -> None:
        for at in range(count):
            age = ((at + 0.5) / count) ** 0.6
            moment = (self.end - SPAN + SPAN * age).replace(microsecond=0)
            if at % CREDIT_NOTE_EVERY == CREDIT_NOTE_EVERY - 1:
                self._credit_note(moment)
            else:
                self._invoice(moment, age)
        self._remind()

    def _go(self, moment: datetime) -> datetime:
        """Some user acts at this moment, but never later than the end."""
        moment = min(moment, self.end - timedelta(minutes=5))
        self.service.at(moment, self.random.choice(self.users))
        return moment

    def _after(self, moment: datetime, most_days: float) -> datetime:
        return self._go((moment + timedelta(days=most_days) * self.random.random()).replace(microsecond=0))

    # invoices

    def _invoice(self, moment: datetime, age: float) -> None:
        self._go(moment)
        lines = self._lines()
        draft = self.random.random() < 0.21 * age
        if draft and self.random.random() < 0.15:
            lines = []
        terms = self._terms()
        if terms["reduction"] == "15" and sum(map(self._worth, lines)) < 60:
            terms["reduction"] = None
        row = self._draft(self.invoices, terms, lines)
        self._decorate(row)
        if draft:
            return
        moment = self._after(moment, 2)
        self.invoices.finish(row)
        self._mail(row)
        self.kept.append(row)
        self._fate(row, moment)

    def _draft(self, table: Any, values: Row, lines: list[Row]) -> Row:
        row = dict.fromkeys(table.fields) | values
        table.prepare(row, values)
        return table.write_down(row, lines)

    def _terms(self) -> Row:
        pick = self.random
        client = pick.choice(self.clients)
        terms: Row = {"client_id": client["id"], "due_days": pick.choice((7, 14, 14, 14, 30, 30, 60))}
        contacts = self.service.tables["contacts"].of("client_id", client["id"])
        if contacts and pick.random() < 0.5:
            terms["contact_id"] = pick.choice(contacts)["id"]
        if pick.random() < 0.25:
            terms |= {"discount_rate": Decimal(pick.choice((2, 3))), "discount_days": 7}
        if pick.random() < 0.1:
            terms["currency_code"], terms["quote"] = pick.choice(CURRENCIES)
        terms["net_gross"] = "GROSS" if pick.random() < 0.3 else "NET"
        terms["reduction"] = pick.choice((None,) * 8 + ("5%", "10%", "15"))
        terms |= {"intro": pick.choice(said.INTROS), "note": pick.choice(said.NOTES)}
        terms["payment_types"] = pick.choice((None, "BANK_TRANSFER", "BANK_TRANSFER,PAYPAL", "CASH,CREDIT_CARD"))
        terms["label"] = pick.choice(said.LABELS) if pick.random() < 0.3 else None
        return terms

    def _lines(self) -> list[Row]:
        return [self._line() for _ in range(self.random.choice((1, 1, 2, 2, 3, 5)))]

    def _line(self) -> Row:
        pick = self.random
        article = pick.choice(self.articles)
        quantity = Decimal(pick.choice(("1", "2", "3", "8", "12", "0.5", "1.25", "40")))
        if article["sales_price"] < 2:
            quantity *= 50
        line: Row = {"article_id": article["id"], "quantity": quantity}
        if pick.random() < 0.1:
            line["reduction"] = pick.choice(("10%", "5")) if self._worth(line) > 20 else "10%"
        return line

    def _worth(self, line: Row) -> Decimal:
        return self.service.tables["articles"].rows[line["article_id"]]["sales_price"] * line["quantity"]

    def _decorate(self, row: Row) -> None:
        if self.random.random() < 0.2:
            tags = self.service.tables["invoice-tags"]
            tags.create({"name": self.random.choice(said.TAGS), "invoice_id": row["id"]})
        if self.random.random() < 0.25:
            comments = self.service.tables["invoice-comments"]
            public = self.random.random() < 0.2
            text = self.random.choice(said.REMARKS)
            comments.create({"invoice_id": row["id"], "comment": text, "public": public})

    def _mail(self, row: Row) -> None:
        client = self.service.tables["clients"].rows[row["client_id"]]
        if client["email"]:
            self.invoices.note(row, "MAIL", email_id=row["id"], name="Rechnung", to=client["email"])

    # what becomes of them

    def _fate(self, row: Row, moment: datetime) -> None:
        late = row["due_date"] < self.end.date()
        luck = self.random.random()
        if luck < 0.05:
            self._after(moment, 5)
            self.invoices.call_off(row)
        elif luck < (0.78 if late else 0.25):
            self._paid(row, moment)
        elif luck > 0.93:
            self._pay(row, cents(row["open_amount"] * Decimal("0.4")), False, moment, 10)

    def _paid(self, row: Row, moment: datetime) -> None:
        luck = self.random.random()
        if row["discount_rate"] and luck < 0.6:
            self._pay(row, row["total_gross"] - row["discount_amount"], True, moment, 7)
        elif luck < 0.75:
            self._pay(row, row["open_amount"], True, moment, row["due_days"] * 1.3)
        elif luck < 0.93:
            moment = self._pay(row, cents(row["open_amount"] / 2), False, moment, row["due_days"])
            self._pay(row, row["open_amount"], True, moment, 20)
        else:
            self._pay(row, cents(row["open_amount"] * Decimal("0.97")), True, moment, row["due_days"])

    def _pay(self, row: Row, amount: Decimal, mark: bool, moment: datetime, days: float) -> datetime:
        moment = self._after(moment, days)
        client = self.service.tables["clients"].rows[row["client_id"]]
        purpose = f"{row['invoice_number']} {client['client_number']}"
        known = {"type": self.random.choice(WAYS), "transaction_purpose": purpose}
        self.invoices.payments.book(row, amount, mark, **known)
        return moment

    # credit notes

    def _credit_note(self, moment: datetime) -> None:
        """Half of them about an invoice of ours, set off against it where that is still open."""
        self._go(moment)
        invoice = self.random.choice(self.kept) if self.kept and self.random.random() < 0.5 else None
        values = self._terms() if invoice is None else invoice
        about = {name: values[name] for name in CARRIED if values.get(name) is not None}
        lines = [self._line()]
        row = self._draft(self.credit_notes, about | {"invoice_id": invoice and invoice["id"]}, lines)
        if self.random.random() < 0.15:
            return
        moment = self._after(moment, 2)
        self.credit_notes.finish(row)
        if invoice and invoice["status"] == "OPEN" and invoice["open_amount"] > row["total_gross"]:
            self._set_off(row, invoice)
        elif self.random.random() < 0.5:
            self._after(moment, 14)
            self.credit_notes.payments.book(row, row["total_gross"], True, type="BANK_TRANSFER")

    def _set_off(self, row: Row, invoice: Row) -> None:
        amount = row["total_gross"]
        self.credit_notes.payments.book(row, amount, True, type="CREDIT_NOTE")
        self.invoices.payments.book(invoice, amount, False, type="CREDIT_NOTE")

    # reminders

    def _remind(self) -> None:
        self.service.at(None, self.users[0])
        self.service.fall_due()
        overdue = [row for row in self.kept if row["status"] == "OVERDUE"]
        for at, row in enumerate(overdue):
            due = datetime.combine(row["due_date"], time(10), self.service.zone)
            for level in range(at % 4):
                if due + timedelta(days=8 + 14 * level) < self.end:
                    self._go(due + timedelta(days=8 + 14 * level))
                    reminder = self.service.tables["reminders"].create({"invoice_id": row["id"]})
                    self.service.tables["reminders"].finish(reminder)
