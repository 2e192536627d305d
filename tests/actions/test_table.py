"""One table for pages, the bulk bar and the command line."""

import json

import pytest

from arapp.actions.table import ACTIONS, DECISIONS, KEPT, listed, of_invoice, role_of, schema_of
from arapp.upstreams.registry import ADAPTERS

NAMES = set(
    """
    customer.create customer.update contact.create contact.update contact.delete item.create item.update item.delete
    invoice.create invoice.update invoice.upload invoice.delete invoice.send invoice.complete invoice.approve
    invoice.reject invoice.reopen invoice.resend invoice.email invoice.mail invoice.message invoice.attach invoice.pdf
    invoice.sign payment.create payment.delete invoice.credit invoice.credit_payment invoice.remind reminder.email
    reminder.cancel invoice.collect invoice.respite invoice.remove_respite invoice.write_off invoice.write_down
    invoice.revert_write_down invoice.sell invoice.cancel invoice.uncancel invoice.encash invoice.comment invoice.tag
    report.download customer.comment
    """.split()
)
DECIDES = set(
    """
    invoice.send invoice.complete invoice.approve invoice.reject invoice.reopen invoice.credit invoice.credit_payment
    invoice.write_off invoice.write_down invoice.revert_write_down payment.delete invoice.sell invoice.collect
    invoice.encash invoice.cancel invoice.uncancel invoice.sign reminder.cancel
    """.split()
)
TWO_PEOPLE = set(
    """
    invoice.send invoice.complete invoice.approve invoice.credit invoice.write_off invoice.write_down payment.delete
    invoice.sell
    """.split()
)


def test_everything_a_person_can_do_is_in_the_table():
    assert set(ACTIONS) == NAMES


def test_each_action_exists_at_one_service_at_least():
    assert not [name for name, action in ACTIONS.items() if not action.services]


@pytest.mark.parametrize("service", sorted(ADAPTERS))
def test_what_an_adapter_does_is_in_the_table_and_the_table_names_no_more(service: str):
    told = set(ADAPTERS[service].acts)
    here = {name for name, action in ACTIONS.items() if service in action.services}
    assert told <= here
    beside = set(DECISIONS) | {"invoice.pdf", "report.download"} | {n for n, at in KEPT.items() if service in at}
    assert here - told <= beside


def test_nothing_is_both_told_to_a_service_and_kept_at_the_desk():
    assert not [(name, at) for name, where in KEPT.items() for at in where if name in ADAPTERS[at].acts]


def test_the_least_role_follows_what_is_decided():
    assert {name for name, action in ACTIONS.items() if role_of(action) == "approver"} == DECIDES
    assert {name for name, action in ACTIONS.items() if role_of(action) == "viewer"} == {
        "invoice.pdf",
        "report.download",
    }
    assert {name for name, action in ACTIONS.items() if action.second_person} == TWO_PEOPLE


def test_the_list_is_json_with_services_role_and_schema():
    rows = json.loads(json.dumps(listed()))
    assert [row["action"] for row in rows] == list(ACTIONS)
    for row in rows:
        assert set(row) == {"action", "services", "role", "irreversible", "schema"}
        assert row["services"] == sorted(row["services"])
        assert row["schema"]["type"] == "object"
        assert row["schema"]["additionalProperties"] is False


def test_the_schema_of_a_payment_needs_its_amount_as_text():
    schema = schema_of(ACTIONS["payment.create"])
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["required"] == ["amount"]
    assert schema["properties"]["amount"]["type"] == "string"
    assert schema["properties"]["method"]["description"] == "[BillOver, Billomat]"


def test_a_field_that_differs_by_service_has_each_form_in_the_schema():
    unit = schema_of(ACTIONS["item.create"])["properties"]["unit"]
    assert [set(form) >= {"enum"} for form in unit["anyOf"]] == [True, False]


def test_an_invoice_offers_what_its_service_has_the_main_action_first_and_what_hurts_last():
    names = [action.name for action in of_invoice("billogram")]
    assert names[0] == "invoice.send"
    assert "invoice.remind" in names
    assert "invoice.email" not in names
    menus = [action.menu for action in of_invoice("billomat")]
    assert menus == sorted(menus, key=["main", "more", "danger"].index)
    assert all(ACTIONS[name].menu for name in names)
