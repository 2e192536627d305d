"""The calls to BillOver. Paths are exactly as the reference writes them: lists with a slash, the rest without."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from arapp.receivables.money import AmountError
from arapp.receivables.records import DRAFT, UNKNOWN, ChoiceRecord, CustomerRecord, InvoiceRecord, Unreadable
from arapp.upstreams.base import (
    CUSTOMERS,
    INVOICES,
    Account,
    Adapter,
    Document,
    Gone,
    Login,
    NotReady,
    Order,
    Page,
)
from arapp.upstreams.billover import mapping, parts
from arapp.upstreams.billover.acts import ACTS
from arapp.upstreams.billover.calls import (
    CARD_LIST,
    COMPANY_LIST,
    INVOICE_LIST,
    NOT_OURS,
    explain,
    one_line,
    openable,
    path_of,
    told,
)
from arapp.upstreams.billover.exports import export
from arapp.upstreams.billover.paging import Lists
from arapp.upstreams.billover.sheets import Query
from arapp.upstreams.http import Answer, BadAnswer, Http, Rejected

ACTIONS = {"approve": "approve", "reject": "reject", "reopen": "remove-approval"}


class Billover(Adapter):
    service = "billover"
    streams = (CUSTOMERS, INVOICES)
    page_size = 10
    list_tells_all = False
    calls_per_second = 1.0
    needs_user = ""
    acts = ACTS
    states = mapping.STATE_OF_DECISION | {mapping.PROCESSING: DRAFT, mapping.FAILED: UNKNOWN}

    def __init__(self, http: Http, login: Login) -> None:
        super().__init__(http, login)
        self.lists = Lists(self._asked, http.base_url)

    @staticmethod
    def home(user: str) -> str:
        return "https://api.billover.com/v1"

    @staticmethod
    def http_options(login: Login) -> dict[str, Any]:
        """The key goes into its header as plain ASCII; one that is none reaches BillOver as a wrong key."""
        return {"headers": {"Api-Key": one_line(login.secret)}, "words": mapping.words}

    def account(self) -> Account:
        """BillOver has no call that tells whose key it is; the first page of the list proves that it works."""
        self.lists.first(INVOICE_LIST)
        return Account(external_id="")

    def is_account(self, stored: str, known: Sequence[str]) -> bool:
        """Another account has none of our invoices on its first page and refuses three that we know by id."""
        if not known:
            return True
        listed = {mapping.uid_of(entry) for entry in self.lists.first(INVOICE_LIST).entries}
        return not listed.isdisjoint(known) or any(self._has(uid) for uid in _some(known))

    def pages(self, stream: str, since: datetime | None = None) -> Iterator[Page]:
        """Companies are always walked whole: nothing narrows them."""
        if stream == CUSTOMERS:
            return self._companies()
        return self.lists.newest(INVOICE_LIST, since) if since else self.lists.whole(INVOICE_LIST, dated=True)

    def entry_id(self, stream: str, entry: Any) -> str:
        return mapping.uid_of(entry)

    def read(self, stream: str, entry: Any) -> CustomerRecord | InvoiceRecord:
        return mapping.read_customer(entry) if stream == CUSTOMERS else mapping.read_invoice(entry)

    def detail(self, kind: str, external_id: str, row: Mapping[str, Any] | None = None) -> InvoiceRecord:
        entry = self._invoice(external_id)
        with _kept(entry):
            return mapping.read_detail(entry, row)

    def customer(self, external_id: str) -> CustomerRecord:
        """Rejected, not Gone, where the whole list of companies is closed to the key."""
        try:
            entry = self._object(path_of(COMPANY_LIST, external_id), external_id)
        except Rejected as error:
            if error.status == 404 and self._companies_are_open():
                raise Gone(_("BillOver no longer has this company.")) from error
            raise
        with _kept(entry):
            return mapping.read_customer(entry)

    def carry_out(self, order: Order) -> None:
        """Without a body (A10). Rejected also when it was done already (A11): a read tells."""
        told(self.http, "POST", f"{path_of(INVOICE_LIST, order.external_id)}/{ACTIONS[order.kind]}")

    def traces(self, order: Order, record: Any) -> int:
        if order.kind in self.acts:
            return super().traces(order, record)
        return parts.times_decided(record.events, self.word_after[order.kind])

    def choices(self) -> Mapping[str, Sequence[ChoiceRecord]]:
        """The cards, where the key may see them."""
        try:
            entries = [entry for page in self.lists.whole(CARD_LIST, dated=False) for entry in page.entries]
        except Rejected as error:
            if error.status in NOT_OURS:
                return {}
            raise
        return {"card": mapping.cards(entries)}

    def companies_with(self, words: str) -> Iterator[Any]:
        """Those that BillOver finds by the words; others among them, since how it searches is not documented (A7)."""
        for page in self.lists.whole(COMPANY_LIST, dated=False, words=words):
            yield from page.entries

    def report(self, name: str, data: Mapping[str, Any]) -> Document:
        return export(self.http, name, data)

    def document(self, kind: str, external_id: str, variant: str = "") -> Document:
        """The uploaded file, from an address that soon expires; a second try has a fresh one (A13)."""
        if variant:
            raise Gone(_("BillOver has the uploaded file alone."))
        try:
            return self._file(external_id)
        except Rejected as error:
            if error.status not in NOT_OURS:
                raise
        try:
            return self._file(external_id)
        except Rejected as error:
            if error.status == 404:
                raise Gone(_("BillOver no longer has the file of this invoice.")) from error
            raise

    def _file(self, uid: str) -> Document:
        entry = self._invoice(uid)
        address = mapping.file_of(entry)
        if not address:
            _no_file(entry)
        answer = self.http.download(openable(address))
        if answer.status != 200:
            sentence = _("The file of this invoice cannot be fetched; its address answers %(status)d.")
            raise BadAnswer(sentence % {"status": answer.status})
        content_type = mapping.content_type_of(answer.headers.get("content-type", ""))
        return Document(answer.body, content_type, mapping.filename_of(entry, content_type))

    def _companies(self) -> Iterator[Page]:
        """Nothing where the key may not see them: what invoices tell of their company has to do."""
        pages = self.lists.whole(COMPANY_LIST, dated=False)
        try:
            yield next(pages)
        except Rejected as error:
            if error.status in NOT_OURS:
                return
            raise
        yield from pages

    def _companies_are_open(self) -> bool:
        try:
            self.lists.first(COMPANY_LIST)
        except Rejected as error:
            if error.status in NOT_OURS:
                return False
            raise
        return True

    def _has(self, uid: str) -> bool:
        """BadAnswer for anything but the invoice itself: a page of HTML proves nothing."""
        try:
            found = self._object(path_of(INVOICE_LIST, uid), uid)
        except Rejected as error:
            if error.status in NOT_OURS:
                return False
            raise
        return mapping.uid_of(found) == uid

    def _invoice(self, uid: str) -> dict[str, Any]:
        try:
            return self._object(path_of(INVOICE_LIST, uid), uid)
        except Rejected as error:
            if error.status == 404:
                raise Gone(_("BillOver no longer has this invoice.")) from error
            raise

    def _object(self, path: str, uid: str) -> dict[str, Any]:
        found = self._get(path).object()
        if mapping.uid_of(found) not in ("", uid):
            raise BadAnswer(_("The service answered with something else than what was asked for."))
        return found

    def _asked(self, path: str, query: Query) -> dict[str, Any]:
        return self._get(path, query).object()

    def _get(self, path: str, query: Query = ()) -> Answer:
        try:
            return self.http.get(path, query)
        except Rejected as error:
            explain(error)


@contextmanager
def _kept(entry: Mapping[str, Any]) -> Iterator[None]:
    """Whatever cannot be read carries its payload with it, for the quarantine."""
    try:
        yield
    except (Unreadable, AmountError) as error:
        error.payload = entry
        raise


def _no_file(entry: Mapping[str, Any]) -> NoReturn:
    if mapping.is_processing(entry):
        raise NotReady(_("BillOver is still reading this document; try again later."))
    raise Gone(_("BillOver has no file for this invoice."))


def _some(known: Sequence[str]) -> list[str]:
    """Up to three: the newest, one in the middle and the oldest."""
    return list(dict.fromkeys([known[0], known[len(known) // 2], known[-1]]))
