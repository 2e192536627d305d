"""Checks of written values, in the words of Django REST framework."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .answers import Refused, as_json


class Wrong(Exception):
    """A value that a field does not take; the message is meant for the caller."""


@dataclass(frozen=True)
class Field:
    read: Callable[[Any], Any]
    required: bool = True
    nullable: bool = False
    missing: Any = None
    """What an optional field becomes when it is not sent."""

    def value(self, body: dict[str, Any], name: str) -> Any:
        if name not in body:
            if self.required:
                raise Wrong("This field is required.")
            return self.missing
        if body[name] is None:
            if not self.nullable:
                raise Wrong("This field may not be null.")
            return None
        return self.read(body[name])


def checked(body: dict[str, Any], fields: dict[str, Field]) -> dict[str, Any]:
    """Every field's value; a 400 naming all fields that are wrong."""
    values: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for name, field in fields.items():
        try:
            values[name] = field.value(body, name)
        except Wrong as refusal:
            wrong[name] = [str(refusal)]
    if wrong:
        raise Refused(as_json(wrong, 400))
    return values


def text(value: Any) -> str:
    """Trimmed text; may be blank."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Wrong("Not a valid string.")
    value = str(value).strip()
    if "\x00" in value:
        raise Wrong("Null characters are not allowed.")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Wrong("Surrogate characters are not allowed.")
    return value


def name(value: Any) -> str:
    if not (said := text(value)):
        raise Wrong("This field may not be blank.")
    return said


def amount(value: Any) -> Decimal:
    """At most twelve digits, two of them after the point; text or a JSON number."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal) or len(str(value)) > 1000:
        raise Wrong("A valid number is required.")
    try:
        number = Decimal(str(value).strip())
    except ArithmeticError:
        raise Wrong("A valid number is required.") from None
    if not number.is_finite():
        raise Wrong("A valid number is required.")
    _fits(number)
    return number.quantize(Decimal("0.01"))


def _fits(number: Decimal) -> None:
    _, digits, exponent = number.as_tuple()
    places = max(0, -int(exponent))
    if max(len(digits) + max(0, int(exponent)), places) > 12:
        raise Wrong("Ensure that there are no more than 12 digits in total.")
    if places > 2:
        raise Wrong("Ensure that there are no more than 2 decimal places.")
    if max(0, len(digits) + int(exponent)) > 10:
        raise Wrong("Ensure that there are no more than 10 digits before the decimal point.")


def day(value: Any) -> date:
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()
    except (TypeError, ValueError):
        raise Wrong("Date has wrong format. Use one of these formats instead: YYYY-MM-DD.") from None


def currency(value: Any) -> str:
    if not (isinstance(value, str) and len(value) == 3 and value.isascii() and value.isupper()):
        raise Wrong(f"{_quoted(value)} is not a valid choice.")
    return value


def one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise Wrong(f"{_quoted(value)} is not a valid choice.")
        return value

    return read


def reference(things: dict[str, Any]) -> Callable[[Any], Any]:
    """A uid, read as the thing it names."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            raise Wrong("Invalid value.")
        if value not in things:
            raise Wrong(f"Object with uid={value} does not exist.")
        return things[value]

    return read


def _quoted(value: Any) -> str:
    return f'"{str(value)[:200]}"'
