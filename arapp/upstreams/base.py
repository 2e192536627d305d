"""What every adapter offers to pull and push. An adapter is a client (calls) and a mapping (pure functions).

Pull and push know this class alone; nothing in them asks which service it is.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy

from arapp.receivables.records import (
    APPROVED,
    CREDIT_NOTE,
    INVOICE,
    REJECTED,
    WAITING,
    ChoiceRecord,
    CustomerRecord,
    InvoiceRecord,
    ItemRecord,
)
from arapp.upstreams.http import Failure, Http

CUSTOMERS, ITEMS, INVOICES, CREDIT_NOTES = "customers", "items", "invoices", "credit_notes"
STREAM_NAMES = {
    ITEMS: gettext_lazy("items"),
    CUSTOMERS: gettext_lazy("customers"),
    INVOICES: gettext_lazy("invoices"),
    CREDIT_NOTES: gettext_lazy("credit notes"),
}
KIND_OF_STREAM = {INVOICES: INVOICE, CREDIT_NOTES: CREDIT_NOTE}
CUSTOMER, ITEM = "customer", "item"
"""Beside the kinds of documents, what a hook may name and an act may make."""
STREAM_OF_KIND = {kind: stream for stream, kind in KIND_OF_STREAM.items()} | {CUSTOMER: CUSTOMERS, ITEM: ITEMS}


class WrongCredentials(Failure):
    """The service does not accept our user or key."""


class Gone(Failure):
    """The service says that it has no such object (404)."""


class NotReady(Failure):
    """The document is still being made at the service; ask again later."""


@dataclass(frozen=True)
class Account:
    """Whose account it is. ``external_id`` is empty where a service has no call that tells."""

    external_id: str
    name: str = ""


@dataclass(frozen=True)
class Page:
    entries: Sequence[Any]
    """The rows as they came; what is not an object is still passed on, to be quarantined."""
    total: int | None = None
    """How many rows the service says the whole list has."""
    done: int | None = None
    """How many rows of it are behind this page in this walk, where that is more than what was seen by then."""


@dataclass(frozen=True)
class Document:
    content: bytes = field(repr=False)
    content_type: str
    filename: str


@dataclass(frozen=True)
class Order:
    """An intent as an adapter sees it. ``mark`` is unique to it, for services where a write can carry one."""

    kind: str
    """A decision (``send``), or the name of an action (``payment.create``)."""
    document: str
    """invoice or credit_note; empty where it concerns neither."""
    external_id: str
    """What it concerns; empty while that is still to be made."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """In our own words, checked: amounts as decimal text, days as ``YYYY-MM-DD``."""
    mark: str = ""
    reference: str = ""
    """Our own reference: what is made carries it, so that it is found again."""
    result_id: str = ""
    """External id of what an earlier step, or an earlier try, has made."""
    files: Mapping[str, Document] = field(default_factory=dict)
    """The files that ``data`` names, by the text that names them there."""
    subject: Any = field(default=None, repr=False)
    """The record of what it concerns, as it was just read; None where it concerns nothing yet."""
    made: Any = field(default=None, repr=False)
    """The record of what an earlier step or try has made, as it was just read; None where that is nothing yet."""
    accepted: bool = False
    """The service has accepted the write; it is only read back."""
    tried_since: datetime | None = None
    """Where a write may have gone out already: a moment before the first one. Nothing it made is older."""
    taken: frozenset[str] = frozenset()
    """External ids that it cannot have made: others made them, or they were known before."""


@dataclass(frozen=True)
class Written:
    """What came of a write that the service accepted."""

    external_id: str = ""
    """Of what it made."""
    more: bool = False
    """A further step follows: the act's ``write`` is called again, with ``result_id``."""


