"""BillOver in the weather."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any
from unittest import mock

from arapp.sandbox.base import Clock, Request, StandIn
from arapp.sandbox.billover import Billover, lists, shapes
from arapp.sandbox.billover.records import Document
from arapp.upstreams.base import CUSTOMERS, INVOICES
from tests.storm.hands import Hands, Key, Order


class BilloverHands(Hands):
    service, base = "billover", "/v1"
    optional = ("category", "invoice_date", "workspace_user", "company")
    words = ("approvement_status", "processing_status")
    needed = ("total_price", "processing_status", "currency", "created_at")

    @classmethod
    def open(cls, seed: int, invoices: int, clock: Clock, chance: Random) -> "BilloverHands":
        size = chance.choice((3, 4, 7))
        switches: dict[str, Any] = {
            "page_size": size,
            "max_page_size": chance.choice((0, size, 9)),
            "repeat_status": chance.choice((200, 400, 403, 409)),
            "ignore_dates": chance.random() < 0.3,
            "slash_redirects": chance.random() < 0.8,
        }
        return cls(Billover(seed=seed, invoices=invoices, clock=clock, **switches), chance)

    @classmethod
    def stranger(cls, seed: int, clock: Clock, own: Hands) -> StandIn:
        other = Billover(seed=seed + 1_000_003, invoices=9, clock=clock)
        other.credentials = own.stand_in.credentials
        return other

    @contextmanager
    def hiding(self) -> Iterator[None]:
        invoices, page = lists.chosen_invoices, lists.linked_page

        def chosen(place: Any, request: Request) -> list[Any]:
            return [row for row in invoices(place, request) if (INVOICES, row.uid) not in self.hidden]

        def linked(place: Any, request: Request, rows: Any, shape: Any) -> Any:
            shown = [row for row in rows if (CUSTOMERS, row.uid) not in self.hidden]
            return page(place, request, shown, shape)

        with mock.patch.object(lists, "chosen_invoices", chosen), mock.patch.object(lists, "linked_page", linked):
            yield

    def rows(self) -> dict[Key, Any]:
        place = self.stand_in
        place.let_time_pass()
        used = {each.company.uid for each in place.by_uid.values() if each.company}
        found = {(CUSTOMERS, uid): shapes.company(place, each, used) for uid, each in place.companies.items()}
        return found | {(INVOICES, uid): shapes.list_row(place, each) for uid, each in place.by_uid.items()}

    def draft(self) -> str:
        place = self.stand_in
        return place.add_invoice(total_price=self.amount(), owner=self.chance.choice(place.users)).uid

    def appear(self) -> str:
        place = self.stand_in
        if self.chance.random() < 0.15:
            return place.upload(Document("scan-7.pdf", "application/pdf", str(place.serials).encode())).uid
        company = self.pick(list(place.companies))
        at = place.now() - timedelta(seconds=self.chance.choice((0, 0, 1, 40)))
        return place.add_invoice(
            total_price=self.amount(), company_uid=company, created_at=at, owner=self.chance.choice(place.users)
        ).uid

    def change(self) -> str:
        place = self.stand_in
        if self.chance.random() < 0.25 and place.companies:
            company = place.companies[self.pick(list(place.companies))]
            company.name, company.updated_at = f"Company {self.chance.randrange(10**6)}", place.now()
            return company.uid
        finished = [uid for uid, each in place.by_uid.items() if each.processing_status == "finished"]
        uid = self.pick(finished)
        if uid is None:
            return ""
        if self.chance.random() < 0.4 and place.find(uid).currency != "JPY":
            place.change(uid, total_price=self.amount())
        else:
            place.change(uid, category={"uid": f"c{self.chance.randrange(99)}", "name": "Travel"})
        return uid

    def vanish(self, stream: str) -> str:
        place = self.stand_in
        if stream == CUSTOMERS:
            used = {each.company.uid for each in place.by_uid.values() if each.company}
            uid = self.pick([uid for uid in place.companies if uid not in used])
            if uid:
                del place.companies[uid]
            return uid or ""
        uid = self.pick(list(place.by_uid))
        if uid:
            place.remove(uid)
        return uid or ""

    def decide(self) -> str:
        finished = [uid for uid, each in self.stand_in.by_uid.items() if each.processing_status == "finished"]
        uid = self.pick(finished)
        if uid is None:
            return ""
        now = self.stand_in.find(uid).approvement_status
        self.stand_in.decide(uid, self.chance.choice([w for w in ("approved", "rejected", "waiting") if w != now]))
        return uid

    def order_of(self, request: Request) -> Order | None:
        parts = request.path.strip("/").split("/")
        if request.method != "POST" or len(parts) != 4 or parts[1] != "invoices":
            return None
        kind = {"approve": "approve", "reject": "reject", "remove-approval": "reopen"}[parts[3]]
        return Order(kind, INVOICES, parts[2].replace("%2E", "."))

    def effect(self, order: Order) -> Any:
        found = self.stand_in.by_uid.get(order.external_id)
        return found and (found.approvement_status, len(found.history))

    def stream_of(self, path: str) -> str:
        return {"/v1/invoices/": INVOICES, "/v1/companies/": CUSTOMERS}.get(path, "")

    def cut_list(self, body: Any, keep: Callable[[list[Any]], list[Any]], *, honest: bool) -> list[Any] | None:
        if not isinstance(body, dict) or not isinstance(body.get("results"), list):
            return None
        before = body["results"]
        body["results"] = keep(before)
        out = [row for row in before if row not in body["results"]]
        if honest:
            body["count"] = max(0, body["count"] - len(out))
        return out

    @staticmethod
    def errors(status: int) -> bytes:
        return json.dumps({"error": {"code": "trouble", "message": f"trouble {status}"}}).encode()
