"""One way down a list that changes meanwhile, missing nothing that is there all along.

Page numbers drift: a row deleted between two requests pulls one that was not read yet onto a page that was. So each
step down has to be proved.

- *By days.* The list is narrowed to what was made up to the day of the oldest row read, and its first page taken:
  one answer, of one moment. If it reaches back to that row, nothing lies between, whatever the filter makes of days
  and zones (A4); a filter that does nothing or too much (A3) shows in the rows.
- *By pages*, where a day has more than a page and where days are of no use. The page above is read again after the
  one below, and the step made again from there unless both readings and all three counts agree. So every page is
  walked until two walks agree, one step at a time: what happens further up does not undo it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from arapp.upstreams.billover.sheets import Place, Query, Sheet, read_sheet
from arapp.upstreams.http import BadAnswer, Rejected

Ask = Callable[[str, Query], dict[str, Any]]
"""A path under the base URL and its query; gives the answer as a JSON object, or raises a Failure."""
Own = Callable[[str], tuple[str, Query]]
"""Path and query of an address under our base URL; BadAnswer for any other."""

TRIES = 25
"""How often in a row one step is made again; one in a million needs more where every third request finds a change."""
PATIENCE = 10
"""So many times its number of pages a list may be asked for in one walk, and ``TRIES`` on top."""
SLACK = 2
"""Days added at most where the day of a row is not its day at the service: another zone, an end left out (A4)."""
LATEST = date(9999, 12, 1)


@dataclass
class Walk:
    ask: Ask
    own: Own
    top: Place
    days: bool
    """Whether the list can be narrowed by days; found out on the way."""
    twice: bool
    """Whether a page is read again whenever the one below it was read, or only when the count has fallen."""
    slack: int = 0
    stumbles: int = 0
    asked: int = 0
    trail: list[Place] = field(default_factory=list)
    """The pages down to where we are, of the days we are in."""

    def sheets(self) -> Iterator[Sheet]:
        """From the top to the end. Rows may come twice. BadAnswer where it cannot be proved that none was missed."""
        sheet = self._step_to(self._sheet(self.top))
        most = self._patience(sheet)
        yield sheet
        while not sheet.is_last:
            sheet = self._by_days(sheet) or self._by_pages(sheet)
            most = max(most, self._patience(sheet))
            if self.stumbles > TRIES or self.asked > most:
                raise BadAnswer(_("The list changes faster than it can be read."))
            yield sheet

    def _patience(self, sheet: Sheet) -> int:
        return TRIES + PATIENCE * (sheet.count // sheet.size + 1)

    def _by_days(self, sheet: Sheet) -> Sheet | None:
        """What was made up to the day of the oldest row here; None where that leads no further."""
        until = self._until(sheet)
        found = until and self._narrowed(until)
        if not found:
            return None
        if found.days and (not found.newest_first or max(found.days) > until + timedelta(days=1)):
            self.days = False
        elif not found.moments or max(found.moments) < min(sheet.moments):
            self.slack += 1
            self.days = self.slack <= SLACK
        elif found.is_last or min(found.moments) < min(sheet.moments):
            self.trail.clear()
            return self._step_to(found)
        return None

    def _until(self, sheet: Sheet) -> date | None:
        """None where days are of no use, or most of what they would show has been read."""
        if not self.days or not sheet.newest_first:
            return None
        until = min(min(sheet.days), LATEST) + timedelta(days=self.slack)
        known = sum(day <= until for day in sheet.days)
        narrower = sheet.place.until is None or until < sheet.place.until
        return until if narrower and known * 2 <= sheet.size else None

    def _narrowed(self, until: date) -> Sheet | None:
        """None, and no further try, where the service does not take days."""
        try:
            return self._sheet(replace(self.top, until=until))
        except Rejected as error:
            if error.status != 400:
                raise
            self.days = False
            return None

    def _by_pages(self, sheet: Sheet) -> Sheet:
        """The next page; or this one as it is by now, to go on from, where a row may have slipped between the two."""
        below = self._found(self._below(sheet), sheet)
        if below and not self.twice and below.count >= sheet.count and not below.shows_as(sheet):
            return self._step_to(below)
        again = self._as_it_is_now(sheet)
        if below is None or not sheet.count == below.count == again.count or not again.shows_as(sheet):
            self.stumbles += 1
            return again
        if below.shows_as(sheet):
            raise BadAnswer(_("The list gives the same rows whichever page is asked for."))
        return self._step_to(below)

    def _step_to(self, sheet: Sheet) -> Sheet:
        self.trail.append(sheet.place)
        self.stumbles = 0
        return sheet

    def _below(self, sheet: Sheet) -> Place:
        if not sheet.linked:
            return sheet.place.next()
        path, query = self.own(sheet.next or "")
        place = Place(path, query, sheet.place.number + 1, sheet.place.until)
        walked = [(known.path, known.asked()) for known in self.trail]
        if (path, query) in walked or len(walked) > sheet.count:
            raise BadAnswer(_("The pages of the list lead in a circle."))
        return place

    def _as_it_is_now(self, sheet: Sheet) -> Sheet:
        """The page read again, or the nearest one above it that still joins on to its rows; the first always does."""
        again = self._found(sheet.place, sheet)
        while len(self.trail) > 1 and again != sheet and (again is None or again.uids.isdisjoint(sheet.uids)):
            self.trail.pop()
            again = self._found(self.trail[-1], sheet)
        return again or self._sheet(self.trail[0])

    def _found(self, place: Place, beside: Sheet) -> Sheet | None:
        """None for a page past the end (4.2), unless it is the first."""
        try:
            return self._sheet(place, beside.size)
        except Rejected as error:
            if error.status != 404 or place.number == 1:
                raise
            return None

    def _sheet(self, place: Place, size: int = 0) -> Sheet:
        self.asked += 1
        return read_sheet(self.ask(place.path, place.asked()), place, size)
