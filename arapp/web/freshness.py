"""How fresh what we show is: one sentence over all sources, for the top line of every page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.receivables.models import Source
from arapp.upstreams.models import Connection, PullRun, RunStatus
from arapp.web.shown import ago

STALE_AFTER = timedelta(minutes=30)
FINISHED = (RunStatus.OK, RunStatus.PARTIAL, RunStatus.FAILED)


@dataclass(frozen=True)
class Freshness:
    words: str
    good: bool


def with_last_run(sources: QuerySet[Source]) -> QuerySet[Source]:
    """Sources with their connection and, as ``last_status``, how the last finished run went."""
    runs = PullRun.objects.filter(source=OuterRef("pk"), status__in=FINISHED).order_by("-id")
    return sources.select_related("connection").annotate(last_status=Subquery(runs.values("status")[:1]))


def connection_of(source: Source) -> Connection | None:
    """None when it was disconnected."""
    return getattr(source, "connection", None)


def read_at(source: Source) -> datetime | None:
    connection = connection_of(source)
    return connection.read_at if connection else None


def in_trouble(source: Source, now: datetime) -> bool:
    """Whether the last run failed, or the source was not read for half an hour."""
    moment = read_at(source)
    return source.last_status == RunStatus.FAILED or moment is None or now - moment > STALE_AFTER


def freshness(sources: Sequence[Source], now: datetime) -> Freshness | None:
    """None while there is no source. One that was disconnected is not expected to be fresh."""
    sources = [source for source in sources if connection_of(source)]
    if not sources:
        return None
    troubled = [source for source in sources if in_trouble(source, now)]
    if not troubled:
        oldest = min(read_at(source) for source in sources)
        return Freshness(_("All fresh, %(ago)s") % {"ago": ago(oldest, now)}, good=True)
    if len(troubled) > 1:
        count = len(troubled)
        words = ngettext("%(count)d source is not fresh", "%(count)d sources are not fresh", count) % {"count": count}
        return Freshness(words, good=False)
    return Freshness(f"{troubled[0].name}: {_how_it_is(troubled[0], now)}", good=False)


def _how_it_is(source: Source, now: datetime) -> str:
    moment = read_at(source)
    if moment is None:
        return _("not read yet")
    facts = {"ago": ago(moment, now)}
    return (_("paused, last read %(ago)s") if source.connection.paused else _("last read %(ago)s")) % facts
