"""Decisions on many invoices: chosen at one moment, then looked at and decided a stretch at a time.

Nothing is lost when a stretch is cut off: what was looked at or decided is stored with its result, and the next
stretch goes on with the rest. Two that go on with the same batch at once take each row once.
"""

from collections.abc import Sequence
from datetime import timedelta
from time import monotonic
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.approvals.batches import Batch, BatchRow, Phase, Result
from arapp.approvals.effects import APPROVE, REOPEN, SEND
from arapp.approvals.models import Decision
from arapp.approvals.refusals import AlreadyDecided, Doubled, Refusal
from arapp.approvals.second_person import Person
from arapp.receivables.duplicates import possible_duplicates
from arapp.receivables.models import Invoice, Line
from arapp.receivables.money import figures

MOST = 100_000
"""Invoices in one batch."""
SECONDS = 1.0
"""How long a stretch takes, give or take the last row."""
AT_ONCE = 200
"""Rows that are looked at together."""
TAKEN = 50
"""Rows that are read together to be decided: few, since what a stretch does not reach is read again."""
KEPT = timedelta(days=30)
LONG = ("form", "intro", "note", "finding")
"""Fields of an invoice that no decision looks at."""


@transaction.atomic
def begin(person: Person, action: str, query: str, invoices: QuerySet[Invoice]) -> Batch:
    """A batch over these invoices in their order, each for the content it has now. Raises a Refusal.

    ``query`` are the filters that chose them, for the way back to the list.
    """
    count = invoices.count()
    if not count:
        raise Refusal(_("No invoice matches these filters."))
    if count > MOST:
        facts = {"most": figures(f"{MOST:,}"), "count": figures(f"{count:,}")}
        raise Refusal(_("At most %(most)s invoices at once; %(count)s match. Narrow the list and try again.") % facts)
    _forget_old(person)
    batch = Batch.objects.create(person=person, action=action, query=query)
    _fill(batch, invoices, ("pk", "digest"), Result.WAITING)
    return batch


@transaction.atomic
def take_back(batch: Batch) -> Batch:
    """A batch that reopens what this one has decided, last ones first: they are least likely to have left.

    Nobody is asked again, since every second counts; what left already is refused row by row.
    """
    done = batch.rows.filter(result=Result.DONE).order_by("-id")
    if not done.exists():
        raise Refusal(_("Nothing was decided, so there is nothing to take back."))
    fields = {"person": batch.person, "action": REOPEN, "query": batch.query}
    undo = Batch.objects.create(phase=Phase.DECIDING, **fields)
    _fill(undo, done, ("invoice", "invoice__digest"), Result.POSSIBLE)
    return undo


def go_on(batch: Batch, person: Person) -> set[int]:
    """The next stretch. The ids of the invoices that were decided or refused in it; none while it only looks."""
    until, tried = monotonic() + SECONDS, set()
    while batch.runs:
        if batch.phase == Phase.LOOKING:
            _look(batch, person)
        else:
            tried |= _decide(batch, person, until)
        if monotonic() > until:
            break
    return tried


def _fill(batch: Batch, found: QuerySet[Any], fields: Sequence[str], result: str) -> None:
    """The batch's rows in the order found; ``fields`` hold the invoice and its digest.

    The database copies them itself. Sent there and back, 100,000 take longer than anybody waits for a page.
    """
    others = {"batch": batch.pk, "result": result, "sends": False, "double": False}
    others |= dict.fromkeys(("effect", "receiver", "sentence", "reason"), "")
    names = (BatchRow._meta.get_field(name).column for name in ("invoice", "digest", *others))
    columns = ", ".join(map(connection.ops.quote_name, names))
    query, values = found.values_list(*fields, *map(Value, others.values())).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {BatchRow._meta.db_table} ({columns}) {query}", values)
        batch.total = cursor.rowcount
    batch.save(update_fields=["total"])


def _forget_old(person: Person) -> None:
    """The person's batches of long ago; what they decided stays."""
    old = Batch.objects.filter(person=person, created_at__lt=timezone.now() - KEPT)
    BatchRow.objects.filter(batch__in=old).delete()
    old.delete()


@transaction.atomic
def _look(batch: Batch, person: Person) -> None:
    """What would happen to the next rows.

    The batch is held meanwhile: another tab that looks at the same rows must not write over what was decided since.
    """
    if not Batch.objects.filter(pk=batch.pk, phase=Phase.LOOKING).update(phase=Phase.LOOKING):
        batch.refresh_from_db()
        return
    rows = list(batch.rows.filter(result=Result.WAITING)[:AT_ONCE])
    invoices = _read(rows)
    doubles = _doubles(batch, invoices)
    for row in rows:
        _look_at(row, invoices.get(row.invoice_id), batch.action, person, row.invoice_id in doubles)
    fields = ["result", "effect", "receiver", "sends", "double", "sentence", "reason"]
    BatchRow.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=fields)
    if not batch.rows.filter(result=Result.WAITING).exists():
        batch.looked()


