"""The help page: nothing that people meet at the desk is left out, and every link to it arrives."""

import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import TextChoices
from django.utils.html import escape
from django.utils.translation import activate, override

from arapp.actions.table import ACTIONS, role_of
from arapp.approvals.models import Action as Decided
from arapp.approvals.models import ApprovalState, Origin
from arapp.lists.models import Listed
from arapp.lists.periods import PERIODS
from arapp.lists.views import ROOMS
from arapp.outbox.models import IntentState
from arapp.people.models import ABILITIES, CsvForm, Role
from arapp.receivables.claims import AGES
from arapp.receivables.models import CountsAs, Kind, MovementKind, SecondPerson, Service, State
from arapp.upstreams.registry import ADAPTERS
from arapp.web import help_pages, help_words
from arapp.web.acting_words import does, does_anywhere
from tests.conftest import make_invoice, make_source

ROOT = Path(__file__).resolve().parent.parent.parent
EXPLAINED = re.compile(r'{%\s*explain "([\w-]+)"(\|add:)?')
LINK = re.compile(r"{% url 'help' %}#([\w-]+)")

CHOICES: dict[str, type[TextChoices]] = {
    "approval": ApprovalState,
    "decision": Decided,
    "origin": Origin,
    "way": IntentState,
    "kind": Kind,
    "movement": MovementKind,
    "counts": CountsAs,
    "second": SecondPerson,
    "state": State,
    "role": Role,
}


