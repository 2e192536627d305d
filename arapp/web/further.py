"""The disclosure “More filters” of a list's tools."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from arapp.web.toolbar import Menu, Toolbar

Pair = tuple[str, str, str]
"""Names of a filter from, one to, and one of periods or ""."""


@dataclass(frozen=True)
class Further:
    tools: Toolbar
    pair_names: Sequence[Pair]
    choice_names: Sequence[str]
    text_names: Sequence[str]

    @property
    def on(self) -> int:
        """How many values are on."""
        names = [*self.text_names, *self.choice_names, *(name for pair in self.pair_names for name in pair)]
        return sum(len(self.tools.found.active.get(name, [])) for name in names)

    @property
    def facets(self) -> str:
        return " ".join(self.choice_names)

    @property
    def pairs(self) -> list[tuple[Any, Any, Any]]:
        shown = self.tools.shown
        return [(shown(one), shown(two), shown(period) if period else None) for one, two, period in self.pair_names]

    @property
    def choices(self) -> list[Menu]:
        return [self.tools.menu(name) for name in self.choice_names]

    @property
    def texts(self) -> list[Any]:
        return [self.tools.shown(name) for name in self.text_names]
