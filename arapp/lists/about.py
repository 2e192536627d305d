"""Conditions on rows that are about an invoice, such as decisions and payments, by what is known of the invoice."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from arapp.lists import lookups, values
from arapp.lists.filters import of_sources
from arapp.lists.lookups import contains, each
from arapp.lists.matches import Match
from arapp.receivables.models import Invoice


def theirs(field: str, condition: Q) -> Q:
    """Rows whose ``field`` is an invoice that meets the condition.

    A few are asked for ahead, so that the rows' own index finds them; of many each row is asked about its invoice.
    """
    found = _ids_in(condition)
    if found is not None:
        return Q(**{f"{field}__in": found})
    ids = list(Invoice.objects.filter(condition).order_by().values_list("pk", flat=True)[: lookups.FEW + 1])
    return Q(**{f"{field}__in": ids}) if len(ids) <= lookups.FEW else _behind(field, condition)


def _ids_in(condition: Q) -> list[int] | None:
    """The ids, where the search has found all invoices by their own texts; None where some are their customers'."""
    told = dict(part for part in condition.children if isinstance(part, tuple))
    ids = told.get("pk__in")
    only = set(told) == {"pk__in", "customer__in"} and condition.connector == Q.OR and not told["customer__in"]
    return ids if only and isinstance(ids, list) else None


def _behind(field: str, condition: Q) -> Q:
    """The condition on an invoice as one on the row that ``field`` leads from."""
    moved = Q(_connector=condition.connector, _negated=condition.negated)
    for part in condition.children:
        moved.children.append(_behind(field, part) if isinstance(part, Q) else (f"{field}__{part[0]}", part[1]))
    return moved


def holding(field: str, text: str) -> Match:
    """The search box: every word in the invoice or its customer, or every word in the row's own text."""

    def holds(words: list[str]) -> Q:
        return theirs(field, lookups.holds_words(words)) | own(words, text)

    return Match(each(holds), _("Search"), read=values.read_words, widget=values.SearchInput())


def own(words: Iterable[str], text: str) -> Q:
    """Every word is in the row's own text."""
    return Q(*(contains(text, word) for word in words))


def of_source(field: str) -> Match:
    """One of the sources, by name."""
    found = of_sources()
    found.counted = f"{field}__source__name"
    found.match = lambda ids: Q(**{f"{field}__in": Invoice.objects.filter(source__in=ids).order_by().values("pk")})
    return found


def of_customer(field: str) -> Match:
    def theirs_of(value: str) -> Q:
        customers = lookups.customer_ids(value).values("pk")
        return Q(**{f"{field}__in": Invoice.objects.filter(customer__in=customers).order_by().values("pk")})

    return Match(each(theirs_of), _("Customer"))


def yes_or_no(condition: Q, label: Any) -> Match:
    told = each(lambda yes: condition if yes else ~condition)
    return Match(told, label, read=values.read_yes, widget=values.yes_or_no())
