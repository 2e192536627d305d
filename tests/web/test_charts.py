"""Bars of amounts, made on the server."""

import re

import pytest

from arapp.receivables.money import Money
from arapp.web.charts import LONGEST, Bar, Chart, drawn


def bar(minor, title="31–60 days", css="late"):
    return Bar(title, Money(minor, "EUR"), 3, "3 documents", "/invoices/?age=31-60", css)


def widths(*amounts):
    return [int(re.search(r'<rect width="(\d+)"', row.svg)[1]) for row in drawn([bar(minor) for minor in amounts])]


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ((), []),
        ((0, 0), [0, 0]),
        ((100, 50, 0), [100, 50, 0]),
        ((1, 10**14), [1, 100]),
        ((-200, 100), [100, 50]),
    ],
)
def test_bars_are_to_one_scale_and_what_is_not_nothing_is_seen(amounts, expected):
    assert widths(*amounts) == expected


def test_a_negative_bar_is_told_apart_by_more_than_its_colour():
    less, more = drawn([bar(-5), bar(5)])
    assert 'class="bar late minus"' in less.svg
    assert "minus" not in more.svg


def test_the_title_says_what_the_bar_is_of_and_nothing_in_it_can_break_out():
    (row,) = drawn([bar(123450, title='<b>"Late"</b>')])
    assert "<title>&lt;b&gt;&quot;Late&quot;&lt;/b&gt;: 1,234.50 EUR, 3 documents</title>" in row.svg


def test_it_is_plain_svg_without_styles_of_its_own():
    (row,) = drawn([bar(1)])
    assert row.svg.startswith("<svg ")
    assert f'viewBox="0 0 {LONGEST} 10"' in row.svg
    assert 'aria-hidden="true"' in row.svg
    assert "style=" not in row.svg
    assert "<text" not in row.svg


def test_a_chart_draws_its_bars_in_their_order():
    chart = Chart("EUR", (), (bar(1, "a"), bar(2, "b")))
    assert [row.bar.title for row in chart.rows] == ["a", "b"]
