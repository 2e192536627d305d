"""The rows of the invoice list as HTML: no queries, no url reversing per row.

An invoice comes from ``arapp.lists.invoices.invoice_rows``: with names joined and intents prefetched.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from arapp.approvals.effects import APPROVE, REJECT, REOPEN, SEND
from arapp.approvals.models import Approval, ApprovalState
from arapp.lists.filters import FLAGS
from arapp.lists.invoices import invoice_rows
from arapp.people.models import DECIDE, PREPARE
from arapp.receivables.models import Customer, Invoice, Kind, Service, State
from arapp.web import row_html as markup
from arapp.web.held import Held
from arapp.web.row_html import NOTHING, filled, if_any
from arapp.web.shown import DASH, days_late, money_html
from arapp.web.standing import standing_of


def ready() -> QuerySet[Invoice]:
    """All invoices, each with what its row needs."""
    return invoice_rows(Invoice.objects.all())


def rows_of(
    invoices: Iterable[Invoice], request: HttpRequest, today: date, swapped: bool = False, held: Held | None = None
) -> list[SafeString]:
    """A rejection leads back to the page of the request; ``swapped`` rows take their places by themselves."""
    rows = _Rows(request, today)
    rows.held = held or rows.held
    rows.back = request.get_full_path() if request.method == "GET" else ""
    rows.swapped = markup.SWAPPED if swapped else NOTHING
    return [rows.row(invoice) for invoice in invoices]


def row_of(invoice: Invoice, request: HttpRequest, today: date, typed: str = "", problem: str = "") -> SafeString:
    """The same for one row; ``typed`` is the note that ``problem`` stands against."""
    rows = _Rows(request, today)
    rows.typed, rows.problem = typed, problem
    return rows.row(invoice)


class _Rows:
    """What all rows of a page have in common, looked up once: words and the beginnings of addresses."""

    back = typed = problem = ""
    swapped = NOTHING

    def __init__(self, request: HttpRequest, today: date) -> None:
        self.person, self.today, self.held = request.user, today, Held()
        self.decides, self.prepares = self.person.can(DECIDE), self.person.can(PREPARE)
        self.token = get_token(request) if self.decides else ""
        self.invoices, self.customers = reverse("invoices"), reverse("customers")
        self.states = _badges(State.choices)
        self.approvals = _badges(ApprovalState.choices)
        self.services = {value: str(label) for value, label in Service.choices}
        self.labels = labels()
        self.select, self.credit_note, self.why = _("Select %(number)s"), _("Credit note"), _("Why?")
        self.open, self.due = _("open"), _("due")
        self.flags = [(name, str(words)) for name, words in FLAGS]

    def row(self, invoice: Invoice) -> SafeString:
        number, url, source = str(invoice), f"{self.invoices}{invoice.pk}/", invoice.source
        standing, late = standing_of(invoice, self.held), invoice.days_overdue(self.today)
        approval: Approval | None = getattr(invoice, "approval", None)
        texts = {
            "pk": invoice.pk,
            "swapped": self.swapped,
            "polls": markup.polls_html(standing, url),
            "url": url,
            "number": number,
            "gone": markup.GONE if invoice.gone_at else NOTHING,
            "credit_note": if_any(self.credit_note * (invoice.kind == Kind.CREDIT_NOTE), markup.CREDIT_NOTE),
            "customer": self._customer(invoice.customer),
            "source": source.name,
            "service": self.services.get(source.service, source.service),
            "issued": invoice.issue_date.isoformat() if invoice.issue_date else DASH,
            "due": invoice.due_date.isoformat() if invoice.due_date else DASH,
            "due_label": self.due,
            "late": if_any(days_late(late), markup.LATE) if late else NOTHING,
            "gross": money_html(invoice.gross, invoice.currency),
            "open": money_html(invoice.open, invoice.currency),
            "open_label": self.open,
            "state": self.states.get(invoice.state, invoice.state),
            "flags": if_any(", ".join(words for name, words in self.flags if getattr(invoice, name)), markup.FLAGS),
            "approval": self.approvals.get(approval.state, approval.state) if approval else DASH,
            "standing": markup.standing_html(standing),
            "box": self._box(invoice, number) if self.prepares else NOTHING,
            "ends": self._ends(invoice, approval, url, number) if self.decides else NOTHING,
        }
        return filled(markup.ROW, texts)

    def _customer(self, customer: Customer | None) -> SafeString:
        if customer is None:
            return NOTHING
        return filled(markup.CUSTOMER, {"url": f"{self.customers}{customer.pk}/", "name": str(customer)})

    def _box(self, invoice: Invoice, number: str) -> SafeString:
        texts = {
            "pk": invoice.pk,
            "digest": invoice.digest,
            "select": self.select % {"number": number},
            "minor": "" if invoice.gross is None else invoice.gross,
            "currency": invoice.currency,
        }
        return filled(markup.BOX, texts)

    def _ends(self, invoice: Invoice, approval: Approval | None, url: str, number: str) -> SafeString:
        """What can be tried on the row now, each named by its effect or by what stands against it."""
        row = {"pk": invoice.pk, "digest": invoice.digest, "url": url, "number": number}
        if approval is None:
            doing = NOTHING
        elif approval.state == ApprovalState.WAITING:
            doing = self._button(approval, APPROVE, row) + self._reject(approval, row)
        else:
            doing = NOTHING if approval.why_not(REOPEN, self.person) else self._button(approval, REOPEN, row)
        return filled(markup.ENDS, {"doing": doing})

    def _button(self, approval: Approval, action: str, row: dict[str, Any]) -> SafeString:
        why_not, effect = approval.why_not(action, self.person), approval.effect(action)
        verb = _("Withdraw") if action == REOPEN and approval.withdrawable else self.labels[action]
        texts = {
            "name": action,
            "verb": verb,
            "label": verb if why_not else effect.short or verb,
            "said": why_not or effect.sentence,
            "css": " not" if why_not else " go" if action == APPROVE else "",
            "back": quote(self.back),
        }
        return filled(markup.ASK if effect.kind == SEND and not why_not else markup.BUTTON, row | texts)

    def _reject(self, approval: Approval, row: dict[str, Any]) -> SafeString:
        why_not = approval.why_not(REJECT, self.person)
        effect = approval.effect(REJECT).sentence
        texts = {
            "label": self.labels[REJECT],
            "said": why_not or effect,
            "css": " not" if why_not else "",
            "opened": SafeString(" open") if self.problem else NOTHING,
            "inside": if_any(why_not, markup.SENTENCE) or self._reject_form(effect, row),
        }
        return filled(markup.REJECT, row | texts)

    def _reject_form(self, effect: str, row: dict[str, Any]) -> SafeString:
        texts = {
            "token": self.token,
            "back": self.back,
            "why": self.why,
            "typed": self.typed,
            "problem": if_any(self.problem, markup.PROBLEM),
            "effect": effect,
        }
        return filled(markup.REJECT_FORM, row | texts)


def _badges(choices: Iterable[tuple[str, Any]]) -> dict[str, SafeString]:
    return {value: filled(markup.BADGE, {"value": value, "words": label}) for value, label in choices}


def labels() -> dict[str, str]:
    return {APPROVE: _("Approve"), REJECT: _("Reject"), REOPEN: _("Reopen")}
