"""Saved views: filters of a list under a name, each its maker's own, shared with the team if they like.

What a view holds is a query string, so days and periods in it that are told by today stay so. Who uses it (pins it,
opens the list with it) is kept apart, per person.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import TooManyFieldsSent
from django.db import IntegrityError, transaction
from django.db.models import FilteredRelation, Q, QuerySet, Value
from django.db.models.functions import Coalesce, JSONArray
from django.http import QueryDict
from django.utils.translation import gettext as _

from arapp.approvals.models import Decision
from arapp.lists.decision_filters import DecisionFilter
from arapp.lists.filters import CustomerFilter, InvoiceFilter, ListFilter
from arapp.lists.items import ItemFilter, catalogue
from arapp.lists.models import Listed, SavedView, ViewUse
from arapp.lists.moved import Moved
from arapp.lists.payment_filters import PaymentFilter
from arapp.lists.values import shown
from arapp.receivables.folded import Rows
from arapp.receivables.models import Customer, Invoice

MOST_VIEWS = 100
"""Views of one person."""

MOST_PINNED = 20
"""Each is counted on every page."""

LONGEST_QUERY = 4_000
"""Characters."""

JOINERS = "\u200c\u200d"
"""Letters of some scripts, and signs such as families, are put together with these."""

COUNTED = 10_000
"""Rows of a view are counted up to here."""


class Refusal(Exception):
    """A view cannot be kept or used so. The text is a sentence for people."""


@dataclass(frozen=True)
class Room:
    filters: type[ListFilter]
    rows: Callable[[], QuerySet[Any]]


ROOMS = {
    Listed.INVOICES: Room(InvoiceFilter, lambda: Invoice.objects.all()),
    Listed.CUSTOMERS: Room(CustomerFilter, lambda: Customer.objects.all()),
    Listed.ITEMS: Room(ItemFilter, catalogue),
    Listed.DECISIONS: Room(DecisionFilter, lambda: Decision.objects.all()),
    Listed.PAYMENTS: Room(PaymentFilter, lambda: Moved.objects.all()),
}


def asked(listed: str, data: QueryDict, today: date | None = None) -> ListFilter:
    """The filter set of a list over all of its rows. KeyError for a list there is not."""
    room = ROOMS[Listed(listed)]
    return room.filters(data, room.rows(), today=today)


def read_query(query: str) -> QueryDict:
    """Refusal when it has more parts than a query string may have."""
    try:
        return QueryDict(query)
    except TooManyFieldsSent:
        raise Refusal(_("The filters have too many parts.")) from None


def canonical(listed: str, data: QueryDict) -> str:
    """The filters and the order of a list alone, by name, so that the order they were chosen in is no difference."""
    known = ROOMS[Listed(listed)].filters.base_filters
    query = QueryDict(mutable=True)
    for name in sorted(set(data) & set(known)):
        query.setlist(name, list(dict.fromkeys(text.strip() for text in data.getlist(name) if text.strip())))
    return query.urlencode()


# Who sees which


def visible(person: Any) -> QuerySet[SavedView]:
    """One's own and the shared ones, each with ``pinned`` and ``opens`` (opens the list) for this person."""
    mine = FilteredRelation("uses", condition=Q(uses__person=person.pk))
    seen = SavedView.objects.filter(Q(person=person) | Q(shared=True)).annotate(mine=mine)
    return seen.annotate(
        pinned=Coalesce("mine__pinned", Value(False)), opens=Coalesce("mine__default", Value(False))
    ).select_related("person")


def used(person: Any, listed: str = "") -> QuerySet[SavedView]:
    """Those the person has pinned or opens a list with, and all of the list given."""
    return visible(person).filter(Q(mine__pinned=True) | Q(mine__default=True) | Q(listed=listed))


CELLS = "pk listed name query shared pinned opens person_id".split()
PERSON = "username first_name last_name".split()


def folded_views(person: Any, listed: str = "") -> Rows:
    """What ``used`` finds, to be read within another query as an annotation; ``views_in`` makes views of it."""
    cells = JSONArray(*CELLS, *(f"person__{name}" for name in PERSON))
    return Rows(used(person, listed).values(cells=cells))


def views_in(rows: Iterable[Sequence[Any]]) -> list[SavedView]:
    """Views out of what was folded, with ``pinned`` and ``opens``; of its maker each knows the name alone."""
    return [_view_in(cells) for cells in rows]


