"""Billogram in the weather."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from random import Random
from typing import Any
from unittest import mock

from arapp.sandbox.base import Clock, Request, StandIn
from arapp.sandbox.billogram import Billogram, billograms, lists, nights
from arapp.sandbox.billogram.wire import Refused, dumps
from arapp.upstreams.base import CUSTOMERS, INVOICES
from arapp.upstreams.billogram import Billogram as Adapter
from tests.storm.hands import Hands, Key, Order


class BillogramHands(Hands):
    service, base = "billogram", "/api/v2"
    optional = ("ocr_number", "creditor_unique_value", "invoice_no", "due_date")
    words = ("state",)
    needed = ("state", "total_sum", "remaining_sum", "created_at")

    @classmethod
    def open(cls, seed: int, invoices: int, clock: Clock, chance: Random) -> "BillogramHands":
        return cls(Billogram(seed=seed, invoices=invoices, clock=clock), chance)

    @classmethod
    def stranger(cls, seed: int, clock: Clock, own: Hands) -> StandIn:
        other = Billogram(seed=seed + 1_000_003, invoices=9, clock=clock)
        other.credentials = own.stand_in.credentials
        return other

    @staticmethod
    @contextmanager
    def small_pages(size: int) -> Iterator[None]:
        with mock.patch.object(Adapter, "page_size", size):
            yield

    @contextmanager
    def hiding(self) -> Iterator[None]:
        every = lists.chosen
        names = ((INVOICES, "id"), (CUSTOMERS, "customer_no"))

        def chosen(rows: Any, request: Request, listing: Any) -> list[Any]:
            found = every(rows, request, listing)
            return [row for row in found if not any((s, str(row.get(n))) in self.hidden for s, n in names)]

        with mock.patch.object(lists, "chosen", chosen):
            yield

    def rows(self) -> dict[Key, Any]:
        account = self.stand_in.account
        nights.catch_up(account)
        found = {
            **{(CUSTOMERS, str(no)): row for no, row in account.customers.items()},
            **{(INVOICES, no): billograms.compact(record) for no, record in account.billograms.items()},
        }
        return dict(zip(found, json.loads(dumps(list(found.values())), parse_float=Decimal), strict=True))

    def draft(self) -> str:
        items = [{"title": "Tea", "count": 1, "price": self.amount(), "vat": 25}]
        return self.stand_in.add_billogram(items=items)["id"]

    def appear(self) -> str:
        place = self.stand_in
        customers = list(place.account.customers)
        overrides: dict[str, Any] = {}
        if customers and self.chance.random() < 0.7:
            overrides["customer"] = {"customer_no": self.pick(customers)}
        items = [{"title": "Tea", "count": 1, "price": self.amount(), "vat": 25}]
        try:
            sent = "Email" if self.chance.random() < 0.25 else None
            return place.add_billogram(send=sent, items=items, **overrides)["id"]
        except Refused:
            return place.add_billogram(items=items)["id"]

    def change(self) -> str:
        place, account = self.stand_in, self.stand_in.account
        if self.chance.random() < 0.25 and account.customers:
            number = self.pick(list(account.customers))
            place.change_customer(number, name=f"Customer {self.chance.randrange(10**6)}")
            return str(number)
        drafts = self._of({"Unattested"})
        owed = [n for n in self._of({"Unpaid", "Overdue", "PartlyPaid"}) if account.billograms[n].sums.remaining > 0]
        if owed and self.chance.random() < 0.5:
            number = self.pick(owed)
            remaining = account.billograms[number].sums.remaining
            place.pay(number, remaining if self.chance.random() < 0.5 else (remaining / 2).quantize(Decimal("0.01")))
            return number
        number = self.pick(drafts)
        if number is None:
            return ""
        place.change(number, items=[{"title": "Coffee", "count": 1, "price": self.amount(), "vat": 25}])
        return number

    def vanish(self, stream: str) -> str:
        number = self.pick(self._of({"Unattested"})) if stream == INVOICES else None
        if number:
            self.stand_in.remove(number)
        return number or ""

    def decide(self) -> str:
        number = self.pick(self._of({"Unattested"}))
        if number is None:
            return ""
        try:
            self.stand_in.command(number, "send", method="Email")
        except Refused:
            return ""
        return number

    def _of(self, states: set[str]) -> list[str]:
        return [n for n, record in self.stand_in.account.billograms.items() if record.data["state"] in states]

    def order_of(self, request: Request) -> Order | None:
        parts = request.path.strip("/").split("/")
        return (
            Order("send", INVOICES, parts[3])
            if request.method == "POST" and parts[-2:] == ["command", "send"]
            else None
        )

    def effect(self, order: Order) -> Any:
        found = self.stand_in.account.billograms.get(order.external_id)
        return found and (found.data["state"] != "Unattested", len(found.letters))

    def stream_of(self, path: str) -> str:
        return {"/api/v2/billogram": INVOICES, "/api/v2/customer": CUSTOMERS}.get(path, "")

    def cut_list(self, body: Any, keep: Callable[[list[Any]], list[Any]], *, honest: bool) -> list[Any] | None:
        if not isinstance(body, dict) or not isinstance(body.get("data"), list):
            return None
        before = body["data"]
        body["data"] = keep(before)
        out = [row for row in before if row not in body["data"]]
        if honest:
            body["meta"]["total_count"] = max(0, body["meta"]["total_count"] - len(out))
        return out

    @staticmethod
    def errors(status: int) -> bytes:
        word = {403: "PERMISSION_DENIED", 401: "INVALID_AUTH"}.get(status, "INTERNAL_ERROR")
        return json.dumps({"status": word, "data": {"message": f"trouble {status}"}}).encode()
