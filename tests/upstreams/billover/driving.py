"""Driving the client through the stand-in, in process."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from arapp.sandbox.base import Answer
from arapp.sandbox.billover import Billover as StandIn
from arapp.upstreams.base import Login, Order
from arapp.upstreams.billover import Billover
from arapp.upstreams.http import Http

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


def adapter(standin: StandIn, secret: str = "", base_url: str = "") -> Billover:
    login = Login(secret=secret or standin.credentials()["secret"])
    http = Http(
        base_url=base_url or f"http://stand-in{standin.base_path}",
        transport=httpx.WSGITransport(app=standin),
        sleep=lambda seconds: None,
        **Billover.http_options(login),
    )
    return Billover(http, login)


def changed(change: Callable[[dict[str, Any]], Any]) -> Callable[[Answer], Answer]:
    """For a fault: the true answer with its JSON changed."""

    def answered(answer: Answer) -> Answer:
        body = json.loads(answer.body)
        return Answer(answer.status, json.dumps(change(body) or body).encode(), answer.headers)

    return answered


def said(body: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(body).encode(), (("Content-Type", "application/json"),))


def walked(billover: Billover, stream: str = "invoices", since: datetime | None = None) -> list[str]:
    return [billover.entry_id(stream, entry) for page in billover.pages(stream, since) for entry in page.entries]


def finished(standin: StandIn, status: str = "waiting") -> str:
    return standin.add_invoice(approvement_status=status).uid


def order(kind: str, uid: str) -> Order:
    return Order(kind=kind, document="invoice", external_id=uid)
