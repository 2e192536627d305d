"""The filters and orders of the list of decisions: who decided what, when, why and from where."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from arapp.approvals.models import Action, Decision, Origin
from arapp.lists import values
from arapp.lists.about import holding, of_customer, of_source, yes_or_no
from arapp.lists.filters import ListFilter, sort_by
from arapp.lists.matches import Match, from_moment, one_of, to_moment, within_moments
from arapp.lists.order import Order, whole_units
from arapp.receivables.models import Invoice

MOMENT = Coalesce("at", "recorded_at")
"""When it was decided; where the service gives no date, when the desk learned of it. An index has just this."""

STANDINGS = Decision._meta.get_field("intent").related_model._meta.get_field("state").choices
"""How far the service has been told."""


def _named(name: str, field: str, nullable: bool = False) -> Order:
    return Order(name, Lower(f"approval__invoice__{field}"), nullable=nullable)


DECISION_ORDERS: Mapping[str, Order] = {
    order.name: order
    for order in (
        Order("at", MOMENT, nullable=False),
        Order("action", F("action"), nullable=False),
        Order("origin", F("origin"), nullable=False),
        Order("person", Lower("person__username")),
        Order("number", F("approval__invoice__number"), nullable=False),
        Order("gross", whole_units("approval__invoice__gross", "approval__invoice__currency")),
        _named("customer", "customer__name", nullable=True),
        _named("source", "source__name"),
    )
}
NEWEST = Order("at", MOMENT, nullable=False, descending=True)


def read_person(value: str) -> int:
    """The id of the person with this user name. ValidationError when there is none."""
    found = get_user_model().objects.filter(username__iexact=value).values_list("pk", flat=True)[:1]
    if not found:
        raise values.refuse(_("nobody here is called “%(value)s”."), value)
    return found[0]


def _people() -> list[tuple[str, str]]:
    return [(person.get_username(), str(person)) for person in get_user_model().objects.order_by("username")]


def _by_people() -> Match:
    widget = values.SeveralChoices(choices=_people)
    made = Match(lambda ids: Q(person__in=ids), _("Person"), read=read_person, widget=widget)
    made.counted = "person__username"
    return made


def _in_currencies(codes: list[str]) -> Q:
    return Q(approval__in=Invoice.objects.filter(currency__in=codes).order_by().values("pk"))


class DecisionFilter(ListFilter):
    orders = DECISION_ORDERS
    default_order = NEWEST

    q = holding("approval__invoice", "note")
    action = one_of("action", Action.choices, _("Decision"))
    person = _by_people()
    origin = one_of("origin", Origin.choices, _("From where"))
    source = of_source("approval__invoice")
    customer = of_customer("approval__invoice")
    currency = Match(_in_currencies, _("Currency"), read=values.read_currency)
    push = one_of("intent__state", STANDINGS, _("At the service"))
    alone = yes_or_no(Q(alone=True), _("By one person alone"))
    date = within_moments("moment", _("Date"))
    date_from = from_moment("moment", _("Date from"))
    date_to = to_moment("moment", _("Date to"))
    sort = sort_by(DECISION_ORDERS)

    class Meta:
        model = Decision
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().filter_queryset(queryset.alias(moment=MOMENT))
