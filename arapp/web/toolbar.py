"""The tools above a list: menus, further filters, chips of what is on, links that sort."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from arapp.lists.facets import counted
from arapp.lists.filters import PAGING, ListFilter
from arapp.lists.grouping import BY
from arapp.lists.paging import BY_NUMBER, Page
from arapp.web.chips import EVERYTHING, Chip, named_in, slot, unknown_word, words_of


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    on: bool
    slot: str
    """The id of the element that holds its count."""
    rows: int | None = None
    query: str = ""
    """The list with the choice turned over."""


@dataclass(frozen=True)
class Menu:
    name: str
    label: str
    choices: Sequence[Choice]
    on: int


@dataclass(frozen=True)
class Heading:
    label: str
    css: str
    sort: str = ""
    query: str = ""
    aria: str = ""
    name: str = ""
    """Of a column whose width can be changed."""
    width: int = 0
    """In pixels."""


@dataclass
class Toolbar:
    """``query`` is the query string of the list without its page; a saved view that was opened stays in it."""

    found: ListFilter
    menus: Sequence[str] = ()
    columns: Sequence[tuple[str, str, str]] = ()
    page: Page | None = None
    query: QueryDict = field(init=False)
    _known: dict[str, list[tuple[Any, Any]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.query = QueryDict(mutable=True)
        for name, values in self.found.data.lists():
            kept = [value for value in values if value.strip()]
            if kept and (name not in PAGING or name == "view"):
                self.query.setlist(name, kept)

    @property
    def text(self) -> str:
        return self.query.urlencode()

    @property
    def sort(self) -> str:
        return self.query.get("sort", "")

    def shown(self, name: str) -> Any:
        return self.found.form[name]

    def q(self) -> str:
        return " ".join(self.found.active.get("q", []))

    def menu(self, name: str) -> Menu:
        choices = list(self._choices(name))
        return Menu(name, self.found.form.fields[name].label, choices, sum(1 for choice in choices if choice.on))

    def all_menus(self) -> list[Menu]:
        return [self.menu(name) for name in self.menus]

    def counted(self, name: str) -> Menu:
        """The menu with the number of rows that each choice would leave, where they are counted."""
        menu, counts = self.menu(name), counted(self.found, name)
        if counts is None:
            return menu
        choices = [
            replace(choice, rows=counts.get(choice.value.casefold(), 0), query=self._turned(name, choice))
            for choice in menu.choices
        ]
        return replace(menu, choices=choices)

    def _turned(self, name: str, choice: Choice) -> str:
        query = self.query.copy()
        others = [value for value in query.getlist(name) if value.casefold() != choice.value.casefold()]
        query.setlist(name, others if choice.on else [*others, choice.value])
        return query.urlencode() or EVERYTHING

    def _choices(self, name: str) -> Iterable[Choice]:
        on = {value.casefold() for value in self.found.active.get(name, [])}
        alone = getattr(self.found.filters[name], "alone", False)
        for value, label in self._named(name):
            if value != "" and (value != "0" or not alone or "0" in on):
                yield Choice(str(value), str(label), str(value).casefold() in on, f"n-{slot(name, str(value))}")

    def _named(self, name: str) -> list[tuple[Any, Any]]:
        """The choices of a filter, if it has any; those that are rows of the database are read once a page."""
        if name not in self._known:
            self._known[name] = list(getattr(self.found.form.fields[name].widget, "choices", ()))
        return self._known[name]

    @cached_property
    def chips(self) -> list[Chip]:
        """One for each value that is on, with the query string that is left without it."""
        named = named_in([self.found])
        told = [
            (name, value, words_of(self.found, name, value, self._named(name), named))
            for name, values in self.found.active.items()
            for value in values
        ]
        strange = [name for name in self.found.unknown if name != BY]
        told += [(name, value, unknown_word(name)) for name in strange for value in self.found.data.getlist(name)[:1]]
        return [Chip(words, self._without(name, value), f"chip-{slot(name, value)}") for name, value, words in told]

    def _without(self, name: str, value: str) -> str:
        query = self.query.copy()
        query.setlist(name, [kept for kept in query.getlist(name) if kept != value])
        return query.urlencode() or EVERYTHING

    @property
    def cleared(self) -> str:
        """The list without filters; grouped as it was."""
        grouped = self.query.getlist(BY)
        return urlencode({BY: grouped}, doseq=True) if grouped else EVERYTHING

    @property
    def due_on(self) -> int:
        return self._on(*DUE)

    @property
    def debt_on(self) -> int:
        return self._on("open", "overdue", "currency")

    @property
    def more_on(self) -> int:
        pairs = (name for pair in MORE_PAIRS for name in pair)
        return self._on(*MORE_TEXT, *MORE_CHOICES, *MORE_PERIODS.values(), *pairs)

    def _on(self, *names: str) -> int:
        return sum(len(self.found.active.get(name, [])) for name in names)

    @property
    def numbers(self) -> list[tuple[int, str]]:
        """Page numbers with their query strings: the ends, the neighbours, and (0, "") for what is left out."""
        here, last = self.page.number, min(self.page.pages, BY_NUMBER)
        near = sorted({n for n in (1, here - 1, here, here + 1, last) if 1 <= n <= max(last, here)})
        found: list[tuple[int, str]] = []
        for before, number in zip([0, *near], near, strict=False):
            found += [(0, "")] if number - before > 1 else []
            found.append((number, self._page(number)))
        return found

    def _page(self, number: int) -> str:
        query = self.query.copy()
        query["page"] = str(number)
        return query.urlencode()

    def headings(self) -> list[Heading]:
        return [self.heading(*column) for column in self.columns]

    def heading(self, label: str, css: str, sort: str, name: str = "", width: int = 0) -> Heading:
        """With a link that sorts by the column, and turns the order of the list that is sorted by it."""
        if not sort:
            return Heading(label, css, name=name, width=width)
        order = self.found.order
        same = order.name == sort
        turned = sort if same and order.descending else f"-{sort}" if same or css.startswith("num") else sort
        query = self.query.copy()
        query["sort"] = turned
        aria = ("descending" if order.descending else "ascending") if same else ""
        return Heading(label, css, sort, query.urlencode(), aria, name, width)


INVOICE_MENUS = ("state", "approval", "source")
DUE = "overdue owed age days_overdue_min days_overdue_max due due_from due_to".split()
MORE_TEXT = tuple(
    "number service_state customer contact currency owner card category payment_reference payment_type article label"
    " intro note tag decided_by".split()
)
MORE_CHOICES = ("flag", "service", "kind", "decidable", "lacks")
MORE_PAIRS = (("issued_from", "issued_to"), ("created_from", "created_to"), ("amount_min", "amount_max"))
MORE_PERIODS = {"issued_from": "issued", "created_from": "created"}
"""The select of periods that stands beside two dates."""
HIDDEN = ("debtor", "item")
"""What no form asks for: links alone give them, and the form keeps them."""


def invoice_filters(tools: Toolbar) -> dict[str, Any]:
    """What ``invoices/_filters.html`` shows."""
    return {
        "found": tools.found,
        "tools": tools,
        "more_text": [tools.shown(name) for name in MORE_TEXT],
        "more_choices": [tools.menu(name) for name in MORE_CHOICES],
        "more_pairs": [(*map(tools.shown, pair), _period(tools, pair[0])) for pair in MORE_PAIRS],
        "debts": [tools.menu(name) for name in ("overdue", "owed", "age")],
        "kept": [(name, value) for name in HIDDEN for value in tools.found.active.get(name, [])],
    }


def _period(tools: Toolbar, name: str) -> Any:
    return tools.shown(MORE_PERIODS[name]) if name in MORE_PERIODS else None
