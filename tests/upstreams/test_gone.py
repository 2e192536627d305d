"""Success that is none: what a service leaves out is not gone, and what is gone is not too much at once."""

import json
from collections.abc import Callable

import pytest
from django.utils import timezone

from arapp.receivables.models import Customer, Invoice, Source
from arapp.sandbox.base import Answer, Fault, StandIn
from arapp.upstreams import missing, registry, walker
from arapp.upstreams.base import Gone, Page
from arapp.upstreams.http import Rejected
from arapp.upstreams.models import Connection, PullRun
from arapp.upstreams.pull import Options, Report, pull
from tests.upstreams.conftest import SERVICES, STAND_INS, Desk

pytestmark = pytest.mark.parametrize("service", SERVICES)
JSON = (("Content-Type", "application/json"),)
LISTS = {"billogram": "/api/v2/billogram", "billover": "/v1/invoices", "billomat": "/api/invoices"}


def marked() -> int:
    return Invoice.objects.exclude(gone_at=None).count() + Customer.objects.exclude(gone_at=None).count()


def known(kind: str = "invoice") -> list[str]:
    return list(
        Invoice.objects.filter(kind=kind, gone_at=None).order_by("created_at").values_list("external_id", flat=True)
    )


def take_away(stand_in: StandIn, external_ids: list[str]) -> None:
    for external_id in external_ids:
        stand_in.remove(int(external_id) if stand_in.service == "billomat" else external_id)


@pytest.fixture
def thinned(service: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str, str], bool]], None]:
    """The lists show, with totals that agree, only what the condition on list and id lets through."""
    pages = registry.ADAPTERS[service].pages

    def thin(shows: Callable[[str, str], bool]) -> None:
        def fewer(self, stream, since=None):
            entries = [entry for page in pages(self, stream, since) for entry in page.entries]
            entries = [entry for entry in entries if shows(stream, self.entry_id(stream, entry))]
            yield Page(entries, len(entries))

        monkeypatch.setattr(registry.ADAPTERS[service], "pages", fewer)

    return thin


def read_whole() -> Report:
    return pull(Source.objects.get(), Options(full=True))


def test_a_thinned_list_marks_nothing_gone_and_the_run_says_what_it_suspects(service, connected: Desk, thinned):
    source, _ = connected(service, invoices=60)
    pull(source)
    half = set(known()[::2])
    thinned(lambda stream, external_id: stream != "invoices" or external_id in half)
    report = read_whole()
    assert (report.status, report.gone, marked()) == ("partial", 0, 0), report
    assert "leaves out" in report.error
    assert PullRun.objects.first().missing == 0


def test_a_list_of_many_that_shows_nothing_is_suspected_although_only_some_are_asked_for(
    service, connected: Desk, thinned, monkeypatch
):
    monkeypatch.setattr(missing, "ASKED_BY_ID", 5)
    source, stand_in = connected(service, invoices=60)
    pull(source)
    thinned(lambda stream, external_id: stream != "invoices")
    before = len(stand_in.requests)
    report = read_whole()
    assert (report.status, marked()) == ("partial", 0), report
    assert str(len(known())) in report.error
    assert len(stand_in.requests) - before < 500


def test_a_narrowed_walk_that_shows_nothing_at_all_is_suspected_too(service, connected: Desk, thinned, monkeypatch):
    monkeypatch.setattr(walker, "CHEAP_WALK", 0)
    source, _ = connected(service)
    pull(source)
    thinned(lambda stream, external_id: stream != "invoices")
    report = pull(Source.objects.get())
    assert not PullRun.objects.first().full
    assert (report.status, "shows nothing at all" in report.error, marked()) == ("partial", True, 0), report


def test_a_few_that_a_list_leaves_out_are_refreshed_and_no_reason_for_alarm(service, connected: Desk, thinned):
    source, _ = connected(service, invoices=60)
    pull(source)
    left_out = set(known()[:3])
    thinned(lambda stream, external_id: external_id not in left_out)
    assert (read_whole().status, marked()) == ("ok", 0)


def test_in_the_end_each_that_is_missing_is_asked_for(service, connected: Desk, thinned, monkeypatch):
    """Also when the first ones are still there each time."""
    monkeypatch.setattr(missing, "ASKED_BY_ID", 3)
    source, stand_in = connected(service, invoices=60)
    pull(source)
    left_out = known()[:9]
    take_away(stand_in, left_out[8:])
    thinned(lambda stream, external_id: external_id not in left_out)
    for _ in range(60):
        if read_whole().gone:
            break
    assert set(Invoice.objects.exclude(gone_at=None).values_list("external_id", flat=True)) == set(left_out[8:])


def test_the_limit_holds_for_all_lists_together(service, connected: Desk, thinned):
    """Nine customers and nine invoices are each within the limit of ten, and together they are not."""
    source, stand_in = connected(service, invoices=60)
    pull(source)
    take_away(stand_in, known()[:9])
    gone = list(Customer.objects.filter(brief=False).values_list("external_id", flat=True)[:9])
    thinned(lambda stream, external_id: stream != "customers" or external_id not in gone)
    adapter = registry.ADAPTERS[service]
    customer = adapter.customer

    def fetch(self, external_id):
        if external_id in gone:
            raise Gone("not here")
        return customer(self, external_id)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adapter, "customer", fetch)
        patch.setattr(missing, "limit_of", lambda known: 10)
        report = read_whole()
    assert (report.status, marked()) == ("partial", 0), report
    assert PullRun.objects.first().missing == 9 + len(gone)


@pytest.fixture
def many_missing(service: str, connected: Desk) -> tuple[Source, StandIn]:
    source, stand_in = connected(service, invoices=90)
    pull(source)
    take_away(stand_in, known()[:30])
    return source, stand_in


