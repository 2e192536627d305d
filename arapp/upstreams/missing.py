"""What a whole walk did not show: asked for by id, and marked gone where the service says so, but not too much."""

import random
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.receivables.money import AmountError
from arapp.receivables.records import Unreadable
from arapp.upstreams import quarantine
from arapp.upstreams.base import STREAM_NAMES, Gone, NotReady
from arapp.upstreams.http import Rejected, Throttled, TooMuchTrouble
from arapp.upstreams.reading import PASSING, TROUBLES_IN_A_ROW, Reading
from arapp.upstreams.streams import STREAMS

ASKED_BY_ID = 50
"""In one run, over all its lists."""


def limit_of(known: int) -> int:
    """So many may be gone in one run without a person's consent."""
    return max(10, known // 10)


@dataclass
class Absent:
    """One list: what the mirror knows of it and the walk did not show."""

    stream: str
    known: int
    seen: int
    ids: list[str]
    gone: list[str] = field(default_factory=list)
    """A 404 by id."""
    there: set[str] = field(default_factory=set)
    """Answered by id."""
    hidden: set[str] = field(default_factory=set)
    """In a state that the service's lists never show."""

    @property
    def doubted(self) -> int:
        """How many may be gone: those with a 404, and those that were not asked for yet."""
        return len(self.ids) - len(self.there | self.hidden)

    @property
    def left_out(self) -> bool:
        """Whether the list itself looks wrong: it lacks much of what is still there."""
        there = self.there - self.hidden
        many = len(self.ids) - len(self.hidden) > limit_of(self.known)
        return bool(there) and (many or not self.seen)


class Missing:
    def __init__(self, reading: Reading, seen: dict[str, set[str]], consent: bool) -> None:
        self.reading, self.consent = reading, consent
        self.absent = [self._absent(stream, shown) for stream, shown in seen.items()]
        self.troubles = 0
        self.complete = True
        """Whether everything was asked for that had to be."""

    def judge(self) -> None:
        """Ask, and mark gone what may be. What is marked, and what waits for consent, is counted."""
        self._ask(self._chosen())
        for each in self.absent:
            if each.left_out:
                self.reading.suspect(_left_out(each.stream, len(each.ids) - len(each.hidden)))
        if not self.consent:
            self._check_limits()
            if not self.reading.doubtful:
                self._mark()

    def _absent(self, stream: str, shown: set[str]) -> Absent:
        """What could never be read is asked for too, so that it does not wait for ever once it is gone."""
        known = self.reading.known(stream)
        aside = quarantine.ids_waiting(self.reading.source, stream)
        ids = list(dict.fromkeys(external_id for external_id in [*dict(known), *aside] if external_id not in shown))
        words = self.reading.adapter.unlisted_words
        hidden = {external_id for external_id, word in known if word in words and external_id not in shown}
        return Absent(stream, len(known), len(shown), ids, hidden=hidden)

    def _chosen(self) -> list[tuple[Absent, str]]:
        """Some by chance, so that in the end each is asked for; with consent all of them."""
        pairs = [(each, external_id) for each in self.absent for external_id in each.ids]
        if self.consent or len(pairs) <= ASKED_BY_ID:
            return pairs
        return random.sample(pairs, ASKED_BY_ID)

    def _ask(self, chosen: Iterable[tuple[Absent, str]]) -> None:
        for each, external_id in chosen:
            self.reading.renew()
            try:
                self._ask_one(each, external_id)
            except TooMuchTrouble:
                raise
            except Throttled as throttled:
                self.reading.postponed = throttled
                self.complete = False
                break
            if self.troubles >= TROUBLES_IN_A_ROW:
                self.complete = False
                self.reading.suspect(_("What the lists do not show cannot be asked for by id at the moment."))
                break
            if self.consent and sum(len(one.gone) for one in self.absent) >= ASKED_BY_ID:
                self._mark()
        if self.consent:
            self._mark()

    def _ask_one(self, each: Absent, external_id: str) -> None:
        """What answers is refreshed."""
        asked_at = timezone.now()
        try:
            record = self.reading.adapter.again(each.stream, external_id)
        except Gone:
            each.gone.append(external_id)
            self.troubles = 0
            return
        except NotReady:
            return
        except (Unreadable, AmountError, Rejected) as error:
            each.there.add(external_id)
            self.troubles += isinstance(error, Rejected)
            with self.reading.writing():
                self.reading.set_aside(each.stream, external_id, getattr(error, "payload", None), str(error))
            return
        except PASSING:
            self.troubles += 1
            return
        each.there.add(external_id)
        self.troubles = 0
        with self.reading.writing():
            self.reading.write(each.stream, [record], asked_at)

    def _check_limits(self) -> None:
        """Each list for itself, and all of them together."""
        over = [each for each in self.absent if each.gone and each.doubted > limit_of(each.known)]
        some = [each for each in self.absent if each.gone]
        total = sum(each.doubted for each in some)
        if not over and total > limit_of(sum(each.known for each in self.absent)):
            over = some
        self.reading.counts.missing = sum(each.doubted for each in over)
        for each in over:
            self.reading.suspect(_missing(each.stream, each.doubted, each.known, self.reading.source.name))

    def _mark(self) -> None:
        """Once more we make sure whose account it is: in another one nothing of ours is found."""
        if not any(each.gone for each in self.absent):
            return
        self.reading.check_account()
        with self.reading.writing():
            for each in self.absent:
                self.reading.counts.gone += self._mark_gone(each.stream, each.gone)
        for each in self.absent:
            each.ids = [external_id for external_id in each.ids if external_id not in set(each.gone)]
            each.gone = []

    def _mark_gone(self, stream: str, external_ids: list[str]) -> int:
        """What is gone cannot be read any more either, whatever was wrong with it."""
        source = self.reading.source
        quarantine.clear(source, stream, external_ids)
        return STREAMS[stream].mark_gone(source, external_ids, timezone.now())


def _left_out(stream: str, count: int) -> str:
    sentence = ngettext(
        "The list of %(list)s leaves out %(count)d that is known here, and what was asked for by id is still there.",
        "The list of %(list)s leaves out %(count)d that are known here, and what was asked for by id is still there.",
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
    return sentence % {"list": STREAM_NAMES[stream], "count": count, "known": known, "source": shlex.quote(source)}
