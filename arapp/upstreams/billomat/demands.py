"""What must be so before anything is written; Unfit where it is not."""

from django.utils.translation import gettext as _

from arapp.receivables.records import INVOICE
from arapp.upstreams.base import Order
from arapp.upstreams.billomat.bodies import Unfit


def demand_invoice(order: Order) -> None:
    """A credit note's id would name another document where Billomat asks for an invoice."""
    if order.document != INVOICE:
        raise Unfit(_("Billomat has this for invoices only."))


def demand_payments(order: Order) -> None:
    """What we could not look for afterwards might be booked twice."""
    if order.subject.movements is None:
        raise Unfit(_("Our key may not read payments at Billomat; nothing was booked."))