def _view_in(cells: Sequence[Any]) -> SavedView:
    pk, listed, name, query, shared, pinned, opens, maker, *called = cells
    person = get_user_model()(pk=maker, **dict(zip(PERSON, called, strict=True)))
    view = SavedView(pk=pk, listed=listed, name=name, query=query, shared=bool(shared), person=person)
    view.pinned, view.opens = bool(pinned), bool(opens)
    return view


# Keeping them


@transaction.atomic
def keep(person: Any, listed: str, name: str, query: str, shared: bool = False, **wish: bool) -> SavedView:
    """A new view, used as wished (see ``use``). Refusal when it makes no sense or its name is taken."""
    _lock(person)
    if SavedView.objects.filter(person=person).count() >= MOST_VIEWS:
        raise Refusal(_("You have %(n)d views already. Delete one that you no longer need.") % {"n": MOST_VIEWS})
    view = SavedView(person=person, listed=listed, name=tidy(name), query=_sound(listed, query), shared=shared)
    with _once(view.name):
        view.save()
    return use(person, view.pk, **wish) if any(wish.values()) else view


def rename(view: SavedView, name: str) -> None:
    """Refusal when another of the maker's views of the list has the name."""
    with _once(name):
        SavedView.objects.filter(pk=view.pk).update(name=tidy(name))


def tidy(name: str) -> str:
    """With single spaces, and without what cannot be seen or turns the writing around."""
    seen = (char for char in name if char.isprintable() or char.isspace() or char in JOINERS)
    return " ".join("".join(seen).split()).strip(JOINERS)


@contextmanager
def _once(name: str) -> Iterator[None]:
    """Two views of a list cannot have one name; the database says so."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        told = {"name": shown(tidy(name))}
        raise Refusal(_("You have a view called “%(name)s” of this list already.") % told) from None


def replace_query(view: SavedView, query: str) -> None:
    """The view holds these filters from now on. Refusal when they make no sense."""
    SavedView.objects.filter(pk=view.pk).update(query=_sound(view.listed, query))


def _sound(listed: str, query: str) -> str:
    data = read_query(query)
    found = asked(listed, data)
    if found.problems:
        raise Refusal(" ".join(found.problems))
    told = canonical(listed, data)
    if not told:
        raise Refusal(_("No filter is on, so there is nothing to keep."))
    if len(told) > LONGEST_QUERY:
        raise Refusal(_("These filters are too long to be kept; take some away."))
    return told


@transaction.atomic
def share(view: SavedView, shared: bool) -> None:
    """With the team or with nobody; who used it then no longer does."""
    SavedView.objects.filter(pk=view.pk).update(shared=shared)
    if not shared:
        ViewUse.objects.filter(view=view).exclude(person=view.person_id).delete()


@transaction.atomic
def use(person: Any, pk: int, **wish: bool) -> SavedView:
    """Pin the view (``pinned``) or open its list with it (``default``), or no longer. One opens each list.

    SavedView.DoesNotExist when the person sees none such; Refusal when too many are pinned.
    """
    _lock(person)
    view = SavedView.objects.select_for_update().get(Q(person=person) | Q(shared=True), pk=pk)
    others = ViewUse.objects.filter(person=person).exclude(view=view)
    if wish.get("pinned") and others.filter(pinned=True).count() >= MOST_PINNED:
        raise Refusal(_("You have pinned %(n)d views already. Unpin one first.") % {"n": MOST_PINNED})
    if wish.get("default"):
        others.filter(listed=view.listed, default=True).update(default=False)
    ViewUse.objects.update_or_create(view=view, person=person, defaults=wish | {"listed": view.listed})
    return view


def _lock(person: Any) -> None:
    """One change of a person's views at a time."""
    get_user_model().objects.select_for_update().get(pk=person.pk)


# Counting them


@dataclass(frozen=True)
class Count:
    """``rows`` is None where the filters make no sense; ``more`` when there are more than were counted."""

    rows: int | None
    more: bool = False


def count_of(found: ListFilter) -> Count:
    """How many rows, up to ``COUNTED``: so it takes as long on a large table as on a small one."""
    if found.problems:
        return Count(None)
    rows = found.qs.order_by().values("pk")[: COUNTED + 1].count()
    return Count(min(rows, COUNTED), more=rows > COUNTED)


def counts_of(views: Iterable[SavedView], today: date | None = None) -> dict[int, Count]:
    """By the view's id; one query each, and what a search asks ahead."""
    return {view.pk: count_of(filters_of(view, today)) for view in views}


def filters_of(view: SavedView, today: date | None = None) -> ListFilter:
    """What the view shows; a query string beyond reading counts as none."""
    try:
        return asked(view.listed, read_query(view.query), today)
    except Refusal:
        return asked(view.listed, QueryDict(), today)
