"""The menus of an invoice's page: everything its service can do, and why what is grey cannot be done now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from arapp.actions.allowed import why_not
from arapp.actions.table import ACTIONS, DANGER, Action, of_invoice
from arapp.people.models import PREPARE, User
from arapp.receivables.models import Invoice

CHANGE = "invoice.update"
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
    change = [_offer(ACTIONS[CHANGE], invoice, person)] if invoice.source.service in ACTIONS[CHANGE].services else []
    return {
        "offers": [*change, *(_offer(action, invoice, person) for action in of_invoice(invoice.source.service))],
        "of_payments": _beside(OF_PAYMENTS, invoice, person),
        "of_reminders": _beside(OF_REMINDERS, invoice, person),
    }


def _offer(action: Action, invoice: Invoice, person: User) -> Offer:
    page = action.name == CHANGE
    url = reverse("invoice_edit", args=[invoice.pk]) if page else reverse("act", args=[invoice.pk, action.name])
    why = why_not(action, invoice.source, invoice, person)
    return Offer(action.name, str(action.label), url, why, action.menu == DANGER, page)


def _beside(names: Iterable[str], invoice: Invoice, person: User) -> list[Offer]:
    """Only what can be done now: beside each row there is no room for reasons."""
    here = [ACTIONS[name] for name in names if invoice.source.service in ACTIONS[name].services]
    offers = [_offer(action, invoice, person) for action in here]
    return [offer for offer in offers if not offer.why_not]
