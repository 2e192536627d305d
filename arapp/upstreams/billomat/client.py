"""Billomat as an adapter: which calls an account, a list, a document and a decision need."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arapp.receivables.money import AmountError
from arapp.receivables.records import (
    INVOICE,
    ChoiceRecord,
    CustomerRecord,
    InvoiceRecord,
    ItemRecord,
    Unreadable,
)
from arapp.upstreams.base import (
    CREDIT_NOTES,
    CUSTOMERS,
    INVOICES,
    ITEMS,
    KIND_OF_STREAM,
    Account,
    Act,
    Adapter,
    Document,
    Gone,
    Login,
    Order,
    Page,
    Written,
    WrongCredentials,
)
from arapp.upstreams.billomat import articles, mapping, pages
from arapp.upstreams.billomat.calls import (
    LAST_CHANGED_FIRST,
    NEWEST_FIRST,
    OLDEST_FIRST,
    PER_PAGE,
    Calls,
    words,
)
from arapp.upstreams.billomat.choosing import TAX, UNIT, Choosing
from arapp.upstreams.billomat.deciding import decide, remarks
from arapp.upstreams.billomat.dunning import issued
from arapp.upstreams.billomat.gathering import Gathering
from arapp.upstreams.billomat.living import LIVING
from arapp.upstreams.billomat.making import MAKING
from arapp.upstreams.billomat.mapping import WORDS
from arapp.upstreams.billomat.parts import whole
from arapp.upstreams.billomat.pdfs import pdf
from arapp.upstreams.billomat.reporting import totals
from arapp.upstreams.billomat.walks import key, made_since, newest
from arapp.upstreams.billomat.walks import whole as whole_list
from arapp.upstreams.billomat.writes import Writes
from arapp.upstreams.http import BadAnswer, Http, Rejected

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII | re.IGNORECASE)
LISTS = {
    CUSTOMERS: ("clients", "client"),
    ITEMS: ("articles", "article"),
    **{stream: (WORDS[kind].plural, WORDS[kind].singular) for stream, kind in KIND_OF_STREAM.items()},
}

ASKED_FOR_PROOF = 3
COMMENTS = ("comment", "invoice.comment")


class Billomat(Adapter):
    service: ClassVar[str] = "billomat"
    streams: ClassVar[tuple[str, ...]] = (CUSTOMERS, ITEMS, INVOICES, CREDIT_NOTES)
    page_size: ClassVar[int] = PER_PAGE
    states = mapping.STATES
    cheap_walk: ClassVar[int] = 5
    """Each page is one of 300 calls in a quarter of an hour (2.7)."""
    resumable: ClassVar[bool] = True
    list_tells_all: ClassVar[bool] = True
    """A list row is the whole document but its parts, with ``updated``, status, totals and what is paid (3.1, 3.4).

    A new wording of a draft's item at the same price moves nothing we can count on (9). To look for it would cost
    four of 300 calls a draft each time; it is found by the read before every write instead.
    """
    needs_user: ClassVar[str] = gettext_lazy("Billomat id")
    acts: ClassVar[Mapping[str, Act]] = MAKING | LIVING

    def __init__(self, http: Http, login: Login) -> None:
        super().__init__(http, login)
        self.calls = Calls(http, login.user)
        self.writes = Writes(self.calls)
        self.choosing = Choosing(self.calls)
        self.gathering = Gathering(self.calls)

    own_page = staticmethod(pages.own_page)

    @staticmethod
    def home(user: str) -> str:
        """The account's address. WrongCredentials when the Billomat id cannot be the name of a host."""
        if not LABEL.fullmatch(user):
            sentence = _("“%(user)s” is not a Billomat id; it is the “acme” of https://acme.billomat.net.")
            raise WrongCredentials(sentence % {"user": user[:63]})
        return f"https://{user.lower()}.billomat.net/api"

    @staticmethod
    def http_options(login: Login) -> dict[str, Any]:
        return {"headers": {"X-BillomatApiKey": login.secret, "Accept": "application/json"}, "words": words}

    # whose account it is

    def account(self) -> Account:
        """The account as a client of itself (4.1); by its Billomat id where the user's role may not read clients."""
        try:
            own = self.calls.proof("/clients/myself", "client")
        except Rejected as refusal:
            if refusal.status not in (403, 404):
                raise
            self._prove_otherwise()
            return Account(self._id_by_name(), self.login.user)
        if not key(own):
            raise BadAnswer(_("Billomat does not say whose account it is."))
        return Account(key(own), mapping.name_of(own))

    def _prove_otherwise(self) -> None:
        """By the user of the key, or where that is closed too, by the first page of invoices."""
        try:
            self.calls.proof("/users/myself", "user")
        except Rejected as refusal:
            if refusal.status not in (403, 404):
                raise
            next(self.pages(INVOICES))

    def is_account(self, stored: str, known: Sequence[str]) -> bool:
        """When the role of the user has changed meanwhile, a document we know tells the account."""
        if not stored:
            return True
        found, by_name = self.account().external_id, self._id_by_name()
        if stored in (found, by_name):
            return True
        return found == by_name and any(map(self._has, known[:ASKED_FOR_PROOF]))

    def _has(self, external_id: str) -> bool:
        try:
            self.calls.known(WORDS[INVOICE].plural, WORDS[INVOICE].singular, external_id)
        except (Gone, Rejected):
            return False
        return True

    def _id_by_name(self) -> str:
        return f"id:{self.login.user.lower()}"

    # lists

    def pages(self, stream: str, since: datetime | None = None) -> Iterator[Page]:
        """Whole by ascending id; else what changed, and the unsettled, since not all that happens moves ``updated``.

        Where the order by ``updated`` is not honoured, clients and articles are walked whole, and documents as far
        as they are new or unsettled; which older ones were settled meanwhile is found by the next whole walk (9).
        """
        seen: set[str] = set()
        narrowed: tuple[tuple[str, str], ...] = ()
        if since:
            walk = newest(self._lister(stream, LAST_CHANGED_FIRST), PER_PAGE, since, seen)
            sorts = yield from self._pages(walk)
            documents = stream in KIND_OF_STREAM
            if sorts and not documents:
                return
            if not sorts and documents:
                yield from self._pages(made_since(self._lister(stream, NEWEST_FIRST), PER_PAGE, since, seen))
            narrowed = (("status", WORDS[KIND_OF_STREAM[stream]].unsettled),) if documents else ()
        yield from self._pages(whole_list(self._lister(stream, OLDEST_FIRST, *narrowed), PER_PAGE, seen))

    def rest(self, stream: str, done: int) -> Iterator[Page]:
        """By ascending id nothing is put in ahead; one page again, in case rows there were deleted meanwhile."""
        lister = self._lister(stream, OLDEST_FIRST)
        yield from self._pages(whole_list(lister, PER_PAGE, set(), max(1, done // PER_PAGE)))

    def _lister(self, stream: str, *query: tuple[str, str]) -> Callable[[int], Any]:
        if stream == ITEMS:
            self._read_units_and_taxes()
        return self.calls.lister(*LISTS[stream], *query)

    @staticmethod
    def _pages(walk: Iterator[Any]) -> Iterator[Page]:
        while True:
            try:
                rows = next(walk)
            except StopIteration as end:
                return end.value
            yield Page(rows.entries, rows.total, rows.done)

    def entry_id(self, stream: str, entry: Any) -> str:
        return key(entry)

    def read(self, stream: str, entry: Any) -> CustomerRecord | InvoiceRecord | ItemRecord:
        if stream == CUSTOMERS:
            return mapping.customer(entry)
        if stream == ITEMS:
            return articles.item(entry, self.choosing.known(UNIT), self.choosing.known(TAX))
        return mapping.document(KIND_OF_STREAM[stream], entry)

    # clients, articles and what one chooses from

    def customer(self, external_id: str) -> CustomerRecord:
        """The client and the people there. Gone on 404 alone: a 401 means another account's id (2.8)."""
        record = mapping.customer(self.calls.known("clients", "client", external_id))
        return replace(record, contacts=self.choosing.contacts(external_id))

    def item(self, external_id: str) -> ItemRecord:
        self._read_units_and_taxes()
        return self.read(ITEMS, self.calls.known("articles", "article", external_id))

    def _read_units_and_taxes(self) -> None:
        """An article names both by id (4.3); each list is one call, once."""
        self.choosing.of(UNIT)
        self.choosing.of(TAX)

    def choices(self) -> Mapping[str, Sequence[ChoiceRecord]]:
        return self.choosing.everything()

    # one document

    def detail(self, kind: str, external_id: str, row: Mapping[str, Any] | None = None) -> InvoiceRecord:
        """The document with items, comments, payments and tags: four or five calls, one less for a draft."""
        names = WORDS[kind]
        if row is None or key(row) != external_id:
            row = self.calls.known(names.plural, names.singular, external_id)
        try:
            return whole(kind, row, self.gathering.parts(kind, external_id, row))
        except (Unreadable, AmountError) as error:
            error.payload = row
            raise

    def again(self, stream: str, external_id: str) -> CustomerRecord | InvoiceRecord | ItemRecord:
        """A single GET answers as the list does (3.1): of a document one call, without the parts."""
        if stream not in KIND_OF_STREAM:
            return super().again(stream, external_id)
        kind = KIND_OF_STREAM[stream]
        return mapping.document(kind, self.calls.known(WORDS[kind].plural, WORDS[kind].singular, external_id))

    # decisions

    def carry_out(self, order: Order) -> None:
        decide(self.writes, order)

    def in_effect(self, order: Order, record: InvoiceRecord) -> bool:
        """Comments carry our mark and reminders our reference: those of this very order are known again."""
        if order.kind in COMMENTS:
            return remarks(order, record) > 0
        if order.kind == "invoice.remind":
            return issued(order, record)
        return super().in_effect(order, record)

    def write(self, order: Order) -> Written:
        """What is done with a document that is there leaves its items as they are, and mostly its tags."""
        written = super().write(order)
        if order.kind in LIVING and order.kind != "invoice.tag":
            self.gathering.spare_unchanged()
        return written

    # PDFs and reports

    def document(self, kind: str, external_id: str, variant: str = "") -> Document:
        return pdf(self.calls, kind, external_id, variant)

    def report(self, name: str, data: Mapping[str, Any]) -> Document:
        """``totals``: sums per group, as Billomat adds them up."""
        return totals(self.calls, data) if name == "totals" else super().report(name, data)
