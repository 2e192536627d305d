"""Calls to Billogram's API v2. What the answers mean is in ``mapping``; sections named are the reference's."""

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from arapp.receivables.money import AmountError
from arapp.receivables.records import CustomerRecord, InvoiceRecord, Unreadable, text
from arapp.upstreams.base import (
    CUSTOMERS,
    INVOICES,
    Account,
    Adapter,
    Document,
    Gone,
    Login,
    Order,
    Page,
    WrongCredentials,
)
from arapp.upstreams.billogram import mapping
from arapp.upstreams.billogram.envelope import (
    PERMISSION_DENIED,
    T,
    checked,
    count_of,
    meaning,
    meaning_of_written,
    not_yet,
    word_of,
    words,
)
from arapp.upstreams.http import BadAnswer, Failure, LostAnswer, Rejected

R = TypeVar("R")
Query = Sequence[tuple[str, str]]

PATHS = {CUSTOMERS: "/customer", INVOICES: "/billogram"}
IN_ORDER = {CUSTOMERS: "customer_no", INVOICES: "invoice_no"}
"""What lists are walked by (section 3). Drafts have no number; what shifts is caught by counting."""
NEWEST_BY = {CUSTOMERS: ("created_at", "updated_at"), INVOICES: ("attested_at",)}
WALKS = 3
"""How often a list is walked that changes on the way."""
EVENTS_IN_OBJECT = 100
"""A billogram carries its latest events only, at most this many (section 6.1)."""
BY_USER = "user:"
ASKED_FOR_PROOF = 3


class NotOffered(Rejected):
    """An order that Billogram has no command for; nothing was sent."""

    def __init__(self, sentence: str) -> None:
        Failure.__init__(self, sentence)
        self.status, self.words, self.body = 0, sentence, None


