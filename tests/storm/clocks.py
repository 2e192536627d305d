"""Three clocks that stand still until they are moved: the true time, ours, and the service's."""

import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from unittest import mock

import time_machine
from django.db.models import F

from arapp.sandbox.base import Clock
from arapp.upstreams import http
from arapp.upstreams.models import Connection

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NONE = timedelta()


class Clocks:
    def __init__(self) -> None:
        self.true = START
        self.ours_off = self.service_off = NONE
        self.shown_before = START - timedelta(days=1)
        """The latest that our clock has shown before it was moved: up to then it may show a moment twice."""
        self.turns = [(START, NONE)]
        """When our clock was moved (true time), and how far off it has been since."""
        self.passing: list[Callable[[], None]] = []
        """Called whenever time has passed."""
        self._traveller: time_machine.Coordinates | None = None
        self._moving = False

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Everything in this process sees our clock; sleeping moves it and takes no time."""
        with (
            time_machine.travel(self.ours(), tick=False) as self._traveller,
            mock.patch.object(time, "sleep", self.sleep),
            mock.patch.object(time, "monotonic", self.monotonic),
            _captured_clocks(self),
        ):
            yield

    def ours(self) -> datetime:
        return self.true + self.ours_off

    def service(self) -> datetime:
        return self.true + self.service_off

    def monotonic(self) -> float:
        return (self.true - START).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.advance(max(0.0, seconds))

    def advance(self, seconds: float) -> None:
        """Time passes for all; leases, judged by the database's own clock, grow older by as much."""
        step = timedelta(seconds=seconds)
        self.true += step
        self._show()
        if seconds >= 1:
            held = Connection.objects.exclude(lease_until=None)
            held.update(lease_until=F("lease_until") - step)
        if not self._moving:
            self._moving = True
            try:
                for notice in self.passing:
                    notice()
            finally:
                self._moving = False

    def set_ours_off(self, off: timedelta) -> None:
        """Our clock jumps; no time passes."""
        self.shown_before = max(self.shown_before, self.ours())
        self.ours_off = off
        self.turns.append((self.true, off))
        self._show()

    def true_of_ours(self, moment: datetime) -> datetime:
        """When our clock showed this moment: the earliest time that fits, or else the last turn before it."""
        ends = [start for start, _ in self.turns[1:]] + [self.true]
        for (start, off), end in zip(self.turns, ends, strict=True):
            if start <= moment - off <= end:
                return moment - off
        return min(moment, self.true)

    def _show(self) -> None:
        if self._traveller:
            self._traveller.move_to(self.ours())


class ServiceClock(Clock):
    """The stand-in's clock, as far off as the weather wants it."""

    def __init__(self, clocks: Clocks) -> None:
        super().__init__()
        self.clocks = clocks

    def now(self) -> datetime:
        return self.clocks.service()


@contextlib.contextmanager
def _captured_clocks(clocks: Clocks) -> Iterator[None]:
    """Defaults that hold the real functions since the class was made are exchanged too."""
    make = http.Http.__init__
    real = make.__defaults__ or ()
    swaps = ((_REAL_SLEEP, clocks.sleep), (_REAL_MONOTONIC, clocks.monotonic))

    def swapped(value: object) -> object:
        return next((mine for theirs, mine in swaps if value is theirs), value)

    make.__defaults__ = tuple(map(swapped, real))
    try:
        yield
    finally:
        make.__defaults__ = real


_REAL_SLEEP, _REAL_MONOTONIC = time.sleep, time.monotonic
