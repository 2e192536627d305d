"""Stored items (reference section 5)."""

from typing import Any

from .account import Account
from .lists import Listing
from .schema import READ_ONLY, Check, Field, checked, choice, defaults, merged, number, require, text
from .wire import Refused

UNITS = (
    *("unit", "hour", "day", "month", "year", "kg", "gram", "kwh", "ton"),
    *("meter", "mm", "km", "m2", "m3", "litre", "-"),
)
LARGEST_NUMBER = 999999999


def item_number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError("must be a string")
    found = str(value) if isinstance(value, str) or abs(value) <= LARGEST_NUMBER else "9" * 31
    if found.isdecimal() and (len(found) > 30 or int(found) > LARGEST_NUMBER):
        raise ValueError(f"must be at most {LARGEST_NUMBER}")
    if not 1 <= len(found) <= 30:
        raise ValueError("must have 1 to 30 characters")
    return found


def price() -> Check:
    return number(places=2)


def vat() -> Check:
    return number(0, 100, whole=True)


ACCOUNTS = {"income_account": Field(text(20), default=""), "vat_account": Field(text(20), default="")}
ITEM = {
    "item_no": Field(item_number, never_null=True),
    "title": Field(text(100), never_null=True),
    "description": Field(text(200), default=""),
    "price": Field(price(), never_null=True),
    "vat": Field(vat(), never_null=True),
    "unit": Field(choice(*UNITS), default="unit"),
    "zero_vat_reason": Field(choice("VAT_EXEMPT", "ZERO_RATE_VAT")),
    "zero_vat_reason_reference": Field(text()),
    "bookkeeping": Field(inside=ACCOUNTS),
    "created_at": READ_ONLY,
    "updated_at": READ_ONLY,
}
BLANK = defaults(ITEM)

LISTING = Listing(
    filters=("item_no", "title", "description", "price", "bookkeeping:income_account", "bookkeeping:vat_account"),
    orders=("item_no", "title", "price", "created_at", "updated_at"),
    search=("item_no", "title", "description"),
)


def create(account: Account, body: dict[str, Any]) -> dict[str, Any]:
    sent = checked(ITEM, body)
    require(sent, ("title", "price", "vat"))
    number = sent.setdefault("item_no", _next_number(account))
    _refuse_taken(account, number)
    item = merged(BLANK, sent) | {"created_at": account.stamp(), "updated_at": None}
    account.items[number] = item
    return item


def update(account: Account, item: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """A new ``item_no`` becomes the new address of the item."""
    sent = checked(ITEM, body)
    require(item | sent, ("title",))
    number = sent.get("item_no", item["item_no"])
    if number != item["item_no"]:
        _refuse_taken(account, number)
    del account.items[item["item_no"]]
    item.update(merged(item, sent), updated_at=account.stamp())
    account.items[number] = item
    return item


def delete(account: Account, item: dict[str, Any]) -> dict[str, Any]:
    del account.items[item["item_no"]]
    return {}


def _next_number(account: Account) -> str:
    return str(max((int(number) for number in account.items if number.isdecimal()), default=0) + 1)


def _refuse_taken(account: Account, number: str) -> None:
    if number in account.items:
        raise Refused("INVALID_PARAMETER", "Item with same item_no already exists", "item_no", None)
