import json
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from arapp.approvals.models import Approval
from arapp.receivables import mirror
from arapp.receivables.models import Invoice, Source
from arapp.sandbox.base import Answer, Fault
from arapp.upstreams import filling, registry, walker
from arapp.upstreams.models import Connection, PullRun, Quarantined
from arapp.upstreams.pull import Options, pull
from arapp.upstreams.push import push
from tests.conftest import make_user
from tests.upstreams.conftest import SERVICES, Desk

pytestmark = pytest.mark.parametrize("service", SERVICES)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Walks are dear, so that a second one is narrowed; nothing overlaps."""
    monkeypatch.setattr(walker, "CHEAP_WALK", 0)


def test_a_narrowed_walk_finds_what_is_new_and_what_moved_on(service, connected: Desk, narrow):
    source, stand_in = connected(service, invoices=60)
    pull(source)
    source = Source.objects.get()
    if service == "billogram":
        moved = Invoice.objects.filter(state="open").order_by("created_at").first()
        stand_in.pay(moved.external_id, stand_in.find(moved.external_id)["remaining_sum"])
        new = stand_in.add_billogram()["id"]
    elif service == "billover":
        moved = Invoice.objects.filter(service_decision="waiting", gross__isnull=False).first()
        stand_in.decide(moved.external_id, "approved")
        new = stand_in.add_invoice().uid
    else:
        moved = Invoice.objects.filter(state="open", kind="invoice").order_by("created_at").first()
        stand_in.pay(int(moved.external_id), moved.money("open").amount)
        new = stand_in.add_invoice()["id"]
    report = pull(source)
    assert report.status == "ok", report
    assert not PullRun.objects.first().full
    assert Invoice.objects.filter(external_id=str(new)).exists()
    after = Invoice.objects.get(pk=moved.pk)
    assert (after.state, after.service_decision) != (moved.state, moved.service_decision)
    assert not Invoice.objects.exclude(gone_at=None).exists()


def test_everything_is_walked_again_a_day_later_or_when_asked(service, connected: Desk, narrow):
    source, _ = connected(service)
    pull(source)
    pull(Source.objects.get())
    assert not PullRun.objects.first().full
    pull(Source.objects.get(), Options(full=True))
    assert PullRun.objects.first().full
    Connection.objects.update(walked_at=timezone.now() - timedelta(hours=25))
    pull(Source.objects.get())
    assert PullRun.objects.first().full


def test_a_worker_that_is_told_to_end_stops_at_the_next_page(service, connected: Desk):
    source, stand_in = connected(service, invoices=60)
    stop = threading.Event()
    stand_in.before_request = lambda request: len(stand_in.requests) > 5 and stop.set()
    report = pull(source, Options(stop=stop))
    assert report.status == "partial"
    assert "Cut off" in report.error
    stand_in.before_request = None
    assert pull(source).status == "ok"
    assert Invoice.objects.filter(source=source, detail_due=True).count() == 0


def test_a_record_the_database_refuses_is_set_aside_and_takes_nobody_with_it(service, connected: Desk, monkeypatch):
    source, _ = connected(service)
    whole = mirror.write_invoices
    poison: list[str] = []

    def write(source: Source, found: list, now: object) -> mirror.Tally:
        poison.extend(record.external_id for record in found[:1] if not poison)
        if any(record.external_id in poison for record in found):
            raise IntegrityError("does not fit")
        return whole(source, found, now)

    monkeypatch.setattr(mirror, "write_invoices", write)
    report = pull(source)
    assert report.status == "partial"
    assert Quarantined.objects.waiting().get().external_id == poison[0]
    assert Invoice.objects.count() > 10
    assert not Invoice.objects.filter(external_id=poison[0]).exists()


def test_a_fault_of_our_own_ends_in_a_sentence(service, connected: Desk, monkeypatch):
    source, _ = connected(service)
    monkeypatch.setattr(mirror, "write_invoices", lambda *_: 1 / 0)
    report = pull(source)
    assert report.status == "failed"
    assert "ZeroDivisionError" in report.error
    assert PullRun.objects.get().status == "failed"


def test_a_run_that_died_is_closed_by_the_next(service, connected: Desk):
    source, _ = connected(service)
    PullRun.objects.create(source=source)
    pull(source)
    assert list(PullRun.objects.order_by("id").values_list("status", flat=True)) == ["failed", "ok"]


def test_a_detail_that_is_refused_is_set_aside_and_asked_for_again(service, connected: Desk):
    source, stand_in = connected(service)
    pull(source)
    victim = Invoice.objects.exclude(gross=None).first()
    Invoice.objects.filter(pk=victim.pk).update(detail_due=True)
    no = Answer(403, b"{}", (("Content-Type", "application/json"),))
    stand_in.faults.append(Fault(answer=no, path=f"/{victim.external_id}", times=100))
    report = pull(source)
    assert report.status in ("partial", "failed"), report
    stand_in.faults.clear()
    assert pull(source).status == "ok"
    assert not Quarantined.objects.waiting().exists()


def test_a_list_that_is_closed_to_our_key_makes_the_run_partial_and_the_invoices_are_read(service, connected: Desk):
    source, stand_in = connected(service)
    path = {"billogram": "/api/v2/customer", "billover": "/v1/companies/", "billomat": "/api/credit-notes"}[service]
    body = b'{"status": "PERMISSION_DENIED", "data": {"message": "no right"}, "errors": {"error": "no right"}}'
    stand_in.faults.append(
        Fault(answer=Answer(403, body, (("Content-Type", "application/json"),)), path=path, times=99)
    )
    report = pull(source)
    assert Invoice.objects.filter(kind="invoice", detail_due=False).exists()
    if service == "billover":
        assert report.status == "ok"
    else:
        assert (report.status, "closed to our key" in report.error) == ("partial", True)


def test_details_asked_for_before_a_decision_arrived_do_not_undo_it(service, connected: Desk, monkeypatch):
    source, _ = connected(service, invoices=60)
    pull(source)
    person = make_user()
    waiting = Approval.objects.filter(state="waiting").select_related("invoice__source", "invoice__owner")
    approval = next(one for one in waiting if not one.why_not("approve", person))
    Invoice.objects.update(detail_due=True)
    store = filling.store_details

    def decided_meanwhile(reading, found, asked_at, done, of):
        if approval.state == "waiting" and any(r.external_id == approval.invoice.external_id for r in found):
            approval.approve(person, approval.invoice.digest)
            assert [one.state for one in push()] == ["done"]
        store(reading, found, asked_at, done, of)

    monkeypatch.setattr(filling, "store_details", decided_meanwhile)
    pull(source)
    after = Approval.objects.select_related("invoice").get(pk=approval.pk)
    assert (after.state, after.invoice.service_decision) == ("approved", "approved")
    assert list(after.decisions.values_list("origin", flat=True)) == ["desk"]


def test_a_payload_nested_too_deeply_is_set_aside(service, connected: Desk, monkeypatch):
    source, _ = connected(service)
    pages = registry.ADAPTERS[service].pages

    def deep(self, stream, since=None):
        for page in pages(self, stream, since):
            if stream == "invoices" and isinstance(page.entries[0], dict):
                page.entries[0]["odd"] = json.loads("[" * 900 + "]" * 900)
            yield page

    monkeypatch.setattr(registry.ADAPTERS[service], "pages", deep)
    report = pull(source)
    assert report.status == "partial", report
    assert Invoice.objects.count() > 5
    assert Quarantined.objects.waiting().exists()
