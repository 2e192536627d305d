"""Search over everything, and the feed of what happened last."""

from typing import TYPE_CHECKING

from arapp.sandbox.base import Request
from arapp.sandbox.billomat import lists
from arapp.sandbox.billomat.wire import Many, Refused, Reply, Row

if TYPE_CHECKING:
    from arapp.sandbox.billomat.app import Billomat

MOST_FOUND = 100


def search(service: "Billomat", request: Request) -> Reply:
    """Documents by number and clients by name or number."""
    _reading(request)
    part = lists.sent(request, "query").casefold()
    found = [hit for hit in _hits(service) if part and part in f"{hit['headline']} {hit['subline']}".casefold()]
    return Reply({"search": Many("result", found[:MOST_FOUND]) if found else None})


def _hits(service: "Billomat") -> list[Row]:
    clients = service.tables["clients"].rows
    hits = [
        {"resource": "clients", "id": row["id"], "headline": row["name"], "subline": row["client_number"]}
        for row in clients.values()
    ]
    for table in (service.tables["invoices"], service.tables["credit-notes"]):
        for row in table.rows.values():
            day = row["date"].strftime("%d.%m.%Y") if row["date"] else ""
            name = clients.get(row["client_id"], {}).get("name") or ""
            about = {"headline": f"[{row[table.number_field]}]", "subline": f"{day} {name}"}
            hits.append({"resource": table.plural, "id": row["id"]} | about)
    return hits


def activity(service: "Billomat", request: Request) -> Reply:
    """The automatic comments of all documents, newest first."""
    _reading(request)
    comments = [
        (row, service.tables[table.owner])
        for table in (service.tables["invoice-comments"], service.tables["credit-note-comments"])
        for row in table.rows.values()
    ]
    comments.sort(key=lambda pair: (pair[0]["created"], pair[0]["id"]), reverse=True)
    feed = _Feed(service)
    return lists.paged(feed, request, comments)


class _Feed:
    plural, singular = "activity-feed", "activity"

    def __init__(self, service: "Billomat") -> None:
        self.service = service

    def shown(self, pair: tuple) -> Row:
        row, documents = pair
        document = documents.rows[row[documents.key]]
        title = f"{documents.name} {document[documents.number_field]}"
        about = {"resource": documents.plural, "id": document["id"], "date": row["created"], "title": title}
        return about | {"text": row["comment"], "user_id": row["user_id"]}


def _reading(request: Request) -> None:
    if request.method not in ("GET", "HEAD"):
        raise Refused(405, "Method not allowed")
