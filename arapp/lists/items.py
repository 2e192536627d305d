"""The catalogue as a list: its filters, orders and columns, for screen and download."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from arapp.lists import values
from arapp.lists.columns import CellValue, Column, Holds
from arapp.lists.days import local
from arapp.lists.filters import ListFilter, Match, OnDay, of_sources, sort_by
from arapp.lists.lookups import each
from arapp.lists.order import Order
from arapp.receivables.models import Item

CHUNK = 2_000

ITEM_ORDERS: Mapping[str, Order] = {
    order.name: order
    for order in (
        Order("name", Lower("name"), nullable=False),
        Order("number", F("number"), nullable=False),
        Order("external_id", F("external_id"), nullable=False),
        Order("unit", Lower("unit"), nullable=False),
        Order("source", Lower("source__name"), nullable=False),
        Order("service", F("source__service"), nullable=False),
        Order("changed", F("updated_at")),
    )
}


def catalogue() -> QuerySet[Item]:
    """What the services' catalogues hold; not what is known from lines alone."""
    return Item.objects.filter(brief=False)


def holds(words: Sequence[str]) -> Q:
    """Items with each of the words in name, number or description."""
    return Q(*(Q(search__contains=word) for word in words))


class ItemFilter(ListFilter):
    orders = ITEM_ORDERS
    default_order = ITEM_ORDERS["name"]

    q = Match(each(holds), _("Search"), read=values.read_words, widget=values.SearchInput())
    source = of_sources()
    archived = OnDay(lambda rows, asked: rows.filter(archived=True), _("Archived"))
    gone = OnDay(lambda rows, asked: rows.exclude(gone_at=None), _("No longer at the service"))
    sort = sort_by(ITEM_ORDERS)

    class Meta:
        model = Item
        fields: list[str] = []

    def export(self) -> Iterator[Item]:
        """Every filtered item in the list's order."""
        return self.order.sorted(self.qs.select_related("source"), self.today).iterator(chunk_size=CHUNK)


def _text(name: str, label: object) -> Column:
    return Column(name, label, lambda item, _today: getattr(item, name))


def _number(name: str, label: object) -> Column:
    def read(item: Item, _today: date) -> CellValue:
        text: str = getattr(item, name)
        return Decimal(text) if text else None

    return Column(name, label, read, Holds.MONEY)


ITEM_COLUMNS: Sequence[Column] = (
    Column("source", _("Source"), lambda item, _today: item.source.name),
    Column("service", _("Service"), lambda item, _today: item.source.service),
    _text("external_id", _("External id")),
    _text("number", _("Number")),
    _text("name", _("Name")),
    _text("description", _("Description")),
    _text("unit", _("Unit")),
    _number("unit_price", _("Unit price")),
    _text("currency", _("Currency")),
    _number("vat_rate", _("VAT %")),
    Column("archived", _("Archived"), lambda item, _today: "yes" if item.archived else ""),
    Column(
        "changed",
        _("Changed"),
        lambda item, _today: local(item.updated_at) if item.updated_at else None,
        Holds.MOMENT,
    ),
)
