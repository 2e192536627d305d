"""Walking a list of Billogram without losing rows on the way (reference section 3)."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import ngettext

from arapp.upstreams.base import CUSTOMERS, INVOICES, ITEMS, Page
from arapp.upstreams.billogram import mapping
from arapp.upstreams.billogram.calls import PATHS, Calls, Query, filtered, ordered
from arapp.upstreams.http import BadAnswer

IN_ORDER = {CUSTOMERS: "customer_no", ITEMS: "item_no", INVOICES: "invoice_no"}
"""What lists are walked by (section 3). Drafts have no number; what shifts is caught by counting."""
NEWEST_BY = {
    CUSTOMERS: ("created_at", "updated_at"),
    ITEMS: ("created_at", "updated_at"),
    INVOICES: ("attested_at",),
}
WALKS = 3
"""How often a list is walked that changes on the way."""


def recent(calls: Calls, stream: str, size: int, since: datetime) -> Iterator[Page]:
    """What was made, changed or attested after ``since``, and every billogram that is not final."""
    if stream == INVOICES:
        yield from whole(calls, stream, size, filtered("state", ",".join(mapping.NOT_FINAL)))
    for field in NEWEST_BY[stream]:
        yield from _newest(calls, stream, size, field, since)


def whole(calls: Calls, stream: str, size: int, query: Query = ()) -> Iterator[Page]:
    """All pages. Rows that move meanwhile shift the others: with fewer rows than there were, once more.

    BadAnswer when all the walks together did not show as many as the list has.
    """
    in_order = [*query, *ordered(IN_ORDER[stream], "asc")]
    shown: set[str] = set()
    total = 0
    for _attempt in range(WALKS):
        seen, most = set(), 0
        for number, page in enumerate(calls.pages(PATHS[stream], size, in_order), 1):
            yield page
            total = page.total or 0
            most = max(most, total)
            seen |= {mapping.entry_id(stream, e) or f"{number}/{n}" for n, e in enumerate(page.entries)}
        shown |= seen
        if len(seen) >= most:
            return
    if len(shown) < total:
        raise BadAnswer(_too_few(total, len(shown)))


def _newest(calls: Calls, stream: str, size: int, field: str, since: datetime) -> Iterator[Page]:
    """Newest first, until a row is older. Rows without the moment may stand first or last: last ends it."""
    dated = False
    for page in calls.pages(PATHS[stream], size, ordered(field, "desc")):
        yield page
        for entry in page.entries:
            moment = mapping.latest_change(stream, entry, field)
            if (moment is None and dated) or (moment and moment < since):
                return
            dated = dated or moment is not None


def _too_few(total: int, shown: int) -> str:
    sentence = ngettext(
        "Billogram says that the list has %(total)d row, but only %(shown)d could be seen.",
        "Billogram says that the list has %(total)d rows, but only %(shown)d could be seen.",
        total,
    )
    return sentence % {"total": total, "shown": shown}
