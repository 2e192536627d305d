"""The only writer of mirror rows. Each call takes records and a moment; repeated, it writes nothing."""

from arapp.receivables.mirror.invoices import apply_terms, mark_gone, want_details, write_invoices
from arapp.receivables.mirror.parties import (
    mark_customers_gone,
    mark_items_gone,
    write_choices,
    write_customers,
    write_items,
)
from arapp.receivables.mirror.stored import Tally

__all__ = [
    "Tally",
    "apply_terms",
    "mark_customers_gone",
    "mark_gone",
    "mark_items_gone",
    "want_details",
    "write_choices",
    "write_customers",
    "write_invoices",
    "write_items",
]