@dataclass(frozen=True)
class Act:
    """How an adapter does one action: a function of its client, one of its mapping, and what proves it."""

    write: Callable[[Any, Order], Written | None]
    """``write(adapter, order)`` writes once. Raises as ``Adapter.carry_out``; NotReady when it has to wait first."""
    shows: Callable[[Order, Any], int] | None = None
    """Pure: how often the record shows it: of what it concerns, or of what it makes. None: being there is enough."""
    once: bool = False
    """``shows`` tells a state, not a log: where it shows already, nothing is written."""
    makes: str = ""
    """invoice, credit_note, customer or item: ``Written.external_id`` names one, which is read into the mirror."""
    find: Callable[[Any, Order], str] | None = None
    """``find(adapter, order)``: the external id of what this order made before, "" when it made nothing."""
    removes: bool = False
    """It is in effect when what it concerns is gone."""
    proved: bool = False
    """Nothing shows it afterwards: only the answer to the write proves it."""
    repeatable: bool = False
    """Told twice it is as told once: a lost answer that nothing shows is told again, not left to a person."""


@dataclass(frozen=True)
class Login:
    """What a person typed to connect. ``user`` is Billogram's API user or the Billomat id."""

    secret: str = field(repr=False)
    user: str = ""
    base_url: str = ""


@dataclass(frozen=True)
class Hint:
    """What a hook names. Without an ``external_id`` there is nothing to read, and ``note`` says why."""

    event: str = ""
    """The service's own word."""
    kind: str = ""
    external_id: str = ""
    note: str = ""
    odd: bool = False
    """It could not be understood: its beginning is kept, and the source is read to find out."""
    call_id: str = ""
    """What tells the same hook sent twice, where the service names it; otherwise its body does."""


