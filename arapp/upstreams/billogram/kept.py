"""What a billogram holds beside our data, which a write may not wipe or leave behind: pure functions.

PUT replaces the list of rows (section 6.3), and what a billogram copied from its customer stays (section 4).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from arapp.receivables.records import mapping, text
from arapp.upstreams.billogram import forms
from arapp.upstreams.billogram.comparing import same, same_row

Data = Mapping[str, Any]
Body = dict[str, Any]

STREETS = ("address_line_1", "street_address")
BY_RATE = ("income_account", "vat_account")


def beside(lines: Sequence[Data], held: Sequence[Data]) -> list[Body]:
    """For each line what the row that it goes on says beside our words: accounts, objects and deduction."""
    shown = [forms.line(row) for row in held]
    found = _rows_of(lines, shown)
    return [_beside(line, held[found[n]], shown[found[n]]) if n in found else {} for n, line in enumerate(lines)]


def _rows_of(lines: Sequence[Data], shown: Sequence[Data]) -> dict[int, int]:
    """By place of a line the row that it goes on: the same one, else one known by the same item or title."""
    found: dict[int, int] = {}
    for alike in (same_row, _same_name):
        for place, line in enumerate(lines):
            free = set(range(len(shown))) - set(found.values())
            if place not in found and (nearest := _nearest(place, line, shown, free, alike)) is not None:
                found[place] = nearest
    return found


def _nearest(
    place: int, line: Data, shown: Sequence[Data], free: set[int], alike: Callable[[Data, Data], bool]
) -> int | None:
    fitting = sorted(n for n in free if alike(line, shown[n]))
    return min(fitting, key=lambda n: abs(n - place), default=None)


def _same_name(line: Data, shown: Data) -> bool:
    name = next((key for key in ("item", "title") if line.get(key) and shown.get(key)), None)
    return name is not None and text(line[name]) == shown[name]


def _beside(line: Data, row: Data, shown: Data) -> Body:
    """The service gives a row the accounts of its VAT rate (section 6.4): another rate takes others."""
    found = _filled({key: row.get(key) for key in ("bookkeeping", "regional_sweden")})
    if "bookkeeping" in found and not same("vat_rate", line.get("vat_rate") or shown.get("vat_rate"), row.get("vat")):
        found["bookkeeping"] = {key: value for key, value in found["bookkeeping"].items() if key not in BY_RATE}
    return _filled(found)


def _filled(value: Any) -> Any:
    """Without what is empty, null or no."""
    if isinstance(value, Mapping):
        return {key: found for key, each in value.items() if (found := _filled(each))}
    return [_filled(each) for each in value] if isinstance(value, list) else value


def customer_copy(copy: Data, customer: Data) -> Body:
    """Name, e-mail and address that the copy does not have as the customer has them; an address as a whole."""
    now = {"name": text(customer.get("name")), "email": text(mapping(customer.get("contact")).get("email"))}
    place = mapping(copy.get("address"))
    address = _address(place, mapping(customer.get("address")))
    found: Body = {key: value for key, value in now.items() if value != text(copy.get(key))}
    moved = any(value.casefold() != text(place[key]).casefold() for key, value in address.items())
    return found | ({"address": address} if moved else {})


def _address(place: Data, address: Data) -> dict[str, str]:
    """In the words of the copy, which may have the street in the old spelling; its city stands in capitals."""
    street = next((address[key] for key in STREETS if address.get(key)), "")
    now = {**address, **dict.fromkeys(STREETS, street)}
    return {key: text(now[key]) for key in place if key in now and not isinstance(place[key], bool)}
