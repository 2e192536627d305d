"""Details of what is new or changed, as long as the run's time and the rate budget last."""

import time
from datetime import datetime

from django.db.models import Case, F, IntegerField, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.receivables.models import Invoice
from arapp.receivables.money import AmountError
from arapp.receivables.records import COLLECTION, DRAFT, OPEN, WAITING, InvoiceRecord, Unreadable
from arapp.upstreams.base import KIND_OF_STREAM, STREAM_OF_KIND, Gone, NotReady
from arapp.upstreams.http import Failure, Rejected, Throttled, TooMuchTrouble
from arapp.upstreams.models import Quarantined
from arapp.upstreams.reading import PASSING, TROUBLES_IN_A_ROW, Reading

LASTS = 240.0
"""Seconds for which one run reads details; the rest waits for the next run."""
BATCH = 25
BATCH_LASTS = 5.0
"""Seconds of work that a process killed in the midst of it may lose."""
DETAILS = "details"
STILL_MOVING = (DRAFT, OPEN, COLLECTION)


class Filling:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.found: list[InvoiceRecord] = []
        self.asked_at = timezone.now()
        self.began = time.monotonic()
        self.troubles = 0

    def fill(self) -> None:
        """What the calls do not reach waits for the next run. Failure where the service fails one after the other."""
        due = self.due()
        until = time.monotonic() + LASTS
        done = 0
        try:
            for kind, external_id in due:
                self._read(kind, external_id)
                done += 1
                if len(self.found) >= BATCH or time.monotonic() - self.began > BATCH_LASTS:
                    self._store(done, len(due))
                self.reading.tell(DETAILS, done, len(due))
                if time.monotonic() > until:
                    break
        except Failure as failure:
            self._store(done, len(due))
            if isinstance(failure, TooMuchTrouble) or not isinstance(failure, Throttled):
                raise
            self.reading.postponed = failure
        else:
            self._store(done, len(due))

    def due(self) -> list[tuple[str, str]]:
        """New or changed before what is only looked at again; in each what waits for a decision first, then what is
        owed, then the rest. What made trouble comes last of all, so that it is in nobody's way.
        """
        source, adapter = self.reading.source, self.reading.adapter
        rows = Invoice.objects.filter(source=source, gone_at=None)
        wanted = rows.filter(detail_due=True)
        if not adapter.list_tells_all:
            wanted = rows if self.reading.options.full else wanted | rows.filter(service_decision=WAITING)
        matters = Case(
            When(service_decision=WAITING, then=Value(0)),
            When(state__in=STILL_MOVING, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        ordered = wanted.order_by("-detail_due", matters, F("detailed_at").asc(nulls_first=True), "-created_at")
        odd = set(Quarantined.objects.waiting().filter(source=source).values_list("stream", "external_id"))
        found = list(ordered.values_list("kind", "external_id"))
        return sorted(found, key=lambda each: (STREAM_OF_KIND[each[0]], each[1]) in odd)

    def _read(self, kind: str, external_id: str) -> None:
        """Nothing where there is none now; a 404 alone marks nothing gone, the next whole walk judges it."""
        stream = STREAM_OF_KIND[kind]
        if not self.found:
            self.asked_at, self.began = timezone.now(), time.monotonic()
        try:
            self.found.append(self.reading.adapter.detail(kind, external_id))
            self.troubles = 0
        except (Gone, NotReady):
            return
        except (Unreadable, AmountError) as error:
            self._set_aside(stream, external_id, getattr(error, "payload", None), str(error))
        except (Rejected, *PASSING) as trouble:
            self._set_aside(stream, external_id, getattr(trouble, "payload", None), str(trouble))
            self.troubles += 1
            if self.troubles >= TROUBLES_IN_A_ROW:
                sentence = _("One document after the other cannot be read. %(why)s")
                raise Failure(sentence % {"why": trouble}) from trouble

    def _set_aside(self, stream: str, external_id: str, payload: object, reason: str) -> None:
        with self.reading.writing():
            self.reading.set_aside(stream, external_id, payload, reason)

    def _store(self, done: int, of: int) -> None:
        store_details(self.reading, self.found, self.asked_at, done, of)
        self.found, self.began = [], time.monotonic()


def store_details(reading: Reading, found: list[InvoiceRecord], asked_at: datetime, done: int, of: int) -> None:
    """A batch, as of the moment its first detail was asked for: what was stored since then is newer and stays."""
    if not of:
        return
    with reading.writing():
        for stream, kind in KIND_OF_STREAM.items():
            reading.write(stream, [record for record in found if record.kind == kind], asked_at)
        reading.note(DETAILS, done, of)
