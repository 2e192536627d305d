"""How fast a source may be called, shared by all processes through the connection's row."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.upstreams.http import Throttled
from arapp.upstreams.models import Connection

KEPT_FOR_PEOPLE = 60
"""A fifth of Billomat's 300 calls a window (reference 2.7) is left for what people do at the desk."""

PATIENCE, PATIENCE_OF_PEOPLE = timedelta(seconds=60), timedelta(seconds=5)
LONGEST_QUEUE = timedelta(seconds=90)
"""Slots reserved further ahead than anybody waits come from a machine whose clock is wrong."""


class DatabasePace:
    """Calls a second by reserving slots in the row, and calls left in the service's window as its headers tell."""

    def __init__(self, connection: Connection, *, for_person: bool) -> None:
        self.connection = connection
        self.floor = 0 if for_person else KEPT_FOR_PEOPLE
        self.patience = PATIENCE_OF_PEOPLE if for_person else PATIENCE

    def wait(self) -> float:
        """Seconds until our slot. Throttled when the window's calls are used up."""
        left, reset = self.connection.calls_left, self.connection.calls_reset_at
        if left is not None and reset and left <= self.floor and reset > timezone.now():
            raise Throttled(_("The calls this service allows in its window are used up."), reset)
        return self._slot() if self.connection.calls_per_second else 0.0

    def _slot(self) -> float:
        """Reserve the next free slot. Throttled when that is further away than whoever asks may wait."""
        gap = timedelta(seconds=1 / self.connection.calls_per_second)
        row = Connection.objects.filter(pk=self.connection.pk)
        while True:
            taken = row.values_list("next_call_at", flat=True).get()
            now = timezone.now()
            sane = taken is not None and taken - now <= LONGEST_QUEUE
            start = max(now, taken) if sane else now
            if start - now > self.patience:
                raise Throttled(_("Others are calling this service just now; try again in a moment."), start)
            if row.filter(next_call_at=taken).update(next_call_at=start + gap):
                return (start - now).total_seconds()

    def heard(self, headers: Mapping[str, str]) -> None:
        """Take in what the answer says of the window; kept in the row for the other processes."""
        left, reset = headers.get("x-rate-limit-remaining", ""), headers.get("x-rate-limit-reset", "")
        if not left.isdigit() or not reset.isdigit():
            return
        self.connection.calls_left = int(left)
        self.connection.calls_reset_at = _local(int(reset), headers.get("date", ""))
        if int(left) % 10 == 0 or int(left) <= KEPT_FOR_PEOPLE + 10:
            Connection.objects.filter(pk=self.connection.pk).update(
                calls_left=self.connection.calls_left, calls_reset_at=self.connection.calls_reset_at
            )


def _local(reset: int, date: str) -> datetime:
    """The end of the window on our own clock: the service's clock is judged by its ``Date`` header."""
    moment = datetime.fromtimestamp(min(reset, 2**33), UTC)
    try:
        return timezone.now() + (moment - parsedate_to_datetime(date))
    except (ValueError, TypeError):
        return moment
