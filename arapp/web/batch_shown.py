"""A decision on many invoices as its page tells it: what it would do, how far it is, what became of each row.

Every part is asked of the database once, and only when the page shows it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby, islice

from django.db.models import Count, F, Min, QuerySet, Sum, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from arapp.approvals.batches import Batch, BatchRow, Phase, Result
from arapp.outbox.models import Intent
from arapp.receivables.money import Money
from arapp.web.batch_words import (
    asks_words,
    decides_words,
    doubles_words,
    ended_words,
    left_words,
    looks_words,
    receivers_words,
    sends_words,
    stopped_words,
    sure_words,
)
from arapp.web.held import MOVING, held_up
from arapp.web.shown import whole

ROWS = 200
"""Rows that a page names of each kind; the download has them all."""
REASONS = 12
"""Reasons that a page names."""


NAMED = tuple(
    f"invoice__{name}" for name in "number short_id external_id kind customer__name customer__external_id".split()
)
"""What an invoice and its customer are called by."""


@dataclass
class Effect:
    """Rows with the same effect. ``receivers`` are the first of ``to`` many."""

    words: str
    sends: bool
    count: int = 0
    sums: list[Money] = field(default_factory=list)
    to: int = 0
    receivers: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """The effect, with its receiver or how many they are."""
        if not self.to:
            return self.words
        one = self.receivers[0] if self.to == 1 and self.receivers else ""
        return self.words % {"receiver": one or receivers_words(self.to)}

    @property
    def named(self) -> list[str]:
        return self.receivers if self.to > 1 else []

    @property
    def unnamed(self) -> int:
        return self.to - len(self.receivers)


@dataclass
class Reason:
    """Rows that are refused for the same reason; ``rows`` are the first of ``count`` many."""

    words: str
    count: int
    rows: list[BatchRow] = field(default_factory=list)

    @property
    def unnamed(self) -> int:
        return self.count - len(self.rows)


@dataclass
class BatchPage:
    """``mine``: whether the person who looks is the one who goes on with it."""

    batch: Batch
    mine: bool
    problem: str = ""
    typed: str = ""

    @cached_property
    def _counts(self) -> Counter[tuple[str, str]]:
        """How many rows, by result and the reason of what is refused."""
        found = self.batch.rows.order_by().values_list("result", "reason").annotate(n=Count("*"))
        return Counter({(result, reason): n for result, reason, n in found})

    def _count(self, result: str) -> int:
        return sum(n for (found, _reason), n in self._counts.items() if found == result)

    @property
    def possible(self) -> int:
        return self._count(Result.POSSIBLE)

    @property
    def done(self) -> int:
        return self._count(Result.DONE)

    @property
    def refused(self) -> int:
        return self._count(Result.REFUSED)

    # How far it is

    @property
    def looks(self) -> bool:
        return self.batch.phase == Phase.LOOKING

    @property
    def asks(self) -> bool:
        return self.batch.phase == Phase.READY

    @property
    def ended(self) -> bool:
        return self.batch.phase in (Phase.DONE, Phase.STOPPED)

    @property
    def stopped(self) -> bool:
        return self.batch.phase == Phase.STOPPED

    @property
    def reached(self) -> int:
        return self.batch.total - self._count(Result.WAITING) if self.looks else self.done

    @property
    def goal(self) -> int:
        return self.batch.total if self.looks else self.done + self.possible

    @property
    def progress(self) -> str:
        """“320 of 1,187”."""
        return _("%(n)s of %(of)s") % {"n": whole(self.reached), "of": whole(self.goal)}

    @property
    def tenth(self) -> int:
        return 10 * self.reached // self.goal if self.goal else 10

    @property
    def heading(self) -> str:
        if self.looks:
            return looks_words(self.batch.total)
        if self.asks:
            return asks_words(self.batch.action, self.possible)
        if self.stopped:
            return stopped_words(self.batch.action, self.done, self.refused, self.possible)
        if self.ended:
            return ended_words(self.batch.action, self.done, self.refused)
        return decides_words(self.batch.action, self.goal)

    @property
    def button(self) -> str:
        """The effect as a verb."""
        if self.sending:
            return sends_words(self.possible, self.sending)
        return asks_words(self.batch.action, self.possible)

    @property
    def left(self) -> str:
        """“Go on with the other 855”; "" when none is left."""
        return left_words(self.possible) if self.possible else ""

    # What it does

    @cached_property
    def effects(self) -> list[Effect]:
        """The effects on what can be decided, or on what was; most rows first."""
        found: dict[str, Effect] = {}
        kept = self._decided().order_by().values("effect", "sends", "invoice__currency")
        for row in kept.annotate(n=Count("*"), gross=Sum("invoice__gross")):
            effect = found.setdefault(row["effect"], Effect(row["effect"], row["sends"]))
            effect.count += row["n"]
            if row["gross"] is not None and row["invoice__currency"]:
                effect.sums.append(Money(int(row["gross"]), row["invoice__currency"]))
        self._name_receivers(found)
        return sorted((one for one in found.values() if one.words), key=lambda one: -one.count)

    def _name_receivers(self, found: dict[str, Effect]) -> None:
        told = self._decided().exclude(receiver="").order_by()
        for words, count in told.values_list("effect").annotate(n=Count("receiver", distinct=True)):
            found[words].to = count
        named = told.values_list("effect", "receiver").distinct().order_by("effect", "receiver")
        for words, receiver in named[:ROWS] if self.asks else ():
            found[words].receivers.append(receiver)

    def _decided(self) -> QuerySet[BatchRow]:
        return self.batch.rows.filter(result=Result.POSSIBLE if self.asks else Result.DONE)

    @property
    def sums(self) -> list[Money]:
        """Gross of what can be decided, or was, per currency."""
        return _added(amount for effect in self.effects for amount in effect.sums)

    @property
    def sending(self) -> int:
        """How many go out to customers."""
        return sum(effect.count for effect in self.effects if effect.sends)

    @property
    def sure(self) -> str:
        """What is asked once more: effect, amount and receivers."""
        sending = [effect for effect in self.effects if effect.sends]
        amounts = _added(amount for effect in sending for amount in effect.sums)
        return sure_words(self.sending, " + ".join(map(str, amounts)), sum(effect.to for effect in sending))

    @cached_property
    def doubles(self) -> list[BatchRow]:
        return list(self._with_names(self.batch.rows.filter(result=Result.POSSIBLE, double=True))[: ROWS + 1])

    @property
    def doubles_words(self) -> str:
        """How many look like duplicates; "" when none does."""
        if not self.doubles:
            return ""
        return doubles_words(len(self.doubles), ROWS)

    # What became of the rows

    @cached_property
    def reasons(self) -> list[Reason]:
        """Why rows are refused, the most frequent first, with the first rows of each."""
        rows = self.batch.rows.filter(result=Result.REFUSED)
        counted = ((words, n) for (result, words), n in self._counts.most_common() if result == Result.REFUSED)
        found = {words: Reason(words, n) for words, n in islice(counted, REASONS)}
        place = Window(RowNumber(), partition_by=F("reason"), order_by=F("id").asc())
        first = rows.filter(reason__in=list(found)).annotate(place=place).filter(place__lte=ROWS)
        for words, some in groupby(self._with_names(first).order_by("reason", "id"), key=lambda row: row.reason):
            found[words].rows = list(some)
        return list(found.values())

    @property
    def other_reasons(self) -> int:
        """Refused rows whose reasons are not named."""
        return self.refused - sum(reason.count for reason in self.reasons)

    @cached_property
    def done_rows(self) -> list[BatchRow]:
        return list(self._with_names(self.batch.rows.filter(result=Result.DONE))[:ROWS])

    @property
    def done_unnamed(self) -> int:
        return self.done - len(self.done_rows)

    @cached_property
    def waits(self) -> list[str]:
        """What keeps these decisions from being sent now."""
        invoices = self.batch.rows.filter(result=Result.DONE).order_by().values("invoice")
        moving = Intent.objects.filter(invoice__in=invoices, state__in=MOVING).order_by()
        first = moving.values("source").annotate(first=Min("pk")).values("first")
        intents = Intent.objects.filter(pk__in=first).select_related("source")
        return held_up((intent, intent.source) for intent in intents)

    def _with_names(self, rows: QuerySet[BatchRow]) -> QuerySet[BatchRow]:
        named = rows.select_related("invoice__customer").order_by("id")
        return named.only(*(field.name for field in BatchRow._meta.fields), *NAMED)


def _added(amounts: Iterable[Money]) -> list[Money]:
    """One sum per currency."""
    sums: dict[str, Money] = {}
    for amount in amounts:
        so_far = sums.get(amount.currency)
        sums[amount.currency] = so_far + amount if so_far else amount
    return [sums[currency] for currency in sorted(sums)]
