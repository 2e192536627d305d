"""What a person prefers: the columns of a list. What is stored is read with care: nonsense there is passed over."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from arapp.people.models import User

NARROWEST, WIDEST = 40, 900
"""Pixels of a column."""

MOST_COLUMNS = 60

Chosen = tuple[str, int | None]
"""A column's name and its width in pixels; None for the usual width."""


def layout_of(person: Any, name: str) -> list[Chosen]:
    """The columns that the person chose for the list of this name, in their order; empty for the usual ones."""
    stored = getattr(person, "layouts", None)
    given = stored.get(name) if isinstance(stored, dict) else None
    found: dict[str, int | None] = {}
    for one in given[:MOST_COLUMNS] if isinstance(given, list) else []:
        if isinstance(one, dict) and isinstance(one.get("name"), str):
            found.setdefault(one["name"], _width(one.get("width")))
    return list(found.items())


def _width(given: Any) -> int | None:
    fits = isinstance(given, int) and not isinstance(given, bool) and NARROWEST <= given <= WIDEST
    return given if fits else None


def keep_layout(person: User, name: str, chosen: Iterable[Chosen]) -> None:
    """Remember the columns of one list; none at all means the usual ones again. What other lists have stays."""
    layout = [{"name": column, "width": width} if width else {"name": column} for column, width in chosen]
    with transaction.atomic():
        now = User.objects.select_for_update().only("layouts").get(pk=person.pk)
        others = {key: kept for key, kept in _lists(now.layouts).items() if key != name}
        now.layouts = others | ({name: layout} if layout else {})
        now.save(update_fields=["layouts"])
    person.layouts = now.layouts


def _lists(stored: Any) -> dict[str, Any]:
    return stored if isinstance(stored, dict) else {}
