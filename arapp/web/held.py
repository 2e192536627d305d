"""What keeps a decision from being sent now: no worker, or a source that is paused, only watched or not connected."""

from collections.abc import Callable, Iterable
from functools import cached_property

from django.db.models import Exists
from django.utils.translation import gettext as _

from arapp.outbox.models import Intent, IntentState
from arapp.receivables.models import Source
from arapp.upstreams.models import Connection, Worker
from arapp.web.freshness import connection_of

NO_WORKER, PAUSED, WATCHED, APART = "worker", "paused", "watched", "apart"
MOVING = (IntentState.PENDING, IntentState.SENDING)
LOOKED_UP = (IntentState.SENDING, IntentState.UNKNOWN)
"""What became of these is found out by reading; a source that is only watched is still read."""


def worked() -> Exists:
    """For an annotation: whether a worker is running."""
    return Exists(Worker.objects.alive())


class Held:
    """For a whole page: asked of the database at most once, and only when something is on its way."""

    @cached_property
    def _connections(self) -> dict[int, tuple[bool, bool, bool]]:
        rows = Connection.objects.annotate(worked=worked()).values_list("pk", "paused", "watch_only", "worked")
        return {pk: (paused, watched, running) for pk, paused, watched, running in rows}

    @classmethod
    def known(cls, sources: Iterable[Source], running: bool) -> "Held":
        """For sources that were read with their connections; the database is not asked at all."""
        held, found = cls(), [connection for source in sources if (connection := connection_of(source))]
        held.__dict__["_connections"] = {one.pk: (one.paused, one.watch_only, running) for one in found}
        return held

    def reason(self, intent: Intent) -> str:
        """Why the intent stays where it is; "" when nothing stands in its way or it is settled."""
        if intent.state not in (*MOVING, *LOOKED_UP):
            return ""
        if intent.source_id not in self._connections:
            return APART
        paused, watched, running = self._connections[intent.source_id]
        if paused:
            return PAUSED
        if watched and intent.state not in LOOKED_UP:
            return WATCHED
        return "" if running else NO_WORKER

    def sentence(self, intent: Intent, source: Source) -> str:
        """What holds it up and when it goes on; "" when nothing does. ``source`` is the intent's."""
        reason = self.reason(intent)
        if not reason:
            return ""
        words = _LOOKED_UP if intent.state in LOOKED_UP else _SENT
        return words[reason]() % {"service": source.get_service_display(), "name": source.name}


def held_up(intents: Iterable[tuple[Intent | None, Source]]) -> list[str]:
    """What keeps these from being sent, each sentence once, to stand after the sentence that they are decided."""
    held = Held()
    found = [held.sentence(intent, source) for intent, source in intents if intent]
    return [f"{sentence}." for sentence in dict.fromkeys(filter(None, found))]


def no_worker() -> str:
    return _("No worker is running: start “manage.py work”.")


_SENT: dict[str, Callable[[], str]] = {
    NO_WORKER: lambda: _("No worker is running; it is sent as soon as one is started"),
    PAUSED: lambda: _("%(service)s “%(name)s” is paused; it is sent when it is resumed"),
    WATCHED: lambda: _("%(service)s “%(name)s” is only watched; it is sent when sending is switched on again"),
    APART: lambda: _("%(service)s “%(name)s” is not connected; it is sent when it is connected again"),
}
_LOOKED_UP: dict[str, Callable[[], str]] = {
    NO_WORKER: lambda: _("No worker is running; whether it arrived is looked up as soon as one is started"),
    PAUSED: lambda: _("%(service)s “%(name)s” is paused; whether it arrived is looked up when it is resumed"),
    APART: lambda: _("%(service)s “%(name)s” is not connected; whether it arrived is looked up when it is again"),
}
