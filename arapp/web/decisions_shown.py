"""The rows of the list of decisions, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from arapp.approvals.models import ApprovalState, Decision, Origin
from arapp.lists.decisions import SHOWN, decision_rows, with_batches
from arapp.web.held import Held, worked
from arapp.web.shown import DASH, moment_html, money_html
from arapp.web.standing import Standing, words_of

CONNECTION = "approval__invoice__source__connection"


@dataclass(frozen=True)
class DecisionRow:
    at: SafeString
    undated: bool
    """The service gave no date; it is when the desk learned of it."""
    to: str
    action: str
    moved: str
    """From which state to which."""
    url: str
    number: str
    gone: bool
    customer: str
    source: str
    gross: SafeString
    who: str
    alone: bool
    origin: str
    batch: str
    """Where the decision on many stands that it was part of."""
    standing: str
    standing_css: str
    note: str


def ready() -> QuerySet[Any]:
    """All decisions, each with what its row needs."""
    connected = decision_rows(Decision.objects.all()).select_related(CONNECTION)
    known = connected.only(*SHOWN, f"{CONNECTION}__paused", f"{CONNECTION}__watch_only")
    return with_batches(known.annotate(worked=worked()))


def decision_rows_of(decisions: Iterable[Decision]) -> list[DecisionRow]:
    return [_row(row) for row in decisions]


def _row(row: Any) -> DecisionRow:
    invoice = row.approval.invoice
    held = Held.known([invoice.source], row.worked)
    standing = words_of(row.intent, invoice.source, held) if row.intent else ""
    states = {"from": ApprovalState(row.from_state).label, "to": ApprovalState(row.to_state).label}
    return DecisionRow(
        at=moment_html(row.at or row.recorded_at),
        undated=row.at is None,
        to=row.to_state,
        action=str(row.get_action_display()),
        moved=_("%(from)s → %(to)s") % states,
        url=reverse("invoice", args=[invoice.pk]),
        number=str(invoice),
        gone=bool(invoice.gone_at),
        customer=str(invoice.customer or ""),
        source=invoice.source.name,
        gross=DASH if invoice.gross is None else money_html(invoice.gross, invoice.currency),
        who=str(row.person) if row.person else "",
        alone=row.alone,
        origin=_from_where(row),
        batch=reverse("batch", args=[row.batch]) if row.batch else "",
        standing=standing,
        standing_css=Standing(row.intent.state, "", "", held.reason(row.intent)).css if row.intent else "",
        note=row.note,
    )


def _from_where(row: Decision) -> str:
    """“Observed at Billomat”, “Imported”."""
    if row.origin == Origin.SERVICE:
        return _("Observed at %(service)s") % {"service": row.approval.invoice.source.get_service_display()}
    return str(row.get_origin_display())
