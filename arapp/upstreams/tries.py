"""What every try to tell a service has in common: the order, how often and how long, and what follows."""

from datetime import datetime, timedelta
from itertools import chain

from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.approvals.models import Approval
from arapp.documents.files import Unfit, content, named_in
from arapp.outbox.models import Intent, IntentState
from arapp.receivables import mirror, references
from arapp.receivables.models import Invoice
from arapp.upstreams.base import Act, Document, Order
from arapp.upstreams.details import not_there
from arapp.upstreams.http import Failure

TRIES = 8
TRIES_WITHIN = timedelta(hours=24)
AT_LEAST = 4
"""What waited a day before its first try, because no worker ran or the source was paused, is tried so often too."""
FIRST_PAUSE, GROWS = timedelta(seconds=15), 4
"""Eight tries then take half a day: 15 s, 1 min, 4 min, 16 min, about an hour, and 4 hours twice."""
LONGEST_PAUSE = timedelta(hours=4)


CREATE, SELL = "invoice.create", "invoice.sell"
"""Actions that can issue an invoice by themselves."""
UPLOAD = "invoice.upload"
"""Makes an invoice of a file alone: nothing of ours in it tells it from another one of the same file."""
LATELY = timedelta(days=1)
"""What is older by the service's own clock is not taken for anything of ours."""
WAITS_FOR_SERVICE = (2, 5, 10, 20, 30, 60)
"""Seconds between two looks at something that the service is still making (BillOver, section 14.4)."""
MOST_WAITS = 64
"""About an hour."""
WAITS = "waits"
"""In an intent's progress: how often it has waited for the service."""
TRACES = "traces"
"""In an intent's progress from its first write on: how often the document's log told of it before."""


def mark_of(intent: Intent) -> str:
    """What a write carries where it can: unique to the intent."""
    return f"desk-{references.plain(intent.reference) or intent.pk}"


def order_of(intent: Intent) -> Order:
    """Failure when a file that it names is not on this machine."""
    subject = intent.subject
    return Order(
        kind=intent.kind,
        document=intent.invoice.kind if intent.invoice_id else "",
        external_id=subject.external_id if subject else "",
        data=intent.data,
        mark=mark_of(intent),
        reference=intent.reference,
        result_id=intent.result_id,
        files=_files(intent),
        accepted=intent.accepted_at is not None,
        tried_since=intent.created_at if TRACES in intent.progress else None,
        taken=_taken(intent) if intent.kind == UPLOAD and TRACES in intent.progress else frozenset(),
    )


def _taken(intent: Intent) -> frozenset[str]:
    """What others of its kind have made or found, and what the mirror had when it was stored."""
    others = Intent.objects.filter(source=intent.source_id, kind=intent.kind).exclude(pk=intent.pk)
    made = others.values_list("result_id", "invoice__external_id")
    lately = Invoice.objects.filter(source=intent.source_id, created_at__gte=intent.created_at - LATELY)
    known = lately.filter(snapshots__first_seen_at__lt=intent.created_at)
    return frozenset(filter(None, chain(known.values_list("external_id", flat=True), *made)))


def _files(intent: Intent) -> dict[str, Document]:
    try:
        named = named_in(intent.data)
        return {file.name: Document(content(file), file.content_type, file.filename) for file in named}
    except Unfit as error:
        raise Failure(str(error)) from error


def wait_for_service(intent: Intent, sentence: str) -> None:
    """The service is still making what we need: asked again, more and more seldom, for an hour."""
    now, waits = timezone.now(), intent.progress.get(WAITS, 0)
    if waits >= MOST_WAITS:
        intent.move(IntentState.NEEDS_PERSON, error=sentence)
        return
    pause = WAITS_FOR_SERVICE[min(waits, len(WAITS_FOR_SERVICE) - 1)]
    progress = {**intent.progress, WAITS: waits + 1}
    intent.move(IntentState.PENDING, error=sentence, progress=progress, due_at=now + timedelta(seconds=pause))


def gone(intent: Intent, act: Act | None) -> None:
    """Nothing was written: what it concerns is not there, which is what a removal asks for."""
    if act and act.removes:
        _removed(intent)
    else:
        intent.move(IntentState.REFUSED, error=not_there(intent.source), result_id="")


def after_gone(intent: Intent, act: Act | None, sentence: str) -> None:
    """The write was accepted, and what it concerns is not there any more."""
    if act and act.removes:
        _removed(intent)
    else:
        intent.move(
            IntentState.UNKNOWN, error=_("Accepted, but not read back yet: %(problem)s") % {"problem": sentence}
        )


def _removed(intent: Intent) -> None:
    now, ids = timezone.now(), [intent.subject.external_id]
    if intent.invoice_id:
        mirror.mark_gone(intent.source, intent.invoice.kind, ids, now)
    elif intent.customer_id:
        mirror.mark_customers_gone(intent.source, ids, now)
    else:
        mirror.mark_items_gone(intent.source, ids, now)
    intent.move(IntentState.DONE, error="")


def try_later(intent: Intent, error: str, until: datetime | None = None) -> None:
    """Nothing was written: once more after a growing pause, at most eight times within a day."""
    tries, now = intent.tries + 1, timezone.now()
    if tried_enough(intent, tries, now):
        intent.move(IntentState.NEEDS_PERSON, error=error, tries=tries)
        return
    due = max(now + pause_after(tries), until or now)
    ends = intent.created_at + TRIES_WITHIN
    intent.move(IntentState.PENDING, error=error, tries=tries, due_at=min(due, ends) if ends > now else due)


def tried_enough(intent: Intent, tries: int, now: datetime) -> bool:
    return tries >= TRIES or (tries >= AT_LEAST and now - intent.created_at >= TRIES_WITHIN)


def pause_after(tries: int) -> timedelta:
    return min(FIRST_PAUSE * GROWS ** (tries - 1), LONGEST_PAUSE)


def follow_up(intent: Intent) -> None:
    """Words and changes that were held back while the intent was on its way."""
    if intent.invoice_id:
        if intent.state == IntentState.DONE and (intent.kind == SELL or (intent.kind == CREATE and intent.alone)):
            Approval.objects.issued(intent)
        Approval.objects.catch_up(invoice=intent.invoice)
