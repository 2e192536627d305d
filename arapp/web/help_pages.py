"""What the help page tells, out of the same tables that the desk goes by, so that it cannot be out of date."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from arapp.actions.table import ACTIONS, CUSTOMER, INVOICE, ITEM, KEPT, Action, role_of
from arapp.approvals.effects import APPROVE, REJECT, REOPEN, effect_of
from arapp.approvals.models import Action as Decided
from arapp.approvals.models import ApprovalState, Origin
from arapp.lists.models import Listed
from arapp.lists.periods import PERIODS
from arapp.lists.views import ROOMS
from arapp.outbox.models import IntentState
from arapp.people.models import ABILITIES, CsvForm, Role
from arapp.receivables.claims import AGES
from arapp.receivables.models import CountsAs, Invoice, Kind, MovementKind, SecondPerson, Service, Source, State
from arapp.receivables.records import APPROVED, REJECTED, WAITING
from arapp.upstreams.registry import ADAPTERS
from arapp.web import help_words
from arapp.web.acting_words import does_anywhere, names
from arapp.web.examples import csv_example
from arapp.web.help_glossary import GLOSSARY, VALUES

SECTIONS: tuple[tuple[str, Any], ...] = (
    ("words", _("Words")),
    ("states", _("States of an invoice")),
    ("approvals", _("Approval and decisions")),
    ("decisions", _("What a decision does at each service")),
    ("ways", _("On its way to a service")),
    ("documents", _("Documents, payments and ages")),
    ("roles", _("Roles")),
    ("second", _("Two people")),
    ("buttons", _("Buttons")),
    ("keyboard", _("Keyboard")),
    ("filters", _("Filters, days and periods")),
    ("views", _("Saved views, columns and files")),
    ("alone", _("What stays at the desk")),
)
"""By anchor; each is the part ``help/_ANCHOR.html``."""


@dataclass(frozen=True)
class Told:
    """One word with what it means."""

    anchor: str
    value: str
    label: Any
    meaning: Any
    services: tuple[tuple[str, str], ...] = ()
    """Each service's name and its own words for it."""


def everything(person: Any, day: date) -> dict[str, Any]:
    """The context of the page for this person, who sees their own role marked."""
    return {
        "sections": [(anchor, title, f"help/_{anchor}.html") for anchor, title in SECTIONS],
        "words": words(),
        "states": states(),
        "approvals": told("approval", ApprovalState, help_words.APPROVALS),
        "acts": told("decision", Decided, help_words.ACTIONS),
        "origins": told("origin", Origin, help_words.ORIGINS),
        "services": [(str(service), service.label) for service in Service],
        "decisions": decisions(),
        "ways": told("way", IntentState, help_words.WAYS),
        "kinds": told("kind", Kind, help_words.KINDS),
        "movements": told("movement", MovementKind, help_words.MOVEMENTS),
        "counts": told("counts", CountsAs, help_words.COUNTS),
        "second_person": told("second", SecondPerson, help_words.SECOND),
        "ages": [(age.name, age.title) for age in AGES.values()],
        "roles": roles(person),
        "abilities": abilities(),
        "buttons": buttons(),
        "periods": [(name, period.label, *period.days(day)) for name, period in PERIODS.items()],
        "filters": filters(),
        "csv_forms": [(form.label, csv_example(form.value)) for form in CsvForm],
        "kept": kept(),
    }


def told(prefix: str, choices: type[TextChoices], meanings: Mapping[str, Promise]) -> list[Told]:
    """Each choice with its sentence. KeyError for one that has none."""
    return [Told(f"{prefix}-{one.value}", one.value, one.label, meanings[one]) for one in choices]


def words() -> list[Told]:
    found = ((slug, term, str(meaning) % VALUES.get(slug, {})) for slug, (term, meaning) in GLOSSARY.items())
    return [Told(f"word-{slug}", slug, term, meaning) for slug, term, meaning in found]


def states() -> list[Told]:
    """With what each service calls them, as its adapter reads it."""
    return [
        Told(f"state-{state.value}", state.value, state.label, help_words.STATES[state], _called(state))
        for state in State
    ]


def _called(state: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (service.label, ", ".join(word for word, means in ADAPTERS[service].states.items() if means == state))
        for service in Service
    )


