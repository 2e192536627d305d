"""Decisions as they come from forms: one or many, and what became of each."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from arapp.approvals.effects import APPROVE, REJECT, REOPEN, Effect
from arapp.approvals.models import NOTE_LIMIT
from arapp.approvals.refusals import BadNote, Doubled, NotAllowed, Refusal, Stale
from arapp.lists.filters import InvoiceFilter
from arapp.outbox.models import Intent
from arapp.people.models import User
from arapp.receivables.duplicates import possible_duplicates
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money
from arapp.receivables.substance import Difference
from arapp.web.batch_words import doubles_words
from arapp.web.held import held_up
from arapp.web.rows import labels
from arapp.web.shown import whole

MOST_AT_ONCE = 5_000
DIGEST = re.compile(r"[0-9a-f]{0,64}", re.ASCII)
_ROW = re.compile(r"(\d{1,18}):([0-9a-f]{0,64})", re.ASCII)


@dataclass(frozen=True)
class Outcome:
    """What became of one decision. ``status`` is the HTTP status that says so."""

    sentence: str
    status: int = 200
    invoice: Invoice | None = None
    name: str = ""
    changes: Sequence[Difference] = ()
    intent: Intent | None = None
    """What the service is to be told now, if anything."""
    doubled: bool = False
    """Whether it may be a duplicate, and is approved all the same when the person says so."""

    @property
    def done(self) -> bool:
        return self.status == 200


def take(invoice: Invoice, action: str, person: User, digest: str, note: str, double_seen: bool = False) -> Outcome:
    """Try one decision; whatever stands against it comes back as a sentence.

    ``double_seen``: the person knows that it may be a duplicate, if it may.
    """
    told = {"double_seen": double_seen} if action == APPROVE else {}
    note = note.replace("\r\n", "\n").replace("\x00", "")
    digest = digest if DIGEST.fullmatch(digest) else "unknown"
    try:
        decision = getattr(invoice.approval, action)(person, digest, note, **told)
    except Stale as stale:
        return Outcome(str(stale), 409, invoice, str(invoice), stale.changes)
    except BadNote as error:
        return Outcome(str(error), 422, invoice, str(invoice))
    except NotAllowed as error:
        return Outcome(str(error), 403, invoice, str(invoice))
    except Refusal as refusal:
        return Outcome(str(refusal), 409, invoice, str(invoice), doubled=isinstance(refusal, Doubled))
    return Outcome(decided_words(action, invoice), 200, invoice, str(invoice), intent=decision.intent)


def decided_words(action: str, invoice: Invoice) -> str:
    """“RE1 is approved.”"""
    return _DONE[action]() % {"number": invoice}


_DONE: dict[str, Callable[[], str]] = {
    APPROVE: lambda: _("%(number)s is approved."),
    REJECT: lambda: _("%(number)s is rejected."),
    REOPEN: lambda: _("%(number)s waits for a decision again."),
}


@dataclass
class Chosen:
    """The rows chosen for a bulk decision, in the order chosen; what is no row is refused by itself."""

    pairs: list[tuple[Invoice, str]] = field(default_factory=list)
    refused: list[Outcome] = field(default_factory=list)

    @classmethod
    def read(cls, texts: Sequence[str], invoices: QuerySet[Invoice]) -> "Chosen":
        """``texts`` are ``ID:DIGEST``; a row named twice counts once."""
        chosen, wanted = cls(), {}
        for text in dict.fromkeys(texts):
            match = _ROW.fullmatch(text)
            if match:
                wanted.setdefault(int(match[1]), match[2])
            else:
                chosen.refused.append(Outcome(_("This is not a row of the list."), 409, name=text[:40] or "–"))
        found = _in_bulk(invoices, list(wanted))
        for pk, digest in wanted.items():
            invoice = found.get(pk)
            if invoice is not None and hasattr(invoice, "approval"):
                chosen.pairs.append((invoice, digest))
            else:
                chosen.refused.append(Outcome(_("There is no such invoice any more."), 409, name=str(pk)))
        return chosen

    def take(self, action: str, person: User, note: str, double_seen: bool = False) -> list[Outcome]:
        """Decide row by row; each stands for itself. Done ones first."""
        outcomes = [take(invoice, action, person, digest, note, double_seen) for invoice, digest in self.pairs]
        return sorted([*outcomes, *self.refused], key=lambda outcome: not outcome.done)

    def summary(self, action: str, person: User) -> "Summary":
        """What ``take`` would do now, without doing it."""
        summary, doubles = Summary(refused=list(self.refused)), self._doubles(action)
        for invoice, digest in self.pairs:
            summary.ids.append(f"{invoice.pk}:{digest}")
            why = invoice.approval.why_not(action, person) or _changed(invoice, digest)
            if why:
                summary.refused.append(Outcome(why, 409, invoice, str(invoice)))
            else:
                summary.add(invoice, invoice.approval.effect(action))
                summary.doubles += [invoice] * (invoice.pk in doubles)
        return summary

    def _doubles(self, action: str) -> set[int]:
        """Those that may be in another source as well."""
        return set(possible_duplicates([invoice.pk for invoice, _digest in self.pairs]) if action == APPROVE else ())


@dataclass
class Summary:
    """What a bulk decision will do: how many, sums of gross per currency, effects with their receivers, refusals."""

    ids: list[str] = field(default_factory=list)
    count: int = 0
    effects: dict[str, tuple[Effect, Counter[str]]] = field(default_factory=dict)
    sums: dict[str, Money] = field(default_factory=dict)
    refused: list[Outcome] = field(default_factory=list)
    doubles: list[Invoice] = field(default_factory=list)

    def add(self, invoice: Invoice, effect: Effect) -> None:
        self.count += 1
        known = self.effects.setdefault(effect.words, (effect, Counter()))
        known[1][effect.receiver] += 1
        amount = invoice.money("gross")
        if amount:
            sum_so_far = self.sums.get(amount.currency)
            self.sums[amount.currency] = sum_so_far + amount if sum_so_far else amount

    @property
    def doubles_words(self) -> str:
        """How many look like duplicates; "" when none does."""
        return doubles_words(len(self.doubles), len(self.doubles)) if self.doubles else ""

    @property
    def common_effects(self) -> list[tuple[int, str, list[str]]]:
        """How often, the effect in words, and the receivers where there is more than one."""
        found = []
        for effect, receivers in self.effects.values():
            many = len(receivers) > 1
            to = _("%(count)d receivers") % {"count": len(receivers)} if many else effect.receiver
            found.append((receivers.total(), effect.naming(to), sorted(receivers) if many else []))
        return sorted(found, reverse=True)


def _changed(invoice: Invoice, digest: str) -> str:
    return "" if digest == invoice.digest else _("It changed after you opened the list.")


def _in_bulk(invoices: QuerySet[Invoice], wanted: list[int], batch: int = 500) -> dict[int, Invoice]:
    found: dict[int, Invoice] = {}
    for start in range(0, len(wanted), batch):
        found |= {invoice.pk: invoice for invoice in invoices.filter(pk__in=wanted[start : start + batch])}
    return found


ALL = "all"
"""The field of the bulk bar that stands for every row that the list's filters leave; they come as ``query``."""


