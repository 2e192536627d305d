"""The worker: reads sources on an interval or when asked, pushes within seconds of a decision, until told to stop."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connections
from django.db.models import F
from django.utils import timezone

from arapp.outbox.models import Intent
from arapp.receivables.models import Source
from arapp.upstreams.models import Connection, RunStatus, Worker
from arapp.upstreams.pull import Options, pull
from arapp.upstreams.push import push

log = logging.getLogger("arapp.work")

TICK = 1.0
BEAT = 10.0
LOOK_AGAIN = 15.0
"""Seconds between two looks at intents whose answer was lost."""
AFTER_FAULT = 3.0
AT_ONCE = 25
"""Intents of one source carried out before lost answers are looked at again."""
GRACE = 5.0
"""Seconds that what is under way gets to end by itself; anything may be cut off anywhere."""

READ, PUSH = "read", "push"


class Work:
    """Any number of these may run on any number of machines; leases and conditional updates keep them apart.

    Each source is read and told in threads of its own, so that a service that hangs holds up no other.
    """

    def __init__(self, interval: float, say: Callable[[str], None]) -> None:
        self.interval, self.say = timedelta(seconds=interval), say
        self.stop = threading.Event()
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.threads: dict[tuple[str, int], threading.Thread] = {}
        self._beat_at = self._looked_at = float("-inf")

    def run(self) -> None:
        """Until ``stop`` is set; a database that went away is tried again a little later."""
        while not self.stop.is_set():
            try:
                self._step()
                pause = TICK
            except (DatabaseError, InterfaceError) as error:
                log.warning("The database does not answer (%s); trying again.", type(error).__name__)
                pause = AFTER_FAULT
                connections.close_all()
            self.stop.wait(pause)
        self.say("Stopping …")
        self._end()

    def _step(self) -> None:
        self._beat()
        for source_id in self._to_push():
            self._start(PUSH, source_id, lambda source_id=source_id: self._push(source_id))
        for source in Source.objects.filter(connection__isnull=False).select_related("connection"):
            if self._is_due(source):
                self._start(READ, source.pk, lambda source=source: self._read(source))

    def _start(self, what: str, source_id: int, work: Callable[[], None]) -> None:
        busy = self.threads.get((what, source_id))
        if busy is None or not busy.is_alive():
            thread = threading.Thread(
                target=self._guarded, args=(what, work), name=f"{what} {source_id}", daemon=True
            )
            self.threads[what, source_id] = thread
            thread.start()

    def _guarded(self, what: str, work: Callable[[], None]) -> None:
        try:
            work()
        except (DatabaseError, InterfaceError) as error:
            log.warning("To %s broke off: the database does not answer (%s).", what, type(error).__name__)
        except Exception as error:
            log.error("To %s failed: %s: %s", what, type(error).__name__, error)
        finally:
            connections.close_all()

    def _to_push(self) -> set[int]:
        """Sources with an intent that is due, and now and then those with one whose answer was lost."""
        now = timezone.now()
        found = set(Intent.objects.due(now).order_by().values_list("source", flat=True))
        if time.monotonic() - self._looked_at >= LOOK_AGAIN:
            self._looked_at = time.monotonic()
            found |= set(Intent.objects.lost(now).order_by().values_list("source", flat=True))
        return found

    def _push(self, source_id: int) -> None:
        for one in push(source_id, AT_ONCE):
            self.say(f"{one.source}: {one.kind} {one.invoice} {one.state} {one.error}".rstrip())

    def _is_due(self, source: Source) -> bool:
        connection, now = source.connection, timezone.now()
        if connection.postponed_until and connection.postponed_until > now:
            return False
        last = source.runs.exclude(status=RunStatus.BUSY).first()
        return connection.wanted_at is not None or last is None or now - last.started_at >= self.interval

    def _read(self, source: Source) -> None:
        report = pull(source, Options(stop=self.stop))
        if report.status != RunStatus.BUSY:
            found = f"{report.status}, {report.created} new, {report.changed} changed."
            self.say(f"{source.name}: {found} {report.error}".rstrip())

    def _beat(self) -> None:
        if time.monotonic() - self._beat_at >= BEAT:
            self._beat_at = time.monotonic()
            Worker.objects.update_or_create(name=self.name, defaults={"seen_at": timezone.now()})

    def _end(self) -> None:
        """Wait a little for what is under way; then let go of the leases of what hangs, so that others may go on."""
        until = time.monotonic() + GRACE
        for thread in self.threads.values():
            thread.join(max(0.0, until - time.monotonic()))
        hanging = [source_id for (what, source_id), t in self.threads.items() if what == READ and t.is_alive()]
        try:
            Connection.objects.filter(source__in=hanging).update(lease_until=None, lease_number=F("lease_number") + 1)
            Worker.objects.filter(name=self.name).delete()
        except DatabaseError:
            log.warning("The database does not answer; leases and the sign of life run out by themselves.")
        connections.close_all()
