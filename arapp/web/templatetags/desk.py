"""Tags of the desk's pages: amounts, moments, dates, states and icons."""

from datetime import date, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from arapp.actions.stakes import currency_for
from arapp.receivables.models import Item
from arapp.receivables.money import Money
from arapp.web import shown
from arapp.web.icons import ICONS
from arapp.web.payload import pretty

register = template.Library()
register.filter(pretty)


@register.simple_tag
def money(value: Money | None) -> SafeString:
    """An amount with its currency in a quieter tone; a dash while unknown."""
    return shown.money_html(value.minor, value.currency) if value else shown.DASH


@register.simple_tag
def exact(text: str, currency: str = "") -> str:
    """A decimal of a line, exactly as the service has it, grouped by thousands."""
    return shown.exact_html(text, currency)


@register.simple_tag
def price(item: Item) -> SafeString:
    """The price of one of an item, in the currency its service takes for granted where it names none."""
    if not item.unit_price:
        return shown.DASH
    currency = currency_for(item.source, None, {"currency": item.currency})
    amount = shown.exact_html(item.unit_price, currency)
    return format_html('<span class="money">{} <span class="cur">{}</span></span>', amount, currency)


@register.simple_tag
def ago(moment: datetime | None) -> SafeString:
    return shown.moment_html(moment)


@register.simple_tag
def day(value: date | None) -> SafeString:
    return shown.date_html(value)


@register.simple_tag
def badge(value: str, label: str) -> SafeString:
    """A state: a small shape and the word."""
    return format_html('<span class="state s-{}">{}</span>', value, label)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An inline picture that says nothing of its own; the text beside it does."""
    return mark_safe(
        '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor"'
        ' stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f"{ICONS[name]}</svg>"
    )
