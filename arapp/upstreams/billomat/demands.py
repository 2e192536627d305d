"""What must be so before anything is written, Unfit where it is not; and what a later refusal leaves standing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from arapp.receivables.records import INVOICE
from arapp.upstreams.base import Order
from arapp.upstreams.billomat.bodies import Unfit
from arapp.upstreams.http import Rejected


def demand_invoice(order: Order) -> None:
    """A credit note's id would name another document where Billomat asks for an invoice."""
    if order.document != INVOICE:
        raise Unfit(_("Billomat has this for invoices only."))


def demand_payments(order: Order) -> None:
    """What we could not look for afterwards might be booked twice."""
    if order.subject.movements is None:
        raise Unfit(_("Our key may not read payments at Billomat; nothing was booked."))


@contextmanager
def standing(made: str) -> Iterator[None]:
    """A refusal in here begins with ``made``, a sentence that says what stands already; it is not taken back."""
    try:
        yield
    except Rejected as refusal:
        words = {"made": made, "words": refusal.words or str(refusal)}
        raise Rejected(refusal.status, _("%(made)s %(words)s") % words) from refusal
