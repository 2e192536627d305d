"""Follow-up work after any change of the mirror, derived from rows: nothing depends on what a run happened to see."""

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.approvals.models import ACTION_TO, Approval, ApprovalState, Decision, Origin
from arapp.approvals.refusals import Refusal
from arapp.outbox.models import Intent, IntentState
from arapp.receivables.models import Invoice, Snapshot, Source
from arapp.receivables.substance import differences, only_filled_in

BATCH = 2_000
DECIDED = (ApprovalState.APPROVED, ApprovalState.REJECTED)


def catch_up(source: Source | None, invoice: Invoice | None) -> None:
    """Open missing approvals, take in the services' words, adopt first digests, reopen what changed in substance."""
    invoices, approvals = Invoice.objects.all(), Approval.objects.all()
    if source:
        invoices, approvals = invoices.filter(source=source), approvals.filter(invoice__source=source)
    if invoice:
        invoices, approvals = invoices.filter(pk=invoice.pk), approvals.filter(pk=invoice.pk)
    _open_missing(invoices)
    _take_words(approvals)
    _adopt_digests(approvals)
    _reopen_changed(approvals)


def _open_missing(invoices: QuerySet[Invoice]) -> None:
    missing = invoices.filter(approval=None).select_related("source").order_by("id")
    while batch := list(missing[:BATCH]):
        with transaction.atomic():
            Approval.objects.bulk_create([_opened(invoice) for invoice in batch], ignore_conflicts=True)
            decided = [invoice for invoice in batch if invoice.service_decision in DECIDED]
            # Another process may have opened them at the same moment; whoever came second finds the decision there.
            ids = [invoice.pk for invoice in decided]
            fresh = set(Approval.objects.filter(pk__in=ids, decisions=None).values_list("pk", flat=True))
            Decision.objects.bulk_create([_first_decision(invoice) for invoice in decided if invoice.pk in fresh])


def _opened(invoice: Invoice) -> Approval:
    decided = invoice.service_decision in DECIDED
    return Approval(
        invoice=invoice,
        state=invoice.service_decision if decided else ApprovalState.WAITING,
        digest=invoice.digest if decided else "",
        service_word=invoice.service_decision,
        decided_at=invoice.decided_at if decided else None,
        origin=_first_origin(invoice) if decided else "",
    )


def _first_origin(invoice: Invoice) -> str:
    """What was there when the source was first read is imported; what came decided later was decided there."""
    return Origin.SERVICE if invoice.source.read_whole_at else Origin.IMPORTED


def _first_decision(invoice: Invoice) -> Decision:
    return Decision(
        approval_id=invoice.pk,
        action=ACTION_TO[invoice.service_decision],
        from_state=ApprovalState.WAITING,
        to_state=invoice.service_decision,
        at=invoice.decided_at,
        digest=invoice.digest,
        origin=_first_origin(invoice),
    )


@transaction.atomic
def issued(intent: Intent) -> None:
    """Record who took the decision where an action of theirs has issued the invoice: made and sent it, or sold it."""
    invoice = intent.invoice
    if invoice.service_decision != ApprovalState.APPROVED or intent.decisions.exists():
        return
    waiting = Approval.objects.select_related("invoice__source").filter(pk=invoice.pk, state=ApprovalState.WAITING)
    approval = waiting.first()
    decision = approval.issued_by(intent) if approval else _issued_unseen(intent)
    Decision.objects.filter(pk=decision.pk).update(intent=intent, alone=intent.alone)


def _issued_unseen(intent: Intent) -> Decision:
    """The same for an invoice that the desk has not seen waiting, or that another process has found issued."""
    invoice = intent.invoice
    decided = {"decided_by": intent.person, "decided_at": intent.created_at, "origin": Origin.DESK}
    fresh = Approval(
        invoice=invoice,
        state=ApprovalState.APPROVED,
        digest=invoice.digest,
        service_word=invoice.service_decision,
        **decided,
    )
    Approval.objects.bulk_create([fresh], ignore_conflicts=True)
    Approval.objects.filter(pk=invoice.pk).exclude(origin=Origin.DESK).update(**decided)
    return Decision.objects.create(
        approval_id=invoice.pk,
        action=ACTION_TO[ApprovalState.APPROVED],
        from_state=ApprovalState.WAITING,
        to_state=ApprovalState.APPROVED,
        person=intent.person,
        at=intent.created_at,
        digest=invoice.digest,
        origin=Origin.DESK,
    )


