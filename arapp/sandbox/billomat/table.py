"""One resource: its rows, and what GET, POST, PUT and DELETE do with them."""

import re
from typing import TYPE_CHECKING, Any

from arapp.sandbox.base import Request
from arapp.sandbox.billomat import lists
from arapp.sandbox.billomat.fields import Field, read, read_all
from arapp.sandbox.billomat.wire import Refused, Reply, Row, body_of, unwrapped

if TYPE_CHECKING:
    from arapp.sandbox.billomat.app import Billomat


class Table:
    plural = ""
    singular = ""
    fields: dict[str, Field] = {}
    """In the order of the wire."""
    filters: dict[str, lists.Filter] = {}
    parent = ""
    """The parameter without which there is no list."""
    indexed: tuple[str, ...] = ()
    start = 1
    """The first id; far apart, so that one id means one thing in tests."""
    writes: tuple[str, ...] = ("POST", "PUT", "DELETE")
    actions: dict[tuple[str, str], str] = {
        ("GET", "customfield"): "custom",
        ("PUT", "customfield"): "customise",
    }

    def __init__(self, service: "Billomat") -> None:
        self.service = service
        self.rows: dict[int, Row] = {}
        self._next = self.start
        self._index: dict[str, dict[Any, dict[int, Row]]] = {name: {} for name in self.indexed}

    # rows

    def insert(self, row: Row) -> Row:
        row["id"] = self._next
        self._next += 1
        now = self.service.now()
        for name in ("created", "updated"):
            if name in self.fields and row[name] is None:
                row[name] = now
        self.rows[row["id"]] = row
        self._enter(row)
        return row

    def _enter(self, row: Row) -> None:
        for name, index in self._index.items():
            index.setdefault(row[name], {})[row["id"]] = row

    def _leave(self, row: Row) -> None:
        for name, index in self._index.items():
            index.get(row[name], {}).pop(row["id"], None)

    def update(self, row: Row, values: Row) -> None:
        """Set typed values; ``updated`` moves unless it is among them."""
        self._leave(row)
        row.update(values)
        self._enter(row)
        if "updated" not in values:
            self.touch(row)

    def touch(self, row: Row) -> None:
        if "updated" in self.fields:
            row["updated"] = self.service.now()

    def drop(self, row: Row) -> None:
        self._leave(row)
        self.rows.pop(row["id"], None)

    def of(self, name: str, value: Any) -> list[Row]:
        """The rows with this value in an indexed field, by ascending id."""
        return list(self._index[name].get(value, {}).values())

    def row(self, raw: str) -> Row:
        """The row of an id in a path: 401 when it is another account's, 404 when there is none."""
        number = int(raw) if re.fullmatch(r"\d{1,15}", raw, re.ASCII) else None
        if self.service.is_foreign(number):
            raise Refused(401, "Unauthorized")
        if number not in self.rows:
            raise Refused(404, "Row not found")
        return self.rows[number]

    def named(self, raw: Any, field: str) -> Row:
        """The row that a field of a body names; 400 when there is none."""
        number = read(Field(field, "int"), raw)
        if self.service.is_foreign(number):
            raise Refused(401, "Unauthorized")
        if number not in self.rows:
            raise Refused(400, f"{field} is invalid")
        return self.rows[number]

    # what a resource may do its own way

    def shown(self, row: Row) -> Row:
        return row

    def more_tests(self, request: Request) -> list[lists.Test]:
        """Filters that are no fixed name."""
        own = lists.sent(request, "customfield")
        return [lists.text("customfield")(self, own)] if own and "customfield" in self.fields else []

    def prepare(self, row: Row, given: Row) -> None:
        """Defaults and checks ahead of a create; ``given`` is what was sent."""

    def create(self, given: Row) -> Row:
        row = dict.fromkeys(self.fields) | read_all(self.fields, given)
        missing = [name for name, field in self.fields.items() if field.required and row[name] is None]
        if missing:
            raise Refused(400, *(f"{name} is missing" for name in missing))
        self.prepare(row, given)
        return self.insert(row)

    def change(self, row: Row, given: Row) -> None:
        values = read_all(self.fields, given)
        if any(self.fields[name].required and value is None for name, value in values.items()):
            raise Refused(400, "a required value is missing")
        self.check_change(row, values)
        self.update(row, values)

    def check_change(self, row: Row, values: Row) -> None:
        """Refuse or complete the typed values of a change."""

    def delete(self, row: Row) -> None:
        self.drop(row)

    # requests

    def collection(self, request: Request) -> Reply:
        if request.method in ("GET", "HEAD"):
            return self.listing(request)
        if request.method != "POST":
            raise Refused(404, "Resource not found")
        self._may("POST")
        row = self.create(unwrapped(body_of(request), self.singular))
        return Reply({self.singular: self.shown(row)}, 201)

    def listing(self, request: Request) -> Reply:
        rows = lists.ordered(self, lists.select(self, request), lists.sent(request, "order_by"))
        return lists.paged(self, request, rows)

    def member(self, request: Request, raw: str) -> Reply:
        row = self.row(raw)
        if request.method == "POST":
            raise Refused(404, "Resource not found")
        if request.method == "DELETE":
            self._may("DELETE")
            self.delete(row)
            return Reply()
        if request.method == "PUT":
            self._may("PUT")
            self.change(row, unwrapped(body_of(request), self.singular))
        return Reply({self.singular: self.shown(row)})

    def act(self, request: Request, raw: str, action: str) -> Reply:
        method = "GET" if request.method == "HEAD" else request.method
        name = self.actions.get((method, action))
        if name is None:
            raise Refused(404, "Resource not found")
        return getattr(self, name)(self.row(raw), request)

    def custom(self, row: Row, request: Request) -> Reply:
        return Reply({self.singular: {"id": row["id"], "customfield": row.get("customfield")}})

    def customise(self, row: Row, request: Request) -> Reply:
        """The free text for a caller's own key may be set at any time, on completed documents too."""
        given = unwrapped(body_of(request), self.singular)
        self.update(row, {"customfield": read(Field("customfield"), given.get("customfield"))})
        return self.custom(row, request)

    def _may(self, method: str) -> None:
        if method not in self.writes:
            raise Refused(405, "Method not allowed")
