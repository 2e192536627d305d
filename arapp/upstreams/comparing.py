"""What a service's lists tell beside what the mirror holds, object by object. Nothing of the mirror is written."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from arapp.receivables.models import Source, decimal_text
from arapp.receivables.money import AmountError, Money
from arapp.receivables.personal import masked
from arapp.receivables.records import CustomerRecord, InvoiceRecord, Unreadable
from arapp.receivables.rows import KEPT as KEPT_TEXTS
from arapp.upstreams import quarantine
from arapp.upstreams.base import KIND_OF_STREAM, STREAM_NAMES, Adapter, Gone
from arapp.upstreams.http import Failure, Rejected, Throttled
from arapp.upstreams.models import Quarantined
from arapp.upstreams.streams import AMOUNTS, STREAMS, Record

MISSING_HERE, MISSING_THERE, UNREAD = "missing here", "missing there", "could not be read"
CHECKED_AGAIN = 50
"""Objects of a list that are read once more by id before they are named."""
LEFT_OUT = 10
"""So many that are still there but not in the list make the list itself doubtful."""
KEPT = 500

Told = dict[str, Any]
"""Fields by name, amounts in smallest units; None where nothing is told."""
Progress = Callable[[str, int, int], None]


class Comparing:
    """One comparison: ``figures``, ``differences`` and ``notes`` fill as the lists are walked."""

    def __init__(self, source: Source, adapter: Adapter, renew: Callable[[], None], progress: Progress) -> None:
        self.source, self.adapter, self._renew, self._tell = source, adapter, renew, progress
        self.figures: list[dict[str, Any]] = []
        self.differences: list[dict[str, str]] = []
        self.notes: list[str] = []
        """Sentences about what could not be compared."""

    def run(self) -> None:
        """Documents before what they name in what is found. Failure where a service does not answer."""
        for stream in sorted(self.adapter.streams, key=lambda stream: stream not in KIND_OF_STREAM):
            try:
                List(self, stream).compare()
            except Rejected as refusal:
                if not STREAMS[stream].demanded and not STREAMS[stream].known(self.source):
                    continue
                sentence = _("The list of %(list)s is closed to our key. %(refusal)s")
                self.notes.append(sentence % {"list": STREAM_NAMES[stream], "refusal": refusal})

    def renew(self, what: str = "", done: int = 0, total: int = 0) -> None:
        self._renew()
        if what:
            self._tell(what, done, total)


class List:
    """One list on both sides."""

    def __init__(self, whole: Comparing, stream: str) -> None:
        self.whole, self.stream = whole, stream
        self.source, self.adapter = whole.source, whole.adapter
        self.told = STREAMS[stream]
        self.kind = self.told.kind
        self.here: dict[str, Told] = {}
        self.there: dict[str, Told] = {}
        self.unread: dict[str, str] = {}
        """Why, by id; they count as being there."""

    def compare(self) -> None:
        self.here = self._ours()
        for page in self.adapter.pages(self.stream):
            for entry in page.entries:
                self._take(entry)
            self.whole.renew(self.stream, len(self.there) + len(self.unread), page.total or 0)
        self._take_quarantined()
        self._check_again([key for key in self._keys() if key not in self.unread and self._fields(key)])
        self.whole.figures += self._figures()
        for key in self._keys():
            self.whole.differences += self._named(key)

    def _take(self, entry: Any) -> None:
        key = self.adapter.entry_id(self.stream, entry) or quarantine.name_of(entry)
        try:
            self.there[key] = told_by(self.stream, self.adapter.read(self.stream, entry))
            self.unread.pop(key, None)
        except (Unreadable, AmountError) as error:
            self.there.pop(key, None)
            self.unread[key] = str(error)

    def _take_quarantined(self) -> None:
        """What the list shows and a reading had to set aside, for example for its details."""
        waiting = Quarantined.objects.waiting().filter(source=self.source, stream=self.stream)
        for key, reason in waiting.values_list("external_id", "reason"):
            if key in self.there:
                self.unread[key] = reason
                del self.there[key]

    def _ours(self, *keys: str) -> dict[str, Told]:
        """What the mirror holds and does not know as gone: all, or these alone."""
        only = {"external_id__in": keys} if keys else {}
        rows = self.told.rows(self.source).filter(gone_at=None, **only)
        fields = self.told.compared
        names = ("customer__external_id" if name == "customer" else name for name in fields)
        held = rows.order_by().values_list("external_id", *names).iterator(chunk_size=2_000)
        return {key: dict(zip(fields, values, strict=True)) for key, *values in held}

    def _keys(self) -> list[str]:
        return sorted({*self.here, *self.there, *self.unread})

    def _fields(self, key: str) -> list[str]:
        """What differs: that one side lacks it, or the fields that the service tells otherwise."""
        if key in self.unread:
            return [UNREAD]
        if key not in self.here:
            return [MISSING_HERE] if key in self.there else []
        if key not in self.there:
            return [MISSING_THERE]
        mine, theirs = self.here[key], self.there[key]
        return [name for name, value in theirs.items() if value is not None and value != mine[name]]

    def _check_again(self, keys: list[str]) -> None:
        """What happened while the list was walked is no difference: both sides are read once more by id."""
        left_out = 0
        for key in keys[:CHECKED_AGAIN]:
            self.whole.renew()
            listed = key in self.there
            try:
                self._read_again(key)
            except Throttled:
                return
            except Rejected:
                continue
            left_out += not listed and key in self.there
            if left_out > LEFT_OUT:
                sentence = _("The list of %(list)s leaves out what is still there by id; nothing was compared.")
                raise Failure(sentence % {"list": STREAM_NAMES[self.stream]})

    def _read_again(self, key: str) -> None:
        before = self.there.pop(key, None)
        try:
            now = told_by(self.stream, self.adapter.again(self.stream, key))
            # The list alone says which fields are compared; a detail tells more.
            self.there[key] = {name: now[name] for name in before or now if not before or before[name] is not None}
        except Gone:
            pass
        except (Unreadable, AmountError) as error:
            self.unread[key] = str(error)
        except Failure:
            if before is not None:
                self.there[key] = before
            raise
        self.here.pop(key, None)
        self.here |= self._ours(key)

    def _figures(self) -> list[dict[str, Any]]:
        """Counts and sums by currency; those of unread ones cannot be added up."""
        told = [each.get("currency") or "" for each in (*self.here.values(), *self.there.values())]
        unread = [""] if self.unread else []
        return [
            {
                "kind": self.kind,
                "currency": currency,
                "here": _sums(self.here.values(), currency),
                "there": _sums(self.there.values(), currency, 0 if currency else len(self.unread)),
            }
            for currency in sorted({*told, *unread} or {""})
        ]

    def _named(self, key: str) -> list[dict[str, str]]:
        mine, theirs = self.here.get(key, {}), self.there.get(key, {})
        known = {
            "kind": self.kind,
            "external_id": key,
            "number": mine.get("number") or theirs.get("number") or "",
        }
        return [known | {"what": what, **self._values(what, key, mine, theirs)} for what in self._fields(key)]

    def _values(self, what: str, key: str, mine: Told, theirs: Told) -> dict[str, str]:
        if what == UNREAD:
            return {"here": _summary(mine), "there": self.unread[key]}
        if what in (MISSING_HERE, MISSING_THERE):
            return {"here": _summary(mine), "there": _summary(theirs)}
        return {"here": _shown(what, mine), "there": _shown(what, theirs | {"currency": _currency(theirs, mine)})}


def told_by(stream: str, record: Record) -> Told:
    """The fields of a record as the mirror would store them, None for what it does not tell."""
    fields = STREAMS[stream].compared
    told = {name: _as_stored(stream, name, getattr(record, name)) for name in fields}
    if isinstance(record, InvoiceRecord):
        told["due_date"] = None if record.due_by_terms else record.due_date
    return told


def _as_stored(stream: str, name: str, value: Any) -> Any:
    """In the mirror's own terms; text cut to its column, and a name or number never emptied."""
    if isinstance(value, Money):
        return value.minor
    if isinstance(value, CustomerRecord):
        return value.external_id
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, str):
        limit = STREAMS[stream].model._meta.get_field(name).max_length
        return None if value == "" and name in KEPT_TEXTS else value[:limit]
    return value


def _sums(rows: Iterable[Told], currency: str, unread: int = 0) -> dict[str, Any]:
    """``count``, and ``gross`` and ``open`` in major units where there is a currency."""
    found = [row for row in rows if (row.get("currency") or "") == currency]
    sums: dict[str, Any] = {"count": len(found) + unread}
    for name in AMOUNTS if currency else ():
        sums[name] = Money(sum(row.get(name) or 0 for row in found), currency).plain()
    return sums


def _currency(told: Told, other: Told) -> str:
    return told.get("currency") or other.get("currency") or ""


def _shown(name: str, told: Told) -> str:
    value, currency = told.get(name), told.get("currency")
    if name == "org_no":
        return masked(value or "")
    if name in AMOUNTS and value is not None and currency:
        return Money(value, currency).plain()
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def _summary(told: Told) -> str:
    """What tells an object at a glance: its amount, or a customer's name."""
    if told.get("currency") and told.get("gross") is not None:
        return str(Money(told["gross"], told["currency"]))
    return told.get("name") or ""
