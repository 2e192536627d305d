import json

import httpx
import pytest

from arapp.receivables.records import CREDIT_NOTE, INVOICE
from arapp.sandbox.base import Fault
from arapp.sandbox.billomat import BAD_GATEWAY
from arapp.upstreams.base import (
    Order,
)
from arapp.upstreams.http import Failure, LostAnswer, Rejected, Throttled, Unreachable
from tests.upstreams.billomat.wiring import HTML, canned, refusal


@pytest.mark.parametrize(("kind", "add"), [(INVOICE, "add_invoice"), (CREDIT_NOTE, "add_credit_note")])
def test_complete_issues_the_draft(standin, adapter, kind, add):
    row = getattr(standin, add)()
    order = Order("complete", kind, str(row["id"]))
    assert not adapter.in_effect(order, adapter.detail(kind, order.external_id))
    adapter.carry_out(order)
    found = adapter.detail(kind, order.external_id)
    assert adapter.in_effect(order, found)
    assert found.number
    assert standin.emails == []
    assert [(write.method, json.loads(write.body)) for write in standin.journal] == [("PUT", {"complete": {}})]


@pytest.mark.parametrize(("kind", "add"), [(INVOICE, "add_invoice"), (CREDIT_NOTE, "add_credit_note")])
def test_a_rejection_is_an_internal_comment_with_its_mark(standin, adapter, kind, add):
    row = getattr(standin, add)()
    order = Order("comment", kind, str(row["id"]), {"note": "Falscher Betrag"}, mark="desk-1")
    assert not adapter.in_effect(order, adapter.detail(kind, order.external_id))
    adapter.carry_out(order)
    found = adapter.detail(kind, order.external_id)
    assert adapter.in_effect(order, found)
    assert found.events[-1].text == "Falscher Betrag [desk-1]"
    assert found.detail["comments"][-1]["public"] == "0"
    assert found.service_decision == "waiting"


def test_a_mark_is_not_found_in_a_longer_one(standin, adapter):
    row = standin.add_invoice()
    adapter.carry_out(Order("comment", INVOICE, str(row["id"]), {"note": "n"}, mark="desk-12"))
    found = adapter.detail(INVOICE, str(row["id"]))
    assert not adapter.in_effect(Order("comment", INVOICE, str(row["id"]), mark="desk-1"), found)
    assert not adapter.in_effect(Order("comment", INVOICE, str(row["id"])), found)


def test_completing_twice_is_rejected_in_the_services_words(standin, adapter):
    row = standin.add_invoice(status="OPEN")
    with pytest.raises(Rejected) as caught:
        adapter.carry_out(Order("complete", INVOICE, str(row["id"])))
    assert caught.value.words == "Only status DRAFT can be completed"


def test_an_order_billomat_has_no_call_for_is_refused_without_a_write(standin, adapter):
    with pytest.raises(Failure, match="credit"):
        adapter.carry_out(Order("credit", INVOICE, "1"))
    assert standin.requests == []


@pytest.mark.parametrize("fault", [Fault(HTML, after=True), Fault(BAD_GATEWAY, after=True), Fault(refusal(503))])
@pytest.mark.parametrize("kind", ["complete", "comment"])
def test_an_answer_that_was_lost_leaves_the_outcome_open(standin, adapter, fault, kind):
    row = standin.add_invoice()
    fault.method, fault.times = ("PUT" if kind == "complete" else "POST"), 1
    standin.faults.append(fault)
    order = Order(kind, INVOICE, str(row["id"]), {"note": "n"}, mark="desk-3")
    with pytest.raises(LostAnswer):
        adapter.carry_out(order)
    assert adapter.in_effect(order, adapter.detail(INVOICE, order.external_id)) is fault.after
    assert len(standin.journal) <= 1


def test_a_write_over_the_limit_is_not_carried_out(standin, adapter):
    row = standin.add_invoice()
    standin.rate_limit = 0
    with pytest.raises(Throttled):
        adapter.carry_out(Order("complete", INVOICE, str(row["id"])))


def test_a_service_that_does_not_answer_is_unreachable():
    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no")

    with pytest.raises(Unreachable, match=r"acme\.test"):
        canned(nobody).account()
