"""What goes over the wire: exact JSON numbers, the two envelopes, and errors (reference sections 1.1 and 2)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import Any

from arapp.sandbox.base import Answer, Request

CONTENT_TYPE = ("Content-Type", "application/json")
HTTP_STATUS = {
    "MISSING_AUTH": 401,
    "INVALID_AUTH": 403,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "NOT_AVAILABLE_YET": 404,
    "METHOD_NOT_ALLOWED": 405,
    "INTERNAL_ERROR": 500,
}
"""Every other error status is a 400 (section 2.3)."""

ABSENT = object()


class Refused(Exception):
    """An answer that is not OK. ``field`` and ``path`` are left out of the answer when they are not given."""

    def __init__(self, status: str, message: str, field: Any = ABSENT, path: Any = ABSENT) -> None:
        super().__init__(message)
        self.status = status
        self.data = {"message": message}
        if field is not ABSENT:
            self.data |= {"field": field, "field_path": None if path is ABSENT else path}

    def answer(self) -> Answer:
        challenge = (("WWW-Authenticate", 'Basic realm="Billogram API"'),)
        headers = (CONTENT_TYPE, *(challenge if self.status == "MISSING_AUTH" else ()))
        body = dumps({"status": self.status, "data": self.data}).encode()
        return Answer(HTTP_STATUS.get(self.status, 400), body, headers)


def not_found(number: object) -> Refused:
    return Refused("NOT_FOUND", f"object not found with id={number}")


def ok(data: Any, meta: Mapping[str, Any] | None = None) -> Answer:
    envelope = {"status": "OK", "data": data} if meta is None else {"status": "OK", "meta": meta, "data": data}
    return Answer(200, dumps(envelope).encode(), (CONTENT_TYPE,))


def body_of(request: Request) -> dict[str, Any]:
    """The request's JSON object, whatever Content-Type was named; nothing and ``null`` count as an empty one."""
    if not request.body.strip():
        return {}
    try:
        body = request.json()
    except (ValueError, RecursionError, ArithmeticError):
        raise Refused("INVALID_PARAMETER", "request body is not valid JSON") from None
    if body is not None and not isinstance(body, dict):
        raise Refused("INVALID_PARAMETER", "request body must be a JSON object")
    return body or {}


def dumps(value: Any) -> str:
    """JSON in which a Decimal stands with exactly the digits it has."""
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{encode_basestring_ascii(k)}: {dumps(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(dumps, value)) + "]"
    return json.dumps(value, allow_nan=False)


@lru_cache(maxsize=4096)
def pointed(value: Decimal) -> Decimal:
    """The value with at least one decimal, as amounts are written at the top level (``67.0``)."""
    exponent = int(value.normalize().as_tuple().exponent)
    return value.quantize(Decimal(1).scaleb(min(exponent, -1)))


def plain(value: Decimal) -> Decimal | int:
    """A whole value as an integer, as amounts are written in ``detailed_sums`` and events (``67``)."""
    whole = value.to_integral_value()
    return int(whole) if value == whole else value.normalize()


def stamp(moment: datetime) -> str:
    """Timestamp A: UTC without a zone."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
