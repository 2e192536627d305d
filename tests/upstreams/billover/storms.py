"""A workspace that changes while its list is walked."""

import random
from collections.abc import Callable, Iterable
from datetime import date, timedelta, timezone

from arapp.sandbox.base import Clock, Request
from arapp.sandbox.billover import Billover as StandIn
from arapp.sandbox.billover import lists
from arapp.sandbox.billover.records import Invoice
from arapp.upstreams.billover import Billover
from arapp.upstreams.http import Rejected
from tests.upstreams.billover.driving import NOW, adapter

DENSE = (1, 1, 1, 1, 2, 3, 6, 15, 25)
"""How many invoices a day that has any may have; a page has ten."""


def workspace(seed: int, invoices: int = 200, days: float = 120, a_day: tuple[int, ...] = DENSE) -> StandIn:
    draw = random.Random(seed)
    standin = StandIn(invoices=0, clock=Clock(NOW))
    while (missing := invoices - len(standin.by_uid)) > 0:
        day = NOW - timedelta(days=draw.uniform(1, days))
        for _ in range(min(missing, draw.choice(a_day))):
            standin.add_invoice(created_at=day + timedelta(minutes=draw.uniform(-300, 300)))
    return standin


def missed(
    walk: Callable[[Billover], Iterable[str]],
    standin: StandIn,
    seed: int,
    deletes: float = 0.2,
    creates: float = 0.05,
) -> set[str]:
    """The rows that were there from the start to the end of a walk, and that it did not show.

    Before each request a row is deleted, and one made, each with its probability.
    """
    draw, there = random.Random(f"storm {seed}"), set(standin.by_uid)

    def strike(request: Request) -> None:
        standin.clock.move(seconds=1)
        if draw.random() < deletes:
            standin.remove(draw.choice(list(standin.by_uid)))
        if draw.random() < creates:
            standin.add_invoice()

    standin.before_request = strike
    found = set(walk(adapter(standin)))
    return there & set(standin.by_uid) - found


def page_by_page(billover: Billover) -> set[str]:
    """The walk that the reference warns of (4.3)."""
    found: set[str] = set()
    number = pages = 1
    while number <= pages:
        try:
            answer = billover.http.get("/invoices/", [("page", str(number))]).object()
        except Rejected:
            break
        found.update(entry["uid"] for entry in answer["results"])
        number, pages = number + 1, answer["page_count"]
    return found


def days_of_a_service(hours: int, end_counts: bool) -> Callable[[list[Invoice], Request], list[Invoice]]:
    """Another reading of A4 for the stand-in: whose days they are, and whether the last one is part of the range."""
    zone = timezone(timedelta(hours=hours))

    def within(rows: list[Invoice], request: Request) -> list[Invoice]:
        said = [request.first(name) for name in lists.TO]
        last = min((date.fromisoformat(day) for day in said if day), default=date.max)
        ends = last.toordinal() + end_counts
        return [row for row in rows if row.created_at.astimezone(zone).toordinal() < ends]

    return within
