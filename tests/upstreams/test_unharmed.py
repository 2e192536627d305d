"""What a service leaves out, puts in or calls otherwise blanks nothing; one bad object holds up no other."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from arapp.approvals.models import Approval, Decision
from arapp.receivables.models import Invoice, Source
from arapp.sandbox.base import Answer, Fault
from arapp.upstreams.base import INVOICES
from arapp.upstreams.missing import _missing as missing_words
from arapp.upstreams.models import Connection, PullRun, Quarantined
from arapp.upstreams.pull import Options, Report, pull
from tests.upstreams.conftest import Desk

KEPT = (
    "state service_state service_decision number title note reference payment_reference issue_date due_date currency "
    "net vat gross paid open customer_id receiver_email receiver_address created_at decided_at sent_at"
).split()
NEEDED = {"billogram": {"id", "state"}, "billomat": {"id", "status"}}
WORD = {"billogram": "state", "billomat": "status"}
NOT_YET = b'{"status": "NOT_AVAILABLE_YET", "data": {"message": "not available yet"}}'
JSON = (("Content-Type", "application/json"),)

two = pytest.mark.parametrize("service", ["billogram", "billomat"])


def rows_of(service: str, payload: Any) -> list[dict[str, Any]]:
    if service == "billogram":
        found = payload.get("data")
        found = found if isinstance(found, list) else [found]
        return [row for row in found if isinstance(row, dict) and "state" in row]
    held = payload.get("invoices", {}).get("invoice", payload.get("invoice", []))
    return held if isinstance(held, list) else [held]


def altered(service: str, change: Callable[[dict[str, Any]], None]) -> Fault:
    def alter(answer: Answer) -> Answer:
        try:
            payload = json.loads(answer.body)
        except ValueError:
            return answer
        for row in rows_of(service, payload):
            change(row)
        return Answer(answer.status, json.dumps(payload).encode(), answer.headers)

    return Fault(change=alter, times=10_000)


def held() -> list[dict[str, Any]]:
    return list(Invoice.objects.filter(kind="invoice").order_by("pk").values("pk", *KEPT))


def read_whole() -> Report:
    return pull(Source.objects.get(), Options(full=True))


@two
@pytest.mark.parametrize("how", ["null", "left out"])
def test_what_is_null_or_left_out_keeps_what_is_stored(service, how, connected: Desk):
    source, stand_in = connected(service)
    pull(source)
    before, decisions = held(), Decision.objects.count()

    def blank(row: dict[str, Any]) -> None:
        for name in set(row) - NEEDED[service]:
            row[name] = None
            if how == "left out":
                del row[name]

    stand_in.faults.append(altered(service, blank))
    report = read_whole()
    assert report.status in ("ok", "partial"), report
    assert held() == before
    assert Decision.objects.count() == decisions
    stand_in.faults.clear()
    assert read_whole().status == "ok"
    assert held() == before
    assert not Quarantined.objects.waiting().exists()


@two
def test_new_fields_change_nothing_that_is_known(service, connected: Desk):
    source, stand_in = connected(service)
    pull(source)
    before = held()
    stand_in.faults.append(altered(service, lambda row: row.update(brand_new={"a": [1, None, "x"]}, other=None)))
    assert read_whole().status == "ok"
    assert held() == before


@two
def test_a_word_that_nobody_knows_is_unknown_and_leaves_the_approval_alone(service, connected: Desk):
    source, stand_in = connected(service)
    pull(source)
    before = dict(Approval.objects.values_list("pk", "state"))
    decisions = Decision.objects.count()
    stand_in.faults.append(altered(service, lambda row: row.update({WORD[service]: "Hibernating"})))
    assert read_whole().status == "ok"
    assert set(Invoice.objects.filter(kind="invoice").values_list("state", "service_state")) == {
        ("unknown", "Hibernating")
    }
    assert (dict(Approval.objects.values_list("pk", "state")), Decision.objects.count()) == (before, decisions)
    stand_in.faults.clear()
    assert read_whole().status == "ok"
    assert (dict(Approval.objects.values_list("pk", "state")), Decision.objects.count()) == (before, decisions)
    assert not Invoice.objects.filter(state="unknown").exists()


@pytest.mark.parametrize("service", ["billogram", "billover", "billomat"])
@pytest.mark.parametrize("fault", [Answer(500, b""), Answer(200, b"<html>")], ids=["500", "html"])
def test_one_document_that_cannot_be_had_holds_up_no_other(service, fault, connected: Desk):
    source, stand_in = connected(service)
    pull(source)
    due = Invoice.objects.exclude(gross=None)
    victim = due.order_by("-created_at").first()
    due.update(detail_due=True)
    stand_in.faults.append(Fault(answer=fault, path=f"/{victim.external_id}", times=1_000))
    report = pull(source)
    assert (report.status, report.quarantined) == ("partial", 1), report
    assert list(Invoice.objects.filter(detail_due=True)) == [victim]
    assert Quarantined.objects.waiting().get().external_id == victim.external_id
    stand_in.faults.clear()
    assert pull(source).status == "ok"
    assert not Quarantined.objects.waiting().exists()


@pytest.mark.parametrize("service", ["billogram", "billover", "billomat"])
def test_documents_that_cannot_be_had_one_after_the_other_end_the_run_and_what_was_read_stays(
    service, connected: Desk
):
    source, stand_in = connected(service, invoices=30)
    pull(source)
    due = Invoice.objects.filter(kind="invoice").exclude(gross=None)
    due.update(detail_due=True)
    read = list(due.values_list("pk", flat=True))
    down: list[str] = []

    def fail(answer: Answer) -> Answer:
        down.append("x")
        return answer if len(down) <= 20 else Answer(403, b"{}", JSON)

    paths = {"billogram": "/api/v2/billogram/", "billover": "/v1/invoices/", "billomat": "/api/invoice"}
    stand_in.faults.append(Fault(change=fail, path=paths[service], times=10_000))
    down.clear()
    before = len(stand_in.requests)
    report = pull(source)
    assert report.status in ("failed", "partial"), report
    assert report.quarantined <= 3
    assert len(stand_in.requests) - before < 90
    assert not Invoice.objects.exclude(gone_at=None).exists()
    assert read


def test_what_billogram_is_still_making_is_asked_for_again(connected: Desk, no_sleep: list[float]):
    source, stand_in = connected("billogram")
    pull(source)
    victim = Invoice.objects.first()
    Invoice.objects.filter(pk=victim.pk).update(detail_due=True)
    no_sleep.clear()
    stand_in.faults.append(Fault(answer=Answer(404, NOT_YET, JSON), path=f"/{victim.external_id}", times=2))
    assert pull(source).status == "ok"
    assert len(no_sleep) == 2
    assert not Invoice.objects.filter(detail_due=True).exists()


def test_what_billogram_does_not_finish_waits_for_the_next_run_and_is_neither_gone_nor_unreadable(connected: Desk):
    source, stand_in = connected("billogram")
    pull(source)
    Invoice.objects.update(detail_due=True)
    stand_in.faults.append(Fault(answer=Answer(404, NOT_YET, JSON), path="/billogram/", times=1_000))
    report = pull(source)
    assert (report.status, report.gone, report.quarantined) == ("ok", 0, 0), report
    assert Connection.objects.get().postponed_until is None
    assert Invoice.objects.filter(detail_due=True).count() == Invoice.objects.count()
    stand_in.faults.clear()
    assert pull(source).status == "ok"
    assert not Invoice.objects.filter(detail_due=True).exists()


def test_what_is_missing_from_the_list_and_only_being_made_is_not_gone(connected: Desk):
    source, stand_in = connected("billogram")
    pull(source)
    victim = Invoice.objects.filter(state="draft").first()
    stand_in.remove(victim.external_id)
    stand_in.faults.append(Fault(answer=Answer(404, NOT_YET, JSON), path=f"/{victim.external_id}", times=1_000))
    assert (pull(source).gone, Invoice.objects.get(pk=victim.pk).gone_at) == (0, None)
    stand_in.faults.clear()
    assert pull(source).gone == 1


def test_a_paused_source_is_read_by_nobody_and_the_sentence_says_how_to_go_on(connected: Desk):
    source, stand_in = connected("billogram")
    Connection.objects.update(paused=True)
    before = len(stand_in.requests)
    report = pull(source, Options(full=True, accept_gone=True))
    assert (report.status, len(stand_in.requests)) == ("postponed", before)
    assert "source billogram --resume" in report.error
    assert not PullRun.objects.exists()


def test_the_commands_that_sentences_name_can_be_copied_whatever_the_source_is_called(connected: Desk):
    source, _stand_in = connected("billogram")
    Source.objects.filter(pk=source.pk).update(name="Anna's books")
    Connection.objects.update(paused=True)
    report = pull(Source.objects.get(pk=source.pk))
    assert "source 'Anna'\"'\"'s books' --resume" in report.error
    assert missing_words(INVOICES, 60, 90, "Main account").endswith("sync 'Main account' --accept-gone")


def test_a_source_that_is_disconnected_while_it_is_read_ends_in_a_sentence(connected: Desk):
    source, stand_in = connected("billogram")

    def disconnect(request: object) -> None:
        if request.path.endswith("/billogram"):
            Connection.objects.all().delete()

    stand_in.before_request = disconnect
    report = pull(source)
    assert "not connected" in report.error
    assert "unexpected" not in report.error
    assert not Invoice.objects.exists()
    assert PullRun.objects.get().ended_at
