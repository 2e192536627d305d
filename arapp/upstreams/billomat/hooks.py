"""Billomat's webhooks: whether one is genuine, and what it names (reference section 8). Pure functions."""

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import ParseError, XMLParser

from django.utils.translation import gettext as _

from arapp.receivables.records import CREDIT_NOTE, INVOICE, text
from arapp.upstreams.base import CUSTOMER, ITEM, Hint

CHALLENGE = 'Basic realm="hook"'
"""What a 401 asks for; whether Billomat sends the password unasked is not known (14)."""
USER = b"hook"
EVENT = "x-billomat-webhook-event"
LONGEST_ID = 200
SUBJECTS = {
    "invoice": (INVOICE, "id"),
    "invoice_payment": (INVOICE, "invoice_id"),
    "invoice_comment": (INVOICE, "invoice_id"),
    "reminder": (INVOICE, "invoice_id"),
    "credit_note": (CREDIT_NOTE, "id"),
    "credit_note_payment": (CREDIT_NOTE, "credit_note_id"),
    "credit_note_comment": (CREDIT_NOTE, "credit_note_id"),
    "client": (CUSTOMER, "id"),
    "client_property_value": (CUSTOMER, "client_id"),
    "contact": (CUSTOMER, "client_id"),
    "article": (ITEM, "id"),
}
"""By the object that an event is about: the kind of what is read, and the field with its id."""
NOT_SHOWN = frozenset(
    "offer confirmation delivery_note recurring incoming supplier offer_comment "
    "confirmation_comment delivery_note_comment incoming_comment incoming_payment article_property client_property "
    "supplier_property incoming_property article_property_value supplier_property_value "
    "incoming_property_value".split()
)


class _Refused(ValueError):
    """An XML document that declares something of its own, such as entities."""


def refusal(keys: Sequence[str], headers: Mapping[str, str], body: bytes, now: float) -> str:
    """Why it is not genuine, for the log; "" when it is. Names of headers in lower case."""
    user, password = _told(headers.get("authorization", ""))
    if not password:
        return "it carries no password"
    fits = [hmac.compare_digest(password, form) for key in keys for form in _forms(key)]
    return "" if any(fits) and user == USER else "its user or password is wrong"


def _told(header: str) -> tuple[bytes, bytes]:
    scheme, _space, value = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return b"", b""
    try:
        plain = base64.b64decode(value.strip(), validate=True)
    except ValueError:
        return b"", b""
    user, _colon, password = plain.partition(b":")
    return user, password


def _forms(key: str) -> set[bytes]:
    """The bytes that a password may come as: HTTP does not say in which encoding."""
    forms = {key.encode()}
    if all(ord(letter) < 256 for letter in key):
        forms.add(key.encode("latin-1"))
    return forms - {b""}


def hints(headers: Mapping[str, str], body: bytes) -> list[Hint]:
    """What to read because of it; one hint without an id where there is nothing. Never raises."""
    event = text(headers.get(EVENT)).strip()
    subject = _plain(event.partition(".")[0])
    if subject in NOT_SHOWN:
        return [Hint(event, note=_("Nothing of it is shown at the desk."))]
    try:
        root, fields = _outline(body)
    except (ValueError, ParseError, RecursionError, LookupError):
        return [Hint(event, note=_("Billomat sent something that is neither readable JSON nor XML."), odd=True)]
    named = root if root in SUBJECTS else subject
    if named not in SUBJECTS:
        sentence = _("“%(event)s” is an event that the desk does not know.")
        return [Hint(event, note=sentence % {"event": (event or root)[:60]}, odd=True)]
    kind, field = SUBJECTS[named]
    external_id = _id(fields.get(field))
    if not external_id:
        return [Hint(event or named, kind, note=_("Billomat did not say which one it is about."), odd=True)]
    return [Hint(event or named, kind, external_id)]


def _plain(name: str) -> str:
    """``invoice_payment`` for ``invoice-payment``."""
    return name.strip().lower().replace("-", "_")


def _outline(body: bytes) -> tuple[str, Mapping[str, Any]]:
    """The name of the object, "" where it comes without a wrapper, and its fields. Raises whatever."""
    try:
        told = json.loads(body)
    except ValueError:
        return _of_xml(body)
    if not isinstance(told, dict):
        raise ValueError("not an object")
    wrapped = [(name, one) for name, one in told.items() if isinstance(one, Mapping)]
    if "id" not in told and len(wrapped) == 1:
        name, inner = wrapped[0]
        return _plain(name), inner
    return "", told


def _of_xml(body: bytes) -> tuple[str, Mapping[str, str]]:
    outline = _Outline()
    parser = XMLParser(target=outline)
    parser.feed(body)
    parser.close()
    return _plain(outline.root), outline.fields


class _Outline:
    """The root of an XML document and the texts of its children; what lies deeper is passed over."""

    def __init__(self) -> None:
        self.root, self.fields = "", {}
        self._open: list[str] = []

    def doctype(self, *_declared: object) -> None:
        raise _Refused

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        self._open.append(tag.rpartition("}")[2])
        if len(self._open) == 1:
            self.root = self._open[0]

    def data(self, said: str) -> None:
        if len(self._open) == 2:
            self.fields[self._open[1]] = self.fields.get(self._open[1], "") + said

    def end(self, _tag: str) -> None:
        self._open.pop()

    def close(self) -> None:
        return None


def _id(value: Any) -> str:
    """Text that can be an id, "" for anything else."""
    plain = text(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    fine = bool(plain.strip(".")) and plain.isprintable() and len(plain) <= LONGEST_ID
    return plain if fine else ""
