"""What could not be read is tried again by a person, and cleared by any later payload that can be read."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from arapp.approvals.models import Approval
from arapp.receivables.models import Customer, Invoice, Source
from arapp.sandbox.base import Answer, Fault, StandIn
from arapp.upstreams import quarantine
from arapp.upstreams.models import Connection, Quarantined
from arapp.upstreams.pull import Options, pull
from arapp.upstreams.quarantine import try_again
from arapp.upstreams.registry import open_source
from tests.upstreams.conftest import SERVICES, Desk

pytestmark = pytest.mark.parametrize("service", SERVICES)
LISTS = {"billogram": "/api/v2/billogram", "billover": "/v1/invoices/", "billomat": "/api/invoices"}
AMOUNT = {"billogram": "total_sum", "billover": "total_price", "billomat": "total_gross"}
ID = {"billogram": "id", "billover": "uid", "billomat": "id"}
Change = Callable[[dict[str, Any]], object]


def changing(external_id: str, change: Change) -> Callable[[Answer], Answer]:
    """The true answer with the object of this id changed wherever it stands in it."""

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if external_id in (str(value.get("id")), str(value.get("uid"))):
                change(value)
            for inner in list(value.values()):
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    def changed(answer: Answer) -> Answer:
        if not answer.body.startswith(b"{"):
            return answer
        body = json.loads(answer.body)
        walk(body)
        return Answer(answer.status, json.dumps(body).encode(), answer.headers)

    return changed


def spoil(stand_in: StandIn, external_id: str, change: Change) -> Fault:
    fault = Fault(change=changing(external_id, change), path=LISTS[stand_in.service].rstrip("/"), times=1_000)
    stand_in.faults.append(fault)
    return fault


def set_aside(connected: Desk, service: str) -> tuple[Source, StandIn, str]:
    """An invoice whose amount nobody can read from the first reading on."""
    source, stand_in = connected(service, invoices=12)
    pull(source)
    external_id = Invoice.objects.filter(kind="invoice", gross__gt=0).order_by("external_id")[2].external_id
    spoil(stand_in, external_id, lambda entry: entry.update({AMOUNT[service]: "1.234,56"}))
    assert pull(source, Options(full=True)).status == "partial"
    return source, stand_in, external_id


def test_a_payload_that_can_be_read_now_is_stored_followed_up_and_cleared(service: str, connected: Desk):
    source, stand_in = connected(service, invoices=12)
    adapter = open_source(source)
    with adapter.http:
        victim = adapter.entry_id("invoices", next(adapter.pages("invoices")).entries[2])
    created = {"billogram": "created_at", "billover": "created_at", "billomat": "created"}[service]
    spoil(stand_in, victim, lambda entry: entry.update({created: "yesterday"}))
    assert pull(source).quarantined == 1
    assert not Invoice.objects.filter(external_id=victim, kind="invoice").exists()
    stand_in.faults.clear()
    assert try_again(Quarantined.objects.waiting().get()) == ""
    assert not Quarantined.objects.waiting().exists()
    stored = Invoice.objects.get(external_id=victim, kind="invoice")
    assert stored.detailed_at
    assert Approval.objects.filter(invoice=stored).exists()


def test_one_that_is_still_unreadable_keeps_the_newest_payload_and_reason(service: str, connected: Desk):
    _source, stand_in, external_id = set_aside(connected, service)
    stand_in.faults.clear()
    spoil(stand_in, external_id, lambda entry: entry.update({AMOUNT[service]: "9.999,99"}))
    sentence = try_again(Quarantined.objects.waiting().get())
    assert "9.999,99" in sentence
    row = Quarantined.objects.waiting().get()
    assert "9.999,99" in row.reason
    assert "9.999,99" in row.payload


def test_a_later_payload_that_can_be_read_clears_it(service: str, connected: Desk):
    source, stand_in, external_id = set_aside(connected, service)
    before = Invoice.objects.get(external_id=external_id, kind="invoice")
    assert before.gross != 123456
    stand_in.faults.clear()
    assert pull(source, Options(full=True)).status == "ok"
    row = Quarantined.objects.get()
    assert row.cleared_at
    assert Invoice.objects.get(pk=before.pk).gross == before.gross


def test_what_the_service_does_not_have_any_more_is_cleared_with_a_sentence(service: str, connected: Desk):
    source, _stand_in = connected(service, invoices=6)
    missing = "999999999" if service == "billomat" else "NoSuch1"
    quarantine.put(source, "invoices", missing, {"id": missing}, "Odd.")
    sentence = try_again(Quarantined.objects.get())
    assert "does not have it any more" in sentence
    assert not Quarantined.objects.waiting().exists()
    assert not Invoice.objects.exists()


def test_a_service_that_does_not_answer_changes_nothing(service: str, connected: Desk):
    _source, stand_in, _external_id = set_aside(connected, service)
    stand_in.faults.clear()
    stand_in.faults.append(Fault(drop=True, times=100))
    before = Quarantined.objects.values().get()
    assert try_again(Quarantined.objects.get())
    assert Quarantined.objects.values().get() == before


@pytest.mark.parametrize("switched", ["paused", "disconnected", "locked"])
def test_a_source_that_is_switched_off_is_not_asked(service: str, switched: str, connected: Desk, settings: Any):
    source, stand_in = connected(service, invoices=6)
    quarantine.put(source, "invoices", "1", {"id": "1"}, "Odd.")
    if switched == "paused":
        Connection.objects.update(paused=True)
    elif switched == "disconnected":
        Connection.objects.all().delete()
    else:
        settings.ENCRYPTION_KEYS = ["zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz8="]
    before = len(stand_in.requests)
    assert try_again(Quarantined.objects.get())
    assert len(stand_in.requests) == before
    assert Quarantined.objects.waiting().exists()


def test_one_without_an_id_is_read_out_of_what_was_kept(service: str, connected: Desk):
    """Today's code can read what an older one could not."""
    source, stand_in = connected(service, invoices=6)
    kept: list[Any] = []

    def keep(answer: Answer) -> Answer:
        body = json.loads(answer.body)
        found = body["data"] if service == "billogram" else body.get("results") or body["invoices"]["invoice"]
        kept.extend(found)
        return answer

    stand_in.faults.append(Fault(change=keep, path=LISTS[service], times=1))
    pull(source)
    entry = kept[0]
    wanted = Invoice.objects.get(external_id=str(entry[ID[service]]), kind="invoice")
    gross = wanted.gross
    Invoice.objects.filter(pk=wanted.pk).update(gross=1, detailed_at=None, row_digest="")
    quarantine.put(source, "invoices", "#abc", entry, "No id.")
    assert try_again(Quarantined.objects.get()) == ""
    assert not Quarantined.objects.waiting().exists()
    assert Invoice.objects.get(pk=wanted.pk).gross == gross


