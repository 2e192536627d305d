"""Days told by today, and periods: each on days where they could be wrong."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from arapp.lists.periods import CHOICES, PERIODS, Relative, day_of, days_of, read_day
from tests.conftest import TODAY


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-01-31", date(2026, 1, 31)),
        ("31.01.2026", date(2026, 1, 31)),
        ("1.2.2026", date(2026, 2, 1)),
        ("today", TODAY),
        ("TODAY", TODAY),
        ("today-30", date(2026, 10, 21)),
        ("today+7", date(2026, 11, 27)),
        ("today 7", date(2026, 11, 27)),
        ("today-0", TODAY),
        ("today-36500", date(1926, 12, 15)),
    ],
)
def test_a_day_is_a_date_or_told_by_today(value, day):
    assert day_of(read_day(value), TODAY) == day


@pytest.mark.parametrize(
    "value",
    [
        "soon",
        "31.2.2026",
        "1.2.26",
        "2026.01.31",
        "today-",
        "today+-1",
        "today+1.5",
        "tomorrow",
        "today-36501",
        "today+999999",
    ],
)
def test_what_is_no_day_is_refused_with_a_sentence(value):
    with pytest.raises(ValidationError) as refused:
        read_day(value)
    assert value in refused.value.messages[0]


def test_a_day_beyond_the_calendar_is_its_nearest_end():
    assert Relative(9).on(date.max) == date.max
    assert Relative(-9).on(date.min) == date.min


@pytest.mark.parametrize(("days", "words"), [(0, "today"), (-1, "1 day ago"), (-30, "30 days ago"), (7, "in 7 days")])
def test_a_day_told_by_today_is_said_in_words(days, words):
    assert Relative(days).words == words


@pytest.mark.parametrize(
    ("name", "today", "first", "last"),
    [
        ("today", "2026-11-20", "2026-11-20", "2026-11-20"),
        ("yesterday", "2026-01-01", "2025-12-31", "2025-12-31"),
        ("this-week", "2026-11-20", "2026-11-16", "2026-11-22"),
        ("this-week", "2026-11-16", "2026-11-16", "2026-11-22"),
        ("this-week", "2026-11-22", "2026-11-16", "2026-11-22"),
        ("last-week", "2026-01-01", "2025-12-22", "2025-12-28"),
        ("this-month", "2026-02-10", "2026-02-01", "2026-02-28"),
        ("this-month", "2028-02-10", "2028-02-01", "2028-02-29"),
        ("last-month", "2026-03-31", "2026-02-01", "2026-02-28"),
        ("last-month", "2026-01-15", "2025-12-01", "2025-12-31"),
        ("this-quarter", "2026-11-20", "2026-10-01", "2026-12-31"),
        ("last-quarter", "2026-01-31", "2025-10-01", "2025-12-31"),
        ("last-quarter", "2026-05-31", "2026-01-01", "2026-03-31"),
        ("this-year", "2026-11-20", "2026-01-01", "2026-12-31"),
        ("last-year", "2026-11-20", "2025-01-01", "2025-12-31"),
        ("last-7-days", "2026-11-20", "2026-11-14", "2026-11-20"),
        ("last-30-days", "2026-11-20", "2026-10-22", "2026-11-20"),
        ("last-90-days", "2026-11-20", "2026-08-23", "2026-11-20"),
        ("next-7-days", "2026-11-20", "2026-11-20", "2026-11-26"),
        ("next-30-days", "2026-12-15", "2026-12-15", "2027-01-13"),
    ],
)
def test_a_period_has_a_first_and_a_last_day(name, today, first, last):
    assert days_of(name, date.fromisoformat(today)) == (date.fromisoformat(first), date.fromisoformat(last))


def test_every_period_can_be_chosen_and_ends_no_sooner_than_it_begins():
    assert [name for name, _label in CHOICES] == list(PERIODS)
    for name in PERIODS:
        first, last = days_of(name, TODAY)
        assert first <= last
