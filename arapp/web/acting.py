"""One action on an invoice as it comes from a page: its form, what it will do, and what became of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from arapp.actions.allowed import DECIDED_AS, forbidden, why_not
from arapp.actions.doing import check, digest_of, effect, store
from arapp.actions.fields import Invalid
from arapp.actions.sentences import warnings
from arapp.actions.table import ACTIONS, DECISIONS, INVOICE, Action
from arapp.actions.wishes import Refused, Subject, Wish
from arapp.kept.keeping import open_at_desk
from arapp.lists.days import today
from arapp.outbox.models import Intent
from arapp.receivables import references
from arapp.receivables.models import Invoice, Line, MovementKind, PaperKind
from arapp.receivables.substance import Difference
from arapp.web.acting_words import does
from arapp.web.action_forms import ActionForm, Part, Unread, sent_form
from arapp.web.acts import with_act
from arapp.web.deciding import DIGEST, decided_words
from arapp.web.held import Held
from arapp.web.shown import date_text
from arapp.web.standing import words_of
from arapp.web.typed import NESTED, as_typed, leaves, typed_in

OWN_PAGE = ("invoice.update",)
TOKEN = "own_reference"


@dataclass(frozen=True)
class Attempt:
    """What a page shows of an action, or what became of it. ``status`` is the HTTP status that says so."""

    invoice: Invoice
    action: Action
    form: ActionForm
    token: str
    status: int = 200
    sentence: str = ""
    """What stands against it."""
    changes: Sequence[Difference] = ()
    effect: str = ""
    """Exactly what will happen; it is asked once more."""
    intent: Intent | None = None
    """It is stored."""

    @property
    def does(self) -> str:
        """What the action does, in one sentence."""
        return does(self.action, self.invoice)

    @property
    def is_final(self) -> bool:
        """Whether nothing takes it back."""
        return self.action.is_final_at(self.invoice.source.service)

    @property
    def open(self) -> bool:
        """Whether there is anything to fill in or confirm, or only a reason against it."""
        return self.status in (409, 422) or not self.sentence

    @property
    def lines(self) -> list[tuple[Line | None, Part, Part]]:
        """Of a credit: each line, None where the invoice has none there, with its position and its quantity."""
        known = {str(line.position): line for line in self.invoice.lines.all()}
        part = self.form.by_name.get("lines")
        rows = part.rows if part else []
        return [(known.get(str(row["position"].bound.value())), row["position"], row["quantity"]) for row in rows]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What was typed, for the step that asks once more."""
        found = leaves(self.form.action_fields, self.form.typed)
        return [(path, value) for path, _field, value in found if value]


def action_or_404(name: str) -> Action:
    """An action on an invoice that has a form of its own here."""
    action = ACTIONS.get(name)
    if action is None or action.concerns != INVOICE or action.reads or action.name in OWN_PAGE:
        raise Http404
    return action


def asked(invoice: Invoice, action: Action, request: HttpRequest) -> Attempt:
    """The form as it opens: prefilled, and with a value for whatever single field the address names."""
    fields = action.fields_at(invoice.source.service)
    single = [one for one in fields if one.kind not in NESTED]
    named = {name: value for name, value in typed_in(single, request.GET).items() if value}
    form = ActionForm(fields, invoice.source, as_typed(fields, _prefilled(action, invoice)) | named)
    _offer_choices(form, invoice)
    against = why_not(action, invoice.source, invoice, request.user)
    return Attempt(invoice, action, form, new_token(), sentence=against)


def tried(invoice: Invoice, action: Action, request: HttpRequest) -> Attempt:
    """Check what was sent and store it; what cannot be undone is asked once more in between."""
    fields, token = action.fields_at(invoice.source.service), request.POST.get("token", "") or new_token()
    no = forbidden(action, invoice.source, invoice, request.user)
    if no:
        return Attempt(invoice, action, ActionForm(fields, invoice.source), token, 403, no)
    form = sent_form(fields, invoice.source, request)
    _offer_choices(form, invoice)
    attempt = Attempt(invoice, action, form, token)
    if "change" in request.POST:
        return attempt
    try:
        return _stored(attempt, wanted(attempt, without_empty_lines(form.data_given()), request), request)
    except Unread as error:
        form.blame(error.problems)
        return replace(attempt, status=422)
    except Invalid as error:
        form.blame(_as_typed_in(form, error.problems))
        return replace(attempt, status=422)
    except Refused as refusal:
        return _refused(attempt, refusal)


def _stored(attempt: Attempt, wish: Wish, request: HttpRequest) -> Attempt:
    """What cannot be undone, or is warned of, is stored when the person has confirmed just what it will do now."""
    if (attempt.action.irreversible or warnings(wish)) and not wish.earlier:
        will = effect(wish)
        if not is_confirmed(will, request):
            return replace(attempt, effect=will)
    return replace(attempt, intent=store(wish))


def is_confirmed(will: str, request: HttpRequest) -> bool:
    """Whether the person said yes to this sentence. Browsers send line breaks in their own way."""
    return request.POST.get("confirmed", "").split() == will.split()


