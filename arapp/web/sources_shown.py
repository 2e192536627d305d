"""What the dashboard and the pages about sources ask of the database. Queries stay the same at any size."""

from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    TextField,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from arapp.approvals.models import ApprovalState
from arapp.outbox.models import Intent
from arapp.receivables.models import Customer, Invoice, Source
from arapp.upstreams.models import PullRun, Quarantined, RunStatus, Verification, VerificationStatus
from arapp.web.freshness import FINISHED, with_last_run


class _Length(Func):
    """How many entries a list in a JSON column has."""

    function = "JSON_ARRAY_LENGTH"
    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_ARRAY_LENGTH", **context)


def _count(rows: QuerySet[Any]) -> Coalesce:
    """How many of the rows belong to the source of the outer query."""
    mine = rows.filter(source=OuterRef("pk")).order_by().values("source")
    return Coalesce(Subquery(mine.annotate(n=Count("*")).values("n")), Value(0), output_field=BigIntegerField())


def _first(rows: QuerySet[Any], field: Any, unknown: str | int, kind: type = TextField) -> Coalesce:
    """A field of the newest of these rows that belongs to the source of the outer query."""
    newest = rows.filter(source=OuterRef("pk")).order_by("-id").annotate(wanted=field)
    return Coalesce(Subquery(newest.values("wanted")[:1]), Value(unknown), output_field=kind())


def with_trouble(sources: QuerySet[Source]) -> QuerySet[Source]:
    """Sources with all that ``condition`` looks at.

    ``last_status`` and ``last_error`` are those of the last finished run; ``newest_status``, ``doing``, ``done`` and
    ``of`` those of the newest; ``last_missing`` and ``missing_words`` come from the last whole one, ``compared_…``
    from the last comparison. ``unread`` counts what could not be read, ``unsent`` what is still on its way.
    """
    runs, finished = PullRun.objects.all(), PullRun.objects.filter(status__in=FINISHED)
    whole = finished.filter(full=True).exclude(status=RunStatus.FAILED)
    comparing = Verification.objects.filter(source=OuterRef("pk"), status=VerificationStatus.RUNNING)
    compared = Verification.objects.exclude(status=VerificationStatus.RUNNING)
    return with_last_run(sources).annotate(
        last_error=_first(finished, F("error"), ""),
        last_missing=_first(whole, F("missing"), 0, IntegerField),
        missing_words=_first(whole, F("error"), ""),
        newest_status=_first(runs, F("status"), "", CharField),
        doing=_first(runs, F("doing"), "", CharField),
        done=_first(runs, F("done"), 0, IntegerField),
        of=_first(runs, F("of"), 0, IntegerField),
        comparing=Exists(comparing),
        compared_status=_first(compared, F("status"), "", CharField),
        compared_error=_first(compared, F("error"), ""),
        compared_count=_first(compared, _Length("differences"), 0, IntegerField),
        unread=_count(Quarantined.objects.waiting()),
        unsent=_count(Intent.objects.unsettled()),
    )


def with_counts(sources: QuerySet[Source]) -> QuerySet[Source]:
    """The same with ``invoice_count``, ``customer_count``, ``waiting_count`` and ``detail_count``."""
    waiting = Invoice.objects.decidable().filter(approval__state=ApprovalState.WAITING)
    due = Invoice.objects.filter(detail_due=True)
    # All that are due less the few that are gone: PostgreSQL reads both out of indexes alone.
    return with_trouble(sources).annotate(
        invoice_count=_count(Invoice.objects.filter(gone_at=None)),
        customer_count=_count(Customer.objects.filter(gone_at=None)),
        waiting_count=_count(waiting),
        detail_count=_count(due) - _count(due.filter(gone_at__isnull=False)),
    )


def with_runs(sources: QuerySet[Source], last: int) -> QuerySet[Source]:
    """The last few runs of each as ``last_runs``, in one query more."""
    numbered = PullRun.objects.annotate(place=Window(RowNumber(), F("source"), F("id").desc()))
    runs = numbered.filter(place__lte=last).order_by("-id")
    return sources.prefetch_related(Prefetch("runs", runs, to_attr="last_runs"))
