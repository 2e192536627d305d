"""The mirror and a service compared as a whole: counts and sums, and every difference by its id."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.receivables.models import Source
from arapp.upstreams import walker
from arapp.upstreams.comparing import KEPT, Comparing, Progress
from arapp.upstreams.connecting import same_account
from arapp.upstreams.http import Failure
from arapp.upstreams.models import Connection, Verification, VerificationStatus
from arapp.upstreams.registry import open_source
from arapp.upstreams.secrets import SecretLost
from arapp.upstreams.switching import why_closed

log = logging.getLogger("arapp.verify")

LEASE = timedelta(seconds=60)
POSTPONED = "postponed"
"""The status of a comparison that was not begun and is not stored."""
NIGHT = (2, 5)
"""Hours of the company's night."""
AT_LATEST = timedelta(hours=26)
AFTER_FAILURE = timedelta(hours=1)
ENDED_WELL = (VerificationStatus.SAME, VerificationStatus.DIFFERENT)


class Ended(Exception):
    """The comparison cannot go on: it was told to end, or its lease is gone. The text is a sentence."""


def _quiet(_what: str, _done: int, _total: int) -> None:
    return None


def verify(
    source: Source,
    *,
    stop: threading.Event | None = None,
    patience: float = 0.0,
    progress: Progress = _quiet,
    on_lease: Callable[[int], object] = lambda number: None,
) -> Verification:
    """Compare the mirror with the service under the source's lease, so that no reading runs beside it.

    ``patience``: seconds to wait for a reading that is under way. A source that is paused, postponed or read at this
    moment gives an unsaved row with the status ``POSTPONED`` and why. Never raises for what a service does;
    OperationalError or InterfaceError when the database went away. ``on_lease`` hears the number of the lease.
    """
    sentence = _why_not(source)
    lease = None if sentence else _leased(source.connection, patience)
    if lease is None:
        sentence = sentence or _("This source is being read at the moment; compare it when that has ended.")
        return Verification(source=source, status=POSTPONED, error=sentence)
    on_lease(lease)
    row = _begin(source)
    try:
        _compare(row, Held(source.connection, lease, stop), progress)
    finally:
        row.ended_at = timezone.now()
        row.save()
        source.connection.free_lease(lease)
    return row


def is_due(source: Source, now: datetime) -> bool:
    """Once a night, or when the last one ended more than 26 hours ago; after a failure at most every hour."""
    connection = Connection.objects.filter(source=source, paused=False, walked_at__isnull=False).first()
    if connection is None or (connection.postponed_until and connection.postponed_until > now):
        return False
    last = source.verifications.first()
    if last and last.status not in ENDED_WELL and timedelta() <= now - last.started_at < AFTER_FAILURE:
        return False
    good = source.verifications.filter(status__in=ENDED_WELL).values_list("ended_at", flat=True).first()
    if now - (good or source.created_at) > AT_LATEST:
        return True
    night = now.astimezone(timezone.get_default_timezone())
    if not NIGHT[0] <= night.hour < NIGHT[1]:
        return False
    return good is None or good < night.replace(hour=NIGHT[0], minute=0, second=0, microsecond=0)


class Held:
    """The lease of a comparison, renewed as long as it goes on."""

    def __init__(self, connection: Connection, number: int, stop: threading.Event | None) -> None:
        self.connection, self.number, self.stop = connection, number, stop

    def renew(self) -> None:
        """Ended when told to end, or when another run has taken over."""
        if self.stop and self.stop.is_set():
            raise Ended(cut_off())
        if not self.connection.renew_lease(self.number, LEASE):
            raise Ended(_("Another run took over; this comparison stopped."))

    def sleep(self, seconds: float) -> None:
        """Wait, and keep the lease meanwhile."""
        while seconds > 0:
            self.renew()
            pause: Callable[[float], Any] = self.stop.wait if self.stop else walker.nap
            pause(min(seconds, walker.LONGEST_NAP))
            seconds -= walker.LONGEST_NAP
        self.renew()


def cut_off() -> str:
    return _("Cut off before its end; it is begun anew later.")


def _why_not(source: Source) -> str:
    closed = why_closed(source.pk)
    if closed:
        return closed
    source.connection.refresh_from_db()
    until = source.connection.postponed_until
    if until and until > timezone.now():
        return _("Postponed until %(moment)s UTC.") % {"moment": f"{until:%Y-%m-%d %H:%M}"}
    return ""


def _leased(connection: Connection, patience: float) -> int | None:
    until = time.monotonic() + patience
    while (lease := connection.take_lease(LEASE)) is None and time.monotonic() < until:
        walker.nap(1.0)
    return lease


def _begin(source: Source) -> Verification:
    """Our lease is the only one: a comparison that still counts as running died."""
    died = source.verifications.filter(status=VerificationStatus.RUNNING)
    died.update(status=VerificationStatus.FAILED, ended_at=timezone.now(), error=cut_off())
    row = Verification.objects.create(source=source)
    row.status, row.error = VerificationStatus.FAILED, cut_off()
    return row


def _compare(row: Verification, held: Held, progress: Progress) -> None:
    try:
        adapter = open_source(row.source)
    except SecretLost as error:
        row.error = str(error)
        return
    adapter.http.sleep = held.sleep
    found = Comparing(row.source, adapter, held.renew, progress)
    try:
        with adapter.http:
            if not same_account(adapter, row.source):
                raise Failure(_("The stored credentials now reach another account. Nothing was compared."))
            found.run()
        _take(row, found)
    except (Failure, Ended) as error:
        row.error = str(error)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        fault = type(error).__name__
        log.error("Comparing %s failed: %s: %s", row.source.name, fault, error, exc_info=settings.DEBUG)
        row.error = _("Something unexpected happened here (%(fault)s); see the log.") % {"fault": fault}
    finally:
        row.requests = adapter.http.requests


def _take(row: Verification, found: Comparing) -> None:
    row.figures, row.differences = found.figures, found.differences[:KEPT]
    count = len(found.differences)
    if count:
        row.status = VerificationStatus.DIFFERENT
    else:
        row.status = VerificationStatus.FAILED if found.notes else VerificationStatus.SAME
    row.error = " ".join([_counted(count)] * bool(count) + found.notes)


def _counted(count: int) -> str:
    sentence = ngettext("There is %(count)d difference.", "There are %(count)d differences.", count)
    if count > KEPT:
        sentence = _("There are %(count)d differences; the first %(kept)d are named.")
    return sentence % {"count": count, "kept": KEPT}
