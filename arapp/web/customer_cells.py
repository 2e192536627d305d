"""The cells of a row in the list of customers. A customer comes with ``owed`` and ``overdue`` (lists of Money)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from arapp.receivables.models import Customer
from arapp.receivables.money import Money
from arapp.web.row_html import GONE, NOTHING, filled, further_cell
from arapp.web.screen_columns import Layout, cell_html
from arapp.web.shown import money_html, whole

CELLS = {
    "name": '<th scope="row" class="who"><a href="{url}" title="{name}" dir="auto"{gone}>{name}</a></th>',
    "number": '<td class="no" title="{number}">{number}</td>',
    "source": '<td class="sourcely" title="{source}" dir="auto">{source}</td>',
    "email": '<td class="mail" title="{email}">{email}</td>',
    "invoices": '<td class="num count-of" data-label="{invoices_label}"><a href="{list}">{invoices}</a></td>',
    "owed": '<td class="num debt">{owed}</td>',
    "overdue": '<td class="num debt late" data-label="{overdue_label}">{overdue}</td>',
}


def cells_of(shown: Layout, customer: Customer, invoices: int, today: date) -> SafeString:
    """In the order of the person's columns."""
    texts: dict[str, Any] = {
        "url": f"{reverse('customers')}{customer.pk}/",
        "list": f"{reverse('invoices')}?customer={customer.pk}",
        "gone": GONE if customer.gone_at else NOTHING,
        "name": str(customer),
        "number": customer.number,
        "source": customer.source.name,
        "email": customer.email,
        "invoices": whole(invoices),
        "owed": _amounts(customer.owed),
        "overdue": _amounts(customer.overdue),
        "invoices_label": _("invoices"),
        "overdue_label": _("overdue"),
    }
    columns = [place.column for place in shown.placed]
    texts |= {one.name: cell_html(one, customer, today) for one in columns if one.read}
    cells = (further_cell(one.name, one.css, str(one.label)) if one.read else CELLS[one.name] for one in columns)
    return filled("".join(cells), texts)


def _amounts(amounts: Sequence[Money]) -> SafeString:
    return SafeString("".join(f"<div>{money_html(one.minor, one.currency)}</div>" for one in amounts))
