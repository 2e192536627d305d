"""What work of ours that broke off has left behind: a lease that is held, a decision that is claimed."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from arapp.outbox.models import Intent, IntentState
from arapp.upstreams.pull import free_broken


@dataclass
class Leftovers:
    """One for each worker. Threads note what they take; the worker puts right what a dead one has left.

    Others take it over by themselves in the end, when leases and claims have run out; this is only sooner.
    """

    leases: dict[int, int] = field(default_factory=dict)
    """By source: the number of the lease our run has taken last."""
    claims: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    """By source: the intent our push has claimed last, and when."""
    cut_off: set[int] = field(default_factory=set)
    """Sources whose run of ours broke off; they are due at once."""
    _runs: set[int] = field(default_factory=set)
    _pushes: set[int] = field(default_factory=set)

    def leased(self, source_id: int, number: int) -> None:
        self.leases[source_id] = number

    def claimed(self, intent: Intent) -> None:
        self.claims[intent.source_id] = (intent.pk, intent.claimed_at)

    def by_run(self, source_id: int) -> None:
        """A run of ours over this source broke off."""
        self.cut_off.add(source_id)
        self._runs.add(source_id)

    def by_push(self, source_id: int) -> None:
        """A push of ours to this source broke off."""
        self._pushes.add(source_id)

    def put_right(self) -> None:
        """Needs the database; what fails is tried again the next time."""
        for source_id in list(self._runs):
            self._free(source_id)
            self._runs.discard(source_id)
        for source_id in list(self._pushes):
            self._put_back(source_id)
            self._pushes.discard(source_id)

    def _free(self, source_id: int) -> None:
        number = self.leases.get(source_id)
        if number is not None:
            free_broken(source_id, number)

    def _put_back(self, source_id: int) -> None:
        """What was not written yet is pending again; of what was, only a read tells the outcome."""
        pk, claimed_at = self.claims.get(source_id, (None, None))
        intent = Intent.objects.filter(pk=pk, state=IntentState.SENDING, claimed_at=claimed_at).first()
        if intent and intent.written_at is None:
            intent.move(IntentState.PENDING, due_at=timezone.now())
        elif intent:
            intent.move(IntentState.UNKNOWN)
