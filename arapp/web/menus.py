"""The menus of an invoice's page: everything its service can do, and why what is grey cannot be done now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from arapp.actions.allowed import why_not
from arapp.actions.table import ACTIONS, DANGER, Action, of_invoice
from arapp.people.models import PREPARE, User
from arapp.receivables.models import Invoice

CHANGE, COMMENT = "invoice.update", "invoice.comment"
OF_PAYMENTS = ("payment.delete",)
OF_REMINDERS = ("reminder.email", "reminder.cancel")


@dataclass(frozen=True)
class Offer:
    """One entry of a menu. ``page`` leads to a page of its own; otherwise a form opens in place."""

    name: str
    label: str
    url: str
    why_not: str
    danger: bool = False
    page: bool = False


def offered(invoice: Invoice, person: User) -> dict[str, Any]:
    """The menu beside the primary action, and what stands beside payments and reminders; empty for who only sees."""
    if not person.can(PREPARE):
        return {"offers": [], "of_payments": [], "of_reminders": []}
    service = invoice.source.service
    change = [_offer(ACTIONS[CHANGE], invoice, person)] if service in ACTIONS[CHANGE].services else []
    further = [action for action in of_invoice(service) if not _is_note(action, service)]
    return {
        "offers": [*change, *(_offer(action, invoice, person) for action in further)],
        "of_payments": _beside(OF_PAYMENTS, invoice, person),
        "of_reminders": _beside(OF_REMINDERS, invoice, person),
    }


def _is_note(action: Action, service: str) -> bool:
    """A comment that stays at the desk is a note, whose form stands on the page."""
    return action.name == COMMENT and action.kept_at(service)


def _label(action: Action, invoice: Invoice) -> str:
    """A comment is named with its service, so that nobody takes it for a note at the desk."""
    if action.name != COMMENT:
        return str(action.label)
    return _("Comment at %(service)s") % {"service": invoice.source.get_service_display()}


def _offer(action: Action, invoice: Invoice, person: User) -> Offer:
    page = action.name == CHANGE
    url = reverse("invoice_edit", args=[invoice.pk]) if page else reverse("act", args=[invoice.pk, action.name])
    why = why_not(action, invoice.source, invoice, person)
    return Offer(action.name, _label(action, invoice), url, why, action.menu == DANGER, page)


def _beside(names: Iterable[str], invoice: Invoice, person: User) -> list[Offer]:
    """Only what can be done now: beside each row there is no room for reasons."""
    here = [ACTIONS[name] for name in names if invoice.source.service in ACTIONS[name].services]
    offers = [_offer(action, invoice, person) for action in here]
    return [offer for offer in offers if not offer.why_not]
