"""How many rows each choice of a filter would leave, under all the other filters that are on."""

from django.db.models import Count

from arapp.lists.filters import ListFilter
from arapp.lists.matches import Counts


def counted(found: ListFilter, name: str) -> Counts | None:
    """Of the filter with this name; a choice that is not in it leaves no row.

    None when the filter is not counted, the filters make no sense, or a search finds too much to be counted quickly.
    """
    if name not in found.filters or found.errors:
        return None
    how = getattr(found.filters[name], "counted", None)
    if how is None:
        return None
    asked = _without(found, name)
    if asked.qs is not None and asked.vast:
        return None
    return _grouped(asked, how) if isinstance(how, str) else how(asked.qs, asked)


def _without(found: ListFilter, name: str) -> ListFilter:
    """The filters that are on beside this one."""
    if name not in found.active:
        return found
    data = found.data.copy()
    data.pop(name, None)
    return type(found)(data, found.queryset, today=found.today)


def _grouped(asked: ListFilter, field: str) -> Counts:
    rows = asked.qs.order_by().values_list(field).annotate(n=Count("*"))
    return {str(value).casefold(): n for value, n in rows}