class Page(HTMLParser):
    """The ids of a page and the places that it leads to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given["href"] or ""] if tag == "a" else []


def said(words: object) -> str:
    """As it stands in HTML."""
    return str(escape(words))


@pytest.fixture(autouse=True)
def language_of_the_tests() -> Iterator[None]:
    """A request leaves its language behind in the thread."""
    yield
    activate(settings.LANGUAGE_CODE)


@pytest.fixture
def html(signed_in) -> str:
    return signed_in(Role.VIEWER).get("/help/").content.decode()


@pytest.mark.parametrize("prefix", CHOICES)
def test_every_state_kind_and_role_is_told_under_its_anchor_by_its_label(html: str, prefix: str):
    ids = Page(html).ids
    assert [one for one in CHOICES[prefix] if f"{prefix}-{one.value}" not in ids] == []
    assert [one for one in CHOICES[prefix] if said(one.label) not in html] == []


def test_every_action_is_told_with_what_it_does(html: str):
    ids = Page(html).ids
    told = [action for action in ACTIONS.values() if action.services]
    assert [one.name for one in told if f"action-{one.name.replace('.', '-')}" not in ids] == []
    assert [one.name for one in told if not list(does_anywhere(one))] == []
    assert all(escape(sentence) in html for action in told for sentence in does_anywhere(action))


def test_every_meaning_is_on_the_page_and_belongs_to_a_choice(html: str):
    told = [value for name, value in vars(help_words).items() if name.isupper() and isinstance(value, dict)]
    assert len(told) == len(CHOICES)
    assert [words for meanings in told for words in meanings.values() if said(words) not in html] == []
    assert {*help_words.ABILITIES} == set().union(*ABILITIES.values())


def test_every_word_of_a_service_stands_in_the_row_of_its_state(html: str):
    words = {told.value: dict(told.services) for told in help_pages.states()}
    for service in Service:
        assert ADAPTERS[service].states, service
        for word, state in ADAPTERS[service].states.items():
            assert word in words[state][service.label].split(", ")
            assert word in html


@pytest.mark.django_db
def test_an_adapter_reads_its_words_as_the_page_says():
    """What the page calls a state is what a payload with that word becomes."""
    from arapp.upstreams.billomat import mapping as billomat
    from arapp.upstreams.billover import mapping as billover

    assert ADAPTERS["billomat"].states is billomat.STATES
    finished = {billover._state(billover.FINISHED, word): word for word in ("approved", "rejected")}
    assert all(ADAPTERS["billover"].states[word] == state for state, word in finished.items())
    assert ADAPTERS["billover"].states["processing"] == billover._state("processing", "waiting")
    assert ADAPTERS["billover"].states["failed"] == billover._state("failed", "waiting")


def test_ages_periods_filters_and_forms_of_files_are_all_there(html: str):
    assert [age for age in AGES if f"?age={age}" not in html] == []
    assert [name for name in PERIODS if f"<code>{name}</code>" not in html] == []
    names = {name for listed in Listed for name in ROOMS[listed].filters.base_filters}
    assert [name for name in names if f"<code>{name}</code>" not in html] == []
    assert [form for form in CsvForm if said(form.label) not in html] == []


def test_a_period_is_told_with_its_days_of_today():
    found = {name: days for name, _label, *days in help_pages.everything(_Nobody(), date(2026, 3, 31))["periods"]}
    assert found["last-month"] == [date(2026, 2, 1), date(2026, 2, 28)]
    assert found["next-7-days"] == [date(2026, 3, 31), date(2026, 4, 6)]


class _Nobody:
    role = ""


def test_decisions_are_told_in_the_words_of_their_buttons():
    told = {str(title): dict(effects) for title, effects in help_pages.decisions()}
    assert [list(effects) for effects in told.values()] == [["Billogram", "BillOver", "Billomat"]] * 4
    assert told["Approve"]["Billomat"] == "Approve and issue; nothing is sent to the customer"
    assert told["Approve"]["Billogram"] == "Approve and send by e-mail"
    assert told["Reject"]["Billogram"] == "Reject; the draft stays at Billogram"
    assert "cannot be taken back" in told["Reopen what is approved"]["Billogram"]
    assert told["Reopen what is approved"]["BillOver"] == "Reopen and remove the decision at BillOver"
    assert told["Reopen what is rejected"] == {
        "Billogram": "Reopen at the desk",
        "BillOver": "Reopen and remove the decision at BillOver",
        "Billomat": "Reopen at the desk",
    }


def test_roles_are_told_as_the_table_of_abilities_has_them(html: str):
    marks = [[may for _role, may in marked] for _sentence, marked in help_pages.abilities()]
    assert [sum(column) for column in zip(*marks, strict=True)] == [len(ABILITIES[role]) for role in Role]
    adds = {row["anchor"]: {button.action.name for button in row["adds"]} for row in help_pages.roles(_Nobody())}
    assert all(action.name in adds[f"role-{role_of(action)}"] for action in ACTIONS.values() if action.services)
    assert html.count('<span class="tag">you</span>') == 1


def test_what_cannot_be_undone_says_where():
    buttons = {button.action.name: button for button in help_pages.offered()}
    assert (buttons["invoice.credit"].everywhere, buttons["invoice.credit"].plain) == (True, False)
    payment = buttons["payment.create"]
    assert (payment.final, payment.everywhere, str(payment.undone_by.label)) == (
        "Billogram",
        False,
        "Delete a payment",
    )
    assert (buttons["invoice.tag"].final, buttons["invoice.tag"].plain) == ("", True)


def test_every_link_within_the_page_arrives_and_no_id_is_there_twice(html: str):
    page = Page(html)
    within = [link[1:] for link in page.links if link.startswith("#")]
    assert len(within) > len(help_pages.SECTIONS)
    assert set(within) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_every_small_link_from_elsewhere_arrives(html: str):
    ids = Page(html).ids
    asked = [
        found for path in (ROOT / "templates").rglob("*.html") for found in EXPLAINED.findall(path.read_text("utf-8"))
    ]
    assert len(asked) >= 4
    for anchor, more in asked:
        whole = [anchor] if not more else [f"{anchor}{state}" for state in State.values]
        assert set(whole) <= set(ids), anchor


def test_the_state_of_an_invoice_leads_to_its_meaning(signed_in):
    invoice = make_invoice(make_source(), state="collection", service_decision="approved")
    page = signed_in(Role.VIEWER).get(f"/invoices/{invoice.pk}/").content.decode()
    assert 'href="/help/#state-collection"' in page
    assert "What “In collection” means" in page


def test_every_page_leads_to_help_and_the_keys_do_too(signed_in):
    assert Page(signed_in(Role.VIEWER).get("/").content.decode()).links.count("/help/") == 2


def test_help_takes_a_login_and_only_reads(client, signed_in):
    assert client.get("/help/").status_code == 302
    assert signed_in(Role.VIEWER).post("/help/").status_code == 405


def test_help_asks_the_database_for_the_frame_alone(signed_in, django_assert_max_num_queries):
    client = signed_in(Role.CONTROLLER)
    make_source()
    with django_assert_max_num_queries(6):
        client.get("/help/")


@pytest.mark.parametrize("language", ["de", "sv"])
def test_help_speaks_the_readers_language(signed_in, language: str):
    answer = signed_in(Role.VIEWER).get("/help/", headers={"accept-language": language})
    with override(language):
        label = str(State.COLLECTION.label)
    assert label != "In collection"
    assert f'id="state-collection"><th scope="row"><span class="state s-collection">{label}</span>' in (
        answer.content.decode()
    )


@pytest.mark.django_db
def test_a_form_says_the_same_of_its_action_as_the_help():
    invoice = make_invoice(make_source(service="billomat"))
    sentence = does(ACTIONS["invoice.complete"], invoice)
    assert list(does_anywhere(ACTIONS["invoice.complete"])) == [sentence]
