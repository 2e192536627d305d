"""What can be done at Billogram beside sending a draft: for each action its call and what shows it afterwards."""

from collections.abc import Mapping

from arapp.receivables.records import INVOICE
from arapp.upstreams.base import CUSTOMER, INVOICES, ITEM, ITEMS, Act
from arapp.upstreams.billogram import bodies, comparing, finding, proofs, writing
from arapp.upstreams.billogram.proofs import events
from arapp.upstreams.billogram.writing import command, once_settled

ACTS: Mapping[str, Act] = {
    "customer.create": Act(writing.create_customer, makes=CUSTOMER, find=finding.customer),
    "customer.update": Act(writing.update_customer, proofs.looks_like(comparing.of_customer), once=True),
    "item.create": Act(writing.create_item, makes=ITEM, find=finding.item),
    "item.update": Act(writing.update_item, proofs.looks_like(comparing.of_item), once=True),
    "item.delete": Act(writing.delete(ITEMS), removes=True),
    "invoice.create": Act(writing.create_invoice, proofs.made_as_wanted, makes=INVOICE, find=finding.invoice),
    "invoice.update": Act(writing.update_invoice, proofs.invoice_looks_like, once=True),
    "invoice.delete": Act(writing.delete(INVOICES), removes=True),
    "invoice.resend": Act(command("resend", bodies.resend), events("Resent", proofs.same_method)),
    "invoice.message": Act(command("message", bodies.message), events("CreditorMessage", proofs.same_message)),
    "invoice.attach": Act(command("attach", bodies.attachment), proved=True, repeatable=True),
    "payment.create": Act(command("payment", bodies.payment), events("Payment", proofs.by_hand)),
    "invoice.credit": Act(writing.credit, events("Credit", proofs.same_amount)),
    "invoice.credit_payment": Act(command("credit-payment", bodies.credit_payment), proved=True),
    "invoice.remind": Act(command("remind", bodies.remind), events("ReminderSent", proofs.same_method)),
    "invoice.collect": Act(once_settled(command("collect", bodies.nothing)), events("Collection")),
    "invoice.respite": Act(command("respite", bodies.respite), proofs.has_respite, once=True),
    "invoice.remove_respite": Act(command("remove-respite", bodies.nothing), proofs.has_no_respite, once=True),
    "invoice.write_off": Act(command("writeoff", bodies.nothing), events("Writeoff")),
    "invoice.write_down": Act(once_settled(command("writedown", bodies.nothing)), proofs.is_written_down, once=True),
    "invoice.revert_write_down": Act(
        once_settled(command("revert-writedown", bodies.nothing)), proofs.is_not_written_down, once=True
    ),
    "invoice.sell": Act(command("sell", bodies.nothing), events("FactoringRequest")),
}
"""No event is known for a credit that was paid out (section 12.4): only the answer proves it."""
