"""Hints that came in: kept once each, taken by one reader, settled. None is lost, whoever dies when."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from arapp.receivables.models import Source
from arapp.upstreams.base import Hint
from arapp.upstreams.models import Hook, HookCall, HookState

APART = timedelta(seconds=10)
"""One object is read at most once in this time."""
TAKEN_FOR = timedelta(minutes=2)
"""A reader that has not settled its hints by then has died; they are due again."""
TRIES = 8
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=10)
KEPT = 1_000
"""Calls of a source that are kept once they are settled."""
AT_ONCE = 500
EXCERPT = 2_000
"""Characters kept of a body that was not understood."""


@dataclass(frozen=True)
class Claim:
    """One object to be read, and the calls that named it."""

    kind: str
    external_id: str
    source_id: int
    until: datetime
    """These calls are due then, if nobody settles them before."""
    calls: Mapping[int, int]
    """By primary key, how often each had come when it was taken."""
    tries: int

    def rows(self) -> QuerySet[HookCall]:
        """The calls of the object that wait for this reading, with those that came meanwhile."""
        return _waiting(self.source_id).filter(kind=self.kind, external_id=self.external_id, due_at=self.until)


def _waiting(source_id: int) -> QuerySet[HookCall]:
    return HookCall.objects.filter(source=source_id, state=HookState.WAITING)


def _move(rows: QuerySet[HookCall], to: str, **fields: Any) -> int:
    """Change the state of those rows that still are as the caller saw them; how many were."""
    return rows.update(state=to, **fields)


@transaction.atomic
def keep(source: Source, hints: Iterable[Hint], body: bytes) -> None:
    """Store what a genuine hook names. One that came before is counted, and read again."""
    newest = max((_keep(source, hint, body) for hint in hints), default=0)
    if newest % 100 == 0:
        _prune(source)


def _keep(source: Source, hint: Hint, body: bytes) -> int:
    now = timezone.now()
    row, fresh = HookCall.objects.get_or_create(
        source=source, digest=_digest(hint, body), defaults=_fields(hint, body, now)
    )
    if not fresh:
        again = HookCall.objects.filter(pk=row.pk)
        if not again.update(times=F("times") + 1, received_at=now):
            return _keep(source, hint, body)
        settled = again.exclude(state=HookState.WAITING).exclude(external_id="")
        _move(settled, HookState.WAITING, due_at=now, tries=0, note="")
    return row.pk


def _fields(hint: Hint, body: bytes, now: datetime) -> dict[str, Any]:
    note = hint.note + ("\n" + _excerpt(body) if hint.odd else "")
    fields = {"event": hint.event[:60], "kind": hint.kind, "external_id": hint.external_id, "note": note}
    settled = {} if hint.external_id else {"state": HookState.IGNORED, "done_at": now}
    return {**fields, **settled, "received_at": now, "due_at": now}


def _excerpt(body: bytes) -> str:
    return body.decode("utf-8", "replace").replace("\x00", "")[:EXCERPT]


def _digest(hint: Hint, body: bytes) -> str:
    """The same for the same call, which a service may send again with another time of sending in it."""
    what = [hint.event, hint.kind, hint.external_id, hint.call_id, "" if hint.call_id else body.hex()]
    return hashlib.sha256("\n".join(what).encode()).hexdigest()


def _prune(source: Source) -> None:
    rows = HookCall.objects.filter(source=source).order_by("-id")
    oldest = rows.values_list("pk", flat=True)[KEPT : KEPT + 1]
    if found := list(oldest):
        rows.order_by().filter(pk__lte=found[0]).exclude(state=HookState.WAITING).delete()


def is_due(source: Source) -> bool:
    return _waiting(source.pk).filter(due_at__lte=timezone.now()).exists()


def claim(source: Source) -> Claim | None:
    """Take the object whose hint is due for longest; None when none is. Whoever else asks gets another one.

    Hints about what is being read, or was within ``APART``, are put off until that has passed.
    """
    while True:
        with transaction.atomic():
            # On PostgreSQL the lock keeps readers of one source apart, on SQLite the transaction itself does.
            Hook.objects.select_for_update().filter(pk=source.pk).first()
            now = timezone.now()
            first = _waiting(source.pk).filter(due_at__lte=now).order_by("due_at", "pk").first()
            if first is None:
                return None
            if taken := _take(first, now):
                return taken


def _take(first: HookCall, now: datetime) -> Claim | None:
    same = HookCall.objects.filter(source=first.source_id, kind=first.kind, external_id=first.external_id)
    waiting = same.filter(state=HookState.WAITING)
    free_at = _free_at(same, waiting, now)
    if free_at > now:
        waiting.filter(due_at__lt=free_at).update(due_at=free_at)
        return None
    due = waiting.filter(due_at__lte=now).order_by("pk")
    found = list(due.values_list("pk", "times", "tries")[:AT_ONCE])
    until, calls = now + TAKEN_FOR, {pk: times for pk, times, _tries in found}
    if not due.order_by().filter(pk__in=list(calls)).update(due_at=until, tries=F("tries") + 1):
        return None
    tries = 1 + max(tries for _pk, _times, tries in found)
    return Claim(first.kind, first.external_id, first.source_id, until, calls, tries)


def _free_at(same: QuerySet[HookCall], waiting: QuerySet[HookCall], now: datetime) -> datetime:
    """When the object may be read: after the reading or the pause that its other hints wait for, and not too soon."""
    later = waiting.filter(due_at__gt=now).aggregate(at=Max("due_at"))["at"]
    read = same.aggregate(at=Max("done_at"))["at"]
    return max(later or now, read + APART if read and read - now < APART else now)


def settle(claim: Claim, state: str, note: str = "") -> None:
    """It was read, or cannot be. What came once more meanwhile is read once more."""
    now = timezone.now()
    for times, calls in _by_times(claim).items():
        _move(claim.rows().filter(pk__in=calls, times=times), state, note=note, done_at=now)
    claim.rows().update(due_at=now + APART)


def later(claim: Claim, note: str, at: datetime | None = None) -> datetime:
    """It could not be read: once more at ``at``, or after a growing pause. When; what had its tries has failed."""
    now = timezone.now()
    due = at or now + min(FIRST_PAUSE * 2 ** (claim.tries - 1), LONGEST_PAUSE)
    for times, calls in _by_times(claim).items():
        spent = claim.rows().filter(pk__in=calls, times=times, tries__gte=TRIES)
        _move(spent, HookState.FAILED, note=note, done_at=now)
    claim.rows().update(due_at=max(due, now + APART), note=note)
    return due


def give_back(claim: Claim, at: datetime, note: str = "") -> None:
    """It was not asked for at all: as if it had not been taken, due at ``at``."""
    claim.rows().filter(tries__gt=0).update(tries=F("tries") - 1)
    claim.rows().update(due_at=at, note=note)


def hold(source: Source, until: datetime) -> None:
    """The service is not to be called before; all hints wait."""
    _waiting(source.pk).filter(due_at__lt=until).update(due_at=until)


def _by_times(claim: Claim) -> dict[int, Sequence[int]]:
    grouped: dict[int, list[int]] = defaultdict(list)
    for pk, times in claim.calls.items():
        grouped[times].append(pk)
    return grouped