def _refused(attempt: Attempt, refusal: Refused) -> Attempt:
    if refusal.field:
        attempt.form.blame({refusal.field: refusal.sentence})
        return replace(attempt, status=422)
    return replace(attempt, status=409, sentence=refusal.sentence, changes=refusal.changes)


def wanted(attempt: Attempt, data: Mapping[str, Any], request: HttpRequest) -> Wish:
    """The checked wish. A form that is sent twice is one wish; Refused when it is sent again with other data."""
    action, invoice = attempt.action, attempt.invoice
    named = {} if action.name in DECISIONS else {TOKEN: attempt.token}
    seen = digest_seen(request.POST.get("digest", ""), invoice)
    wish = check(action, invoice.source, invoice, {**data, **named}, request.user, seen)
    if wish.earlier and not _is_same(wish, wish.earlier):
        raise Refused(_("This form was sent already, with other values. Open it anew."))
    return wish


def digest_seen(sent: str, subject: Subject) -> str:
    """What the form says that the person saw; a form that does not say it saw something else."""
    sent = sent if DIGEST.fullmatch(sent) else "unknown"
    return sent or ("unknown" if subject and digest_of(subject) else "")


def _is_same(wish: Wish, earlier: Intent) -> bool:
    """Whether what was told before is what is asked for now, of the same invoice."""
    told = {name: earlier.data.get(name) for name in wish.data}
    return earlier.invoice_id == wish.subject.pk and told == wish.data


def new_token() -> str:
    """The own reference of one form; it is drawn when the form is opened."""
    return references.drawn()


def without_empty_lines(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data without the lines of a credit for which no quantity was typed."""
    lines = [line for line in data.get("lines", ()) if line.get("quantity")]
    rest = {name: value for name, value in data.items() if name != "lines"}
    return rest | ({"lines": lines} if lines else {})


def _as_typed_in(form: ActionForm, problems: Mapping[str, str]) -> dict[str, str]:
    """The problems by path in the form, where lines without a quantity are counted too."""
    typed = [str(n) for n, line in enumerate(form.typed.get("lines", ())) if line["quantity"]]

    def path_in_form(path: str) -> str:
        name, _dot, rest = path.partition(".")
        number, _dot, field = rest.partition(".")
        known = name == "lines" and number.isdigit() and int(number) < len(typed)
        return f"lines.{typed[int(number)]}.{field}" if known else path

    return {path_in_form(path): sentence for path, sentence in problems.items()}


def stored_words(attempt: Attempt) -> str:
    """“RE1: Payment of 25.00 SEK · On its way to Billogram”."""
    invoice, intent = attempt.invoice, attempt.intent
    if intent.decides:
        return decided_words(DECIDED_AS[attempt.action.name], invoice)
    words = with_act(intent, invoice.currency, words_of(intent, invoice.source, Held()))
    return f"{invoice}: {words}"


def _prefilled(action: Action, invoice: Invoice) -> dict[str, Any]:
    prefill = _PREFILL.get(action.name)
    return prefill(invoice) if prefill else {}


def _payment(invoice: Invoice) -> dict[str, Any]:
    left = open_at_desk(invoice)
    return {"date": today().isoformat(), **({"amount": left.plain()} if left and left.minor > 0 else {})}


def _mail_to(invoice: Invoice) -> dict[str, Any]:
    address = invoice.receiver_email or (invoice.customer.email if invoice.customer else "")
    return {"to": [address]} if address else {}


def _credit(invoice: Invoice) -> dict[str, Any]:
    return {"mode": "remaining", "lines": [{"position": line.position} for line in invoice.lines.all()]}


_PREFILL: dict[str, Callable[[Invoice], dict[str, Any]]] = {
    "payment.create": _payment,
    "invoice.credit": _credit,
    "invoice.credit_payment": lambda invoice: {"mode": "remaining"},
    "invoice.email": _mail_to,
    "reminder.email": _mail_to,
    "invoice.send": lambda invoice: {"method": invoice.source.delivery_method},
}


def _offer_choices(form: ActionForm, invoice: Invoice) -> None:
    """A payment and a reminder are chosen among those there are."""
    for name, choices in (("payment", _payments), ("reminder", _reminders)):
        if name in form.fields:
            form.fields[name].widget = forms.Select(choices=choices(invoice))


def _payments(invoice: Invoice) -> list[tuple[str, str]]:
    told = [(one.external_id, one) for one in invoice.movements.all() if one.kind == MovementKind.PAYMENT]
    kept = [(str(one.pk), one) for one in invoice.kept_payments.all() if not one.deleted_at]
    return [(key, f"{one.money()} · {date_text(one.date)}") for key, one in (*told, *kept)]


def _reminders(invoice: Invoice) -> list[tuple[str, str]]:
    papers = [paper for paper in invoice.papers.all() if paper.kind == PaperKind.REMINDER]
    days = (date_text(paper.date) if paper.date else "" for paper in papers)
    named = zip(papers, days, strict=True)
    return [(paper.external_id, " · ".join(filter(None, (paper.number, day)))) for paper, day in named]
