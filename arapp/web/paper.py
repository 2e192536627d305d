"""An invoice as a person reads it on paper: whom it is to, and how its total became what is open."""

from typing import Any

from arapp.receivables.folded import parts_of
from arapp.receivables.models import Invoice, MovementKind
from arapp.receivables.money import Money


def letter_of(invoice: Invoice) -> dict[str, str]:
    """The receiver: the address of the invoice or else of the customer, and the name unless it begins with that."""
    customer: Any = invoice.customer
    name = str(customer) if customer else ""
    address = (invoice.receiver_address or (customer.address if customer else "")).strip()
    return {"name": "" if name and address.startswith(name) else name, "address": address}


def rounding_of(invoice: Invoice) -> Money | None:
    """What the total was rounded by, where net and VAT do not add up to it. A whole unit and more is no rounding."""
    if None in (invoice.net, invoice.vat, invoice.gross) or not invoice.currency:
        return None
    rounding = Money(invoice.gross - invoice.net - invoice.vat, invoice.currency)
    return rounding if rounding.minor and abs(rounding.amount) < 1 else None


def settled_of(invoice: Invoice) -> list[tuple[str, Money]]:
    """What beside payments lies between the total and what is open: fees, interest, credits, each kind added up.

    Negative lowers what is owed. Only where all of it adds up to what the service says is open; what does not would
    explain nothing.
    """
    sums: dict[str, int] = {}
    for moved in parts_of(invoice, "movements"):
        if moved.kind != MovementKind.PAYMENT and moved.currency == invoice.currency:
            sums[moved.kind] = sums.get(moved.kind, 0) - moved.amount
    known = None not in (invoice.gross, invoice.paid, invoice.open)
    if not known or invoice.gross - invoice.paid + sum(sums.values()) != invoice.open:
        return []
    return [
        (str(label), Money(sums[kind], invoice.currency)) for kind, label in MovementKind.choices if sums.get(kind)
    ]
