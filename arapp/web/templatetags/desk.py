"""Tags of the desk's pages: amounts, moments, dates, states and icons."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from arapp.actions.stakes import currency_for
from arapp.receivables.models import Item
from arapp.receivables.money import Money
from arapp.web import shown
from arapp.web.icons import ICONS
from arapp.web.payload import pretty
from arapp.web.said import said

register = template.Library()
register.filter(pretty)
register.filter(said)
register.filter(shown.chosen)


@register.filter
def whole(number: int | None) -> str:
    """A count with its thousands grouped; nothing for none."""
    return "" if number in (None, "") else shown.whole(number)


@register.filter
def rate(number: Decimal | str) -> str:
    """“19 %”."""
    return shown.percent(number)


@register.simple_tag
def moment_now() -> str:
    return shown.moment_text(timezone.now())


@register.simple_tag
def figure_signs() -> SafeString:
    """The signs in the reader's numbers, for scripts that add up."""
    group, point = get_format("THOUSAND_SEPARATOR"), get_format("DECIMAL_SEPARATOR")
    return format_html('data-group="{}" data-point="{}"', group, point)


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
def explain(anchor: str, word: str) -> SafeString:
    """A small link to the place of the help page that tells what a word means."""
    words = _("What “%(word)s” means") % {"word": word}
    return format_html(
        '<a class="explain" href="{}#{}" title="{}">'
        '<span aria-hidden="true">?</span><span class="unseen">{}</span></a>',
        *(reverse("help"), anchor, words, words),
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """An inline picture that says nothing of its own; the text beside it does."""
    return mark_safe(
        '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor"'
        ' stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f"{ICONS[name]}</svg>"
    )
