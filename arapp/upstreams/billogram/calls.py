"""Billogram's lists, single objects and writes over HTTP, and what its answers mean (sections 2, 3 and 8)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, TypeVar
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.receivables.records import dump
from arapp.upstreams.base import CUSTOMERS, INVOICES, ITEMS, Gone, Page, WrongCredentials
from arapp.upstreams.billogram import mapping
from arapp.upstreams.billogram.envelope import T, checked, count_of, meaning, meaning_of_written
from arapp.upstreams.http import Answer, BadAnswer, Failure, Http, LostAnswer, Rejected

R = TypeVar("R")
Query = Sequence[tuple[str, str]]

REPORTS = "reports"
PATHS = {CUSTOMERS: "/customer", ITEMS: "/item", INVOICES: "/billogram", REPORTS: "/report"}
JSON = {"Content-Type": "application/json"}


class NotOffered(Rejected):
    """Something that Billogram has no call for; nothing was sent."""

    def __init__(self, sentence: str) -> None:
        Failure.__init__(self, sentence)
        self.status, self.words, self.body = 0, sentence, None


def path_of(stream: str, external_id: str, action: str = "") -> str:
    return f"{PATHS[stream]}/{quote(external_id, safe='')}{action}"


def command_path(external_id: str, command: str) -> str:
    return path_of(INVOICES, external_id, f"/command/{command}")


def filtered(field: str, value: str) -> Query:
    """The one filter that a list takes (section 3)."""
    return [("filter_type", "field"), ("filter_field", field), ("filter_value", value)]


def ordered(field: str, direction: str) -> Query:
    return [("order_field", field), ("order_direction", direction)]


class Calls:
    """What is asked of and told to one account."""

    def __init__(self, http: Http) -> None:
        self.http = http

    def get(self, path: str, kind: type[T], query: Query = ()) -> T:
        """``data`` of an answer. What ``envelope.meaning`` makes of a refusal, BadAnswer for what is no envelope."""
        return _meant(lambda: checked(self.http.get(path, query), kind))[0]

    def one(self, stream: str, external_id: str) -> dict[str, Any]:
        """One object by id. Gone on 404, BadAnswer when it is another one."""
        found = self.get(path_of(stream, external_id), dict)
        if mapping.entry_id(stream, found) not in ("", external_id):
            raise BadAnswer(_("The service answered with something else than what was asked for."))
        return found

    def pages(self, path: str, size: int, query: Query = ()) -> Iterator[Page]:
        for number in count(1):
            page = self.page(path, number, size, query)
            yield page
            if number * size >= (page.total or 0):
                return

    def page(self, path: str, number: int, size: int, query: Query = ()) -> Page:
        """One page of a list. BadAnswer when it holds not as many rows as its total says."""
        asked = [("page", str(number)), ("page_size", str(size)), *query]
        entries, meta = _meant(lambda: checked(self.http.get(path, asked), list))
        total = count_of(meta)
        expected = min(size, max(0, total - (number - 1) * size))
        if len(entries) != expected:
            raise BadAnswer(_wrong_length(total, len(entries), number, expected))
        return Page(entries, total)

    def write(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """``data`` of the answer to a write. Decimals go out as exact JSON numbers (section 1.1).

        Raises what ``Http.write`` raises; WrongCredentials or Gone where a refusal means that.
        """
        sent = {} if body is None else {"body": dump(body).encode(), "headers": JSON}
        try:
            answer = self.http.write(method, path, **sent)
        except Rejected as refusal:
            meant = meaning(refusal)
            if isinstance(meant, WrongCredentials | Gone):
                raise meant from refusal
            raise
        return _written(answer)


def _written(answer: Answer) -> dict[str, Any]:
    try:
        refusal = meaning_of_written(answer)
        if refusal is None:
            return checked(answer, dict)[0]
    except BadAnswer as error:
        raise unreadable() from error
    raise refusal


def unreadable() -> LostAnswer:
    return LostAnswer(_("Billogram's answer is not readable; whether it acted is being checked."))


def _meant(call: Callable[[], R]) -> R:
    try:
        return call()
    except Rejected as error:
        raise meaning(error) from error


def _wrong_length(total: int, shown: int, page: int, expected: int) -> str:
    sentence = ngettext(
        "Billogram says %(total)d row and shows %(shown)d on page %(page)d, not %(expected)d.",
        "Billogram says %(total)d rows and shows %(shown)d on page %(page)d, not %(expected)d.",
        total,
    )
    return sentence % {"total": total, "shown": shown, "page": page, "expected": expected}
