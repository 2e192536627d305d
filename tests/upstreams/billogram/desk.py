"""What tests of acts share: a source without data at a stand-in, and what was told to it."""

import json
from decimal import Decimal
from typing import Any

from arapp.receivables.models import Customer, Invoice, Item, Source
from arapp.sandbox.base import Fault, Write
from arapp.sandbox.billogram import Billogram as StandIn
from arapp.upstreams.details import read_now
from arapp.upstreams.pull import pull

LONG_AGO = "2026-09-01"
"""An invoice of this day is overdue at the stand-in's 20 November 2026."""


def invoice_of(source: Source, made: dict[str, Any]) -> Invoice:
    """A billogram of the stand-in as the desk mirrors it, details included."""
    pull(source)
    invoice = Invoice.objects.get(source=source, external_id=made["id"])
    assert read_now(invoice) == ""
    return Invoice.objects.get(pk=invoice.pk)


def customer_of(source: Source, made: dict[str, Any]) -> Customer:
    pull(source)
    return Customer.objects.get(source=source, external_id=str(made["customer_no"]))


def item_of(source: Source, made: dict[str, Any]) -> Item:
    pull(source)
    return Item.objects.get(source=source, external_id=made["item_no"])


def told(service: StandIn) -> list[tuple[str, str, Any]]:
    """Method, path beneath the base and body of each write that arrived."""
    return [(write.method, write.path.removeprefix(service.base_path), body_of(write)) for write in service.journal]


def body_of(write: Write) -> Any:
    return json.loads(write.body, parse_float=Decimal) if write.body else None


def lose_answer(service: StandIn, path: str) -> None:
    """The next write there takes effect, and its answer is lost."""
    service.faults.append(Fault(method=_method(path), path=path.partition(" ")[2], after=True, drop=True))


def lose_request(service: StandIn, path: str) -> None:
    """The next write there never arrives, and nobody can tell."""
    service.faults.append(Fault(method=_method(path), path=path.partition(" ")[2], drop=True))


def _method(call: str) -> str:
    return call.partition(" ")[0]


def kinds(made: dict[str, Any]) -> list[str]:
    return [event["type"] for event in made["events"]]
