"""What can be done with a document that is there: sending, payments, credits, reminders, comments, tags."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from arapp.receivables.records import CREDIT_NOTE, InvoiceRecord
from arapp.upstreams.base import Act, Order
from arapp.upstreams.billomat import crediting, dunning, noting, paying, sending
from arapp.upstreams.billomat.calls import path_of
from arapp.upstreams.billomat.deciding import remarks
from arapp.upstreams.billomat.mapping import WORDS
from arapp.upstreams.billomat.sending import told

if TYPE_CHECKING:
    from arapp.upstreams.billomat.client import Billomat

CANCELED = "CANCELED"


def put(action: str) -> Callable[["Billomat", Order], None]:
    """A write that is nothing but the name of an action of the document."""

    def write(adapter: "Billomat", order: Order) -> None:
        adapter.writes.act("PUT", path_of(WORDS[order.document].plural, order.external_id, action))

    return write


def is_cancelled(order: Order, record: InvoiceRecord) -> int:
    return int(record.service_state == CANCELED)


def is_not_cancelled(order: Order, record: InvoiceRecord) -> int:
    return int(record.service_state != CANCELED)


LIVING: dict[str, Act] = {
    "invoice.email": Act(sending.email, told("MAIL", "SIGN_MAIL")),
    "invoice.mail": Act(sending.letter, told("LETTER")),
    "invoice.sign": Act(sending.sign, told("SIGN")),
    "invoice.cancel": Act(put("cancel"), is_cancelled, once=True),
    "invoice.uncancel": Act(put("uncancel"), is_not_cancelled, once=True),
    # Nothing is told of what becomes of the document (4.4).
    "invoice.encash": Act(put("encash"), proved=True),
    "invoice.comment": Act(noting.comment, remarks),
    "invoice.tag": Act(noting.tag, noting.tagged, once=True),
    "payment.create": Act(paying.pay, paying.paid, once=True),
    "payment.delete": Act(paying.take_back, paying.taken_back, once=True),
    "invoice.credit": Act(crediting.credit, crediting.credited, makes=CREDIT_NOTE, find=crediting.find),
    "invoice.remind": Act(dunning.remind, dunning.reminded),
    "reminder.email": Act(dunning.email_reminder, told(*dunning.MAILED)),
    "reminder.cancel": Act(dunning.cancel_reminder, dunning.cancelled, once=True),
}
