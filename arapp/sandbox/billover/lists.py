"""Filters, search and paging (section 4)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode

from arapp.sandbox.base import Answer, Request

from .answers import Refused, as_json, detail, host_of
from .records import APPROVED, PAYMENT_TYPES, REJECTED, WAITING, Card, Company, Invoice
from .workspace import Workspace

ARRAYS: dict[str, Callable[[Invoice], str | None]] = {
    "company__uid": lambda invoice: invoice.company and invoice.company.uid,
    "workspace_user__uid": lambda invoice: invoice.owner and invoice.owner.uid,
    "card__uid": lambda invoice: invoice.card and invoice.card.uid,
    "approvement_status": lambda invoice: invoice.approvement_status,
    "payment_type": lambda invoice: invoice.payment_type,
}
FROM = ("created_at_from_date", "from_date", "created_at_after", "created_at__from_date")
TO = ("created_at_to_date", "to_date", "created_at_before", "created_at__to_date")
"""Every spelling of A2."""


def chosen_invoices(workspace: Workspace, request: Request) -> list[Invoice]:
    """Newest first, what all filters of the query let through; unknown parameters do nothing."""
    rows = workspace.newest_first()
    for name, of in ARRAYS.items():
        if wanted := _wanted(workspace, request, name):
            rows = [row for row in rows if of(row) in wanted]
    if not workspace.ignore_dates:
        rows = _within(rows, request)
    if words := searched(request):
        rows = [row for row in rows if _found(words, _texts(row))]
    return rows


def with_filters_of(body: dict[str, Any], request: Request) -> Request:
    """The request as if the filters in its body stood in its query (section 11)."""
    pairs = [
        (name, str(value))
        for name, values in body.items()
        for value in (values if isinstance(values, list) else [values])
        if value is not None
    ]
    return replace(request, query=(*request.query, *pairs))


def searched(request: Request) -> list[str]:
    return (_last(request, "query") or "").casefold().split()


def company_matches(words: list[str], company: Company) -> bool:
    return _found(words, [*_company_texts(company), company.hf_id])


def card_matches(words: list[str], card: Card) -> bool:
    return _found(words, [card.first_four_digits, card.last_four_digits, card.hf_id])


def counted_page(
    workspace: Workspace, request: Request, rows: Sequence, shape: Callable[[Any], dict[str, Any]]
) -> Answer:
    """The envelope of invoices: numbers of rows and pages, and no links."""
    size, pages, _, cut = _cut(workspace, request, rows)
    shaped = [shape(row) for row in cut]
    return as_json({"count": len(rows), "page_count": pages, "page_size": size, "results": shaped})


def linked_page(
    workspace: Workspace, request: Request, rows: Sequence, shape: Callable[[Any], dict[str, Any]]
) -> Answer:
    """The envelope of companies and cards: absolute links to the pages beside this one."""
    _, pages, number, cut = _cut(workspace, request, rows)
    base = f"{workspace.scheme}://{host_of(request)}{quote(request.path)}"
    return as_json(
        {
            "count": len(rows),
            "next": _link(base, request, number + 1) if number < pages else None,
            "previous": _link(base, request, number - 1) if number > 1 else None,
            "results": [shape(row) for row in cut],
        }
    )


def _cut(workspace: Workspace, request: Request, rows: Sequence) -> tuple[int, int, int, Sequence]:
    """Size of a page, number of pages, number of this page, and its rows."""
    size = _page_size(workspace, request)
    pages = max(1, -(-len(rows) // size))
    number = _page_number(_last(request, "page") or "1", pages)
    return size, pages, number, rows[(number - 1) * size : number * size]


def _page_number(said: str, pages: int) -> int:
    try:
        number = pages if said == "last" else int(said)
    except ValueError:
        number = 0
    if not 1 <= number <= pages:
        raise Refused(detail(404, "Invalid page."))
    return number


def _page_size(workspace: Workspace, request: Request) -> int:
    try:
        wanted = int(_last(request, "page_size") or 0)
    except ValueError:
        wanted = 0
    usual = max(1, workspace.page_size)
    return min(wanted, workspace.max_page_size) if wanted > 0 and workspace.max_page_size else usual


def _link(base: str, request: Request, number: int) -> str:
    """Page 1 is named by no number at all, as Django REST framework has it."""
    others = [(name, value) for name, value in request.query if name != "page"]
    query = urlencode([*others, ("page", str(number))] if number > 1 else others)
    return f"{base}?{query}" if query else base


def _wanted(workspace: Workspace, request: Request, name: str) -> set[str]:
    wanted = {value for value in _values(workspace.array_mode, request, name) if value}
    if workspace.strict_filters and (unknown := sorted(wanted - set(_choices(workspace, name)))):
        said = f"Select a valid choice. {unknown[0]} is not one of the available choices."
        raise Refused(as_json({name: [said]}, 400))
    return wanted


def _values(mode: str, request: Request, name: str) -> list[str]:
    """A comma list counts only the last key, as filters of that kind do (A1)."""
    plain, bracket = request.every(name), request.every(f"{name}[]")
    if mode == "repeat":
        return plain
    if mode == "bracket":
        return bracket
    if mode == "comma":
        return plain[-1].split(",") if plain else []
    return [value for said in (*plain, *bracket) for value in said.split(",")]


def _choices(workspace: Workspace, name: str) -> Collection[str]:
    return {
        "company__uid": workspace.companies,
        "workspace_user__uid": [user.uid for user in workspace.users],
        "card__uid": workspace.cards,
        "approvement_status": (WAITING, APPROVED, REJECTED),
        "payment_type": PAYMENT_TYPES,
    }[name]


def _within(rows: list[Invoice], request: Request) -> list[Invoice]:
    """Whole days in the server's zone, both ends included (A4); times are stored in that zone."""
    first = max(_days(request, FROM), default=None)
    last = min(_days(request, TO), default=None)
    if first:
        rows = [row for row in rows if row.created_at.date() >= first]
    if last:
        rows = [row for row in rows if row.created_at.date() <= last]
    return rows


def _days(request: Request, names: tuple[str, ...]) -> list[date]:
    try:
        said = [value for name in names if (value := _last(request, name))]
        return [datetime.strptime(value, "%Y-%m-%d").date() for value in said]
    except ValueError:
        raise Refused(as_json({"created_at": ["Enter a valid date."]}, 400)) from None


def _last(request: Request, name: str) -> str | None:
    said = request.every(name)
    return said[-1].strip() if said else None


def _found(words: list[str], texts: list[str | None]) -> bool:
    """Each word occurs somewhere (A7)."""
    whole = "\n".join(text for text in texts if text).casefold()
    return all(word in whole for word in words)


def _texts(invoice: Invoice) -> list[str | None]:
    return [
        invoice.hf_id,
        invoice.invoice_number,
        invoice.category and invoice.category.get("name"),
        *(_company_texts(invoice.company) if invoice.company else ()),
        *(item.get(part) for item in invoice.items for part in ("title", "description")),
    ]


def _company_texts(company: Company) -> list[str | None]:
    return [company.name, company.address, company.tax_number, company.tax_office, company.phone]
