"""One action on many invoices as it comes from the list: what it would do, then what became of each."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from arapp.actions.doing import check, effect, store
from arapp.actions.fields import Field, Invalid
from arapp.actions.table import DECISIONS, Action
from arapp.actions.wishes import Refused, Wish
from arapp.people.models import User
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money
from arapp.web.acting import TOKEN, digest_seen, new_token
from arapp.web.action_forms import ActionForm, sent_form
from arapp.web.deciding import Chosen, Outcome, rows_chosen, waits_of
from arapp.web.typed import as_typed

MOST_AT_ONCE = 1_000
MODES = ("full", "remaining")
"""Of a credit, those that say the same of every invoice."""


@dataclass
class Many:
    """``previews`` and ``refused`` say what would happen, ``outcomes`` what has happened."""

    action: Action
    person: User
    chosen: Chosen
    token: str
    form: ActionForm | None = None
    previewed: str = ""
    """The digest of the data whose preview the person saw."""
    effects: dict[int, str] = field(default_factory=dict)
    """By invoice, the digest of the effect that the preview showed."""
    problem: str = ""
    status: int = 200
    ids: list[str] = field(default_factory=list)
    previews: list[Outcome] = field(default_factory=list)
    sums: dict[str, Money] = field(default_factory=dict)
    refused: list[Outcome] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    @classmethod
    def read(cls, action: Action, request: HttpRequest, invoices: QuerySet[Invoice]) -> "Many":
        """Rows as ``ID:DIGEST`` in ``ids``, or ``all`` that match.

        With ``summary`` the form is prefilled, else it is what was sent.
        """
        if not action.bulk:
            raise Http404
        texts, problem = rows_chosen(request.POST, MOST_AT_ONCE)
        chosen = Chosen.read([] if problem else texts, invoices)
        token = request.POST.get("token", "") or new_token()
        many = cls(action, request.user, chosen, token, previewed=request.POST.get("previewed", ""))
        many.problem = problem
        shown = ((pk, request.POST.get(f"effect.{pk}", "")) for pk in (one.pk for one, _seen in chosen.pairs))
        many.effects = {pk: digest for pk, digest in shown if digest}
        if chosen.pairs:
            many.form = _form(action, [invoice for invoice, _digest in chosen.pairs], request)
        return many

    @property
    def asked_ids(self) -> list[str]:
        """The rows that go on: those of the preview, or all while their form is wrong."""
        return self.ids or [f"{invoice.pk}:{digest}" for invoice, digest in self.chosen.pairs]

    @property
    def done(self) -> int:
        return sum(outcome.done for outcome in self.outcomes)

    @property
    def waits(self) -> list[str]:
        return waits_of(self.outcomes)

    def go_on(self) -> None:
        """Preview, unless the person has seen the preview of just this data: then do it."""
        if self.problem:
            self.status = 422
            return
        try:
            data = self.form.data_given() if self.form else {}
        except Invalid as error:
            self._blame(error)
            return
        seen = _digest(json.dumps(data, sort_keys=True))
        if seen == self.previewed:
            self._carry_out(data)
        else:
            self._preview(data)
            self.previewed = seen

    def _preview(self, data: dict[str, Any]) -> None:
        self.refused = list(self.chosen.refused)
        for invoice, digest in self.chosen.pairs:
            try:
                wish = self._wish(invoice, digest, data)
            except Invalid as error:
                self._blame(error)
                self.refused.append(_refusal(invoice, str(error), 422))
            except Refused as refusal:
                self.refused.append(_refusal(invoice, refusal.sentence, 409))
            else:
                self.ids.append(f"{invoice.pk}:{digest}")
                self._add(invoice, wish)

    def _add(self, invoice: Invoice, wish: Wish) -> None:
        will = effect(wish)
        self.previews.append(Outcome(will, 200, invoice, str(invoice)))
        self.effects[invoice.pk] = _digest(will)
        amount = wish.amount or invoice.money("gross")
        if amount:
            so_far = self.sums.get(amount.currency)
            self.sums[amount.currency] = so_far + amount if so_far else amount

    def _carry_out(self, data: dict[str, Any]) -> None:
        """Row by row; done ones first."""
        outcomes = [self._tried(invoice, digest, data) for invoice, digest in self.chosen.pairs]
        self.outcomes = sorted([*outcomes, *self.chosen.refused], key=lambda outcome: not outcome.done)

    def _tried(self, invoice: Invoice, digest: str, data: dict[str, Any]) -> Outcome:
        try:
            wish = self._wish(invoice, digest, data)
            if not wish.earlier and self.effects.get(invoice.pk) != _digest(effect(wish)):
                return _refusal(invoice, _other_effect(wish), 409)
            intent = store(wish)
        except Invalid as error:
            return _refusal(invoice, str(error), 422)
        except Refused as refusal:
            return _refusal(invoice, refusal.sentence, 409)
        return Outcome("", 200, invoice, str(invoice), intent=intent if intent.pk else None)

    def _wish(self, invoice: Invoice, digest: str, data: dict[str, Any]) -> Wish:
        named = {} if self.action.name in DECISIONS else {TOKEN: f"{self.token}-{invoice.pk}"}
        seen = digest_seen(digest, invoice)
        return check(self.action, invoice.source, invoice, {**data, **named}, self.person, seen)

    def _blame(self, error: Invalid) -> None:
        """Sentences beside the fields, each once however many rows say it."""
        self.status = 422
        if self.form and not self.form.errors:
            self.form.blame(error.problems)


def _other_effect(wish: Wish) -> str:
    return _("It would do something else by now: %(effect)s") % {"effect": effect(wish)}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _refusal(invoice: Invoice, sentence: str, status: int) -> Outcome:
    return Outcome(sentence, status, invoice, str(invoice))


def _form(action: Action, invoices: Sequence[Invoice], request: HttpRequest) -> ActionForm:
    sources = {invoice.source.pk: invoice.source for invoice in invoices}
    fields = _common([action.fields_at(source.service) for source in sources.values()], len(sources) == 1)
    source = next(iter(sources.values()))
    if "summary" not in request.POST:
        return sent_form(fields, source, request)
    return ActionForm(fields, source, as_typed(fields, {"mode": "remaining"}))


def _common(offered: Sequence[Sequence[Field]], one_source: bool) -> list[Field]:
    """What can be said of all of them at once: fields that all have, but no amount and no lines of one invoice."""
    fields = [one for one in offered[0] if all(one in others for others in offered)]
    fields = [one for one in fields if one.kind not in ("amount", "rows") and (one_source or one.kind != "option")]
    return [replace(one, choices=MODES) if one.name == "mode" else one for one in fields]
