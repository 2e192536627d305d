"""What every action has in common, whatever comes in; and forms that open with what the service has."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arapp.actions.doing import Invalid, Refused, check
from arapp.actions.fields import clean
from arapp.actions.stakes import currency_for
from arapp.actions.table import ACTIONS
from arapp.outbox.models import Intent
from arapp.receivables import mirror
from arapp.receivables.models import Customer, Invoice, Item
from arapp.receivables.records import ItemRecord
from tests.actions.conftest import Read
from tests.actions.test_fields import JSON
from tests.conftest import NOW, make_invoice, make_source

TEXTS = ["", "1", "-1", "0", "10%", "2026-11-20", "2199-12-31", "SEK", "x", "811218-9876", "siv@example.org", "c1"]
VALUES = st.sampled_from([*TEXTS, 0, 1, True, False, [], ["cash"], ["siv@example.org"]]) | JSON


def shaped(fields: Any) -> st.SearchStrategy:
    """Objects with every name at hand and values that often fit."""
    inner = {}
    for field in fields:
        if field.kind in ("group", "rows"):
            one = shaped(field.fields)
            inner[field.name] = st.lists(one, max_size=2) if field.kind == "rows" else one
        else:
            inner[field.name] = st.sampled_from(field.choices) | VALUES if field.choices else VALUES
    return st.fixed_dictionaries({}, optional=inner)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_whatever_is_given_it_is_checked_or_refused_with_sentences(name: str):
    action = ACTIONS[name]
    subjects: dict[str, Any] = {}
    for service in sorted(action.services):
        source = make_source(service=service, second_person="never")
        invoice = make_invoice(source, state="open", service_state="Overdue", permissions={"can_update": True})
        subjects[service] = {"invoice": invoice, "customer": invoice.customer}.get(action.concerns)
        if action.concerns == "item":
            mirror.write_items(source, [ItemRecord(external_id="i1", name="Tea")], NOW)
            subjects[service] = Item.objects.get(source=source)

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(service=st.sampled_from(sorted(action.services)), data=st.data())
    def checked(service: str, data: st.DataObject) -> None:
        subject = subjects[service]
        source = subject.source if subject else make_source(service=service)
        assert said(name, source, subject, data.draw(shaped(action.fields_at(service))))

    checked()
    assert not Intent.objects.exists()


def said(name: str, source: Any, subject: Any, data: Any) -> bool:
    """Whether it was checked through, or each problem has its sentence."""
    try:
        check(ACTIONS[name], source, subject, data, None, "digest" if subject is None else "")
    except Invalid as invalid:
        return all(invalid.problems.values())
    except Refused as refused:
        return bool(refused.sentence)
    return True


@pytest.mark.parametrize("service", ["billogram", "billomat", "billover"])
def test_a_form_opens_with_data_that_the_action_takes(read: Read, service: str):
    source, _stand_in = read(service, invoices=40)
    found = 0
    for model, name in ((Customer, "customer.update"), (Item, "item.update"), (Invoice, "invoice.update")):
        for row in model.objects.filter(source=source).exclude(form=None):
            clean(ACTIONS[name].fields, row.form, source, currency_for(source, row, {}))
            found += 1
    assert found > 40
