"""Crediting an invoice: a credit note, completed, and set off against it (reference 4.8, 6.1).

1. The draft, which carries our reference; its id is kept before anything else is told. 2. Completing it. 3. A payment
of the type CREDIT_NOTE on the invoice, as far as that is open. 4. The same amount as a payment on the credit note, so
that nothing is owed twice. What is left of it stays open, to be paid out.
Whatever broke off or was refused goes on from where both documents stand.
"""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from arapp.receivables.money import Money
from arapp.receivables.records import CREDIT_NOTE, DRAFT, OPEN, InvoiceRecord
from arapp.upstreams.base import Order, Written
from arapp.upstreams.billomat.calls import path_of
from arapp.upstreams.billomat.credits import credit_note
from arapp.upstreams.billomat.deciding import mark
from arapp.upstreams.billomat.demands import demand_invoice, demand_payments, standing
from arapp.upstreams.billomat.mapping import WORDS, document
from arapp.upstreams.billomat.paying import book, booking, covers, marked
from arapp.upstreams.billomat.references import carrying
from arapp.upstreams.billomat.walks import key

if TYPE_CHECKING:
    from arapp.upstreams.billomat.client import Billomat

NAMES = WORDS[CREDIT_NOTE]


def credit(adapter: "Billomat", order: Order) -> Written:
    """The draft first, and at the next call the rest."""
    demand_invoice(order)
    demand_payments(order)
    note = order.made
    if note is None:
        return Written(adapter.writes.make(NAMES.plural, NAMES.singular, credit_note(order)), more=True)
    if note.state == DRAFT:
        with standing(_("The draft of the credit note is made.")):
            adapter.writes.act("PUT", path_of(NAMES.plural, order.result_id, "complete"), {"complete": {}})
        note = document(CREDIT_NOTE, adapter.calls.known(NAMES.plural, NAMES.singular, order.result_id))
    with standing(_("The credit note %(number)s is made.") % {"number": note.number or note.external_id}):
        _set_off(adapter, order, note)
    return Written(order.result_id)


def find(adapter: "Billomat", order: Order) -> str:
    found = carrying(adapter.calls, NAMES.plural, NAMES.singular, order.reference)
    return key(found) if found else ""


def _set_off(adapter: "Billomat", order: Order, note: InvoiceRecord) -> None:
    """The invoice first; where that was booked before, only the credit note is left, or ``credited`` would hold."""
    invoice, booked = order.subject, marked(order, order.subject)
    amount = booked[0].amount if booked else left_to_set_off(invoice, note)
    if amount is None:
        return
    if not booked:
        book(adapter, invoice, _set_off_on(order, invoice, amount, note))
    book(adapter, note, _set_off_on(order, note, amount, invoice))


def _set_off_on(order: Order, record: InvoiceRecord, amount: Money, other: InvoiceRecord) -> dict[str, Any]:
    comment = f"{other.number or ''} {mark(order)}".strip()
    return booking(record, amount, covers(amount, record), comment) | {"type": "CREDIT_NOTE"}


def left_to_set_off(invoice: InvoiceRecord, note: InvoiceRecord) -> Money | None:
    """What is open on both; None where that is nothing. Only what is open can be booked on (6.2)."""
    if invoice.state != OPEN or note.state != OPEN or invoice.open is None or note.open is None:
        return None
    amount = min(invoice.open, note.open)
    return amount if amount.minor > 0 else None


def credited(order: Order, note: InvoiceRecord) -> int:
    """Whether the credit note is issued, and set off on both sides or on none because nothing was open."""
    if note.state == DRAFT:
        return 0
    if marked(order, order.subject):
        return len(marked(order, note))
    return int(left_to_set_off(order.subject, note) is None)
