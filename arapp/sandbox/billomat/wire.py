"""How Billomat writes and reads: scalars as strings, one row an object, none no key (reference section 3)."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from arapp.sandbox.base import Answer, Request

Row = dict[str, Any]

NULL = object()
"""A true JSON null, which Billomat sends in one place only (a fresh draft's ``discount_amount``)."""


@dataclass(frozen=True)
class Many:
    """A nested or listed collection; its attributes follow the rows."""

    name: str
    rows: Sequence[Any] = ()
    attributes: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Reply:
    """What a handler says before it is put into JSON or XML. No payload is an empty body."""

    payload: Row | None = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    raw: Answer | None = None


class Refused(Exception):
    """An answer with an error body."""

    def __init__(self, status: int, *messages: str) -> None:
        super().__init__(*messages)
        self.status = status
        self.messages = messages

    def reply(self) -> Reply:
        error = self.messages[0] if len(self.messages) == 1 else list(self.messages)
        return Reply({"errors": {"error": error}}, self.status)


@dataclass(frozen=True)
class Style:
    """How numbers and empty values look: padded as in 2012, ``""``, ``None`` or ``{}`` for nothing."""

    padded: bool = False
    empty: Any = ""


def number(value: Decimal, style: Style = Style()) -> str:
    if style.padded:
        return f"{value:.2f}" if value == round(value, 2) else f"{value:f}"
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def scalar(value: Any, style: Style) -> Any:
    if value is None:
        return style.empty
    if value is NULL:
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return number(value, style)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def plain(value: Any, style: Style) -> Any:
    """The payload with nothing but dicts, lists, strings (and the rare null) in it."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {name: plain(held, style) for name, held in value.items() if not _absent(held)}
    if isinstance(value, Many):
        rows = [plain(row, style) for row in value.rows]
        held = {value.name: rows[0] if len(rows) == 1 else rows} if rows else {}
        return held | {f"@{name}": str(known) for name, known in value.attributes}
    if isinstance(value, list):
        return [plain(row, style) for row in value]
    return scalar(value, style)


def _absent(value: Any) -> bool:
    return isinstance(value, Many) and not value.rows and not value.attributes


def as_json(payload: Row, style: Style) -> bytes:
    return json.dumps(plain(payload, style)).replace("/", "\\/").encode()


def as_xml(payload: Row, style: Style) -> bytes:
    (name, value), *_ = plain(payload, style).items()
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_element(name, value)}'.encode(errors="replace")


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    if not isinstance(value, dict):
        return f"<{name}>{_text(value)}</{name}>"
    known = {key[1:]: held for key, held in value.items() if key.startswith("@")}
    array = ' type="array"' if known else ""
    attributes = array + "".join(f" {key}={quoteattr(held)}" for key, held in known.items())
    inner = "".join(_element(key, held) for key, held in value.items() if not key.startswith("@"))
    return f"<{name}{attributes}>{inner}</{name}>"


def _text(value: Any) -> str:
    return escape(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", value or ""))


def wants_json(request: Request) -> bool:
    """JSON only when asked for; ``format`` in the query goes before ``Accept``."""
    asked = (request.first("format") or "").lower()
    if asked in ("json", "xml"):
        return asked == "json"
    return "application/json" in request.headers.get("accept", "").lower()


def body_of(request: Request) -> Any:
    """The body as nested dicts, whatever it is written in; None when there is none."""
    if not request.body.strip():
        return None
    try:
        if "xml" in request.headers.get("content-type", "").lower():
            return _from_xml(request.body)
        return request.json()
    except (ValueError, RecursionError, ArithmeticError, ElementTree.ParseError) as error:
        raise Refused(400, "Invalid request body") from error


def _from_xml(body: bytes) -> Row:
    if b"<!" in body:
        raise ValueError("no document types here")
    root = ElementTree.fromstring(body)
    return {root.tag: _content(root)}


def _content(element: ElementTree.Element) -> Any:
    if not len(element):
        return element.text or ""
    held: Row = {}
    for child in element:
        value = _content(child)
        if child.tag in held:
            first = held[child.tag]
            value = [*first, value] if isinstance(first, list) else [first, value]
        held[child.tag] = value
    return held


def unwrapped(body: Any, wrapper: str) -> Row:
    """What stands under the wrapper; 400 when a body to create or change something has no such wrapper."""
    if not isinstance(body, dict) or wrapper not in body:
        raise Refused(400, f"Element {wrapper} is missing")
    inner = body[wrapper]
    if inner in (None, "", []):
        return {}
    if not isinstance(inner, dict):
        raise Refused(400, f"Element {wrapper} is invalid")
    return inner


def children(given: Row, plural: str, singular: str) -> list[Row]:
    """Inline rows of a document: a list, one object, or nothing."""
    held = given.get(plural)
    if isinstance(held, dict):
        held = held.get(singular)
    rows = held if isinstance(held, list) else [held] if isinstance(held, dict) else []
    if any(not isinstance(row, dict) for row in rows):
        raise Refused(400, f"Element {plural} is invalid")
    return rows
