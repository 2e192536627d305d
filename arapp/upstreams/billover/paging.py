"""BillOver's lists, whole or as far as they are new (section 4 of the reference)."""

from collections.abc import Generator, Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from urllib.parse import parse_qsl, urlsplit

from django.utils.translation import gettext as _

from arapp.upstreams.base import Page
from arapp.upstreams.billover.sheets import Place, Query, Sheet, read_sheet, too_few
from arapp.upstreams.billover.walk import Ask, Walk
from arapp.upstreams.http import BadAnswer


@dataclass(frozen=True)
class Lists:
    ask: Ask
    base_url: str

    def first(self, path: str, words: str = "") -> Sheet:
        place = Place(path, words=words)
        return read_sheet(self.ask(path, place.asked()), place)

    def whole(self, path: str, *, dated: bool, words: str = "") -> Iterator[Page]:
        """All rows, each once; ``dated`` where the list is newest first and can be narrowed by days.

        ``words`` narrow it to what the service finds by them.

        Walked a second time, page by page, where the first way did not show as many rows as the list has: days
        leave out what has none. BadAnswer when even then fewer came than the list had all along.
        """
        seen: set[Hashable] = set()
        for walk in (self._walk(path, dated, dated, words), self._walk(path, False, True, words)):
            count = yield from self._pages(walk.sheets(), seen)
            if len(seen) >= count:
                return
            count = yield from self._pages(iter([self.first(path, words)]), seen)
            if len(seen) >= count:
                return
        raise BadAnswer(too_few(count, len(seen)))

    def newest(self, path: str, since: datetime) -> Iterator[Page]:
        """The top of a newest-first list, each row once, as far as a page with a row made before ``since``."""
        yield from self._pages(_down_to(since, self._walk(path, True, True).sheets()), set())

    def _pages(self, sheets: Iterator[Sheet], seen: set[Hashable]) -> Generator[Page, None, int]:
        """What is new on each sheet. Returns how many rows the list had at the first."""
        first = next(sheets)
        for sheet in chain([first], sheets):
            fresh = [entry for key, entry in sheet.rows.items() if key not in seen]
            seen.update(sheet.rows)
            if fresh or sheet is first:
                yield Page(fresh, first.count)
        return first.count

    def _walk(self, path: str, days: bool, twice: bool, words: str = "") -> Walk:
        return Walk(self.ask, self._own, Place(path, words=words), days, twice)

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


def _down_to(since: datetime, sheets: Iterator[Sheet]) -> Iterator[Sheet]:
    for sheet in sheets:
        yield sheet
        if sheet.newest_first and sheet.moments[-1] < since:
            return
