"""The comparison of the mirror with each service: what differs is named, what agrees is not."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from arapp.approvals.models import Decision
from arapp.receivables.models import Customer, Invoice, Source
from arapp.receivables.money import Money
from arapp.sandbox.base import Answer, Fault, StandIn
from arapp.upstreams import comparing, quarantine
from arapp.upstreams.models import Connection, Verification
from arapp.upstreams.pull import LEASE, pull
from arapp.upstreams.verify import is_due, verify
from tests.conftest import make_source
from tests.upstreams.conftest import SERVICES, Desk

LISTS = {"billogram": "/api/v2/billogram", "billover": "/v1/invoices/", "billomat": "/api/invoices"}
each_service = pytest.mark.parametrize("service", SERVICES)


def read(connected: Desk, service: str, invoices: int = 30) -> tuple[Source, StandIn]:
    source, stand_in = connected(service, invoices=invoices)
    assert pull(source).status == "ok"
    return source, stand_in


def at(stand_in: StandIn, external_id: str) -> Any:
    """The id as the stand-in's own hands take it."""
    return int(external_id) if stand_in.service == "billomat" else external_id


def a_bill(source: Source, **fields: Any) -> Invoice:
    rows = Invoice.objects.filter(source=source, kind="invoice", gross__gt=0, **fields)
    return rows.order_by("external_id")[3]


def named(row: Verification) -> list[tuple[str, str, str]]:
    return sorted((one["kind"], one["external_id"], one["what"]) for one in row.differences)


def dearer(stand_in: StandIn, external_id: str) -> None:
    if stand_in.service == "billogram":
        stand_in.change(external_id, total_sum="4321.00")
    elif stand_in.service == "billover":
        stand_in.change(external_id, total_price="4321.00")
    else:
        stand_in.change(int(external_id), total_gross="4321.00")


@each_service
def test_after_a_reading_both_sides_agree_to_the_smallest_unit(service: str, connected: Desk):
    source, stand_in = read(connected, service, 60)
    row = verify(source)
    assert (row.status, row.error, row.differences) == ("ok", "", [])
    assert row.ended_at
    assert row.requests
    told = {(one["kind"], one["currency"]): one for one in row.figures if one["currency"]}
    totals = stand_in.totals()
    priced = {key for key in totals if key[1]}
    assert set(told) == priced
    for key in priced:
        assert told[key]["here"] == told[key]["there"]
        assert told[key]["there"]["count"] == totals[key]["count"]
        for name in ("gross", "open"):
            assert Decimal(told[key]["there"][name]) == Decimal(totals[key][name])
    customers = Customer.objects.filter(source=source, brief=False).count()
    assert [one["here"]["count"] for one in row.figures if one["kind"] == "customer"] == [customers]


@each_service
def test_comparing_writes_nothing_into_the_mirror(service: str, connected: Desk):
    source, stand_in = read(connected, service)
    victim = a_bill(source)
    stand_in.remove(at(stand_in, victim.external_id))
    before = list(Invoice.objects.order_by("pk").values())
    verify(source)
    assert list(Invoice.objects.order_by("pk").values()) == before


@each_service
def test_exactly_the_planted_differences_are_named(service: str, connected: Desk):
    source, stand_in = read(connected, service, 60)
    rows = list(Invoice.objects.filter(source=source, kind="invoice", gross__gt=0).order_by("external_id"))
    lost, wrong, removed, moved, decided = rows[1], rows[3], rows[5], rows[7], rows[9]
    Invoice.objects.filter(pk=wrong.pk).update(gross=wrong.gross + 1)
    Invoice.objects.filter(pk=decided.pk).update(service_decision="rejected")
    stand_in.remove(at(stand_in, removed.external_id))
    open_before = moved.open
    Invoice.objects.filter(pk=moved.pk).update(open=(open_before or 0) + 700)
    Decision.objects.filter(approval=lost.pk).delete()
    lost.approval.delete()
    Invoice.objects.filter(pk=lost.pk).delete()
    row = verify(source)
    assert row.status == "different"
    assert "5" in row.error
    assert named(row) == sorted(
        [
            ("invoice", lost.external_id, "missing here"),
            ("invoice", wrong.external_id, "gross"),
            ("invoice", removed.external_id, "missing there"),
            ("invoice", moved.external_id, "open"),
            ("invoice", decided.external_id, "service_decision"),
        ]
    )
    gross = next(one for one in row.differences if one["what"] == "gross")
    assert gross["here"] == Money(wrong.gross + 1, wrong.currency).plain()
    assert gross["there"] == Money(wrong.gross, wrong.currency).plain()


