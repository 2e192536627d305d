"""Payments in, and out on a credit note: bookings that carry the order's mark (reference 4.6, 4.8, 6.2)."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from arapp.receivables.money import Money
from arapp.receivables.records import InvoiceRecord, MovementRecord
from arapp.upstreams.base import Gone, Order, Written
from arapp.upstreams.billomat.bodies import Unfit
from arapp.upstreams.billomat.deciding import carries, mark
from arapp.upstreams.billomat.demands import demand_payments
from arapp.upstreams.billomat.mapping import WORDS
from arapp.upstreams.billomat.walks import key

if TYPE_CHECKING:
    from arapp.upstreams.billomat.client import Billomat

CORRECTION = "INVOICE_CORRECTION"
"""The payment by which a correction invoice settles the one it corrects (6.1)."""


def pay(adapter: "Billomat", order: Order) -> Written:
    """Not booked where our key could not see it afterwards: a lost answer would book it twice."""
    demand_payments(order)
    return Written(book(adapter, order.subject, payment(order)))


def book(adapter: "Billomat", record: InvoiceRecord, fields: Mapping[str, Any]) -> str:
    """Book a payment on a document; its external id."""
    names = WORDS[record.kind]
    return adapter.writes.make(f"{names.singular}-payments", f"{names.singular}-payment", fields)


def payment(order: Order) -> dict[str, Any]:
    """The order's payment; it counts as paid when that was said, else when nothing stays open."""
    data = order.data
    amount = Money.parse(data["amount"], order.subject.currency)
    told = {"date": data["date"]} if "date" in data else {}
    told |= {"type": data["method"].upper()} if "method" in data else {}
    settles = data.get("mark_as_paid", covers(amount, order.subject))
    return booking(order.subject, amount, settles, f"{data.get('note', '')} {mark(order)}".strip()) | told


def booking(record: InvoiceRecord, amount: Money, settles: bool, comment: str) -> dict[str, Any]:
    """The fields of a payment. The flag goes out always: without it a full payment may not make PAID (6.2)."""
    parent = WORDS[record.kind].parent
    flag = f"mark_{parent.removesuffix('_id')}_as_paid"
    return {parent: record.external_id, "amount": amount.plain(), "comment": comment, flag: int(settles)}


def covers(amount: Money, record: InvoiceRecord) -> bool:
    return record.open is not None and not amount < record.open


def marked(order: Order, record: InvoiceRecord) -> list[MovementRecord]:
    """What the order has booked on a document."""
    return [movement for movement in record.movements or () if carries(movement.text, order)]


def paid(order: Order, record: InvoiceRecord) -> int:
    return len(marked(order, record))


def take_back(adapter: "Billomat", order: Order) -> None:
    """Delete a payment of this very document; one that is gone by now is what was wanted."""
    deletable = [key(row) for row in order.subject.detail["payments"] if row.get("type") != CORRECTION]
    if order.data["payment"] not in deletable:
        raise Unfit(_("This is no payment that can be deleted."))
    with suppress(Gone):
        adapter.writes.remove(f"{WORDS[order.document].singular}-payments", order.data["payment"])


def taken_back(order: Order, record: InvoiceRecord) -> int:
    if record.movements is None:
        return 0
    return int(all(movement.external_id != order.data["payment"] for movement in record.movements))
