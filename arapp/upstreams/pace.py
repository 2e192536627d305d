"""How fast a source may be called, shared by all processes through the connection's row."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.upstreams.failures import Failure, Throttled
from arapp.upstreams.hints import LONGEST, moment, whole
from arapp.upstreams.models import Connection

WINDOW = timedelta(minutes=15)
LONGEST_WINDOW = WINDOW + timedelta(minutes=1)
"""Who says that a window lasts longer has a wrong clock, or ours was moved."""
CALLS_A_WINDOW = 300
"""Billomat's for who is not registered (reference 2.7), as long as no answer shows that it allows more."""
SHARE_OF_PEOPLE = 5
"""One part in so many of a window's calls is left for what people do at the desk."""
KEPT_FOR_PEOPLE = CALLS_A_WINDOW // SHARE_OF_PEOPLE

PATIENCE, PATIENCE_OF_PEOPLE = timedelta(seconds=60), timedelta(seconds=5)
LONGEST_QUEUE = timedelta(seconds=90)
"""Slots reserved further ahead than anybody waits come from a machine whose clock is wrong."""

_ALLOWED: dict[int, tuple[datetime, int]] = {}
"""By source, what this process knows of the window in the row: its end as stored, and how many calls it allows."""
_POSTPONED: dict[int, tuple[datetime, float]] = {}
"""By source, what this process has stored: the moment, and when that is on the monotonic clock."""


class DatabasePace:
    """Calls a second by reserving slots in the row, and calls left in the service's window as its headers tell."""

    def __init__(self, connection: Connection, *, for_person: bool) -> None:
        self.connection, self.for_person = connection, for_person
        self.patience = PATIENCE_OF_PEOPLE if for_person else PATIENCE
        self._left: int | None = None
        self._ends = 0.0
        """The end of the window, on the monotonic clock."""
        self._kept = KEPT_FOR_PEOPLE
        self._ask_anyway = False
        self._recall()

    def _recall(self) -> None:
        left, reset = self.connection.calls_left, self.connection.calls_reset_at
        lasts = reset - timezone.now() if reset else timedelta()
        self._knows_the_last = reset is not None
        if left is not None and timedelta() < lasts <= LONGEST_WINDOW:
            self._left, self._ends = left, time.monotonic() + lasts.total_seconds()
            stored, allowed = _ALLOWED.get(self.connection.pk, (None, CALLS_A_WINDOW))
            self._kept = allowed // SHARE_OF_PEOPLE if stored == reset else KEPT_FOR_PEOPLE

    def ask_anyway(self) -> None:
        """Let the next call out whatever is known of the window: its answer tells anew."""
        self._ask_anyway = True

    def wait(self) -> float:
        """Seconds until our slot. Throttled when the window's calls are used up."""
        seconds = self._ends - time.monotonic()
        used_up = self._left is not None and self._left <= (0 if self.for_person else self._kept) and seconds > 0
        if used_up and not self._ask_anyway:
            until = timezone.now() + timedelta(seconds=seconds)
            raise Throttled(_("The calls this service allows in its window are used up."), until)
        self._ask_anyway = False
        return self._slot() if self.connection.calls_per_second else 0.0

    def _slot(self) -> float:
        """Reserve the next free slot. Throttled when that is further away than whoever asks may wait."""
        gap = timedelta(seconds=1 / self.connection.calls_per_second)
        row = Connection.objects.filter(pk=self.connection.pk)
        while True:
            found = row.values_list("next_call_at", flat=True)[:1]
            if not found:
                raise Failure(_("This source is not connected any more."))
            taken = found[0]
            now = timezone.now()
            sane = taken is not None and taken - now <= LONGEST_QUEUE
            start = max(now, taken) if sane else now
            if start - now > self.patience:
                raise Throttled(_("Others are calling this service just now; try again in a moment."), start)
            if row.filter(next_call_at=taken).update(next_call_at=start + gap):
                return (start - now).total_seconds()

    def heard(self, headers: Mapping[str, str]) -> None:
        """Take in what the answer says of the window; kept in the row for the other processes."""
        left, reset = (whole(headers.get(f"x-rate-limit-{name}", "")) for name in ("remaining", "reset"))
        if left is None or reset is None:
            return
        lasts = _lasts(reset, headers.get("date", ""))
        ends = time.monotonic() + lasts
        new = self._left is None or ends - self._ends > 60
        self._learn(left, whole(headers.get("x-rate-limit-limit", "")), new)
        self._left, self._ends = left, ends
        if new or left % 10 == 0 or left <= self._kept + 10:
            self._store(left, timezone.now() + timedelta(seconds=lasts))

    def _learn(self, left: int, told: int | None, new: bool) -> None:
        """How many calls are kept for people: a fifth of what the window allows.

        The service does not say how many it allows (2.7), so it is the most we have seen, and never under 300:
        other programs may have used some. Only where a window that we saw begin leaves less than what we keep, it is
        a smaller one; else nothing would ever be read.
        """
        if told:
            self._kept = told // SHARE_OF_PEOPLE
        elif new and self._knows_the_last and left < KEPT_FOR_PEOPLE:
            self._kept = (left + 1) // SHARE_OF_PEOPLE
        elif new:
            self._kept = max(CALLS_A_WINDOW, left + 1) // SHARE_OF_PEOPLE
        self._knows_the_last = True

    def _store(self, left: int, reset: datetime) -> None:
        self.connection.calls_left, self.connection.calls_reset_at = left, reset
        Connection.objects.filter(pk=self.connection.pk).update(calls_left=left, calls_reset_at=reset)
        _ALLOWED[self.connection.pk] = (reset, self._kept * SHARE_OF_PEOPLE)


def _lasts(reset: int, date: str) -> float:
    """Seconds to the end of the window, judged by the service's own ``Date``."""
    there = moment(date) or timezone.now()
    return min(max(0.0, reset - there.timestamp()), LONGEST_WINDOW.total_seconds())


def remember_postponed(source_id: int, until: datetime) -> None:
    """Note on the monotonic clock what is stored as a moment, so that a clock set back makes no wait longer."""
    _POSTPONED[source_id] = (until, time.monotonic() + (until - timezone.now()).total_seconds())


def postponed(connection: Connection) -> datetime | None:
    """Until when a source is left alone; None when it may be read."""
    until, now = connection.postponed_until, timezone.now()
    if until is None or not now < until <= now + timedelta(seconds=LONGEST + 60):
        return None
    stored, ends = _POSTPONED.get(connection.pk, (None, 0.0))
    return None if stored == until and time.monotonic() >= ends else until