@each_service
def test_what_changed_at_the_service_since_the_last_reading_differs(service: str, connected: Desk):
    source, stand_in = read(connected, service)
    victim = a_bill(source)
    dearer(stand_in, victim.external_id)
    row = verify(source)
    assert ("invoice", victim.external_id, "gross") in named(row)
    assert {one["external_id"] for one in row.differences} == {victim.external_id}
    figures = next(one for one in row.figures if one["currency"] == victim.currency and one["kind"] == "invoice")
    assert figures["here"]["count"] == figures["there"]["count"]
    assert figures["here"]["gross"] != figures["there"]["gross"]


@each_service
def test_customers_are_counted_and_named(service: str, connected: Desk):
    source, _stand_in = read(connected, service)
    rows = list(Customer.objects.filter(source=source, brief=False, invoices=None).order_by("external_id"))
    first = rows[0] if rows else Customer.objects.filter(source=source, brief=False).first()
    Customer.objects.filter(pk=first.pk).update(name="Somebody Else")
    assert named(verify(source)) == [("customer", first.external_id, "name")]


@each_service
def test_one_that_we_know_as_gone_and_the_service_shows_is_missing_here(service: str, connected: Desk):
    source, _stand_in = read(connected, service)
    victim = a_bill(source)
    Invoice.objects.filter(pk=victim.pk).update(gone_at=timezone.now())
    assert named(verify(source)) == [("invoice", victim.external_id, "missing here")]


@each_service
def test_what_is_gone_on_both_sides_is_no_difference(service: str, connected: Desk):
    source, stand_in = read(connected, service)
    victim = a_bill(source)
    stand_in.remove(at(stand_in, victim.external_id))
    Invoice.objects.filter(pk=victim.pk).update(gone_at=timezone.now())
    assert verify(source).status == "ok"


@each_service
def test_what_happens_while_the_list_is_walked_is_looked_at_again_and_then_agrees(service: str, connected: Desk):
    """Another process stores what the list showed too late: the row is wrong until the first read by id."""
    source, stand_in = read(connected, service)
    victim = a_bill(source)
    Invoice.objects.filter(pk=victim.pk).update(gross=victim.gross + 5)

    def stored_meanwhile(request: Any) -> None:
        if victim.external_id in request.path:
            Invoice.objects.filter(pk=victim.pk).update(gross=victim.gross)

    stand_in.before_request = stored_meanwhile
    row = verify(source)
    assert (row.status, row.differences) == ("ok", [])
    assert all(one["here"] == one["there"] for one in row.figures)


@each_service
def test_only_so_many_are_read_again_and_all_are_named(
    service: str, connected: Desk, monkeypatch: pytest.MonkeyPatch
):
    source, stand_in = read(connected, service)
    count = Invoice.objects.filter(source=source, kind="invoice").exclude(state="unknown").update(state="unknown")
    monkeypatch.setattr(comparing, "CHECKED_AGAIN", 3)
    monkeypatch.setattr("arapp.upstreams.verify.KEPT", 4)
    stand_in.requests.clear()
    row = verify(source)
    assert row.status == "different"
    assert len(row.differences) == 4
    assert str(count) in row.error
    by_id = [r for r in stand_in.requests if r.path.rstrip("/") not in {p.rstrip("/") for p in LISTS.values()}]
    assert sum(LISTS[service].rstrip("/") + "/" in r.path for r in by_id) == 3


@each_service
def test_a_payload_that_cannot_be_read_is_named_with_its_reason(service: str, connected: Desk):
    source, stand_in = read(connected, service)
    victim = a_bill(source)
    broken = {"billogram": "total_sum", "billover": "total_price", "billomat": "total_gross"}[service]

    def odd(answer: Answer) -> Answer:
        payload = json.loads(answer.body)
        rows = payload["data"] if service == "billogram" else payload.get("results") or payload["invoices"]["invoice"]
        for entry in rows:
            if str(entry.get("id", entry.get("uid"))) == victim.external_id:
                entry[broken] = "1.234,56"
        return Answer(answer.status, json.dumps(payload).encode(), answer.headers)

    stand_in.faults.append(ListOnly(change=odd, path=LISTS[service], times=100))
    row = verify(source)
    assert named(row) == [("invoice", victim.external_id, "could not be read")]
    assert "1.234,56" in row.differences[0]["there"]


