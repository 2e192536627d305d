"""Billomat as an adapter: which calls an account, a list, a document and a decision need."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arapp.receivables.money import AmountError
from arapp.receivables.records import INVOICE, CustomerRecord, InvoiceRecord, NamedRecord, Unreadable, text
from arapp.upstreams.base import (
    CREDIT_NOTES,
    CUSTOMERS,
    INVOICES,
    KIND_OF_STREAM,
    Account,
    Adapter,
    Document,
    Gone,
    Login,
    NotReady,
    Order,
    Page,
    WrongCredentials,
)
from arapp.upstreams.billomat import mapping
from arapp.upstreams.billomat.calls import (
    LAST_CHANGED_FIRST,
    NEWEST_FIRST,
    OLDEST_FIRST,
    PER_PAGE,
    Calls,
    path_of,
    words,
)
from arapp.upstreams.billomat.mapping import WORDS
from arapp.upstreams.billomat.parts import Parts, whole
from arapp.upstreams.billomat.walks import key, made_since, newest
from arapp.upstreams.billomat.walks import whole as whole_list
from arapp.upstreams.billomat.wire import single
from arapp.upstreams.http import Answer, BadAnswer, Failure, Http, LostAnswer, Rejected, Throttled

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII | re.IGNORECASE)
LISTS = {
    CUSTOMERS: ("clients", "client"),
    **{stream: (WORDS[kind].plural, WORDS[kind].singular) for stream, kind in KIND_OF_STREAM.items()},
}

ASKED_FOR_PROOF = 3


class Billomat(Adapter):
    service: ClassVar[str] = "billomat"
    streams: ClassVar[tuple[str, ...]] = (CUSTOMERS, INVOICES, CREDIT_NOTES)
    page_size: ClassVar[int] = PER_PAGE
    cheap_walk: ClassVar[int] = 5
    """Each page is one of 300 calls in a quarter of an hour (2.7)."""
    resumable: ClassVar[bool] = True
    list_tells_all: ClassVar[bool] = True
    """A list row is the whole document but its parts, with ``updated``, status, totals and what is paid (3.1, 3.4).

    A new wording of a draft's item at the same price moves nothing we can count on (9). To look for it would cost
    four of 300 calls a draft each time; it is found by the read before every write instead.
    """
    needs_user: ClassVar[str] = gettext_lazy("Billomat id")

    def __init__(self, http: Http, login: Login) -> None:
        super().__init__(http, login)
        self.calls = Calls(http, login.user)
        self._users: dict[str, NamedRecord] | None = None
        self._named: dict[tuple[str, str], NamedRecord] = {}

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

        Where the order by ``updated`` is not honoured, clients are walked whole, and documents as far as they are
        new or unsettled; which of the older ones were settled meanwhile is found by the next whole walk (9).
        """
        seen: set[str] = set()
        narrowed: tuple[tuple[str, str], ...] = ()
        if since:
            walk = newest(self._lister(stream, LAST_CHANGED_FIRST), PER_PAGE, since, seen)
            sorts = yield from self._pages(walk)
            if sorts and stream == CUSTOMERS:
                return
            if not sorts and stream != CUSTOMERS:
                yield from self._pages(made_since(self._lister(stream, NEWEST_FIRST), PER_PAGE, since, seen))
            narrowed = () if stream == CUSTOMERS else (("status", WORDS[KIND_OF_STREAM[stream]].unsettled),)
        yield from self._pages(whole_list(self._lister(stream, OLDEST_FIRST, *narrowed), PER_PAGE, seen))

    def rest(self, stream: str, done: int) -> Iterator[Page]:
        """By ascending id nothing is put in ahead; one page again, in case rows there were deleted meanwhile."""
        lister = self._lister(stream, OLDEST_FIRST)
        yield from self._pages(whole_list(lister, PER_PAGE, set(), max(1, done // PER_PAGE)))

    def _lister(self, stream: str, *query: tuple[str, str]) -> Callable[[int], Any]:
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

    def read(self, stream: str, entry: Any) -> CustomerRecord | InvoiceRecord:
        if stream == CUSTOMERS:
            return mapping.customer(entry)
        return mapping.document(KIND_OF_STREAM[stream], entry)

    def customer(self, external_id: str) -> CustomerRecord:
        """Gone on 404 alone: a 401 means that the id, or by now the key, is another account's (2.8)."""
        return mapping.customer(self.calls.known("clients", "client", external_id))

    # one document

    def detail(self, kind: str, external_id: str, row: Mapping[str, Any] | None = None) -> InvoiceRecord:
        """The document with items, comments, payments and tags: four or five calls, one less for a draft."""
        names = WORDS[kind]
        if row is None or key(row) != external_id:
            row = self.calls.known(names.plural, names.singular, external_id)
        try:
            return whole(kind, row, self._parts(kind, external_id, row))
        except (Unreadable, AmountError) as error:
            error.payload = row
            raise

    def again(self, stream: str, external_id: str) -> CustomerRecord | InvoiceRecord:
        """A single GET answers as the list does (3.1): one call, without the parts."""
        if stream == CUSTOMERS:
            return self.customer(external_id)
        kind = KIND_OF_STREAM[stream]
        return mapping.document(kind, self.calls.known(WORDS[kind].plural, WORDS[kind].singular, external_id))

    def _parts(self, kind: str, external_id: str, row: Mapping[str, Any]) -> Parts:
        """What hangs on the document. Drafts have no payments: Billomat refuses them (6.1)."""
        names = WORDS[kind]
        items = self.calls.parts(names.singular, "item", names.parent, external_id)
        asked = [part for part in ("comment", "payment", "tag") if part != "payment" or row.get("status") != "DRAFT"]
        held = {part: self._open_part(names.singular, part, names.parent, external_id) for part in asked}
        return Parts(
            items=items,
            comments=held["comment"] or (),
            payments=held.get("payment") or (),
            tags=held["tag"] or (),
            users=self._people() if held["comment"] else {},
            articles=self._articles(items),
            contact=self._lookup("contact", text(row.get("contact_id")), mapping.contact),
            closed=frozenset(part for part, rows in held.items() if rows is None),
        )

    def _open_part(self, document: str, part: str, parent: str, external_id: str) -> list[Any] | None:
        """None where the role of our key may not read this kind of part (2.8)."""
        try:
            return self.calls.parts(document, part, parent, external_id)
        except Rejected as refusal:
            if refusal.status not in (403, 404):
                raise
            return None

    def _articles(self, items: Sequence[Any]) -> dict[str, NamedRecord]:
        ids = {text(item.get("article_id")) for item in items if isinstance(item, Mapping)}
        found = [self._lookup("article", external_id, mapping.article) for external_id in sorted(ids)]
        return {record.external_id: record for record in found if record}

    def _people(self) -> dict[str, NamedRecord]:
        """The account's users, read once; nobody where the role may not read them (2.8)."""
        if self._users is None:
            try:
                found = [mapping.user(row) for row in self.calls.everything("users", "user")]
            except Throttled:
                raise
            except (Failure, Unreadable):
                found = []
            self._users = {record.external_id: record for record in found}
        return self._users

    def _lookup(self, name: str, external_id: str, read: Callable[[Any], NamedRecord]) -> NamedRecord | None:
        """A contact or an article, asked for once; only its id where it cannot be read."""
        if external_id and (name, external_id) not in self._named:
            try:
                found = read(self.calls.one(path_of(f"{name}s", external_id), name))
            except Throttled:
                raise
            except (Failure, Unreadable):
                found = NamedRecord(external_id=external_id)
            self._named[name, external_id] = found
        return self._named.get((name, external_id))

    # decisions

    def carry_out(self, order: Order) -> None:
        """``complete`` issues a draft and sends nothing; ``comment`` leaves a remark with the order's mark in it."""
        names = WORDS[order.document]
        try:
            if order.kind == "complete":
                path = path_of(names.plural, order.external_id, "complete")
                _check_empty(self.http.write("PUT", path, json_body={"complete": {}}))
            elif order.kind == "comment":
                self._comment(order)
            else:
                raise Failure(_("Billomat has nothing that is called “%(kind)s”.") % {"kind": order.kind})
        except Rejected as refusal:
            self.calls.check_key(refusal)
            raise

    def _comment(self, order: Order) -> None:
        names = WORDS[order.document]
        wrapper = f"{names.singular}-comment"
        note = f"{order.data.get('note', '')} {_mark(order)}".strip()
        inner = {names.parent: order.external_id, "comment": note, "public": 0}
        answer = self.http.write("POST", f"/{wrapper}s", json_body={wrapper: inner})
        try:
            single(answer.object(), wrapper)
        except BadAnswer as error:
            sentence = _("Billomat's answer has no comment in it; whether it is there is being checked.")
            raise LostAnswer(sentence) from error

    def in_effect(self, order: Order, record: InvoiceRecord) -> bool:
        if order.kind == "comment":
            return bool(order.mark) and any(_mark(order) in event.text for event in record.events or ())
        return super().in_effect(order, record)

    # the PDF

    def document(self, kind: str, external_id: str) -> Document:
        """The PDF, which Billomat makes on completion (6.1)."""
        names = WORDS[kind]
        try:
            found = self.calls.one(path_of(names.plural, external_id, "pdf"), "pdf")
        except Rejected as refusal:
            self.calls.check_key(refusal)
            if refusal.status not in (400, 404):
                raise
            raise NotReady(self._why_no_pdf(kind, external_id)) from refusal
        filename = text(found.get("filename")) or f"{names.singular}_{external_id}.pdf"
        return Document(_decoded(found), "application/pdf", filename)

    def _why_no_pdf(self, kind: str, external_id: str) -> str:
        """Gone when the document itself is."""
        row = self.calls.known(WORDS[kind].plural, WORDS[kind].singular, external_id)
        if row.get("status") == "DRAFT":
            return _("A draft has no PDF yet; Billomat makes it when the draft is completed.")
        return _("Billomat has no PDF of this document yet.")


def _mark(order: Order) -> str:
    """In brackets, so that ``desk-1`` is not found in ``desk-12``."""
    return f"[{order.mark}]"


def _check_empty(answer: Answer) -> None:
    """Actions answer with an empty body (2.4); a page in its place tells nothing of what became of the action."""
    if not answer.body.strip():
        return
    try:
        answer.json()
    except BadAnswer as error:
        raise LostAnswer(_("Billomat's answer is not its own; whether it acted is being checked.")) from error


def _decoded(found: Mapping[str, Any]) -> bytes:
    try:
        content = base64.b64decode("".join(text(found.get("base64file")).split()).encode(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadAnswer(_("Billomat's PDF cannot be decoded.")) from error
    if not content:
        raise NotReady(_("Billomat has not made the PDF yet."))
    return content
