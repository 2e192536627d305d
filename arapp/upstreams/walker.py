"""One run over one source, under its lease: account, lists, what is missing, details."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.receivables import mirror
from arapp.receivables.models import Invoice
from arapp.receivables.money import AmountError
from arapp.receivables.oneline import one_line
from arapp.receivables.records import Unreadable
from arapp.upstreams import quarantine
from arapp.upstreams.base import INVOICES, STREAM_NAMES, Page
from arapp.upstreams.filling import STILL_MOVING, Filling
from arapp.upstreams.http import Failure, Rejected, Throttled
from arapp.upstreams.missing import Missing
from arapp.upstreams.models import PullRun
from arapp.upstreams.reading import (
    LONGEST_NAP,
    UNSTORABLE,
    LeaseLost,
    Progress,
    Reading,
    Stopped,
    Suspicious,
    nap,
)
from arapp.upstreams.streams import STREAMS, Record

__all__ = ["LONGEST_NAP", "LeaseLost", "Progress", "Stopped", "Suspicious", "Walker", "nap"]

log = logging.getLogger("arapp.pull")

WHOLE_EVERY = timedelta(hours=24)
CHEAP_WALK = 50
"""A walk of at most so many pages is always made whole, whatever the adapter would allow."""
OVERLAP = timedelta(hours=48)
CLOCKS_APART = timedelta(minutes=5)
"""Two machines may differ by so much; a walk that is further ahead was dated by a clock that was set back since."""
GOES_ON_WITHIN = timedelta(hours=24)
"""A whole walk that was cut off longer ago is begun anew."""
RUNS_LOOKED_AT = 50
TAKEN_UP = "taken up"
"""What a run that was cut off did, once another has gone on from there."""


@dataclass(frozen=True)
class Start:
    """Where a walk begins: at the top, or where an earlier one was cut off."""

    began: datetime
    stream: str = ""
    done: int = 0


class Walker(Reading):
    """The lists of one run, and what follows from them."""

    walked_whole = False

    def read(self) -> None:
        """The whole run. Failures stop it; what is stored by then stays."""
        self.seen: dict[str, set[str]] = {}
        self.judged: list[str] = []
        """The lists walked from top to end; of another one nothing is said to be missing."""
        self._take_up()
        self.check_account()
        agreed = self.options.accept_gone or self._consent() is not None
        whole = self.options.full or agreed or self._whole_is_due()
        start = self._start(whole, may_go_on=not (self.options.full or agreed))
        self._walk_lists(None if whole else self._since(), start)
        asked_all = self._follow_up(whole, agreed)
        self._stand(start.began, whole, forget_consent=agreed and asked_all)
        if whole and self.postponed is None:
            self._read_choices()
        if self.postponed is None:
            Filling(self).fill()
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

    def _take_up(self) -> None:
        if not self.lease.note(wanted_at=None, postponed_until=None):
            raise LeaseLost

    def _consent(self) -> datetime | None:
        """Since when a person has agreed, as the run found it, that what is missing is gone."""
        return self.lease.connection.accept_gone_at

    def _is_cheap(self) -> bool:
        pages = min(CHEAP_WALK, self.adapter.cheap_walk)
        return Invoice.objects.filter(source=self.source).count() <= pages * self.adapter.page_size

    def _whole_is_due(self) -> bool:
        walked = self.lease.connection.walked_at
        if walked is None or not -CLOCKS_APART <= timezone.now() - walked <= WHOLE_EVERY:
            return True
        return self._is_cheap()

    def _since(self) -> datetime:
        connection = self.lease.connection
        return min(connection.read_at or connection.walked_at, timezone.now()) - OVERLAP

    def _start(self, whole: bool, *, may_go_on: bool) -> Start:
        """Where to begin. What an earlier run has left of a whole walk becomes this one's, or is forgotten."""
        left = self._left_over()
        goes_on = whole and may_go_on and left is not None and self.adapter.resumable
        start = Start(self._began(left), left.doing, left.done) if goes_on else Start(self.run.started_at)
        self.run.full = whole
        with self.writing():
            stands = {"doing": start.stream, "done": start.done, "of": left.of if goes_on else 0}
            PullRun.objects.filter(pk=self.run.pk).update(full=whole, **stands)
            if left:
                PullRun.objects.filter(pk=left.pk).update(doing=TAKEN_UP if goes_on else "", done=0, of=0)
        return start

    def _began(self, left: PullRun) -> datetime:
        """When the walk began that ``left`` was in the midst of: it may have gone on from another run itself."""
        began = left.started_at
        for run in PullRun.objects.filter(source=self.source, pk__lt=left.pk, full=True).order_by("-id"):
            if run.doing != TAKEN_UP:
                break
            began = run.started_at
        return began

    def _left_over(self) -> PullRun | None:
        """The last run that was cut off in the midst of a list of a whole walk, if that is not long ago."""
        last = PullRun.objects.filter(source=self.source, pk__lt=self.run.pk).order_by("-id")[:RUNS_LOOKED_AT]
        since = timezone.now() - GOES_ON_WITHIN
        cut_off = (run for run in last if run.full and run.doing in self.adapter.streams)
        return next((run for run in cut_off if since <= run.started_at <= timezone.now()), None)

    def _walk_lists(self, since: datetime | None, start: Start) -> None:
        streams = list(self.adapter.streams)
        for stream in streams[streams.index(start.stream) if start.stream else 0 :]:
            self._walk_if_open(stream, since, start.done if stream == start.stream else 0)

    def _walk_if_open(self, stream: str, since: datetime | None, done: int) -> None:
        """A list our key may not read makes the run partial, unless it is one that not everybody has.

        Without the invoices there is no run.
        """
        try:
            self._walk(stream, since, done)
        except Rejected as refusal:
            if stream == INVOICES:
                raise
            known = self.known(stream)
            if known or STREAMS[stream].demanded:
                sentence = _("The list of %(list)s is closed to our key. %(refusal)s")
                closed = sentence % {"list": STREAM_NAMES[stream], "refusal": refusal}
                self.suspect(closed, doubtful=bool(known))

    def _walk(self, stream: str, since: datetime | None, done: int) -> None:
        seen = self.seen.setdefault(stream, set())
        began = asked_at = timezone.now()
        rest = self._rest(stream, done) if done >= self.adapter.page_size else None
        for page in rest or self.adapter.pages(stream, since):
            self._store(stream, page, seen, asked_at)
            asked_at = timezone.now()
        if since is None and rest is None:
            self.judged.append(stream)
            with self.writing():
                quarantine.clear_nameless(self.source, stream, began)
        if since is not None and not seen:
            self._doubt_empty(stream)

    def _rest(self, stream: str, done: int) -> Iterator[Page] | None:
        """What an earlier run has left of a list; None where it cannot be shown that nothing lies between."""
        pages = self.adapter.rest(stream, done)
        first = next(pages, None)
        entries = first.entries if first else ()
        if not entries or not self._has(stream, self.adapter.entry_id(stream, entries[0])):
            return None
        return chain([first], pages)

    def _has(self, stream: str, external_id: str) -> bool:
        return STREAMS[stream].rows(self.source).filter(external_id=external_id).exists()

    def _doubt_empty(self, stream: str) -> None:
        """However a walk is narrowed, it shows something of a list that has something."""
        words = self.adapter.unlisted_words
        count = sum(word not in words for _id, word in self.known(stream))
        if count:
            self.suspect(_empty(stream, count))

    def _store(self, stream: str, page: Page, seen: set[str], asked_at: datetime) -> None:
        """One page, what could not be read of it and how far that is, in one transaction under the lease."""
        readable: list[Record] = []
        done, total = 0, page.total or 0
        with self.writing():
            for entry in page.entries:
                external_id = self.adapter.entry_id(stream, entry) or quarantine.name_of(entry)
                self.counts.fetched += external_id not in seen
                seen.add(external_id)
                try:
                    readable.append(self.adapter.read(stream, entry))
                except (Unreadable, AmountError) as error:
                    self.set_aside(stream, external_id, entry, str(error))
            self.write(stream, readable, asked_at)
            done = len(seen) if page.done is None else page.done
            self.note(stream, done, total)
        self.tell(stream, done, total)

    def _follow_up(self, whole: bool, agreed: bool) -> bool:
        """What the lists did not show. Whether everything was asked for that had to be."""
        if whole:
            missing = Missing(self, {stream: self.seen[stream] for stream in self.judged}, agreed)
            missing.judge()
            return missing.complete
        if self.adapter.narrowed_shows_open:
            self._reread_moved_on()
        return True

    def _reread_moved_on(self) -> None:
        """What the mirror has open and a narrowed walk over everything open does not show is due for its details."""
        open_here = Invoice.objects.filter(source=self.source, gone_at=None, state__in=STILL_MOVING, detail_due=False)
        seen = self.seen.get(INVOICES, set())
        moved = [pk for pk, external_id in open_here.values_list("pk", "external_id") if external_id not in seen]
        with self.writing():
            mirror.want_details(moved)

    def _read_choices(self) -> None:
        """The lists a person chooses from; forms alone need them, so no run fails for them."""
        try:
            found = self.adapter.choices()
            with self.writing():
                mirror.write_choices(self.source, found)
        except Throttled as throttled:
            self.postponed = throttled
        except (Failure, *UNSTORABLE) as trouble:
            name = one_line(self.source.name)
            log.warning("The lists to choose from of %s were not read: %s", name, one_line(trouble))

    def _stand(self, began: datetime, whole: bool, *, forget_consent: bool) -> None:
        """The lists are read: from here on the next run may be a narrower one."""
        stands = {"read_at": began} | ({"walked_at": began} if whole else {})
        with self.writing():
            self.lease.note(**stands)
            self.note("", 0, 0)
            if forget_consent and self._consent():
                self.lease.note(only={"accept_gone_at": self._consent()}, accept_gone_at=None)
        self.walked_whole = whole


def _empty(stream: str, count: int) -> str:
    sentence = ngettext(
        "The list of %(list)s shows nothing at all, although %(count)d is known here. Nothing was marked as gone.",
        "The list of %(list)s shows nothing at all, although %(count)d are known here. Nothing was marked as gone.",
        count,
    )
    return sentence % {"list": STREAM_NAMES[stream], "count": count}
