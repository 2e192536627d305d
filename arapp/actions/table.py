"""Everything a person can do, in one table: for pages, the bulk bar and the command line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from arapp.actions.data import dealings, invoices, parties
from arapp.actions.fields import ALL, BILLOGRAM, BILLOMAT, BILLOVER, Field, at, object_schema
from arapp.people.models import ABILITIES, DECIDE, PREPARE, SEE
from arapp.upstreams.base import Adapter
from arapp.upstreams.registry import ADAPTERS

INVOICE, CUSTOMER, ITEM = "invoice", "customer", "item"
MAIN, MORE, DANGER = "main", "more", "danger"

DECISIONS = {
    "invoice.send": BILLOGRAM,
    "invoice.complete": BILLOMAT,
    "invoice.approve": ALL,
    "invoice.reject": ALL,
    "invoice.reopen": ALL,
}
"""Carried by an approval, and where the word is used."""
KEPT = {
    "invoice.comment": BILLOGRAM | BILLOVER,
    "invoice.tag": BILLOGRAM | BILLOVER,
    "customer.comment": ALL,
    "payment.create": BILLOVER,
    "payment.delete": BILLOVER,
}
"""What stays at the desk where the service has no place for it."""
OWN_REFERENCE = Field(
    "own_reference", _("Own reference"), limit=100, help=_("What is told twice under one reference is done once.")
)


@dataclass(frozen=True)
class Action:
    name: str
    label: str | Promise
    """On buttons and in menus: "Record a payment"."""
    concerns: str
    """invoice, customer or item; empty for something new at a source."""
    ability: str
    fields: tuple[Field, ...] = ()
    irreversible: bool = False
    """Cannot be undone: a page asks once more."""
    second_person: bool = False
    """Not by who prepared it, where the source wants two people."""
    bulk: bool = False
    menu: str = ""
    """Where the button stands: main, more or danger; empty where it has its own page."""
    undone_by: str = ""
    """The action that takes it back, at the services that have that one."""

    def is_final_at(self, service: str) -> bool:
        """Whether nothing takes it back there."""
        return self.irreversible and not (self.undone_by and service in ACTIONS[self.undone_by].services)

    @property
    def services(self) -> frozenset[str]:
        """Those that can do it, by what their adapters say; and those for which the desk keeps it."""
        if self.reads:
            return frozenset(str(service) for service, adapter in ADAPTERS.items() if _READS[self.name](adapter))
        told = (str(service) for service, adapter in ADAPTERS.items() if self.name in adapter.acts)
        return frozenset(told) | DECISIONS.get(self.name, frozenset()) | KEPT.get(self.name, frozenset())

    @property
    def reads(self) -> bool:
        """Whether it only reads, and gives a file."""
        return self.name in _READS

    @property
    def makes(self) -> bool:
        """Whether it makes a customer, an item or an invoice."""
        return not self.concerns and not self.reads

    def kept_at(self, service: str) -> bool:
        """Whether the desk keeps it there instead of telling the service."""
        return service in KEPT.get(self.name, frozenset())

    def fields_at(self, service: str) -> tuple[Field, ...]:
        """The fields a form for this service has."""
        return at(self.fields, service)

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """The fields of the form, and the own reference that a program may give."""
        return self.fields if self.reads or self.name in DECISIONS else (*self.fields, OWN_REFERENCE)


def _has_reports(adapter: type[Adapter]) -> bool:
    return adapter.report is not Adapter.report


_READS = {"invoice.pdf": lambda adapter: True, "report.download": _has_reports}


def _customers() -> Iterable[Action]:
    yield Action("customer.create", _("New customer"), "", PREPARE, parties.NEW_CUSTOMER)
    yield Action("customer.update", _("Change the customer"), CUSTOMER, PREPARE, parties.CUSTOMER)
    yield Action("customer.comment", _("Comment"), CUSTOMER, PREPARE, dealings.COMMENT)
    yield Action("contact.create", _("New contact"), CUSTOMER, PREPARE, parties.NEW_CONTACT)
    yield Action("contact.update", _("Change the contact"), CUSTOMER, PREPARE, parties.CONTACT)
    yield Action(
        "contact.delete", _("Remove the contact"), CUSTOMER, PREPARE, parties.GONE_CONTACT, irreversible=True
    )
    yield Action("item.create", _("New item"), "", PREPARE, parties.NEW_ITEM)
    yield Action("item.update", _("Change the item"), ITEM, PREPARE, parties.ITEM)
    yield Action("item.delete", _("Delete the item"), ITEM, PREPARE, irreversible=True)


def _drafts() -> Iterable[Action]:
    yield Action("invoice.create", _("New invoice"), "", PREPARE, invoices.NEW_INVOICE)
    yield Action("invoice.update", _("Change the invoice"), INVOICE, PREPARE, invoices.INVOICE)
    yield Action("invoice.upload", _("Upload an invoice"), "", PREPARE, invoices.UPLOAD)
    yield Action("invoice.delete", _("Delete the draft"), INVOICE, PREPARE, irreversible=True, menu=DANGER)


def _issuing() -> Iterable[Action]:
    issues = {"irreversible": True, "second_person": True, "bulk": True, "menu": MAIN}
    yield Action("invoice.send", _("Approve and send"), INVOICE, DECIDE, dealings.SEND, **issues)
    yield Action("invoice.complete", _("Approve and issue"), INVOICE, DECIDE, dealings.COMPLETE, **issues)
    yield Action("invoice.approve", _("Approve"), INVOICE, DECIDE, dealings.NOTE, second_person=True)
    yield Action("invoice.reject", _("Reject"), INVOICE, DECIDE, dealings.REASON)
    yield Action("invoice.reopen", _("Reopen"), INVOICE, DECIDE, dealings.NOTE)


def _delivery() -> Iterable[Action]:
    out = {"irreversible": True, "menu": MORE}
    yield Action("invoice.resend", _("Send again"), INVOICE, PREPARE, dealings.RESEND, **out)
    yield Action("invoice.email", _("Send by e-mail"), INVOICE, PREPARE, dealings.EMAIL, **out)
    yield Action("invoice.mail", _("Send by post"), INVOICE, PREPARE, dealings.MAIL, **out)
    yield Action("invoice.message", _("Write to the customer"), INVOICE, PREPARE, dealings.MESSAGE, **out)
    yield Action("invoice.attach", _("Attach a PDF"), INVOICE, PREPARE, dealings.FILE, menu=MORE)
    yield Action("invoice.pdf", _("Download the PDF"), INVOICE, SEE, dealings.PDF)
    yield Action("invoice.sign", _("Upload the signed PDF"), INVOICE, DECIDE, dealings.FILE, **out)


def _money() -> Iterable[Action]:
    final = {"irreversible": True, "second_person": True}
    yield Action(
        "payment.create",
        _("Record a payment"),
        INVOICE,
        PREPARE,
        dealings.PAYMENT,
        irreversible=True,
        menu=MORE,
        undone_by="payment.delete",
    )
    yield Action("payment.delete", _("Delete a payment"), INVOICE, DECIDE, dealings.GONE_PAYMENT, **final)
    yield Action("invoice.credit", _("Credit"), INVOICE, DECIDE, dealings.CREDIT, **final, bulk=True, menu=MORE)
    yield Action(
        "invoice.credit_payment",
        _("Mark the credit as paid out"),
        INVOICE,
        DECIDE,
        dealings.CREDIT_PAYMENT,
        irreversible=True,
        menu=MORE,
    )


def _chasing() -> Iterable[Action]:
    out = {"irreversible": True, "menu": MORE}
    yield Action("invoice.remind", _("Remind"), INVOICE, PREPARE, dealings.REMIND, **out, bulk=True)
    yield Action(
        "reminder.email", _("E-mail the reminder"), INVOICE, PREPARE, dealings.REMINDER_EMAIL, irreversible=True
    )
    yield Action(
        "reminder.cancel", _("Cancel the reminder"), INVOICE, DECIDE, dealings.GONE_REMINDER, irreversible=True
    )
    yield Action("invoice.respite", _("Give respite"), INVOICE, PREPARE, dealings.RESPITE, menu=MORE)
    yield Action("invoice.remove_respite", _("End the respite"), INVOICE, PREPARE, menu=MORE)
    yield Action("invoice.collect", _("Hand to debt collection"), INVOICE, DECIDE, irreversible=True, menu=DANGER)
    yield Action("invoice.encash", _("Hand to a collection agency"), INVOICE, DECIDE, irreversible=True, menu=DANGER)


def _giving_up() -> Iterable[Action]:
    final = {"irreversible": True, "menu": DANGER}
    yield Action("invoice.write_off", _("Write off the fees"), INVOICE, DECIDE, second_person=True, **final)
    yield Action("invoice.write_down", _("Write down"), INVOICE, DECIDE, second_person=True, menu=DANGER)
    yield Action("invoice.revert_write_down", _("Revert the write-down"), INVOICE, DECIDE, menu=DANGER)
    yield Action("invoice.sell", _("Sell"), INVOICE, DECIDE, second_person=True, **final)
    yield Action("invoice.cancel", _("Cancel the invoice"), INVOICE, DECIDE, menu=DANGER)
    yield Action("invoice.uncancel", _("Take the cancellation back"), INVOICE, DECIDE, menu=DANGER)


def _notes() -> Iterable[Action]:
    yield Action("invoice.comment", _("Comment"), INVOICE, PREPARE, dealings.COMMENT, menu=MORE)
    yield Action("invoice.tag", _("Tag"), INVOICE, PREPARE, dealings.TAGS, menu=MORE)
    yield Action("report.download", _("Download a report"), "", SEE, dealings.REPORT)


ACTIONS: dict[str, Action] = {
    action.name: action
    for group in (_customers, _drafts, _issuing, _delivery, _money, _chasing, _giving_up, _notes)
    for action in group()
}


def schema_of(action: Action) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the action's data."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **object_schema(action.all_fields)}


def role_of(action: Action) -> str:
    """The least role that may do it."""
    return next(str(role) for role, abilities in ABILITIES.items() if action.ability in abilities)


def of_invoice(service: str) -> list[Action]:
    """What an invoice of this service offers on its page: main, more, danger, each in the table's order."""
    here = [action for action in ACTIONS.values() if action.concerns == INVOICE and service in action.services]
    return [action for menu in (MAIN, MORE, DANGER) for action in here if action.menu == menu]


def listed() -> list[dict[str, Any]]:
    """The rows of ``act --list --json``."""
    return [
        {
            "action": action.name,
            "services": sorted(action.services),
            "role": role_of(action),
            "irreversible": action.irreversible,
            "schema": schema_of(action),
        }
        for action in ACTIONS.values()
    ]