def test_a_consent_given_on_the_page_holds_for_one_whole_reading(service, many_missing, monkeypatch):
    monkeypatch.setattr(walker, "CHEAP_WALK", 0)
    assert read_whole().status == "partial"
    assert PullRun.objects.first().missing == 30
    Connection.objects.get().accept_gone()
    report = pull(Source.objects.get())
    assert (report.status, report.gone, PullRun.objects.first().full) == ("ok", 30, True), report
    assert PullRun.objects.first().missing == 0
    assert Connection.objects.get().accept_gone_at is None
    pull(Source.objects.get())
    assert not PullRun.objects.first().full


def test_a_consent_waits_for_a_reading_that_gets_through(service, many_missing):
    _, stand_in = many_missing
    Connection.objects.get().accept_gone()
    given = Connection.objects.get().accept_gone_at
    stand_in.faults.append(Fault(answer=Answer(200, b"<html>"), path=LISTS[service], skip=int(service == "billover")))
    assert read_whole().status == "failed"
    assert Connection.objects.get().accept_gone_at == given
    assert read_whole().gone == 30


def test_a_consent_given_while_a_reading_goes_on_is_kept_for_the_next(service, many_missing):
    _, stand_in = many_missing
    Connection.objects.get().accept_gone()
    later = timezone.now()
    stand_in.before_request = lambda request: Connection.objects.update(accept_gone_at=later)
    assert read_whole().gone == 30
    assert Connection.objects.get().accept_gone_at == later


def test_a_consent_covers_nothing_that_is_still_there(service, many_missing, thinned):
    gone = Invoice.objects.filter(external_id__in=known()[:30])
    there = known()[30:60]
    thinned(lambda stream, external_id: external_id not in there)
    Connection.objects.get().accept_gone()
    report = pull(Source.objects.get())
    assert (report.status, report.gone, "leaves out" in report.error) == ("partial", 30, True), report
    assert not gone.filter(gone_at=None).exists()
    assert not Invoice.objects.filter(external_id__in=there).exclude(gone_at=None).exists()
    assert Connection.objects.get().accept_gone_at is None


def refusal(service: str, status: int) -> Answer:
    body = {"status": "PERMISSION_DENIED", "data": {"message": "no"}, "errors": {"error": "no"}, "error": "no"}
    return Answer(status, json.dumps(body).encode(), JSON)


def test_a_refusal_in_the_midst_of_a_walk_marks_nothing_gone(service, connected: Desk):
    source, stand_in = connected(service, invoices=600 if service == "billomat" else 120)
    pull(source)
    take_away(stand_in, known()[:1])
    stand_in.faults.append(Fault(answer=refusal(service, 403), path=LISTS[service], skip=1, times=999))
    report = read_whole()
    assert (report.status, marked()) == ("failed", 0), report
    assert "403" in report.error
    stand_in.faults.clear()
    assert read_whole().gone == 1


def test_what_is_missing_while_another_list_is_refused_is_not_gone(service, connected: Desk, monkeypatch):
    source, stand_in = connected(service)
    pull(source)
    take_away(stand_in, known()[:1])
    pages = registry.ADAPTERS[service].pages

    def refused(self, stream, since=None):
        if stream == "customers":
            raise Rejected(403, "no right")
        return pages(self, stream, since)

    with monkeypatch.context() as patch:
        patch.setattr(registry.ADAPTERS[service], "pages", refused)
        report = read_whole()
    assert (report.status, marked(), "closed to our key" in report.error) == ("partial", 0, True), report
    assert read_whole().gone == 1


def test_a_key_that_opens_another_account_by_now_reads_nothing_and_loses_nothing(service, connected: Desk):
    source, stand_in = connected(service, invoices=30)
    fine, _ = connected("billover" if service != "billover" else "billogram", name="fine")
    pull(source)
    rows = set(Invoice.objects.filter(source=source).values_list("external_id", flat=True))
    answer = stand_in.answer
    other = stranger(service, stand_in)
    stand_in.answer = other.answer
    for _ in range(2):
        report = pull(Source.objects.get(pk=source.pk), Options(full=True, accept_gone=True))
        assert (report.status, marked()) == ("failed", 0), report
        assert "another account" in report.error
    assert set(Invoice.objects.filter(source=source).values_list("external_id", flat=True)) == rows
    assert pull(fine).status == "ok"
    stand_in.answer = answer
    assert pull(Source.objects.get(pk=source.pk)).status == "ok"


def test_a_key_that_opens_another_account_in_the_midst_of_a_run_marks_nothing_gone(service, connected: Desk):
    source, stand_in = connected(service, invoices=30)
    pull(source)
    victim = known()[0]
    take_away(stand_in, [victim])
    other = stranger(service, stand_in)

    def switch(request) -> None:
        if request.path.endswith(f"/{victim}"):
            stand_in.answer = other.answer

    stand_in.before_request = switch
    report = read_whole()
    assert (report.status, marked()) == ("failed", 0), report
    assert "another account" in report.error


def stranger(service: str, stand_in: StandIn) -> StandIn:
    """Another account that our key opens by now; what an id names there it names nowhere else."""
    own = stand_in.credentials()
    options = (
        {"rate_limit": None, "account": "elsewhere", "invoices": 0} if service == "billomat" else {"invoices": 30}
    )
    other = STAND_INS[service](seed=1_000_003, clock=stand_in.clock, **options)
    if service == "billomat":
        other.keys = {own["secret"]: next(iter(other.keys.values()))}
    else:
        other.credentials = lambda: own
    return other
