"""Billomat's sums by group, as a table (reference 4.4)."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from arapp.receivables.records import text
from arapp.upstreams.base import Document
from arapp.upstreams.billomat.bodies import Unfit
from arapp.upstreams.billomat.calls import Calls
from arapp.upstreams.billomat.wire import nested
from arapp.upstreams.http import Rejected

FIELDS = {"client": "client_id", "status": "status"} | {name: name for name in ("day", "week", "month", "year")}
"""What a group is told by, for each word of ``group_by`` (5.2)."""
NARROWED = ("from", "to")
SUMS = ("total_net", "total_gross")


def totals(calls: Calls, data: Mapping[str, Any]) -> Document:
    """Net and gross per group, in the account's currency, as CSV. ``by``: words whose order counts."""
    by = _words(data.get("by") or ())
    if data.get("format", "csv") != "csv":
        raise Unfit(_("Totals come as CSV only."))
    narrowed = [(name, str(data[name])) for name in NARROWED if data.get(name)]
    try:
        groups = calls.one("/invoices", "invoice-groups", [("group_by", ",".join(by)), *narrowed])
    except Rejected as refusal:
        raise calls.judged(refusal) from refusal
    table = _table([FIELDS[word] for word in by], groups)
    return Document(table.encode(), "text/csv", f"totals-by-{'-'.join(by)}.csv")


def _words(by: str | Sequence[str]) -> list[str]:
    """A list, or text with commas. Unfit for none, and for one that Billomat does not group by."""
    words = [word.strip() for word in (by.split(",") if isinstance(by, str) else by)]
    if not words:
        raise Unfit(_("Say what the totals are by: client, status, day, week, month or year."))
    if unknown := [word for word in words if word not in FIELDS]:
        raise Unfit(_("Billomat has no totals by “%(word)s”.") % {"word": unknown[0]})
    return words


def _table(fields: Sequence[str], groups: Mapping[str, Any]) -> str:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow([*fields, *SUMS, "currency_code"])
    currency = text(groups.get("@currency_code"))
    for group in nested({"groups": groups}, "groups", "invoice-group"):
        table.writerow([text(group.get(name)) for name in (*fields, *SUMS)] + [currency])
    return written.getvalue()