def _doubles(batch: Batch, invoices: dict[int, Invoice]) -> set[int]:
    """Those that would be approved though another source may have the same invoice."""
    return set(possible_duplicates(list(invoices))) if batch.action == APPROVE else set()


def _look_at(row: BatchRow, invoice: Invoice | None, action: str, person: Person, double: bool) -> None:
    if invoice is None or not hasattr(invoice, "approval"):
        row.refuse(_not_there())
        return
    try:
        effect = invoice.approval._check(action, person)
    except Refusal as refusal:
        row.refuse(str(refusal), _reason(refusal, action))
        return
    if row.digest != invoice.digest:
        row.refuse(_("It changed after it was chosen. Look at it again before you decide."))
    else:
        row.allow(effect, double)


def _decide(batch: Batch, person: Person, until: float) -> set[int]:
    """Row by row until the time is over, at least one; ended when there is none left."""
    rows, tried = list(batch.rows.filter(result=Result.POSSIBLE)[:TAKEN]), set()
    invoices = _read(rows)
    for row in rows:
        if _take(row, invoices.get(row.invoice_id), batch, person):
            tried.add(row.invoice_id)
        if monotonic() > until:
            break
    if batch.rows.filter(result=Result.POSSIBLE).exists():
        batch.refresh_from_db()
    else:
        batch.end()
    return tried


@transaction.atomic
def _take(row: BatchRow, invoice: Invoice | None, batch: Batch, person: Person) -> bool:
    """One row: its decision and its result, or neither. Whether it was ours to take.

    Whoever else goes on with the batch waits at this update, and then finds that the row is not open any more.
    """
    running = Batch.objects.filter(pk=batch.pk, phase=Phase.DECIDING)
    open_rows = BatchRow.objects.filter(pk=row.pk, result=Result.POSSIBLE, batch__in=running)
    if not open_rows.update(result=Result.DONE):
        return False
    if invoice is None or not hasattr(invoice, "approval"):
        row.refuse(_not_there())
    else:
        _try(row, invoice, batch, person)
    row.save(update_fields=["result", "effect", "receiver", "sends", "sentence", "reason"])
    return True


def _try(row: BatchRow, invoice: Invoice, batch: Batch, person: Person) -> None:
    """The decision itself; the row says what became of it. What looked like a duplicate the person has been told.

    What is sent goes to whom the yes was given for: who receives it is no substance, and may have changed since.
    """
    effect = invoice.approval.effect(batch.action)
    if effect.kind == SEND and (not row.sends or effect.receiver != row.receiver):
        row.refuse(_("It changed after it was chosen. Look at it again before you decide."))
        return
    try:
        told = {"double_seen": row.double} if batch.action == APPROVE else {}
        getattr(invoice.approval, batch.action)(person, row.digest, batch.note, **told)
    except Refusal as refusal:
        row.refuse(str(refusal), _reason(refusal, batch.action))
    else:
        row.allow(effect, row.double)
        row.result = Result.DONE


def _read(rows: Sequence[BatchRow]) -> dict[int, Invoice]:
    """The invoices with all that a decision looks at, in a number of queries that does not grow."""
    has_lines = Exists(Line.objects.filter(invoice=OuterRef("pk")))
    joined = Invoice.objects.select_related("approval", "source", "customer", "owner", "changer").defer(*LONG)
    decisions = Prefetch("approval__decisions", Decision.objects.select_related("person"))
    whole = joined.annotate(has_lines=has_lines)
    known = whole.prefetch_related(Prefetch("intents", to_attr="known_intents"), decisions)
    return {invoice.pk: invoice for invoice in known.filter(pk__in=[row.invoice_id for row in rows])}


def _reason(refusal: Refusal, action: str) -> str:
    """What the refused rows are grouped by; who was first, and of what it is a double, differs from row to row."""
    if isinstance(refusal, Doubled):
        return _("It may be a duplicate, which it did not seem to be when you were asked.")
    if not isinstance(refusal, AlreadyDecided):
        return str(refusal)
    return _("It is waiting already.") if action == REOPEN else _("It is decided already.")


def _not_there() -> str:
    return _("There is no such invoice any more.")
