"""Pull against each stand-in. What is true of one service here is true of all three."""

import json
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from arapp.approvals.models import Approval, Decision
from arapp.receivables.models import Customer, Invoice, Snapshot, Source
from arapp.receivables.money import Money
from arapp.sandbox.base import Answer, Fault
from arapp.upstreams.models import Connection, PullRun, Quarantined
from arapp.upstreams.pull import LEASE, Options, pull
from tests.upstreams.conftest import SERVICES, Desk

pytestmark = pytest.mark.parametrize("service", SERVICES)
WRITES_MIRROR = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "receivables_(?!source)')
LISTS = {"billogram": "/api/v2/billogram", "billover": "/v1/invoices/", "billomat": "/api/invoices"}
HTML = Answer(200, b"<html>maintenance</html>", (("Content-Type", "text/html"),))


def refusal(service: str, status: int) -> Answer:
    return Answer(status, b"{}", (("Content-Type", "application/json"),))


def test_everything_arrives_and_sums_to_what_the_service_says(service: str, connected: Desk):
    source, stand_in = connected(service, invoices=60)
    report = pull(source)
    assert (report.status, report.quarantined, report.error) == ("ok", 0, "")
    for (kind, currency), sums in stand_in.totals().items():
        rows = Invoice.objects.filter(source=source, kind=kind, currency=currency)
        found = rows.aggregate(gross=Sum("gross"), open=Sum("open"))
        for name in ("gross", "open"):
            expected = Money.parse(Decimal(sums[name]), currency)
            assert Money(found[name] or 0, currency) == expected, (kind, currency, name)
    assert not Invoice.objects.filter(detailed_at=None).exists()
    assert Approval.objects.count() == Invoice.objects.count()
    assert not Invoice.objects.exclude(finding="").exists()


def test_a_second_reading_writes_no_row_of_the_mirror(service: str, connected: Desk):
    source, _stand_in = connected(service)
    pull(source)
    with CaptureQueriesContext(connection) as queries:
        report = pull(source)
    assert (report.status, report.created, report.changed, report.gone) == ("ok", 0, 0, 0)
    assert not [q["sql"] for q in queries if WRITES_MIRROR.match(q["sql"])]


def test_what_was_decided_before_is_imported_and_nobody_is_named(service: str, connected: Desk):
    source, _stand_in = connected(service)
    pull(source)
    assert Decision.objects.exists()
    assert set(Decision.objects.values_list("origin", "person")) == {("imported", None)}
    pull(source)
    assert set(Decision.objects.values_list("origin", flat=True)) == {"imported"}


def test_an_invoice_that_vanishes_is_gone_only_after_a_404_by_id(service: str, connected: Desk):
    source, stand_in = connected(service)
    pull(source)
    victim = Invoice.objects.filter(state="draft" if service != "billover" else "open").first()
    stand_in.remove(victim.external_id if service != "billomat" else int(victim.external_id))
    report = pull(source)
    victim.refresh_from_db()
    assert (report.status, report.gone) == ("ok", 1)
    assert victim.gone_at
    assert pull(source).gone == 0


def test_wrong_credentials_stop_the_run_with_a_sentence_and_lose_nothing(service: str, connected: Desk):
    source, _stand_in = connected(service)
    pull(source)
    source.connection.keep_secret("another-key-than-the-right-one")
    source.connection.save()
    report = pull(Source.objects.get(pk=source.pk))
    assert report.status == "failed"
    assert report.error
    assert "another-key" not in report.error
    assert not Invoice.objects.exclude(gone_at=None).exists()


@pytest.mark.parametrize("fault", [HTML, Answer(200, b""), Answer(200, b'{"half": ')], ids=["html", "empty", "cut"])
def test_an_answer_that_is_no_answer_fails_the_run_and_the_next_heals(service: str, connected: Desk, fault: Answer):
    source, stand_in = connected(service)
    stand_in.faults.append(Fault(answer=fault, path=LISTS[service], times=1))
    report = pull(source)
    assert report.status == "failed", report
    assert "Traceback" not in report.error
    assert pull(source).status == "ok"


