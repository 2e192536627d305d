"""The form of a list's columns: which are shown, in what order, how wide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from arapp.lists.values import shown
from arapp.people.models import User
from arapp.people.preferences import NARROWEST, WIDEST, Chosen, keep_layout
from arapp.web.screen_columns import LISTS, Layout, ScreenColumn, layout


@dataclass(frozen=True)
class Line:
    """One column in the form; ``width`` as it was typed."""

    column: ScreenColumn
    on: bool
    width: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Columns:
    """The lines of the form in the person's order, and the sentences about what could not be taken."""

    list: str
    lines: Sequence[Line]
    unknown: Sequence[str] = ()
    problems: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        said = [line.problem for line in self.lines if line.problem]
        object.__setattr__(self, "problems", [*map(_no_such_column, self.unknown), *said])

    def keep(self, person: User) -> None:
        """Remember the columns that are on."""
        keep_layout(person, self.list, [_chosen(line) for line in self.lines if line.on])


def columns_of(person: User, name: str) -> Columns:
    """The form as the person's columns stand."""
    return Columns(name, _lines(layout(person, name)))


def columns_from(data: QueryDict, person: User, name: str) -> Columns:
    """The form as it was sent: columns in the order of ``order``, those in ``on`` shown, ``width-NAME`` in pixels.

    Without ``order`` the widths alone were sent. ``up`` and ``down`` move one column by one place.
    """
    if "default" in data:
        return Columns(name, ())
    known, now = LISTS[name], layout(person, name)
    lines = {line.column.name: line for line in _lines(now)}
    order = list(dict.fromkeys(data.getlist("order"))) or list(lines)
    on = set(data.getlist("on")) if "order" in data else set(now.names)
    named = [*_moved([one for one in order if one in known], data), *(one for one in lines if one not in order)]
    sent = [_sent(lines[one], one in on, data.get(f"width-{one}")) for one in named]
    return Columns(name, sent, [one for one in dict.fromkeys([*order, *on]) if one not in known])


def _lines(shown_now: Layout) -> list[Line]:
    """All columns of the list: the chosen ones as they are placed, then the others."""
    there = [Line(one.column, True, str(one.width or "")) for one in shown_now.placed]
    others = [one for one in LISTS[shown_now.list].values() if one.name not in shown_now.names]
    return [*there, *(Line(one, False) for one in others)]


def _moved(order: list[str], data: Mapping[str, str]) -> list[str]:
    for word, step in (("up", -1), ("down", 1)):
        name = data.get(word)
        if name in order:
            place = order.index(name)
            order.insert(max(0, place + step), order.pop(place))
    return order


def _sent(line: Line, on: bool, width: str | None) -> Line:
    """The line with what was sent of it; without a width, the one it had."""
    text = line.width if width is None else width.strip()
    return Line(line.column, on or line.column.fixed, text, _problem(line.column, text))


def _problem(column: ScreenColumn, text: str) -> str:
    pixels = text.isascii() and text.isdigit() and len(text) < 5 and NARROWEST <= int(text) <= WIDEST
    if not text or pixels:
        return ""
    told = {"value": shown(text), "column": column.label, "least": NARROWEST, "most": WIDEST}
    return _("“%(value)s” is no width for “%(column)s”: write whole pixels from %(least)d to %(most)d.") % told


def _no_such_column(name: str) -> str:
    return _("This list has no column “%(name)s”.") % {"name": shown(name)}


def _chosen(line: Line) -> Chosen:
    return line.column.name, int(line.width) if line.width else None
