"""How BillOver says things: JSON, its own error envelope, its framework's bare shapes (section 10)."""

import json
from typing import Any

from arapp.sandbox.base import Answer, Request

CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    429: "too_many_requests",
    500: "internal_server_error",
}


class Refused(Exception):
    """The request ends here with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def as_json(value: Any, status: int = 200, *headers: tuple[str, str]) -> Answer:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Answer(status, body, (("Content-Type", "application/json"), *headers))


def error(status: int, message: str, *headers: tuple[str, str]) -> Answer:
    code = CODES.get(status, "error")
    return as_json({"error": {"code": code, "message": message}}, status, *headers)


def detail(status: int, message: str) -> Answer:
    return as_json({"detail": message}, status)


def host_of(request: Request) -> str:
    """What absolute addresses in answers begin with."""
    return request.headers.get("host") or "localhost"


def not_found(thing: str) -> Refused:
    return Refused(error(404, f"{thing} not found."))


def forbidden(message: str) -> Refused:
    return Refused(error(403, message))


def json_object(request: Request) -> dict[str, Any]:
    """The body as an object; an empty body is an empty object."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not request.body:
        return {}
    if kind != "application/json":
        raise Refused(detail(415, f'Unsupported media type "{kind}" in request.'))
    try:
        value = request.json()
    except (ValueError, ArithmeticError, RecursionError):
        raise Refused(detail(400, "JSON parse error - the body is not valid JSON.")) from None
    if not isinstance(value, dict):
        said = f"Invalid data. Expected a dictionary, but got {type(value).__name__}."
        raise Refused(as_json({"non_field_errors": [said]}, 400))
    return value
