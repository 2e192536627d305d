"""Billogram's API v2 as an adapter. What the answers mean is in ``mapping``; sections named are the reference's."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arapp.receivables.money import AmountError
from arapp.receivables.records import ChoiceRecord, CustomerRecord, InvoiceRecord, ItemRecord, Unreadable, text
from arapp.upstreams.base import (
    CUSTOMERS,
    INVOICES,
    ITEMS,
    Account,
    Act,
    Adapter,
    Document,
    Gone,
    Login,
    Order,
    Page,
)
from arapp.upstreams.billogram import catalogue, files, mapping, pages, walks
from arapp.upstreams.billogram.acts import ACTS
from arapp.upstreams.billogram.bodies import sending
from arapp.upstreams.billogram.calls import (
    PATHS,
    REPORTS,
    Calls,
    NotOffered,
    Query,
    command_path,
    filtered,
    ordered,
    path_of,
)
from arapp.upstreams.billogram.envelope import PERMISSION_DENIED, not_yet, word_of, words
from arapp.upstreams.billogram.papers import BY_NUMBER
from arapp.upstreams.http import Http, Rejected

R = TypeVar("R")

EVENTS_IN_OBJECT = 100
"""A billogram carries its latest events only, at most this many (section 6.1)."""
BY_USER = "user:"
ASKED_FOR_PROOF = 3
ATTACHMENT = "attachment"
"""The variant of a document that is the file attached to it."""


class Billogram(Adapter):
    service: ClassVar[str] = "billogram"
    streams: ClassVar[tuple[str, ...]] = (CUSTOMERS, ITEMS, INVOICES)
    page_size: ClassVar[int] = 100
    narrowed_shows_open = True
    states = mapping.STATES
    unlisted_words: ClassVar[frozenset[str]] = frozenset({"Sending"})
    """Section 7.1: what is being sent no list shows."""
    list_tells_all: ClassVar[bool] = True
    needs_user: ClassVar[str] = gettext_lazy("API user")
    acts: ClassVar[Mapping[str, Act]] = ACTS

    def __init__(self, http: Http, login: Login) -> None:
        super().__init__(http, login)
        self.calls = Calls(http)

    own_page = staticmethod(pages.own_page)
    own_page_is_the_customers: ClassVar[bool] = True

    @staticmethod
    def home(user: str) -> str:
        return "https://billogram.com/api/v2"

    @staticmethod
    def http_options(login: Login) -> dict[str, Any]:
        return {"auth": (login.user, login.secret), "words": words, "not_yet": not_yet}

    def account(self) -> Account:
        """The company in the settings; where the API user may not read them, the first part of its own name."""
        try:
            settings = self.calls.get("/settings", dict)
        except Rejected as refused:
            if word_of(refused.body) != PERMISSION_DENIED:
                raise
            settings = self._proved_by_a_list()
        except Gone:
            settings = self._proved_by_a_list()
        company = text(settings.get("company_id")) or text(settings.get("org_no")) or self._user_mark()
        return Account(company, text(settings.get("name")))

    def _proved_by_a_list(self) -> dict[str, Any]:
        self.calls.page(PATHS[INVOICES], 1, 1)
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
            self.calls.one(INVOICES, external_id)
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
                yield from walks.recent(self.calls, stream, self.page_size, since)
                return
            except Rejected as refused:
                if refused.status != 400:
                    raise
        yield from walks.whole(self.calls, stream, self.page_size)

    def entry_id(self, stream: str, entry: Any) -> str:
        return mapping.entry_id(stream, entry)

    def read(self, stream: str, entry: Any) -> CustomerRecord | InvoiceRecord | ItemRecord:
        return mapping.READERS[stream](entry)

    def detail(self, kind: str, external_id: str, row: Mapping[str, Any] | None = None) -> InvoiceRecord:
        payload = self.calls.one(INVOICES, external_id)
        latest = payload.get("events")
        if isinstance(latest, list) and len(latest) >= EVENTS_IN_OBJECT:
            payload = {**payload, "events": self._all_events(external_id, latest)}
        return _translated(payload, lambda: mapping.detail(payload, row))

    def _all_events(self, external_id: str, latest: list[Any]) -> list[Any]:
        """The whole log, oldest first (section 9.1); the latest ones where the API user may not read it."""
        pages = self.calls.pages("/billogram_event", self.page_size, filtered("billogram_id", external_id))
        try:
            return [entry for page in pages for entry in page.entries]
        except Rejected:
            return latest

    def customer(self, external_id: str) -> CustomerRecord:
        payload = self.calls.one(CUSTOMERS, external_id)
        return _translated(payload, lambda: mapping.customer(payload))

    def item(self, external_id: str) -> ItemRecord:
        payload = self.calls.one(ITEMS, external_id)
        return _translated(payload, lambda: catalogue.item(payload))

    def choices(self) -> Mapping[str, Sequence[ChoiceRecord]]:
        """The reports, newest first (section 11.3); nothing where they are closed to the API user."""
        try:
            pages = list(self.calls.pages(PATHS[REPORTS], self.page_size, ordered("created_at", "desc")))
        except (Rejected, Gone):
            return {}
        found = [catalogue.report(entry) for page in pages for entry in page.entries]
        return {catalogue.REPORT: [each for each in found if each]}

    def carry_out(self, order: Order) -> None:
        """``send`` attests and sends a draft (section 8). A wrong key or a missing draft is told as such."""
        if order.kind != "send":
            sentence = _("Billogram can be told to send an invoice, nothing else (“%(kind)s”).")
            raise NotOffered(sentence % {"kind": order.kind})
        self.calls.write("POST", command_path(order.external_id, "send"), sending(order))

    def document(self, kind: str, external_id: str, variant: str = "") -> Document:
        """A PDF (section 10): of the first invoice, of a paper by its id, or the file that is attached."""
        if variant == ATTACHMENT:
            content = files.pdf(self.calls.get(path_of(INVOICES, external_id, "/attachment.pdf"), dict))
            name = text(self.calls.one(INVOICES, external_id).get("attachment")) or ATTACHMENT
            return files.pdf_document(content, name)
        content = files.pdf(self.calls.get(path_of(INVOICES, external_id, ".pdf"), dict, _asked_by(variant)))
        number = text(self.calls.one(INVOICES, external_id).get("invoice_no")) or external_id
        return files.pdf_document(content, "-".join(filter(None, (number, variant.removeprefix(BY_NUMBER)))))

    def report(self, name: str, data: Mapping[str, Any]) -> Document:
        """A report by its file name (section 11.3). Gone when there is none."""
        return files.report(self.calls.get(path_of(REPORTS, name), dict), name)


def _asked_by(paper: str) -> Query:
    """By number the paper's ``invoice_no``, otherwise its ``letter_id``; nothing for the first invoice."""
    if paper.startswith(BY_NUMBER):
        return [("invoice_no", paper.removeprefix(BY_NUMBER))]
    return [("letter_id", paper)] if paper else []


def _translated(payload: Mapping[str, Any], translate: Callable[[], R]) -> R:
    """The record; an error carries the payload, so that quarantine can keep it."""
    try:
        return translate()
    except (Unreadable, AmountError) as error:
        error.payload = payload  # type: ignore[union-attr]
        raise
