"""The activity log of a billogram (reference section 9.1)."""

from typing import Any

from arapp.sandbox.base import Answer, Request

from . import lists
from .account import Account, Record
from .lists import Listing
from .wire import ok

LISTING = Listing(filters=("billogram_id",), orders=("created_at",))


def add(account: Account, record: Record, kind: str, data: dict[str, Any] | None) -> dict[str, Any]:
    event = {"type": kind, "created_at": account.stamp(), "event_uuid": account.uuid(), "data": data}
    record.data["events"].append(event)
    record.data["updated_at"] = event["created_at"]
    return event


def listed(account: Account, request: Request) -> Answer:
    """All events of one billogram, oldest first; the filter is mandatory."""
    page, size = lists.page_size(request, LISTING)
    wanted = _billogram_id(request)
    record = account.billograms.get(wanted)
    rows = lists.ordered(record.data["events"] if record else [], request, LISTING)
    return ok(lists.page_of(rows, page, size), {"total_count": len(rows)})


def _billogram_id(request: Request) -> str:
    parts = lists.filter_parts(request)
    if parts is None:
        raise lists.missing("filter_type")
    kind, name, value = parts
    if kind != "field":
        raise lists.invalid("filter_type", "filter_type must be field")
    if name != "billogram_id":
        raise lists.invalid("filter_field", f"cannot filter by {name}")
    return value
