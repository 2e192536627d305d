"""How amounts, moments, dates and states look on a page, in the form of the reader's language (``arapp/formats``).

Text and safe HTML; no queries. What a program reads (``datetime``, addresses, downloads) is written the same for all.
"""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from arapp.receivables.dates import date_text
from arapp.receivables.money import Money, exponent, figures
from arapp.web.service_words import in_words

DASH = mark_safe('<span class="none" aria-hidden="true">–</span>')
MINUTE, HOUR, DAY = 60, 3_600, 86_400
_MARK = re.compile(r"\s*\[desk-[^\s\[\]]+\]")
_CHOSEN = {
    "full": gettext_lazy("In full"),
    "remaining": gettext_lazy("The rest"),
    "amount": gettext_lazy("An amount"),
    "items": gettext_lazy("Chosen lines"),
    "Email+Letter": gettext_lazy("Email+Letter"),
    **{word: word for word in ("SMS", "EDI", "kg", "km", "mm")},
    **{"m2": "m²", "m3": "m³", "kwh": "kWh", "paypal": "PayPal"},
}


def money_html(minor: int | None, currency: str) -> SafeString:
    """``1,234.50`` with a quiet ``EUR`` behind it; a dash while unknown."""
    if minor is None or not currency:
        return DASH
    shown = Money(minor, currency).shown()
    return mark_safe(f'<span class="money">{shown} <span class="cur">{escape(currency)}</span></span>')


def amount_text(minor: int, currency: str) -> str:
    """``1,234.50 EUR``, for where no HTML can stand."""
    return str(Money(minor, currency))


def whole(number: int) -> str:
    """A count with its thousands grouped: “12,000”."""
    return figures(f"{number:,}")


def percent(number: int | Decimal | str) -> str:
    """“19 %”, “8.5 %”."""
    return _("%(number)s %%") % {"number": exact_html(str(number))}


def exact_html(text: str, currency: str = "") -> str:
    """A decimal kept as text, with thousands grouped and at least the currency's decimals, never rounded."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text or DASH
    number = number.normalize()
    places = max(-number.as_tuple().exponent, exponent(currency) if currency else 0, 0)
    return figures(f"{number:,.{places}f}")


def spoken(word: str) -> str:
    """A service's word as a person would write it: “BillogramCreated”, “bank_transfer”, “CASH,CREDIT_CARD”."""
    parts = [re.sub(r"(?<=[a-z])(?=[A-Z])", " ", part).replace("_", " ").strip() for part in word.split(",")]
    return ", ".join(in_words(part.capitalize()) for part in parts if part)


def chosen(word: str) -> str:
    """A value out of a list of choices, as people call it."""
    return str(_CHOSEN.get(word, "")) or spoken(word)


def without_mark(text: str) -> str:
    """A text without the mark by which the desk finds again what it wrote at a service."""
    return _MARK.sub("", text)


def ago(moment: datetime, now: datetime) -> str:
    """“3 min ago”; after a month the date."""
    seconds = int((now - moment).total_seconds())
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        return _("%(n)d min ago") % {"n": seconds // MINUTE}
    if seconds < DAY:
        return _("%(n)d h ago") % {"n": seconds // HOUR}
    days = seconds // DAY
    if days <= 30:
        return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
    return date_text(timezone.localtime(moment).date())


def exact_moment(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{date_text(local.date())} {local:%H:%M:%S %Z}"


def moment_text(moment: datetime) -> str:
    """“2026-11-20 10:42”, in the company's time zone."""
    local = timezone.localtime(moment)
    return f"{date_text(local.date())} {local:%H:%M}"


def day_text(text: Any) -> str:
    """A day kept as text, ``2026-11-20``, as ``date_text`` writes it; anything else as it is."""
    try:
        return date_text(date.fromisoformat(text))
    except (TypeError, ValueError):
        return str(text)


def moment_html(moment: datetime | None) -> SafeString:
    """A relative time whose exact moment shows on hover; a dash for none ("" out of a template is none, too)."""
    if not moment:
        return DASH
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        exact_moment(moment),
        ago(moment, timezone.now()),
    )


def date_html(day: date | None) -> SafeString:
    if day is None:
        return DASH
    return mark_safe(f'<time datetime="{day.isoformat()}">{date_text(day)}</time>')


def clock(moment: datetime) -> str:
    """The time of a moment of today, else its date and time."""
    local = timezone.localtime(moment)
    return f"{local:%H:%M}" if local.date() == timezone.localdate() else moment_text(moment)


def days_late(days: int) -> str:
    return ngettext("%(n)s day late", "%(n)s days late", days) % {"n": whole(days)}