class Billogram(Adapter):
    service: ClassVar[str] = "billogram"
    streams: ClassVar[tuple[str, ...]] = (CUSTOMERS, INVOICES)
    page_size: ClassVar[int] = 100
    narrowed_shows_open = True
    unlisted_words: ClassVar[frozenset[str]] = frozenset({"Sending"})
    """Section 7.1: what is being sent no list shows."""
    list_tells_all: ClassVar[bool] = True
    needs_user: ClassVar[str] = gettext_lazy("API user")

    @staticmethod
    def home(user: str) -> str:
        return "https://billogram.com/api/v2"

    @staticmethod
    def http_options(login: Login) -> dict[str, Any]:
        return {"auth": (login.user, login.secret), "words": words, "not_yet": not_yet}

    def account(self) -> Account:
        """The company in the settings; where the API user may not read them, the first part of its own name."""
        try:
            settings = self._get("/settings", dict)
        except Rejected as refused:
            if word_of(refused.body) != PERMISSION_DENIED:
                raise
            settings = self._proved_by_a_list()
        except Gone:
            settings = self._proved_by_a_list()
        company = text(settings.get("company_id")) or text(settings.get("org_no")) or self._user_mark()
        return Account(company, text(settings.get("name")))

    def _proved_by_a_list(self) -> dict[str, Any]:
        self._page(PATHS[INVOICES], 1, (), 1)
        return {}

    def is_account(self, stored: str, known: Sequence[str]) -> bool:
        """Where the settings could be read at one time only, a billogram we know tells the account."""
        if not stored:
            return True
        found = self.account().external_id
        if stored in (found, self._user_mark()):
            return True
        unsure = any(each.startswith(BY_USER) for each in (found, stored))
        return unsure and any(map(self._has, known[:ASKED_FOR_PROOF]))

    def _user_mark(self) -> str:
        return BY_USER + self.login.user.partition("-")[0]

    def _has(self, external_id: str) -> bool:
        try:
            self._asked_for(INVOICES, external_id)
        except Gone:
            return False
        return True

    def pages(self, stream: str, since: datetime | None = None) -> Iterator[Page]:
        """The whole list; with ``since`` what was made or attested after it and all that is not final.

        There is no "changed since" (section 3): what became final since, of what was attested before, is not shown.
        Should the service refuse the narrower question, the whole list is walked.
        """
        if since is not None:
            try:
                yield from self._recent(stream, since)
                return
            except Rejected as refused:
                if refused.status != 400:
                    raise
        yield from self._walk(stream)

    def _recent(self, stream: str, since: datetime) -> Iterator[Page]:
        if stream == INVOICES:
            states = ",".join(mapping.NOT_FINAL)
            narrowed = [("filter_type", "field"), ("filter_field", "state"), ("filter_value", states)]
            yield from self._walk(stream, narrowed)
        for field in NEWEST_BY[stream]:
            yield from self._newest(stream, field, since)

    def _walk(self, stream: str, query: Query = ()) -> Iterator[Page]:
        """All pages. Rows that move meanwhile shift the others: with fewer rows than there were, once more.

        BadAnswer when all the walks together did not show as many as the list has.
        """
        ordered = [*query, *_order(IN_ORDER[stream], "asc")]
        shown: set[str] = set()
        total = 0
        for _attempt in range(WALKS):
            seen, most = set(), 0
            for number, page in enumerate(self._pages(PATHS[stream], ordered), 1):
                yield page
                total = page.total or 0
                most = max(most, total)
                seen |= {self.entry_id(stream, e) or f"{number}/{n}" for n, e in enumerate(page.entries)}
            shown |= seen
            if len(seen) >= most:
                return
        if len(shown) < total:
            raise BadAnswer(_too_few(total, len(shown)))

    def _newest(self, stream: str, field: str, since: datetime) -> Iterator[Page]:
        """Newest first, until a row is older. Rows without the moment may stand first or last: last ends it."""
        dated = False
        for page in self._pages(PATHS[stream], _order(field, "desc")):
            yield page
            for entry in page.entries:
                moment = mapping.latest_change(stream, entry, field)
                if (moment is None and dated) or (moment and moment < since):
                    return
                dated = dated or moment is not None

    def _pages(self, path: str, query: Query) -> Iterator[Page]:
        for number in count(1):
            page = self._page(path, number, query, self.page_size)
            yield page
            if number * self.page_size >= (page.total or 0):
                return

    def _page(self, path: str, number: int, query: Query, size: int) -> Page:
        """One page of a list. BadAnswer when it holds not as many rows as its total says."""
        asked = [("page", str(number)), ("page_size", str(size)), *query]
        entries, meta = self._call(lambda: checked(self.http.get(path, asked), list))
        total = count_of(meta)
        expected = min(size, max(0, total - (number - 1) * size))
        if len(entries) != expected:
            raise BadAnswer(_wrong_length(total, len(entries), number, expected))
        return Page(entries, total)

    def entry_id(self, stream: str, entry: Any) -> str:
        return mapping.entry_id(stream, entry)

    def read(self, stream: str, entry: Any) -> CustomerRecord | InvoiceRecord:
        return mapping.customer(entry) if stream == CUSTOMERS else mapping.invoice(entry)

    def detail(self, kind: str, external_id: str, row: Mapping[str, Any] | None = None) -> InvoiceRecord:
        payload = self._asked_for(INVOICES, external_id)
        latest = payload.get("events")
        if isinstance(latest, list) and len(latest) >= EVENTS_IN_OBJECT:
            payload = {**payload, "events": self._all_events(external_id, latest)}
        return _translated(payload, lambda: mapping.detail(payload, row))

    def _all_events(self, external_id: str, latest: list[Any]) -> list[Any]:
        """The whole log, oldest first (section 9.1); the latest ones where the API user may not read it."""
        query = [("filter_type", "field"), ("filter_field", "billogram_id"), ("filter_value", external_id)]
        try:
            return [entry for page in self._pages("/billogram_event", query) for entry in page.entries]
        except Rejected:
            return latest

    def customer(self, external_id: str) -> CustomerRecord:
        payload = self._asked_for(CUSTOMERS, external_id)
        return _translated(payload, lambda: mapping.customer(payload))

    def carry_out(self, order: Order) -> None:
        """``send`` attests and sends a draft (section 8). A wrong key or a missing draft is told as such."""
        if order.kind != "send":
            sentence = _("Billogram can be told to send an invoice, nothing else (“%(kind)s”).")
            raise NotOffered(sentence % {"kind": order.kind})
        method = text(order.data.get("method")) or "Email"
        path = f"{_billogram(order.external_id)}/command/send"
        try:
            answer = self.http.write("POST", path, json_body={"method": method})
        except Rejected as error:
            meant = meaning(error)
            if isinstance(meant, WrongCredentials | Gone):
                raise meant from error
            raise
        try:
            refusal = meaning_of_written(answer)
        except BadAnswer as error:
            sentence = _("Billogram's answer is not readable; whether it acted is being checked.")
            raise LostAnswer(sentence) from error
        if refusal:
            raise refusal

    def document(self, kind: str, external_id: str) -> Document:
        """The PDF of the first invoice, base64 in JSON (section 10)."""
        content = _pdf(self._get(f"{_billogram(external_id)}.pdf", dict).get("content"))
        number = text(self._get(_billogram(external_id), dict).get("invoice_no"))
        return Document(content, "application/pdf", f"{re.sub(r'[^A-Za-z0-9-]', '_', number or external_id)}.pdf")

    def _asked_for(self, stream: str, external_id: str) -> dict[str, Any]:
        """One object by id. BadAnswer when it is another one."""
        found = self._get(f"{PATHS[stream]}/{quote(external_id, safe='')}", dict)
        if self.entry_id(stream, found) not in ("", external_id):
            raise BadAnswer(_("The service answered with something else than what was asked for."))
        return found

    def _get(self, path: str, kind: type[T]) -> T:
        return self._call(lambda: checked(self.http.get(path), kind))[0]

    def _call(self, call: Callable[[], R]) -> R:
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


def _too_few(total: int, shown: int) -> str:
    sentence = ngettext(
        "Billogram says that the list has %(total)d row, but only %(shown)d could be seen.",
        "Billogram says that the list has %(total)d rows, but only %(shown)d could be seen.",
        total,
    )
    return sentence % {"total": total, "shown": shown}


def _billogram(external_id: str) -> str:
    return f"/billogram/{quote(external_id, safe='')}"


def _order(field: str, direction: str) -> Query:
    return [("order_field", field), ("order_direction", direction)]


def _translated(payload: Mapping[str, Any], translate: Callable[[], R]) -> R:
    """The record; an error carries the payload, so that quarantine can keep it."""
    try:
        return translate()
    except (Unreadable, AmountError) as error:
        error.payload = payload  # type: ignore[union-attr]
        raise


def _pdf(content: Any) -> bytes:
    """BadAnswer when it is not base64 or not a PDF."""
    try:
        found = base64.b64decode("".join(text(content).split()), validate=True)
    except ValueError:
        found = b""
    if not found.startswith(b"%PDF"):
        raise BadAnswer(_("Billogram answered with something that is not a PDF."))
    return found
