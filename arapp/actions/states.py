"""In which state of an invoice each action is possible: one small rule each, in one table by action and service.

A rule says "" or why not, by what the invoice was read with: a page asks many of them and reads its parts once.
What an approval decides is judged by the approval itself. Sections are those of the services' references.
"""

import re
from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from arapp.actions.stakes import was_booked
from arapp.kept.keeping import open_after
from arapp.kept.models import KeptPayment
from arapp.lists.days import today
from arapp.outbox.models import CAME_TO_NOTHING, intents_of
from arapp.receivables.folded import parts_of
from arapp.receivables.models import Event, Invoice, Kind, MovementKind, PaperKind, Service, State

Rule = Callable[[Invoice], str]

UNPAID_WORDS = ("Unpaid", "PartlyPaid", "Overdue", "Reminder_1", "Reminder_2", "Reminder_3", "Reminder_Many")
"""Billogram's family of states after ``send`` and before collection (section 8)."""
LATE_WORDS = ("Overdue", "Reminder_1", "Reminder_2", "Reminder_3", "Reminder_Many", "OVERDUE")
DENIED, BEING_SOLD = "FactoringDenied", "Factoring"
RESPITE = ("Respite", "RespiteRemoved")
WRITTEN_DOWN = ("Writedown", "RevertWritedown")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
CREDITABLE = (State.OPEN, State.COLLECTION, State.PAID, State.SOLD, State.CLOSED)


def problem(action: str, invoice: Invoice) -> str:
    """Why the invoice's own state forbids the action; "" when it does not."""
    rules = RULES.get(action, {}).get(invoice.source.service, ())
    return next(filter(None, (rule(invoice) for rule in rules)), "")


def is_draft(invoice: Invoice) -> bool:
    """Not issued; a refused sale makes a draft of a billogram again (section 7.1)."""
    return invoice.state == State.DRAFT or invoice.service_state == DENIED


def changes_what_is_issued(invoice: Invoice) -> bool:
    """Billogram takes a change of a sent billogram and makes a debit or credit invoice of it (section 6.1)."""
    return invoice.source.service == Service.BILLOGRAM and not is_draft(invoice)


def _draft(invoice: Invoice) -> str:
    return "" if is_draft(invoice) else _("This is possible as long as it is a draft.")


def _untouched(invoice: Invoice) -> str:
    """A draft that was never offered for sale either (sections 6.1 and 8)."""
    fresh = invoice.state == State.DRAFT and invoice.service_state != DENIED
    return "" if fresh else _("This is possible as long as it is a draft.")


def _issued(invoice: Invoice) -> str:
    return _("It has not been issued yet.") if is_draft(invoice) else ""


def _unpaid(invoice: Invoice) -> str:
    return _issued(invoice) or ("" if invoice.service_state in UNPAID_WORDS else _("It is no longer open."))


def _changeable(invoice: Invoice) -> str:
    return "" if is_draft(invoice) else _unpaid(invoice)


def _open(invoice: Invoice) -> str:
    return _issued(invoice) or ("" if invoice.state == State.OPEN else _("It is not open."))


def _still_owed(invoice: Invoice) -> str:
    return _issued(invoice) or ("" if invoice.state in (State.OPEN, State.COLLECTION) else _("It is not open."))


def _has_open_amount(invoice: Invoice) -> str:
    return _("Nothing is left to pay.") if invoice.open == 0 else ""


def _overdue(invoice: Invoice) -> str:
    """Respite, while it is given, stands in the place of the due date, also of an invoice that was late before."""
    respite = _respite_end(invoice)
    last_day = respite or invoice.due_date
    late = (last_day is not None and last_day < today()) or (not respite and invoice.service_state in LATE_WORDS)
    return "" if late else _("It is not overdue yet.")


def _respite_end(invoice: Invoice) -> date | None:
    """The day that the last event about respite names; None where there is none, or none that is a day."""
    last = _last_of(invoice, *RESPITE)
    found = _DAY.search(last.text) if last and last.kind == RESPITE[0] else None
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


def _creditable(invoice: Invoice) -> str:
    if invoice.state == State.CREDITED:
        return _("It is credited already.")
    if invoice.service_state == BEING_SOLD:
        return _("It is being sold; that has to end first.")
    return _issued(invoice) or ("" if invoice.state in CREDITABLE else _("An invoice in this state is not credited."))


def _fees(invoice: Invoice) -> int:
    """What fees and interest have come to, in smallest units."""
    charged = (MovementKind.FEE, MovementKind.INTEREST)
    return -sum(one.amount for one in parts_of(invoice, "movements") if one.kind in charged)


def _only_fees_left(invoice: Invoice) -> str:
    left = 0 < (invoice.open or 0) <= _fees(invoice)
    return "" if left else _("Only fees and interest can be written off, and more than those is owed.")


def _principal_left(invoice: Invoice) -> str:
    left = (invoice.open or 0) > _fees(invoice)
    return "" if left else _("There is no principal left; fees are written off instead.")


def _last_of(invoice: Invoice, *kinds: str) -> Event | None:
    """The last event of one of these kinds."""
    return next((event for event in invoice.events.all() if event.kind in kinds), None)


def _is_last(invoice: Invoice, kind: str, other: str) -> bool:
    """Whether of these two kinds of events the first one was the last to happen."""
    last = _last_of(invoice, kind, other)
    return last is not None and last.kind == kind


