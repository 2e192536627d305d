"""The rows of the invoice list, with all that a row shows, in a number of queries that does not grow."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from arapp.lists.filters import InvoiceFilter
from arapp.receivables.models import Invoice, Line

NAMED_WITH = ("customer", "source", "owner", "approval")
SHOWN = (
    *"external_id kind number short_id issue_date due_date currency gross open state gone_at digest".split(),
    *"service_state service_decision permissions detailed_at receiver_email receiver_address receiver_phone".split(),
    *"delivery_failed message_waits".split(),
    *"customer__external_id customer__name owner__email changer__email approval__state approval__version".split(),
    *"source__name source__service source__counts_as source__delivery_method".split(),
    *"source__second_person source__second_person_above source__second_person_currency".split(),
)
"""What a row of the screen shows and what a decision on it looks at; anything else costs a query when asked for."""

READS: Mapping[str, Sequence[str]] = {
    **{name: (name,) for name in "net vat paid payment_reference title reference category label".split()},
    "customer_number": ("customer__number",),
    "owner": ("owner__name", "owner__external_id"),
    "decided_by": ("approval__decided_by__username",),
    "decided_at": ("approval__decided_at",),
    "created": ("created_at",),
}
"""What further columns of the screen show beyond that."""

EXPORTED = (
    *"external_id kind number issue_date due_date currency net vat gross paid open state service_state".split(),
    *"payment_reference title gone_at source__name source__service source__counts_as".split(),
    *"customer__number customer__name owner__name owner__external_id".split(),
    *"approval__state approval__decided_at approval__decided_by__username".split(),
)


def invoice_rows(rows: QuerySet[Invoice], columns: Collection[str] = ()) -> QuerySet[Invoice]:
    """Rows for the screen, with what these columns show: two queries a page.

    ``known_intents`` holds the newest intent first; ``has_lines`` tells whether the service named any line.
    """
    has_lines = Exists(Line.objects.filter(invoice=OuterRef("pk")))
    further = [field for name in columns for field in READS.get(name, ())]
    joined = (*NAMED_WITH, "changer", *(["approval__decided_by"] if "decided_by" in columns else []))
    named = rows.select_related(*joined).only(*SHOWN, *further)
    return named.annotate(has_lines=has_lines).prefetch_related(Prefetch("intents", to_attr="known_intents"))


def export_rows(filterset: InvoiceFilter) -> QuerySet[Any]:
    """Every filtered row in the list's order with what the columns read and no more, for ``iterator``."""
    return filterset.order.sorted(
        filterset.qs.select_related(*NAMED_WITH, "approval__decided_by").only(*EXPORTED), filterset.today
    )
