"""What a decision does at the service: one table for approve, reject and reopen of every service.

The sentences stand on buttons and in summaries; a problem says why the service would refuse.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from arapp.receivables.models import Invoice, Service, State
from arapp.receivables.records import APPROVED, WAITING

APPROVE, REJECT, REOPEN = "approve", "reject", "reopen"

SEND, COMPLETE, COMMENT = "send", "complete", "comment"
"""Kinds of intents beside the three words above."""


@dataclass(frozen=True)
class Effect:
    words: str
    """For a button; ``%(receiver)s`` stands for who gets it."""
    kind: str = ""
    """What the service is told (the kind of the intent); empty when it is told nothing."""
    problem: str = ""
    receiver: str = ""
    short: str = ""
    """The effect in two or three words, for a button in a row; empty when nothing happens at the service."""

    @property
    def sentence(self) -> str:
        return self.naming(self.receiver)

    def naming(self, receiver: str) -> str:
        """The words with another receiver, for a summary over many."""
        return self.words % {"receiver": receiver} if self.receiver else self.words


def effect_of(action: str, invoice: Invoice, method: str = "") -> Effect:
    """The effect of approve, reject or reopen on this invoice as it is now; ``method`` in place of the source's."""
    return _TABLE[invoice.source.service][action](invoice, method or invoice.source.delivery_method)


def undecidable(invoice: Invoice) -> str:
    """Why nobody can decide on the invoice as it is now; "" when one can."""
    if invoice.gone_at:
        return _("%(service)s no longer has this document.") % _name(invoice)
    if invoice.state == State.UNKNOWN:
        return _("%(service)s could not read this document or is in a state we do not know.") % _name(invoice)
    if invoice.gross is None:
        return _("%(service)s is still reading this document; it has no amount yet.") % _name(invoice)
    if not invoice.has_details:
        return _("The lines have not been read yet. Open the invoice to read them now.")
    return ""


def _name(invoice: Invoice) -> dict[str, str]:
    return {"service": invoice.source.get_service_display()}


def _at_desk(sentence: str) -> Effect:
    return Effect(sentence)


def _billogram_approve(invoice: Invoice, method: str) -> Effect:
    if invoice.service_decision == APPROVED:
        return _at_desk(_("Approve at the desk; it is already issued at Billogram"))
    words, receiver = _sending(invoice, method)
    return Effect(words, SEND, _sending_problem(invoice, method), receiver, _("Approve and send"))


def _sending(invoice: Invoice, method: str) -> tuple[str, str]:
    """The words for the delivery method, and who gets it; nobody is named where there is no address."""
    email, place, phone = invoice.receiver_email, _first_line(invoice.receiver_address), invoice.receiver_phone
    if method == "Email":
        return (_("Approve and send by e-mail to %(receiver)s") if email else _("Approve and send by e-mail")), email
    if method == "Letter":
        return (_("Approve and send by letter to %(receiver)s") if place else _("Approve and send by letter")), place
    if method == "SMS" and phone:
        return _("Approve and send by SMS to %(receiver)s"), phone
    if method == "Email+Letter" and email:
        return _("Approve and send by e-mail to %(receiver)s, else by letter"), email
    return _("Approve and send by %(method)s") % {"method": method}, ""


def _first_line(address: str) -> str:
    return next((line.strip() for line in address.splitlines() if line.strip()), "")


def _sending_problem(invoice: Invoice, method: str) -> str:
    if invoice.service_state != "Unattested":
        return _("Billogram only sends drafts; this one is “%(state)s” there.") % {"state": invoice.service_state}
    if not _has_lines(invoice):
        return _("Billogram refuses an invoice without lines. Add a line there first.")
    if (invoice.gross or 0) < 0:
        return _("Billogram does not send an invoice with a negative sum.")
    return next(filter(None, (_unreachable(part, invoice) for part in method.split("+"))), "")