def _not_written_down(invoice: Invoice) -> str:
    return _("It is written down already.") if _is_last(invoice, *WRITTEN_DOWN) else ""


def _written_down(invoice: Invoice) -> str:
    return "" if _is_last(invoice, *WRITTEN_DOWN) else _("It is not written down.")


def _has_respite(invoice: Invoice) -> str:
    return "" if _is_last(invoice, *RESPITE) else _("It has no respite.")


def _is_credit(invoice: Invoice) -> str:
    return "" if (invoice.gross or 0) < 0 else _("This is for credit invoices that stand alone.")


def _not_credit(invoice: Invoice) -> str:
    return _("This is not possible with a credit note.") if invoice.kind == Kind.CREDIT_NOTE else ""


def _not_handed_over(invoice: Invoice) -> str:
    """Billomat's state does not show it (section 6.1); each time costs money."""
    handed = any(one.kind == "invoice.encash" and one.state not in CAME_TO_NOTHING for one in intents_of(invoice))
    return _("It is in the hands of the collection agency already.") if handed else ""


def _cancelled(invoice: Invoice) -> str:
    return "" if invoice.state == State.CANCELLED else _("It is not cancelled.")


def _payable(invoice: Invoice) -> str:
    """At BillOver, which knows no payments: nothing is paid on what was turned down or has no amount."""
    if invoice.state in (State.CLOSED, State.UNKNOWN) or invoice.gross is None:
        return _("Nothing can be paid on a document in this state.")
    left = open_after(invoice, sum(payment.amount for payment in _kept_payments(invoice)))
    return _("Nothing is left to pay.") if left is not None and left.minor == 0 else ""


def _has_payment(invoice: Invoice) -> str:
    paid = any(map(was_booked, parts_of(invoice, "movements")))
    return "" if paid else _("No payment is recorded.")


def _has_kept_payment(invoice: Invoice) -> str:
    return "" if _kept_payments(invoice) else _("No payment is recorded.")


def _kept_payments(invoice: Invoice) -> list[KeptPayment]:
    return [payment for payment in invoice.kept_payments.all() if not payment.deleted_at]


def _has_reminder(invoice: Invoice) -> str:
    reminded = any(paper.kind == PaperKind.REMINDER for paper in parts_of(invoice, "papers"))
    return "" if reminded else _("There is no reminder.")


def _flag(name: str) -> Rule:
    """BillOver's own booleans decide (section 8)."""

    def rule(invoice: Invoice) -> str:
        allowed = (invoice.permissions or {}).get(name) is True
        return "" if allowed else _("BillOver does not let our user do this.")

    return rule


_ISSUED_INVOICE = (_not_credit, _issued)

RULES: dict[str, dict[str, tuple[Rule, ...]]] = {
    "invoice.update": {
        Service.BILLOGRAM: (_changeable,),
        Service.BILLOMAT: (_draft,),
        Service.BILLOVER: (_flag("can_update"),),
    },
    "invoice.delete": {
        Service.BILLOGRAM: (_untouched,),
        Service.BILLOMAT: (_untouched,),
        Service.BILLOVER: (_flag("can_delete"),),
    },
    "invoice.resend": {Service.BILLOGRAM: (_unpaid,)},
    "invoice.email": {Service.BILLOMAT: (_issued,)},
    "invoice.mail": {Service.BILLOMAT: (_issued,)},
    "invoice.sign": {Service.BILLOMAT: (_issued,)},
    "payment.create": {
        Service.BILLOGRAM: (_unpaid, _has_open_amount),
        Service.BILLOMAT: (_open,),
        Service.BILLOVER: (_payable,),
    },
    "payment.delete": {Service.BILLOMAT: (_has_payment,), Service.BILLOVER: (_has_kept_payment,)},
    "invoice.credit": {Service.BILLOGRAM: (_creditable,), Service.BILLOMAT: (_not_credit, _creditable)},
    "invoice.credit_payment": {Service.BILLOGRAM: (_is_credit, _issued, _has_open_amount)},
    "invoice.remind": {Service.BILLOGRAM: (_unpaid, _overdue), Service.BILLOMAT: (_not_credit, _open, _overdue)},
    "reminder.email": {Service.BILLOMAT: (_has_reminder,)},
    "reminder.cancel": {Service.BILLOMAT: (_has_reminder,)},
    "invoice.collect": {Service.BILLOGRAM: (_unpaid, _overdue)},
    "invoice.respite": {Service.BILLOGRAM: (_unpaid,)},
    "invoice.remove_respite": {Service.BILLOGRAM: (_has_respite,)},
    "invoice.write_off": {Service.BILLOGRAM: (_unpaid, _only_fees_left)},
    "invoice.write_down": {Service.BILLOGRAM: (_still_owed, _principal_left, _not_written_down)},
    "invoice.revert_write_down": {Service.BILLOGRAM: (_written_down,)},
    "invoice.sell": {Service.BILLOGRAM: (_untouched,)},
    "invoice.encash": {Service.BILLOMAT: (*_ISSUED_INVOICE, _open, _not_handed_over)},
    "invoice.cancel": {Service.BILLOMAT: (_open,)},
    "invoice.uncancel": {Service.BILLOMAT: (_cancelled,)},
}


def late_after(invoice: Invoice) -> date:
    """The day after which more time may begin: today, or the due date where that is later."""
    return max(today(), invoice.due_date or today())
