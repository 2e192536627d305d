"""The filters of the lists: what the query string of a list may hold, and which rows it then shows.

Values repeated under one name widen (OR), different names narrow (AND). Nonsense gives sentences and no rows.
Everything a screen, a download and a command need of a list hangs on the filter set: ``qs``, ``order``, ``problems``.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property, partial
from typing import Any

import django_filters
from django.db.models import BooleanField, Case, Count, Q, QuerySet, Value, When
from django.db.models.functions import Concat, Replace
from django.forms import Form
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from arapp.approvals.models import Approval, ApprovalState
from arapp.lists import days, lookups, values
from arapp.lists.lookups import contains, each, equals, exactly, found_in, named
from arapp.lists.matches import (
    Aged,
    Counts,
    Late,
    Match,
    OnDay,
    Searched,
    amounts,
    counted_by,
    from_moment,
    in_period,
    on_day,
    one_of,
    to_moment,
    within_moments,
)
from arapp.lists.order import BY_NAME, CUSTOMER_ORDERS, INVOICE_ORDERS, NEWEST_FIRST, Order, read_order
from arapp.receivables.claims import FLAGGED
from arapp.receivables.claims import FLAGS as FLAG_CONDITIONS
from arapp.receivables.duplicates import duplicated
from arapp.receivables.models import (
    Card,
    Contact,
    Customer,
    Invoice,
    Item,
    Kind,
    Line,
    Owner,
    Service,
    Source,
    State,
    Tag,
)

PAGING = ("page", "after", "show", "view", "sums")
"""Names in a list's query string that choose no rows: a page, the invoice beside the list, a saved view."""


FLAGS = [("delivery_failed", _("Not delivered")), ("message_waits", _("Message waits"))]
"""What a service says, by the field that holds it."""

MANY = 50_000
"""Invoices, judged by the newest id."""

DUPLICATE = "duplicate"
ALL_FLAGS = [*FLAGS, (DUPLICATE, _("Possible duplicate"))]

LACKING = {
    "customer": (_("Customer"), Q(customer=None)),
    "issue_date": (_("Issue date"), Q(issue_date=None)),
    "currency": (_("Currency"), Q(currency="")),
}


def _flagged(names: list[str]) -> Q:
    """One of the flags is up."""
    told = [Q(FLAGGED, FLAG_CONDITIONS[name], gone_at=None) for name in names if name != DUPLICATE]
    return lookups.any_of([*told, duplicated()] if DUPLICATE in names else told)


def _flags() -> Match:
    widget = values.SeveralChoices(choices=ALL_FLAGS)
    made = Match(_flagged, _("Needs a look"), read=values.one_of(ALL_FLAGS), widget=widget)
    made.counted = _count_flags
    return made


def _count_flags(rows: QuerySet[Any], _asked: Any) -> Counts:
    """To find duplicates every invoice is compared, so of very many they are not counted."""
    told = counted_by(rows.filter(FLAGGED, gone_at=None), FLAG_CONDITIONS)
    many = Invoice.objects.filter(pk__gt=MANY).exists()
    return told | {DUPLICATE: None if many else rows.filter(duplicated()).count()}


def _count_approvals(rows: QuerySet[Any], asked: Any) -> Counts:
    """Without another filter the approvals are counted by themselves, with no look at the invoices."""
    by_state = rows.values_list("approval__state") if asked.active else Approval.objects.values_list("state")
    return {str(state): n for state, n in by_state.order_by().annotate(n=Count("*"))}


def _by_approval() -> Match:
    made = one_of("approval__state", ApprovalState.choices, _("Approval"))
    made.counted = _count_approvals
    return made


def _lacks() -> Match:
    """The invoices that lack all that is given: here alone several values narrow."""
    known = [(name, label) for name, (label, _condition) in LACKING.items()]
    widget = values.SeveralChoices(choices=known)
    made = Match(
        lambda given: Q(*(LACKING[name][1] for name in given)), _("Without"), read=values.one_of(known), widget=widget
    )
    made.counted = lambda rows, _asked: counted_by(rows, {name: found for name, (_label, found) in LACKING.items()})
    return made


def sort_by(orders: dict[str, Order]) -> Match:
    return Match(None, _("Sort by"), read=partial(read_order, orders), widget=values.HiddenInput())


