"""What the desk's words mean, for the help page. Each choice of a model has its sentence; a test counts them."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from arapp.approvals.effects import APPROVE, REJECT, REOPEN
from arapp.approvals.models import ApprovalState, Origin
from arapp.outbox.models import IntentState
from arapp.people.models import DECIDE, MANAGE, PREPARE, SEE, SYNC
from arapp.receivables.models import CountsAs, Kind, MovementKind, SecondPerson, State

Meanings = Mapping[str, Promise]

STATES: Meanings = {
    State.DRAFT: _("Not issued yet: the customer does not have it, and nothing is owed on it."),
    State.OPEN: _("Issued and not settled. What is open counts as owed."),
    State.COLLECTION: _("Handed to debt collection. What is open still counts as owed."),
    State.PAID: _("Settled in full."),
    State.CREDITED: _("Taken back by a credit. Nothing is owed on it any more."),
    State.CANCELLED: _("Cancelled at the service. Nothing is owed on it."),
    State.SOLD: _("Sold through the service, or offered for sale. It no longer counts as owed."),
    State.CLOSED: _("Ended in another way: given up by debt collection, or rejected. It no longer counts as owed."),
    State.UNKNOWN: _("The service could not read the document, or uses a word that the desk does not know."),
}
APPROVALS: Meanings = {
    ApprovalState.WAITING: _("Nobody has decided, or the decision was taken back or the document changed."),
    ApprovalState.APPROVED: _("Somebody has said yes to the content as it was then."),
    ApprovalState.REJECTED: _("Somebody has said no. At the desk that takes a note that says why."),
}
ACTIONS: Meanings = {
    APPROVE: _("Says yes to the content that is shown. Where the service needs it, the document is issued."),
    REJECT: _("Says no, with a note that says why. Nothing is sent to the customer."),
    REOPEN: _("Takes the decision back, so that the invoice waits again."),
}
ORIGINS: Meanings = {
    Origin.DESK: _("Decided by a person at the desk."),
    Origin.SERVICE: _("Decided at the service; the desk saw it when it read the document again."),
    Origin.IMPORTED: _("Decided at the service before the desk first read the document."),
    Origin.SYSTEM: _("The document changed after it was decided on, so the desk has put it back to waiting."),
}
WAYS: Meanings = {
    IntentState.PENDING: _("Stored; the service hears of it within seconds. A decision can still be withdrawn."),
    IntentState.SENDING: _("The service is told at this moment."),
    IntentState.DONE: _("The service has taken it."),
    IntentState.REFUSED: _("The service has said no; its own words stand beside it."),
    IntentState.UNKNOWN: _("The service was told and its answer was lost. The desk finds out by reading."),
    IntentState.SUPERSEDED: _("Taken back or replaced before the service was told."),
    IntentState.NEEDS_PERSON: _("The desk cannot settle it. A controller tries again, drops it or marks it as done."),
}
KINDS: Meanings = {
    Kind.INVOICE: _("Says what a customer owes, for what and until when."),
    Kind.CREDIT_NOTE: _("Lowers what a customer owes. It is never overdue."),
}
MOVEMENTS: Meanings = {
    MovementKind.PAYMENT: _("Money that came in. It lowers what is owed."),
    MovementKind.CREDIT: _("Some of the invoice, or all of it, is no longer asked for."),
    MovementKind.FEE: _("Added to what is owed, such as for a reminder."),
    MovementKind.INTEREST: _("Added to what is owed because it is paid late."),
    MovementKind.DISCOUNT: _("Taken off because it was paid in time."),
    MovementKind.WRITE_OFF: _("Given up; it is not asked for any more."),
    MovementKind.RECALL: _("A payment was taken back; the amount is owed again."),
}
COUNTS: Meanings = {
    CountsAs.RECEIVABLE: _("What the source's invoices have open counts as owed."),
    CountsAs.OTHER: _("Listed, decided and exported, but never owed, overdue or in an age: receipts, for example."),
}
SECOND: Meanings = {
    SecondPerson.ALWAYS: _("Nobody issues, credits or writes off what they prepared."),
    SecondPerson.ABOVE: _("The same above the amount that the source names, and in every other currency."),
    SecondPerson.NEVER: _("One person may do both; the decision is then marked as taken by one person alone."),
}
ABILITIES: Meanings = {
    SEE: _("Sees, searches and downloads invoices, customers, items, payments and decisions; keeps views"),
    PREPARE: _("Prepares: customers, items, drafts, payments, reminders, e-mails and notes; joins customers"),
    DECIDE: _("Decides: approves, rejects and reopens; credits, gives up, cancels and hands to debt collection"),
    SYNC: _("Sees the sources and asks for a reading, settles what did not arrive, enters exchange rates"),
    MANAGE: _("Adds people and gives roles, switches sources off and on, opens the admin site"),
}
