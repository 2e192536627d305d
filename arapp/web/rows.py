"""The rows of the invoice list as HTML: no queries, no url reversing per row.

An invoice comes from ``arapp.lists.invoices.invoice_rows``: with names joined and intents prefetched.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
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
from arapp.people.models import DECIDE, PREPARE, User
from arapp.receivables.duplicates import Double, doubles_among, folded_doubles
from arapp.receivables.models import Customer, Invoice, Kind, Service, State
from arapp.web import row_html as markup
from arapp.web.held import Held
from arapp.web.row_html import NOTHING, filled, if_any
from arapp.web.screen_columns import INVOICES, LISTS, ScreenColumn, cell_html, layout
from arapp.web.shown import DASH, date_text, days_late, money_html
from arapp.web.standing import standing_of

LONG = 10**10
"""Smallest units, from which an amount has so many digits that it is written smaller."""
DOUBLE_SEEN = SafeString("?duplicate=seen")


def ready(person: User | None = None) -> QuerySet[Invoice]:
    """All invoices, each with what its row needs: in the columns of the person, or in anybody's."""
    names = layout(person, INVOICES).names if person else list(LISTS[INVOICES])
    return invoice_rows(Invoice.objects.all(), names).annotate(**folded_doubles())


def rows_of(
    invoices: Iterable[Invoice], request: HttpRequest, today: date, swapped: bool = False, held: Held | None = None
) -> list[SafeString]:
    """A rejection leads back to the page of the request; ``swapped`` rows take their places by themselves."""
    shown, rows = list(invoices), _Rows(request, today)
    rows.held = held or rows.held
    rows.back = request.get_full_path() if request.method == "GET" else ""
    rows.swapped = markup.SWAPPED if swapped else NOTHING
    rows.doubles = doubles_among(shown)
    return [rows.row(invoice) for invoice in shown]


def row_of(
    invoice: Invoice, request: HttpRequest, today: date, typed: str = "", problem: str = "", doubled: bool = False
) -> SafeString:
    """The same for one row; ``typed`` is the note that ``problem`` stands against.

    ``doubled``: it has been said that it may be a duplicate; its button approves it all the same.
    """
    rows = _Rows(request, today)
    rows.typed, rows.problem = typed, problem
    rows.doubles, rows.doubled = doubles_among([invoice]), doubled
    return rows.row(invoice)


class _Rows:
    """What all rows of a page have in common, looked up once: words and the beginnings of addresses."""

    back = typed = problem = ""
    doubled = False
    swapped = NOTHING
    doubles: Mapping[int, Sequence[Double]] = MappingProxyType({})

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
        self.double = _("possible duplicate")
        columns = [place.column for place in layout(self.person, INVOICES).placed]
        self.markup = markup.row_markup(_cell(column) for column in columns)
        self.further = [column for column in columns if column.read]

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
            "double": self._double(self.doubles.get(invoice.pk, ())),
            "credit_note": if_any(self.credit_note * (invoice.kind == Kind.CREDIT_NOTE), markup.CREDIT_NOTE),
            "customer": self._customer(invoice.customer),
            "source": source.name,
            "service": self.services.get(source.service, source.service),
            "issued": date_text(invoice.issue_date) if invoice.issue_date else DASH,
            "due": date_text(invoice.due_date) if invoice.due_date else DASH,
            "due_label": self.due,
            "late": if_any(days_late(late), markup.LATE) if late else NOTHING,
            "gross": money_html(invoice.gross, invoice.currency),
            "gross_long": markup.LONG if abs(invoice.gross or 0) >= LONG else NOTHING,
            "open_long": markup.LONG if abs(invoice.open or 0) >= LONG else NOTHING,
            "open": money_html(invoice.open, invoice.currency),
            "open_label": self.open,
            "state": self.states.get(invoice.state, invoice.state),
            "flags": if_any(", ".join(words for name, words in self.flags if getattr(invoice, name)), markup.FLAGS),
            "approval": self.approvals.get(approval.state, approval.state) if approval else DASH,
            "standing": markup.standing_html(standing),
            "box": self._box(invoice, number) if self.prepares else NOTHING,
            "ends": self._ends(invoice, approval, url, number) if self.decides else NOTHING,
        }
        texts |= {column.name: cell_html(column, invoice, self.today) for column in self.further}
        return filled(self.markup, texts)

    def _double(self, others: Sequence[Double]) -> SafeString:
        """The invoice may be one that another source has, too."""
        if not others:
            return NOTHING
        words = ", ".join(other.words for other in others)
        return filled(markup.DOUBLE, {"words": words, "label": self.double})

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
        again = self.doubled and action == APPROVE and not why_not
        texts = {
            "name": action,
            "seen": DOUBLE_SEEN if again else NOTHING,
            "verb": verb,
            "label": verb if why_not else _("Approve all the same") if again else effect.short or verb,
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


def _cell(column: ScreenColumn) -> str:
    return (
        markup.further_cell(column.name, column.css, str(column.label)) if column.read else markup.CELLS[column.name]
    )


def _badges(choices: Iterable[tuple[str, Any]]) -> dict[str, SafeString]:
    return {value: filled(markup.BADGE, {"value": value, "words": label}) for value, label in choices}


def labels() -> dict[str, str]:
    return {APPROVE: _("Approve"), REJECT: _("Reject"), REOPEN: _("Reopen")}
