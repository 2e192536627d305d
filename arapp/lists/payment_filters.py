"""The filters and orders of the list of payments: everything that changed what is owed."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from arapp.lists import values
from arapp.lists.about import holding, of_customer, of_source, yes_or_no
from arapp.lists.filters import ListFilter, sort_by
from arapp.lists.lookups import at_least, at_most, contains, each
from arapp.lists.matches import Match, amounts, in_period, on_day, one_of
from arapp.lists.moved import Moved
from arapp.lists.order import Order, whole_units
from arapp.receivables.models import MovementKind

PAYMENT_ORDERS: Mapping[str, Order] = {
    order.name: order
    for order in (
        Order("date", F("date"), nullable=False),
        Order("kind", F("kind"), nullable=False),
        Order("amount", whole_units("amount")),
        Order("currency", F("currency"), nullable=False),
        Order("method", Lower("method"), nullable=False),
        Order("number", F("invoice__number"), nullable=False),
        Order("customer", Lower("invoice__customer__name")),
        Order("source", Lower("invoice__source__name"), nullable=False),
    )
}
LATEST = Order("date", F("date"), nullable=False, descending=True)


class PaymentFilter(ListFilter):
    """Payments that were deleted at the desk are left out unless they are asked for."""

    orders = PAYMENT_ORDERS
    default_order = LATEST

    q = holding("invoice", "text")
    kind = one_of("kind", MovementKind.choices, _("Kind"))
    source = of_source("invoice")
    customer = of_customer("invoice")
    currency = Match(lambda codes: Q(currency__in=codes), _("Currency"), read=values.read_currency)
    method = Match(each(partial(contains, "method")), _("Method"))
    date = in_period("date", _("Date"))
    date_from = on_day("date", "gte", _("Date from"))
    date_to = on_day("date", "lte", _("Date to"))
    amount_min = amounts(lambda amount: at_least(amount, "amount"), _("Amount from"))
    amount_max = amounts(lambda amount: at_most(amount, "amount"), _("Amount to"))
    at_desk = yes_or_no(Q(pk__lt=0), _("Recorded at the desk"))
    deleted = yes_or_no(Q(deleted_at__isnull=False), _("Deleted at the desk"))
    sort = sort_by(PAYMENT_ORDERS)

    class Meta:
        model = Moved
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = super().filter_queryset(queryset)
        return found if self.active.get("deleted") else found.standing()