def test_an_unreachable_host_is_tried_again_and_then_said(service: str, connected: Desk):
    source, stand_in = connected(service)
    stand_in.faults.append(Fault(drop=True, times=100))
    report = pull(source)
    assert report.status == "failed"
    assert report.requests == 5


def test_a_service_that_asks_for_an_hour_postpones_the_source(service: str, connected: Desk):
    source, stand_in = connected(service)
    wait = Answer(429, b"{}", (("Content-Type", "application/json"), ("Retry-After", "3600")))
    stand_in.faults.append(Fault(answer=wait, times=100))
    assert pull(source).status == "postponed"
    assert Connection.objects.get().postponed_until
    stand_in.faults.clear()
    assert pull(Source.objects.get(), Options(full=True)).status == "ok"


def test_a_short_failure_heals_within_the_run(service: str, connected: Desk, no_sleep: list[float]):
    source, stand_in = connected(service)
    stand_in.faults.append(Fault(answer=Answer(503, b""), times=2, skip=3))
    assert pull(source).status == "ok"
    assert len(no_sleep) >= 2


def test_a_run_leaves_while_another_reads(service: str, connected: Desk):
    source, stand_in = connected(service)
    Connection.objects.get().take_lease(LEASE)
    before = len(stand_in.requests)
    assert pull(source).status == "busy"
    assert len(stand_in.requests) == before
    assert not PullRun.objects.exists()


def test_a_run_whose_lease_was_taken_over_stops_and_writes_nothing_more(service: str, connected: Desk):
    source, stand_in = connected(service)

    def take_over(_request: object) -> None:
        Connection.objects.update(lease_number=99)

    stand_in.before_request = take_over
    report = pull(source)
    assert report.status == "failed"
    assert "took over" in report.error
    assert not Invoice.objects.exists()
    assert not Customer.objects.exists()


def bad_amount(service: str, answer: Answer) -> Answer:
    """The first row of a list with an amount such as 1.234,56."""
    payload = json.loads(answer.body)
    if service == "billogram":
        payload["data"][0]["total_sum"] = "1.234,56"
    elif service == "billover":
        payload["results"][0] |= {"total_price": "1.234,56", "currency": "EUR", "processing_status": "finished"}
    else:
        payload["invoices"]["invoice"][0]["total_gross"] = "1.234,56"
    return Answer(answer.status, json.dumps(payload).encode(), answer.headers)


def test_what_cannot_be_read_is_kept_with_its_reason_blocks_nobody_and_clears(service: str, connected: Desk):
    source, stand_in = connected(service)
    whole = pull(source)
    stand_in.faults.append(Fault(change=lambda a: bad_amount(service, a), path=LISTS[service], skip=1))
    if service == "billogram":
        stand_in.faults[0].skip = 0
    report = pull(source)
    if not report.quarantined:
        stand_in.faults.append(Fault(change=lambda a: bad_amount(service, a), path=LISTS[service]))
        report = pull(source)
    assert (report.status, report.quarantined) == ("partial", 1), report
    assert report.fetched == whole.fetched
    row = Quarantined.objects.get()
    assert "1.234,56" in row.payload
    assert "1.234,56" in row.reason
    assert not Invoice.objects.exclude(gone_at=None).exists()
    stand_in.faults.clear()
    assert pull(source).status == "ok"
    assert not Quarantined.objects.waiting().exists()


def test_the_payload_is_kept_as_it_came(service: str, connected: Desk):
    source, _stand_in = connected(service)
    pull(source)
    for snapshot in Snapshot.objects.exclude(invoice=None):
        assert json.loads(snapshot.payload, parse_float=Decimal)
        assert json.loads(snapshot.detail, parse_float=Decimal)


