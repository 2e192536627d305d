"""What the tests of the client share: a stand-in, an adapter that reaches it in process, odd answers."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from arapp.receivables.money import Money
from arapp.sandbox.base import Answer, Clock
from arapp.sandbox.billogram import Billogram as StandIn
from arapp.upstreams.base import Login, Order
from arapp.upstreams.billogram import Billogram
from arapp.upstreams.http import Http

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ERRORS = json.loads((Path(__file__).parent / "payloads" / "errors.json").read_text("utf-8"))


def stand_in(invoices: int = 0) -> StandIn:
    return StandIn(seed=7, invoices=invoices, clock=Clock(NOW))


def adapter_to(service: StandIn, **login: str) -> Billogram:
    credentials = service.credentials() | login
    base_url = "http://stand-in" + service.base_path
    known = Login(secret=credentials["secret"], user=credentials["user"], base_url=base_url)
    transport = httpx.WSGITransport(app=service)
    http = Http(base_url=base_url, transport=transport, sleep=lambda s: None, **Billogram.http_options(known))
    return Billogram(http, known)


def answer(status: int, body: Any) -> Answer:
    return Answer(
        status,
        body if isinstance(body, bytes) else json.dumps(body).encode(),
        (("Content-Type", "application/json"),),
    )


def error(name: str) -> Answer:
    told = ERRORS[name]
    return answer(told["http"], told["text"].encode() if "text" in told else told["body"])


def changed(change: Callable[[Any], Any]) -> Callable[[Answer], Answer]:
    return lambda true: answer(true.status, change(json.loads(true.body)))


def ids_in(adapter: Billogram, stream: str, since: datetime | None = None) -> list[str]:
    return [adapter.entry_id(stream, entry) for page in adapter.pages(stream, since) for entry in page.entries]


def send(external_id: str, **data: str) -> Order:
    return Order(kind="send", document="invoice", external_id=external_id, data=data)


PAYLOADS = Path(__file__).parent / "payloads"


def payload(name: str) -> Any:
    """A payload as it is read off the wire: exact decimals."""
    return json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"), parse_float=Decimal)


def sek(amount: str) -> Money:
    return Money.parse(amount, "SEK")
