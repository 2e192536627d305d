"""Everything the invoice page shows, gathered with a fixed number of queries."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from arapp.approvals.effects import APPROVE, REJECT, REOPEN, SEND
from arapp.approvals.models import Approval, ApprovalState, Decision
from arapp.kept.models import KeptComment, KeptPayment
from arapp.lists.days import today
from arapp.outbox.models import Intent
from arapp.people.models import DECIDE, SYNC, User, roles_that_can
from arapp.receivables.duplicates import doubles_of, folded_doubles
from arapp.receivables.folded import folded, keep_parts, parts_of
from arapp.receivables.models import Invoice, Line
from arapp.upstreams.pages import own_page_of
from arapp.web.conflict import conflict_of
from arapp.web.held import Held, worked
from arapp.web.kept_shown import documents_of, files_of, kept_of
from arapp.web.menus import offered
from arapp.web.notes_shown import notes_of
from arapp.web.outgoing import Outgoing
from arapp.web.paper import letter_of, rounding_of, settled_of
from arapp.web.payload import pretty
from arapp.web.rows import labels
from arapp.web.shown import chosen, days_late, spoken
from arapp.web.standing import acts_under_way, decision_standing, newest_decision, standing_of
from arapp.web.timeline import Entry, shown_changes, timeline

PARTIES = ("source__connection", "customer", "owner", "changer", "contact", "card", "approval__decided_by")
SMALL = ("vat_rates", "movements", "papers", "tags", "kept_tags")
KEPT = ("events", "kept_comments", "kept_payments")
"""The parts that come with the invoice's own row, and those of them that others ask for too."""


def invoice_or_404(pk: int) -> Invoice:
    """The invoice with everything a decision and its page need; a missing approval is opened."""
    joined = (
        Invoice.objects.select_related(*PARTIES)
        .annotate(worked=worked(), **folded(Invoice, *SMALL, *KEPT), **folded_doubles())
        .prefetch_related(
            Prefetch("intents", Intent.objects.select_related("settled_by", "person")),
            Prefetch("lines", Line.objects.select_related("item")),
            Prefetch("approval__decisions", Decision.objects.select_related("person")),
        )
    )
    invoice = get_object_or_404(joined, pk=pk)
    if not hasattr(invoice, "approval"):
        Approval.objects.catch_up(invoice=invoice)
        invoice = get_object_or_404(joined, pk=pk)
    keep_parts(invoice, *KEPT)
    _name_people([*invoice.kept_comments.all(), *invoice.kept_payments.all()])
    return invoice


def _name_people(kept: list[KeptComment | KeptPayment]) -> None:
    """Who wrote it down, and who deleted it: one query for all, and none where there is nothing."""
    ids = {getattr(one, name) for one in kept for name in ("person_id", "deleted_by_id") if hasattr(one, name)}
    people = User.objects.in_bulk(ids - {None}) if kept else {}
    for one in kept:
        one.person = people.get(one.person_id)
        if isinstance(one, KeptPayment):
            one.deleted_by = people.get(one.deleted_by_id)


def page_of(invoice: Invoice, person: User) -> dict[str, Any]:
    """The context of ``invoices/_document.html``."""
    actions = actions_of(invoice.approval, person)
    snapshots = list(invoice.snapshots.all())
    late = invoice.days_overdue(today())
    newest = snapshots[0] if snapshots else None
    decisions, held = list(invoice.approval.decisions.all()), Held.known([invoice.source], invoice.worked)
    conflict = conflict_of(invoice, decisions, snapshots)
    files = files_of(invoice.intents.all())
    names = {file.name: file.filename for file in files}
    for line in invoice.lines.all():
        line.shown = line.net or line.gross
    return {
        "invoice": invoice,
        "approval": invoice.approval,
        "late": days_late(late) if late else "",
        "standing": decision_standing(invoice, held),
        "poll": standing_of(invoice, held),
        "under_way": [Outgoing.of(one, invoice.source, held, "") for one in acts_under_way(invoice)],
        "conflict": conflict,
        "own_page": own_page_of(invoice, snapshots),
        "doubles": doubles_of(invoice),
        "before_and_now": shown_changes(conflict.changes, invoice.currency) if conflict else [],
        "stuck": _stuck(invoice, decisions, held),
        "settles": person.can(DECIDE) and person.can(SYNC),
        "actions": actions,
        **offered(invoice, person),
        "permissions": permissions_of(invoice.approval, person),
        "facts": [(label, _kind(value), value) for label, value in _facts(invoice) if value],
        "vat_rates": parts_of(invoice, "vat_rates"),
        "letter": letter_of(invoice),
        "rounding": rounding_of(invoice),
        "settled": settled_of(invoice),
        **kept_of(invoice),
        "documents": documents_of(invoice),
        "files": files,
        "entries": timeline(invoice, snapshots, held, names),
        **notes_of(invoice, person),
        "service_says": [pretty(text) for text in (newest.payload, newest.detail) if text] if newest else [],
        "amounts": {name: invoice.money(name) for name in ("net", "vat", "gross", "paid", "open")},
        "no_right": "" if person.can(DECIDE) else _no_right(),
    }


