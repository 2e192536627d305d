"""The catalogue and the lists that forms choose from: read like everything else, and in nobody's way."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from arapp.receivables.models import Choice, Invoice, Item, Source
from arapp.receivables.records import ChoiceRecord, ItemRecord, Unreadable
from arapp.upstreams import quarantine, registry, walker
from arapp.upstreams.base import ITEMS, Gone, Page
from arapp.upstreams.http import Rejected, Throttled
from arapp.upstreams.models import Connection, Quarantined
from arapp.upstreams.pull import Options, Report, pull
from arapp.upstreams.verify import verify
from tests.upstreams.conftest import SERVICES, Desk

WITH_CATALOGUE = tuple(service for service in SERVICES if ITEMS in registry.ADAPTERS[service].streams)
in_catalogue = pytest.mark.parametrize("service", WITH_CATALOGUE)
everywhere = pytest.mark.parametrize("service", SERVICES)


@pytest.fixture
def patched(service: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """``patched(item=function)``: the adapter does so from now on."""

    def patch(**methods: Any) -> None:
        for name, method in methods.items():
            monkeypatch.setattr(registry.ADAPTERS[service], name, method)

    return patch


@pytest.fixture
def items_are(service: str, patched: Callable[..., None]) -> Callable[[Callable[[Any], Iterator[Page]]], None]:
    """``items_are(pages)``: what the list of items gives; all other lists stay as they are."""
    whole = registry.ADAPTERS[service].pages

    def set_to(pages: Callable[[Any], Iterator[Page]]) -> None:
        patched(pages=lambda self, stream, since=None: pages(self) if stream == ITEMS else whole(self, stream, since))

    return set_to


def closed(adapter: Any) -> Iterator[Page]:
    raise Rejected(403, "No right to articles.")
    yield


def without(external_id: str, service: str) -> Callable[[Any], Iterator[Page]]:
    whole = registry.ADAPTERS[service].pages

    def pages(adapter: Any) -> Iterator[Page]:
        entries = [entry for page in whole(adapter, ITEMS) for entry in page.entries]
        kept = [entry for entry in entries if adapter.entry_id(ITEMS, entry) != external_id]
        yield Page(kept, len(kept))

    return pages


def read_whole() -> Report:
    return pull(Source.objects.get(), Options(full=True))


def known() -> list[str]:
    return list(Item.objects.filter(brief=False, gone_at=None).order_by("id").values_list("external_id", flat=True))


def test_two_services_have_a_catalogue():
    assert set(WITH_CATALOGUE) == {"billogram", "billomat"}


@in_catalogue
def test_the_catalogue_is_read_whole_and_a_second_reading_writes_nothing(service, connected: Desk):
    source, _ = connected(service)
    report = pull(source)
    assert report.status == "ok", report
    item = Item.objects.filter(brief=False).exclude(unit_price="").first()
    assert item.name
    assert item.form["title"] == item.name
    again = read_whole()
    assert (again.status, again.created, again.changed) == ("ok", 0, 0), again


@in_catalogue
def test_a_closed_catalogue_that_was_never_known_is_not_worth_a_word(service, connected: Desk, items_are):
    source, _ = connected(service)
    items_are(closed)
    report = pull(source)
    assert (report.status, report.error) == ("ok", "")
    assert Invoice.objects.exists()


@in_catalogue
def test_a_catalogue_that_is_closed_later_makes_the_run_partial_and_marks_nothing(
    service, connected: Desk, items_are
):
    source, _ = connected(service)
    pull(source)
    before = known()
    items_are(closed)
    report = read_whole()
    assert report.status == "partial"
    assert "The list of items is closed to our key." in report.error
    assert known() == before


@in_catalogue
def test_an_item_is_gone_by_a_whole_walk_and_a_404(service, connected: Desk, items_are, patched):
    source, _ = connected(service)
    pull(source)
    lost = known()[0]
    items_are(without(lost, service))
    assert (read_whole().gone, lost in known()) == (0, True), "it still answers by its id"

    def fetch(self: Any, external_id: str) -> ItemRecord:
        raise Gone("No such article.")

    patched(item=fetch)
    report = read_whole()
    assert (report.status, report.gone) == ("ok", 1), report
    assert lost not in known()


@in_catalogue
def test_an_item_that_cannot_be_read_is_set_aside_and_read_again_by_hand(service, connected: Desk, patched):
    source, _ = connected(service)
    adapter = registry.ADAPTERS[service]
    read = adapter.read

    def choke(self: Any, stream: str, entry: Any) -> Any:
        if stream == ITEMS:
            raise Unreadable("A price like none.")
        return read(self, stream, entry)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adapter, "read", choke)
        assert pull(source).status == "partial"
    row = Quarantined.objects.waiting().filter(stream=ITEMS).first()
    assert row.reason == "A price like none."
    assert quarantine.try_again(row) == ""
    assert Item.objects.get(source=source, external_id=row.external_id).brief is False
    row.refresh_from_db()
    assert row.cleared_at


@in_catalogue
def test_the_comparison_names_an_item_with_another_price(service, connected: Desk):
    source, _ = connected(service)
    pull(source)
    assert verify(source).status == "ok"
    changed = known()[0]
    Item.objects.filter(external_id=changed).update(unit_price="0.01")
    row = verify(source)
    assert [(one["kind"], one["external_id"], one["what"]) for one in row.differences] == [
        ("item", changed, "unit_price")
    ]


@in_catalogue
def test_the_comparison_says_nothing_of_a_closed_catalogue_that_was_never_known(service, connected: Desk, items_are):
    source, _ = connected(service)
    items_are(closed)
    pull(source)
    assert verify(source).status == "ok"


CARDS = {"card": [ChoiceRecord(kind="card", external_id="7", name="Card of the " + "very " * 80 + "long name")]}


@everywhere
def test_what_forms_choose_from_is_read_once_a_whole_walk(service, connected: Desk, patched, monkeypatch):
    monkeypatch.setattr(walker, "CHEAP_WALK", 0)
    asked: list[str] = []
    patched(choices=lambda self: asked.append("whole") or CARDS)
    source, _ = connected(service)
    assert pull(source).status == "ok"
    assert pull(Source.objects.get()).status == "ok"
    assert asked == ["whole"]
    assert Choice.objects.get(kind="card").name.startswith("Card of the very")


@everywhere
def test_a_row_that_is_not_shown_any_more_cannot_be_chosen_any_more(service, connected: Desk, patched):
    source, _ = connected(service)
    patched(choices=lambda self: CARDS)
    pull(source)
    patched(choices=lambda self: {"card": []})
    read_whole()
    assert not Choice.objects.filter(kind="card").exists()


@everywhere
def test_a_failure_of_these_lists_is_no_failure_of_the_run(service, connected: Desk, patched):
    def fail(self: Any) -> Any:
        raise Rejected(500, "Out of order.")

    patched(choices=fail)
    source, _ = connected(service)
    report = pull(source)
    assert (report.status, report.error) == ("ok", "")
    assert not Invoice.objects.filter(detail_due=True).exists()


@everywhere
def test_a_service_that_wants_patience_there_ends_the_run_quietly(service, connected: Desk, patched):
    until = timezone.now() + timedelta(minutes=5)

    def wait(self: Any) -> Any:
        raise Throttled("Wait.", until)

    patched(choices=wait)
    source, _ = connected(service)
    report = pull(source)
    assert (report.status, report.error) == ("ok", "")
    assert Connection.objects.get().postponed_until == until
    assert Invoice.objects.filter(detailed_at=None).exists()
