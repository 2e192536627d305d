"""The stand-in itself: who may come in, how often, and which resource answers."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from arapp.sandbox.base import Answer, Request, StandIn
from arapp.sandbox.billomat import children, clients, comments, items, lookups, overview, payments, reminders
from arapp.sandbox.billomat.credit_notes import CreditNotes
from arapp.sandbox.billomat.hands import Hands
from arapp.sandbox.billomat.invoices import Invoices
from arapp.sandbox.billomat.seed import seed_account
from arapp.sandbox.billomat.table import Table
from arapp.sandbox.billomat.wire import Refused, Reply, Style, as_json, as_xml, wants_json

WINDOW = 900
"""Seconds; windows start at the quarters of the clock."""
UNLIMITED = 1000
"""What the remaining calls say when there is no limit."""

TABLES: tuple[type[Table], ...] = (
    *(Invoices, items.InvoiceItems, payments.InvoicePayments, comments.InvoiceComments, children.InvoiceTags),
    *(CreditNotes, items.CreditNoteItems, payments.CreditNotePayments, comments.CreditNoteComments),
    *(
        children.CreditNoteTags,
        children.ClientTags,
        clients.Clients,
        clients.Contacts,
        clients.ClientProperties,
    ),
    *(clients.ClientPropertyValues, reminders.Reminders, reminders.ReminderItems, reminders.ReminderTexts),
    *(
        reminders.ReminderTags,
        lookups.Users,
        lookups.Roles,
        lookups.Taxes,
        lookups.CountryTaxes,
        lookups.Units,
    ),
    *(lookups.Articles, lookups.Templates, lookups.EmailTemplates, lookups.FreeTexts, lookups.Countries),
    *(lookups.Currencies, *lookups.UNUSED),
)
SINGLES = {"settings": lookups.settings, "search": overview.search, "activity-feed": overview.activity}

BAD_GATEWAY = Answer(
    502,
    b"<html><body><h1>502 Bad Gateway</h1></body></html>",
    (("Content-Type", "text/html; charset=utf-8"),),
)
"""What the load balancer says now and then: ``Fault(answer=BAD_GATEWAY)``."""


@dataclass(eq=False)
class Billomat(Hands, StandIn):
    """Billomat by its reference. The attributes below are switches and may be changed at any time."""

    account: str = "demodesk"
    """The Billomat id; hosts ``<id>.billomat.net`` of other ids are not found."""
    rate_limit: int | None = 300
    """Calls per clock quarter; None for no limit."""
    honours_updated_order: bool = True
    """Whether ``order_by=updated`` sorts or is passed over."""
    full_payment_pays: bool = False
    """Whether a full payment without the flag makes PAID."""
    deletes_completed: bool = False
    """Whether DELETE works on documents that are no drafts."""
    reminds_not_overdue: bool = False
    """Whether an OPEN invoice may be reminded of."""
    illegal_code: int = 400
    """The code for a move the state forbids; the second ``complete`` of a document is 400 always."""
    overdue_moves_updated: bool = True
    """Whether falling due moves ``updated`` (to the midnight it happened)."""
    padded: bool = False
    """Numbers with padding zeros, as in 2012."""
    empty: Any = ""
    """How nothing is written: ``""``, None or ``{}``."""
    unavailable_share: float = 0.0
    """The share of requests that get a 503, by a seeded generator."""

    service = "billomat"
    base_path = "/api"
    zone = ZoneInfo("Europe/Berlin")

    @property
    def account_id(self) -> int:
        """The account's own id, another one for each Billomat id."""
        return 2_601 + crc32(self.account.encode()) % 90_000

    # the account

    def fill(self) -> None:
        self.foreign_ids: set[int | str] = set()
        """Ids that exist in other accounts: 401 in any resource."""
        self.emails: list[dict[str, Any]] = []
        self.letters: list[dict[str, Any]] = []
        self.encashed: list[int] = []
        self.taken: dict[str, set[tuple[str | None, int]]] = {"invoices": set(), "credit-notes": set()}
        self.tables: dict[str, Table] = {table.plural: table(self) for table in TABLES}
        self.settings = lookups.first_settings()
        self.language, self._pdfs = "de", 0
        self.at(None, None)
        self._window, self._used, self._settled = -1, 0, None
        self._chance = Random(self.seed)
        seed_account(self)
        self.keys = {self._key(user): user for user in self.tables["users"].rows}
        """Which user a key belongs to."""
        self.fall_due()

    def _key(self, user: int) -> str:
        return hashlib.sha256(f"{self.account}/{user}".encode()).hexdigest()[:32]

    def credentials(self) -> dict[str, str]:
        return {"user": self.account, "secret": next(iter(self.keys))}

    def totals(self) -> dict[tuple[str, str], dict[str, Decimal]]:
        found: dict[tuple[str, str], dict[str, Decimal]] = {}
        for kind, plural in (("invoice", "invoices"), ("credit_note", "credit-notes")):
            for row in self.tables[plural].rows.values():
                start = {"count": Decimal(0), "gross": Decimal(0), "open": Decimal(0)}
                sums = found.setdefault((kind, row["currency_code"]), start)
                sums["count"] += 1
                sums["gross"] += row["total_gross"]
                sums["open"] += row["open_amount"]
        return found

    def now(self) -> datetime:
        """The stand-in's time in Germany, to the second; while filling, the moment being told of."""
        return self._moment or self.clock.now().astimezone(self.zone).replace(microsecond=0)

    def today(self) -> date:
        return self.now().date()

    def at(self, moment: datetime | None, user: int | None) -> None:
        """Tell of the past: what follows happens at this moment by this user. None for both ends it."""
        self._moment, self.user_id = moment, user

    def fall_due(self) -> None:
        self._settled = self.today()
        self.tables["invoices"].fall_due()
        self.tables["reminders"].fall_due()

    def is_foreign(self, number: int | None) -> bool:
        return number in self.foreign_ids or str(number) in self.foreign_ids

    def next_pdf(self) -> int:
        self._pdfs += 1
        return 30_000 + self._pdfs

    @property
    def style(self) -> Style:
        return Style(self.padded, self.empty)

    # requests

    def answer(self, request: Request) -> Answer:
        """Whatever comes in, an answer goes out."""
        try:
            self._admit(request)
            reply = self._route(request)
        except Refused as refusal:
            reply = refusal.reply()
        except Exception:
            reply = Refused(500, "Internal server error").reply()
        return self._send(reply, request)

    def server_error(self) -> Answer:
        return self._send(Refused(500, "Internal server error").reply(), None)

    def _admit(self, request: Request) -> None:
        host = request.headers.get("host", "").partition(":")[0].lower()
        if host.endswith(".billomat.net") and host != f"{self.account}.billomat.net":
            raise Refused(404, "Account not Found")
        key = request.headers.get("x-billomatapikey") or request.first("api_key")
        if key not in self.keys:
            raise Refused(401, "Unauthorized")
        self.user_id = self.keys[key]
        self.language = request.headers.get("accept-language", "de")
        self._count()
        if self._chance.random() < self.unavailable_share:
            raise Refused(503, "Service unavailable")
        if self._settled != self.today():
            self.fall_due()

    def _route(self, request: Request) -> Reply:
        if request.method not in ("GET", "HEAD", "POST", "PUT", "DELETE"):
            raise Refused(405, "Method not allowed")
        base, *parts = [part for part in request.path.split("/") if part] or [""]
        if base == "api" and len(parts) == 1 and parts[0] in SINGLES:
            return SINGLES[parts[0]](self, request)
        table = self.tables.get(parts[0]) if base == "api" and parts else None
        if table is None or len(parts) > 3:
            raise Refused(404, "Resource not found")
        if len(parts) == 1:
            return table.collection(request)
        if parts[1:] == ["myself"] and request.method in ("GET", "HEAD") and hasattr(table, "myself"):
            return table.myself(request)
        return table.member(request, parts[1]) if len(parts) == 2 else table.act(request, *parts[1:])

    # the rate window

    def _turn(self) -> None:
        window = int(self.clock.now().timestamp()) // WINDOW
        if window != self._window:
            self._window, self._used = window, 0

    def _count(self) -> None:
        self._turn()
        if self.rate_limit is not None and self._used >= self.rate_limit:
            left = (self._window + 1) * WINDOW - int(self.clock.now().timestamp())
            words = f"Maximum number of requests ({self.rate_limit} per 15 minutes) reached."
            raise Refused(429, f"{words} Try again in {left} seconds.")
        self._used += 1

    def calls_left(self) -> int:
        self._turn()
        return UNLIMITED if self.rate_limit is None else max(0, self.rate_limit - self._used)

    def window_ends(self) -> datetime:
        self._turn()
        return datetime.fromtimestamp((self._window + 1) * WINDOW, UTC)

    # answers

    def _send(self, reply: Reply, request: Request | None) -> Answer:
        if reply.raw is not None:
            raw = reply.raw
            return Answer(raw.status, raw.body, (*raw.headers, *self._always()))
        in_json = request is not None and wants_json(request)
        write = as_json if in_json else as_xml
        body = write(reply.payload, self.style) if reply.payload is not None else b""
        kind = "application/json" if in_json else "application/xml"
        body, kind = _called_back(body, kind, request) if in_json else (body, kind)
        return Answer(reply.status, body, (("Content-Type", kind), *reply.headers, *self._always()))

    def _always(self) -> tuple[tuple[str, str], ...]:
        reset = int(self.window_ends().timestamp())
        return (
            ("X-Rate-Limit-Remaining", str(self.calls_left())),
            ("X-Rate-Limit-Reset", str(reset)),
            ("Cache-Control", "no-store"),
        )


def _called_back(body: bytes, kind: str, request: Request) -> tuple[bytes, str]:
    """JSONP, when ``jsonp`` stands in the query."""
    name = request.first("jsonp")
    if name is None or request.method != "GET" or not body:
        return body, kind
    name = name if re.fullmatch(r"[A-Za-z_$][\w$.]*", name, re.ASCII) else "callback"
    return f"{name}(".encode() + body + b");", "application/javascript"
