"""The filters, orders and columns of the catalogue."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import timezone

from arapp.lists.items import ITEM_COLUMNS, ItemFilter, catalogue
from arapp.receivables import mirror
from arapp.receivables.models import Item
from arapp.receivables.records import ItemRecord
from tests.conftest import NOW, TODAY, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf() -> None:
    """Consulting and an archived chair of one source; a gone table of another; and a line's own, of no catalogue."""
    north, south = make_source("Nord"), make_source("Süd", service="billogram")
    changed = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    consulting = ItemRecord(
        external_id="1",
        number="A-100",
        name="Consulting",
        description="By the hour",
        unit="hour",
        unit_price=Decimal("95.5"),
        currency="EUR",
        vat_rate=Decimal(19),
        updated_at=changed,
    )
    chair = ItemRecord(external_id="2", number="A-200", name="Älg chair", archived=True)
    mirror.write_items(north, [consulting, chair], NOW)
    mirror.write_items(south, [ItemRecord(external_id="3", number="300", name="Table =SUM(A1)")], NOW)
    Item.objects.filter(external_id="3").update(gone_at=timezone.now())
    Item.objects.create(source=south, external_id="9", name="Known from a line", brief=True)


def found(query: str) -> str:
    filterset = ItemFilter(QueryDict(query), catalogue(), today=TODAY)
    assert not filterset.problems
    return " ".join(item.external_id for item in filterset.export())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "1 3 2"),
        ("sort=-name", "2 3 1"),
        ("sort=number", "3 1 2"),
        ("sort=-changed", "1 3 2"),
        ("q=consult", "1"),
        ("q=a-200", "2"),
        ("q=ÄLG", "2"),
        ("q=a-100+hour", "1"),
        ("q=a-100+chair", ""),
        ("source=Nord", "1 2"),
        ("archived=1", "2"),
        ("archived=0", "1 3"),
        ("gone=1", "3"),
        ("gone=0&archived=0", "1"),
    ],
)
def test_a_filter_finds_its_items(shelf, query, expected):
    assert sorted(found(query).split()) == sorted(expected.split())
    if "sort" in query or not query:
        assert found(query).split()[0] == expected.split()[0]


@pytest.mark.parametrize("query", ["archived=perhaps", "source=West", "sort=price"])
def test_nonsense_gives_a_sentence_and_no_rows(shelf, query):
    filterset = ItemFilter(QueryDict(query), catalogue(), today=TODAY)
    assert query.partition("=")[2] in filterset.problems[0]
    assert not filterset.qs.exists()


def test_a_download_has_exact_prices_and_the_moment_of_the_change(shelf):
    item = Item.objects.select_related("source").get(external_id="1")
    told = {column.name: column.read(item, TODAY) for column in ITEM_COLUMNS}
    assert (told["unit_price"], told["vat_rate"], told["currency"]) == (Decimal("95.5"), Decimal(19), "EUR")
    assert (told["source"], told["service"], told["number"]) == ("Nord", "billomat", "A-100")
    assert told["changed"] == datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def test_an_item_without_a_price_has_an_empty_cell(shelf):
    item = Item.objects.select_related("source").get(external_id="2")
    told = {column.name: column.read(item, TODAY) for column in ITEM_COLUMNS}
    assert (told["unit_price"], told["vat_rate"], told["changed"], told["archived"]) == (None, None, None, "yes")