def read_source(value: str) -> int:
    """The id of the source with this name, else the source with this id. ValidationError when there is none."""
    wanted = Q(name=value) | Q(name__iexact=value) | Q(pk=lookups.as_id(value) or 0)
    found = sorted(
        Source.objects.filter(wanted), key=lambda source: (source.name != value, source.name.lower() != value.lower())
    )
    if not found:
        raise values.refuse(_("there is no source “%(value)s”."), value)
    return found[0].pk


def _sources() -> list[tuple[str, str]]:
    return [(name, name) for name in Source.objects.order_by("name").values_list("name", flat=True)]


def of_sources() -> Match:
    widget = values.SeveralChoices(choices=_sources)
    made = Match(lambda ids: Q(source__in=ids), _("Source"), read=read_source, widget=widget)
    made.counted = "source__name"
    return made


def _of_type(value: str) -> Q:
    """One of the types in a list with commas, spaces aside."""
    return contains("payment_types", f",{value.replace(' ', '')},")


def _tagged(value: str) -> Q:
    through = Invoice.tags.through
    return Q(pk__in=through.objects.filter(tag__in=named(Tag.objects, value, "name").values("pk")).values("invoice"))


def _with_article(value: str) -> Q:
    found = named(Item.objects, value, "name", "number").values("pk")
    return Q(pk__in=Line.objects.filter(item__in=found).order_by().values("invoice"))


def _with_item(pk: int) -> Q:
    """Of the catalogue, to the letter: a name or a number may be another item's too."""
    return Q(pk__in=Line.objects.filter(item=pk).order_by().values("invoice"))


def _of_debtor(pk: int) -> Q:
    """Of any customer that people have said is this debtor."""
    return Q(customer__in=Customer.objects.filter(membership__debtor=pk).order_by().values("pk"))


def _people(field: str, model: Any) -> Callable[[list[str]], Q]:
    return each(lambda value: Q(**{f"{field}__in": named(model.objects, value, "name", "email").values("pk")}))


class ListFilter(django_filters.FilterSet):
    """A filter set over a list's query string. ``today`` is the day that overdue is judged on."""

    orders: dict[str, Order] = {}
    default_order: Order
    vast = False
    """Whether a search finds so much that adding it up takes seconds; known once ``qs`` was asked for."""

    def __init__(self, data: Any = None, queryset: Any = None, *, today: date | None = None, **kwargs: Any) -> None:
        super().__init__(QueryDict() if data is None else data, queryset, **kwargs)
        self.today = today or days.today()

    def get_form_class(self) -> type[Form]:
        """Made once: the form copies its fields for itself."""
        kind = type(self)
        if "form_class" not in vars(kind):
            kind.form_class = super().get_form_class()
        return kind.form_class

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.none() if self.errors else super().filter_queryset(queryset)

    @cached_property
    def order(self) -> Order:
        """The order asked for last, or the list's own."""
        given = [] if self.errors else self.form.cleaned_data["sort"]
        return given[-1] if given else self.default_order

    @cached_property
    def problems(self) -> list[str]:
        """A sentence for every value that makes no sense, naming the filter; empty when all is well."""
        return self._sentences(lambda name: self.form.fields[name].label)

    @cached_property
    def problems_by_name(self) -> list[str]:
        """The same with the filters' names in the query string, for the command line."""
        return self._sentences(lambda name: name)

    def _sentences(self, label: Callable[[str], object]) -> list[str]:
        return [values.sentence(label(name), text) for name, errors in self.errors.items() for text in errors]

    @cached_property
    def unknown(self) -> list[str]:
        """Names in the query string that are neither filters nor paging."""
        return [name for name in self.data if name not in self.filters and name not in PAGING]

    @cached_property
    def active(self) -> dict[str, list[str]]:
        """The filters that are on: name and values as given, without sort."""
        given = {name: self.data.getlist(name) for name in self.data if name in self.filters and name != "sort"}
        kept = {name: [value for value in texts if value.strip()] for name, texts in given.items()}
        return {name: texts for name, texts in kept.items() if texts}


