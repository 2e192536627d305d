"""customer.create, customer.update, contact.create, contact.update, contact.delete."""

import json
from typing import Any

import pytest

from arapp.receivables.models import Choice, Customer, Source
from arapp.sandbox.base import Fault
from arapp.sandbox.billomat import Billomat as StandIn
from arapp.upstreams.details import read_now
from arapp.upstreams.pull import pull
from tests.upstreams.acting import carried_out, looked_at_again, tell, wish
from tests.upstreams.billomat.wiring import refusal
from tests.upstreams.conftest import Desk

ADDRESS = {"street": "Am Ring 1", "zip": "10115", "city": "Berlin", "country": "DE"}
CUSTOMER = {"name": "Nordlicht GmbH", "email": "rechnung@nordlicht.example.org", "address": ADDRESS}
TERMS = {"first_name": "Anna Lena", "last_name": "Berg", "vat_no": "DE999999999", "due_days": 30}
ANNA = {"first_name": "Anna", "last_name": "Berg", "email": "anna@nordlicht.example.org"}


@pytest.fixture
def desk(connected: Desk) -> tuple[Source, StandIn]:
    return connected("billomat", invoices=0)


@pytest.fixture
def known(desk) -> tuple[Source, StandIn, Customer]:
    """A customer that is there and here."""
    source, standin = desk
    standin.add_client(name="Muster AG", email="alt@muster.example.org", note="pays late", phone="030 1")
    pull(source)
    return source, standin, Customer.objects.get(source=source)


def bodies(standin: StandIn) -> list[tuple[str, str, Any]]:
    return [(one.method, one.path, json.loads(one.body) if one.body else None) for one in standin.journal]


def drop(standin: StandIn, method: str, path: str, *, after: bool) -> None:
    standin.faults.append(Fault(drop=True, method=method, path=path, after=after))


# a new customer


def test_a_new_customer_is_a_client_that_carries_our_reference(desk):
    source, standin = desk
    intent = tell(source, "customer.create", **TERMS, **CUSTOMER)
    assert (intent.state, intent.error) == ("done", "")
    (write,) = bodies(standin)
    assert write == (
        "POST",
        "/api/clients",
        {
            "client": {
                "name": "Nordlicht GmbH",
                "first_name": "Anna Lena",
                "last_name": "Berg",
                "email": "rechnung@nordlicht.example.org",
                "vat_number": "DE999999999",
                "street": "Am Ring 1",
                "zip": "10115",
                "city": "Berlin",
                "country_code": "DE",
                "due_days": 30,
                "due_days_type": "ABSOLUTE",
                "customfield": intent.reference,
            }
        },
    )
    customer = Customer.objects.get(source=source)
    assert (intent.customer, intent.result_id) == (customer, customer.external_id)
    assert (customer.name, customer.contact_name, customer.brief) == ("Nordlicht GmbH", "Anna Lena Berg", False)
    assert (customer.form["address"], customer.form["due_days"]) == (ADDRESS, 30)


@pytest.mark.parametrize(
    ("number", "sent"),
    [
        ("KD00800", {"number": 800, "number_pre": "KD", "number_length": 5}),
        ("2026-07", {"number": 7, "number_pre": "2026-", "number_length": 2}),
    ],
)
def test_a_number_is_a_prefix_and_digits_of_a_length(desk, number, sent):
    source, standin = desk
    assert tell(source, "customer.create", name="A", number=number).state == "done"
    client = bodies(standin)[0][2]["client"]
    assert {name: client[name] for name in sent} == sent
    assert Customer.objects.get(source=source).number == number


def test_digits_alone_are_put_behind_the_accounts_own_prefix(desk):
    source, standin = desk
    assert tell(source, "customer.create", name="A", number="88").state == "done"
    assert bodies(standin)[0][2]["client"]["number"] == 88
    assert Customer.objects.get(source=source).number == "KD88"


def test_a_number_without_digits_is_refused_before_anything_is_sent(desk):
    source, standin = desk
    intent = tell(source, "customer.create", name="A", number="NORD")
    assert (intent.state, "ends in digits" in intent.error, standin.journal) == ("refused", True, [])


def test_a_customer_that_billomat_refuses_is_refused_in_its_words(desk):
    source, standin = desk
    intent = tell(source, "customer.create", name="A", email="nobody")
    assert (intent.state, intent.error) == ("refused", "invalid email address")
    assert (Customer.objects.count(), len(standin.tables["clients"].rows)) == (0, 0)


