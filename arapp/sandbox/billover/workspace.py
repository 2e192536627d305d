"""The workspace behind the calls: data, switches, rules, and what tests and demos may do to it."""

import hashlib
import itertools
import random
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from arapp.sandbox.base import StandIn

from . import seed as seeding
from .records import (
    APPROVED,
    FINISHED,
    PROCESSING,
    WAITING,
    ZONE,
    Card,
    Company,
    Document,
    Entry,
    Invoice,
    WorkspaceUser,
    label,
)

SUMS = ("count", "gross", "open")
DECISIONS = {"approved": "approved", "rejected": "rejected", "waiting": "approval_removed"}
"""Approvement status, and what the history calls the way to it."""


@dataclass(eq=False)
class Workspace(StandIn):
    page_size: int = 10
    """Rows on a page when the caller asks for none."""
    max_page_size: int = 100
    """The most rows ``page_size`` in the query may ask for; 0 ignores the parameter (A6)."""
    array_mode: str = "all"
    """Which array filters are read: ``repeat``, ``comma``, ``bracket``, or ``all`` (A1)."""
    strict_filters: bool = False
    """An unknown uid or word in an array filter is a 400 rather than an empty list (A1)."""
    ignore_dates: bool = False
    """The date filter does nothing (A3)."""
    slash_redirects: bool = True
    """A missing or extra slash is a 301; otherwise a 404 (A8)."""
    reads_until_finished: int | None = 2
    """How many detail reads of an upload still say ``processing``; None leaves it to the clock alone."""
    seconds_until_finished: float | None = None
    """How long an upload is ``processing`` by the clock; None leaves it to the reads alone."""
    ends_in: str = FINISHED
    """What uploads end in: ``finished``, ``failed``, or any other word (A15)."""
    repeat_status: int = 403
    """What a decision that has been taken already answers: 200, 400, 403 or 409 (A11)."""
    null_relations: bool = True
    """PUT takes null for company and card; otherwise a 400 names the key, and leaving it out works (6.2)."""
    file_lifetime: float | None = 300.0
    """Seconds by the clock for which the address of a document works; None is forever (A13)."""
    revoked: bool = False
    """The key is no longer valid: 401 on every call."""
    role: str = "admin"
    """Role of the key's own user; any other than ``admin`` may correct and delete, not decide."""
    scheme: str = "http"
    """Of the absolute addresses in answers; the host is the caller's."""

    def fill(self) -> None:
        self.random = random.Random(self.seed)
        today = self.clock.now().astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        drawn = seeding.draw(self.random, self.invoices, today)
        self.users: list[WorkspaceUser] = drawn.users
        """The first is the key's own."""
        self.companies: dict[str, Company] = {company.uid: company for company in drawn.companies}
        self.cards: dict[str, Card] = {card.uid: card for card in drawn.cards}
        self.by_uid: dict[str, Invoice] = {invoice.uid: invoice for invoice in drawn.invoices}
        self.serials = {"invoice": len(self.by_uid), "company": len(self.companies), "card": len(self.cards)}
        self.addresses = itertools.count(1)
        self._newest_first: list[Invoice] | None = None

    def credentials(self) -> dict[str, str]:
        digest = hashlib.sha256(f"billover sandbox {self.seed}".encode()).hexdigest()
        return {"user": "", "secret": f"sandbox-billover-{digest[:24]}"}

    def totals(self) -> dict[tuple[str, str], dict[str, Decimal]]:
        """Invoices without a currency (processing, failed) are in no total."""
        sums: dict[tuple[str, str], dict[str, Decimal]] = {}
        for invoice in self.by_uid.values():
            if invoice.total_price is None or not invoice.currency:
                continue
            of = sums.setdefault(("invoice", invoice.currency), dict.fromkeys(SUMS, Decimal()))
            of["count"] += 1
            of["gross"] += invoice.total_price
            if invoice.processing_status == FINISHED and invoice.approvement_status in (WAITING, APPROVED):
                of["open"] += invoice.total_price
        return sums

    # What tests and demos may do

    def find(self, uid: str) -> Invoice:
        """KeyError when there is none."""
        return self.by_uid[uid]

    def newest_first(self) -> list[Invoice]:
        if self._newest_first is None:
            rows = self.by_uid.values()
            self._newest_first = sorted(rows, key=lambda row: (row.created_at, row.serial), reverse=True)
        return self._newest_first

    def add_invoice(self, **overrides: Any) -> Invoice:
        """A new invoice, finished and waiting unless told otherwise; values as ``change`` takes them."""
        invoice = self._new_invoice(overrides.get("processing_status", FINISHED))
        read = self._usual_values(invoice) if invoice.processing_status == FINISHED else {}
        self._set(invoice, read | overrides)
        invoice.history[0].created_at = invoice.created_at
        if not invoice.items and invoice.total_price is not None:
            seeding.itemise(invoice)
        return self._take_in(invoice)

    def change(self, uid: str, **fields: Any) -> Invoice:
        """Somebody corrects it at the service: any field of ``Invoice``, or ``company_uid``, ``card_uid``."""
        invoice = self.find(uid)
        self._set(invoice, fields)
        self.remember(invoice, "updated", self.users[1])
        if invoice.uid != uid:
            del self.by_uid[uid]
        return self._take_in(invoice)

    def remove(self, uid: str) -> None:
        del self.by_uid[uid]
        self._newest_first = None

    def decide(self, uid: str, status: str, by: WorkspaceUser | None = None) -> Invoice:
        """Somebody decides at the service (the second user unless told): approved, rejected or waiting."""
        invoice = self.find(uid)
        invoice.approvement_status = status
        self.remember(invoice, DECISIONS[status], by or self.users[1])
        return invoice

    def finish(self, uid: str, ends_in: str | None = None) -> Invoice:
        """End the processing of an invoice now."""
        invoice = self.find(uid)
        invoice.processing_status = ends_in or self.ends_in
        invoice.stuck = False
        if invoice.processing_status == FINISHED:
            seeding.extract(invoice, list(self.companies.values()), list(self.cards.values()))
        self.remember(invoice, "processed" if invoice.processing_status == FINISHED else "failed")
        return invoice

    # The rules

    def now(self) -> datetime:
        return self.clock.now().astimezone(ZONE)

    def new_uid(self) -> str:
        return seeding.uid(self.random)

    def new_label(self, kind: str) -> str:
        self.serials[kind] += 1
        return label(self.serials[kind] - 1)

    def upload(self, document: Document) -> Invoice:
        invoice = self._new_invoice(PROCESSING)
        invoice.document = document
        return self._take_in(invoice)

    def remember(self, invoice: Invoice, action: str, by: WorkspaceUser | None = None) -> None:
        invoice.history.append(Entry(action, self.now(), by))

    def role_of(self, user: WorkspaceUser) -> str:
        return self.role if user is self.users[0] else user.role_type

    def permissions(self, invoice: Invoice) -> dict[str, bool]:
        """Section 8. A failed invoice can only be deleted, as one that is processing."""
        decides = self.role == "admin"
        finished = invoice.processing_status == FINISHED
        waiting = finished and invoice.approvement_status == WAITING
        return {
            "can_update": waiting,
            "can_delete": waiting or not finished,
            "can_approve": waiting and decides,
            "can_reject": waiting and decides,
            "can_remove_approval": finished and not waiting and decides,
        }

    def note_read(self, invoice: Invoice) -> None:
        """A detail read, which is what moves the processing of an upload on."""
        if self._moves(invoice) and self.reads_until_finished is not None:
            if invoice.reads >= self.reads_until_finished:
                self.finish(invoice.uid)
            invoice.reads += 1

    def let_time_pass(self) -> None:
        """Finish the uploads that have been processing for long enough."""
        if self.seconds_until_finished is None:
            return
        for invoice in self.by_uid.values():
            if self._moves(invoice) and self._age(invoice) >= self.seconds_until_finished:
                self.finish(invoice.uid)

    def _moves(self, invoice: Invoice) -> bool:
        return invoice.processing_status == PROCESSING and not invoice.stuck

    def _age(self, invoice: Invoice) -> float:
        return (self.now() - invoice.created_at).total_seconds()

    def _new_invoice(self, processing_status: str) -> Invoice:
        uid, hf_id = self.new_uid(), self.new_label("invoice")
        invoice = Invoice(uid, hf_id, self.serials["invoice"], self.now(), self.users[0], processing_status)
        self.remember(invoice, "created", self.users[0])
        return invoice

    def _usual_values(self, invoice: Invoice) -> dict[str, Any]:
        return {
            "total_price": "119.00",
            "total_vat": "19.00",
            "currency": "EUR",
            "invoice_number": f"NEW-{invoice.serial}",
            "invoice_date": invoice.created_at.date(),
            "payment_type": "bank_transfer",
            "language": "en",
            "country": "DE",
            "company": next(iter(self.companies.values()), None),
        }

    def _take_in(self, invoice: Invoice) -> Invoice:
        self.by_uid[invoice.uid] = invoice
        self._newest_first = None
        return invoice

    def _set(self, invoice: Invoice, values: dict[str, Any]) -> None:
        for name, value in self._named(values).items():
            if name not in {field.name for field in fields(Invoice)}:
                raise TypeError(f"An invoice has no {name}.")
            setattr(invoice, name, _as_stored(name, value))

    def _named(self, values: dict[str, Any]) -> dict[str, Any]:
        """Uids of companies and cards, replaced by what they name."""
        named = dict(values)
        for key, things in (("company", self.companies), ("card", self.cards)):
            if f"{key}_uid" in named:
                uid = named.pop(f"{key}_uid")
                named[key] = things[uid] if uid else None
        return named


def _as_stored(name: str, value: Any) -> Any:
    if name in ("total_price", "total_vat") and value is not None:
        return Decimal(str(value))
    if name == "invoice_date" and isinstance(value, str):
        return date.fromisoformat(value)
    if name == "created_at":
        return value.astimezone(ZONE)
    return value
