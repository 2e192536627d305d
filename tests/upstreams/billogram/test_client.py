"""Calls to Billogram, driven through its stand-in in process."""

import base64
import json
from typing import Any

import pytest

from arapp.receivables.money import AmountError
from arapp.sandbox.base import Answer, Fault, Request
from arapp.sandbox.billogram import Billogram as StandIn
from arapp.upstreams.base import INVOICES, Gone, NotReady, Order
from arapp.upstreams.billogram import Billogram
from arapp.upstreams.http import BadAnswer, Failure, LostAnswer, Rejected, ServerFault
from tests.upstreams.billogram.driving import ERRORS, adapter_to, answer, error, send, stand_in


def test_the_account_is_the_company_of_the_settings(service: StandIn, adapter: Billogram) -> None:
    account = adapter.account()
    assert (account.external_id, account.name) == (
        service.account.settings["company_id"],
        "Björkdalens Kontorsservice AB",
    )


def test_a_user_who_may_not_read_settings_is_known_by_its_own_name(service: StandIn, adapter: Billogram) -> None:
    service.faults.append(Fault(answer=error("permission_denied"), path="/settings", times=9))
    assert adapter.account().external_id == "user:" + service.credentials()["user"].partition("-")[0]


def test_a_user_who_may_read_nothing_is_refused(service: StandIn, adapter: Billogram) -> None:
    service.faults.append(Fault(answer=error("permission_denied"), times=9))
    with pytest.raises(Rejected) as refused:
        adapter.account()
    assert refused.value.words == "not allowed"


def test_the_account_stays_the_same_when_settings_are_closed_or_opened(service: StandIn, adapter: Billogram) -> None:
    known = [service.add_billogram()["id"]]
    assert adapter.is_account("", [])
    assert adapter.is_account(adapter.account().external_id, [])
    assert not adapter.is_account("another", known)
    assert adapter.is_account("user:" + service.credentials()["user"].partition("-")[0], [])
    assert adapter.is_account("user:of-before", known)
    assert not adapter.is_account("user:of-before", ["unknown"])
    service.faults.append(Fault(answer=error("permission_denied"), path="/settings", times=9))
    assert adapter.is_account("556123-4560", known)
    assert not adapter.is_account("556123-4560", [])


def test_a_detail_is_the_same_as_its_row_and_more(service: StandIn, adapter: Billogram) -> None:
    sent = service.add_billogram(send="Email")["id"]
    (page,) = adapter.pages(INVOICES)
    row = adapter.read(INVOICES, page.entries[0])
    record = adapter.detail("invoice", sent, page.entries[0])
    assert (record.external_id, record.gross, record.customer) == (row.external_id, row.gross, row.customer)
    assert record.payload == page.entries[0]
    assert len(record.lines) == 1


def test_every_invoice_of_the_stand_in_ties_out() -> None:
    service = stand_in(invoices=200)
    adapter = adapter_to(service)
    for made in service.records:
        record = adapter.detail("invoice", made["id"])
        assert record.own_gross == record.gross.amount
        assert record.gross.minor - sum(each.amount.minor for each in record.movements) == record.open.minor
        assert record.paid.minor >= 0


def test_beyond_a_hundred_events_the_whole_log_is_fetched(service: StandIn, adapter: Billogram) -> None:
    draft = service.add_billogram()["id"]
    for number in range(150):
        service.command(draft, "message", message=f"Note {number}")
    events = adapter.detail("invoice", draft).events
    assert [event.kind for event in events[:2]] == ["BillogramCreated", "CreditorMessage"]
    assert len(events) == 151
    assert events[1].text == "Note 0"


def test_a_closed_event_log_leaves_the_latest_hundred(service: StandIn, adapter: Billogram) -> None:
    draft = service.add_billogram()["id"]
    for number in range(150):
        service.command(draft, "message", message=f"Note {number}")
    service.faults.append(Fault(answer=error("permission_denied"), path="/billogram_event"))
    assert len(adapter.detail("invoice", draft).events) == 100


