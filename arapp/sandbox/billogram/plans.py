"""What becomes of each seeded billogram: its final state and the days on which something happens to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

MIX = {
    "Unattested": 26,
    "Unpaid": 40,
    "Overdue": 18,
    "Reminder_1": 9,
    "Reminder_2": 5,
    "Reminder_3": 1,
    "PartlyPaid": 11,
    "Paid": 64,
    "Credited": 8,
    "Collection": 6,
    "Collecting": 1,
    "CollectorEnded": 1,
    "Factoring": 2,
    "FactoringDenied": 1,
    "Sold": 4,
    "Ended": 3,
}
"""Of two hundred."""
OLDEST = 425
REMIND_EVERY = 12

Deeds = list[tuple[int, str]]


@dataclass(frozen=True)
class Plan:
    """All days are counted back from today; deeds are in the order of time."""

    state: str
    created_ago: int
    due_days: int
    deeds: Deeds


def planned(chance: Random, count: int) -> Iterator[Plan]:
    states = [state for state, share in MIX.items() for _ in range(share)]
    chance.shuffle(states)
    for number in range(count):
        state = states[number % len(states)]
        due_days = chance.choice((10, 15, 20, 30, 30, 30))
        created_ago, deeds = PLANS.get(state.rstrip("123"), _drafted)(chance, due_days, state)
        yield Plan(state, created_ago, due_days, deeds)


def _drafted(chance: Random, due_days: int, state: str) -> tuple[int, Deeds]:
    return (chance.randint(1, 30) if chance.random() < 0.9 else chance.randint(31, 200)), []


def _unpaid(chance: Random, due_days: int, state: str) -> tuple[int, Deeds]:
    created = chance.randint(1, due_days - 1)
    return created, [_sent(chance, created)]


def _sent(chance: Random, created: int) -> tuple[int, str]:
    return max(1, created - chance.choice((0, 0, 0, 0, 1, 3))), "send"


def _late(chance: Random, due_days: int, late: int) -> tuple[int, Deeds]:
    """Sent, and due ``late`` days ago."""
    created = due_days + late
    return created, [_sent(chance, created)]


def _overdue(chance: Random, due_days: int, state: str) -> tuple[int, Deeds]:
    return _late(chance, due_days, chance.randint(1, 60))


def _reminded(chance: Random, due_days: int, state: str) -> tuple[int, Deeds]:
    times = int(state[-1])
    late = chance.randint(times * REMIND_EVERY + 1, times * REMIND_EVERY + 60)
    created, deeds = _late(chance, due_days, late)
    return created, deeds + [(late - time * REMIND_EVERY, "remind") for time in range(1, times + 1)]


def _settled(*ways: str) -> Callable[[Random, int, str], tuple[int, Deeds]]:
    """Something in ``ways`` ends it, early or late, after a reminder when very late."""

    def plan(chance: Random, due_days: int, state: str) -> tuple[int, Deeds]:
        created = chance.randint(due_days + 20, OLDEST) if chance.random() < 0.85 else chance.randint(8, 40)
        deeds = [_sent(chance, created)]
        done = max(1, deeds[0][0] - chance.randint(2, due_days + 20))
        if created - done > due_days + REMIND_EVERY:
            deeds.append((created - due_days - REMIND_EVERY, "remind"))
        if state == "Paid" and chance.random() < 0.15:
            deeds.append((deeds[-1][0], "pay part"))
        return created, [*deeds, (done, chance.choice(ways))]

    return plan


def _partly_paid(chance: Random, due_days: int, state: str) -> tuple[int, Deeds]:
    created = chance.randint(15, 120)
    deeds = [_sent(chance, created)]
    return created, [*deeds, (max(1, deeds[0][0] - chance.randint(2, due_days)), "pay part")]


def _collected(shortest: int, *after: tuple[int, str]) -> Callable[[Random, int, str], tuple[int, Deeds]]:
    """Reminded, handed to the collector thirty days after it was due, and then ``after``."""

    def plan(chance: Random, due_days: int, state: str) -> tuple[int, Deeds]:
        late = 31 if state == "Collecting" else chance.randint(shortest, 300)
        created, deeds = _late(chance, due_days, late)
        deeds += [(late - REMIND_EVERY, "remind"), (late - 30, "collect")]
        return created, [*deeds, *((late - 30 - days, name) for days, name in after)]

    return plan


def _sold(chance: Random, due_days: int, state: str) -> tuple[int, Deeds]:
    if state == "Factoring":
        return 2, [(1, "sell")]
    created = chance.randint(6, OLDEST)
    answer = "deny factoring" if state == "FactoringDenied" else "wait"
    return created, [(created, "sell"), (created - (1 if answer != "wait" else 4), answer)]


def _ended(chance: Random, due_days: int, state: str) -> tuple[int, Deeds]:
    created = chance.randint(2, OLDEST)
    return created, [(created, "send")]


PLANS = {
    "Unattested": _drafted,
    "Unpaid": _unpaid,
    "Overdue": _overdue,
    "Reminder_": _reminded,
    "PartlyPaid": _partly_paid,
    "Paid": _settled("pay", "pay", "pay", "pay by hand"),
    "Credited": _settled("credit"),
    "Collection": _collected(36),
    "Collecting": _collected(31),
    "CollectorEnded": _collected(120, (60, "end collection")),
    "Factoring": _sold,
    "FactoringDenied": _sold,
    "Sold": _sold,
    "Ended": _ended,
}
