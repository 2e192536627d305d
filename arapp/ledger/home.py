"""A total in the company's own currency: only ever beside the amounts themselves, with every rate it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from arapp.ledger.models import Rate
from arapp.ledger.rates import home_currency, rates_on
from arapp.receivables.money import Money, exponent


@dataclass(frozen=True)
class HomeTotal:
    """Amounts of several currencies in one. While a rate is missing there is no sum, and ``missing`` says which."""

    currency: str
    total: Money | None
    used: tuple[Rate, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Why there is no sum; "" when there is one."""
        if not self.missing:
            return ""
        names = {"home": self.currency, "currencies": get_text_list(self.missing, _("and"))}
        return _("No total in %(home)s: there is no rate for %(currencies)s.") % names


def at_home(amounts: Sequence[Money], day: date) -> HomeTotal | None:
    """The amounts in home currency at the newest rates on or before the day, half-up, rounded once at the end.

    None where it would say nothing new: no home currency is set, or there is nothing in another one. One query,
    and none where it says nothing.
    """
    home = home_currency()
    foreign = sorted({amount.currency for amount in amounts if amount.minor} - {home})
    if not home or not foreign:
        return None
    rates = rates_on(day, foreign)
    missing = tuple(code for code in foreign if code not in rates)
    if missing:
        return HomeTotal(home, None, missing=missing)
    return HomeTotal(home, _total(amounts, rates, home), tuple(rates[code] for code in foreign))


def _total(amounts: Sequence[Money], rates: dict[str, Rate], home: str) -> Money:
    with localcontext(prec=100):
        factors = {home: Decimal(1)} | {code: Decimal(rate.rate) for code, rate in rates.items()}
        exact = sum((one.amount * factors[one.currency] for one in amounts if one.minor), Decimal(0))
        minor = exact.scaleb(exponent(home)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return Money(int(minor), home)
