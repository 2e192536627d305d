"""Exchange rates as people enter them: exact, from a day on, and never for the days before."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.ledger.models import Rate
from arapp.receivables.money import AmountError

MOST_DECIMALS = 12
_RATE = re.compile(r"\d{1,12}(?:[.,](\d+))?", re.ASCII)


def home_currency() -> str:
    """The company's own currency (ISO 4217), "" where none is set."""
    return str(settings.HOME_CURRENCY)


def read_rate(text: str) -> Decimal:
    """A rate as it is typed, such as ``0.0883`` or ``11,32``. AmountError unless exact and above zero.

    It is never grouped by thousands: a comma is a decimal sign, as a point is.
    """
    found = _RATE.fullmatch(text.strip())
    if not found:
        raise AmountError(_("“%(value)s” is not a rate; it looks like 0.0883 or 11,32.") % {"value": text[:40]})
    if len(found[1] or "") > MOST_DECIMALS:
        raise AmountError(_("A rate has at most %(most)d decimals.") % {"most": MOST_DECIMALS})
    rate = Decimal(found[0].replace(",", "."))
    if not rate:
        raise AmountError(_("The rate must be more than zero."))
    return rate


def why_not(currency: str, day: date, today: date) -> dict[str, str]:
    """What stands against a rate of this currency and day, by the name of the field; empty when nothing does."""
    problems = {}
    if currency == home_currency():
        problems["currency"] = _("%(currency)s is the home currency itself.") % {"currency": currency}
    if day > today:
        problems["day"] = _("A rate is entered for today or a day before.")
    return problems


def enter(currency: str, rate: Decimal, day: date, person: Any) -> Rate:
    """Keep a rate from this day on. Entered again for the same day, it replaces what was wrong."""
    values = {"rate": f"{rate:f}", "person": person, "at": timezone.now()}
    return Rate.objects.update_or_create(currency=currency, home=home_currency(), day=day, defaults=values)[0]


def entered() -> QuerySet[Rate]:
    """All rates of the home currency, newest of each currency first."""
    return Rate.objects.filter(home=home_currency()).select_related("person")


def rates_on(day: date, currencies: Iterable[str] | None = None) -> dict[str, Rate]:
    """The newest rate of each currency on or before the day, by currency. One query."""
    known = Rate.objects.filter(home=home_currency(), day__lte=day)
    newest = known.filter(currency=OuterRef("currency")).order_by("-day").values("pk")[:1]
    wanted = known if currencies is None else known.filter(currency__in=list(currencies))
    return {rate.currency: rate for rate in wanted.filter(pk=Subquery(newest)).select_related("person")}
