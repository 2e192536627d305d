"""Billomat in the weather."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any, ClassVar
from unittest import mock

from arapp.sandbox.base import Clock, Request, StandIn
from arapp.sandbox.billomat import Billomat, lists
from arapp.sandbox.billomat.table import Table
from arapp.upstreams.base import CREDIT_NOTES, CUSTOMERS, INVOICES
from arapp.upstreams.billomat import Billomat as Adapter
from arapp.upstreams.billomat import calls, client
from tests.storm.hands import Hands, Key, Order


class BillomatHands(Hands):
    service, base = "billomat", "/api"
    optional = ("label", "intro", "note", "due_date", "discount_date", "payment_types")
    words = ("status",)
    needed = ("status", "total_gross", "currency_code", "date")
    TABLES: ClassVar[Mapping[str, str]] = {CUSTOMERS: "clients", INVOICES: "invoices", CREDIT_NOTES: "credit-notes"}

    @classmethod
    def open(cls, seed: int, invoices: int, clock: Clock, chance: Random) -> "BillomatHands":
        switches = {
            "rate_limit": chance.choice((None, None, 300)),
            "honours_updated_order": chance.random() < 0.7,
            "overdue_moves_updated": chance.random() < 0.7,
        }
        return cls(Billomat(seed=seed, invoices=invoices, clock=clock, **switches), chance)

    @classmethod
    def stranger(cls, seed: int, clock: Clock, own: Hands) -> StandIn:
        with mock.patch.object(Table, "__init__", _further_on(Table.__init__)):
            other = Billomat(seed=seed + 1_000_003, invoices=9, clock=clock, rate_limit=None, account="elsewhere")
        other.foreign_ids = {number for table in own.stand_in.tables.values() for number in table.rows}
        other.keys = {own.stand_in.credentials()["secret"]: next(iter(other.keys.values()))}
        return other

    @staticmethod
    @contextmanager
    def small_pages(size: int) -> Iterator[None]:
        with (
            mock.patch.object(Adapter, "page_size", size),
            mock.patch.object(calls, "PER_PAGE", size),
            mock.patch.object(client, "PER_PAGE", size),
        ):
            yield

    @contextmanager
    def hiding(self) -> Iterator[None]:
        every = lists.select
        streams = {name: stream for stream, name in self.TABLES.items()}

        def select(table: Any, request: Request) -> list[Any]:
            stream = streams.get(table.plural, "")
            return [row for row in every(table, request) if (stream, str(row["id"])) not in self.hidden]

        with mock.patch.object(lists, "select", select):
            yield

    def rows(self) -> dict[Key, Any]:
        place = self.stand_in
        place.fall_due()
        return {
            (stream, str(number)): place.wire(number, name)
            for stream, name in self.TABLES.items()
            for number in place.tables[name].rows
        }

    def draft(self) -> str:
        line = {"title": "Arbeit", "quantity": 1, "unit_price": self.amount(), "tax_name": "MwSt", "tax_rate": 19}
        return str(self.stand_in.add_invoice(items=(line,))["id"])

    def appear(self) -> str:
        place = self.stand_in
        if self.chance.random() < 0.15:
            return str(place.add_client(name=f"Client {self.chance.randrange(10**6)}")["id"])
        add = place.add_credit_note if self.chance.random() < 0.2 else place.add_invoice
        line = {"title": "Arbeit", "quantity": 1, "unit_price": self.amount(), "tax_name": "MwSt", "tax_rate": 19}
        client = self.pick(list(place.tables["clients"].rows))
        status = self.chance.choice(("DRAFT", "DRAFT", "OPEN"))
        return str(add(items=(line,), status=status, **({"client_id": client} if client else {}))["id"])

    def change(self) -> str:
        place, roll = self.stand_in, self.chance.random()
        invoices = place.tables["invoices"].rows
        number = self.pick(list(invoices))
        if roll < 0.25 or number is None:
            number = self.pick(list(place.tables["clients"].rows))
            if number:
                place.change(number, "clients", name=f"Client {self.chance.randrange(10**6)}")
        elif roll < 0.45 and (owed := [n for n, row in invoices.items() if row["status"] in ("OPEN", "OVERDUE")]):
            number = self.pick(owed)
            row = invoices[number]
            place.pay(number, row["open_amount"] if roll < 0.35 else 1, mark=roll < 0.35)
        elif roll < 0.7:
            place.change(number, "invoices", label=f"Label {self.chance.randrange(10**6)}")
        else:
            due = place.today() + timedelta(days=self.chance.randrange(1, 60))
            place.change(number, "invoices", due_date=due.isoformat())
        return str(number or "")

    def vanish(self, stream: str) -> str:
        place, name = self.stand_in, self.TABLES[stream]
        numbers = list(place.tables[name].rows)
        if stream == CUSTOMERS:
            numbers = [n for n in numbers if not place.tables["clients"].documents(place.tables["clients"].rows[n])]
        number = self.pick(numbers)
        if number:
            place.remove(number, name)
        return str(number or "")

    def decide(self) -> str:
        table = self.stand_in.tables["invoices"]
        number = self.pick([n for n, row in table.rows.items() if row["status"] == "DRAFT"])
        if number:
            table.finish(table.rows[number])
        return str(number or "")

    def order_of(self, request: Request) -> Order | None:
        parts = request.path.strip("/").split("/")
        if request.method == "PUT" and parts[-1] == "complete":
            return Order("complete", parts[1].replace("-", "_"), parts[2])
        if request.method == "POST" and parts[-1].endswith("-comments"):
            inner = next(iter(json.loads(request.body).values()))
            number = inner.get("invoice_id") or inner.get("credit_note_id")
            mark = inner["comment"].rpartition("[desk-")[2].rstrip("]")
            stream = "invoices" if "invoice_id" in inner else "credit_notes"
            return Order("comment", stream, str(number), mark)
        return None

    def effect(self, order: Order) -> Any:
        name = self.TABLES[order.stream]
        if order.kind == "complete":
            row = self.stand_in.tables[name].rows.get(int(order.external_id))
            return row and row["status"] != "DRAFT"
        comments = self.stand_in.tables[f"{name.removesuffix('s')}-comments"].rows.values()
        return sum(f"[desk-{order.mark}]" in row["comment"] for row in comments)

    def stream_of(self, path: str) -> str:
        return next((stream for stream, name in self.TABLES.items() if path == f"/api/{name}"), "")

    def cut_list(self, body: Any, keep: Callable[[list[Any]], list[Any]], *, honest: bool) -> list[Any] | None:
        inner = next(iter(body.values()), None) if isinstance(body, dict) and len(body) == 1 else None
        if not isinstance(inner, dict) or "@total" not in inner:
            return None
        name = next((key for key in inner if not key.startswith("@")), "")
        before = inner.get(name, [])
        before = before if isinstance(before, list) else [before]
        kept = keep(before)
        inner.pop(name, None)
        if kept:
            inner[name] = kept[0] if len(kept) == 1 else kept
        out = [row for row in before if row not in kept]
        if honest:
            inner["@total"] = str(max(0, int(inner["@total"]) - len(out)))
        return out

    @staticmethod
    def errors(status: int) -> bytes:
        return json.dumps({"errors": {"error": f"trouble {status}"}}).encode()


def _further_on(begin: Callable[..., None]) -> Callable[..., None]:
    """Ids are Billomat's own, whoever the account: no two accounts have the same one."""

    def further(table: Table, service: Billomat) -> None:
        begin(table, service)
        table._next += 500_000

    return further
