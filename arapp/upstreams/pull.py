"""Reading a source into the mirror. Any run may be repeated or cut off anywhere: a second one writes nothing."""

import logging
import shlex
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.approvals.models import Approval
from arapp.receivables.models import Source
from arapp.upstreams.http import Failure, Throttled
from arapp.upstreams.lease import LASTS, Lease
from arapp.upstreams.models import Connection, PullRun, RunStatus
from arapp.upstreams.pace import postponed, remember_postponed
from arapp.upstreams.registry import open_source
from arapp.upstreams.secrets import SecretLost
from arapp.upstreams.switching import Closed, why_closed
from arapp.upstreams.walker import LeaseLost, Progress, Stopped, Suspicious, Walker

log = logging.getLogger("arapp.pull")

LEASE = LASTS
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
    """A person's consent, given with this run; ``Connection.accept_gone_at`` is one given on a page."""
    progress: Progress | None = None
    stop: threading.Event | None = None
    """Set by a worker that is told to end: the run stops at the next page."""
    on_lease: Callable[[int], None] = lambda number: None
    """Hears the number of the lease, so that a worker can free it when the run breaks off."""


def pull(source: Source, options: Options | None = None) -> Report:
    """Read one source. Never raises for what a service does; the report says what happened.

    OperationalError or InterfaceError when the database went away: the run broke off and its lease may be held
    (``free_broken``).
    """
    options = options or Options()
    began = time.monotonic()
    report = Report(source.name, source.service)
    why_not = _why_not(source, options)
    if why_not:
        report.end(RunStatus.POSTPONED, why_not)
        return report
    number = source.connection.take_lease(LEASE)
    if number is None:
        report.end(RunStatus.BUSY, _("Another run is reading this source at the moment."))
        return report
    options.on_lease(number)
    lease = Lease(source.connection, number)
    run = _begin_run(source, lease)
    if run is None:
        report.end(RunStatus.BUSY, _("Another run is reading this source at the moment."))
        return report
    try:
        _read(source, run, lease, report, options)
    finally:
        report.seconds = Decimal(str(round(time.monotonic() - began, 3)))
        _end_run(run, report)
        lease.free()
    return report


def free_broken(source_id: int, lease_number: int) -> None:
    """Let go of the lease of a run that broke off with the database, so that the next need not wait for it."""
    Connection.objects.filter(pk=source_id, lease_number=lease_number).update(lease_until=None)


def _why_not(source: Source, options: Options) -> str:
    """Why the source is not read now; "" when it is."""
    closed, connection = why_closed(source.pk), Connection.objects.filter(source=source).first()
    if closed or connection is None:
        resume = _("Resume it with: source %(source)s --resume") % {"source": shlex.quote(source.name)}
        return f"{closed} {resume}" if connection else closed
    source.connection = connection
    until = None if options.full else postponed(connection)
    return _("Postponed until %(moment)s UTC.") % {"moment": f"{until:%Y-%m-%d %H:%M}"} if until else ""


@transaction.atomic
def _begin_run(source: Source, lease: Lease) -> PullRun | None:
    """Our lease is the only one: a run that still counts as running died. None when ours is lost already."""
    if not lease.renew():
        return None
    died = PullRun.objects.filter(source=source, status=RunStatus.RUNNING)
    died.update(status=RunStatus.FAILED, ended_at=timezone.now(), error=cut_off())
    return PullRun.objects.create(source=source)


def _end_run(run: PullRun, report: Report) -> None:
    """Whoever took over has closed the run in our place; then nothing more is said of it."""
    told = {name: value for name, value in asdict(report).items() if name not in ("source", "service")}
    ours = PullRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING)
    ours.update(**told, full=run.full, missing=run.missing, ended_at=timezone.now())


def _read(source: Source, run: PullRun, lease: Lease, report: Report, options: Options) -> None:
    try:
        adapter = open_source(source)
    except SecretLost as error:
        report.end(RunStatus.FAILED, str(error))
        return
    walker = Walker(source, adapter, lease, options, run)
    adapter.http.sleep = walker.sleep
    if options.full:
        adapter.http.pace.ask_anyway()
    try:
        with adapter.http:
            walker.read()
        report.end(RunStatus.PARTIAL if walker.counts.quarantined else RunStatus.OK)
    except (OperationalError, InterfaceError):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        raise
    except Exception as error:
        _explain(error, source, lease, report)
    finally:
        _take_counts(report, walker, adapter.http.requests)
        run.missing = walker.counts.missing
        if report.created >= MANY:
            refresh_statistics()
        Approval.objects.catch_up(source)
    if walker.postponed:
        _postpone(lease, walker.postponed)
    if walker.walked_whole:
        _note_whole(source, lease)


def _explain(error: Exception, source: Source, lease: Lease, report: Report) -> None:
    """What became of a run that did not get through, in a sentence."""
    match error:
        case Throttled():
            report.end(RunStatus.POSTPONED, str(error))
            _postpone(lease, error)
        case Closed():
            report.end(RunStatus.POSTPONED, str(error))
        case LeaseLost():
            closed = why_closed(source.pk)
            taken = _("Another run took over; this one stopped.")
            report.end(RunStatus.POSTPONED if closed else RunStatus.FAILED, closed or taken)
        case Stopped():
            report.end(RunStatus.PARTIAL, cut_off())
        case Suspicious():
            report.end(RunStatus.PARTIAL, str(error))
        case Failure():
            report.end(RunStatus.FAILED, str(error))
        case _:
            fault = type(error).__name__
            log.error("Reading %s failed: %s: %s", source.name, fault, error, exc_info=settings.DEBUG)
            sentence = _("Something unexpected happened here (%(fault)s); see the log.")
            report.end(RunStatus.FAILED, sentence % {"fault": fault})


def _postpone(lease: Lease, error: Throttled) -> None:
    if lease.note(postponed_until=error.until):
        remember_postponed(lease.connection.pk, error.until)


def _note_whole(source: Source, lease: Lease) -> None:
    with transaction.atomic():
        if lease.renew():
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