@each_service
def test_what_waits_in_quarantine_and_is_still_listed_counts_as_unread(service: str, connected: Desk):
    source, _stand_in = read(connected, service)
    victim, vanished = a_bill(source), "x-404"
    quarantine.put(source, "invoices", victim.external_id, {"id": 1}, "A line is odd.")
    quarantine.put(source, "invoices", vanished, {"id": 2}, "Never met again.")
    assert named(verify(source)) == [("invoice", victim.external_id, "could not be read")]


class ListOnly(Fault):
    """For the list itself, not for what lies below its path."""

    def meets(self, request: Any) -> bool:
        return request.path.rstrip("/") == self.path.rstrip("/") and super().meets(request)


@each_service
def test_a_list_that_leaves_out_what_is_still_there_fails_and_names_nothing(service: str, connected: Desk):
    source, stand_in = read(connected, service)
    empty = {
        "billogram": b'{"status": "OK", "meta": {"total_count": 0, "total_remaining_sum": "0.00"}, "data": []}',
        "billover": b'{"count": 0, "page_count": 1, "page_size": 10, "results": []}',
        "billomat": b'{"invoices": {"@page": "1", "@per_page": "100", "@total": "0"}}',
    }[service]
    answer = Answer(200, empty, (("Content-Type", "application/json"),))
    stand_in.faults.append(ListOnly(answer=answer, times=100, path=LISTS[service]))
    row = verify(source)
    assert (row.status, row.differences) == ("failed", [])
    assert row.error


@each_service
def test_a_failure_of_the_service_is_a_sentence_and_a_stored_row(service: str, connected: Desk):
    source, stand_in = read(connected, service)
    stand_in.faults.append(Fault(drop=True, times=100))
    row = verify(source)
    assert (row.status, row.pk is not None, bool(row.error)) == ("failed", True, True)
    assert not Connection.objects.exclude(lease_until=None).exists()


@each_service
def test_a_service_that_asks_to_wait_fails_the_comparison_and_names_nothing(service: str, connected: Desk):
    source, stand_in = read(connected, service)
    wait = Answer(429, b"{}", (("Content-Type", "application/json"), ("Retry-After", "3600")))
    stand_in.faults.append(Fault(answer=wait, times=100))
    row = verify(source)
    assert (row.status, row.differences) == ("failed", [])


@each_service
def test_another_account_behind_the_key_is_said_and_nothing_compared(service: str, connected: Desk):
    source, _stand_in = read(connected, service)
    _other, stranger = connected(service, invoices=20, name="other", seed=99)
    login = stranger.credentials()
    Connection.objects.filter(source=source).update(
        base_url=f"http://other.localhost{stranger.base_path}", user=login.get("user", "")
    )
    connection = Connection.objects.get(source=source)
    connection.keep_secret(login["secret"])
    connection.save()
    Source.objects.filter(pk=source.pk, account__gt="").update(account="another one")
    row = verify(Source.objects.get(pk=source.pk))
    assert (row.status, row.figures) == ("failed", [])
    assert "another account" in row.error


@each_service
def test_it_never_runs_beside_a_reading(service: str, connected: Desk):
    source, stand_in = read(connected, service)
    Connection.objects.get().take_lease(LEASE)
    before = len(stand_in.requests)
    row = verify(source)
    assert (str(row.status), row.pk) == ("postponed", None)
    assert len(stand_in.requests) == before
    assert pull(source).status == "busy"


def test_a_comparison_whose_lease_was_taken_over_stops(connected: Desk):
    source, stand_in = read(connected, "billomat")
    stand_in.before_request = lambda _request: Connection.objects.update(lease_number=99)
    row = verify(source)
    assert row.status == "failed"
    assert "took over" in row.error


def test_no_second_reading_begins_while_it_compares(connected: Desk):
    source, stand_in = read(connected, "billover")
    found: list[str] = []

    def begin_another(_request: Any) -> None:
        stand_in.before_request = None
        found.append(pull(Source.objects.get()).status)
        found.append(str(verify(Source.objects.get()).status))

    stand_in.before_request = begin_another
    assert verify(source).status == "ok"
    assert found == ["busy", "postponed"]


def test_one_that_died_counts_as_failed_when_the_next_begins(connected: Desk):
    source, _stand_in = read(connected, "billomat", 5)
    died = Verification.objects.create(source=source)
    assert verify(source).status == "ok"
    died.refresh_from_db()
    assert (died.status, bool(died.error)) == ("failed", True)


