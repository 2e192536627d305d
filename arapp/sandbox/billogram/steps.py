"""The deeds of seeded lives, by name."""

from collections.abc import Callable
from decimal import Decimal
from random import Random

from . import names, payments
from .account import Account, Record
from .commands import COMMANDS
from .samples import reachable_by
from .sums import ZERO

Deed = Callable[[Account, Record, Random], None]


def _send(account: Account, record: Record, chance: Random) -> None:
    customer = account.customers[record.data["customer"]["customer_no"]]
    COMMANDS["send"](account, record, {"method": chance.choice(reachable_by(customer))})


def _remind(account: Account, record: Record, chance: Random) -> None:
    message = chance.choice(names.REMINDER_MESSAGES)
    COMMANDS["remind"](account, record, {"message": message})


def _pay(account: Account, record: Record, chance: Random) -> None:
    payments.receive(account, record, record.sums.remaining)


def _pay_by_hand(account: Account, record: Record, chance: Random) -> None:
    COMMANDS["payment"](account, record, {"amount": record.sums.remaining})


def _pay_part(account: Account, record: Record, chance: Random) -> None:
    amount = (record.sums.remaining * chance.randint(20, 80) / 100).quantize(Decimal("0.01"))
    payments.receive(account, record, max(Decimal("0.01"), amount), manual=chance.random() < 0.3)


def _credit(account: Account, record: Record, chance: Random) -> None:
    """The whole sum; after a reminder, what remains."""
    mode = "remaining" if record.sums.fees > ZERO else "full"
    COMMANDS["credit"](account, record, {"mode": mode})


def _command(name: str) -> Deed:
    return lambda account, record, chance: COMMANDS[name](account, record, {})


STEPS: dict[str, Deed] = {
    "send": _send,
    "remind": _remind,
    "pay": _pay,
    "pay by hand": _pay_by_hand,
    "pay part": _pay_part,
    "credit": _credit,
    "collect": _command("collect"),
    "end collection": lambda account, record, chance: payments.end_collection(account, record),
    "sell": _command("sell"),
    "deny factoring": lambda account, record, chance: payments.deny_factoring(account, record),
    "wait": lambda account, record, chance: None,
}
