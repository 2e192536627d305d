"""What each action does, in one sentence: above the form of one on an invoice, and on the help page."""

from collections.abc import Container, Iterator

from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from arapp.actions.table import Action
from arapp.receivables.models import Invoice, Service


def does(action: Action, invoice: Invoice) -> str:
    """“Tells Billomat that a payment has come in; nothing is sent to the customer.”"""
    service = invoice.source.service
    words = _AT_DESK.get(action.name, "") if action.kept_at(service) else _DOES.get(action.name, "")
    facts = {"service": invoice.source.get_service_display(), "who": invoice.customer or _("the customer")}
    return str(words) % facts


def does_anywhere(action: Action) -> Iterator[str]:
    """The same of all services at once, for whom it concerns; a sentence of its own where the desk keeps it."""
    kept = {service for service in action.services if action.kept_at(service)}
    for words, services in ((_DOES.get(action.name), action.services - kept), (_AT_DESK.get(action.name), kept)):
        if words and services:
            yield str(words) % {"service": names(services), "who": _("the customer")}


def names(services: Container[str]) -> str:
    """“Billogram, BillOver or Billomat”."""
    return get_text_list([str(Service(service).label) for service in Service.values if service in services], _("or"))


_AT_DESK: dict[str, Promise] = {
    "invoice.comment": _("Stays at the desk; neither %(service)s nor the customer sees it."),
    "invoice.tag": _("Stays at the desk; %(service)s is not told."),
    "customer.comment": _("Stays at the desk; neither %(service)s nor the customer sees it."),
    "payment.create": _("Stays at the desk: %(service)s knows no payments. Its own figures do not change."),
    "payment.delete": _("Takes a payment back that stood at the desk. It stays on record with who deleted it."),
}
_DOES: dict[str, Promise] = {
    "customer.create": _("Makes a customer at %(service)s."),
    "customer.update": _("Changes the customer at %(service)s."),
    "contact.create": _("Adds a contact to the customer at %(service)s."),
    "contact.update": _("Changes the contact at %(service)s."),
    "contact.delete": _("Removes the contact at %(service)s."),
    "item.create": _("Adds an item to the catalogue at %(service)s."),
    "item.update": _("Changes the item at %(service)s."),
    "item.delete": _("Deletes the item at %(service)s."),
    "invoice.create": _("Makes an invoice at %(service)s, as a draft."),
    "invoice.update": _("Changes the invoice at %(service)s."),
    "invoice.upload": _("Gives a PDF or a picture to %(service)s, which reads the invoice out of it."),
    "invoice.pdf": _("Opens or saves the document as %(service)s has it."),
    "report.download": _("Downloads a report of %(service)s."),
    "invoice.send": _("Approves the invoice; %(service)s issues it and sends it to %(who)s."),
    "invoice.complete": _("Approves the invoice and issues it at %(service)s; nothing is sent to the customer."),
    "invoice.delete": _("Deletes the draft at %(service)s."),
    "invoice.resend": _("%(service)s sends the invoice to %(who)s once more."),
    "invoice.email": _("%(service)s sends the invoice by e-mail, at once."),
    "invoice.mail": _("%(service)s prints the invoice and sends it to %(who)s by post; it costs postage."),
    "invoice.message": _("%(service)s sends this message to %(who)s; it cannot be taken back."),
    "invoice.attach": _("Attaches a PDF to the invoice at %(service)s; the customer gets it with the invoice."),
    "invoice.sign": _("Stores a signed version of the invoice at %(service)s."),
    "payment.create": _("Tells %(service)s that a payment has come in; nothing is sent to the customer."),
    "payment.delete": _("Deletes a recorded payment at %(service)s; the amount is owed again."),
    "invoice.credit": _("%(service)s makes a credit against this invoice; less is owed."),
    "invoice.credit_payment": _("Tells %(service)s that the credit was paid out to the customer."),
    "invoice.remind": _("%(service)s reminds %(who)s of what is overdue."),
    "reminder.email": _("%(service)s sends the reminder by e-mail."),
    "reminder.cancel": _("Cancels the reminder at %(service)s; its fee is no longer owed."),
    "invoice.respite": _("Gives %(who)s more time; %(service)s does not remind before that day."),
    "invoice.remove_respite": _("Ends the time that was given; %(service)s reminds again as usual."),
    "invoice.collect": _("%(service)s hands the claim against %(who)s to debt collection."),
    "invoice.encash": _("%(service)s hands the claim against %(who)s to a collection agency."),
    "invoice.write_off": _("Gives up the fees and interest that are left; the invoice ends as paid at %(service)s."),
    "invoice.write_down": _("Writes what is left down in the books; it stays owed at %(service)s."),
    "invoice.revert_write_down": _("Takes the write-down back at %(service)s."),
    "invoice.sell": _("Offers the invoice for sale through %(service)s."),
    "invoice.cancel": _("Cancels the invoice at %(service)s; nothing is owed on it any more."),
    "invoice.uncancel": _("Takes the cancellation back at %(service)s; it is owed again."),
    "invoice.comment": _("An internal comment at %(service)s; the customer never sees it."),
    "invoice.tag": _("Changes the tags at %(service)s."),
    "invoice.approve": _("Approves the invoice as it is shown."),
    "invoice.reject": _("Rejects the invoice as it is shown, with the reason."),
    "invoice.reopen": _("Takes the decision back."),
}
