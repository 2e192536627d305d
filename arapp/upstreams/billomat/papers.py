"""What went out under an invoice, and whether it arrived (reference 4.9, 5.4). Pure functions."""

from collections.abc import Mapping, Sequence
from typing import Any

from arapp.receivables.records import EventRecord, PaperRecord, read_date, text
from arapp.upstreams.billomat.mapping import amount, identity, said

ARRIVED = ("MAIL", "SIGN_MAIL", "LETTER", "FAX")
ARRIVED += tuple(f"REMINDER_{action}" for action in ARRIVED)
FAILED = ("ERROR_MAIL", "REMINDER_ERROR_MAIL")
"""An e-mail that was taken may still not be delivered (10)."""


def reminder(row: Mapping[str, Any], currency: str) -> PaperRecord:
    """A reminder (4.9), which has no number of its own but a level."""
    return PaperRecord(
        kind="reminder",
        external_id=f"reminder:{identity(row)}",
        number=text(row.get("reminder_level_name")) or text(row.get("reminder_level")),
        issued=read_date(row.get("date")),
        amount=amount(row, "total_gross", said(row, "currency_code") or currency),
        service_state=text(row.get("status")),
    )


def delivery_failed(events: Sequence[EventRecord]) -> bool:
    """Whether the last that is told of a delivery is that it failed."""
    told = sorted((event for event in events if event.kind in ARRIVED + FAILED), key=lambda event: event.at)
    return bool(told) and told[-1].kind in FAILED
