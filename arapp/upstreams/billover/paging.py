"""Walking BillOver's lists, in either of its two envelopes (section 4 of the reference)."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.upstreams.base import Page
from arapp.upstreams.billover.mapping import created_at_of, uid_of
from arapp.upstreams.http import BadAnswer, Rejected

Query = tuple[tuple[str, str], ...]
Ask = Callable[[str, Query], dict[str, Any]]
"""A path under the base URL and its query; gives the answer as a JSON object, or raises a Failure."""


@dataclass(frozen=True)
class Sheet:
    """One page as it came."""

    entries: list[Any]
    count: int
    """Rows of the whole list, as this page says."""
    next: str | None
    """Address of the next page; None on the last one and where pages are numbered."""
    linked: bool
    """Whether this envelope links its pages (companies, cards) or numbers them (invoices)."""
    size: int
    """Rows of a full page: what the answer says (A6), else how many came."""

    def keys(self, number: int) -> list[Hashable]:
        """What tells the rows apart; where they stand, for those without a uid."""
        return [uid_of(entry) or (number, place) for place, entry in enumerate(self.entries)]


def read_sheet(answer: dict[str, Any]) -> Sheet:
    """BadAnswer when ``results`` is no list or ``count`` no number."""
    entries, count = answer.get("results"), _whole(answer.get("count"))
    if not isinstance(entries, list):
        raise BadAnswer(_("The service answered with a list that has no rows in it (“results”)."))
    if count is None:
        raise BadAnswer(_("The service answered with a list that does not say how long it is (“count”)."))
    following = answer.get("next")
    return Sheet(
        entries=entries,
        count=count,
        next=following if isinstance(following, str) and following else None,
        linked="next" in answer,
        size=_whole(answer.get("page_size")) or len(entries) or 1,
    )


def _whole(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


@dataclass(frozen=True)
class Lists:
    ask: Ask
    base_url: str

    def first(self, path: str) -> Sheet:
        return self._sheet(path, 1)

    def whole(self, path: str) -> Iterator[Page]:
        """All rows; walked a second time when rows slipped past the first (4.3), so rows may come twice.

        BadAnswer when even then fewer came than the list had all along.
        """
        seen: set[Hashable] = set()
        for _attempt in range(2):
            counts = []
            for number, sheet in enumerate(self._sheets(path), 1):
                counts.append(sheet.count)
                seen.update(sheet.keys(number))
                yield Page(sheet.entries, sheet.count)
            if len(seen) >= counts[-1]:
                return
        if len(seen) < min(counts):
            raise BadAnswer(_too_few(counts[-1], len(seen)))

    def newest(self, path: str, since: datetime) -> Iterator[Page]:
        """The pages of a newest-first list, as far as one with a row made before ``since`` (A3: no date filter)."""
        for sheet in self._sheets(path):
            yield Page(sheet.entries, sheet.count)
            moments = [created_at_of(entry) for entry in sheet.entries]
            if any(moment and moment < since for moment in moments):
                return

    def _sheets(self, path: str) -> Iterator[Sheet]:
        first = self.first(path)
        if not first.linked:
            _promised(first, 1, first.size)
        yield first
        yield from self._linked(first) if first.linked else self._numbered(path, first)

    def _numbered(self, path: str, first: Sheet) -> Iterator[Sheet]:
        """The further pages; how many follows from the newest count, which ``page_count`` only repeats (4.2)."""
        number, sheet = 1, first
        while number * first.size < sheet.count:
            number += 1
            try:
                sheet = self._sheet(path, number)
            except Rejected as error:
                if error.status == 404:
                    return
                raise
            _promised(sheet, number, first.size)
            if number == 2 and _same(first, sheet):
                self._really_turns(path, sheet)
            yield sheet

    def _really_turns(self, path: str, second: Sheet) -> None:
        """A5: page 2 looks like page 1. New rows may have pushed it there; then page 1 is another by now."""
        if _same(self.first(path), second):
            raise BadAnswer(_("The list gives the same rows whichever page is asked for."))

    def _linked(self, sheet: Sheet) -> Iterator[Sheet]:
        visited: set[str] = set()
        while sheet.next:
            if sheet.next in visited or len(visited) > sheet.count:
                raise BadAnswer(_("The pages of the list lead in a circle."))
            visited.add(sheet.next)
            try:
                sheet = read_sheet(self.ask(*self._own(sheet.next)))
            except Rejected as error:
                if error.status == 404:
                    return
                raise
            yield sheet

    def _own(self, address: str) -> tuple[str, Query]:
        """Path and query of an address under our base URL; BadAnswer for any other scheme or host (4.2)."""
        base = urlsplit(self.base_url)
        try:
            target = urlsplit(address)
        except ValueError:
            target = urlsplit("")
        same = (target.scheme, target.netloc) == (base.scheme, base.netloc)
        if not same or not target.path.startswith(f"{base.path}/"):
            raise BadAnswer(_("The next page of the list is at another address; the key is not sent there."))
        return target.path.removeprefix(base.path), tuple(parse_qsl(target.query, keep_blank_values=True))

    def _sheet(self, path: str, number: int) -> Sheet:
        return read_sheet(self.ask(path, (("page", str(number)),)))


def _promised(sheet: Sheet, number: int, size: int) -> None:
    """BadAnswer for a page with fewer rows than its own count promises at this place."""
    promised = min(size, sheet.count - (number - 1) * size)
    if len(sheet.entries) < promised:
        raise BadAnswer(_cut_short(number, promised, len(sheet.entries)))


def _too_few(count: int, seen: int) -> str:
    sentence = ngettext(
        "The list says that it has %(count)d row, but only %(seen)d could be seen.",
        "The list says that it has %(count)d rows, but only %(seen)d could be seen.",
        count,
    )
    return sentence % {"count": count, "seen": seen}


def _cut_short(page: int, promised: int, came: int) -> str:
    sentence = ngettext(
        "Page %(page)d of the list should have %(count)d row, but %(came)d came.",
        "Page %(page)d of the list should have %(count)d rows, but %(came)d came.",
        promised,
    )
    return sentence % {"page": page, "count": promised, "came": came}


def _same(one: Sheet, other: Sheet) -> bool:
    return bool(one.entries) and one.keys(0) == other.keys(0)
