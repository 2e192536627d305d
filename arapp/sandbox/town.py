"""The three stand-ins together, as the commands start them."""

from arapp.sandbox.base import Clock, StandIn
from arapp.sandbox.billogram import Billogram
from arapp.sandbox.billomat import Billomat
from arapp.sandbox.billover import Billover

STAND_INS: tuple[type[StandIn], ...] = (Billogram, Billover, Billomat)
SWITCHES: dict[type[StandIn], dict[str, object]] = {Billomat: {"rate_limit": None}}
MOST = 60_000


def share(invoices: int) -> list[int]:
    """How many of all invoices each stand-in gets; the first get what is left over."""
    each, rest = divmod(invoices, len(STAND_INS))
    return [each + (1 if position < rest else 0) for position in range(len(STAND_INS))]


def build(seed: int, invoices: int, clock: Clock | None = None) -> list[StandIn]:
    """One stand-in of each service over one clock; ``invoices`` counts all three together."""
    clock = clock or Clock()
    return [
        kind(seed=seed, invoices=count, clock=clock, **SWITCHES.get(kind, {}))
        for kind, count in zip(STAND_INS, share(invoices), strict=True)
    ]
