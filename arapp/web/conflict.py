"""A decision that was not carried out because the document had changed: what was decided on beside what it is now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from arapp.approvals.models import Action, ApprovalState, Decision, Origin
from arapp.outbox.models import Intent, IntentState
from arapp.receivables.models import Invoice, Snapshot
from arapp.receivables.substance import Difference, differences
from arapp.web.said import said
from arapp.web.standing import newest_decision


@dataclass(frozen=True)
class Conflict:
    sentence: str
    changes: Sequence[Difference]


def conflict_of(invoice: Invoice, decisions: Sequence[Decision], snapshots: Sequence[Snapshot]) -> Conflict | None:
    """Until somebody decides anew; None when the last decision stands.

    Where a person took an approval back, what has changed since it was approved. ``decisions`` and ``snapshots`` are
    newest first.
    """
    intent = newest_decision(invoice)
    stale = intent if intent and is_stale(intent) else None
    decided = _undone(decisions) or next((one for one in decisions[:1] if stale and one.intent_id == stale.pk), None)
    before = _content(snapshots, decided.digest) if decided else None
    if before is None or before.digest == invoice.digest:
        return _since_approved(invoice, decisions, snapshots)
    told = stale is not None and stale.pk == decided.intent_id
    return Conflict(said(stale.error) if told else _changed(invoice, decided), _between(before, snapshots[0]))


def _since_approved(
    invoice: Invoice, decisions: Sequence[Decision], snapshots: Sequence[Snapshot]
) -> Conflict | None:
    if invoice.approval.state != ApprovalState.WAITING:
        return None
    approved = next((one for one in decisions if one.action == Action.APPROVE and one.digest), None)
    before = _content(snapshots, approved.digest) if approved else None
    if before is None or before.digest == invoice.digest:
        return None
    facts = {"service": invoice.source.get_service_display(), "who": approved.person or ""}
    if not approved.person:
        return Conflict(_("The document has changed since it was approved."), _between(before, snapshots[0]))
    sentence = _("The document has changed at %(service)s since %(who)s approved it.") % facts
    return Conflict(sentence, _between(before, snapshots[0]))


def _undone(decisions: Sequence[Decision]) -> Decision | None:
    """The decision that the desk itself took back, because the document had changed."""
    if not decisions or decisions[0].origin != Origin.SYSTEM:
        return None
    return next((one for one in decisions[1:] if one.digest), None)


def is_stale(intent: Intent) -> bool:
    """Whether it was not told because things had moved on at the service; a person's doing leaves no such words."""
    return intent.state == IntentState.SUPERSEDED and bool(intent.error) and not intent.settled_by_id


def changes_before(intent: Intent, snapshots: Sequence[Snapshot]) -> list[Difference]:
    """What had changed between the decision and the moment it was to be told. ``snapshots`` are newest first."""
    decided = _content(snapshots, intent.digest) if is_stale(intent) else None
    found = _at(snapshots, intent.settled_at)
    return _between(decided, found) if decided and found else []


def _content(snapshots: Sequence[Snapshot], digest: str) -> Snapshot | None:
    return next((one for one in snapshots if digest and one.digest == digest), None)


def _at(snapshots: Sequence[Snapshot], moment: datetime | None) -> Snapshot | None:
    return next((one for one in snapshots if moment and one.first_seen_at <= moment), None)


def _between(old: Snapshot, new: Snapshot) -> list[Difference]:
    return differences(old.fields, new.fields)


def _changed(invoice: Invoice, decided: Decision) -> str:
    facts = {"service": invoice.source.get_service_display(), "who": decided.person or ""}
    if not decided.person:
        return _("The document changed at %(service)s after it was decided on. Look at it again.") % facts
    return _("The document changed at %(service)s after %(who)s had decided on it. Look at it again.") % facts
