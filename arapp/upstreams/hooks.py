"""Hooks that come in: proved, stored, answered; nobody is called meanwhile. What they name is read afterwards."""

import logging
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from types import ModuleType

from django.db import Error, connection, transaction
from django.db.models import Q
from django.utils import timezone

from arapp.receivables.models import Service
from arapp.receivables.oneline import one_line
from arapp.upstreams import hook_calls
from arapp.upstreams.base import Hint
from arapp.upstreams.billogram import hooks as billogram
from arapp.upstreams.billomat import hooks as billomat
from arapp.upstreams.hook_reading import read_due
from arapp.upstreams.models import Connection, Hook
from arapp.upstreams.secrets import SecretLost, reveal

log = logging.getLogger("arapp.hooks")

SERVICES: dict[str, ModuleType] = {Service.BILLOGRAM: billogram, Service.BILLOMAT: billomat}
"""Those that have hooks, and how each proves that it is it and says what it is about."""
LARGEST = 1024 * 1024
"""Bytes of a body."""
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
PATIENCE, SHORT_PATIENCE = 1_000, 400
"""Milliseconds that a statement may wait in a busy database; together below the two seconds of an answer."""
HURRY, BUSY_FOR = 100, 2.0
"""Milliseconds a statement may wait, for so many seconds, after one waited in vain."""

__all__ = ["LARGEST", "SERVICES", "Reply", "read_due", "receive"]


@dataclass(frozen=True)
class Reply:
    """What the service is answered."""

    status: int
    text: str
    challenge: str = ""
    """For the header ``WWW-Authenticate`` of a 401."""


class _Crowd:
    """Who waits for a thread waits for the hooks before it too, so after one waited in vain none waits long."""

    def __init__(self) -> None:
        self._busy_until = float("-inf")

    @contextmanager
    def patience(self) -> Iterator[int]:
        """Milliseconds, for what the block asks of the database."""
        began = time.monotonic()
        allowed = HURRY if began < self._busy_until else PATIENCE
        try:
            yield allowed
        except Error:
            if time.monotonic() - began >= allowed / 2_000:
                self._busy_until = time.monotonic() + BUSY_FOR
            raise
        self._busy_until = float("-inf")


_crowd = _Crowd()
TOO_LARGE = Reply(413, "too large")
NOT_FOUND = Reply(404, "not found")
STORED = Reply(200, "ok")
NOT_STORED = Reply(503, "not stored, send it again")


def receive(token: str, headers: Mapping[str, str], body: bytes, length: int | None = None) -> Reply:
    """Prove, store and answer a hook. Never raises; ``length`` is what the caller was told of the body's length.

    413 over 1 MB whatever else is so, 404 for a path that is none, 401 where it does not prove whose it is, 503 where
    the database does not take it in time, 200 once it is stored.
    """
    if max(length or 0, len(body)) > LARGEST:
        return TOO_LARGE
    if not TOKEN.fullmatch(token):
        return NOT_FOUND
    told = {name.lower(): value for name, value in headers.items()}
    try:
        with _crowd.patience() as allowed, impatient(allowed):
            reply, puzzled = _accept(token, told, body)
    except (Error, SecretLost) as error:
        log.error("A hook was not stored: %s.", type(error).__name__)
        return NOT_STORED
    if puzzled:
        _ask_for_reading(puzzled)
    return reply


def _accept(token: str, headers: Mapping[str, str], body: bytes) -> tuple[Reply, Connection | None]:
    """The answer, and the connection of a source that is to be read because the hook was not understood."""
    hook = _at(token)
    if hook is None or hook.source.service not in SERVICES:
        return NOT_FOUND, None
    service = SERVICES[hook.source.service]
    keys = keys_of(hook)
    why = service.refusal(keys, headers, body, timezone.now().timestamp()) if keys else "no key is set"
    if why:
        log.warning("A hook for %s was refused: %s.", one_line(hook.source.name), why)
        return Reply(401, "not proved", service.CHALLENGE), None
    hints: list[Hint] = service.hints(headers, body)
    hook_calls.keep(hook.source, hints, body)
    return STORED, hook.source.connection if any(hint.odd for hint in hints) else None


def _at(token: str) -> Hook | None:
    """The hook with this path, or with this old path during a rotation; none of a disconnected source."""
    here = Q(path=token) | Q(old_path=token, old_until__gt=timezone.now())
    rows = Hook.objects.filter(here, source__connection__isnull=False)
    return rows.select_related("source__connection").first()


def keys_of(hook: Hook) -> list[str]:
    """The keys that are accepted now, in clear. SecretLost when none of our keys opens one of them."""
    sealed = [hook.key]
    if hook.old_until and hook.old_until > timezone.now():
        sealed.append(hook.old_key)
    return [plain for token in sealed if token and (plain := reveal(token))]


def _ask_for_reading(connection_of_source: Connection) -> None:
    """Something happened that we did not understand. If the row is held just now, the next reading finds it."""
    if connection_of_source.wanted_at is None:
        with suppress(Error), impatient(SHORT_PATIENCE):
            connection_of_source.want()


def impatient(milliseconds: int) -> AbstractContextManager[None]:
    """No statement waits longer for the database, on this connection and for this block alone."""
    return _on_postgresql(milliseconds) if connection.vendor == "postgresql" else _on_sqlite(milliseconds)


@contextmanager
def _on_postgresql(milliseconds: int) -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {milliseconds:d}")
        yield


@contextmanager
def _on_sqlite(milliseconds: int) -> Iterator[None]:
    usual = connection.settings_dict["OPTIONS"].get("timeout", 5)
    _busy_timeout(milliseconds)
    try:
        yield
    finally:
        _busy_timeout(round(usual * 1000))


def _busy_timeout(milliseconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {milliseconds:d}")
