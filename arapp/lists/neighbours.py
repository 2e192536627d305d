"""Which rows of a filtered list stand before and after one of them, however long the list is.

Of a short list all ids are read in order. Of a long one each neighbour is one step from the row's key, as paging
walks. A row that has left the list (it was just approved, and the list shows what waits) still has neighbours: those
of the place where it would stand.
"""

from dataclasses import dataclass
from typing import Any

from arapp.lists.filters import ListFilter
from arapp.lists.paging import SORTED_WHOLE, Cursor, one_beyond


@dataclass(frozen=True)
class Neighbours:
    """Ids, or None at the ends. ``place`` counts from 1 and is 0 where it is not known at little cost."""

    previous: int | None = None
    next: int | None = None
    place: int = 0
    total: int = 0


def neighbours_of(filterset: ListFilter, pk: int, total: int | None = None) -> Neighbours:
    """``total`` is how many rows the filters leave, where that is known. No neighbours where they make no sense."""
    if filterset.problems:
        return Neighbours()
    if total is None:
        total = filterset.qs.order_by()[: SORTED_WHOLE + 1].count()
    if total <= SORTED_WHOLE:
        ids = list(filterset.order.unindexed().sorted(filterset.qs, filterset.today).values_list("pk", flat=True))
        if pk in ids:
            return _within(ids, ids.index(pk))
    return _by_key(filterset, pk, total)


def _within(ids: list[int], at: int) -> Neighbours:
    before, after = ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None
    return Neighbours(before, after, at + 1, len(ids))


def _by_key(filterset: ListFilter, pk: int, total: int) -> Neighbours:
    """One step of an index each way: among rows alike, else among those further, else among those without a key."""
    known: list[Any] = list(
        filterset.order.keyed(filterset.queryset.filter(pk=pk), filterset.today).values_list("sort_key", flat=True)
    )
    if not known:
        return Neighbours()
    return Neighbours(
        one_beyond(filterset, Cursor(known[0], pk, 0, backward=True), total),
        one_beyond(filterset, Cursor(known[0], pk, 0), total),
    )
