"""Payloads that could not be read: kept as they came with the reason, never dropped, never blocking the others."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.receivables.models import Source
from arapp.receivables.records import dump, text
from arapp.upstreams.models import Quarantined

NAMELESS = "#"


def name_of(payload: Any) -> str:
    """A name for an entry without an id: the same entry gets the same one."""
    return f"{NAMELESS}{hashlib.sha256(_kept(payload).encode()).hexdigest()[:16]}"


def _kept(payload: Any) -> str:
    try:
        return dump(payload)
    except RecursionError:
        return dump(_("(nested too deeply to be kept)"))


def put(source: Source, stream: str, external_id: str, payload: Any, reason: str) -> None:
    """Keep an unreadable payload; a repeated one is kept once, with the newest payload and reason."""
    now = timezone.now()
    told = {"reason": text(reason), "seen_at": now, "cleared_at": None}
    if payload is not None:
        told["payload"] = _kept(payload)
    row, fresh = Quarantined.objects.get_or_create(
        source=source, stream=stream, external_id=external_id[:200], defaults={"payload": "", **told}
    )
    if not fresh:
        Quarantined.objects.filter(pk=row.pk).update(**told)


def clear(source: Source, stream: str, external_ids: Sequence[str]) -> None:
    """Mark as cleared what can be read now."""
    rows = Quarantined.objects.waiting().filter(source=source, stream=stream)
    if rows.exists():
        rows.filter(external_id__in=list(external_ids)).update(cleared_at=timezone.now())


def clear_nameless(source: Source, stream: str, walk_began: datetime) -> None:
    """After a whole walk: what has no id and was not met again is no longer there in this form."""
    rows = Quarantined.objects.waiting().filter(source=source, stream=stream, external_id__startswith=NAMELESS)
    rows.filter(seen_at__lt=walk_began).update(cleared_at=timezone.now())
