"""The path and the keys of a source's hook: made, replaced, rotated."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.receivables.models import Source
from arapp.upstreams.hooks import SERVICES
from arapp.upstreams.models import Connection, Hook
from arapp.upstreams.secrets import conceal

OLD_HOLDS = timedelta(hours=24)
LONGEST_KEY = 1_000


class Refused(Exception):
    """A hook that is not made or changed; nothing was stored. The text is a sentence for people."""


def path_of(hook: Hook) -> str:
    """The path at the desk that is entered at the service."""
    return f"/hooks/{hook.path}/"


@transaction.atomic
def prepare(source: Source, key: str | None = None, *, rotate: bool = False) -> Hook:
    """The hook of a source, made if there is none yet. Refused with a sentence.

    A ``key`` takes the place of the present one at once; with ``rotate`` a new path, and the new key if there is one,
    while the old ones are accepted for 24 hours. What an earlier rotation still let in ends with the next one.
    """
    _check(source, key)
    hook, _fresh = Hook.objects.get_or_create(source=source, defaults={"path": _new_path()})
    hook = Hook.objects.select_for_update().get(pk=hook.pk)
    if rotate and not _fresh:
        _rotate(hook, key)
    if key is not None:
        hook.key = conceal(key)
    hook.save()
    return hook


def _rotate(hook: Hook, key: str | None) -> None:
    hook.old_path, hook.path = hook.path, _new_path()
    hook.old_key = hook.key if key is not None else ""
    hook.old_until = timezone.now() + OLD_HOLDS


def _new_path() -> str:
    """256 bits; 43 characters that need no escaping in an address."""
    return secrets.token_urlsafe(32)


def _check(source: Source, key: str | None) -> None:
    if source.service not in SERVICES:
        sentence = _("%(service)s has no hooks; “%(name)s” is read on the interval.")
        raise Refused(sentence % {"service": source.get_service_display(), "name": source.name})
    if not Connection.objects.filter(source=source).exists():
        raise Refused(_("“%(name)s” is not connected; a hook would have nothing to read.") % {"name": source.name})
    if key is None:
        return
    if not key:
        raise Refused(_("The key is empty."))
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Refused(_("The key holds characters that no key has, or is too long."))