def decisions() -> list[tuple[Any, list[tuple[str, str]]]]:
    """What approve, reject and reopen do, in the words of their buttons: each service with its sentence."""
    rows = (
        (_("Approve"), APPROVE, _waits),
        (_("Reject"), REJECT, _waits),
        (_("Reopen what is approved"), REOPEN, lambda service: APPROVED),
        (_("Reopen what is rejected"), REOPEN, _rejected_at),
    )
    return [
        (title, [(service.label, _effect(action, service, word(service))) for service in Service])
        for title, action, word in rows
    ]


def _waits(service: str) -> str:
    return WAITING


def _rejected_at(service: str) -> str:
    """What the service says of an invoice that the desk has rejected: only one that is told keeps it."""
    told_it = effect_of(REJECT, _sample(service, WAITING)).kind == REJECT
    return REJECTED if told_it else WAITING


def _effect(action: str, service: str, word: str) -> str:
    effect = effect_of(action, _sample(service, word), "Email")
    return effect.problem if action == REOPEN and effect.problem else effect.sentence


def _sample(service: str, word: str) -> Invoice:
    """An invoice of the service that is nowhere stored; ``word`` is the decision there."""
    return Invoice(source=Source(service=service), service_decision=word, gross=1, currency="EUR")


def roles(person: Any) -> list[dict[str, Any]]:
    """Each role with the buttons that it has and the role below it has not."""
    return [
        {
            "anchor": f"role-{role.value}",
            "label": role.label,
            "mine": person.role == role,
            "adds": [button for button in offered() if role_of(button.action) == role],
        }
        for role in Role
    ]


def abilities() -> list[tuple[Any, list[tuple[Any, bool]]]]:
    """What people may do, and for each role whether it may."""
    return [(sentence, _who_may(ability)) for ability, sentence in help_words.ABILITIES.items()]


def _who_may(ability: str) -> list[tuple[Any, bool]]:
    return [(role.label, ability in ABILITIES[role]) for role in Role]


@dataclass(frozen=True)
class Button:
    action: Action

    @property
    def anchor(self) -> str:
        return f"action-{self.action.name.replace('.', '-')}"

    @property
    def does(self) -> list[str]:
        return list(does_anywhere(self.action))

    @property
    def services(self) -> str:
        return _listed(self.action.services)

    @property
    def role(self) -> str:
        return str(Role(role_of(self.action)).label)

    @property
    def final(self) -> str:
        """The services where nothing takes it back; "" where it is not asked about at all."""
        return names([service for service in self.action.services if self.action.is_final_at(service)])

    @property
    def undone_by(self) -> Action | None:
        return ACTIONS.get(self.action.undone_by)

    @property
    def everywhere(self) -> bool:
        """Whether it is final at every service that can do it."""
        return all(self.action.is_final_at(service) for service in self.action.services)

    @property
    def plain(self) -> bool:
        """Whether there is nothing more to know."""
        return not (self.final or self.undone_by or self.action.second_person or self.action.bulk)


def _listed(services: Container[str]) -> str:
    return ", ".join(str(service.label) for service in Service if service in services)


def offered() -> list[Button]:
    """Those that some service can do."""
    return [Button(action) for action in ACTIONS.values() if action.services]


def buttons() -> list[tuple[Any, list[Button]]]:
    """All of the table of actions that some service can do, by where their buttons stand."""
    places = (
        (_("New"), lambda action: action.makes),
        (_("On an invoice"), lambda action: action.concerns == INVOICE),
        (_("On a customer"), lambda action: action.concerns == CUSTOMER),
        (_("On an item"), lambda action: action.concerns == ITEM),
        (_("On a source"), lambda action: not action.concerns and action.reads),
    )
    return [(title, [button for button in offered() if belongs(button.action)]) for title, belongs in places]


def filters() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """The filters of each list: the name in its address and the label."""
    return [(listed.label, _filters_of(listed)) for listed in Listed]


def _filters_of(listed: str) -> list[tuple[str, Any]]:
    return [(name, one.label) for name, one in ROOMS[Listed(listed)].filters.base_filters.items()]


def kept() -> list[tuple[Any, list[Any]]]:
    """What the desk keeps because the service has no place for it: by service, the labels of the actions."""
    return [(service.label, _kept_at(service)) for service in Service]


def _kept_at(service: str) -> list[str]:
    return list(dict.fromkeys(str(ACTIONS[name].label) for name in KEPT if ACTIONS[name].kept_at(service)))