def test_a_missing_billogram_or_customer_is_gone(adapter: Billogram) -> None:
    with pytest.raises(Gone):
        adapter.detail("invoice", "W436pWt")
    with pytest.raises(Gone):
        adapter.customer("6")


def test_ids_are_quoted_in_addresses(service: StandIn, adapter: Billogram) -> None:
    for call in (lambda: adapter.detail("invoice", "../settings?x=1"), lambda: adapter.customer("1?x=1")):
        with pytest.raises(Failure):
            call()
    assert [len(request.query) for request in service.requests] == [0, 0]
    assert "settings" not in {request.path.strip("/").split("/")[2] for request in service.requests}


def test_an_unreadable_detail_carries_its_payload(service: StandIn, adapter: Billogram) -> None:
    draft = service.add_billogram()["id"]
    service.change(draft, total_sum="1.234,56")
    with pytest.raises(AmountError) as refused:
        adapter.detail("invoice", draft)
    assert refused.value.payload["id"] == draft


def test_a_customer_is_read_by_number(service: StandIn, adapter: Billogram) -> None:
    number = service.add_customer(name="Havsglimt Måleri AB")["customer_no"]
    assert adapter.customer(str(number)).name == "Havsglimt Måleri AB"


def test_send_attests_the_draft_and_shows_in_its_detail(service: StandIn, adapter: Billogram) -> None:
    draft = service.add_billogram()["id"]
    order = send(draft, method="Letter")
    assert not adapter.in_effect(order, adapter.detail("invoice", draft))
    adapter.carry_out(order)
    record = adapter.detail("invoice", draft)
    assert adapter.in_effect(order, record)
    assert (record.service_state, record.delivery_method) == ("Unpaid", "Letter")
    (write,) = service.journal
    assert write.path == f"/api/v2/billogram/{draft}/command/send"
    assert json.loads(write.body) == {"method": "Letter"}


def test_without_a_method_an_invoice_goes_by_email(service: StandIn, adapter: Billogram) -> None:
    adapter.carry_out(send(service.add_billogram()["id"]))
    assert json.loads(service.journal[0].body) == {"method": "Email"}


def test_a_letter_without_an_address_is_refused_in_the_services_words(service: StandIn, adapter: Billogram) -> None:
    number = service.add_customer(address=None)["customer_no"]
    draft = service.add_billogram(customer={"customer_no": number})["id"]
    with pytest.raises(Rejected) as refused:
        adapter.carry_out(send(draft, method="Letter"))
    assert refused.value.words == "invalid delivery method, address missing"


def test_a_sent_invoice_cannot_be_sent_again(service: StandIn, adapter: Billogram) -> None:
    with pytest.raises(Rejected) as refused:
        adapter.carry_out(send(service.add_billogram(send="Email")["id"]))
    assert "in state Unpaid" in refused.value.words


@pytest.mark.parametrize("kind", ["approve", "reject", "reopen", "complete", "comment"])
def test_nothing_but_send_is_ever_told(service: StandIn, adapter: Billogram, kind: str) -> None:
    with pytest.raises(Rejected, match="nothing else") as refused:
        adapter.carry_out(Order(kind=kind, document="invoice", external_id="W436pWt"))
    assert refused.value.words
    assert service.requests == []


@pytest.mark.parametrize(
    "fault",
    [
        {"answer": Answer(503, b"")},
        {"answer": Answer(200, b"<html>")},
        {"answer": Answer(200, b"")},
        {"answer": answer(200, {"status": "OK", "data": None})},
    ],
)
def test_an_unreadable_answer_to_a_write_leaves_its_outcome_open(
    service: StandIn, adapter: Billogram, fault: dict[str, Any]
) -> None:
    draft = service.add_billogram()["id"]
    service.faults.append(Fault(method="POST", after=True, **fault))
    with pytest.raises(LostAnswer):
        adapter.carry_out(send(draft))
    assert adapter.detail("invoice", draft).service_decision == "approved"