@pytest.mark.parametrize("after", [True, False], ids=["it arrived", "it did not arrive"])
def test_after_a_lost_answer_there_is_one_customer(desk, after):
    source, standin = desk
    intent = wish(source, "customer.create", **CUSTOMER)
    drop(standin, "POST", "/clients", after=after)
    assert carried_out(intent).state == "unknown"
    intent = looked_at_again(intent)
    assert (intent.state, len(standin.tables["clients"].rows)) == ("done", 1)
    assert Customer.objects.get(source=source).external_id == intent.result_id


def test_a_reference_that_is_part_of_another_one_is_not_taken_for_it(desk):
    """Whether Billomat searches ``customfield`` exactly is not known (4.0)."""
    source, standin = desk
    intent = wish(source, "customer.create", **CUSTOMER)
    standin.add_client(name="Another", customfield=f"{intent.reference}7")
    assert carried_out(intent).state == "done"
    assert len(standin.tables["clients"].rows) == 2


# a changed one


def test_a_change_sends_what_was_given_and_leaves_the_rest(known):
    source, standin, customer = known
    data = {"email": "neu@muster.example.org", "phone": "", "address": {"city": "Köln"}, "archived": True}
    intent = tell(source, "customer.update", customer, due_days=10, discount_rate="2", **data)
    assert (intent.state, intent.error) == ("done", "")
    assert bodies(standin) == [
        (
            "PUT",
            f"/api/clients/{customer.external_id}",
            {
                "client": {
                    "email": "neu@muster.example.org",
                    "phone": "",
                    "archived": 1,
                    "city": "Köln",
                    "due_days": 10,
                    "due_days_type": "ABSOLUTE",
                    "discount_rate": "2",
                    "discount_rate_type": "ABSOLUTE",
                }
            },
        )
    ]
    customer.refresh_from_db()
    assert (customer.email, customer.phone, customer.note, customer.archived) == (
        "neu@muster.example.org",
        "",
        "pays late",
        True,
    )
    assert (customer.form["due_days"], customer.form["address"]["city"]) == (10, "Köln")


def test_an_emptied_term_is_the_accounts_again(known):
    source, standin, customer = known
    standin.change(customer.external_id, due_days=10, due_days_type="ABSOLUTE")
    assert tell(source, "customer.update", customer, due_days="").state == "done"
    assert bodies(standin)[0][2] == {"client": {"due_days": "", "due_days_type": "SETTINGS"}}
    customer.refresh_from_db()
    assert "due_days" not in customer.form


def test_a_change_that_is_so_already_is_not_sent(known):
    source, standin, customer = known
    data = {"name": "Muster AG", "note": "pays late", "archived": False, "first_name": ""}
    assert tell(source, "customer.update", customer, number=customer.number, **data).state == "done"
    assert standin.journal == []


def test_a_change_that_billomat_refuses_changes_nothing(known):
    source, _standin, customer = known
    intent = tell(source, "customer.update", customer, vat_no="?")
    assert (intent.state, intent.error) == ("refused", "invalid VAT number")
    customer.refresh_from_db()
    assert customer.vat_no == ""


@pytest.mark.parametrize("after", [True, False], ids=["it arrived", "it did not arrive"])
def test_a_change_whose_answer_was_lost_is_settled_by_a_look(known, after):
    source, standin, customer = known
    intent = wish(source, "customer.update", customer, note="pays on time")
    drop(standin, "PUT", "/clients", after=after)
    assert carried_out(intent).state == "unknown"
    assert looked_at_again(intent).state == "done"
    assert standin.find(customer.external_id)["note"] == "pays on time"
    assert [one.status for one in standin.journal] == [200]


# contacts


def contact_of(source: Source) -> Choice:
    return Choice.objects.get(source=source, kind="contact")


def test_a_new_contact_belongs_to_its_customer_and_can_be_chosen(known):
    source, standin, customer = known
    intent = tell(source, "contact.create", customer, label="Einkauf", address={"city": "Kiel"}, **ANNA)
    assert (intent.state, intent.error) == ("done", "")
    inner = {"client_id": int(customer.external_id), "label": "Einkauf", "city": "Kiel", **ANNA}
    assert bodies(standin) == [("POST", "/api/contacts", {"contact": inner})]
    found = contact_of(source)
    assert (found.name, found.of) == ("Anna Berg", customer.external_id)
    assert (found.data["label"], found.data["address"]["city"]) == ("Einkauf", "Kiel")


def test_a_contact_is_changed(known):
    source, standin, customer = known
    contact = standin.add_contact(int(customer.external_id), **ANNA)
    data = {"contact": str(contact["id"]), "email": "berg@nordlicht.example.org"}
    assert tell(source, "contact.update", customer, **data).state == "done"
    path = f"/api/contacts/{contact['id']}"
    assert bodies(standin) == [("PUT", path, {"contact": {"email": "berg@nordlicht.example.org"}})]
    assert contact_of(source).data["email"] == "berg@nordlicht.example.org"


