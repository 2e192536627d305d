"""Tags of lists whose columns can be chosen."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from arapp.lists.days import today
from arapp.receivables.models import Customer
from arapp.web.customer_cells import cells_of
from arapp.web.screen_columns import Layout, layout
from arapp.web.toolbar import Heading, Toolbar

register = template.Library()


@register.simple_tag(takes_context=True)
def layout_of(context: template.Context, name: str) -> Layout:
    """The columns of a list as the person of the request sees them."""
    person: Any = context["request"].user
    return layout(person, name)


@register.simple_tag
def headings_of(shown: Layout, tools: Toolbar) -> list[Heading]:
    return shown.headings(tools)


@register.simple_tag
def customer_cells(shown: Layout, customer: Customer, invoices: int) -> SafeString:
    """The cells of a row in the list of customers."""
    return cells_of(shown, customer, invoices, today())