@pytest.mark.parametrize("switched", ["paused", "postponed", "disconnected"])
def test_a_source_that_is_switched_off_is_skipped_with_a_sentence(connected: Desk, switched: str):
    _source, stand_in = read(connected, "billover", 5)
    if switched == "paused":
        Connection.objects.update(paused=True)
    elif switched == "postponed":
        Connection.objects.update(postponed_until=timezone.now() + timedelta(hours=1))
    else:
        Connection.objects.all().delete()
    before = len(stand_in.requests)
    row = verify(Source.objects.get())
    assert (str(row.status), row.pk, bool(row.error)) == ("postponed", None, True)
    assert len(stand_in.requests) == before
    assert not is_due(Source.objects.get(), timezone.now() + timedelta(days=9)) or switched == "postponed"


def test_a_list_of_customers_closed_to_the_key_leaves_the_rest_compared(connected: Desk):
    source, stand_in = read(connected, "billomat", 10)
    closed = Answer(403, b"{}", (("Content-Type", "application/json"),))
    stand_in.faults.append(ListOnly(answer=closed, path="/api/clients", times=10))
    row = verify(source)
    assert (row.status, row.differences) == ("failed", [])
    assert "closed to our key" in row.error
    assert any(one["kind"] == "invoice" for one in row.figures)


# when


def night(hour: int, day: int = 20, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def walked(db: None, settings: Any) -> Source:
    settings.TIME_ZONE = "UTC"
    make_source()
    Source.objects.update(created_at=night(12, 19))
    Connection.objects.update(walked_at=night(12, 19))
    return Source.objects.get()


def ended(source: Source, status: str, moment: datetime) -> None:
    Verification.objects.create(source=source, status=status, started_at=moment, ended_at=moment)


def test_the_first_comparison_waits_for_the_night_or_a_day(walked: Source):
    assert not is_due(walked, night(1))
    assert is_due(walked, night(2))
    assert is_due(walked, night(4, minute=59))
    assert not is_due(walked, night(5))
    assert is_due(walked, night(14, minute=1))


def test_one_a_night_is_enough_and_a_missed_night_is_made_up_for(walked: Source):
    ended(walked, "different", night(2, minute=10))
    assert not is_due(walked, night(3))
    assert not is_due(walked, night(1, 21))
    assert is_due(walked, night(2, 21))
    assert is_due(walked, night(5, 21)), "26 hours are over"


def test_a_failed_one_is_begun_again_an_hour_later_while_it_is_due(walked: Source):
    ended(walked, "failed", night(2))
    assert not is_due(walked, night(2, minute=59))
    assert is_due(walked, night(3))
    assert not is_due(walked, night(6))


def test_a_source_that_was_never_read_whole_or_is_off_is_not_due(walked: Source):
    Connection.objects.update(postponed_until=night(3))
    assert not is_due(walked, night(2))
    Connection.objects.update(postponed_until=None, paused=True)
    assert not is_due(walked, night(2))
    Connection.objects.update(paused=False, walked_at=None)
    assert not is_due(walked, night(2))
    Connection.objects.all().delete()
    assert not is_due(walked, night(2))


# the command


def run(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("verify", *arguments, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def all_three(connected: Desk) -> Callable[[str], tuple[Source, StandIn]]:
    held = {service: read(connected, service, 8) for service in SERVICES}
    return held.__getitem__


def test_the_command_tells_both_sides_and_then_what_differs(all_three: Callable[[str], tuple[Source, StandIn]]):
    code, out = run()
    assert code == 0
    assert out.count("they agree") == 3
    victim = a_bill(all_three("billomat")[0])
    Invoice.objects.filter(pk=victim.pk).update(open=1, number="RE\x1b[31m\nforged")
    code, out = run()
    assert code == 1
    assert f"invoice {victim.external_id} RE\\x1b[31m\\nforged: open (here: 0.01" in out
    assert "\x1b" not in out


def test_the_command_as_json_is_one_array(all_three: Callable[[str], tuple[Source, StandIn]]):
    Connection.objects.filter(source=all_three("billover")[0]).update(paused=True)
    code, out = run("--json")
    told = json.loads(out)
    assert code == 0
    assert [set(one) for one in told] == [{"source", "service", "status", "figures", "differences", "error"}] * 3
    assert {one["source"]: one["status"] for one in told} == {
        "billogram": "ok",
        "billomat": "ok",
        "billover": "postponed",
    }
    code, out = run("billover", "--json")
    assert (code, json.loads(out)[0]["differences"]) == (0, [])


def test_a_name_that_is_not_known_ends_with_two(db: None):
    from django.core.management.base import CommandError

    with pytest.raises(CommandError) as refused:
        run("nobody")
    assert refused.value.returncode == 2