def test_a_contact_is_deleted(known):
    source, standin, customer = known
    contact = standin.add_contact(int(customer.external_id), **ANNA)
    other = standin.add_contact(int(customer.external_id), last_name="Other")
    assert tell(source, "contact.delete", customer, contact=str(contact["id"])).state == "done"
    assert bodies(standin) == [("DELETE", f"/api/contacts/{contact['id']}", None)]
    assert contact_of(source).external_id == str(other["id"])


def test_a_contact_that_is_gone_already_is_not_deleted_again(known):
    source, standin, customer = known
    assert tell(source, "contact.delete", customer, contact="999999").state == "done"
    assert standin.journal == []


@pytest.mark.parametrize("kind", ["contact.update", "contact.delete"])
def test_a_contact_of_another_customer_is_left_alone(known, kind):
    source, standin, customer = known
    foreign = standin.add_contact(standin.add_client(name="Other AG")["id"], **ANNA)
    intent = tell(source, kind, customer, contact=str(foreign["id"]), last_name="Nordlicht")
    assert (intent.state, "no such contact" in intent.error, standin.journal) == ("refused", True, [])


@pytest.mark.parametrize("kind", ["contact.update", "contact.delete"])
def test_no_contact_is_touched_that_our_key_could_not_see(known, kind):
    source, standin, customer = known
    contact = standin.add_contact(int(customer.external_id), **ANNA)
    standin.faults.append(Fault(refusal(403, "no right"), method="GET", path="/contacts", times=99))
    intent = tell(source, kind, customer, contact=str(contact["id"]), last_name="Nordlicht")
    assert (intent.state, "may not read contacts" in intent.error, standin.journal) == ("refused", True, [])


@pytest.mark.parametrize("kind", ["contact.create", "contact.update"])
def test_a_contact_that_billomat_refuses_is_refused_in_its_words(known, kind):
    source, standin, customer = known
    contact = standin.add_contact(int(customer.external_id), **ANNA)
    named = {"contact": str(contact["id"])} if kind == "contact.update" else {}
    intent = tell(source, kind, customer, email="nobody", **named)
    assert (intent.state, intent.error) == ("refused", "invalid email address")


def test_a_contact_that_may_not_be_deleted_is_refused_in_its_words(known):
    source, standin, customer = known
    contact = standin.add_contact(int(customer.external_id), **ANNA)
    standin.faults.append(Fault(refusal(403, "no right"), method="DELETE"))
    intent = tell(source, "contact.delete", customer, contact=str(contact["id"]))
    assert (intent.state, intent.error) == ("refused", "no right")


@pytest.mark.parametrize("after", [True, False], ids=["it arrived", "it did not arrive"])
@pytest.mark.parametrize(
    ("kind", "method", "expected"),
    [
        ("contact.create", "POST", ["Anna Berg", "Anna Berg"]),
        ("contact.update", "PUT", ["Anna Nordlicht"]),
        ("contact.delete", "DELETE", []),
    ],
)
def test_after_a_lost_answer_about_a_contact_there_is_one_effect(known, kind, method, expected, after):
    """A second person of the same name is none that a lost answer could be mistaken for."""
    source, standin, customer = known
    contact = standin.add_contact(int(customer.external_id), **ANNA)
    data = {"contact.create": ANNA, "contact.update": {"last_name": "Nordlicht"}}.get(kind, {})
    named = {} if kind == "contact.create" else {"contact": str(contact["id"])}
    intent = wish(source, kind, customer, **data, **named)
    drop(standin, method, "/contacts", after=after)
    assert carried_out(intent).state == "unknown"
    assert looked_at_again(intent).state == "done"
    assert len(standin.journal) == 1
    assert [one.name for one in Choice.objects.filter(source=source, kind="contact")] == expected


def test_no_contact_is_made_that_our_key_could_not_see(known):
    source, standin, customer = known
    standin.faults.append(Fault(refusal(403, "no right"), method="GET", path="/contacts", times=99))
    intent = tell(source, "contact.create", customer, **ANNA)
    assert (intent.state, "may not read contacts" in intent.error, standin.journal) == ("refused", True, [])


def test_a_customer_with_closed_contacts_keeps_those_that_are_known(known):
    source, standin, customer = known
    standin.add_contact(int(customer.external_id), **ANNA)
    assert read_now(customer) == ""
    standin.faults.append(Fault(refusal(403, "no right"), method="GET", path="/contacts", times=99))
    assert tell(source, "customer.update", customer, note="new").state == "done"
    assert contact_of(source).name == "Anna Berg"
