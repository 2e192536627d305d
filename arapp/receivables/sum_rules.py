"""What a service adds up on an invoice, and how."""

from collections.abc import Mapping
from dataclasses import dataclass

NET, GROSS = "net", "gross"
"""Price bases."""


@dataclass(frozen=True)
class Rules:
    """What a service adds up and how; what it has no place for is refused."""

    gross_prices: bool = False
    percentages: bool = False
    reduction: bool = False
    cash_discount: bool = False
    invoice_fee: bool = False
    rounds_each_tax: bool = False
    """VAT is rounded tax by tax and then added up; else the exact total is rounded once."""
    whole: frozenset[str] = frozenset()
    """Currencies whose totals are rounded to whole units."""


RULES: Mapping[str, Rules] = {
    # An absolute discount off a row (reference 6.4), the fee (6.3), whole kronor (6.6). Not found in 6.6, so chosen:
    # an exact half goes away from zero, and other currencies are rounded to their own decimals.
    "billogram": Rules(invoice_fee=True, whole=frozenset({"SEK"})),
    # Price bases, reductions, tax blocks, half up (reference 7); a cash discount of the gross (6.2).
    "billomat": Rules(gross_prices=True, percentages=True, reduction=True, cash_discount=True, rounds_each_tax=True),
}
"""Not BillOver: there gross and VAT are given and nothing is added up (reference 6.1, A12)."""
