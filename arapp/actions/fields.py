"""The fields of an action's data: what a form shows, what its JSON Schema says, and the one check of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from arapp.actions.kinds import KINDS, Place, Wrong
from arapp.receivables.models import Service, Source

ALL = frozenset(Service.values)
BILLOGRAM, BILLOMAT, BILLOVER = (
    frozenset({service.value}) for service in (Service.BILLOGRAM, Service.BILLOMAT, Service.BILLOVER)
)
MOST_ROWS = 500
EMPTIED = frozenset("amount decimal percent reduction integer day choice option".split())
"""Kinds of which an empty text is not a value, but takes away the one that is there."""


@dataclass(frozen=True)
class Field:
    """One value of an action's data. Two fields may share a name where services differ; a service has one of them."""

    name: str
    label: str | Promise
    kind: str = "text"
    required: bool = False
    never_empty: bool = False
    """May be left out, but what is there is not taken away."""
    help: str | Promise = ""
    choices: tuple[str, ...] = ()
    """Kind ``choice``: the words that are taken."""
    services: frozenset[str] = ALL
    fields: tuple["Field", ...] = ()
    """Kinds ``group`` and ``rows``: what is in it."""
    of: str = ""
    """Kind ``option``: which ``ChoiceKind``."""
    limit: int = 300
    """Kinds ``text``, ``long`` and ``texts``: most characters."""
    places: int = 6
    """Kind ``decimal``: most decimals."""
    lowest: int | None = None
    """Kinds ``amount``, ``decimal``, ``integer``: the lowest value taken; an amount is above zero without it."""

    def schema(self) -> dict[str, Any]:
        """JSON Schema (draft 2020-12) of the value."""
        if self.kind == "group":
            found = object_schema(self.fields)
        elif self.kind == "rows":
            found = {"type": "array", "items": object_schema(self.fields), "maxItems": MOST_ROWS}
            found |= {"minItems": 1} if self.required else {}
        else:
            found = KINDS[self.kind].schema(self)
        return found | {"title": str(self.label)} | ({"description": said} if (said := self._said()) else {})

    def _said(self) -> str:
        """Where it exists, and the help."""
        where = ", ".join(service.label for service in Service if service.value in self.services)
        return " ".join(part for part in ("" if self.services == ALL else f"[{where}]", str(self.help)) if part)


class Invalid(Exception):
    """Data that an action cannot take. ``problems``: a sentence by path, ``{"lines.0.unit_price": "…"}``."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(
            "; ".join(f"{path}: {sentence}" if path else sentence for path, sentence in problems.items())
        )


def at(fields: Sequence[Field], service: str) -> tuple[Field, ...]:
    """Those that exist at the service; those within a group or rows are asked for by another call."""
    return tuple(field for field in fields if service in field.services)


def object_schema(fields: Sequence[Field]) -> dict[str, Any]:
    """The schema of an object with these fields; what only some services require is not required here."""
    properties: dict[str, Any] = {}
    for name in dict.fromkeys(field.name for field in fields):
        found = [field.schema() for field in fields if field.name == name]
        properties[name] = found[0] if len(found) == 1 else {"anyOf": found}
    always = [field.name for field in fields if field.required and field.services == ALL]
    needed = {"required": list(dict.fromkeys(always))} if always else {}
    return {"type": "object", "properties": properties, "additionalProperties": False} | needed


def clean(fields: Sequence[Field], data: Any, source: Source, currency: str) -> dict[str, Any]:
    """The data as an adapter gets it: amounts as decimal text in ``currency``, days as ``YYYY-MM-DD``.

    An empty text empties a field that may be empty. Rows are counted from 0 in the paths of ``Invalid``. Nothing is
    filled in, and ``data`` stays as it is.
    """
    problems: dict[str, str] = {}
    cleaned = _object(fields, data, Place(source, currency), "", problems)
    if problems:
        raise Invalid(problems)
    return cleaned


def _object(fields: Sequence[Field], data: Any, place: Place, path: str, problems: dict[str, str]) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        problems[path.rstrip(".")] = _("This must be an object with named values.")
        return {}
    here = {field.name: field for field in at(fields, place.source.service)}
    _strangers(fields, data, here, place, path, problems)
    cleaned = {}
    for name, field in here.items():
        if name in data:
            cleaned[name] = _value(field, data[name], place, path + name, problems)
        elif field.required:
            problems[path + name] = _("This is needed.")
    return cleaned


def _strangers(
    fields: Sequence[Field],
    data: Mapping[Any, Any],
    here: Mapping[str, Field],
    place: Place,
    path: str,
    problems: dict[str, str],
) -> None:
    elsewhere = {field.name for field in fields}
    for name in data:
        if name not in here:
            known = name in elsewhere
            sentence = _("%(service)s has no such field.") if known else _("There is no field of that name.")
            problems[f"{path}{name}"[:200]] = sentence % {"service": place.source.get_service_display()}


def _value(field: Field, value: Any, place: Place, path: str, problems: dict[str, str]) -> Any:
    if value is None:
        problems[path] = _("This may not be null; leave it out instead.")
    elif (field.required or field.never_empty) and _is_empty(value):
        problems[path] = _("This is needed.")
    elif value == "" and field.kind in EMPTIED:
        return ""
    elif field.kind == "group":
        return _object(field.fields, value, place, f"{path}.", problems)
    elif field.kind == "rows":
        return _rows(field, value, place, path, problems)
    else:
        try:
            return KINDS[field.kind].take(value, field, place)
        except Wrong as wrong:
            problems[path] = str(wrong)
    return None


def _is_empty(value: Any) -> bool:
    return not value.strip() if isinstance(value, str) else value in ([], {})


def _rows(field: Field, value: Any, place: Place, path: str, problems: dict[str, str]) -> list[dict[str, Any]]:
    if not isinstance(value, list | tuple) or len(value) > MOST_ROWS:
        problems[path] = _("This must be a list of at most %(most)d rows.") % {"most": MOST_ROWS}
        return []
    return [_object(field.fields, row, place, f"{path}.{n}.", problems) for n, row in enumerate(value)]
