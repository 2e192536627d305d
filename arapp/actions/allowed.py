"""Whether a person may do something now: the service, the role, the state, two people, and what is on its way."""

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from arapp.actions import stakes, states
from arapp.actions.table import DECISIONS, Action
from arapp.actions.wishes import Subject
from arapp.approvals import second_person
from arapp.approvals.effects import APPROVE, REJECT, REOPEN
from arapp.approvals.models import Approval
from arapp.outbox.models import UNSETTLED, intents_of
from arapp.people.models import DECIDE, User, roles_that_can
from arapp.receivables.models import Invoice, Source

CHANGE = "invoice.update"
DECIDED_AS = {
    "invoice.send": APPROVE,
    "invoice.complete": APPROVE,
    "invoice.approve": APPROVE,
    "invoice.reject": REJECT,
    "invoice.reopen": REOPEN,
}


def why_not(action: Action, source: Source, subject: Subject, person: User | None) -> str:
    """Why the person cannot do this now, in a sentence for the grey button; "" when they can."""
    found = forbidden(action, source, subject, person) or impossible(action, subject, person)
    return found or (_takes_another(action, subject, person) if isinstance(subject, Invoice) else "")


def forbidden(action: Action, source: Source, subject: Subject, person: User | None) -> str:
    """What no other state would change: the service does not have it, or the role may not do it."""
    if source.service not in action.services:
        return _("This is not possible at %(service)s.") % {"service": source.get_service_display()}
    needed = ability_for(action, subject)
    if person is None or person.can(needed):
        return ""
    roles = get_text_list([str(role) for role in roles_that_can(needed)], _("or"))
    return _("Your role may not do this; it takes the role %(roles)s.") % {"roles": roles}


def ability_for(action: Action, subject: Subject) -> str:
    """A change of what is issued makes a further invoice at the service, so it is for those who decide."""
    issued = action.name == CHANGE and isinstance(subject, Invoice) and states.changes_what_is_issued(subject)
    return DECIDE if issued else action.ability


def impossible(action: Action, subject: Subject, person: User | None, method: str = "") -> str:
    """What may be otherwise later: it is gone, in a wrong state, or on its way.

    ``method`` is how it is to be sent, instead of the source's own way.
    """
    if subject is None:
        return ""
    if subject.gone_at:
        return _("%(service)s no longer has it.") % {"service": subject.source.get_service_display()}
    if action.name in DECISIONS:
        return _undecidable(action, subject, person, method)
    if isinstance(subject, Invoice):
        return states.problem(action.name, subject) or _under_way(action, subject)
    return ""


def _undecidable(action: Action, invoice: Invoice, person: User | None, method: str) -> str:
    if not hasattr(invoice, "approval"):
        Approval.objects.catch_up(invoice=invoice)
        invoice.refresh_from_db()
    return invoice.approval.why_not(DECIDED_AS[action.name], person, method)


def _takes_another(action: Action, invoice: Invoice, person: User | None) -> str:
    """Why somebody else has to do it, by the least amount it can be about; the amount itself is judged later."""
    credits_by_changing = action.name == CHANGE and states.changes_what_is_issued(invoice)
    if not (action.second_person or credits_by_changing) or action.name in DECISIONS:
        return ""
    return second_person.why_not(invoice, person, stakes.least(action.name, invoice))


def _under_way(action: Action, invoice: Invoice) -> str:
    """What has no data is the same thing told again; anything else is compared when it is checked."""
    if action.fields_at(invoice.source.service):
        return ""
    waiting = any(each.kind == action.name and each.state in UNSETTLED for each in intents_of(invoice))
    return still_on_its_way() if waiting else ""


def still_on_its_way() -> str:
    return _("The same is on its way already; wait for its end.")
