"""What every part of a run shares: the lease it writes under, what it has counted, where it stands."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from arapp.receivables.models import Source
from arapp.upstreams import quarantine
from arapp.upstreams.base import Adapter
from arapp.upstreams.connecting import same_account
from arapp.upstreams.http import BadAnswer, Failure, ServerFault, Throttled, Unreachable
from arapp.upstreams.lease import Lease
from arapp.upstreams.models import PullRun, RunStatus
from arapp.upstreams.streams import STREAMS, Record

if TYPE_CHECKING:
    from arapp.upstreams.pull import Options

LONGEST_NAP = 15.0
TROUBLES_IN_A_ROW = 3
"""So many objects one after the other that cannot be had are no fault of theirs."""
PASSING = (ServerFault, BadAnswer, Unreachable)
"""What may be wrong with one object alone."""

UNSTORABLE = (DataError, IntegrityError, OverflowError, RecursionError)
"""What the database says to a value that it cannot hold."""

Progress = Callable[[str, int, int], None]
"""What is being read, how many are done, how many there are (0 while that is not known)."""


def nap(seconds: float) -> None:
    time.sleep(seconds)


class LeaseLost(Exception):
    """Another run has taken over; what this one was about to write is rolled back."""


class Stopped(Exception):
    """The worker was told to end."""


class Suspicious(Failure):
    """The answers look as if something were wrong at the service; nothing was marked gone."""


@dataclass
class Counts:
    fetched: int = 0
    created: int = 0
    changed: int = 0
    gone: int = 0
    quarantined: int = 0
    missing: int = 0
    """Rows that wait for a person's consent before they are marked gone."""


class Reading:
    """One run over one source."""

    def __init__(self, source: Source, adapter: Adapter, lease: Lease, options: "Options", run: PullRun) -> None:
        self.source, self.adapter = source, adapter
        self.lease, self.options, self.run = lease, options, run
        self.counts = Counts()
        self.suspicions: list[str] = []
        self.doubtful = False
        """Something is wrong with what the service shows: nothing is marked gone."""
        self.postponed: Throttled | None = None
        """The calls were used up before everything was asked for that could be."""

    def suspect(self, sentence: str, *, doubtful: bool = True) -> None:
        self.suspicions.append(sentence)
        self.doubtful = self.doubtful or doubtful

    def check_account(self) -> None:
        if not same_account(self.adapter, self.source):
            raise Failure(_("The stored credentials now reach another account. Nothing was read; connect it anew."))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction under the lease: lost, it raises and everything in here is rolled back."""
        with transaction.atomic():
            self.renew()
            yield

    def renew(self) -> None:
        """Before anything is written: LeaseLost when another run has taken over, Stopped when told to end."""
        if self.options.stop and self.options.stop.is_set():
            raise Stopped
        if not self.lease.renew():
            raise LeaseLost

    def tell(self, what: str, done: int, of: int) -> None:
        if self.options.progress:
            self.options.progress(what, done, of)

    def note(self, what: str, done: int, of: int) -> None:
        """Where the run stands, in the transaction of what it has stored: no page is ahead of its rows."""
        ours = PullRun.objects.filter(pk=self.run.pk, status=RunStatus.RUNNING)
        ours.update(doing=what, done=done, of=max(of, 0))

    def known(self, stream: str) -> list[tuple[str, str]]:
        """The ids that the mirror has and does not know as gone, each with the service's word for its state."""
        return STREAMS[stream].known(self.source)

    def set_aside(self, stream: str, external_id: str, payload: Any, reason: str) -> None:
        quarantine.put(self.source, stream, external_id, payload, reason)
        self.counts.quarantined += 1

    def write(self, stream: str, found: Sequence[Record], asked_at: datetime) -> None:
        """Store records; one that cannot be stored is set aside and does not take the others with it.

        What is stored is cleared from quarantine.
        """
        try:
            tally = STREAMS[stream].write(self.source, found, asked_at)
        except UNSTORABLE as error:
            if len(found) > 1:
                for record in found:
                    self.write(stream, [record], asked_at)
            else:
                payload = getattr(found[0], "detail", None) or found[0].payload
                reason = _("The desk cannot store it: %(problem)s") % {"problem": error}
                self.set_aside(stream, found[0].external_id, payload, reason)
            return
        self.counts.created += tally.created
        self.counts.changed += tally.changed
        quarantine.clear(self.source, stream, [record.external_id for record in found])