class Adapter(ABC):
    service: ClassVar[str]
    streams: ClassVar[tuple[str, ...]]
    """In the order in which they are walked; customers first."""
    page_size: ClassVar[int]
    """About how many rows a page has, to know how much a walk costs."""
    list_tells_all: ClassVar[bool]
    """Whether every change of a detail shows in its list row too; otherwise what waits is re-read each time."""
    cheap_walk: ClassVar[int] = 50
    """A whole walk of at most so many pages is always made; beyond that once a day."""
    resumable: ClassVar[bool] = False
    """Whether a whole walk that was cut off can go on where it was (``rest``)."""
    states: ClassVar[Mapping[str, str]] = {}
    """By the service's own word: the state that it is here."""
    unlisted_words: ClassVar[frozenset[str]] = frozenset()
    """The service's words for states that its lists never show."""
    narrowed_shows_open: ClassVar[bool] = False
    """Whether a narrowed walk shows everything still open, so that what it leaves out has moved on."""
    calls_per_second: ClassVar[float | None] = None
    """Our pace at the service's own host."""
    needs_user: ClassVar[str] = ""
    """What ``--user`` means here; empty where there is none."""

    word_after: ClassVar[Mapping[str, str]] = {
        "approve": APPROVED,
        "send": APPROVED,
        "complete": APPROVED,
        "reject": REJECTED,
        "reopen": WAITING,
    }
    """By kind of order: what the service says once it is in effect."""

    acts: ClassVar[Mapping[str, Act]] = {}
    """By name of the action: what this service can be told beside decisions."""

    proved_by_answer: ClassVar[frozenset[str]] = frozenset({"comment"})
    """Kinds of orders whose effect the answer to the write proves; our role may not be allowed to read it back."""

    def __init__(self, http: Http, login: Login) -> None:
        self.http = http
        self.login = login

    @staticmethod
    @abstractmethod
    def home(user: str) -> str:
        """The base URL of the real service."""

    @staticmethod
    @abstractmethod
    def http_options(login: Login) -> dict[str, Any]:
        """``headers``, ``auth`` and ``words`` for ``Http``."""

    @staticmethod
    def own_page(base_url: str, kind: str, external_id: str, payload: Mapping[str, Any]) -> str:
        """The document's page at the service itself, for a person's browser (pure); "" where none is known.

        ``payload``: what the service says of the document, as it was last read.
        """
        return ""

    own_page_is_the_customers: ClassVar[bool] = False
    """That page is the one the customer was given, not one of the account."""

    @abstractmethod
    def account(self) -> Account:
        """One call that proves the credentials. WrongCredentials, or another Failure."""

    def is_account(self, stored: str, known: Sequence[str]) -> bool:
        """Whether the credentials reach the account we know; ``known`` are some ids of invoices we have of it."""
        return not stored or self.account().external_id == stored

    @abstractmethod
    def pages(self, stream: str, since: datetime | None = None) -> Iterator[Page]:
        """Walk a list: whole, or with ``since`` as far as the service can narrow it to what may have changed."""

    def rest(self, stream: str, done: int) -> Iterator[Page]:
        """A whole walk from about where ``done`` rows were read, some of them again. Only where ``resumable``."""
        return self.pages(stream)

    @abstractmethod
    def entry_id(self, stream: str, entry: Any) -> str:
        """The external id of a row, "" when it has none. Never raises."""

    @abstractmethod
    def read(self, stream: str, entry: Any) -> CustomerRecord | InvoiceRecord | ItemRecord:
        """Translate one row (pure). Unreadable or AmountError when it cannot be."""

    @abstractmethod
    def detail(self, kind: str, external_id: str, row: Mapping[str, Any] | None = None) -> InvoiceRecord:
        """Everything about one document. Gone on 404. ``row``: its list row where it was just read."""

    @abstractmethod
    def customer(self, external_id: str) -> CustomerRecord:
        """One customer. Gone on 404."""

    def again(self, stream: str, external_id: str) -> CustomerRecord | InvoiceRecord | ItemRecord:
        """One object as its list row tells it, read by id. Gone on 404."""
        if stream == ITEMS:
            return self.item(external_id)
        if stream == CUSTOMERS:
            return self.customer(external_id)
        return self.detail(KIND_OF_STREAM[stream], external_id)

    def item(self, external_id: str) -> ItemRecord:
        """One item of the catalogue. Gone on 404. Only where ITEMS is among the streams."""
        raise NotImplementedError

    def choices(self) -> Mapping[str, Sequence[ChoiceRecord]]:
        """The lists a person chooses from, by kind; one that is closed to our key is left out."""
        return {}

    @abstractmethod
    def carry_out(self, order: Order) -> None:
        """Tell a decision once.

        Rejected with the service's words, LostAnswer, Unreachable, Throttled or WrongCredentials.
        """

    def write(self, order: Order) -> Written:
        """Write once, a decision or an act. Raises what ``carry_out`` raises."""
        if act := self.acts.get(order.kind):
            return act.write(self, order) or Written()
        self.carry_out(order)
        return Written()

    def in_effect(self, order: Order, record: Any) -> bool:
        """Whether a fresh record shows what the order asks for, whoever did it. ``record`` as in ``Act.shows``."""
        act = self.acts.get(order.kind)
        if act is None:
            return record.service_decision == self.word_after[order.kind]
        if act.makes:
            return record is not None and (act.shows is None or act.shows(order, record) > 0)
        return act.once and record is not None and act.shows is not None and act.shows(order, record) > 0

    def traces(self, order: Order, record: Any) -> int:
        """How often the object's own log says that this was done, also if it was taken back; 0 where none tells."""
        act = self.acts.get(order.kind)
        return 0 if act is None or act.makes or act.shows is None or record is None else act.shows(order, record)

    def came_through(self, order: Order, record: Any, before: int) -> bool:
        """Whether a write of ours shows; ``before`` are the traces that were there before it."""
        return self.in_effect(order, record) or (order.kind in self.acts and self.traces(order, record) > before)

    @abstractmethod
    def document(self, kind: str, external_id: str, variant: str = "") -> Document:
        """The document itself, or its variant. NotReady while it is being made, Gone when there is none.

        ``variant``: print, signed, or what a paper's PDF is asked for by (``PaperRecord.external_id``).
        """

    def report(self, name: str, data: Mapping[str, Any]) -> Document:
        """A report of the service. Gone when it has none of that name."""
        raise Gone(_now_("This service has no report of that name."))
