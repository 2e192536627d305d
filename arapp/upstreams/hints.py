"""How long a service asks us to wait."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_hint(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds the service asks us to wait; None for no usable hint. Of two hints the longer holds.

    ``Retry-After`` is seconds or a date; Billomat's ``X-Rate-Limit-Reset`` (reference 2.7) is the end of the window
    in epoch seconds, judged by the answer's own ``Date``. Hints under one second, past or unreadable count as none.
    """
    hints = (_retry_after(headers.get("retry-after", "").strip(), now), _window(headers, now))
    usable = [seconds for seconds in hints if seconds is not None and seconds >= 1]
    return max(usable, default=None)


def _retry_after(value: str, now: datetime) -> float | None:
    try:
        return float(value) if value.isascii() and value.replace(".", "", 1).isdigit() else _until(value, now)
    except (ValueError, TypeError, OverflowError):
        return None


def _window(headers: Mapping[str, str], now: datetime) -> float | None:
    reset, left = headers.get("x-rate-limit-reset", ""), headers.get("x-rate-limit-remaining", "0")
    if not reset.isdigit() or left != "0":
        return None
    try:
        told = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        told = now
    return int(reset) - told.timestamp()


def _until(value: str, now: datetime) -> float:
    moment = parsedate_to_datetime(value)
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
