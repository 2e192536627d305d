"""The catalogue: items mirrored, made, changed and deleted."""

from decimal import Decimal
from typing import Any

import pytest

from arapp.receivables.models import Item
from arapp.sandbox.billogram import items
from arapp.upstreams.pull import pull
from tests.upstreams.acting import looked_at_again, tell
from tests.upstreams.billogram.conftest import At
from tests.upstreams.billogram.desk import item_of, lose_answer, lose_request, told

pytestmark = pytest.mark.django_db

TEA = {"title": "Tea", "description": "A box", "unit": "unit", "unit_price": "130.50", "vat_rate": "25"}
BODY = {"title": "Tea", "description": "A box", "unit": "unit", "price": Decimal("130.50"), "vat": 25}


def stored(service: Any, **fields: Any) -> dict[str, Any]:
    return items.create(service.account, {"title": "Tea", "price": 130, "vat": 25} | fields)


def test_the_catalogue_is_mirrored_with_exact_prices(desk: At) -> None:
    source, service = desk
    stored(service, item_no="ART-7", price=Decimal("129.90"), vat=12, unit="hour", description="Green")
    pull(source)
    item = Item.objects.get(source=source)
    told_of = (item.external_id, item.number, item.name, item.unit, item.unit_price, item.vat_rate, item.brief)
    assert told_of == ("ART-7", "ART-7", "Tea", "hour", "129.9", "12", False)
    assert item.form == {
        "number": "ART-7",
        "title": "Tea",
        "description": "Green",
        "unit": "hour",
        "unit_price": "129.9",
        "vat_rate": "12",
    }


def test_a_new_item_is_made_and_mirrored(desk: At) -> None:
    source, service = desk
    intent = tell(source, "item.create", **TEA)
    assert (intent.state, intent.error, intent.result_id) == ("done", "", "1")
    assert told(service) == [("POST", "/item", BODY)]
    assert (intent.item.name, intent.item.unit_price) == ("Tea", "130.5")


def test_a_number_of_our_own_is_text(desk: At) -> None:
    source, service = desk
    assert tell(source, "item.create", number="ART-9", **TEA).result_id == "ART-9"
    assert told(service)[0][2]["item_no"] == "ART-9"


def test_a_number_that_is_taken_is_refused_in_the_services_words(desk: At) -> None:
    source, service = desk
    stored(service, item_no="ART-9")
    intent = tell(source, "item.create", number="ART-9", **TEA)
    assert (intent.state, intent.error) == ("refused", "Item with same item_no already exists (item_no)")


@pytest.mark.parametrize("number", [{}, {"number": "ART-9"}])
@pytest.mark.parametrize("lose", [lose_answer, lose_request])
def test_an_item_whose_answer_was_lost_is_made_once(desk_of_today: At, lose: Any, number: dict[str, str]) -> None:
    source, service = desk_of_today
    lose(service, "POST /item")
    intent = tell(source, "item.create", **TEA, **number)
    assert intent.state == "unknown"
    intent = looked_at_again(intent)
    assert (intent.state, intent.item.external_id, len(service.account.items)) == (
        "done",
        number.get("number", "1"),
        1,
    )


@pytest.mark.parametrize("other", [{"title": "Coffee"}, {"price": 131}, {"vat": 12}, {"description": "Another"}])
def test_an_item_that_differs_in_anything_is_not_taken_for_the_lost_one(
    desk_of_today: At, other: dict[str, Any]
) -> None:
    source, service = desk_of_today
    lose_request(service, "POST /item")
    intent = tell(source, "item.create", **TEA)
    stored(service, **({"price": Decimal("130.50"), "description": "A box"} | other))
    assert looked_at_again(intent).result_id == "2"


def test_only_what_changes_of_an_item_is_sent(desk: At) -> None:
    source, service = desk
    item = item_of(source, stored(service))
    intent = tell(source, "item.update", item, **item.form | {"unit_price": "131.00", "vat_rate": "25.0"})
    assert intent.state == "done"
    assert told(service) == [("PUT", "/item/1", {"price": Decimal("131.00")})]
    item.refresh_from_db()
    assert item.unit_price == "131"


def test_an_item_that_is_so_already_is_not_told(desk: At) -> None:
    source, service = desk
    item = item_of(source, stored(service))
    assert tell(source, "item.update", item, **item.form).state == "done"
    assert service.journal == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"number": "ART-9"}, "knows an item by its number"),
        ({"title": "x" * 101}, "Title must be at most 100 characters (title)"),
        ({"unit": "dozen"}, "Unit must be one of"),
        ({"unit_price": "1.005"}, "Price must have at most 2 decimals (price)"),
        ({"unit_price": ""}, "is not without a price and a VAT rate"),
        ({"vat_rate": ""}, "is not without a price and a VAT rate"),
    ],
)
def test_a_change_of_an_item_that_cannot_be_is_refused(desk: At, data: dict[str, str], words: str) -> None:
    source, service = desk
    item = item_of(source, stored(service))
    intent = tell(source, "item.update", item, **data)
    assert intent.state == "refused"
    assert words in intent.error
    assert service.account.items["1"]["title"] == "Tea"


def test_a_price_that_is_emptied_is_not_sent(desk: At) -> None:
    source, service = desk
    assert tell(source, "item.update", item_of(source, stored(service)), unit_price="").state == "refused"
    assert service.journal == []


def test_a_unit_that_is_emptied_is_the_usual_one(desk: At) -> None:
    source, service = desk
    intent = tell(source, "item.update", item_of(source, stored(service, unit="hour")), unit="")
    assert (intent.state, intent.item.unit) == ("done", "unit")
    assert told(service) == [("PUT", "/item/1", {"unit": None})]


@pytest.mark.parametrize("lose", [lose_answer, lose_request])
def test_a_change_of_an_item_whose_answer_was_lost_is_made_once(desk: At, lose: Any) -> None:
    source, service = desk
    item = item_of(source, stored(service))
    lose(service, "PUT /item/1")
    intent = tell(source, "item.update", item, title="Coffee")
    assert intent.state == "unknown"
    assert (looked_at_again(intent).state, len(service.journal)) == ("done", 1)


def test_an_item_is_deleted_and_marked_as_gone(desk: At) -> None:
    source, service = desk
    item = item_of(source, stored(service))
    assert tell(source, "item.delete", item).state == "done"
    assert told(service) == [("DELETE", "/item/1", None)]
    item.refresh_from_db()
    assert (item.gone_at is not None, service.account.items) == (True, {})


def test_an_item_that_is_gone_already_is_not_told(desk: At) -> None:
    source, service = desk
    item = item_of(source, stored(service))
    del service.account.items["1"]
    assert tell(source, "item.delete", item).state == "done"
    assert service.journal == []


def test_a_user_without_the_right_deletes_nothing(desk: At) -> None:
    source, service = desk
    item = item_of(source, stored(service))
    service.read_only_user = True
    intent = tell(source, "item.delete", item)
    assert (intent.state, intent.error) == ("refused", "the API user may not change anything")


@pytest.mark.parametrize("lose", [lose_answer, lose_request])
def test_a_deletion_whose_answer_was_lost_is_done_once(desk: At, lose: Any) -> None:
    source, service = desk
    item = item_of(source, stored(service))
    lose(service, "DELETE /item/1")
    intent = tell(source, "item.delete", item)
    assert intent.state == "unknown"
    assert (looked_at_again(intent).state, len(service.journal), service.account.items) == ("done", 1, {})