def _settled(approvals: QuerySet[Approval]) -> QuerySet[Approval]:
    """Without those whose own decision is being carried out: what the service says of them is not news."""
    busy = Intent.objects.filter(state__in=(IntentState.SENDING, IntentState.UNKNOWN)).exclude(invoice=None)
    return approvals.exclude(invoice__in=busy.values("invoice"))


def _without_unread(approvals: QuerySet[Approval]) -> QuerySet[Approval]:
    """Without those that a person marked as done since the document was read: the mirror is behind that."""
    marked = Intent.objects.filter(invoice=OuterRef("invoice"), state=IntentState.DONE).exclude(settled_by=None)
    read = OuterRef("invoice__detailed_at")
    return approvals.exclude(Exists(marked.filter(settled_at__gte=read)))


def _take_words(approvals: QuerySet[Approval]) -> None:
    news = (
        _without_unread(_settled(approvals))
        .exclude(invoice__service_decision="")
        .exclude(invoice__service_decision=F("service_word"))
        .select_related("invoice__source")
    )
    for approval in news.iterator(chunk_size=BATCH):
        _take_word(approval)


@transaction.atomic
def _take_word(approval: Approval) -> None:
    """A change of the service's word that is not our own decision arriving there was decided there."""
    word, first = approval.invoice.service_decision, approval.service_word == ""
    taken = Approval.objects.filter(pk=approval.pk, service_word=approval.service_word).update(service_word=word)
    if not taken or word == approval.state or (first and word == ApprovalState.WAITING):
        return
    if approval.state == ApprovalState.REJECTED and word == ApprovalState.WAITING and not approval.service_word:
        return
    service = approval.invoice.source.get_service_display()
    try:
        approval.observe(
            ACTION_TO[word],
            Origin.SERVICE,
            approval.invoice.decided_at or timezone.now(),
            _("Observed at %(service)s.") % {"service": service},
            approval.invoice.digest,
        )
    except Refusal:
        transaction.set_rollback(True)


def _adopt_digests(approvals: QuerySet[Approval]) -> None:
    """What was decided before its lines were read (imported) stands for the first content that we see."""
    current = Invoice.objects.filter(pk=OuterRef("pk")).values("digest")[:1]
    without = approvals.filter(state__in=DECIDED, digest="").exclude(invoice__digest="")
    ids = list(without.values_list("pk", flat=True))
    for at in range(0, len(ids), BATCH):
        named = Approval.objects.filter(pk__in=ids[at : at + BATCH], state__in=DECIDED, digest="")
        named.update(digest=Subquery(current))


def _reopen_changed(approvals: QuerySet[Approval]) -> None:
    changed = (
        _settled(approvals)
        .filter(state__in=DECIDED)
        .exclude(digest="")
        .exclude(invoice__digest="")
        .exclude(digest=F("invoice__digest"))
        .select_related("invoice__source")
    )
    for approval in changed.iterator(chunk_size=BATCH):
        _reopen(approval)


def _carried_out(approval: Approval) -> bool:
    """Whether the service carried the decision out, or took it itself: what it filled in is then its own doing."""
    if approval.origin != Origin.DESK:
        return True
    told = Intent.objects.decisions().filter(invoice=approval.invoice_id, digest=approval.digest)
    return told.filter(state=IntentState.DONE).exists()


def _reopen(approval: Approval) -> None:
    invoice = approval.invoice
    seen = Snapshot.objects.filter(invoice=invoice, digest=approval.digest).first()
    now = Snapshot.objects.filter(invoice=invoice, digest=invoice.digest).first()
    if seen and now and only_filled_in(seen.fields, now.fields) and _carried_out(approval):
        Approval.objects.filter(pk=approval.pk, version=approval.version).update(digest=invoice.digest)
        return
    changes = differences(seen.fields, now.fields) if seen and now else []
    fields = ", ".join(change.field.replace("_", " ") for change in changes) or _("the content")
    reason = _("Changed at %(service)s after the decision: %(fields)s.") % {
        "service": invoice.source.get_service_display(),
        "fields": fields,
    }
    try:
        approval.observe("reopen", Origin.SYSTEM, None, reason, invoice.digest)
    except Refusal:
        return
