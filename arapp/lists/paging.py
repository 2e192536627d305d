"""Pages of 50 rows. The first hundred by number; from there on by key, at the same cost however deep.

``page=N`` skips N-1 pages with OFFSET. ``after=…`` is a signed text that names the row to go on from: its sort key
and id. Rows without a key come last, and are walked as a second stretch: each query is one walk of an index.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.lists.filters import PAGING, ListFilter
from arapp.lists.values import shown

ROWS = 50
BY_NUMBER = 100
"""Pages that are reached by number."""

SORTED_WHOLE = 5_000
"""So few rows are found by the filters' indexes and then sorted; walking the order's index would visit far more."""

SALT = "arapp.lists.after"


@dataclass
class Page:
    """One page of a list. The links are whole query strings, filters included, or empty where there is none."""

    rows: list[Any]
    start: int
    """How many rows come before."""
    total: int
    next: str = ""
    previous: str = ""
    first: str = ""
    last: str = ""
    problem: str = ""
    """A sentence when the query string asked for a page that there is not."""
    at_least: bool = False
    """Whether ``total`` is only what was counted and there are more rows."""
    pages: int = field(init=False)
    number: int = field(init=False)

    def __post_init__(self) -> None:
        self.pages = max(1, -(-self.total // ROWS))
        self.number = self.start // ROWS + 1

    @property
    def first_row(self) -> int:
        """The place of the first row in the list, from 1; 0 on an empty page."""
        return self.start + 1 if self.rows else 0

    @property
    def counted(self) -> int:
        """How many rows there are more than, where not all were counted."""
        return self.total - 1

    @property
    def last_row(self) -> int:
        return self.start + len(self.rows)


@dataclass(frozen=True)
class Cursor:
    """Where to go on: beside the row with this key and id. ``start`` is how many rows come before the page."""

    key: Any
    id: int | None
    """None stands for the end of the list, when walking up."""
    start: int
    backward: bool = False


def page_of(filterset: ListFilter, rows: QuerySet[Any], total: int, at_least: bool = False) -> Page:
    """The page that the filter set's query string asks for: one query finds its ids, then ``rows`` are read by id.

    ``rows`` are rows with all that the page shows; they need not be filtered, and are read faster when they are not
    (``invoice_rows(Invoice.objects.all())``). ``total`` is how many rows the filters leave,
    ``at_least`` whether there may be more.
    Never raises: a page that makes no sense gives ``problem`` and the nearest page there is.
    """
    page = _Pager(filterset, total, at_least).page()
    ids = [pk for _key, pk in page.rows]
    loaded = rows.filter(pk__in=ids).in_bulk() if ids else {}
    page.rows = [loaded[pk] for pk in ids if pk in loaded]
    return page


def one_beyond(filterset: ListFilter, cursor: Cursor, total: int) -> int | None:
    """The id of the row that comes next from the cursor, in its direction; None at the end of the list."""
    found = _Pager(filterset, total)._walk(cursor, 1)
    return found[0][1] if found else None


class _Pager:
    """Finds the keys and ids of a page; ``rows`` of its page are these pairs."""

    def __init__(self, filterset: ListFilter, total: int, at_least: bool = False) -> None:
        self.data: QueryDict = filterset.data
        self.order = filterset.order if total > SORTED_WHOLE else filterset.order.unindexed()
        self.keys = self.order.keyed(filterset.qs, filterset.today).values_list("sort_key", "pk")
        self.model = filterset.queryset.model.__name__
        self.total, self.at_least = total, at_least
        self.problem = ""

    def page(self) -> Page:
        if not self.total:
            self._number()
            return Page([], 0, 0, problem=self.problem)
        cursor = self._cursor()
        page = self._by_key(cursor) if cursor else self._by_number(self._number())
        page.problem, page.at_least = self.problem, self.at_least
        page.first = self._link(page=1) if page.start else ""
        beyond = page.start + len(page.rows) < self.total
        page.last = self._link_to_last() if beyond and not self.at_least else ""
        return page

    # By number

    def _number(self) -> int:
        asked = (self.data.get("page") or "").strip() if hasattr(self.data, "get") else ""
        if not asked:
            return 1
        if not (asked.isascii() and asked.isdigit() and asked.strip("0")):
            self.problem = _("“%(page)s” is not a page number; this is the first page.") % {"page": shown(asked)}
            return 1
        return self._nearest(int(asked) if len(asked) <= 18 else 10**18, asked)

    def _nearest(self, number: int, asked: str) -> int:
        pages = max(1, -(-self.total // ROWS))
        nearest = min(number, pages, BY_NUMBER)
        if number > pages:
            self.problem = ngettext(
                "There is no page %(page)s; the list has %(pages)d page. This is page %(nearest)d.",
                "There is no page %(page)s; the list has %(pages)d pages. This is page %(nearest)d.",
                pages,
            ) % {"page": shown(asked), "pages": pages, "nearest": nearest}
        elif number > BY_NUMBER:
            self.problem = _(
                "Pages after %(limit)d are reached with “next” or by narrowing the list. This is page %(limit)d."
            ) % {"limit": BY_NUMBER}
        return nearest

    def _by_number(self, number: int) -> Page:
        start = (number - 1) * ROWS
        found = self._from(start, ROWS + 1)
        page = Page(found[:ROWS], start, self.total)
        page.previous = self._link(page=number - 1) if number > 1 else ""
        page.next = self._link_after(page) if len(found) > ROWS else ""
        return page

    def _from(self, start: int, limit: int) -> list[Any]:
        """Of a large list first the rows with a key, then the others: only so are indexes of joined names walked."""
        rows = self.keys.order_by(*self.order.terms())
        if self.total <= SORTED_WHOLE or not self.order.nullable:
            return list(rows[start : start + limit])
        with_key = self.keys.filter(sort_key__isnull=False).order_by(*self.order.terms(keyed=True))
        without = rows.filter(sort_key__isnull=True)
        found = list(with_key[start : start + limit])
        if len(found) < limit:
            passed = 0 if found else start - with_key.count()
            found += without[passed : passed + limit - len(found)]
        return found

    # By key

    def _cursor(self) -> Cursor | None:
        text = (self.data.get("after") or "").strip()
        if not text:
            return None
        try:
            cursor = _read(text, self._stamp())
        except ValueError:
            self.problem = _("The list is not the one this link went on from; this is its first page.")
            return None
        uncounted = cursor.id is None and self.at_least
        return cursor if cursor.start > 0 and not uncounted else None

    def _by_key(self, cursor: Cursor) -> Page:
        size = self._size_of_last() if cursor.id is None else ROWS
        found = self._walk(cursor, size + 1)
        more, rows = len(found) > size, found[:size]
        start = self.total - size if cursor.id is None else cursor.start
        page = Page(rows[::-1] if cursor.backward else rows, start, self.total)
        if not rows:
            return self._by_number(1)
        page.previous = self._link_before(page) if more or not cursor.backward else ""
        page.next = self._link_after(page) if cursor.id is not None and (more or cursor.backward) else ""
        return page

    def _walk(self, cursor: Cursor, limit: int) -> list[Any]:
        found: list[Any] = []
        for stretch, keyed in self._stretches(cursor):
            if len(found) < limit:
                rows = self.keys.filter(stretch).order_by(*self.order.terms(cursor.backward, keyed))
                found += rows[: limit - len(found)]
        return found

    def _stretches(self, cursor: Cursor) -> Iterator[tuple[Q, bool]]:
        """What comes behind the cursor: rows with a key (True), then those without (False); backward, reversed.

        Rows with the cursor's own key are a stretch of their own: among very many alike an index finds them at once.
        """
        beyond = "lt" if self.order.key_descends != cursor.backward else "gt"
        without = Q(sort_key__isnull=True)
        if cursor.id is None:
            yield from ((without, False), (~without, True)) if self.order.nullable else ((Q(), True),)
        elif cursor.key is None:
            yield without & Q(**{f"id__{beyond}": cursor.id}), False
            if cursor.backward:
                yield ~without, True
        else:
            tied = Q(sort_key=cursor.key) & Q(**{f"id__{beyond}": cursor.id})
            further = Q(**{f"sort_key__{beyond}": cursor.key})
            yield tied, True
            yield further, True
            if self.order.nullable and not cursor.backward:
                yield without, False

    def _size_of_last(self) -> int:
        return (self.total - 1) % ROWS + 1

    # Links

    def _link_after(self, page: Page) -> str:
        if page.number < BY_NUMBER:
            return self._link(page=page.number + 1)
        key, pk = page.rows[-1]
        return self._link_at(Cursor(key, pk, page.start + len(page.rows)))

    def _link_before(self, page: Page) -> str:
        if page.number - 1 <= BY_NUMBER:
            return self._link(page=max(1, page.number - 1))
        key, pk = page.rows[0]
        return self._link_at(Cursor(key, pk, page.start - ROWS, backward=True))

    def _link_to_last(self) -> str:
        pages = max(1, -(-self.total // ROWS))
        if pages <= BY_NUMBER:
            return self._link(page=pages)
        return self._link_at(Cursor(None, None, (pages - 1) * ROWS, backward=True))

    def _link_at(self, cursor: Cursor) -> str:
        return self._link(after=_write(cursor, self._stamp()))

    def _link(self, **paging: object) -> str:
        query = self._filters()
        if self.data.get("sums"):
            query["sums"] = "1"
        for name, value in paging.items():
            if value != 1:
                query[name] = str(value)
        return query.urlencode() or "page=1"

    def _filters(self) -> QueryDict:
        query = self.data.copy() if isinstance(self.data, QueryDict) else QueryDict(mutable=True)
        for name in PAGING:
            query.pop(name, None)
        for name in list(query):
            kept = [value for value in query.getlist(name) if value]
            query.setlist(name, kept) if kept else query.pop(name)
        return query

    def _stamp(self) -> str:
        """Which list and order a cursor belongs to."""
        told = sorted((name, sorted(texts)) for name, texts in self._filters().lists())
        plain = f"{self.model} {self.order.text} {told}"
        return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:12]


def _write(cursor: Cursor, stamp: str) -> str:
    kind = "m" if isinstance(cursor.key, datetime) else "d" if isinstance(cursor.key, date) else "v"
    key = cursor.key if kind == "v" else cursor.key.isoformat()
    told = [stamp, kind, key, cursor.id, cursor.start, cursor.backward]
    return signing.Signer(salt=SALT).sign_object(told, compress=True)


def _read(text: str, stamp: str) -> Cursor:
    """ValueError when the text is not one of ours, or of another list."""
    try:
        theirs, kind, key, pk, start, backward = signing.Signer(salt=SALT).unsign_object(text)
    except (signing.BadSignature, ValueError, TypeError, UnicodeError) as error:
        raise ValueError("not a cursor") from error
    if theirs != stamp:
        raise ValueError("a cursor of another list")
    read = {"m": datetime.fromisoformat, "d": date.fromisoformat}.get(kind)
    return Cursor(read(key) if read else key, pk, start, backward)
