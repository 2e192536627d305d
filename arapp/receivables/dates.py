"""How a day is written for people, in the form of the reader's language (``arapp/formats``)."""

from datetime import date
from functools import lru_cache

from django.utils.dateformat import format as dated
from django.utils.formats import get_format
from django.utils.translation import get_language


def date_text(day: date) -> str:
    """“2026-11-20”, in German “20.11.2026”."""
    return _written(day, "SHORT_DATE_FORMAT", get_language())


def month_text(day: date) -> str:
    """“2026-11”, in German “11/2026”."""
    return _written(day, "YEAR_MONTH_FORMAT", get_language())


@lru_cache(maxsize=8_000)
def _written(day: date, form: str, language: str | None) -> str:
    return dated(day, get_format(form, language))
