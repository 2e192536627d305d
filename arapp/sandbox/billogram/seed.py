"""Seeded data: a past of fourteen months, told through the same rules as the API and ending at the clock's now."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

from . import billograms, customers, extras, items, nights
from .account import Account, Record
from .plans import Plan, planned
from .samples import billogram_body, customer_body, item_body, reachable_by
from .steps import STEPS
from .wire import stamp

STORED_ITEMS = 40
INVOICES_PER_CUSTOMER = 6
OLDEST = 430
"""Days; customers and items are older, billograms younger."""

Step = tuple[datetime, int, Callable[[], None]]


def tell(account: Account, seed: int, invoices: int) -> None:
    """Fill the account with this many billograms. The same seed on the same day gives the same data."""
    past = _Past(account, Random(f"billogram past {seed}"))
    if invoices > 0:
        past.make_customers(max(3, invoices // INVOICES_PER_CUSTOMER))
        past.make_items()
        past.make_reports()
        past.make_billograms(invoices)
    account.moment = None


class _Past:
    def __init__(self, account: Account, chance: Random) -> None:
        self.account = account
        self.chance = chance
        self.today = account.now().astimezone(UTC).date()
        self.writable: list[int] = []
        """Numbers of customers that can be sent to."""

    def at(self, days_ago: int) -> datetime:
        """Some moment of a working day in the past."""
        seconds = self.chance.randrange(6 * 3600, 16 * 3600)
        return datetime.combine(self.today - timedelta(days=days_ago), time(tzinfo=UTC)) + timedelta(seconds=seconds)

    def make_customers(self, count: int) -> None:
        for number in range(count):
            self.account.moment = self.at(OLDEST + 400 - 399 * number // count)
            customer = customers.create(self.account, customer_body(self.chance, number))
            if reachable_by(customer):
                self.writable.append(customer["customer_no"])
            if number % 9 == 4:
                self.account.moment = self.at(self.chance.randrange(1, OLDEST))
                customers.update(self.account, customer, {"notes": "Ny kontaktperson sedan i våras."})

    def make_items(self) -> None:
        for number in range(STORED_ITEMS):
            self.account.moment = self.at(OLDEST + STORED_ITEMS - number)
            items.create(self.account, item_body(self.chance, number))

    def make_reports(self) -> None:
        for months in range(12, 0, -1):
            made = self.at(30 * months)
            self.account.reports.append(extras.month_report(self.account, f"{made:%Y-%m}", stamp(made)))

    def make_billograms(self, count: int) -> None:
        steps: list[Step] = []
        for number, plan in enumerate(planned(self.chance, count)):
            steps += self._steps(number, plan)
        for moment, _, deed in sorted(steps, key=lambda step: step[:2]):
            self.account.moment = moment
            deed()
        self.account.moment = None
        nights.catch_up(self.account)

    def _steps(self, number: int, plan: Plan) -> list[Step]:
        """The life of one billogram as dated deeds."""
        made: list[Record] = []
        body = billogram_body(self.chance, self.account, self._customer(plan), number, plan)
        moments = sorted(self.at(days_ago) for days_ago in (plan.created_ago, *(ago for ago, _ in plan.deeds)))
        deeds = [lambda: self._create(made, body), *(self._deed(made, name) for _, name in plan.deeds)]
        return [(moment, number, deed) for moment, deed in zip(moments, deeds, strict=True)]

    def _customer(self, plan: Plan) -> dict[str, Any]:
        """Some customers have many billograms; one that cannot be sent to has only drafts."""
        pool = self.writable if plan.deeds else list(self.account.customers)
        return self.account.customers[pool[int(self.chance.random() ** 2 * len(pool))]]

    def _create(self, made: list[Record], body: dict[str, Any]) -> None:
        made.append(billograms.create(self.account, body))

    def _deed(self, made: list[Record], name: str) -> Callable[[], None]:
        def deed() -> None:
            moment = self.account.moment or self.account.now()
            nights.age(self.account, made[0], moment)
            STEPS[name](self.account, made[0], self.chance)

        return deed
