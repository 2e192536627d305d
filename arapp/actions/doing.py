"""One way for everything a person does, from a page or the command line: checked, stored, carried out."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.actions import allowed, rules, stakes, states
from arapp.actions.carrying import carry_out
from arapp.actions.fields import Invalid, clean
from arapp.actions.keepers import keep
from arapp.actions.sentences import effect
from arapp.actions.table import DECISIONS, Action
from arapp.actions.wishes import Refused, Stale, Subject, Wish
from arapp.approvals import refusals, second_person
from arapp.approvals.effects import APPROVE, REJECT
from arapp.approvals.models import Decision
from arapp.outbox.models import CAME_TO_NOTHING, Intent, IntentState
from arapp.people.models import DECIDE, User
from arapp.receivables import references
from arapp.receivables.models import Customer, Invoice, Item, Source
from arapp.receivables.money import Money
from arapp.receivables.substance import changes_since
from arapp.upstreams.tries import mark_of

__all__ = ["Invalid", "Refused", "Stale", "Wish", "carry_out", "check", "effect", "store"]

OWN = "own_reference"
FIELD_OF = {Invoice: "invoice", Customer: "customer", Item: "item"}


def check(action: Action, source: Source, subject: Subject, data: Any, person: User | None, digest: str = "") -> Wish:
    """Everything that is checked before anything is stored. Invalid, Refused or Stale with sentences for people.

    ``digest`` is of what the person saw, empty where nobody looked (the command line); decisions need one.
    """
    if sentence := allowed.forbidden(action, source, subject, person):
        raise Refused(sentence)
    cleaned = clean(action.all_fields, data, source, stakes.currency_for(source, subject, data))
    if cleaned.get("send"):
        cleaned.setdefault("method", source.delivery_method)
    reference = cleaned.pop(OWN, "") or references.drawn()
    if earlier := _earlier(action, source, subject, reference, cleaned):
        return Wish(action, source, subject, cleaned, person, digest, reference, earlier=earlier)
    if sentence := allowed.impossible(action, subject, person, cleaned.get("method", "")):
        raise Refused(sentence)
    _demand_seen(subject, digest)
    if problems := rules.problems(action.name, source, subject, cleaned):
        raise Invalid(problems)
    amount = stakes.at_stake(action.name, source, subject, cleaned)
    alone = _alone(action, source, subject, cleaned, person, amount)
    wish = Wish(action, source, subject, cleaned, person, digest, reference, alone, amount)
    _demand_no_twin(wish)
    return wish


def _earlier(action: Action, source: Source, subject: Subject, reference: str, data: dict[str, Any]) -> Intent | None:
    """What was told under this reference before, unless it came to nothing. Refused when that was something else.

    A drawn reference is a form's: what it was sent with before is the page's to compare.
    """
    told = Intent.objects.filter(source=source, reference=reference).exclude(state__in=CAME_TO_NOTHING)
    found = told.order_by("-id").first()
    if found is None:
        return None
    other = found.data != data or (subject and found.subject != subject)
    if found.kind != action.name or (other and not references.is_drawn(reference)):
        raise Refused(_("This reference stands for something else already."), OWN)
    return found


def _demand_seen(subject: Subject, digest: str) -> None:
    """Stale when what the action concerns is not what the person saw."""
    if subject is None or not digest or digest == digest_of(subject):
        return
    changes = changes_since(subject, digest) if isinstance(subject, Invoice) else []
    raise Stale(_("It changed after you opened it. Look at it again first."), changes=changes)


def digest_of(subject: Invoice | Customer | Item) -> str:
    """What stands for the content a person sees; a form carries it."""
    return subject.digest if isinstance(subject, Invoice) else subject.row_digest


def _alone(
    action: Action, source: Source, subject: Subject, data: dict[str, Any], person: User | None, amount: Money | None
) -> bool:
    """Whether one person does alone what two do elsewhere. Refused where the source wants a second one."""
    if data.get("send"):
        return _alone_in_one_step(source, person, amount)
    if not isinstance(subject, Invoice) or not (action.second_person or _gives_up(action, subject, data, person)):
        return False
    own = second_person.prepared(subject, person) or _own_payment(action, subject, data, person)
    if own and second_person.needed(source, amount or subject.money("gross")):
        raise Refused(own)
    return bool(own)


def _gives_up(action: Action, invoice: Invoice, data: dict[str, Any], person: User | None) -> bool:
    """Whether it credits or writes off by another name. Refused for a role that may not."""
    if action.name == allowed.CHANGE:
        return states.changes_what_is_issued(invoice)
    if not data.get("mark_as_paid") or not _settles_for_less(invoice, data):
        return False
    if person is not None and not person.can(DECIDE):
        raise Refused(_("Your role may record the payment; writing off the rest takes an approver."), "mark_as_paid")
    return True


def _settles_for_less(invoice: Invoice, data: dict[str, Any]) -> bool:
    """Whether less comes in than is open: the rest is written off (Billomat, section 6.2)."""
    left = invoice.money("open")
    return left is None or Money.parse(data["amount"], invoice.currency) < left


def _alone_in_one_step(source: Source, person: User | None, amount: Money | None) -> bool:
    if person is not None and not person.can(DECIDE):
        raise Refused(_("Your role may make the draft; sending it takes an approver."), "send")
    if second_person.needed(source, amount):
        raise Refused(_("This source wants a second person to send it. Make the draft without sending it."), "send")
    return True


def _own_payment(action: Action, invoice: Invoice, data: dict[str, Any], person: User | None) -> str:
    """A payment is not deleted by who recorded it."""
    if action.name != "payment.delete" or person is None:
        return ""
    theirs = Intent.objects.filter(invoice=invoice, kind="payment.create", person=person)
    own = any(_is_of(intent, invoice, data["payment"]) for intent in theirs)
    return _("You recorded this payment; somebody else has to delete it.") if own else ""


def _is_of(intent: Intent, invoice: Invoice, payment: str) -> bool:
    """Whether it made this payment: by the id it was told, else by its mark, where the answer was lost."""
    if intent.result_id:
        return intent.result_id == payment
    texts = invoice.movements.filter(external_id=payment).values_list("text", flat=True)
    return any(text.endswith(f"[{mark_of(intent)}]") for text in texts)


def _demand_no_twin(wish: Wish) -> None:
    """Refused while the same is on its way, unless its own reference says that it is another one."""
    if not references.is_drawn(wish.reference):
        return
    waiting = Intent.objects.filter(source=wish.source, kind=wish.action.name, **_concerns(wish)).unsettled()
    if any(intent.data == wish.data for intent in waiting):
        raise Refused(allowed.still_on_its_way())


def _half_done(wish: Wish) -> Intent | None:
    """The same that was refused at a later step: it goes on from there, so that nothing is made a second time."""
    refused = Intent.objects.filter(source=wish.source, kind=wish.action.name, state=IntentState.REFUSED)
    found = refused.filter(data=wish.data).exclude(result_id="").order_by("-id").first()
    if found is None or (wish.subject and found.subject != wish.subject):
        return None
    again = found.move(IntentState.PENDING, error="", tries=0, due_at=timezone.now(), settled_at=None)
    return found if again else None


def _concerns(wish: Wish) -> dict[str, Any]:
    """The three fields of an intent that say what it concerns; at most one of them is set."""
    return {field: wish.subject if isinstance(wish.subject, model) else None for model, field in FIELD_OF.items()}


@transaction.atomic
def store(wish: Wish) -> Intent:
    """The intent, or the one that the same reference told before. Refused, Stale or Invalid when others were first.

    The source's row is held, so that of two clicks at once the second one sees the first. A decision that the
    service need not hear of leaves an intent that is done and not stored.
    """
    Source.objects.select_for_update(no_key=True).get(pk=wish.source.pk)
    earlier = wish.earlier or _earlier(wish.action, wish.source, wish.subject, wish.reference, wish.data)
    if earlier:
        return earlier
    if wish.action.name in DECISIONS:
        return _decided(wish)
    _demand_no_twin(wish)
    if begun := _half_done(wish):
        return begun
    invoice = wish.subject if isinstance(wish.subject, Invoice) else None
    fields = _concerns(wish) | {
        "source": wish.source,
        "kind": wish.action.name,
        "data": wish.data,
        "digest": wish.digest or (invoice.digest if invoice else ""),
        "seen_word": invoice.service_decision if invoice else "",
        "reference": wish.reference,
        "alone": wish.alone,
        "person": wish.person,
    }
    if not wish.action.kept_at(wish.source.service):
        return Intent.objects.create(**fields)
    if problems := rules.problems(wish.action.name, wish.source, wish.subject, wish.data):
        raise Invalid(problems)
    return keep(wish, fields)


def _decided(wish: Wish) -> Intent:
    try:
        decision = _decide(wish)
    except refusals.Stale as refusal:
        raise Stale(str(refusal), changes=refusal.changes) from refusal
    except refusals.Refusal as refusal:
        raise Refused(str(refusal)) from refusal
    if decision.intent:
        return decision.intent
    return Intent(source=wish.source, invoice=wish.subject, kind=decision.action, state=IntentState.DONE)


def _decide(wish: Wish) -> Decision:
    approval, note = wish.subject.approval, wish.data.get("note", "")
    decided = allowed.DECIDED_AS[wish.action.name]
    if decided == APPROVE:
        told = {name: wish.data[name] for name in ("method", "template") if name in wish.data}
        return approval.approve(wish.person, wish.digest, note, told=told, double_seen=True)
    return (approval.reject if decided == REJECT else approval.reopen)(wish.person, wish.digest, note)
