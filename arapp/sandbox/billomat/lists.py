"""Filters, order and paging of a list (reference sections 2.5 and 2.6)."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from arapp.sandbox.base import Request
from arapp.sandbox.billomat.fields import Field, read
from arapp.sandbox.billomat.wire import Many, Refused, Reply, Row

if TYPE_CHECKING:
    from arapp.sandbox.billomat.table import Table

Test = Callable[[Row], bool]
Filter = Callable[["Table", str], Test]

PER_PAGE = 100
MOST_PER_PAGE = 1000


def text(field: str) -> Filter:
    """A part of the value, ignoring case."""

    def make(table: "Table", raw: str) -> Test:
        part = raw.casefold()
        return lambda row: part in str(row[field] or "").casefold()

    return make


def ids(field: str) -> Filter:
    """One id or several with commas between."""

    def make(table: "Table", raw: str) -> Test:
        wanted = numbers(raw)
        return lambda row: row[field] in wanted

    return make


def choice(field: str, known: tuple[str, ...]) -> Filter:
    """Words with commas between, each of which must be known."""

    def make(table: "Table", raw: str) -> Test:
        wanted = words(raw)
        if not wanted <= set(known):
            raise Refused(400, f"{field} is invalid")
        return lambda row: row[field] in wanted

    return make


def exact(field: str) -> Filter:
    def make(table: "Table", raw: str) -> Test:
        wanted = {word.lower() for word in words(raw)}
        return lambda row: str(row[field] or "").lower() in wanted

    return make


def flag(field: str) -> Filter:
    def make(table: "Table", raw: str) -> Test:
        wanted = read(Field(field, "flag"), raw)
        return lambda row: bool(row[field]) is wanted

    return make


def since(field: str) -> Filter:
    def make(table: "Table", raw: str) -> Test:
        first: date = read(Field("from", "date"), raw)
        return lambda row: row[field] is not None and row[field] >= first

    return make


def until(field: str) -> Filter:
    def make(table: "Table", raw: str) -> Test:
        last: date = read(Field("to", "date"), raw)
        return lambda row: row[field] is not None and row[field] <= last

    return make


def among(find: Callable[["Table", str], set[int]]) -> Filter:
    """Rows whose id is in a set worked out from the value."""

    def make(table: "Table", raw: str) -> Test:
        found = find(table, raw)
        return lambda row: row["id"] in found

    return make


def words(raw: str) -> set[str]:
    return {word.strip() for word in raw.split(",") if word.strip()}


def numbers(raw: str) -> set[int]:
    return {int(word) for word in words(raw) if re.fullmatch(r"\d{1,15}", word, re.ASCII)}


def sent(request: Request, name: str) -> str:
    """The last value of a parameter, as PHP reads a query."""
    return (request.every(name) or [""])[-1]


def select(table: "Table", request: Request) -> list[Row]:
    """The rows that meet the filters, by ascending id. Unknown and empty parameters do not filter."""
    _demand_parent(table, request)
    tests = [make(table, raw) for name, make in table.filters.items() if (raw := sent(request, name))]
    tests += table.more_tests(request)
    return [row for row in _candidates(table, request) if all(test(row) for test in tests)]


def _demand_parent(table: "Table", request: Request) -> None:
    if not table.parent:
        return
    asked = sent(request, table.parent)
    if not asked.strip():
        raise Refused(403, f"{table.parent} is missing")
    if any(table.service.is_foreign(number) for number in numbers(asked)):
        raise Refused(401, "Unauthorized")


def _candidates(table: "Table", request: Request) -> Iterable[Row]:
    for name in table.indexed:
        if name in table.filters and (raw := sent(request, name)):
            rows = [row for value in numbers(raw) for row in table.of(name, value)]
            return sorted(rows, key=lambda row: row["id"])
    return table.rows.values()


def ordered(table: "Table", rows: list[Row], order: str) -> list[Row]:
    """By the named fields in turn; a name that is not one of the resource's fields is passed over."""
    for part in reversed(order.split(",")):
        name, _, direction = part.strip().partition(" ")
        if name in table.fields and (name != "updated" or table.service.honours_updated_order):
            rows = _sorted(rows, name, direction.strip().upper() == "DESC")
    return rows


def _sorted(rows: list[Row], name: str, descending: bool) -> list[Row]:
    def key(row: Row) -> tuple[bool, Any]:
        value = row[name]
        return value is not None, value.casefold() if isinstance(value, str) else value

    try:
        return sorted(rows, key=key, reverse=descending)
    except TypeError:
        return rows


def paged(table: "Table", request: Request, rows: list[Row]) -> Reply:
    """One page in its envelope. A page past the end is an envelope without rows."""
    page = _positive(sent(request, "page"), 1)
    per_page = min(_positive(sent(request, "per_page"), PER_PAGE), MOST_PER_PAGE)
    cut = rows[(page - 1) * per_page : page * per_page]
    attributes = (("page", page), ("per_page", per_page), ("total", len(rows)))
    shown = Many(table.singular, [table.shown(row) for row in cut], attributes)
    return Reply({table.plural: shown}, headers=(("X-Total-Count", str(len(rows))),))


def _positive(raw: str, default: int) -> int:
    return int(raw) if re.fullmatch(r"0*[1-9]\d{0,8}", raw, re.ASCII) else default
