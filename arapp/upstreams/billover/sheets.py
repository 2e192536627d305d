"""One page of a list as BillOver gives it, in either of its two envelopes, and true to its own count (4.2)."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.upstreams.billover.mapping import created_at_of, uid_of
from arapp.upstreams.http import BadAnswer

Query = tuple[tuple[str, str], ...]

UNTIL = ("created_at_to_date", "to_date")
"""Every spelling of the last day of a range that is sent (A2); what the service does not know it passes over."""


@dataclass(frozen=True)
class Place:
    """Where a page lies: in the whole list, or among what was made up to the end of a day."""

    path: str
    query: Query = ()
    """Of a page that a link leads to; empty where pages are numbered."""
    number: int = 1
    until: date | None = None
    words: str = ""
    """What the list is searched for."""

    def asked(self) -> Query:
        if self.query:
            return self.query
        narrowed = tuple((name, self.until.isoformat()) for name in UNTIL) if self.until else ()
        searched = (("query", self.words),) if self.words else ()
        return (*searched, *narrowed, ("page", str(self.number)))

    def next(self) -> "Place":
        return replace(self, number=self.number + 1)


@dataclass(frozen=True)
class Sheet:
    """One page as it came: a single answer, so its rows and its count are of one moment."""

    place: Place
    entries: list[Any]
    count: int
    """Rows of the list, or of the days it was narrowed to."""
    size: int
    """Rows of a full page: what the answer says (A6), else what the page before had, else how many came."""
    next: str | None
    """Address of the next page; None on the last one and where pages are numbered."""
    linked: bool
    """Whether this envelope links its pages (companies, cards) or numbers them (invoices)."""

    @property
    def is_last(self) -> bool:
        return not self.next if self.linked else self.place.number * self.size >= self.count

    @cached_property
    def uids(self) -> frozenset[str]:
        return frozenset(filter(None, map(uid_of, self.entries)))

    @cached_property
    def rows(self) -> dict[Hashable, Any]:
        """The rows by their uid; by where they stand, those that have none."""
        return {uid_of(entry) or (self.place, at): entry for at, entry in enumerate(self.entries)}

    def shows_as(self, other: "Sheet") -> bool:
        """Whether both are full of the same rows."""
        return bool(self.rows) and self.rows.keys() == other.rows.keys()

    @cached_property
    def moments(self) -> list[datetime]:
        """When the rows were made, as far as that can be read."""
        return [moment for entry in self.entries if (moment := created_at_of(entry))]

    @cached_property
    def days(self) -> list[date]:
        """The same as days of the zone in which they are written."""
        dated = (entry for entry in self.entries if created_at_of(entry))
        return [datetime.fromisoformat(str(entry["created_at"]).strip()).date() for entry in dated]

    @property
    def newest_first(self) -> bool:
        """False also where no row tells when it was made."""
        return bool(self.moments) and self.moments == sorted(self.moments, reverse=True)


def read_sheet(answer: dict[str, Any], place: Place, size: int = 0) -> Sheet:
    """The page at a place, ``size`` the rows of a full page as far as known. BadAnswer for anything but a page."""
    entries, count = answer.get("results"), _whole(answer, "count")
    if not isinstance(entries, list):
        raise BadAnswer(_("The service answered with a list that has no rows in it (“results”)."))
    if count is None:
        raise BadAnswer(_("The service answered with a list that does not say how long it is (“count”)."))
    said, following = _whole(answer, "page_size"), answer.get("next")
    if following is not None and not isinstance(following, str):
        raise BadAnswer(_("The service answered with a list whose next page is no address (“next”)."))
    sheet = Sheet(place, entries, count, said or size or len(entries) or 1, following or None, "next" in answer)
    if size and sheet.size != size and not sheet.linked:
        raise BadAnswer(_("The pages of the list change their size on the way."))
    _must_add_up(sheet, _whole(answer, "page_count"))
    return sheet


def _must_add_up(sheet: Sheet, pages: int | None) -> None:
    """BadAnswer where the numbers of a page, or its rows, are not what its own count makes of them."""
    came = len(sheet.entries)
    if came > sheet.count:
        raise BadAnswer(_too_many(sheet.count, came))
    if sheet.linked:
        return
    if pages is not None and max(pages, 1) != max(-(-sheet.count // sheet.size), 1):
        raise BadAnswer(_uneven(sheet.count, sheet.size, pages))
    promised = max(0, min(sheet.size, sheet.count - (sheet.place.number - 1) * sheet.size))
    if came != promised:
        raise BadAnswer(_not_as_promised(sheet.place.number, promised, came))


def _whole(answer: dict[str, Any], key: str) -> int | None:
    """A number of rows or pages; None for none. BadAnswer for what is no such number."""
    value = answer.get(key)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    raise BadAnswer(_("“%(key)s” of the list is not a number.") % {"key": key})


def too_few(count: int, seen: int) -> str:
    sentence = ngettext(
        "The list says that it has %(count)d row, but only %(seen)d could be seen.",
        "The list says that it has %(count)d rows, but only %(seen)d could be seen.",
        count,
    )
    return sentence % {"count": count, "seen": seen}


def _too_many(count: int, came: int) -> str:
    sentence = ngettext(
        "The list says that it has %(count)d row, but %(came)d came on one page.",
        "The list says that it has %(count)d rows, but %(came)d came on one page.",
        count,
    )
    return sentence % {"count": count, "came": came}


def _uneven(count: int, size: int, pages: int) -> str:
    sentence = _("The list says %(count)d rows, %(size)d on a page and %(pages)d pages; that does not add up.")
    return sentence % {"count": count, "size": size, "pages": pages}


def _not_as_promised(page: int, promised: int, came: int) -> str:
    sentence = ngettext(
        "Page %(page)d of the list should have %(count)d row, but %(came)d came.",
        "Page %(page)d of the list should have %(count)d rows, but %(came)d came.",
        promised,
    )
    return sentence % {"page": page, "count": promised, "came": came}
