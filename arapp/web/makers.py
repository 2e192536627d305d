"""Where something can be made or changed, and the addresses of the pages that do it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from arapp.actions.allowed import why_not
from arapp.actions.table import ACTIONS, Action
from arapp.outbox.models import Intent, IntentState
from arapp.people.models import User
from arapp.receivables.models import Customer, Item, Source

PAGES = {
    "customer.create": "customer_new",
    "item.create": "item_new",
    "invoice.create": "invoice_new",
    "invoice.upload": "invoice_upload",
}
EDITS = {"customer.update": "customer_edit", "item.update": "item_edit", "invoice.update": "invoice_edit"}


OF_CONTACTS = ("contact.update", "contact.delete")
"""These stand beside each contact."""


@dataclass(frozen=True)
class Maker:
    """A source at which something can be made; ``why_not`` says why it cannot be just now."""

    source: Source
    why_not: str


@dataclass(frozen=True)
class Edit:
    """A link to the page that changes something; grey with a reason where that cannot be."""

    label: str
    url: str
    why_not: str


def makers(action: Action, person: User) -> list[Maker]:
    """The sources whose service can do it."""
    sources = Source.objects.filter(service__in=action.services, connection__isnull=False).order_by("name")
    return [Maker(source, why_not(action, source, None, person)) for source in sources]


def makes_at(name: str, source: Source, person: User) -> bool:
    """Whether a button for it makes sense to this person."""
    action = ACTIONS[name]
    return person.can(action.ability) and source.service in action.services


def edit_of(name: str, row: Customer | Item, person: User) -> Edit | None:
    """None where the service cannot do it, or the person only looks."""
    action = ACTIONS[name]
    if row.source.service not in action.services or not person.can(action.ability):
        return None
    return Edit(_("Change"), reverse(EDITS[name], args=[row.pk]), why_not(action, row.source, row, person))


def beside(row: Customer | Item, person: User) -> list[Edit]:
    """What else can be done with it, each with the page that does it."""
    here = (action for action in ACTIONS.values() if action.concerns == row._meta.model_name)
    others = (action for action in here if action.name not in EDITS and action.name not in OF_CONTACTS)
    able = (action for action in others if row.source.service in action.services and person.can(action.ability))
    return [
        Edit(str(action.label), beside_address(row, action.name), why_not(action, row.source, row, person))
        for action in able
    ]


def beside_address(row: Customer | Item, name: str) -> str:
    return reverse(f"{row._meta.model_name}_act", args=[row.pk, name])


def address_of(intent: Intent) -> str:
    """The page of what was made or changed; "" while there is none."""
    subject = intent.subject
    return reverse(subject._meta.model_name, args=[subject.pk]) if subject else ""


def again(intent: Intent) -> str:
    """The form with what was typed, where the service refused it or a person dropped it."""
    if intent.state not in (IntentState.REFUSED, IntentState.SUPERSEDED):
        return ""
    if intent.kind in EDITS and intent.subject:
        return f"{reverse(EDITS[intent.kind], args=[intent.subject.pk])}?again={intent.pk}"
    if isinstance(intent.subject, Customer | Item):
        return f"{beside_address(intent.subject, intent.kind)}?again={intent.pk}"
    if intent.kind in PAGES:
        return f"{reverse(PAGES[intent.kind])}?source={intent.source_id}&again={intent.pk}"
    return ""


def done_words(intent: Intent) -> str:
    facts = {"subject": intent.subject, "service": intent.source.get_service_display()}
    if intent.kind in EDITS:
        return _("%(subject)s is changed at %(service)s.") % facts
    if intent.kind in PAGES:
        return _("%(subject)s is made at %(service)s.") % facts
    return _("%(action)s: done.") % {"action": ACTIONS[intent.kind].label}
