"""Days and moments in the company's time zone (the setting TIME_ZONE), whatever zone a request has activated."""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

EARLIEST, LATEST = date(1000, 1, 1), date(9998, 12, 30)
"""Outside these a day cannot be turned into a moment in every zone."""


def today() -> date:
    return timezone.localdate(timezone=timezone.get_default_timezone())


def start_of(day: date) -> datetime:
    """The moment the day begins, as aware UTC; days out of reach are moved to the nearest one within."""
    near = min(max(day, EARLIEST), LATEST)
    return datetime.combine(near, time(), timezone.get_default_timezone()).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The moment the next day begins."""
    return start_of(min(max(day, EARLIEST), LATEST) + timedelta(days=1))


def local(moment: datetime) -> datetime:
    """The moment in the company's time zone, to the second."""
    return moment.astimezone(timezone.get_default_timezone()).replace(microsecond=0)