class InvoiceFilter(ListFilter):
    orders = INVOICE_ORDERS
    default_order = NEWEST_FIRST

    q = Searched(None, _("Search"), read=values.read_words, widget=values.SearchInput())
    number = Match(each(partial(contains, "number")), _("Number"))
    source = of_sources()
    service = one_of("source__service", Service.choices, _("Service"))
    state = one_of("state", State.choices, _("State"))
    service_state = Match(each(partial(exactly, "service_state")), _("State at the service"))
    approval = _by_approval()
    kind = one_of("kind", Kind.choices, _("Kind"))
    customer = Match(each(lambda value: Q(customer__in=lookups.customer_ids(value).values("pk"))), _("Customer"))
    debtor = Match(each(_of_debtor), _("Debtor"), read=values.read_id)
    contact = Match(_people("contact", Contact), _("Contact"))
    currency = Match(lambda codes: Q(currency__in=codes), _("Currency"), read=values.read_currency)
    owner = Match(_people("owner", Owner), _("Owner"))
    card = Match(_people("card", Card), _("Card"))
    category = Match(each(partial(found_in, "category")), _("Category"))
    payment_reference = Match(each(partial(found_in, "payment_reference")), _("Payment reference"))
    payment_type = Match(each(_of_type), _("Payment type"))
    article = Match(each(_with_article), _("Item"))
    item = Match(each(_with_item), _("Item of the catalogue"), read=values.read_id)
    label = Match(each(partial(found_in, "label")), _("Label"))
    intro = Match(each(partial(found_in, "intro")), _("Introduction"))
    note = Match(each(partial(found_in, "note")), _("Note"))
    tag = Match(each(_tagged), _("Tag"))
    owed = OnDay(lambda rows, asked: rows.issued_claims(), _("Owed"), alone=True)
    overdue = OnDay(lambda rows, asked: rows.overdue(asked.today), _("Overdue"), alone=True)
    age = Aged(_("Age"))
    days_overdue_min = Late(lambda n, today: Q(due_date__lte=today - timedelta(n)), _("Days overdue from"))
    days_overdue_max = Late(lambda n, today: Q(due_date__gte=today - timedelta(n)), _("Days overdue to"))
    flag = _flags()
    decidable = OnDay(lambda rows, asked: rows.decidable(), _("Can be decided"))
    decided_by = Match(
        each(lambda name: equals("approval__decided_by__username", name) & ~Q(approval__state=ApprovalState.WAITING)),
        _("Decided by"),
    )
    lacks = _lacks()
    issued = in_period("issue_date", _("Issued"))
    issued_from = on_day("issue_date", "gte", _("Issued from"))
    issued_to = on_day("issue_date", "lte", _("Issued to"))
    due = in_period("due_date", _("Due"))
    due_from = on_day("due_date", "gte", _("Due from"))
    due_to = on_day("due_date", "lte", _("Due to"))
    created = within_moments("created_at", _("Created"))
    created_from = from_moment("created_at", _("Created from"))
    created_to = to_moment("created_at", _("Created to"))
    amount_min = amounts(lookups.at_least, _("Amount from"))
    amount_max = amounts(lookups.at_most, _("Amount to"))
    sort = sort_by(INVOICE_ORDERS)

    class Meta:
        model = Invoice
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        types = Concat(Value(","), Replace("payment_type", Value(" ")), Value(","))
        return super().filter_queryset(queryset.alias(payment_types=types))


class CustomerFilter(ListFilter):
    """``currency`` also says in which currency ``open`` and ``overdue`` are meant."""

    orders = CUSTOMER_ORDERS
    default_order = BY_NAME

    q = Match(
        each(lambda words: Q(*(Q(search__contains=word) for word in words))),
        _("Search"),
        read=values.read_words,
        widget=values.SearchInput(),
    )
    source = of_sources()
    currency = Match(
        lambda codes: _billed(Invoice.objects.filter(currency__in=codes)), _("Currency"), read=values.read_currency
    )
    open = OnDay(lambda rows, asked: rows.filter(_billed(asked.claims().exclude(open=0))), _("Owes something"), True)
    overdue = OnDay(lambda rows, asked: rows.filter(_billed(asked.claims().overdue(asked.today))), _("Overdue"), True)
    sort = sort_by(CUSTOMER_ORDERS)

    class Meta:
        model = Customer
        fields: list[str] = []

    def claims(self) -> Any:
        """The issued claims that ``open`` and ``overdue`` look at."""
        codes = self.form.cleaned_data["currency"]
        claims = Invoice.objects.issued_claims()
        return claims.filter(currency__in=codes) if codes else claims


def _billed(invoices: QuerySet[Invoice]) -> Q:
    """Customers with at least one of these invoices.

    As a case, for which PostgreSQL collects them once: without statistics it takes the invoices for few, and would
    join them in a way that compares every customer with every invoice.
    """
    theirs = invoices.order_by().filter(customer__isnull=False).values("customer").distinct()
    return Q(Case(When(pk__in=theirs, then=True), default=False, output_field=BooleanField()))
