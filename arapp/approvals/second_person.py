"""Two people: who prepared an invoice does not issue, credit or write it off, unless its source allows one person.

Known as who prepared it are the person at the desk behind the invoice and behind its last change, and the user at the
service of the same e-mail address. A superuser is no exception; an unknown creator blocks nobody.
"""

from collections.abc import Iterable
from typing import Any, Protocol

from django.utils.translation import gettext as _

from arapp.outbox.models import CAME_TO_NOTHING, PREPARING, Intent, intents_of
from arapp.receivables.models import Invoice, Owner, SecondPerson, Source
from arapp.receivables.money import Money


class Person(Protocol):
    """A user of the desk, as far as a decision asks."""

    email: str
    pk: Any

    def can(self, ability: str) -> bool: ...


UPDATE = "invoice.update"


def needed(source: Source, amount: Money | None) -> bool:
    """Whether the source asks for a second person for so much; an amount not known, or in another currency, does."""
    if source.second_person == SecondPerson.NEVER:
        return False
    if source.second_person == SecondPerson.ALWAYS or source.second_person_above is None or amount is None:
        return True
    return amount.currency != source.second_person_currency or abs(amount.minor) > source.second_person_above


def why_not(invoice: Invoice, person: Person | None, amount: Money | None = None) -> str:
    """Why this person may not issue, credit or write off what they prepared; "" when they may.

    None is somebody at the command line who is not named; nobody can say that they are a second person. ``amount`` is
    what it is about, the invoice's gross unless told otherwise.
    """
    return prepared(invoice, person) if needed(invoice.source, amount or invoice.money("gross")) else ""


def prepared(invoice: Invoice, person: Person | None) -> str:
    """How the person prepared this invoice, as a sentence that says no; "" when they did not."""
    if person is None:
        return _("This takes a second person; say who does it.")
    made, changed = _at_desk(intents_of(invoice))
    if made and made.person_id == person.pk:
        return _("You created this invoice; somebody else has to do this.")
    if changed and changed.person_id == person.pk:
        return _("You changed this invoice last; somebody else has to do this.")
    service = {"service": invoice.source.get_service_display()}
    if _is(invoice.owner, person):
        return _("You created this invoice at %(service)s; somebody else has to do this.") % service
    if _is(invoice.changer, person):
        return _("You changed this invoice last at %(service)s; somebody else has to do this.") % service
    return ""


def _at_desk(intents: Iterable[Intent]) -> tuple[Intent | None, Intent | None]:
    """What made the invoice at the desk, and what changed it last; also what is still on its way.

    What made an invoice that is there has made it, whatever became of a later step.
    """
    found = [each for each in intents if each.kind in PREPARING]
    changes = [each for each in found if each.kind == UPDATE and each.state not in CAME_TO_NOTHING]
    made = next((each for each in found if each.kind != UPDATE), None)
    return made, max(changes, key=lambda each: each.pk, default=None)


def _is(theirs: Owner | None, person: Person) -> bool:
    return theirs is not None and bool(person.email) and theirs.email.casefold() == person.email.casefold()
