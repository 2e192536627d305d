"""Saved views on the pages: those in the rail, those of the list that is shown, and the one it opens with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _

from arapp.lists.filters import ListFilter
from arapp.lists.lookups import as_id
from arapp.lists.models import Listed, SavedView
from arapp.lists.views import (
    COUNTED,
    LONGEST_QUERY,
    MOST_PINNED,
    Count,
    canonical,
    count_of,
    filters_of,
    tidy,
    used,
    views_in,
    visible,
)
from arapp.people.models import MANAGE, User
from arapp.web.chips import EVERYTHING, Named, named_in, unknown_words, words_of
from arapp.web.htmx import wants_part
from arapp.web.shown import DASH, whole

VIEW = "view"
"""The name in a list's query string that holds the saved view it was opened with, or "all" for none."""

IN_A_MENU = 30
"""Views that the menu of a list offers; all of them stand on the page of views."""


def address_of(view: SavedView) -> str:
    """The list with the view on."""
    return f"{reverse(view.listed)}?{'&'.join(filter(None, (view.query, f'{VIEW}={view.pk}')))}"


def opens_with_default(listed: str) -> Callable[[Any], Any]:
    """The view of a list. Asked for with nothing, it opens with what the person chose for it. Below ``needs``."""

    def decorate(view: Any) -> Any:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.listed = listed
            if request.META.get("QUERY_STRING") or wants_part(request):
                return view(request, *args, **kwargs)
            chosen = next((view for view in views_here(request).here if view.opens), None)
            return redirect(address_of(chosen)) if chosen else view(request, *args, **kwargs)

        return opened

    return decorate


Link = tuple[SavedView, str, bool]
"""A view, where it opens, and whether it is open."""


class ViewName(forms.CharField):
    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value))


class ViewForm(forms.Form):
    """What the toolbar sends when the filters that are on are to be kept."""

    name = ViewName(label=_("Name"), max_length=60)
    pinned = forms.BooleanField(label=_("Pin it in the menu at the side"), required=False)
    shared = forms.BooleanField(label=_("Share it with the team"), required=False)
    default = forms.BooleanField(label=_("Open the list with it"), required=False)
    listed = forms.ChoiceField(choices=Listed.choices, widget=forms.HiddenInput)
    query = forms.CharField(max_length=LONGEST_QUERY, required=False, widget=forms.HiddenInput)


class NameForm(forms.Form):
    name = ViewName(label=_("Name"), max_length=60)


class ViewsHere:
    """Facts for the rail and for the menu of a list, out of one query at most. ``listed`` is "" off the lists."""

    def __init__(self, request: HttpRequest, listed: str) -> None:
        self.person, self.data, self.listed = request.user, request.GET, listed

    @cached_property
    def used(self) -> list[SavedView]:
        return list(used(self.person, self.listed))

    def take(self, rows: Sequence[Sequence[Any]]) -> None:
        """What was read within another query (``folded_views``) need not be asked for."""
        if "used" not in self.__dict__:
            self.used = views_in(rows)

    @property
    def pinned(self) -> dict[str, list[Link]]:
        """By list; as many as are counted."""
        shown = [view for view in self.used if view.pinned][:MOST_PINNED]
        links = [(view, address_of(view), self._is_open(view)) for view in shown]
        return {listed: [link for link in links if link[0].listed == listed] for listed in Listed.values}

    def _is_open(self, view: SavedView) -> bool:
        return self.data.get(VIEW) == str(view.pk)

    @property
    def any_pinned(self) -> bool:
        return any(view.pinned for view in self.used)

    @property
    def here(self) -> list[SavedView]:
        """Those of the list that is shown."""
        return [view for view in self.used if view.listed == self.listed]

    @property
    def offered(self) -> list[Link]:
        return [(view, address_of(view), view == self.current) for view in self.here[:IN_A_MENU]]

    @cached_property
    def query(self) -> str:
        """The filters that are on, as a view would hold them."""
        return canonical(self.listed, self.data) if self.listed else ""

    @cached_property
    def current(self) -> SavedView | None:
        """The view that was opened, else one that holds just these filters."""
        asked = as_id(self.data.get(VIEW, "").strip())
        named = next((view for view in self.here if view.pk == asked), None)
        return named or next((view for view in self.here if self.query and view.query == self.query), None)

    @property
    def changed(self) -> bool:
        """The filters are no longer those of the view."""
        return bool(self.current) and self.current.query != self.query

    @property
    def may_change(self) -> bool:
        return self.changed and self.current.person_id == self.person.pk

    @property
    def kept(self) -> str:
        """What the form of the filters sends as ``view``: without filters the list must not open with another one."""
        opens = any(view.opens for view in self.here)
        return self.data.get(VIEW, "").strip()[:20] or ("all" if opens else "")

    @property
    def everything(self) -> str:
        return EVERYTHING


def views_here(request: HttpRequest) -> ViewsHere:
    """Read once for each request."""
    if not hasattr(request, "views_here"):
        request.views_here = ViewsHere(request, getattr(request, "listed", ""))
    return request.views_here


def count_words(count: Count | None) -> str:
    """“12”, “10,000+”, or a dash where the filters make no sense."""
    if count is None or count.rows is None:
        return DASH
    return _now_("%(n)s+") % {"n": whole(COUNTED)} if count.more else whole(count.rows)


@dataclass(frozen=True)
class Shown:
    """A view on the page of views."""

    view: SavedView
    words: Sequence[str]
    """What it filters by."""
    url: str
    count: str
    own: bool
    shares: bool
    """The person may share it, no longer share it, and delete it."""

    @property
    def slot(self) -> str:
        return str(self.view.pk)


def shown_views(person: User, today: date) -> list[tuple[Any, list[Shown]]]:
    """All that the person sees, by list. Pinned ones are counted; else the queries do not grow with the views."""
    views = list(visible(person))
    lists = {view.pk: filters_of(view, today) for view in views}
    named = named_in(lists.values())
    shown = [_shown(view, lists[view.pk], named, person) for view in views]
    found = [(listed.label, [one for one in shown if one.view.listed == listed]) for listed in Listed]
    return [(label, some) for label, some in found if some]


def _shown(view: SavedView, found: ListFilter, named: Named, person: User) -> Shown:
    words = [
        words_of(found, name, value, _fixed_choices(found, name), named)
        for name, values in found.active.items()
        for value in values
    ]
    own = view.person_id == person.pk
    count = count_words(count_of(found)) if view.pinned else ""
    return Shown(view, [*words, *unknown_words(found)], address_of(view), count, own, own or person.can(MANAGE))


def _fixed_choices(found: ListFilter, name: str) -> Any:
    """Those that are rows of the database are called what they are called in the query string."""
    choices = getattr(found.form.fields[name].widget, "choices", ())
    return () if isinstance(choices, CallableChoiceIterator) else choices
