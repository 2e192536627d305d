"""How each source is, in words: what it does now, what is wrong with it, and what a person can do about it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.receivables.models import Source
from arapp.upstreams.base import STREAM_NAMES
from arapp.upstreams.comparing import KEPT
from arapp.upstreams.models import Connection, RunStatus, VerificationStatus
from arapp.upstreams.secrets import opens
from arapp.web.freshness import STALE_AFTER, connection_of, read_at
from arapp.web.held import no_worker
from arapp.web.said import said
from arapp.web.shown import clock, whole


@dataclass(frozen=True)
class Condition:
    """A colour class, a few words, what a person can do about it, and whatever else there is to say."""

    css: str
    words: str
    advice: str = ""
    busy: bool = False
    also: tuple[str, ...] = ()


def condition(source: Source, now: datetime, worker: bool) -> Condition:
    """``source`` comes out of ``with_trouble``; ``worker`` tells whether a worker is running."""
    connection = connection_of(source)
    found = _state(source, connection, now, worker)
    if connection and connection.watch_only and not connection.paused and found.css == "good":
        found = replace(found, css="quiet", words=watched_only())
    return replace(found, also=tuple(_also(source, connection, found, worker)))


def watched_only() -> str:
    return _("Watched only: nothing is sent")


def _state(source: Source, connection: Connection | None, now: datetime, worker: bool) -> Condition:
    if connection is None:
        advice = _("Nothing is read or sent. Connect it again with “manage.py connect”.")
        return Condition("warn", _("Not connected"), advice)
    if connection.paused:
        return Condition("warn", _("Paused: nothing is read or sent"))
    if not opens(connection.secret):
        advice = _("ENCRYPTION_KEY does not open it. Put the old key behind the new one, or connect the source anew.")
        return Condition("bad", _("Its stored secret is locked"), advice)
    if connection.lease_until and connection.lease_until > now:
        compared = source.comparing and source.newest_status != RunStatus.RUNNING
        words = _("Being compared now") if compared else _("Being read now")
        return Condition("busy", words, progress(source), busy=True)
    if connection.postponed_until and connection.postponed_until > now:
        advice = _("%(service)s asked us to wait; nothing to do.") % {"service": source.get_service_display()}
        return Condition("warn", _("Waits until %(at)s") % {"at": clock(connection.postponed_until)}, advice)
    if connection.wanted_at:
        return Condition("busy", _("Reading asked for"), "" if worker else no_worker(), busy=worker)
    return _read_state(source, now, worker)


def _read_state(source: Source, now: datetime, worker: bool) -> Condition:
    moment = read_at(source)
    if source.last_status == RunStatus.FAILED:
        return Condition("bad", _("Last reading failed"), said(source.last_error))
    if moment is None:
        return Condition("warn", _("Not read yet"), _("It is read by the worker soon.") if worker else no_worker())
    if asks_for_consent(source):
        return Condition("warn", _("Asks for consent"), source.missing_words)
    if now - moment > STALE_AFTER:
        return Condition("warn", _("Not fresh"), _("“Sync now” reads it again.") if worker else no_worker())
    if source.last_status == RunStatus.PARTIAL:
        return Condition("warn", _("Fresh, but not complete"), said(source.last_error))
    return Condition("good", _("Fresh"))


def progress(source: Source) -> str:
    """“Reading invoices: 12,000 of 20,000”; "" while there is nothing to say."""
    if source.newest_status != RunStatus.RUNNING or not source.doing:
        return ""
    what = _("details") if source.doing == "details" else STREAM_NAMES.get(source.doing, source.doing)
    facts = {"what": what, "done": whole(source.done), "of": whole(source.of)}
    if source.of:
        return _("Reading %(what)s: %(done)s of %(of)s") % facts
    return _("Reading %(what)s: %(done)s so far") % facts


def asks_for_consent(source: Source) -> bool:
    """Whether the last run found more missing than is marked as gone without a person."""
    connection = connection_of(source)
    return bool(connection and source.last_missing and not connection.accept_gone_at)


def _also(source: Source, connection: Connection | None, found: Condition, worker: bool) -> Iterator[str]:
    if connection and connection.watch_only and found.words != watched_only():
        yield watched_only() + "."
    if connection and connection.accept_gone_at:
        yield consent_given()
    elif asks_for_consent(source) and found.advice != source.missing_words:
        yield source.missing_words
    if source.unsent and (holds_back(source) or not worker):
        yield decisions_wait(source.unsent)
    yield from filter(None, (_compared(source), details_waiting(source)))


def holds_back(source: Source) -> bool:
    """Whether nothing is sent to it: paused, only watched or not connected."""
    connection = connection_of(source)
    return connection is None or connection.paused or connection.watch_only


def decisions_wait(count: int) -> str:
    words = ngettext("%(n)s waits to be sent.", "%(n)s wait to be sent.", count)
    return words % {"n": whole(count)}


def consent_given() -> str:
    return _("Asked for; what is missing is marked as gone with the next whole reading.")


def _compared(source: Source) -> str:
    """How the last comparison ended, unless the two agree."""
    count = source.compared_count
    facts = {"service": source.get_service_display(), "n": whole(count), "error": said(source.compared_error)}
    if source.compared_status == VerificationStatus.FAILED:
        return _("The last comparison with %(service)s failed: %(error)s") % facts
    if source.compared_status != VerificationStatus.DIFFERENT:
        return ""
    if count >= KEPT:
        return _("It differs from %(service)s in at least %(n)s places.") % facts
    words = ngettext(
        "It differs from %(service)s in %(n)s place.", "It differs from %(service)s in %(n)s places.", count
    )
    return words % facts


def details_waiting(source: Source) -> str:
    """Lists and totals are right without details; how many are still to be read. ``with_counts`` counts them."""
    count: int = getattr(source, "detail_count", 0)
    words = ngettext(
        "Details of %(n)s invoice are still to be read; lists and totals are right meanwhile.",
        "Details of %(n)s invoices are still to be read; lists and totals are right meanwhile.",
        count,
    )
    return words % {"n": whole(count)} if count else ""
