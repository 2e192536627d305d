"""The worker: reads sources on an interval or when asked, pushes within seconds of a decision, until told to stop."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, connections
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils import timezone

from arapp.outbox.models import Intent
from arapp.receivables.models import Source
from arapp.upstreams import hooks, verify
from arapp.upstreams.leftovers import Leftovers
from arapp.upstreams.models import Connection, HookCall, HookState, PullRun, RunStatus, Worker
from arapp.upstreams.pace import postponed
from arapp.upstreams.pull import Options, pull
from arapp.upstreams.push import push
from arapp.upstreams.switching import askable, sendable

log = logging.getLogger("arapp.work")

TICK = 1.0
BEAT = 10.0
LOOK_AGAIN = 15.0
"""Seconds between two looks at intents whose answer was lost."""
LOOK_TO_COMPARE = 60.0
"""Seconds between two looks at whether a source is to be compared with its service."""
AFTER_FAULT = 1.0
LONGEST_PAUSE = 60.0
"""Seconds until work that broke off is begun again: ``AFTER_FAULT`` the first time, then twice as long each time."""
AT_ONCE = 25
"""Intents of one source carried out before lost answers are looked at again."""
GRACE = 5.0
"""Seconds that what is under way gets to end by itself; anything may be cut off anywhere."""
FORGOTTEN_AFTER = timedelta(days=1)
CLOCK_MOVED = timedelta(minutes=1)
"""A run that began further ahead than that began by a clock that was set back since."""

READ, PUSH, HINT = "read", "push", "hint"
Lane = tuple[str, int]
"""What is done, for which source. One thread each."""


class Work:
    """Any number of these may run on any number of machines; leases and conditional updates keep them apart.

    Each source is read and told in threads of its own, so that a service that hangs holds up no other.
    """

    def __init__(self, interval: float, say: Callable[[str], None]) -> None:
        self.interval, self.say = timedelta(seconds=interval), say
        self.stop = threading.Event()
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.threads: dict[Lane, threading.Thread] = {}
        self.left = Leftovers()
        self._broke_off: dict[Lane, int] = {}
        """How often in a row."""
        self._not_before: dict[Lane, float] = {}
        self._compared_at: dict[int, float] = {}
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
                self._begin_anew()
            except Exception as error:
                log.error("A look at what is due failed: %s: %s", type(error).__name__, error)
                pause = AFTER_FAULT
            self.stop.wait(pause)
        self.say("Stopping …")
        self._end()

    def _begin_anew(self) -> None:
        """It was the database: what broke off with it need not wait longer than we do."""
        connections.close_all()
        self._broke_off.clear()
        self._not_before.clear()

    def _step(self) -> None:
        """A sign of life comes last: only who gets through all of this is alive."""
        self.left.put_right()
        for source_id in self._to_push():
            self._start(PUSH, source_id, lambda source_id=source_id: self._push(source_id))
        for source in self._open_sources().filter(pk__in=_hinted(timezone.now())):
            self._start(HINT, source.pk, lambda source=source: hooks.read_due(source))
        for source in _with_last_run(self._open_sources()):
            if self._is_free(READ, source.pk):
                self._look_at(source)
        self._beat()

    def _look_at(self, source: Source) -> None:
        """Read it if that is due; compared with its service it is in the same lane, so never while it is read."""
        if self._is_due(source, timezone.now()):
            self.left.cut_off.discard(source.pk)
            self._start(READ, source.pk, lambda: self._read(source))
        elif self._may_compare(source) and verify.is_due(source, timezone.now()):
            self._start(READ, source.pk, lambda: self._verify(source))

    def _is_free(self, what: str, source_id: int) -> bool:
        thread = self.threads.get((what, source_id))
        rested = time.monotonic() >= self._not_before.get((what, source_id), 0.0)
        return rested and (thread is None or not thread.is_alive())

    def _start(self, what: str, source_id: int, work: Callable[[], object]) -> None:
        if self._is_free(what, source_id):
            lane = (what, source_id)
            name = f"{what} {source_id}"
            self.threads[lane] = threading.Thread(target=self._guarded, args=(lane, work), name=name, daemon=True)
            self.threads[lane].start()

    def _guarded(self, lane: Lane, work: Callable[[], object]) -> None:
        """Whatever happens in it ends this thread alone, and is begun again a little later."""
        try:
            work()
            self._broke_off.pop(lane, None)
        except Connection.DoesNotExist:
            log.info("To %s ended: the source was disconnected.", lane[0])
        except Exception as error:
            if isinstance(error, DatabaseError | InterfaceError):
                log.warning("To %s broke off: the database does not answer (%s).", lane[0], type(error).__name__)
            else:
                log.error("To %s failed: %s: %s", lane[0], type(error).__name__, error)
            self._rest(lane)
            self._note(lane)
        finally:
            connections.close_all()

    def _rest(self, lane: Lane) -> None:
        times = self._broke_off[lane] = self._broke_off.get(lane, 0) + 1
        self._not_before[lane] = time.monotonic() + min(AFTER_FAULT * 2 ** (times - 1), LONGEST_PAUSE)

    def _note(self, lane: Lane) -> None:
        """Something of ours was left behind in it."""
        what, source_id = lane
        if what == READ:
            self.left.by_run(source_id)
        elif what == PUSH:
            self.left.by_push(source_id)

    def _to_push(self) -> set[int]:
        """Sources with an intent that is due, and now and then those with one whose answer was lost."""
        now = timezone.now()
        found = set(sendable(Intent.objects.due(now)).order_by().values_list("source", flat=True))
        if time.monotonic() - self._looked_at >= LOOK_AGAIN:
            self._looked_at = time.monotonic()
            found |= set(askable(Intent.objects.lost(now)).order_by().values_list("source", flat=True))
        return found

    def _push(self, source_id: int) -> None:
        for one in push(source_id, AT_ONCE, self.left.claimed):
            self.say(f"{one.source}: {one.kind} {one.invoice} {one.state} {one.error}".rstrip())

    def _open_sources(self) -> QuerySet[Source]:
        return Source.objects.filter(connection__paused=False).select_related("connection")

    def _is_due(self, source: Source, now: datetime) -> bool:
        """``source`` comes out of ``_with_last_run``. What broke off or was asked for is due at once."""
        connection = source.connection
        if source.is_read or postponed(connection):
            return False
        if connection.wanted_at or source.last_run_at is None or source.pk in self.left.cut_off:
            return True
        if source.last_run in (RunStatus.RUNNING, RunStatus.POSTPONED):
            return True
        return not -CLOCK_MOVED <= now - source.last_run_at < self.interval

    def _read(self, source: Source) -> None:
        report = pull(source, Options(stop=self.stop, on_lease=self._holder(source.pk)))
        if report.status != RunStatus.BUSY:
            found = f"{report.status}, {report.created} new, {report.changed} changed."
            self.say(f"{source.name}: {found} {report.error}".rstrip())

    def _holder(self, source_id: int) -> Callable[[int], None]:
        """What notes the lease that the thread takes; whatever this lane held before has ended."""
        self.left.leases.pop(source_id, None)
        return lambda number: self.left.leased(source_id, number)

    def _may_compare(self, source: Source) -> bool:
        """Whether it is worth a look, once a minute."""
        last = self._compared_at.get(source.pk, float("-inf"))
        if source.is_read or time.monotonic() - last < LOOK_TO_COMPARE:
            return False
        self._compared_at[source.pk] = time.monotonic()
        return True

    def _verify(self, source: Source) -> None:
        found = verify.verify(source, stop=self.stop, on_lease=self._holder(source.pk))
        self.say(f"{source.name}: compared, {found.status} {found.error}".rstrip())

    def _beat(self) -> None:
        if time.monotonic() - self._beat_at >= BEAT:
            now = timezone.now()
            Worker.objects.update_or_create(name=self.name, defaults={"seen_at": now})
            Worker.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()
            self._beat_at = time.monotonic()

    def _end(self) -> None:
        """Wait a little for what is under way; then let go of what hangs, so that others may go on."""
        cut_off = [source_id for what, source_id in self._under_way() if what == READ]
        until = time.monotonic() + GRACE
        for thread in self.threads.values():
            thread.join(max(0.0, until - time.monotonic()))
        try:
            Connection.objects.filter(source__in=cut_off).update(wanted_at=timezone.now())
            self._let_go(self._under_way())
            self.left.put_right()
            Worker.objects.filter(name=self.name).delete()
        except DatabaseError:
            log.warning("The database does not answer; leases and the sign of life run out by themselves.")
        connections.close_all()

    def _under_way(self) -> list[Lane]:
        return [lane for lane, thread in self.threads.items() if thread.is_alive()]

    def _let_go(self, hanging: list[Lane]) -> None:
        read = [source_id for what, source_id in hanging if what == READ]
        Connection.objects.filter(source__in=read).update(lease_until=None, lease_number=F("lease_number") + 1)
        for lane in hanging:
            self._note(lane)


def _hinted(now: datetime) -> QuerySet[HookCall]:
    """The ids of sources with hints to read."""
    return HookCall.objects.filter(state=HookState.WAITING, due_at__lte=now).order_by().values("source").distinct()


def _with_last_run(sources: QuerySet[Source]) -> QuerySet[Source]:
    """Sources with ``last_run`` and ``last_run_at``, how the last run stands and when it began, and ``is_read``."""
    last = PullRun.objects.filter(source=OuterRef("pk")).exclude(status=RunStatus.BUSY).order_by("-id")
    held = Connection.objects.filter(pk=OuterRef("pk"), lease_until__gt=Now())
    return sources.annotate(
        last_run=Subquery(last.values("status")[:1]),
        last_run_at=Subquery(last.values("started_at")[:1]),
        is_read=Exists(held),
    )
