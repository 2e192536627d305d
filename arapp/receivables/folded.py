"""Small parts of a row, read within the row's own query: a JSON array each in the place of a query each."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import DateTimeField, Field, JSONField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONArray

PREFIX = "folded_"


class Rows(Subquery):
    """The only column of a subquery as a JSON array, in the subquery's order; empty where there are no rows."""

    template = "(SELECT JSON_GROUP_ARRAY(JSON(part.cells)) FROM (%(subquery)s) AS part)"

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows, output_field=JSONField())

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "(SELECT COALESCE(JSONB_AGG(part.cells), '[]') FROM (%(subquery)s) AS part)"
        return self.as_sql(compiler, connection, template=template, **context)


def folded(whole: type[Model], *names: str) -> dict[str, Rows]:
    """Annotations of a query for ``whole``, after which ``parts_of`` answers for these relations without asking."""
    return {f"{PREFIX}{name}": Rows(_cells(whole._meta.get_field(name))) for name in names}


def parts_of(whole: Model, name: str) -> list[Any]:
    """All rows of a relation in their order: those that were folded into the query of ``whole``, or asked for now."""
    rows = getattr(whole, f"{PREFIX}{name}", None)
    if rows is None:
        return list(getattr(whole, name).all())
    model = whole._meta.get_field(name).related_model
    fields = _fields(model)
    names = [field.attname for field in fields]
    return [model.from_db(whole._state.db, names, _values(fields, row)) for row in rows]


def keep_parts(whole: Model, *names: str) -> None:
    """Put what was folded in the place of what reading ahead would have brought: ``all()`` then asks nothing."""
    for name in names:
        rows = getattr(whole, name).all()
        rows._result_cache, rows._prefetch_done = parts_of(whole, name), True
        whole.__dict__.setdefault("_prefetched_objects_cache", {})[name] = rows


def _cells(relation: Any) -> QuerySet[Any]:
    rows = relation.related_model.objects.filter(**{relation.remote_field.name: OuterRef("pk")})
    return rows.values(cells=JSONArray(*(field.attname for field in _fields(relation.related_model))))


def _fields(model: type[Model]) -> list[Field]:
    return list(model._meta.concrete_fields)


def _values(fields: list[Field], row: list[Any]) -> list[Any]:
    return [_value(field, cell) for field, cell in zip(fields, row, strict=True)]


def _value(field: Field, cell: Any) -> Any:
    """Out of JSON as it went in; SQLite writes moments without their zone, which is UTC."""
    if not isinstance(field, DateTimeField) or cell is None:
        return field.to_python(cell)
    moment = datetime.fromisoformat(cell)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
