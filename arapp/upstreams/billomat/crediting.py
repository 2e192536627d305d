"""Crediting an invoice: a credit note, completed, and set off against it (reference 4.8, 6.1). A step each time.

1. The draft, which carries our reference. 2. Completing it. 3. A payment of the type CREDIT_NOTE on the invoice, as
far as that is open. 4. The same amount as a payment on the credit note, so that nothing is owed twice.
What is left of it stays open, to be paid out.
"""

from typing import TYPE_CHECKING, Any

from arapp.receivables.money import Money
from arapp.receivables.records import CREDIT_NOTE, DRAFT, OPEN, InvoiceRecord
from arapp.upstreams.base import Order, Written
from arapp.upstreams.billomat.calls import path_of
from arapp.upstreams.billomat.credits import credit_note
from arapp.upstreams.billomat.deciding import mark
from arapp.upstreams.billomat.demands import demand_invoice, demand_payments
from arapp.upstreams.billomat.mapping import WORDS, document
from arapp.upstreams.billomat.paying import book, booking, covers, marked
from arapp.upstreams.billomat.references import carrying
from arapp.upstreams.billomat.walks import key

if TYPE_CHECKING:
    from arapp.upstreams.billomat.client import Billomat

NAMES = WORDS[CREDIT_NOTE]


def credit(adapter: "Billomat", order: Order) -> Written:
    """The next of the four steps."""
    demand_invoice(order)
    demand_payments(order)
    external_id = order.result_id or find(adapter, order)
    if not external_id:
        return Written(adapter.writes.make(NAMES.plural, NAMES.singular, credit_note(order)), more=True)
    note = document(CREDIT_NOTE, adapter.calls.known(NAMES.plural, NAMES.singular, external_id))
    if note.state == DRAFT:
        adapter.writes.act("PUT", path_of(NAMES.plural, external_id, "complete"), {"complete": {}})
        return Written(external_id, more=True)
    return _set_off(adapter, order, note)


def find(adapter: "Billomat", order: Order) -> str:
    found = carrying(adapter.calls, NAMES.plural, NAMES.singular, order.reference)
    return key(found) if found else ""


def _set_off(adapter: "Billomat", order: Order, note: InvoiceRecord) -> Written:
    booked = marked(order, order.subject)
    if booked:
        book(adapter, note, _set_off_on(note, booked[0].amount, f"{order.subject.number or ''} {mark(order)}"))
    elif amount := left_to_set_off(order.subject, note):
        book(adapter, order.subject, _set_off_on(order.subject, amount, f"{note.number or ''} {mark(order)}"))
    return Written(note.external_id, more=not booked)


def _set_off_on(record: InvoiceRecord, amount: Money, comment: str) -> dict[str, Any]:
    return booking(record, amount, covers(amount, record), comment.strip()) | {"type": "CREDIT_NOTE"}


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
