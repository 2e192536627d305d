"""How long a service asks us to wait."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

SHORTEST, LONGEST = 1.0, 24 * 3600.0
"""Seconds. Shorter hints count as none; longer ones are believed for a day, then the service is asked again."""
NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?", re.ASCII)
IN_WORDS = re.compile(rb"\b(\d{1,6})\s*sec|\b(\d{1,6})\s*Sek")
WORDS_WITHIN = 2_000


def retry_hint(headers: Mapping[str, str], now: datetime, body: bytes = b"") -> float | None:
    """Seconds the service asks us to wait, at most a day; None for no usable hint. Of several the longest holds.

    ``Retry-After`` is seconds or a date; Billomat's ``X-Rate-Limit-Reset`` (reference 2.7) is the end of the window
    in epoch seconds, and its 429 names the seconds in words. Moments are judged by the answer's own ``Date``.
    Hints under one second, past or unreadable count as none.
    """
    there = moment(headers.get("date", "")) or now
    hints = (_retry_after(headers.get("retry-after", "").strip(), there), _window(headers, there), _in_words(body))
    usable = [seconds for seconds in hints if seconds is not None and seconds >= SHORTEST]
    return min(max(usable), LONGEST) if usable else None


def moment(value: str) -> datetime | None:
    """A date of HTTP as a moment in UTC; None when it is none."""
    try:
        found = parsedate_to_datetime(value)
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def whole(value: str) -> int | None:
    """A header's number that is a plain count; None when it is none."""
    plain = value.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 15 else None


def _retry_after(value: str, there: datetime) -> float | None:
    if NUMBER.fullmatch(value):
        return float(value)
    told = moment(value)
    return (told - there).total_seconds() if told else None


def _window(headers: Mapping[str, str], there: datetime) -> float | None:
    reset = whole(headers.get("x-rate-limit-reset", ""))
    if reset is None or whole(headers.get("x-rate-limit-remaining", "0")) != 0:
        return None
    return reset - there.timestamp()


def _in_words(body: bytes) -> float | None:
    found = IN_WORDS.search(body[:WORDS_WITHIN])
    return float(found[1] or found[2]) if found else None
