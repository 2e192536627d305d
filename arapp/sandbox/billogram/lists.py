"""Paging, filters and order of list calls (reference section 3)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from arapp.sandbox.base import Request

from .schema import decimal_of
from .wire import Refused

FILTER_TYPES = ("field", "field-prefix", "field-search", "special")
LARGEST_PAGE = 100

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Listing:
    """What one class allows in its list call."""

    filters: tuple[str, ...]
    orders: tuple[str, ...]
    search: tuple[str, ...] = ()
    paging_required: bool = False
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Fields whose value is one or more of these words, in any case, joined by commas."""


def page_size(request: Request, listing: Listing) -> tuple[int, int]:
    """The page (from 1) and its size."""
    return _count(request, "page", 1, 10**9, listing), _count(request, "page_size", 25, LARGEST_PAGE, listing)


def _count(request: Request, name: str, default: int, highest: int, listing: Listing) -> int:
    given = request.first(name)
    if given is None and listing.paging_required:
        raise missing(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 12 and 1 <= int(given) <= highest):
        raise invalid(name, f"{name} must be an integer from 1 to {highest}")
    return int(given)


def missing(name: str) -> Refused:
    return Refused("MISSING_QUERY_PARAMETER", f"missing query parameter: {name}", name, [])


def invalid(name: str, message: str) -> Refused:
    return Refused("INVALID_QUERY_PARAMETER", message, name, [])


def page_of(rows: list[Any], page: int, size: int) -> list[Any]:
    return rows[(page - 1) * size : page * size]


def chosen(rows: Iterable[Row], request: Request, listing: Listing) -> list[Row]:
    """All rows the request asks for, in its order, of all pages."""
    wanted = _filter(request, listing)
    found = list(rows) if wanted is None else [row for row in rows if wanted(row)]
    return ordered(found, request, listing)


def ordered(rows: list[Row], request: Request, listing: Listing) -> list[Row]:
    order = _together(request, "order_field", "order_direction")
    return rows if order is None else _ordered(rows, *order, listing)


def _together(request: Request, *names: str) -> list[str] | None:
    """The values of parameters that come all or not at all."""
    values = [request.first(name) for name in names]
    if all(value is None for value in values):
        return None
    for name, value in zip(names, values, strict=True):
        if value is None:
            raise missing(name)
    return [str(value) for value in values]


def _ordered(rows: list[Row], name: str, direction: str, listing: Listing) -> list[Row]:
    if name not in listing.orders:
        raise invalid("order_field", f"cannot order by {name}")
    if direction not in ("asc", "desc"):
        raise invalid("order_direction", "order_direction must be asc or desc")
    value = reader(name)
    return sorted(rows, key=lambda row: _sortable(value(row)), reverse=direction == "desc")


def _sortable(value: Any) -> tuple[int, Any, str]:
    """Nothing first, then numbers, then words; an item number that is digits counts as a number."""
    if value is None:
        return 0, 0, ""
    if isinstance(value, (int, Decimal)):
        return 1, value, ""
    if value.isascii() and value.isdigit():
        return 1, Decimal(value), value
    return 2, 0, value.casefold()


def filter_parts(request: Request) -> list[str] | None:
    """Type, field and value, or None without a filter."""
    return _together(request, "filter_type", "filter_field", "filter_value")


def _filter(request: Request, listing: Listing) -> Callable[[Row], bool] | None:
    parts = filter_parts(request)
    if parts is None:
        return None
    kind, name, value = parts
    if kind not in FILTER_TYPES:
        raise invalid("filter_type", f"filter_type must be one of {', '.join(FILTER_TYPES)}")
    if kind == "special":
        return _search(name, value, listing)
    if name not in listing.filters:
        raise invalid("filter_field", f"cannot filter by {name}")
    return _field_filter(kind, name, value, listing)


def _search(name: str, value: str, listing: Listing) -> Callable[[Row], bool]:
    if name != "search" or not listing.search:
        raise invalid("filter_field", f"no special filter {name}")
    words = value.casefold().split()
    readers = [reader(path) for path in listing.search]
    return lambda row: _holds_all(words, " ".join(as_text(read(row)) for read in readers).casefold())


def _holds_all(words: list[str], haystack: str) -> bool:
    return all(word in haystack for word in words)


def _field_filter(kind: str, name: str, value: str, listing: Listing) -> Callable[[Row], bool]:
    read, sought = reader(name), value.casefold()
    if kind == "field-prefix":
        return lambda row: as_text(read(row)).casefold().startswith(sought)
    if kind == "field-search":
        return lambda row: sought in as_text(read(row)).casefold()
    if name in listing.words:
        allowed = _words(value, listing.words[name])
        return lambda row: read(row) in allowed
    return lambda row: _equal(read(row), value)


def _words(value: str, known: frozenset[str]) -> set[str]:
    spelled = {word.casefold(): word for word in known}
    asked = {part.strip().casefold() for part in value.split(",")}
    if not asked <= spelled.keys():
        raise invalid("filter_value", f"unknown value: {value}")
    return {spelled[word] for word in asked}


def _equal(held: Any, value: str) -> bool:
    if isinstance(held, Decimal):
        try:
            return held == decimal_of(value)
        except ValueError:
            return False
    return as_text(held) == value


def reader(path: str) -> Callable[[Row], Any]:
    """Reads ``a`` or ``a:b`` out of a row; None where something is missing."""
    outer, _, inner = path.partition(":")
    if not inner:
        return lambda row: row.get(outer)
    return lambda row: (row.get(outer) or {}).get(inner)


def as_text(value: Any) -> str:
    return "" if value is None else str(value)