def _unreachable(way: str, invoice: Invoice) -> str:
    """Why the customer cannot be reached this way; every part of a combined method must be possible."""
    if way == "Email" and not invoice.receiver_email:
        return _("The customer has no e-mail address at Billogram, and this would be sent by e-mail.")
    if way == "Letter" and not _is_postal(invoice.receiver_address):
        return _("The customer has no postal address at Billogram, and this would be sent by letter.")
    if way == "SMS" and not invoice.receiver_phone:
        return _("The customer has no phone number at Billogram, and this would be sent by SMS.")
    return ""


def _is_postal(address: str) -> bool:
    """A street, and the place on a line that begins with its code (Billogram's own three fields, section 6.2)."""
    lines = [line.strip() for line in address.splitlines() if line.strip()]
    return len(lines) > 1 and any(line[0].isdigit() and " " in line for line in lines[1:])


def _has_lines(invoice: Invoice) -> bool:
    """A list tells it by an annotation, ``has_lines``; else the lines are asked."""
    if not invoice.has_details:
        return True
    told: bool | None = getattr(invoice, "has_lines", None)
    return any(True for _line in invoice.lines.all()) if told is None else told


def _billomat_approve(invoice: Invoice, method: str) -> Effect:
    if invoice.service_decision == APPROVED:
        return _at_desk(_("Approve at the desk; it is already issued at Billomat"))
    problem = "" if _has_lines(invoice) else _("Billomat refuses a document without lines. Add a line there first.")
    words = _("Approve and issue; nothing is sent to the customer")
    return Effect(words, COMPLETE, problem, short=_("Approve and issue"))


def _billover_approve(invoice: Invoice, method: str) -> Effect:
    if invoice.service_decision == APPROVED:
        return _at_desk(_("Approve at the desk; it is already approved at BillOver"))
    words = _("Approve at BillOver")
    return Effect(words, APPROVE, _flag_problem(invoice, "can_approve"), short=words)


def _flag_problem(invoice: Invoice, flag: str) -> str:
    if invoice.service_decision == WAITING and (invoice.permissions or {}).get(flag) is False:
        return _("BillOver does not let our user do this.")
    return ""


def _billogram_reject(invoice: Invoice, method: str) -> Effect:
    if invoice.service_decision == APPROVED:
        return _at_desk(_("Reject at the desk; it is already issued at Billogram"))
    return _at_desk(_("Reject; the draft stays at Billogram"))


def _billomat_reject(invoice: Invoice, method: str) -> Effect:
    if invoice.service_decision == APPROVED:
        return _at_desk(_("Reject at the desk; it is already issued at Billomat"))
    return Effect(_("Reject and leave an internal comment on the draft at Billomat"), COMMENT)


def _billover_reject(invoice: Invoice, method: str) -> Effect:
    if invoice.service_decision == "rejected":
        return _at_desk(_("Reject at the desk; it is already rejected at BillOver"))
    if invoice.service_decision == APPROVED:
        problem = _("BillOver has it approved. Reopen it first, then reject it.")
        return Effect(_("Reject at BillOver"), REJECT, problem)
    return Effect(_("Reject at BillOver"), REJECT, _flag_problem(invoice, "can_reject"))


def _issued_reopen(invoice: Invoice, method: str) -> Effect:
    problem = ""
    if invoice.service_decision == APPROVED:
        problem = _("It is issued at %(service)s and cannot be taken back. Credit it instead.") % _name(invoice)
    return Effect(_("Reopen at the desk"), "", problem)


def _billover_reopen(invoice: Invoice, method: str) -> Effect:
    if invoice.service_decision == WAITING:
        return _at_desk(_("Reopen at the desk"))
    problem = ""
    if (invoice.permissions or {}).get("can_remove_approval") is False and invoice.service_decision:
        problem = _("BillOver does not let our user do this.")
    return Effect(_("Reopen and remove the decision at BillOver"), REOPEN, problem)


_TABLE: dict[str, dict[str, Callable[[Invoice, str], Effect]]] = {
    Service.BILLOGRAM: {APPROVE: _billogram_approve, REJECT: _billogram_reject, REOPEN: _issued_reopen},
    Service.BILLOMAT: {APPROVE: _billomat_approve, REJECT: _billomat_reject, REOPEN: _issued_reopen},
    Service.BILLOVER: {APPROVE: _billover_approve, REJECT: _billover_reject, REOPEN: _billover_reopen},
}
