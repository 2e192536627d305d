"""Billomat's JSON (reference section 3): every scalar a string, one row an object, none no key at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from arapp.upstreams.http import BadAnswer


@dataclass(frozen=True)
class Rows:
    """One page of a list as it came."""

    entries: list[Any]
    total: int | None
    """How many rows the whole list has; None where the answer does not say."""
    per_page: int | None
    """How many rows the service puts on a page, which may be fewer than were asked for."""
    done: int = 0
    """How many rows of the list are behind this page."""


def is_none(value: Any) -> bool:
    """Whether a value stands for nothing: ``""``, null or ``{}`` (3.2)."""
    return value is None or value in ("", {})


def many(value: Any) -> list[Any]:
    """The rows of a collection: a list for many, the row itself for one, nothing for none (3.1)."""
    if isinstance(value, list):
        return value
    return [] if is_none(value) else [value]


def nested(payload: Mapping[str, Any], plural: str, singular: str) -> list[Mapping[str, Any]]:
    """The objects of a nested collection such as ``taxes.tax``."""
    held = payload.get(plural)
    rows = many(held.get(singular)) if isinstance(held, Mapping) else []
    return [row for row in rows if isinstance(row, Mapping)]


def single(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The one object of an answer. BadAnswer when it is not in its wrapper."""
    value = body.get(name)
    if not isinstance(value, Mapping) or not value:
        raise BadAnswer(_("Billomat's answer has no “%(name)s”.") % {"name": name})
    return value


def envelope(body: Mapping[str, Any], plural: str, singular: str, page: int) -> Rows:
    """One page of a list. BadAnswer when it has no envelope, is another page, or is empty without saying so."""
    held = body.get(plural)
    if not isinstance(held, Mapping):
        raise BadAnswer(_("Billomat's answer has no list “%(list)s”.") % {"list": plural})
    if _count(held, "@page") not in (None, page):
        names = {"came": held["@page"], "list": plural, "page": page}
        raise BadAnswer(_("Billomat answered with page %(came)s of “%(list)s”, not page %(page)d.") % names)
    rows = Rows(many(held.get(singular)), _count(held, "@total"), _count(held, "@per_page"))
    if not rows.entries and rows.total is None:
        sentence = _("Billomat's list “%(list)s” has no rows and does not say that there are none.")
        raise BadAnswer(sentence % {"list": plural})
    return rows


def _count(held: Mapping[str, Any], name: str) -> int | None:
    value = held.get(name)
    if is_none(value):
        return None
    plain = str(value)
    if not plain.isascii() or not plain.isdigit() or len(plain) > 12:
        raise BadAnswer(_("Billomat's “%(name)s” is not a number.") % {"name": name})
    return int(plain)
