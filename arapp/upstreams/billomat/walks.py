"""Walking a list page by page without losing rows on the way (reference sections 2.5 and 9)."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils.translation import ngettext

from arapp.receivables.records import Unreadable, mapping, read_moment, text
from arapp.upstreams.billomat.wire import Rows
from arapp.upstreams.http import BadAnswer

Fetch = Callable[[int], Rows]
"""Gets the page of a number, from 1."""


def pages(fetch: Fetch, size: int, first: int = 1) -> Iterator[Rows]:
    """Every page up to the last. BadAnswer when one has fewer rows than the service's own total asks for."""
    number = first - 1
    while True:
        number += 1
        rows = fetch(number)
        per_page = rows.per_page or size
        if rows.total is None:
            last = len(rows.entries) < per_page
        else:
            _check_length(rows, rows.total - (number - 1) * per_page, per_page)
            last = number * per_page >= rows.total
        yield replace(rows, done=(number - 1) * per_page + len(rows.entries))
        if last:
            return


def _check_length(rows: Rows, left: int, per_page: int) -> None:
    expected = max(0, min(left, per_page))
    if len(rows.entries) < expected:
        raise BadAnswer(_cut_short(len(rows.entries), expected))


def _cut_short(came: int, expected: int) -> str:
    sentence = ngettext(
        "Billomat's page has %(count)d rows where %(expected)d should be.",
        "Billomat's page has %(count)d rows where %(expected)d should be.",
        came,
    )
    return sentence % {"count": came, "expected": expected}


def whole(fetch: Fetch, size: int, seen: set[str], first: int = 1) -> Iterator[Rows]:
    """Every row from page ``first`` on that is not in ``seen`` yet, which grows by them.

    When rows vanish during the walk, others move across the border of two pages; then it is walked once more, from
    the top. BadAnswer when even that does not give as many different rows as the service counts.
    """
    if not (yield from _walked(fetch, size, seen, first, last_try=False)):
        yield from _walked(fetch, size, seen, 1, last_try=True)


def _walked(fetch: Fetch, size: int, seen: set[str], first: int, *, last_try: bool) -> Generator[Rows, None, bool]:
    """Whether everything that the service counts was there, and nothing vanished meanwhile."""
    found: set[str] = set()
    totals: list[int] = []
    for number, rows in enumerate(pages(fetch, size, first), first):
        found.update(key(entry) or f"#{number}.{at}" for at, entry in enumerate(rows.entries))
        skipped = (first - 1) * (rows.per_page or size)
        totals += [max(0, rows.total - skipped)] if rows.total is not None else []
        yield _unseen(rows, seen)
    short = bool(totals) and len(found) < totals[-1]
    if short and last_try:
        raise BadAnswer(_too_few(totals[-1], len(found)))
    return not short and not any(later < earlier for earlier, later in pairwise(totals))


def _too_few(count: int, given: int) -> str:
    sentence = ngettext(
        "Billomat counts %(count)d row but gives %(given)d different ones.",
        "Billomat counts %(count)d rows but gives %(given)d different ones.",
        count,
    )
    return sentence % {"count": count, "given": given}


def newest(fetch: Fetch, size: int, since: datetime, seen: set[str]) -> Generator[Rows, None, bool]:
    """Rows by falling ``updated``, down to ``since``. False when the service turns out not to sort by it.

    That it does is plausible but nowhere evidenced (9), so it must show: no value rises, and the first is later than
    the last. A list of one page is read whole either way.
    """
    moments: list[datetime | None] = []
    for rows in pages(fetch, size):
        moments = moments[:1] + moments[-1:] + [_moment(entry, "updated") for entry in rows.entries]
        yield _unseen(rows, seen)
        if rows.total is not None and rows.total <= len(rows.entries):
            return True
        known = [moment for moment in moments if moment]
        if len(known) < len(moments) or any(later > earlier for earlier, later in pairwise(known)):
            return False
        if known and known[-1] < since:
            return known[0] > known[-1]
    return True


def made_since(fetch: Fetch, size: int, since: datetime, seen: set[str]) -> Iterator[Rows]:
    """Rows by falling id, down to one that was made before ``since``."""
    for rows in pages(fetch, size):
        yield _unseen(rows, seen)
        if any(moment < since for entry in rows.entries if (moment := _moment(entry, "created"))):
            return


def _moment(entry: Any, name: str) -> datetime | None:
    try:
        return read_moment(mapping(entry).get(name))
    except Unreadable:
        return None


def key(entry: Any) -> str:
    """The id of a row, "" when it has none."""
    return text(mapping(entry).get("id"))


def _unseen(rows: Rows, seen: set[str]) -> Rows:
    fresh = [entry for entry in rows.entries if key(entry) not in seen]
    seen.update(filter(None, map(key, fresh)))
    return replace(rows, entries=fresh)
