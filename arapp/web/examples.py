"""What a choice of the preferences leads to, shown beside it."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override

from arapp.lists.columns import Column, Holds
from arapp.lists.csv import Form, csv_lines
from arapp.lists.days import today
from arapp.receivables.money import Money
from arapp.web.shown import date_html, moment_html, money_html

AMOUNT = Money(-123_450, "EUR")


def locale_example(language: str) -> SafeString:
    """A date, an amount and a moment as this language writes them; "" is the browser's."""
    with override(language or get_language()):
        moment = moment_html(timezone.now() - timedelta(minutes=3))
        return format_html("{} · {} · {}", date_html(today()), money_html(AMOUNT.minor, AMOUNT.currency), moment)


COLUMNS = (
    Column("number", "", lambda row, _today: "RE-1001"),
    Column("issue_date", "", lambda row, day: day, Holds.DATE),
    Column("gross", "", lambda row, _today: AMOUNT.amount, Holds.MONEY),
)


def csv_example(form: str) -> str:
    """A line of a file."""
    return _line(Form(form), today())


def _line(form: Form, day: date) -> str:
    return list(csv_lines([None], COLUMNS, day, form))[1].decode().strip()