def filters_of(post: QueryDict) -> InvoiceFilter:
    """The filters of the list that the form was sent from."""
    return InvoiceFilter(QueryDict(post.get("query", "").replace("\x00", "")), Invoice.objects.all())


def rows_chosen(post: QueryDict, most: int) -> tuple[list[str], str]:
    """The rows of a bulk form as ``ID:DIGEST``, and what is wrong with them as a whole.

    With ``all`` they are those that match the list's filters now, whatever was ticked beside it.
    """
    if ALL not in post:
        texts = post.getlist("ids")
        return texts, too_many(most, len(texts))
    found = filters_of(post)
    if found.problems:
        return [], " ".join(found.problems)
    ordered = found.order.sorted(found.qs, found.today)
    texts = [f"{pk}:{digest}" for pk, digest in ordered.values_list("pk", "digest")[: most + 1]]
    if len(texts) > most:
        sizes = {"most": whole(most), "count": whole(found.qs.count())}
        return [], _("At most %(most)s invoices at once; %(count)s match. Narrow the list and try again.") % sizes
    return texts, "" if texts else _("No invoice matches these filters.")


def too_many(most: int, count: int) -> str:
    """Why so many rows cannot be chosen at once, or none; "" when they can."""
    if not count:
        return _("Choose at least one invoice first.")
    if count > most:
        return _("At most %(most)d invoices at once; you chose %(count)d.") % {"most": most, "count": count}
    return ""


def is_double_seen(request: HttpRequest) -> bool:
    """Whether the form was sent by somebody who has been told of possible duplicates."""
    return "seen" in (request.POST.get("duplicate"), request.GET.get("duplicate"))


def waits_of(outcomes: Iterable[Outcome]) -> list[str]:
    """What keeps these decisions from being sent now, each sentence once."""
    return held_up((outcome.intent, outcome.invoice.source) for outcome in outcomes if outcome.invoice)


def problem_with(action: str, note: str, texts: Sequence[str]) -> str:
    """What makes a whole bulk decision impossible; "" when nothing does."""
    if action not in labels():
        return _("Choose what to do: approve, reject or reopen.")
    return too_many(MOST_AT_ONCE, len(texts)) or note_problem(note)


def note_problem(note: str) -> str:
    """What is wrong with a note; "" when nothing is."""
    if len(note) > NOTE_LIMIT:
        facts = {"length": len(note), "limit": NOTE_LIMIT}
        return _("The note has %(length)d characters; at most %(limit)d fit.") % facts
    return ""
