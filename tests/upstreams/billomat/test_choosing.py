"""The account's own lists that a person chooses from, and the people at a client."""

import httpx
import pytest

from arapp.receivables.models import Choice
from arapp.sandbox.base import Fault
from arapp.upstreams.base import CUSTOMER
from arapp.upstreams.billomat.hooks import EVENT, hints
from arapp.upstreams.http import Throttled
from arapp.upstreams.pull import Options, pull
from tests.upstreams.billomat.samples import raw
from tests.upstreams.billomat.wiring import asked, canned, refusal
from tests.upstreams.conftest import Desk

KINDS = {"template", "email_template", "free_text", "reminder_level", "tax", "unit"}


def test_each_list_is_one_call(standin, adapter):
    found = adapter.choices()
    assert set(found) == KINDS
    assert len(standin.requests) == len(KINDS)
    assert len(found["unit"]) == len(standin.tables["units"].rows)
    assert all(choice.kind == kind and choice.external_id and choice.name for kind in found for choice in found[kind])


def test_a_choice_says_what_a_form_needs(adapter):
    found = adapter.choices()
    assert {"type": "INVOICE", "title": "Wartung", "intro": "Wie vereinbart:"}.items() <= found["free_text"][
        0
    ].data.items()
    assert {tax.data["rate"]: tax.name for tax in found["tax"]} == {"19": "MwSt", "7": "MwSt", "0": "steuerfrei"}
    assert {choice.data["type"] for choice in found["template"]} >= {"INVOICE", "CREDIT_NOTE"}
    assert found["reminder_level"][1].data["charge_amount"]


@pytest.mark.parametrize("status", [403, 404])
def test_a_list_that_is_closed_to_our_key_is_left_out(standin, adapter, status):
    standin.faults.append(Fault(refusal(status, "no right"), path="/free-texts"))
    assert set(adapter.choices()) == KINDS - {"free_text"}


def test_no_list_is_read_twice(standin, adapter):
    adapter.choices()
    list(adapter.pages("items"))
    paths = [request.path for request in standin.requests]
    assert (paths.count("/api/taxes"), paths.count("/api/units")) == (1, 1)


def test_lists_beyond_the_limit_of_calls_are_not_taken_for_closed(standin, adapter):
    standin.rate_limit = 0
    with pytest.raises(Throttled):
        adapter.choices()


def test_a_whole_walk_keeps_the_lists(connected: Desk):
    source, standin = connected("billomat", invoices=0)
    pull(source, Options(full=True))
    names = Choice.objects.filter(source=source, kind="unit").values_list("name", flat=True)
    assert sorted(names) == sorted(row["name"] for row in standin.tables["units"].rows.values())


# contacts


def test_the_people_at_a_client_are_read_with_it(standin, adapter):
    client = standin.add_client()["id"]
    other = standin.add_client(name="Other")["id"]
    standin.add_contact(client, label="Einkauf", first_name="Jonas", last_name="Reimers")
    standin.add_contact(other, last_name="Nobody")
    record = adapter.customer(str(client))
    assert [(one.name, one.of, one.data["label"]) for one in record.contacts] == [
        ("Jonas Reimers", str(client), "Einkauf")
    ]
    assert asked(standin, "client_id")[-1] == str(client)


def test_where_contacts_are_closed_nothing_is_told_of_them(standin, adapter):
    client = standin.add_client()["id"]
    standin.faults.append(Fault(refusal(403, "no right"), path="/contacts"))
    assert adapter.customer(str(client)).contacts is None


def test_a_contact_written_by_hand_is_read():
    adapter = canned(lambda request: httpx.Response(200, content=raw("contacts-one.json")))
    (found,) = adapter.choosing.contacts("501")
    assert (found.external_id, found.name, found.of) == ("31", "Jonas Reimers", "501")
    assert found.data == {
        "label": "Einkauf",
        "name": "Muster AG",
        "first_name": "Jonas",
        "last_name": "Reimers",
        "email": "j.reimers@muster.example.org",
        "address": {"street": "Am Ring 1", "zip": "10115", "city": "Berlin", "country": "DE"},
    }


@pytest.mark.parametrize(
    ("event", "body", "expected"),
    [
        ("contact.update", b'{"contact": {"id": "31", "client_id": "501"}}', (CUSTOMER, "501")),
        ("article.create", b"<article><id>5</id><title>x</title></article>", ("item", "5")),
    ],
)
def test_hooks_about_contacts_and_articles_name_what_is_to_be_read(event, body, expected):
    (hint,) = hints({EVENT: event}, body)
    assert (hint.kind, hint.external_id, hint.odd) == (*expected, False)
