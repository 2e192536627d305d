"""What the dashboard and the pages about sources show of each source, in words. Queries stay the same at any size."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    TextField,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber
from django.utils.translation import gettext as _

from arapp.approvals.models import ApprovalState, Decision
from arapp.outbox.models import Intent, IntentState
from arapp.receivables.models import Customer, Invoice, Source
from arapp.upstreams.models import PullRun, Quarantined, RunStatus
from arapp.web.freshness import FINISHED, STALE_AFTER, read_at, with_last_run
from arapp.web.shown import clock

STUCK = (IntentState.NEEDS_PERSON, IntentState.REFUSED, IntentState.UNKNOWN)
UNDER_WAY = (IntentState.PENDING, IntentState.SENDING)


@dataclass(frozen=True)
class Condition:
    """How a source is: a colour class, two or three words, and what a person can do about it."""

    css: str
    words: str
    advice: str = ""
    busy: bool = False


def condition(source: Source, now: datetime, worker: bool) -> Condition:
    """``source`` comes out of ``with_trouble``; ``worker`` tells whether a worker is running."""
    connection = getattr(source, "connection", None)
    if connection is None:
        return Condition("bad", _("Not connected"), _("Connect it with “manage.py connect”."))
    if connection.lease_until and connection.lease_until > now:
        return Condition("busy", _("Being read now"), busy=True)
    if connection.postponed_until and connection.postponed_until > now:
        advice = _("%(service)s asked us to wait; nothing to do.") % {"service": source.get_service_display()}
        return Condition("warn", _("Paused until %(at)s") % {"at": clock(connection.postponed_until)}, advice)
    if connection.wanted_at:
        return Condition("busy", _("Reading asked for"), "" if worker else no_worker(), busy=worker)
    return _read_condition(source, now, worker)


def _read_condition(source: Source, now: datetime, worker: bool) -> Condition:
    moment = read_at(source)
    if source.last_status == RunStatus.FAILED:
        return Condition("bad", _("Last reading failed"), source.last_error)
    if moment is None:
        return Condition("warn", _("Not read yet"), _("It is read by the worker soon.") if worker else no_worker())
    if now - moment > STALE_AFTER:
        return Condition("warn", _("Not fresh"), _("“Sync now” reads it again.") if worker else no_worker())
    if source.last_status == RunStatus.PARTIAL:
        return Condition("warn", _("Fresh, but not complete"), source.last_error)
    return Condition("good", _("Fresh"))


def no_worker() -> str:
    return _("No worker is running: start “manage.py work”.")


def _count(rows: QuerySet[Any], source: str = "source") -> Coalesce:
    """How many of the rows belong to the source of the outer query."""
    mine = rows.filter(**{source: OuterRef("pk")}).order_by().values(source)
    return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), Value(0), output_field=BigIntegerField())


def with_trouble(sources: QuerySet[Source]) -> QuerySet[Source]:
    """Sources with connection, ``last_status`` and ``last_error`` of the last finished run, and ``unread``."""
    runs = PullRun.objects.filter(source=OuterRef("pk"), status__in=FINISHED).order_by("-id")
    return with_last_run(sources).annotate(
        last_error=Coalesce(Subquery(runs.values("error")[:1]), Value(""), output_field=TextField()),
        unread=_count(Quarantined.objects.waiting()),
    )


def with_counts(sources: QuerySet[Source]) -> QuerySet[Source]:
    """The same with how many ``invoice_count``, ``customer_count`` and ``waiting_count`` there are."""
    waiting = Invoice.objects.decidable().filter(approval__state=ApprovalState.WAITING)
    return with_trouble(sources).annotate(
        invoice_count=_count(Invoice.objects.filter(gone_at=None)),
        customer_count=_count(Customer.objects.filter(gone_at=None)),
        waiting_count=_count(waiting),
    )


def with_runs(sources: QuerySet[Source], last: int) -> QuerySet[Source]:
    """The last few runs of each as ``last_runs``, in one query more."""
    numbered = PullRun.objects.annotate(place=Window(RowNumber(), F("source"), F("id").desc()))
    runs = numbered.filter(place__lte=last).order_by("-id")
    return sources.prefetch_related(Prefetch("runs", runs, to_attr="last_runs"))


def stuck() -> QuerySet[Intent]:
    """What was not carried out and will not be by itself, newest first; ``total`` on each row says how many."""
    return shown(still_stuck(Intent.objects.all())).annotate(total=Window(Count("pk")))


def still_stuck(intents: QuerySet[Intent]) -> QuerySet[Intent]:
    """Those that will not be carried out by themselves, without what a later decision has replaced."""
    later = Decision.objects.filter(approval=OuterRef("invoice"), id__gt=OuterRef("decisions__id"))
    return intents.filter(state__in=STUCK).exclude(Exists(later))


def shown(intents: QuerySet[Intent]) -> QuerySet[Intent]:
    return intents.select_related("source", "invoice", "customer", "person").order_by("-id")


def what(intent: Intent) -> str:
    """“Approve RE1”, “Issue RE1”: what the service is to be told, in words."""
    subject = intent.invoice or intent.customer or ""
    return (_WHAT.get(intent.kind, lambda: intent.kind))() + f" {subject}"


_WHAT: dict[str, Callable[[], str]] = {
    "approve": lambda: _("Approve"),
    "reject": lambda: _("Reject"),
    "reopen": lambda: _("Reopen"),
    "send": lambda: _("Send"),
    "complete": lambda: _("Issue"),
    "comment": lambda: _("Comment on"),
}
