"""Payloads that could not be read: kept as they came with the reason, never dropped, never blocking the others."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import DataError, IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from arapp.approvals.models import Approval
from arapp.receivables.models import Invoice, Source
from arapp.receivables.money import AmountError
from arapp.receivables.records import InvoiceRecord, Unreadable, dump, text
from arapp.upstreams.base import KIND_OF_STREAM, Adapter, Gone
from arapp.upstreams.http import Failure
from arapp.upstreams.models import Quarantined
from arapp.upstreams.registry import open_source
from arapp.upstreams.secrets import SecretLost
from arapp.upstreams.streams import STREAMS, Record
from arapp.upstreams.switching import why_closed

NAMELESS = "#"
LONGEST_ID = 200
"""Longer ones are cut here, so nothing can be asked for by them."""


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
        source=source, stream=stream, external_id=external_id[:LONGEST_ID], defaults={"payload": "", **told}
    )
    if not fresh:
        Quarantined.objects.filter(pk=row.pk).update(**told)


def clear(source: Source, stream: str, external_ids: Sequence[str]) -> None:
    """Mark as cleared what can be read now."""
    rows = Quarantined.objects.waiting().filter(source=source, stream=stream)
    if rows.exists():
        rows.filter(external_id__in=list(external_ids)).update(cleared_at=timezone.now())


def ids_waiting(source: Source, stream: str) -> list[str]:
    """The ids under which what waits can be asked for."""
    rows = Quarantined.objects.waiting().filter(source=source, stream=stream).order_by("id")
    ids = rows.values_list("external_id", flat=True)
    return [each for each in ids if not each.startswith(NAMELESS) and len(each) < LONGEST_ID]


def clear_nameless(source: Source, stream: str, walk_began: datetime) -> None:
    """After a whole walk: what has no id and was not met again is no longer there in this form."""
    rows = Quarantined.objects.waiting().filter(source=source, stream=stream, external_id__startswith=NAMELESS)
    rows.filter(seen_at__lt=walk_began).update(cleared_at=timezone.now())


@override("en")
def try_again(row: Quarantined) -> str:
    """Read it once more because a person asks: "" when it is stored and cleared now, else a sentence in English.

    What has an id is asked for at its service; what has none is read anew out of the payload that was kept.
    """
    closed = why_closed(row.source_id)
    if closed:
        return closed
    try:
        adapter = open_source(row.source, for_person=True)
    except SecretLost as error:
        return str(error)
    with adapter.http:
        try:
            return _again(adapter, row)
        except Gone:
            clear(row.source, row.stream, [row.external_id])
            sentence = _("%(service)s does not have it any more; there is nothing left to read.")
            return sentence % {"service": row.source.get_service_display()}
        except Failure as error:
            return str(error)


def _again(adapter: Adapter, row: Quarantined) -> str:
    nameless = row.external_id.startswith(NAMELESS) or len(row.external_id) >= LONGEST_ID
    asked_at = row.seen_at if nameless else timezone.now()
    try:
        record = _read_kept(adapter, row) if nameless else _fetch(adapter, row)
        _store(row, record, asked_at)
    except (Unreadable, AmountError) as error:
        return _still(row, getattr(error, "payload", None), str(error))
    except (DataError, IntegrityError, OverflowError, RecursionError) as error:
        return _still(row, None, _("The desk cannot store it: %(problem)s") % {"problem": error})
    clear(row.source, row.stream, [row.external_id])
    return ""


def _fetch(adapter: Adapter, row: Quarantined) -> Record:
    kind = KIND_OF_STREAM.get(row.stream)
    return adapter.detail(kind, row.external_id) if kind else adapter.again(row.stream, row.external_id)


def _read_kept(adapter: Adapter, row: Quarantined) -> Record:
    try:
        entry = json.loads(row.payload, parse_float=Decimal)
    except ValueError as error:
        raise Unreadable(_("What was kept of it is not readable JSON.")) from error
    return adapter.read(row.stream, entry)


def _store(row: Quarantined, record: Record, asked_at: datetime) -> None:
    STREAMS[row.stream].write(row.source, [record], asked_at)
    if isinstance(record, InvoiceRecord):
        stored = Invoice.objects.get(source=row.source, kind=record.kind, external_id=record.external_id)
        Approval.objects.catch_up(invoice=stored)


def _still(row: Quarantined, payload: Any, reason: str) -> str:
    put(row.source, row.stream, row.external_id, payload, reason)
    return _("It still cannot be read: %(reason)s") % {"reason": reason}