def history_of(invoice: Invoice) -> list[Entry]:
    """The timeline of an invoice by itself."""
    held = Held.known([invoice.source], invoice.worked)
    names = {file.name: file.filename for file in files_of(invoice.intents.all())}
    return timeline(invoice, list(invoice.snapshots.all()), held, names)


def _stuck(invoice: Invoice, decisions: Sequence[Decision], held: Held) -> Outgoing | None:
    """The decision that did not arrive, unless a later one has replaced it."""
    newest = newest_decision(invoice)
    if newest is None or (decisions and decisions[0].intent_id != newest.pk):
        return None
    outgoing = Outgoing.of(newest, invoice.source, held, str(invoice))
    return outgoing if outgoing.again else None


def actions_of(approval: Approval, person: User) -> dict[str, dict[str, Any]]:
    """By name: approve and reject while it waits, else reopen; with the effect and what stands against it.

    What a customer gets is asked once more (``asks``), with receiver and amount.
    """
    names = (APPROVE, REJECT) if approval.state == ApprovalState.WAITING else (REOPEN,)
    return {
        name: {
            "label": _("Withdraw") if name == REOPEN and approval.withdrawable else labels()[name],
            "effect": approval.effect(name).sentence,
            "asks": approval.effect(name).kind == SEND,
            "why_not": approval.why_not(name, person),
        }
        for name in names
    }


def permissions_of(approval: Approval, person: User) -> list[tuple[str, str, bool]]:
    """The five permissions, each with what it is called here."""
    words = {
        "can_update": _("Change it at the service"),
        "can_delete": _("Delete it at the service"),
        "can_approve": _("Approve"),
        "can_reject": _("Reject"),
        "can_remove_approval": _("Take the decision back"),
    }
    return [(name, words[name], may) for name, may in approval.permissions(person).items()]


def _no_right() -> str:
    roles = get_text_list([str(role) for role in roles_that_can(DECIDE)], _("or"))
    return _("Deciding needs another role: %(roles)s.") % {"roles": roles}


def _facts(invoice: Invoice) -> list[tuple[str, Any]]:
    return [
        (_("Kind"), invoice.get_kind_display()),
        (_("Corrects"), invoice.corrects),
        (_("Short id"), invoice.given_name if invoice.given_name != str(invoice) else ""),
        (_("Payment type"), spoken(invoice.payment_type)),
        (_("Delivery"), chosen(invoice.delivery_method or invoice.source.delivery_method)),
        (_("Supplied"), invoice.supply_date),
        (_("Discount until"), invoice.discount_date),
        (_("Sent"), invoice.sent_at),
        (_("Owner"), _person(invoice.owner)),
        (_("Last changed by"), _person(invoice.changer)),
        (_("Contact"), _person(invoice.contact)),
        (_("Card"), str(invoice.card) if invoice.card else ""),
        (_("Category"), invoice.category),
        (_("Label"), invoice.label),
        (_("Language"), invoice.language),
        (_("Country"), invoice.country),
        (_("Id at the service"), invoice.external_id),
        (_("Created"), invoice.created_at),
        (_("Changed"), invoice.updated_at),
    ]


def _kind(value: Any) -> str:
    """How the template shows a fact: as a moment, a day or text."""
    return "moment" if isinstance(value, datetime) else "day" if isinstance(value, date) else "text"


def _person(named: Any) -> str:
    if named is None:
        return ""
    return f"{named} ({named.email})" if named.email and named.email != str(named) else str(named)
