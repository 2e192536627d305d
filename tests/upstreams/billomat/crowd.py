"""A Billomat account with as many invoices as one likes, made up as they are asked for, and its window of calls."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx

PAYLOADS = Path(__file__).parent / "payloads"
WINDOW = 900
DAY = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
PARTS = re.compile(r"/api/(?P<document>invoice|credit-note)-(?P<part>item|comment|payment|tag)s")


def sample(name: str) -> dict[str, Any]:
    return next(iter(json.loads((PAYLOADS / f"{name}.json").read_text("utf-8")).values()))


class Crowd:
    """``transport`` stands in for the network. Each call takes ``seconds`` of its own clock."""

    def __init__(self, invoices: int, clients: int, *, limit: int = 300, seconds: float = 0.2) -> None:
        self.ids = {"invoice": invoices, "client": clients, "credit-note": 0}
        self.gone: set[tuple[str, int]] = set()
        self.limit, self.seconds = limit, seconds
        self.now = DAY
        self.used: dict[int, int] = {}
        """Calls by window."""
        self.others = 0
        """Calls that other programs have made by the time a window begins."""
        self.calls: list[str] = []
        self.before: Callable[[str], None] = lambda path: None
        self._invoice, self._client = sample("invoice-open"), sample("client-person")

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.before(request.url.path)
        self.calls.append(request.url.path)
        self.now += timedelta(seconds=self.seconds)
        window = int(self.now.timestamp()) // WINDOW
        used = self.used.setdefault(window, self.others)
        self.used[window] = min(self.limit, used + 1)
        status, body = (429, {"errors": {"error": "Try again"}}) if used >= self.limit else self._answer(request)
        headers = {
            "Date": format_datetime(self.now, usegmt=True),
            "X-Rate-Limit-Remaining": str(self.limit - self.used[window]),
            "X-Rate-Limit-Reset": str((window + 1) * WINDOW),
        }
        return httpx.Response(status, json=body, headers=headers)

    def _answer(self, request: httpx.Request) -> tuple[int, Any]:
        path, query = request.url.path, request.url.params
        if path == "/api/clients/myself":
            return 200, {"client": self._row("client", 1)}
        if found := PARTS.fullmatch(path):
            return 200, self._listed(f"{found['document']}-{found['part']}", [], query)
        plural, _, number = path.removeprefix("/api/").partition("/")
        name = plural.removesuffix("s")
        if not number:
            if name not in self.ids or query.get("status"):
                return 200, self._listed(name, [], query)
            return 200, self._listed(name, self._live(name), query)
        if not number.isdigit() or int(number) not in self._live(name):
            return 404, {"errors": {"error": "Row not found"}}
        return 200, {name: self._row(name, int(number))}

    def _live(self, name: str) -> list[int]:
        everything = range(1, self.ids.get(name, 0) + 1)
        return [n for n in everything if (name, n) not in self.gone] if self.gone else everything

    def _listed(self, name: str, ids: Any, query: Any) -> dict[str, Any]:
        page, size = int(query.get("page", "1")), min(int(query.get("per_page", "100")), 1000)
        if "DESC" in query.get("order_by", ""):
            ids = ids[::-1]
        shown = [self._row(name, n) for n in ids[(page - 1) * size : page * size]]
        rows = {name: shown if len(shown) > 1 else shown[0]} if shown else {}
        return {f"{name}s": rows | {"@page": str(page), "@per_page": str(size), "@total": str(len(ids))}}

    def _row(self, name: str, number: int) -> dict[str, Any]:
        dated = {"id": str(number), "created": "2026-01-01T10:00:00+01:00", "updated": "2026-01-02T10:00:00+01:00"}
        if name == "client":
            return self._client | dated | {"number": str(number), "client_number": f"KD{number}"}
        client = str(1 + number % max(1, self.ids["client"]))
        facts = {"client_id": client, "contact_id": "", "number": str(number), "invoice_number": f"RE{number}"}
        status = {"status": "PAID", "paid_amount": "119", "open_amount": "0"} if number % 20 else {"status": "OPEN"}
        return self._invoice | dated | facts | status
