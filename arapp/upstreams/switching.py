"""Switching a source off and on: paused, watched only, disconnected; and what waits because of it."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.outbox.models import Intent, IntentState
from arapp.receivables.models import Source
from arapp.upstreams.http import Failure
from arapp.upstreams.models import Connection, Hook
from arapp.upstreams.pace import DatabasePace
from arapp.upstreams.secrets import SecretLost

PATIENCE = 3.0
"""Seconds to wait for writes that had begun when a source was switched off."""
WRITE_LASTS = timedelta(seconds=60)
"""A write that began longer ago has ended, or its process died."""


class Closed(Failure):
    """The source is paused or disconnected: it is not called. The text is a sentence for people."""


class Disconnected(SecretLost):
    """The credentials of the source are forgotten."""


class NotConnected(Exception):
    """There is no connected source with this name. The text is a sentence for people."""


class Switchable(DatabasePace):
    """The pace of a source; one that is paused or disconnected is not called from the next call on."""

    def wait(self) -> float:
        """Closed, and what the pace itself raises."""
        problem = why_closed(self.connection.pk)
        if problem:
            raise Closed(problem)
        return super().wait()


def why_closed(source_id: int) -> str:
    """Why the source must not be called at this moment, in a sentence; "" when it may be."""
    found = Source.objects.filter(pk=source_id).values_list("name", "connection__paused").first()
    name, paused = found or ("", None)
    if paused is None:
        return _disconnected(name)
    return _("“%(name)s” is paused; nothing is read and nothing is sent.") % {"name": name} if paused else ""


def connection_of(source: Source) -> Connection:
    """How the source is reached. Disconnected when its credentials are forgotten."""
    try:
        return source.connection
    except Connection.DoesNotExist:
        raise Disconnected(_disconnected(source.name)) from None


def connected(names: Sequence[str] = ()) -> list[Source]:
    """The connected sources, or those of them with these names, once each. NotConnected with a sentence."""
    known = {source.name: source for source in Source.objects.filter(connection__isnull=False)}
    missing = [name for name in names if name not in known]
    if not missing:
        return [known[name] for name in dict.fromkeys(names)] if names else list(known.values())
    if Source.objects.filter(name=missing[0]).exists():
        raise NotConnected(_disconnected(missing[0]))
    raise NotConnected(_("There is no source named %(names)s.") % {"names": ", ".join(missing)})


def may_write(source_id: int) -> bool:
    """Whether a write may begin. Within a transaction whoever switches the source waits until that ends."""
    row = Connection.objects.select_for_update(no_key=True)
    return row.filter(pk=source_id, paused=False, watch_only=False).first() is not None


def sendable(intents: QuerySet[Intent]) -> QuerySet[Intent]:
    """Without those whose source is paused, watched only or not connected."""
    return askable(intents).filter(source__connection__watch_only=False)


def askable(intents: QuerySet[Intent]) -> QuerySet[Intent]:
    """Those whose source may be read: neither paused nor without a connection."""
    return intents.filter(source__connection__paused=False)


def switch(source: Source, action: str, patience: float = PATIENCE) -> str:
    """Carry out one of ``ACTIONS``; a sentence that says how it is now. Repeating it is fine.

    Once it has returned, no write to a source that was switched off begins any more. KeyError for another word.
    """
    if action != "disconnect" and not Connection.objects.filter(pk=source.pk).exists():
        return _disconnected(source.name)
    sentence = ACTIONS[action](source)
    if action in ("resume", "writes"):
        return sentence
    return " ".join(filter(None, [sentence, _waiting(source), _under_way(source, patience)]))


def _set(source: Source, field: str, value: bool) -> bool:
    """Whether that changed anything."""
    rows = Connection.objects.filter(pk=source.pk, **{field: not value})
    return bool(rows.update(**{field: value}))


def _pause(source: Source) -> str:
    if _set(source, "paused", True):
        return _("“%(name)s” is paused: nothing is read and nothing is sent.") % {"name": source.name}
    return _("“%(name)s” is paused already: nothing is read and nothing is sent.") % {"name": source.name}


def _resume(source: Source) -> str:
    if not _set(source, "paused", False):
        return _("“%(name)s” is not paused; nothing changed.") % {"name": source.name}
    if Connection.objects.filter(pk=source.pk, watch_only=True).exists():
        return _("“%(name)s” is read again; it is still watched only, nothing is sent.") % {"name": source.name}
    return _("“%(name)s” is read again, and told what was decided.") % {"name": source.name}


def _watch_only(source: Source) -> str:
    fresh = _set(source, "watch_only", True)
    if Connection.objects.filter(pk=source.pk, paused=True).exists():
        already = _("“%(name)s” is watched only already, and still paused: nothing is read and nothing is sent.")
        now = _("“%(name)s” is watched only, and still paused: nothing is read and nothing is sent.")
        return (now if fresh else already) % {"name": source.name}
    if fresh:
        return _("“%(name)s” is watched only: it is read, and nothing is sent.") % {"name": source.name}
    return _("“%(name)s” is watched only already: it is read, and nothing is sent.") % {"name": source.name}


def _writes(source: Source) -> str:
    if not _set(source, "watch_only", False):
        return _("“%(name)s” is not watched only; nothing changed.") % {"name": source.name}
    if Connection.objects.filter(pk=source.pk, paused=True).exists():
        return _("“%(name)s” is not watched only any more; it is still paused.") % {"name": source.name}
    return _("“%(name)s” is told again what is decided.") % {"name": source.name}


def _disconnect(source: Source) -> str:
    with transaction.atomic():
        Hook.objects.filter(source=source).delete()
        known, _rows = Connection.objects.filter(source=source).delete()
    if not known:
        return _("“%(name)s” is disconnected already; what was read and decided stays.") % {"name": source.name}
    sentence = _("“%(name)s” is disconnected: its credentials are forgotten, what was read and decided stays.")
    return sentence % {"name": source.name}


ACTIONS: dict[str, Callable[[Source], str]] = {
    "pause": _pause,
    "resume": _resume,
    "watch-only": _watch_only,
    "writes": _writes,
    "disconnect": _disconnect,
}


def _disconnected(name: str) -> str:
    return _("“%(name)s” is not connected; nothing is read and nothing is sent.") % {"name": name}


def _waiting(source: Source) -> str:
    count = Intent.objects.filter(source=source, state=IntentState.PENDING).count()
    sentence = ngettext("%(count)d waits to be sent.", "%(count)d wait to be sent.", count)
    return sentence % {"count": count} if count else ""


def nap(seconds: float) -> None:
    time.sleep(seconds)


def _under_way(source: Source, patience: float) -> str:
    """Wait for the writes that had begun before; a sentence about those that take longer than our patience."""
    began = Intent.objects.filter(source=source, state=IntentState.SENDING, accepted_at=None)
    began = began.filter(written_at__gt=timezone.now() - WRITE_LASTS)
    until = time.monotonic() + patience
    while (count := began.count()) and time.monotonic() < until:
        nap(0.05)
    sentence = ngettext(
        "%(count)d was being sent at this moment and may still arrive.",
        "%(count)d were being sent at this moment and may still arrive.",
        count,
    )
    return sentence % {"count": count} if count else ""
