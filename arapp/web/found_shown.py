"""What a search has found, in words: each hit with the facts that help to choose, and where the whole list is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.lists.moved import Moved
from arapp.lists.search import Found, Group
from arapp.receivables.models import Customer, Invoice, Item
from arapp.receivables.personal import masked
from arapp.web.said import event_said
from arapp.web.shown import date_text, money_html, whole


@dataclass(frozen=True)
class Hit:
    url: str
    title: str
    text: str = ""
    amount: str = ""
    state: str = ""
    state_words: str = ""
    source: str = ""
    exact: bool = False
    """Its number or reference is what was looked for, to the letter."""


@dataclass(frozen=True)
class Shown:
    """``further``: there are more than the hits; ``all`` leads to them."""

    name: str
    title: str
    counted: str
    hits: Sequence[Hit]
    further: bool
    all: str
    all_words: str


def groups_of(found: Found) -> list[Shown]:
    return [_shown(group, found) for group in found.groups]


def _shown(group: Group, found: Found) -> Shown:
    title, all_words, hit = _KINDS[group.name]
    counted = _("%(n)s+") % {"n": whole(group.count)} if group.more else whole(group.count)
    return Shown(
        name=group.name,
        title=title(),
        counted=counted,
        hits=[hit(row, found) for row in group.rows],
        further=group.more or group.count > len(group.rows),
        all=f"{reverse(group.name)}?{urlencode({'q': found.text, 'view': 'all'})}",
        all_words=all_words(group.more, group.count) % {"n": counted},
    )


def said(found: Found) -> str:
    """How much there is, for who hears the page."""
    if not found.count:
        return _("Nothing is found.")
    if found.more:
        return _("More than %(n)s found.") % {"n": whole(found.count)}
    return ngettext("%(n)s found.", "%(n)s found.", found.count) % {"n": whole(found.count)}


def direct_of(found: Found) -> dict[str, str] | None:
    """The link to the one invoice that was meant."""
    if not found.direct:
        return None
    url = reverse("invoice", args=[found.direct.pk])
    facts = {"number": found.direct, "customer": found.direct.customer}
    words = _("Go to invoice %(number)s of %(customer)s") if found.direct.customer else _("Go to invoice %(number)s")
    return {"url": url, "words": words % facts}


def _invoice(row: Invoice, found: Found) -> Hit:
    gross = row.money("gross")
    return Hit(
        reverse("invoice", args=[row.pk]),
        str(row),
        " · ".join(filter(None, (str(row.customer or ""), row.payment_reference))),
        money_html(gross.minor, gross.currency) if gross else "",
        row.state,
        str(row.get_state_display()),
        row.source.name,
        row.pk in found.exact,
    )


def _customer(row: Customer, found: Found) -> Hit:
    numbers = (row.number, row.email, masked(row.org_no, row.kind), masked(row.vat_no, row.kind))
    facts = " · ".join(dict.fromkeys(filter(None, numbers)))
    return Hit(reverse("customer", args=[row.pk]), str(row), facts, source=row.source.name)


def _item(row: Item, found: Found) -> Hit:
    facts = " · ".join(filter(None, (row.number, row.unit)))
    return Hit(reverse("item", args=[row.pk]), str(row), facts, source=row.source.name)


def _payment(row: Moved, found: Found) -> Hit:
    text = event_said(row.text, row.invoice.source.service)
    facts = (str(row.get_kind_display()), str(row.invoice.customer or ""), text[:80])
    return Hit(
        reverse("invoice", args=[row.invoice_id]),
        _("%(date)s for %(number)s") % {"date": date_text(row.date), "number": row.invoice},
        " · ".join(filter(None, facts)),
        money_html(row.amount, row.currency),
        source=row.invoice.source.name,
    )


def _all_invoices(more: bool, n: int) -> str:
    return _("All invoices that match") if more else ngettext("%(n)s invoice", "All %(n)s invoices that match", n)


def _all_customers(more: bool, n: int) -> str:
    return _("All customers that match") if more else ngettext("%(n)s customer", "All %(n)s customers that match", n)


def _all_items(more: bool, n: int) -> str:
    return _("All items that match") if more else ngettext("%(n)s item", "All %(n)s items that match", n)


def _all_payments(more: bool, n: int) -> str:
    return _("All payments that match") if more else ngettext("%(n)s payment", "All %(n)s payments that match", n)


_Kind = tuple[Callable[[], str], Callable[[bool, int], str], Callable[[Any, Found], Hit]]
_KINDS: dict[str, _Kind] = {
    "invoices": (lambda: _("Invoices"), _all_invoices, _invoice),
    "customers": (lambda: _("Customers"), _all_customers, _customer),
    "items": (lambda: _("Items"), _all_items, _item),
    "payments": (lambda: _("Payments"), _all_payments, _payment),
}