def test_one_without_an_id_that_stays_unreadable_says_why(service: str, connected: Desk):
    source, _stand_in = connected(service, invoices=6)
    quarantine.put(source, "invoices", "#abc", {"nothing": "in it"}, "No id.")
    assert "still cannot be read" in try_again(Quarantined.objects.get())
    Quarantined.objects.update(payload="{cut")
    assert "still cannot be read" in try_again(Quarantined.objects.get())
    row = Quarantined.objects.waiting().get()
    assert row.payload == "{cut"


def test_a_customer_is_tried_again_too(service: str, connected: Desk):
    source, _stand_in = connected(service, invoices=6)
    pull(source)
    customer = Customer.objects.filter(brief=False).first()
    Customer.objects.filter(pk=customer.pk).update(name="?", row_digest="")
    quarantine.put(source, "customers", customer.external_id, {"id": 1}, "Odd.")
    assert try_again(Quarantined.objects.get()) == ""
    assert Customer.objects.get(pk=customer.pk).name == customer.name
    assert not Quarantined.objects.waiting().exists()


def test_an_old_payload_does_not_undo_what_was_read_in_detail_since(service: str, connected: Desk):
    source, _stand_in = connected(service, invoices=6)
    pull(source)
    wanted = Invoice.objects.filter(kind="invoice", gross__gt=0).first()
    entry = json.loads(wanted.snapshots.last().payload)
    quarantine.put(source, "invoices", "#abc", entry | {AMOUNT[service]: "1.00"}, "No id.")
    Quarantined.objects.update(seen_at=wanted.detailed_at - timedelta(hours=1))
    try_again(Quarantined.objects.get())
    assert Invoice.objects.get(pk=wanted.pk).gross == wanted.gross
