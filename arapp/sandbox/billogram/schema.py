"""Which fields a request may carry, and what each may hold (reference sections 1.2 and 2)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from .wire import Refused, plain, pointed

LARGEST = Decimal(10) ** 10

Schema = Mapping[str, "Field"]
Check = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: a checked value, a sub-structure (``inside``) or a list of structures (``rows``)."""

    check: Check | None = None
    default: Any = None
    inside: Schema | None = None
    rows: Schema | None = None
    read_only: bool = False
    never_null: bool = False


READ_ONLY = Field(read_only=True)


def defaults(schema: Schema) -> dict[str, Any]:
    """What an object holds when nothing was sent; read-only fields are left out."""
    return {name: _default(field) for name, field in schema.items() if not field.read_only}


def _default(field: Field) -> Any:
    if field.inside is not None:
        return defaults(field.inside)
    return [] if field.rows is not None else field.default


def checked(schema: Schema, body: Any, path: tuple = ()) -> dict[str, Any]:
    """The fields that were sent, cleaned. A sub-structure sent as null counts as not sent (section 1.2)."""
    if not isinstance(body, Mapping):
        raise Refused("INVALID_PARAMETER", "must be an object", path[-1] if path else None, list(path[:-1]))
    result = {}
    for name, value in body.items():
        field = schema.get(name)
        if field is None:
            raise Refused("UNKNOWN_PARAMETER", f"unexpected key: {name}", name, list(path))
        if field.read_only:
            raise Refused("READ_ONLY_PARAMETER", f"key is read only: {name}", name, list(path))
        if value is not None:
            result[name] = _cleaned(field, name, value, path)
        elif field.never_null:
            raise not_set(name, path)
        elif field.inside is None:
            result[name] = _default(field)
    return result


def _cleaned(field: Field, name: str, value: Any, path: tuple) -> Any:
    if field.inside is not None:
        return checked(field.inside, value, (*path, name))
    if field.rows is not None:
        return _rows(field.rows, name, value, path)
    try:
        return field.check(value) if field.check else value
    except ValueError as problem:
        raise Refused("INVALID_PARAMETER", f"{_spoken(name)} {problem}", name, list(path)) from None


def _rows(schema: Schema, name: str, value: Any, path: tuple) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > 1000:
        raise Refused("INVALID_PARAMETER", f"{_spoken(name)} must be a list", name, list(path))
    return [checked(schema, row, (*path, name, position)) for position, row in enumerate(value)]


def require(body: Mapping[str, Any], names: tuple[str, ...], path: tuple = ()) -> None:
    for name in names:
        if body.get(name) in (None, "", []):
            raise not_set(name, path)


def not_set(name: str, path: tuple = ()) -> Refused:
    return Refused("INVALID_PARAMETER", f"{_spoken(name)} not set", name, list(path))


def _spoken(name: str) -> str:
    return name[:1].upper() + name[1:]


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """``old`` with what was sent laid over it; sub-structures are laid over field by field."""
    result = dict(old)
    for name, value in new.items():
        inner = isinstance(value, Mapping) and isinstance(result.get(name), Mapping)
        result[name] = merged(result[name], value) if inner else value
    return result


def text(longest: int = 1000) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("must be a string")
        if len(value) > longest:
            raise ValueError(f"must be at most {longest} characters")
        return value

    return check


def decimal_of(value: Any) -> Decimal:
    """The exact number; strings with a number are taken too (section 1.1)."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        raise ValueError("must be a number")
    try:
        number = Decimal(value)
    except (InvalidOperation, ValueError):
        raise ValueError("must be a number") from None
    if not number.is_finite() or abs(number) >= LARGEST or int(number.as_tuple().exponent) < -12:
        raise ValueError("is out of range")
    return +number


def number(low: int | None = None, high: int | None = None, places: int = 2, whole: bool = False) -> Check:
    """A number kept as ``67.0``, or as ``67`` when ``whole`` asks for that form."""

    def check(value: Any) -> Decimal | int:
        amount = decimal_of(value)
        if (low is not None and amount < low) or (high is not None and amount > high):
            raise ValueError("is out of range")
        if amount != round(amount, places):
            raise ValueError(f"must have at most {places} decimals")
        return plain(amount) if whole else pointed(amount)

    return check


def integer(low: int, high: int) -> Check:
    def check(value: Any) -> int:
        amount = decimal_of(value)
        if amount != amount.to_integral_value() or not low <= amount <= high:
            raise ValueError(f"must be an integer from {low} to {high}")
        return int(amount)

    return check


def choice(*allowed: str) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return value

    return check


def matching(pattern: str, words: str) -> Check:
    """Text that matches the whole pattern, or is empty."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or (value and not re.fullmatch(pattern, value)):
            raise ValueError(f"must be {words}")
        return value

    return check


def boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def day(value: Any) -> str:
    """A date; a full ISO moment is cut to its date, as one client's tests expect (section 1.1)."""
    return day_of(value).isoformat()


def day_of(value: Any) -> date:
    try:
        found = _iso_date(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or not 1970 <= found.year <= 2200:
        raise ValueError("must be a date, YYYY-MM-DD")
    return found


def _iso_date(value: str) -> date:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return date.fromisoformat(value)
    if not re.match(r"\d{4}-\d{2}-\d{2}T", value, re.ASCII):
        raise ValueError
    return datetime.fromisoformat(value).date()
