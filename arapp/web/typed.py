"""What stands in a form for an action: text by name, groups and rows nested as in the action's data. Pure.

In a page each value is named by its path, ``lines.0.unit_price``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import QueryDict

from arapp.actions.fields import Field
from arapp.receivables.money import AmountError, in_form, typed_number

Typed = dict[str, Any]
FILES = ("file", "files")
NESTED = ("group", "rows")
LISTS = ("emails", "texts", "words", "files")
NUMBERS = ("amount", "decimal", "percent", "reduction")
"""They stand in a form with the reader's decimal sign, and in the data with a point."""
ADD, REMOVE = "add:", "remove:"
_WHOLE = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_BETWEEN = re.compile(r"[,;\n]")
MOST_ROWS = 500


def blank(field: Field) -> Any:
    """How a field looks that nobody has touched."""
    if field.kind == "group":
        return {inner.name: blank(inner) for inner in field.fields}
    return [] if field.kind == "rows" else ""


def is_blank(field: Field, value: Any) -> bool:
    if field.kind == "group":
        return all(is_blank(inner, value[inner.name]) for inner in field.fields)
    return not value


def as_typed(fields: Sequence[Field], data: Mapping[str, Any]) -> Typed:
    """An action's data as it would have been typed; names that are no fields are left out."""
    return {field.name: _as_typed(field, data.get(field.name)) for field in fields}


def _as_typed(field: Field, value: Any) -> Any:
    if value is None:
        return blank(field)
    if field.kind == "group":
        return as_typed(field.fields, value)
    if field.kind == "rows":
        return [as_typed(field.fields, row) for row in value]
    if field.kind == "yes":
        return "on" if value else ""
    if field.kind in NUMBERS:
        return in_form(_plain(str(value)))
    return _plain(", ".join(value) if field.kind in LISTS else str(value))


def typed_in(fields: Sequence[Field], sent: QueryDict, path: str = "") -> Typed:
    """What a person sent. Rows in which nothing stands are dropped."""
    return {field.name: _typed_in(field, sent, path + field.name) for field in fields}


def _typed_in(field: Field, sent: QueryDict, path: str) -> Any:
    if field.kind == "group":
        return typed_in(field.fields, sent, f"{path}.")
    if field.kind == "rows":
        rows = (typed_in(field.fields, sent, f"{path}.{number}.") for number in _numbers(sent, path))
        return [row for row in rows if not all(is_blank(inner, row[inner.name]) for inner in field.fields)]
    if field.kind in LISTS:
        return _plain(", ".join(kept(text) for text in sent.getlist(path) if text.strip()))
    # Of a file that takes the place of another, the newer is named last.
    return _plain(kept(sent.get(path, "")))


def _plain(text: str) -> str:
    """Without what no person sees, so that what comes back untouched is no change."""
    return text.replace("\r\n", "\n").strip()


def kept(text: str) -> str:
    """Without the one character that PostgreSQL is not even asked about."""
    return text.replace("\x00", "\ufffd")


def _numbers(sent: QueryDict, path: str) -> list[int]:
    """The numbers of the rows that were sent, in their order; they need not be without gaps."""
    row = re.compile(rf"{re.escape(path)}\.(\d{{1,4}})\.", re.ASCII)
    return sorted({int(found[1]) for name in sent if (found := row.match(name))})[:MOST_ROWS]


def stepped(fields: Sequence[Field], typed: Typed, step: str) -> Typed:
    """With one more row (``add:lines``), or one less (``remove:lines.2``)."""
    lists = {field.name: field for field in fields if field.kind == "rows"}
    name, _dot, number = step.removeprefix(ADD).removeprefix(REMOVE).partition(".")
    if name not in lists:
        return typed
    rows = typed[name]
    if step.startswith(REMOVE):
        return typed | {name: [row for n, row in enumerate(rows) if str(n) != number]}
    return typed | {name: [*rows, as_typed(lists[name].fields, {})]}


def given(fields: Sequence[Field], typed: Typed, known: Typed) -> dict[str, Any]:
    """The data: what differs from what is known. A group or list that differs is given whole.

    What was emptied is given as empty; whether that can be is not judged here.
    """
    return {
        field.name: _given(field, typed[field.name], known[field.name])
        for field in fields
        if typed[field.name] != known[field.name]
    }


def _given(field: Field, value: Any, known: Any) -> Any:
    if field.kind == "group":
        return {
            inner.name: _given(inner, value[inner.name], known[inner.name])
            for inner in field.fields
            if not (is_blank(inner, value[inner.name]) and is_blank(inner, known[inner.name]))
        }
    if field.kind == "rows":
        nothing = as_typed(field.fields, {})
        return [given(field.fields, row, nothing) for row in value]
    if field.kind == "yes":
        return bool(value)
    if field.kind in LISTS:
        return [part.strip() for part in _BETWEEN.split(value) if part.strip()]
    if field.kind in NUMBERS:
        return _number(value)
    return int(value) if field.kind == "integer" and _WHOLE.fullmatch(value) else value


def _number(text: str) -> str:
    """With a decimal point, whichever sign was typed; as it was typed where it is no number, or of two meanings."""
    try:
        return f"{typed_number(text.removesuffix('%'))}%" if text.endswith("%") else typed_number(text)
    except AmountError:
        return text


def unread(fields: Sequence[Field], typed: Typed) -> dict[str, str]:
    """A sentence for each number that can be read in two ways, by its path."""
    problems = {}
    for path, field, value in leaves(fields, typed):
        if field.kind in NUMBERS:
            try:
                typed_number(value.removesuffix("%"))
            except AmountError as error:
                problems[path] = str(error)
    return problems


def leaves(fields: Sequence[Field], typed: Typed, path: str = "") -> Iterator[tuple[str, Field, str]]:
    """Every single value with its path and field."""
    for field in fields:
        value, here = typed[field.name], path + field.name
        if field.kind == "group":
            yield from leaves(field.fields, value, f"{here}.")
        elif field.kind == "rows":
            for number, row in enumerate(value):
                yield from leaves(field.fields, row, f"{here}.{number}.")
        else:
            yield here, field, value
