"""Bars of amounts, made on the server: each a piece of inline SVG beside its figure, in a table that says the same.

A chart is of one currency; bars of two currencies are never measured against each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from arapp.receivables.money import Money
from arapp.web.shown import amount_text

LONGEST = 100
"""The width of the drawing, in units of its own; it is stretched to the room there is."""


@dataclass(frozen=True)
class Bar:
    """One amount: what it is of, how many rows it is (in words too), and where exactly those are listed."""

    title: str
    money: Money
    count: int
    counted: str
    url: str
    css: str = ""


@dataclass(frozen=True)
class Drawn:
    """A row of a chart: the bar and its picture."""

    bar: Bar
    svg: SafeString


@dataclass(frozen=True)
class Chart:
    """The bars of one currency, under the sums they are parts of."""

    currency: str
    sums: tuple[Bar, ...]
    bars: tuple[Bar, ...]

    @property
    def rows(self) -> list[Drawn]:
        return drawn(self.bars)


def drawn(bars: Iterable[Bar]) -> list[Drawn]:
    """All bars to one scale: the largest amount, whatever its sign, is as long as the drawing."""
    bars = list(bars)
    top = max((abs(bar.money.minor) for bar in bars), default=0)
    return [Drawn(bar, _svg(bar, _width(bar.money.minor, top))) for bar in bars]


def _width(minor: int, top: int) -> int:
    """Of what is not nothing something is always seen."""
    return max(1, round(abs(minor) * LONGEST / top)) if minor else 0


def _svg(bar: Bar, width: int) -> SafeString:
    """Its figure stands beside it as text; a person who hovers reads it whole."""
    return format_html(
        '<svg class="bar {}{}" viewBox="0 0 {} 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<title>{}</title><rect width="{}" height="10"/></svg>',
        bar.css,
        " minus" if bar.money.minor < 0 else "",
        LONGEST,
        _title(bar),
        width,
    )


def _title(bar: Bar) -> str:
    """“31–60 days: 1,234.50 EUR, 3 documents”."""
    amount = amount_text(bar.money.minor, bar.money.currency)
    return _("%(title)s: %(amount)s, %(counted)s") % {"title": bar.title, "amount": amount, "counted": bar.counted}
