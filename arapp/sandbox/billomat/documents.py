"""What invoices and credit notes share: defaults, numbers, sums, placeholders, groups."""

import hashlib
import re
from datetime import date
from decimal import Decimal
from typing import Any

from arapp.sandbox.base import Request
from arapp.sandbox.billomat import lists
from arapp.sandbox.billomat.dispatch import Dispatched
from arapp.sandbox.billomat.fields import read_all
from arapp.sandbox.billomat.payments import german
from arapp.sandbox.billomat.sums import cents, sum_up
from arapp.sandbox.billomat.wire import Many, Refused, Reply, Row, children

ZERO = Decimal(0)
PLACEHOLDER = re.compile(r"\[(\w+)\.(\w+)\]")


class Documents(Dispatched):
    number_field = ""
    indexed = ("client_id",)
    group_names = ("client", "status", "day", "week", "month", "year")

    @property
    def items(self) -> Any:
        return self.service.tables[f"{self.singular}-items"]

    @property
    def payments(self) -> Any:
        return self.service.tables[f"{self.singular}-payments"]

    @property
    def setting(self) -> str:
        return self.singular.replace("-", "_")

    # create

    def create(self, given: Row) -> Row:
        lines = children(given, f"{self.singular}-items", self.items.singular)
        read_lines = [read_all(self.items.fields, line) for line in lines]
        row = dict.fromkeys(self.fields) | read_all(self.fields, given)
        self.prepare(row, given)
        return self.write_down(row, read_lines)

    def write_down(self, row: Row, lines: list[Row]) -> Row:
        """Keep a draft that is already checked, with its lines (typed values)."""
        made = [dict.fromkeys(self.items.fields) | line for line in lines]
        for line in made:
            self.items.complete_line(line, row, {})
        self.insert(row)
        secret = hashlib.sha1(f"{self.plural}{row['id']}".encode()).hexdigest()
        home = f"https://{self.service.account}.billomat.net/customerportal"
        row["customerportal_url"] = f"{home}/{self.plural}/show/{secret}"
        for at, line in enumerate(made, 1):
            line[self.key], line["position"] = row["id"], at
            self.items.insert(line)
        self.sum_up(row)
        self.note(row, self.origin(row), name=self.name)
        return row

    def origin(self, row: Row) -> str:
        return "CREATE_FROM_INVOICE" if row["invoice_id"] else "CREATE"

    def prepare(self, row: Row, given: Row) -> None:
        client = self._client(row)
        row["status"] = "DRAFT"
        free_text = self._free_text(given)
        defaults = self.defaults(client) | free_text
        for name, value in defaults.items():
            text_sent = name in given and self.fields[name].kind == "text"
            if row[name] is None and not text_sent:
                row[name] = value
        row["paid_amount"] = row["open_amount"] = ZERO
        self._provide_number(row)

    def _client(self, row: Row) -> Row:
        if row["client_id"] is None:
            raise Refused(400, "client_id is missing")
        client = self.service.tables["clients"].named(row["client_id"], "client_id")
        if row["contact_id"] is not None:
            self._check_contact(row)
        if row["invoice_id"] is not None:
            self.service.tables["invoices"].named(row["invoice_id"], "invoice_id")
        return client

    def _check_contact(self, row: Row) -> None:
        contact = self.service.tables["contacts"].named(row["contact_id"], "contact_id")
        if contact["client_id"] != row["client_id"]:
            raise Refused(400, "contact_id is invalid")

    def _free_text(self, given: Row) -> Row:
        if given.get("free_text_id") in (None, ""):
            return {}
        text = self.service.tables["free-texts"].named(given["free_text_id"], "free_text_id")
        return {name: text[name] for name in ("title", "label", "intro", "note")}

    def defaults(self, client: Row) -> Row:
        settings, kind = self.service.settings, self.setting
        own = client["net_gross"] if client["net_gross"] in ("NET", "GROSS") else settings["net_gross"]
        texts = {name: settings[f"{kind}_{name}"] for name in ("title", "intro", "note", "label")}
        numbers = {name: settings[f"{kind}_{name}"] for name in ("number_pre", "number_length")}
        return (
            texts
            | numbers
            | {
                "address": client["address"],
                "date": self.service.today(),
                "currency_code": client["currency_code"] or settings["currency_code"],
                "net_gross": own,
                "quote": Decimal(1),
            }
        )

    # numbers

    def _provide_number(self, row: Row) -> None:
        """A draft shows the number it would get now; two drafts may show the same (reference section 4.4)."""
        if row["number"] is not None and (row["number_pre"], row["number"]) in self.service.taken[self.plural]:
            raise Refused(400, "number is in use already")
        if row["number"] is not None and row["number"] < 1:
            raise Refused(400, "number is invalid")
        row[self.number_field] = self._built(row, row["number"] or self._free_number())

    def _built(self, row: Row, number: int) -> str:
        length = min(max(row["number_length"] or 0, 0), 30)
        return f"{row['number_pre'] or ''}{number:0{length}d}"

    def _free_number(self) -> int:
        return self.service.settings[f"{self.setting}_number_next"]

    def _take_number(self, row: Row) -> None:
        self._provide_number(row)
        row["number"] = row["number"] or self._free_number()
        row[self.number_field] = self._built(row, row["number"])
        self.service.taken[self.plural].add((row["number_pre"], row["number"]))
        highest = max(self._free_number(), row["number"] + 1)
        self.service.settings[f"{self.setting}_number_next"] = highest

    # change

    def check_change(self, row: Row, values: Row) -> None:
        self.demand_draft(row)
        for name in ("currency_code", "net_gross", "quote"):
            values[name] = row[name] if values.get(name) is None else values[name]
        merged = row | values
        self._client(merged)
        if {"number", "number_pre", "number_length"} & set(values):
            self._provide_number(merged)
            values[self.number_field] = merged[self.number_field]

    def update(self, row: Row, values: Row) -> None:
        super().update(row, values)
        if {"net_gross", "reduction", "discount_rate"} & set(values):
            self.sum_up(row)

    # sums

    def sum_up(self, document: Row) -> None:
        sum_up(document, self.items.of(self.items.key, document["id"]))
        self.settle(document)

    def settle(self, document: Row) -> None:
        """Paid and open from the payments; the status is not touched."""
        paid = sum((row["amount"] for row in self.payments.of(self.payments.key, document["id"])), ZERO)
        document["paid_amount"] = paid
        left = document["total_gross"] - paid
        document["open_amount"] = ZERO if document["status"] == "PAID" else left

    def set_paid(self, document: Row) -> None:
        document["status"], document["open_amount"] = "PAID", ZERO

    def reopen(self, document: Row) -> None:
        document["status"] = self.standing(document)

    # complete

    def finish(self, document: Row) -> None:
        document["date"] = document["date"] or self.service.today()
        self._take_number(document)
        for name in ("title", "intro", "note", "label"):
            document[name] = self.filled(document, document[name])
        super().finish(document)

    def filled(self, document: Row, text: str | None) -> str | None:
        """The text with its placeholders replaced; one that is not known stays as it is."""
        client = self.service.tables["clients"].rows.get(document["client_id"], {})
        sources = {self.word: document, "Client": client}

        def put(found: re.Match) -> str:
            value = sources.get(found[1], {}).get(found[2])
            return found[0] if value is None or isinstance(value, Many) else _written(value)

        return PLACEHOLDER.sub(put, text) if text and "[" in text else text

    # PDF

    def pdf_name(self, document: Row) -> str:
        return f"{self.name} {document[self.number_field]}.pdf"

    def pdf_lines(self, document: Row) -> list[str]:
        total = german(document["total_gross"], document["currency_code"])
        address = (document["address"] or "").splitlines()[:6]
        title = f"{self.name} {document[self.number_field]}"
        return [*address, "", title, f"Datum: {_written(document['date'])}", f"Gesamtbetrag: {total}"]

    # lists

    def listing(self, request: Request) -> Reply:
        asked = lists.sent(request, "group_by")
        return self._grouped(request, asked) if asked else super().listing(request)

    def _grouped(self, request: Request, asked: str) -> Reply:
        """Sums per group in the account's currency."""
        names = [name.strip() for name in asked.split(",") if name.strip()]
        if not set(names) <= set(self.group_names):
            raise Refused(400, "group_by is invalid")
        groups: dict[tuple, list[Row]] = {}
        for row in lists.select(self, request):
            groups.setdefault(tuple(_group(row, name) for name in names), []).append(row)
        shown = [_summed(keys, rows, f"{self.singular}-params") for keys, rows in groups.items()]
        attributes = (("currency_code", self.service.settings["currency_code"]),)
        return Reply({f"{self.singular}-groups": Many(f"{self.singular}-group", shown, attributes)})

    def with_article(self, raw: str) -> set[int]:
        wanted = lists.numbers(raw)
        return {row[self.items.key] for row in self.items.rows.values() if row["article_id"] in wanted}

    def with_payment(self, raw: str) -> set[int]:
        wanted = lists.words(raw)
        return {row[self.payments.key] for row in self.payments.rows.values() if row["type"] in wanted}

    def tagged(self, raw: str) -> set[int]:
        return self.service.tables[f"{self.singular}-tags"].carriers(raw)


def _written(value: Any) -> str:
    """As it stands on paper in Germany."""
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,")) if isinstance(value, Decimal) else str(value)


def _group(row: Row, name: str) -> tuple[str, str]:
    """What the row falls under: the field and its value. A week is named by ISO 8601 and starts on Monday."""
    if name in ("client", "status"):
        field = "client_id" if name == "client" else "status"
        return field, str(row[field])
    day: date | None = row["date"]
    if day is None:
        return name, ""
    shown = {"day": day.isoformat(), "week": day.strftime("%G-%V"), "month": day.isoformat()[:7]}
    return name, shown.get(name, str(day.year))


def _summed(keys: tuple[tuple[str, str], ...], rows: list[Row], params: str) -> Row:
    sums = {
        name: cents(sum((row[name] * (row["quote"] or 1) for row in rows), ZERO))
        for name in ("total_gross", "total_net")
    }
    return sums | dict(keys) | {params: dict(keys)}