def test_a_refusal_that_comes_with_200_is_one(service: StandIn, adapter: Billogram) -> None:
    draft = service.add_billogram()["id"]
    service.faults.append(Fault(answer=answer(200, ERRORS["no_address"]["body"]), method="POST"))
    with pytest.raises(Rejected) as refused:
        adapter.carry_out(send(draft))
    assert refused.value.words == "invalid delivery method, address missing"


def test_a_draft_that_is_gone_cannot_be_sent(adapter: Billogram) -> None:
    with pytest.raises(Gone):
        adapter.carry_out(send("W436pWt"))


def test_the_document_is_a_pdf_named_by_the_invoice_number(service: StandIn, adapter: Billogram) -> None:
    sent = service.add_billogram(send="Email")
    service.clock.move(seconds=60)
    document = adapter.document("invoice", sent["id"])
    assert document.content.startswith(b"%PDF")
    assert (document.content_type, document.filename) == ("application/pdf", f"{sent['invoice_no']}.pdf")


def test_the_document_of_a_draft_is_named_by_its_id(service: StandIn, adapter: Billogram) -> None:
    draft = service.add_billogram()["id"]
    assert adapter.document("invoice", draft).filename == f"{draft}.pdf"


def test_a_document_that_is_still_being_made_is_not_ready(service: StandIn, adapter: Billogram) -> None:
    with pytest.raises(NotReady):
        adapter.document("invoice", service.add_billogram(send="Email")["id"])


def test_a_missing_document_is_gone(adapter: Billogram) -> None:
    with pytest.raises(Gone):
        adapter.document("invoice", "W436pWt")


@pytest.mark.parametrize(
    "content", [None, "", "not base64!", 7, {}, base64.b64encode(b"<html>").decode(), "JVBERi0xLjQ"]
)
def test_broken_base64_or_no_pdf_is_a_bad_answer(service: StandIn, adapter: Billogram, content: Any) -> None:
    service.faults.append(Fault(answer=answer(200, {"status": "OK", "data": {"content": content}})))
    with pytest.raises(BadAnswer):
        adapter.document("invoice", "W436pWt")


def test_a_service_that_stays_down_is_a_server_fault(service: StandIn, adapter: Billogram) -> None:
    service.faults.append(Fault(answer=Answer(503, b"<html>"), times=99))
    with pytest.raises(Failure) as failed:
        adapter.account()
    assert isinstance(failed.value, ServerFault)


def test_every_call_carries_the_login(service: StandIn, adapter: Billogram) -> None:
    adapter.account()
    user, secret = service.credentials().values()
    wanted = "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()
    requests: list[Request] = service.requests
    assert [request.headers["authorization"] for request in requests] == [wanted]
    assert Billogram.home(user) == "https://billogram.com/api/v2"


def test_another_billogram_than_the_one_asked_for_is_no_answer(service: StandIn, adapter: Billogram) -> None:
    asked, other = service.add_billogram()["id"], service.add_billogram(send="Email")["id"]
    wrong = answer(200, {"status": "OK", "data": {"id": other, "state": "Unpaid"}})
    service.faults.append(Fault(answer=wrong, path=f"/{asked}", times=9))
    for call in (lambda: adapter.detail("invoice", asked), lambda: adapter.is_account("user:of-before", [asked])):
        with pytest.raises(BadAnswer):
            call()


@pytest.mark.parametrize("refusal", [answer(404, {}), answer(404, b"<html>"), error("not_available_yet")])
def test_any_refusal_of_a_command_is_a_refusal(service: StandIn, adapter: Billogram, refusal: Answer) -> None:
    draft = service.add_billogram()["id"]
    service.faults.append(Fault(answer=refusal, path="/command/send", times=9))
    with pytest.raises(Rejected):
        adapter.carry_out(Order("send", "invoice", draft))
