"""``manage.py rate``: enter what a currency is worth in the company's own, or list what was entered."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from arapp.ledger.rates import enter, entered, home_currency, read_rate, why_not
from arapp.receivables.money import AmountError, currency_code

NONSENSE = 2


class Command(BaseCommand):
    help = "Enter an exchange rate, such as “rate SEK 0.0883”: one SEK in the home currency. Alone it lists them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("currency", nargs="?", default="", help="such as SEK")
        parser.add_argument("rate", nargs="?", default="", help="what one of it is worth, such as 0.0883")
        parser.add_argument("--date", default="", metavar="YYYY-MM-DD", help="from which day on; today unless given")

    def handle(self, **options: Any) -> None:
        if not home_currency():
            raise CommandError("No home currency is set; set HOME_CURRENCY, such as EUR.", returncode=NONSENSE)
        if not options["currency"]:
            self._list()
            return
        if not options["rate"]:
            raise CommandError("Say what one of it is worth, such as “rate SEK 0.0883”.", returncode=NONSENSE)
        try:
            currency, rate = currency_code(options["currency"]), read_rate(options["rate"])
        except AmountError as error:
            raise CommandError(str(error), returncode=NONSENSE) from None
        day, today = _day(options["date"]), timezone.localdate()
        if problems := why_not(currency, day or today, today):
            raise CommandError(" ".join(problems.values()), returncode=NONSENSE)
        self.stdout.write(str(enter(currency, rate, day or today, None)))

    def _list(self) -> None:
        rates = list(entered())
        for rate in rates:
            self.stdout.write(f"{rate} {rate.person or 'the command line'}")
        if not rates:
            self.stdout.write("No rate has been entered yet.")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandError("The date looks like 2026-11-20.", returncode=NONSENSE) from None
