"""The tools above a list: menus, further filters, chips of what is on, links that sort."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from arapp.lists.filters import PAGING, ListFilter
from arapp.lists.paging import BY_NUMBER, Page

Choice = tuple[str, str, bool]


@dataclass(frozen=True)
class Menu:
    name: str
    label: str
    choices: Sequence[Choice]
    on: int


@dataclass(frozen=True)
class Chip:
    words: str
    query: str


@dataclass(frozen=True)
class Heading:
    label: str
    css: str
    sort: str = ""
    query: str = ""
    aria: str = ""


@dataclass
class Toolbar:
    """``query`` is the query string of the list without its page."""

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
            if kept and name not in PAGING:
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
        return Menu(name, self.found.form.fields[name].label, choices, sum(1 for choice in choices if choice[2]))

    def all_menus(self) -> list[Menu]:
        return [self.menu(name) for name in self.menus]

    def _choices(self, name: str) -> Iterable[Choice]:
        on = {value.casefold() for value in self.found.active.get(name, [])}
        for value, label in self._named(name):
            if value != "":
                yield str(value), str(label), str(value).casefold() in on

    def _named(self, name: str) -> list[tuple[Any, Any]]:
        """The choices of a filter, if it has any; those that are rows of the database are read once a page."""
        if name not in self._known:
            self._known[name] = list(getattr(self.found.form.fields[name].widget, "choices", ()))
        return self._known[name]

    def chips(self) -> list[Chip]:
        """One for each value that is on, with the query string that is left without it."""
        return [
            Chip(f"{self.found.form.fields[name].label}: {self._words(name, value)}", self._without(name, value))
            for name, values in self.found.active.items()
            for value in values
        ]

    def _words(self, name: str, value: str) -> str:
        choices = self._named(name)
        return next((str(label) for key, label in choices if str(key).casefold() == value.casefold()), value)

    def _without(self, name: str, value: str) -> str:
        query = self.query.copy()
        query.setlist(name, [kept for kept in query.getlist(name) if kept != value])
        return query.urlencode()

    @property
    def due_on(self) -> int:
        return self._on("overdue", "due_from", "due_to")

    @property
    def debt_on(self) -> int:
        return self._on("open", "overdue", "currency")

    @property
    def more_on(self) -> int:
        pairs = (name for pair in MORE_PAIRS for name in pair)
        return self._on(*MORE_TEXT, *MORE_CHOICES, *pairs)

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
        return [self._heading(*column) for column in self.columns]

    def _heading(self, label: str, css: str, sort: str) -> Heading:
        if not sort:
            return Heading(label, css)
        order = self.found.order
        same = order.name == sort
        turned = sort if same and order.descending else f"-{sort}" if same or css.startswith("num") else sort
        query = self.query.copy()
        query["sort"] = turned
        return Heading(
            label, css, sort, query.urlencode(), ("descending" if order.descending else "ascending") if same else ""
        )


INVOICE_MENUS = ("state", "approval", "source")
MORE_TEXT = tuple(
    "number service_state customer contact currency owner card category payment_type article label intro note tag"
    " decided_by".split()
)
MORE_CHOICES = ("flag", "service", "kind", "decidable", "lacks")
MORE_PAIRS = (("issued_from", "issued_to"), ("created_from", "created_to"), ("amount_min", "amount_max"))


def invoice_filters(tools: Toolbar) -> dict[str, Any]:
    """What ``invoices/_filters.html`` shows."""
    return {
        "found": tools.found,
        "tools": tools,
        "more_text": [tools.shown(name) for name in MORE_TEXT],
        "more_choices": [tools.menu(name) for name in MORE_CHOICES],
        "more_pairs": [tuple(map(tools.shown, pair)) for pair in MORE_PAIRS],
    }


def invoice_columns() -> list[tuple[str, str, str]]:
    return [
        (_("Number"), "", "number"),
        (_("Customer"), "name", "customer"),
        (_("Source"), "sourcely", "source"),
        (_("Issued"), "", "issued"),
        (_("Due"), "", "due"),
        (_("Gross"), "num", "gross"),
        (_("Open"), "num openly", "open"),
        (_("State"), "", "state"),
        (_("Approval"), "", "approval"),
    ]


def customer_columns() -> list[tuple[str, str, str]]:
    return [
        (_("Name"), "", "name"),
        (_("Number"), "", "number"),
        (_("Source"), "", "source"),
        (_("E-mail"), "", "email"),
        (_("Invoices"), "num", ""),
        (_("Owed"), "num", ""),
        (_("Overdue"), "num", ""),
    ]
