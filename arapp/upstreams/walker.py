"""One run over one source, under its lease: account, lists, what is missing, details."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.receivables import mirror
from arapp.receivables.models import Customer, Invoice, Source
from arapp.receivables.money import AmountError
from arapp.receivables.records import COLLECTION, DRAFT, OPEN, CustomerRecord, InvoiceRecord, Unreadable
from arapp.upstreams import quarantine
from arapp.upstreams.base import CUSTOMERS, INVOICES, KIND_OF_STREAM, STREAM_NAMES, Adapter, Gone, Page
from arapp.upstreams.http import Failure, Rejected, Throttled
from arapp.upstreams.models import Connection, PullRun

if TYPE_CHECKING:
    from arapp.upstreams.pull import Options

WHOLE_EVERY = timedelta(hours=24)
CHEAP_WALK = 50
"""A walk of at most so many pages is always made whole."""
OVERLAP = timedelta(hours=48)
ASKED_BY_ID = 50
DETAIL_SECONDS = 240.0
"""How long one run reads details; the rest waits for the next run."""
DETAIL_BATCH = 25
KNOWN_IDS = 5_000
LONGEST_NAP = 15.0
STILL_MOVING = (DRAFT, OPEN, COLLECTION)

Progress = Callable[[str, int, int], None]
"""What is being read, how many are done, how many there are (0 while that is not known)."""


def nap(seconds: float) -> None:
    time.sleep(seconds)


class LeaseLost(Exception):
    """Another run has taken over; what this one was about to write is rolled back."""


class Stopped(Exception):
    """The worker was told to end."""


class Suspicious(Failure):
    """The answers look as if something were wrong at the service; nothing was marked gone."""


@dataclass
class Counts:
    fetched: int = 0
    created: int = 0
    changed: int = 0
    gone: int = 0
    quarantined: int = 0


class Walker:
    """One run under its lease: accounts, lists, what is missing, details."""

    def __init__(self, source: Source, adapter: Adapter, renew: Callable[[], bool], options: "Options") -> None:
        self.source, self.adapter = source, adapter
        self._renew, self.options = renew, options
        self.counts = Counts()
        self.seen: dict[str, set[str]] = {}
        self.answered: dict[str, None] = {}
        """The lists that answered, in order; one that is closed to our key says nothing about what is missing."""
        self.suspicions: list[str] = []
        self.walked_whole = False

    def read(self, run: PullRun) -> None:
        """The whole run. Failures stop it; what is stored by then stays."""
        began = run.started_at
        Connection.objects.filter(source=self.source).update(wanted_at=None, postponed_until=None)
        self._check_account()
        whole = self.options.full or self._whole_is_due()
        run.full = whole
        since = None if whole else self._since()
        for stream in self.adapter.streams:
            self._walk_if_open(stream, since)
        if whole:
            for stream in self.answered:
                self._ask_for_missing(stream)
        elif self.adapter.narrowed_shows_open:
            self._reread_moved_on()
        self.walked_whole = whole
        stands = {"read_at": began} | ({"walked_at": began} if whole else {})
        Connection.objects.filter(source=self.source).update(**stands)
        self._read_details()
        if self.suspicions:
            raise Suspicious(" ".join(self.suspicions))

    def sleep(self, seconds: float) -> None:
        """Wait, and keep the lease meanwhile."""
        while seconds > 0:
            self.renew()
            pause = self.options.stop.wait if self.options.stop else nap
            pause(min(seconds, LONGEST_NAP))
            seconds -= LONGEST_NAP
        self.renew()

    def renew(self) -> None:
        """Before anything is written: LeaseLost when another run has taken over, Stopped when told to end."""
        if self.options.stop and self.options.stop.is_set():
            raise Stopped
        if not self._renew():
            raise LeaseLost

    def _tell(self, what: str, done: int, total: int) -> None:
        if self.options.progress:
            self.options.progress(what, done, total)

    def _check_account(self) -> None:
        newest = Invoice.objects.filter(source=self.source, gone_at=None).order_by("-created_at")
        known = list(newest.values_list("external_id", flat=True)[:KNOWN_IDS])
        if not self.adapter.is_account(self.source.account, known):
            raise Failure(_("The stored credentials now reach another account. Nothing was read; connect it anew."))

    def _whole_is_due(self) -> bool:
        walked = self.source.connection.walked_at
        if walked is None or timezone.now() - walked > WHOLE_EVERY:
            return True
        return Invoice.objects.filter(source=self.source).count() <= CHEAP_WALK * self.adapter.page_size

    def _since(self) -> datetime:
        return (self.source.connection.read_at or self.source.connection.walked_at) - OVERLAP

    def _walk_if_open(self, stream: str, since: datetime | None) -> None:
        """A list our key may not read makes the run partial; without the invoices there is no run."""
        try:
            self._walk(stream, since)
        except Rejected as refusal:
            if stream == INVOICES:
                raise
            self.answered.pop(stream, None)
            sentence = _("The list of %(list)s is closed to our key. %(refusal)s")
            self.suspicions.append(sentence % {"list": STREAM_NAMES[stream], "refusal": refusal})

    def _walk(self, stream: str, since: datetime | None) -> None:
        seen = self.seen.setdefault(stream, set())
        began = asked_at = timezone.now()
        for page in self.adapter.pages(stream, since):
            self.answered.setdefault(stream)
            self._store(stream, page, seen, asked_at)
            self._tell(stream, len(seen), page.total or 0)
            asked_at = timezone.now()
        if since is None:
            quarantine.clear_nameless(self.source, stream, began)

    def _store(self, stream: str, page: Page, seen: set[str], asked_at: datetime) -> None:
        """One page and what could not be read of it, in one transaction under the lease."""
        readable: list[CustomerRecord | InvoiceRecord] = []
        with transaction.atomic():
            self.renew()
            for entry in page.entries:
                external_id = self.adapter.entry_id(stream, entry) or quarantine.name_of(entry)
                self.counts.fetched += external_id not in seen
                seen.add(external_id)
                try:
                    readable.append(self.adapter.read(stream, entry))
                except (Unreadable, AmountError) as error:
                    self._set_aside(stream, external_id, entry, str(error))
            self._write(stream, readable, asked_at)

    def _set_aside(self, stream: str, external_id: str, payload: Any, reason: str) -> None:
        quarantine.put(self.source, stream, external_id, payload, reason)
        self.counts.quarantined += 1

    def _write(self, stream: str, found: Sequence[CustomerRecord | InvoiceRecord], asked_at: datetime) -> None:
        """Store records; one that cannot be stored is set aside and does not take the others with it.

        What is stored is cleared from quarantine.
        """
        write = mirror.write_customers if stream == CUSTOMERS else mirror.write_invoices
        try:
            tally = write(self.source, found, asked_at)
        except (DataError, IntegrityError, OverflowError, RecursionError) as error:
            if len(found) > 1:
                for record in found:
                    self._write(stream, [record], asked_at)
            else:
                payload = getattr(found[0], "detail", None) or found[0].payload
                reason = _("The desk cannot store it: %(problem)s") % {"problem": error}
                self._set_aside(stream, found[0].external_id, payload, reason)
            return
        self.counts.created += tally.created
        self.counts.changed += tally.changed
        quarantine.clear(self.source, stream, [record.external_id for record in found])

    def _ask_for_missing(self, stream: str) -> None:
        """What a whole walk did not show is asked for by id; only a 404 means gone, and not too many at once."""
        known = self._known(stream)
        missing = [external_id for external_id in known if external_id not in self.seen[stream]]
        asked = missing if self.options.accept_gone else missing[:ASKED_BY_ID]
        gone = self._not_found(stream, asked)
        limit = max(10, len(known) // 10)
        if len(asked) - len(gone) > limit:
            self.suspicions.append(_left_out(stream, len(asked) - len(gone)))
        if gone and len(missing) > limit and not self.options.accept_gone:
            self.suspicions.append(_missing(stream, len(missing), len(known), self.source.name))
            return
        self.counts.gone += self._mark_gone(stream, gone)

    def _not_found(self, stream: str, external_ids: Sequence[str]) -> list[str]:
        """Those the service answers 404 for; the others are refreshed."""
        gone = []
        for external_id in external_ids:
            self.renew()
            asked_at = timezone.now()
            try:
                self._write(stream, [self._fetch(stream, external_id)], asked_at)
            except Gone:
                gone.append(external_id)
            except (Unreadable, AmountError, Rejected) as error:
                self._set_aside(stream, external_id, getattr(error, "payload", None), str(error))
        return gone

    def _reread_moved_on(self) -> None:
        """What the mirror has open and a narrowed walk over everything open does not show is due for its details."""
        open_here = Invoice.objects.filter(source=self.source, gone_at=None, state__in=STILL_MOVING, detail_due=False)
        seen = self.seen.get(INVOICES, set())
        moved = [pk for pk, external_id in open_here.values_list("pk", "external_id") if external_id not in seen]
        mirror.want_details(moved)

    def _known(self, stream: str) -> list[str]:
        rows = (
            Customer.objects.filter(source=self.source, gone_at=None, brief=False)
            if stream == CUSTOMERS
            else Invoice.objects.filter(source=self.source, gone_at=None, kind=KIND_OF_STREAM[stream])
        )
        return list(rows.order_by("id").values_list("external_id", flat=True))

    def _fetch(self, stream: str, external_id: str) -> CustomerRecord | InvoiceRecord:
        if stream == CUSTOMERS:
            return self.adapter.customer(external_id)
        return self.adapter.detail(KIND_OF_STREAM[stream], external_id)

    def _mark_gone(self, stream: str, external_ids: list[str]) -> int:
        if stream == CUSTOMERS:
            return mirror.mark_customers_gone(self.source, external_ids, timezone.now())
        return mirror.mark_gone(self.source, KIND_OF_STREAM[stream], external_ids, timezone.now())

    def _read_details(self) -> None:
        """Lines, events and so on of what is new or changed, as long as the run's time and the rate budget last."""
        due = self._details_due()
        until = time.monotonic() + DETAIL_SECONDS
        found: list[InvoiceRecord] = []
        asked_at = timezone.now()
        for done, (kind, external_id) in enumerate(due, 1):
            try:
                record = self._detail(kind, external_id)
            except Throttled:
                break
            if record:
                found.append(record)
            if len(found) >= DETAIL_BATCH:
                self._store_details(found, asked_at)
                found, asked_at = [], timezone.now()
            self._tell("details", done, len(due))
            if time.monotonic() > until:
                break
        self._store_details(found, asked_at)

    def _details_due(self) -> list[tuple[str, str]]:
        rows = Invoice.objects.filter(source=self.source, gone_at=None)
        wanted = rows.filter(detail_due=True)
        if not self.adapter.list_tells_all:
            wanted = rows if self.options.full else wanted | rows.filter(service_decision="waiting")
        return list(wanted.order_by("detailed_at", "-created_at").values_list("kind", "external_id"))

    def _detail(self, kind: str, external_id: str) -> InvoiceRecord | None:
        """None where there is none now; a 404 alone marks nothing gone, the next whole walk judges it."""
        stream = next(s for s, k in KIND_OF_STREAM.items() if k == kind)
        try:
            return self.adapter.detail(kind, external_id)
        except Gone:
            return None
        except (Unreadable, AmountError, Rejected) as error:
            self._set_aside(stream, external_id, getattr(error, "payload", None), str(error))
        return None

    def _store_details(self, found: list[InvoiceRecord], asked_at: datetime) -> None:
        """A batch, as of the moment its first detail was asked for: what was stored since then is newer and stays."""
        if not found:
            return
        with transaction.atomic():
            self.renew()
            for stream, kind in KIND_OF_STREAM.items():
                self._write(stream, [record for record in found if record.kind == kind], asked_at)


def _left_out(stream: str, count: int) -> str:
    sentence = ngettext(
        "The list of %(list)s leaves out %(count)d that is still there.",
        "The list of %(list)s leaves out %(count)d that are still there.",
        count,
    )
    return sentence % {"list": STREAM_NAMES[stream], "count": count}


def _missing(stream: str, count: int, known: int, source: str) -> str:
    sentence = ngettext(
        "%(count)d of %(known)d %(list)s is missing, and those asked for are not found any more. "
        "Nothing was marked as gone; if that is right, run: sync %(source)s --accept-gone",
        "%(count)d of %(known)d %(list)s are missing, and those asked for are not found any more. "
        "Nothing was marked as gone; if that is right, run: sync %(source)s --accept-gone",
        count,
    )
    return sentence % {"list": STREAM_NAMES[stream], "count": count, "known": known, "source": source}
