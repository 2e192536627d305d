"""PDFs of billograms, their papers and attachments, and reports."""

import base64
import json
from typing import Any

import pytest

from arapp.sandbox.base import Answer, Fault
from arapp.sandbox.billogram import Billogram as StandIn
from arapp.sandbox.billogram.extras import month_report
from arapp.upstreams.base import Gone, NotReady
from arapp.upstreams.billogram import Billogram
from arapp.upstreams.http import BadAnswer
from tests.upstreams.billogram.driving import answer, error


def asked(service: StandIn) -> list[tuple[str, Any]]:
    return [(request.path.removeprefix(service.base_path), request.query) for request in service.requests]


def credited(service: StandIn) -> dict[str, Any]:
    sent = service.add_billogram(send="Email")
    service.command(sent["id"], "credit", mode="amount", amount=100)
    service.clock.move(seconds=60)
    return service.find(sent["id"])


def test_each_paper_has_its_own_pdf(service: StandIn, adapter: Billogram) -> None:
    made = credited(service)
    debit, credit = adapter.detail("invoice", made["id"]).papers
    service.requests.clear()
    invoice = adapter.document("invoice", made["id"], debit.external_id)
    note = adapter.document("invoice", made["id"], credit.external_id)
    assert b"Invoice 1001" in invoice.content
    assert b"Credit invoice 1002" in note.content
    assert asked(service)[0] == (f"/billogram/{made['id']}.pdf", (("letter_id", debit.external_id),))
    assert note.filename == f"1001-{credit.external_id}.pdf"


def test_a_paper_without_a_letter_is_asked_for_by_its_number(service: StandIn, adapter: Billogram) -> None:
    made = credited(service)
    note = adapter.document("invoice", made["id"], "number:1002")
    assert b"Credit invoice 1002" in note.content
    assert asked(service)[0][1] == (("invoice_no", "1002"),)
    assert note.filename == "1001-1002.pdf"


def test_a_letter_that_never_was_is_gone(service: StandIn, adapter: Billogram) -> None:
    with pytest.raises(Gone):
        adapter.document("invoice", credited(service)["id"], "7")


def test_a_paper_that_is_still_being_made_is_not_ready(service: StandIn, adapter: Billogram) -> None:
    sent = service.add_billogram(send="Email")
    with pytest.raises(NotReady):
        adapter.document("invoice", sent["id"], sent["events"][-1]["data"]["letter_id"])


def test_an_attachment_is_fetched_under_its_own_name(service: StandIn, adapter: Billogram) -> None:
    draft = service.add_billogram()["id"]
    content = base64.b64encode(b"%PDF-1.4 terms").decode()
    service.command(draft, "attach", filename="../Våra villkor.PDF", content=content)
    document = adapter.document("invoice", draft, "attachment")
    assert (document.content, document.filename) == (b"%PDF-1.4 terms", "___V_ra_villkor.pdf")
    assert asked(service)[0][0] == f"/billogram/{draft}/attachment.pdf"


def test_without_an_attachment_there_is_none(service: StandIn, adapter: Billogram) -> None:
    with pytest.raises(Gone):
        adapter.document("invoice", service.add_billogram()["id"], "attachment")


@pytest.fixture
def reports(service: StandIn) -> StandIn:
    for month in ("2026-09", "2026-10"):
        service.account.reports.append(month_report(service.account, month, f"{month}-28 01:00:00"))
    return service


def test_the_reports_are_choices_newest_first(reports: StandIn, adapter: Billogram) -> None:
    [(kind, found)] = adapter.choices().items()
    assert (kind, [each.external_id for each in found]) == ("report", ["sie4-2026-10.se", "sie4-2026-09.se"])
    assert (found[0].name, found[0].data["created_at"]) == ("sie4 2026-10", "2026-10-28 01:00:00")


def test_a_report_is_downloaded_as_it_is(reports: StandIn, adapter: Billogram) -> None:
    document = adapter.report("sie4-2026-10.se", {})
    assert document.content.startswith(b"#FLAGGA 0\r\n")
    assert (document.content_type, document.filename) == ("text/plain", "sie4-2026-10.se")
    assert asked(reports) == [("/report/sie4-2026-10.se", ())]


def test_a_report_that_is_not_there_is_gone(reports: StandIn, adapter: Billogram) -> None:
    with pytest.raises(Gone, match="no report with id=ff was found"):
        adapter.report("ff", {})


def test_the_name_of_a_report_never_leads_elsewhere(reports: StandIn, adapter: Billogram) -> None:
    with pytest.raises(Gone):
        adapter.report("../settings", {})
    assert asked(reports)[0][0] != "/settings"


@pytest.mark.parametrize("content", [None, "", "not base64!"])
def test_an_empty_report_is_a_bad_answer(service: StandIn, adapter: Billogram, content: Any) -> None:
    service.faults.append(Fault(answer=answer(200, {"status": "OK", "data": {"content": content}})))
    with pytest.raises(BadAnswer):
        adapter.report("x", {})


@pytest.mark.parametrize("refusal", [error("permission_denied"), answer(404, {"status": "NOT_FOUND", "data": {}})])
def test_reports_closed_to_our_key_are_left_out(reports: StandIn, adapter: Billogram, refusal: Answer) -> None:
    reports.faults.append(Fault(answer=refusal, path="/report", times=9))
    assert adapter.choices() == {}


def test_a_row_of_reports_that_is_none_is_passed_over(reports: StandIn, adapter: Billogram) -> None:
    def odd(true: Answer) -> Answer:
        body = json.loads(true.body)
        return answer(200, body | {"data": [body["data"][0], {"type": "sie4"}], "meta": {"total_count": 2}})

    reports.faults.append(Fault(change=odd, path="/report"))
    assert [each.external_id for each in adapter.choices()["report"]] == ["sie4-2026-10.se"]