def test_a_change_at_the_service_arrives_and_is_counted_once(service: str, connected: Desk):
    source, stand_in = connected(service)
    pull(source)
    draft = Invoice.objects.filter(service_decision="waiting", gross__isnull=False).first()
    if service == "billogram":
        stand_in.change(draft.external_id, due_date="2027-01-31")
    elif service == "billover":
        stand_in.change(draft.external_id, total_price="77.70")
    else:
        stand_in.change(int(draft.external_id), due_date="2027-01-31")
    report = pull(source)
    assert (report.status, report.created, report.changed) == ("ok", 0, 1)
    after = Invoice.objects.get(pk=draft.pk)
    assert after.digest != draft.digest
    assert (after.gross == 7770) if service == "billover" else (after.due_date.isoformat() == "2027-01-31")


def test_an_empty_list_marks_nothing_gone_and_the_run_says_what_it_suspects(service: str, connected: Desk):
    source, stand_in = connected(service, invoices=30)
    pull(source)
    empty = {
        "billogram": b'{"status": "OK", "meta": {"total_count": 0, "total_remaining_sum": "0.00"}, "data": []}',
        "billover": b'{"count": 0, "page_count": 1, "page_size": 10, "results": []}',
        "billomat": b'{"invoices": {"@page": "1", "@per_page": "100", "@total": "0"}}',
    }[service]
    kind = (("Content-Type", "application/json"),)
    exact = LISTS[service]
    stand_in.faults.append(ListOnly(answer=Answer(200, empty, kind), times=100, path=exact))
    report = pull(source)
    assert report.status in ("partial", "failed"), report
    assert report.error
    assert not Invoice.objects.exclude(gone_at=None).exists()


def test_many_missing_at_once_are_marked_gone_only_with_consent(service: str, connected: Desk):
    source, stand_in = connected(service, invoices=90)
    pull(source)
    drafts = Invoice.objects.filter(kind="invoice").order_by("created_at")[:60]
    for victim in drafts:
        stand_in.remove(int(victim.external_id) if service == "billomat" else victim.external_id)
    report = pull(source)
    assert (report.status, report.gone) == ("partial", 0), report
    assert "60 of" in report.error
    assert "--accept-gone" in report.error
    assert not Invoice.objects.exclude(gone_at=None).exists()
    report = pull(source, Options(accept_gone=True))
    assert (report.status, report.gone) == ("ok", 60), report


def without_ids(service: str, answer: Answer) -> Answer:
    payload = json.loads(answer.body)
    rows = {"billogram": ("data",), "billover": ("results",), "billomat": ("invoices", "invoice")}[service]
    for key in rows:
        payload = payload[key]
    payload[0].pop({"billogram": "id", "billover": "uid", "billomat": "id"}[service])
    whole = json.loads(answer.body)
    holder = whole
    for key in rows[:-1]:
        holder = holder[key]
    holder[rows[-1]] = payload
    return Answer(answer.status, json.dumps(whole).encode(), answer.headers)


def test_an_entry_without_an_id_is_kept_and_clears_when_it_is_not_met_again(service: str, connected: Desk):
    source, stand_in = connected(service)
    stand_in.faults.append(ListOnly(change=lambda a: without_ids(service, a), path=LISTS[service]))
    pull(source)
    if not Quarantined.objects.exists():
        stand_in.faults.append(ListOnly(change=lambda a: without_ids(service, a), path=LISTS[service], skip=1))
        pull(source)
    assert Quarantined.objects.get().external_id.startswith("#")
    stand_in.faults.clear()
    assert pull(source).status == "ok"
    assert not Quarantined.objects.waiting().exists()


class ListOnly(Fault):
    """For the list itself, not for what lies below its path."""

    def meets(self, request) -> bool:
        return request.path.rstrip("/") == self.path.rstrip("/") and super().meets(request)
