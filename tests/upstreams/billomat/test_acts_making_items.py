"""item.create and item.update: articles, whose unit and tax are ids there."""

import json
from typing import Any

import pytest

from arapp.receivables.models import Item, Source
from arapp.sandbox.base import Fault
from arapp.sandbox.billomat import Billomat as StandIn
from arapp.upstreams.pull import pull
from tests.upstreams.acting import carried_out, looked_at_again, tell, wish
from tests.upstreams.billomat.wiring import refusal
from tests.upstreams.conftest import Desk

CONSULTING = {"title": "Consulting", "unit": "H", "unit_price": "95.50", "vat_rate": "19.0", "type": "service"}
ARRIVED = pytest.mark.parametrize("after", [True, False], ids=["it arrived", "it did not arrive"])


@pytest.fixture
def desk(connected: Desk) -> tuple[Source, StandIn]:
    """An account whose catalogue is that of the seed."""
    return connected("billomat", invoices=0)


@pytest.fixture
def known(desk) -> tuple[Source, StandIn, Item]:
    source, standin = desk
    pull(source)
    return source, standin, Item.objects.filter(source=source).order_by("id").first()


def bodies(standin: StandIn) -> list[tuple[str, str, Any]]:
    return [(one.method, one.path, json.loads(one.body)) for one in standin.journal]


def id_of(standin: StandIn, plural: str, **values: Any) -> int:
    rows = standin.tables[plural].rows.values()
    return next(row["id"] for row in rows if all(row[name] == value for name, value in values.items()))


def test_the_catalogue_is_read_with_the_names_of_units_and_taxes(known):
    source, standin, item = known
    assert Item.objects.filter(source=source).count() == len(standin.tables["articles"].rows)
    article = standin.find(item.external_id, "articles")
    unit = standin.find(article["unit_id"], "units")["name"]
    rate = str(standin.find(article["tax_id"], "taxes")["rate"])
    assert (item.name, item.unit, item.vat_rate, item.number) == (article["title"], unit, rate, "A1")
    assert (item.form["unit"], item.form["vat_rate"], item.form["number"]) == (unit, rate, "A1")
    assert (item.brief, item.currency) == (False, "EUR")


def test_a_new_item_is_an_article_that_carries_our_reference(desk):
    source, standin = desk
    intent = tell(source, "item.create", number="B07", currency="EUR", description="On site", **CONSULTING)
    assert (intent.state, intent.error) == ("done", "")
    article = {
        "title": "Consulting",
        "description": "On site",
        "currency_code": "EUR",
        "sales_price": "95.50",
        "type": "SERVICE",
        "number": 7,
        "number_pre": "B",
        "number_length": 2,
        "unit_id": id_of(standin, "units", name="h"),
        "tax_id": id_of(standin, "taxes", rate=19),
        "customfield": intent.reference,
    }
    assert bodies(standin) == [("POST", "/api/articles", {"article": article})]
    item = Item.objects.get(source=source)
    assert (intent.item, intent.result_id) == (item, item.external_id)
    assert (item.number, item.name, item.unit, item.unit_price, item.vat_rate) == (
        "B07",
        "Consulting",
        "h",
        "95.5",
        "19",
    )


def test_an_items_price_is_changed_and_nothing_else(known):
    source, standin, item = known
    before = dict(standin.find(item.external_id, "articles"))
    assert tell(source, "item.update", item, unit_price="1.2345").state == "done"
    path = f"/api/articles/{item.external_id}"
    assert bodies(standin) == [("PUT", path, {"article": {"sales_price": "1.2345"}})]
    item.refresh_from_db()
    assert (item.unit_price, item.unit) == ("1.2345", standin.find(before["unit_id"], "units")["name"])


def test_an_item_gets_another_unit_and_tax(known):
    source, standin, item = known
    assert tell(source, "item.update", item, unit="km", vat_rate="7").state == "done"
    ids = {"unit_id": id_of(standin, "units", name="km"), "tax_id": id_of(standin, "taxes", rate=7)}
    assert bodies(standin) == [("PUT", f"/api/articles/{item.external_id}", {"article": ids})]
    item.refresh_from_db()
    assert (item.unit, item.vat_rate) == ("km", "7")


def test_a_change_that_is_so_already_is_not_sent(known):
    source, standin, item = known
    form = {**item.form, "unit_price": f"{item.form['unit_price']}.00"}
    assert tell(source, "item.update", item, **form).state == "done"
    assert standin.journal == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"unit": "furlong"}, "no unit that is called “furlong”"),
        ({"vat_rate": "12.5"}, "no tax of 12.5 %"),
        ({"number": "ABC"}, "ends in digits"),
    ],
)
@pytest.mark.parametrize("kind", ["item.create", "item.update"])
def test_what_billomat_has_no_place_for_is_refused_before_it_is_sent(known, kind, data, words):
    source, standin, item = known
    intent = tell(source, kind, item if kind == "item.update" else None, **({**CONSULTING, **data}))
    assert (intent.state, words in intent.error) == ("refused", True), intent.error
    assert standin.journal == []


@pytest.mark.parametrize(("kind", "method"), [("item.create", "POST"), ("item.update", "PUT")])
def test_what_billomat_refuses_is_refused_in_its_words(known, kind, method):
    source, standin, item = known
    standin.faults.append(Fault(refusal(403, "insufficient capacity"), method=method))
    intent = tell(source, kind, item if kind == "item.update" else None, **CONSULTING)
    assert (intent.state, intent.error) == ("refused", "insufficient capacity")


@ARRIVED
def test_after_a_lost_answer_there_is_one_item(desk, after):
    source, standin = desk
    count = len(standin.tables["articles"].rows)
    intent = wish(source, "item.create", **CONSULTING)
    standin.faults.append(Fault(drop=True, method="POST", path="/articles", after=after))
    assert carried_out(intent).state == "unknown"
    assert looked_at_again(intent).state == "done"
    assert len(standin.tables["articles"].rows) == count + 1
    assert Item.objects.get(source=source, brief=False).name == "Consulting"


@ARRIVED
def test_a_change_whose_answer_was_lost_is_settled_by_a_look(known, after):
    source, standin, item = known
    intent = wish(source, "item.update", item, title="Renamed")
    standin.faults.append(Fault(drop=True, method="PUT", path="/articles", after=after))
    assert carried_out(intent).state == "unknown"
    assert looked_at_again(intent).state == "done"
    assert len(standin.journal) == 1
    item.refresh_from_db()
    assert item.name == "Renamed"


def test_where_the_lists_of_units_and_taxes_are_closed_items_are_read_without(desk):
    source, standin = desk
    for path in ("/units", "/taxes"):
        standin.faults.append(Fault(refusal(403, "no right"), path=path, times=99))
    report = pull(source)
    assert report.status == "ok"
    item = Item.objects.filter(source=source).first()
    assert (item.unit, item.vat_rate, item.unit_price != "") == ("", "", True)


def test_what_is_new_in_the_catalogue_since_the_last_run_is_read(known):
    source, standin, _item = known
    standin.tables["articles"].create({"title": "Brand new", "sales_price": 3})
    pull(source)
    assert Item.objects.filter(source=source, name="Brand new").exists()
