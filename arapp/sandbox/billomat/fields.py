"""The fields of a resource, and how a sent value is read into one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from arapp.sandbox.billomat.wire import Refused, Row
from arapp.sandbox.billomat.words import ENUMERATIONS

LARGEST = Decimal(10) ** 12
FINEST = Decimal("1e-8")


@dataclass(frozen=True)
class Field:
    name: str
    kind: str = "text"
    readonly: bool = False
    required: bool = False


def fields(notation: str) -> dict[str, Field]:
    """``"id:int! name* rate:number"``: name, kind (text unless told), ``!`` read only, ``*`` required."""
    found = [_field(token) for token in notation.split()]
    return {field.name: field for field in found}


def _field(token: str) -> Field:
    name, _, kind = token.rstrip("!*").partition(":")
    return Field(name, kind or "text", token.endswith("!"), token.endswith("*"))


def read(field: Field, raw: Any) -> Any:
    """The typed value of what was sent; None for nothing; Refused (400) when it cannot be that."""
    if raw is None or raw in ("", {}, []):
        return None
    if isinstance(raw, dict | list | float):
        raise Refused(400, f"{field.name} is invalid")
    if field.kind in ENUMERATIONS:
        return _one_of(field, raw)
    return READERS[field.kind](field, raw)


def _one_of(field: Field, raw: Any) -> str:
    if raw not in ENUMERATIONS[field.kind]:
        raise Refused(400, f"{field.name} is invalid")
    return raw


def _text(field: Field, raw: Any) -> str:
    return str(int(raw)) if isinstance(raw, bool) else str(raw)


def _int(field: Field, raw: Any) -> int:
    value = _number(field, raw)
    if value != value.to_integral_value():
        raise Refused(400, f"{field.name} is invalid")
    return int(value)


def _number(field: Field, raw: Any) -> Decimal:
    try:
        value = Decimal(int(raw)) if isinstance(raw, bool) else Decimal(str(raw).strip())
    except (InvalidOperation, ValueError) as error:
        raise Refused(400, f"{field.name} is invalid") from error
    if not value.is_finite() or abs(value) > LARGEST:
        raise Refused(400, f"{field.name} is invalid")
    return value if value.as_tuple().exponent >= -8 else value.quantize(FINEST)


def _flag(field: Field, raw: Any) -> bool:
    word = str(raw).lower()
    if word not in ("1", "0", "true", "false"):
        raise Refused(400, f"{field.name} is invalid")
    return word in ("1", "true")


def _date(field: Field, raw: Any) -> date:
    try:
        return date.fromisoformat(re.fullmatch(r"\d{4}-\d\d-\d\d", str(raw), re.ASCII)[0])
    except (TypeError, ValueError) as error:
        raise Refused(400, f"{field.name} is not a valid date") from error


def _time(field: Field, raw: Any) -> datetime:
    try:
        moment = raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw))
        return moment.astimezone(moment.tzinfo)
    except (ValueError, OverflowError) as error:
        raise Refused(400, f"{field.name} is not a valid time") from error


def _email(field: Field, raw: Any) -> str:
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>.]+(\.[^@\s<>.]+)+", str(raw)):
        raise Refused(400, "invalid email address")
    return str(raw)


def _currency(field: Field, raw: Any) -> str:
    if not re.fullmatch(r"[A-Z]{3}", str(raw), re.ASCII):
        raise Refused(400, f"{field.name} is invalid")
    return str(raw)


def _reduction(field: Field, raw: Any) -> str:
    text = _text(field, raw).strip()
    if not re.fullmatch(r"-?\d{1,10}(\.\d{1,6})?\s*%?", text, re.ASCII):
        raise Refused(400, f"{field.name} is invalid")
    return text


def _iban(field: Field, raw: Any) -> str:
    if not re.fullmatch(r"[A-Z]{2}\d\d[A-Z0-9]{11,30}", str(raw).replace(" ", ""), re.ASCII):
        raise Refused(400, "invalid IBAN")
    return str(raw)


def _vat(field: Field, raw: Any) -> str:
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{2,13}", str(raw).replace(" ", ""), re.ASCII):
        raise Refused(400, "invalid VAT number")
    return str(raw)


READERS: dict[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "int": _int,
    "number": _number,
    "flag": _flag,
    "date": _date,
    "time": _time,
    "email": _email,
    "currency": _currency,
    "reduction": _reduction,
    "iban": _iban,
    "vat": _vat,
}


def read_all(known: dict[str, Field], given: Row) -> Row:
    """The writable fields among what was sent; read-only and unknown ones are passed over."""
    writable = ((name, known[name]) for name in given if name in known)
    return {name: read(field, given[name]) for name, field in writable if not field.readonly}


def days_after(start: date | None, days: int | None) -> date | None:
    try:
        return start + timedelta(days=days) if start and days is not None else None
    except OverflowError as error:
        raise Refused(400, "date is invalid") from error
