"""Reading a source into the mirror. Any run may be repeated or cut off anywhere: a second one writes nothing."""

import logging
import threading
import time
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.approvals.models import Approval
from arapp.receivables.models import Source
from arapp.upstreams.http import Failure, Throttled
from arapp.upstreams.models import Connection, PullRun, RunStatus
from arapp.upstreams.registry import open_source
from arapp.upstreams.secrets import SecretLost
from arapp.upstreams.walker import LeaseLost, Progress, Stopped, Suspicious, Walker

log = logging.getLogger("arapp.pull")

LEASE = timedelta(seconds=60)
MANY = 500
"""So many new rows make the database's statistics useless; waiting for its own housekeeping costs seconds a page."""


def cut_off() -> str:
    """What a run says of itself until it has ended."""
    return _("Cut off before its end; the next run goes on from there.")


@dataclass
class Report:
    """What one run did, in the words and order of ``sync --json``."""

    source: str
    service: str
    status: str = RunStatus.FAILED
    fetched: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    quarantined: int = 0
    requests: int = 0
    seconds: Decimal = Decimal(0)
    error: str = field(default_factory=cut_off)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"status": str(self.status), "seconds": round(float(self.seconds), 3)}

    def end(self, status: str, error: str = "") -> None:
        self.status, self.error = status, error


@dataclass(frozen=True)
class Options:
    full: bool = False
    """Read everything, also a source that is postponed."""
    accept_gone: bool = False
    progress: Progress | None = None
    stop: threading.Event | None = None
    """Set by a worker that is told to end: the run stops at the next page."""


def pull(source: Source, options: Options | None = None) -> Report:
    """Read one source. Never raises for what a service does; the report says what happened."""
    options = options or Options()
    began = time.monotonic()
    report = Report(source.name, source.service)
    postponed = source.connection.postponed_until
    if postponed and postponed > timezone.now() and not options.full:
        moment = f"{postponed:%Y-%m-%d %H:%M}"
        report.end(RunStatus.POSTPONED, _("Postponed until %(moment)s UTC.") % {"moment": moment})
        return report
    lease = source.connection.take_lease(LEASE)
    if lease is None:
        report.end(RunStatus.BUSY, _("Another run is reading this source at the moment."))
        return report
    run = _begin_run(source)
    try:
        _read(source, run, lease, report, options)
    finally:
        report.seconds = Decimal(str(round(time.monotonic() - began, 3)))
        _end_run(run, report)
        source.connection.free_lease(lease)
    return report


def _begin_run(source: Source) -> PullRun:
    """Our lease is the only one: a run that still counts as running died."""
    died = PullRun.objects.filter(source=source, status=RunStatus.RUNNING)
    died.update(status=RunStatus.FAILED, ended_at=timezone.now(), error=cut_off())
    return PullRun.objects.create(source=source)


def _end_run(run: PullRun, report: Report) -> None:
    for name, value in asdict(report).items():
        if name not in ("source", "service"):
            setattr(run, name, value)
    run.ended_at = timezone.now()
    run.save()


def _read(source: Source, run: PullRun, lease: int, report: Report, options: Options) -> None:
    try:
        adapter = open_source(source)
    except SecretLost as error:
        report.end(RunStatus.FAILED, str(error))
        return
    walker = Walker(source, adapter, lambda: source.connection.renew_lease(lease, LEASE), options)
    adapter.http.sleep = walker.sleep
    try:
        with adapter.http:
            walker.read(run)
        report.end(RunStatus.PARTIAL if walker.counts.quarantined else RunStatus.OK)
    except Throttled as error:
        report.end(RunStatus.POSTPONED, str(error))
        Connection.objects.filter(source=source).update(postponed_until=error.until)
    except LeaseLost:
        report.end(RunStatus.FAILED, _("Another run took over; this one stopped."))
    except Stopped:
        report.end(RunStatus.PARTIAL, cut_off())
    except Suspicious as error:
        report.end(RunStatus.PARTIAL, str(error))
    except Failure as error:
        report.end(RunStatus.FAILED, str(error))
    except Exception as error:
        log.error("Reading %s failed: %s: %s", source.name, type(error).__name__, error, exc_info=settings.DEBUG)
        sentence = _("Something unexpected happened here (%(fault)s); see the log.")
        report.end(RunStatus.FAILED, sentence % {"fault": type(error).__name__})
    finally:
        _take_counts(report, walker, adapter.http.requests)
        Approval.objects.catch_up(source)
    if report.created >= MANY:
        refresh_statistics()
    if walker.walked_whole:
        Source.objects.filter(pk=source.pk, read_whole_at=None).update(read_whole_at=timezone.now())


def refresh_statistics() -> None:
    """Let the database look at its tables again, so that its plans fit them."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _take_counts(report: Report, walker: Walker, requests: int) -> None:
    counts = walker.counts
    report.requests = requests
    for name in ("fetched", "created", "changed", "gone", "quarantined"):
        setattr(report, name, getattr(counts, name))
    report.unchanged = max(0, counts.fetched - counts.created - counts.changed - counts.quarantined)
