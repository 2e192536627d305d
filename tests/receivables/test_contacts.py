"""The people at a customer, whom a person chooses from."""

import pytest

from arapp.receivables import mirror
from arapp.receivables.models import Choice
from arapp.receivables.records import ChoiceRecord, CustomerRecord
from tests.conftest import NOW, make_source

pytestmark = pytest.mark.django_db


def person(external_id: str, of: str = "c1", **fields: object) -> ChoiceRecord:
    return ChoiceRecord(kind="contact", external_id=external_id, of=of, **{"name": "Anna Berg", **fields})


def customer(*contacts: ChoiceRecord, external_id: str = "c1") -> CustomerRecord:
    return CustomerRecord(external_id=external_id, name="Muster AG", payload={"id": external_id}, contacts=contacts)


def kept(of: str = "c1") -> list[str]:
    return list(Choice.objects.filter(kind="contact", of=of).order_by("external_id").values_list("name", flat=True))


def test_contacts_are_made_to_be_those_that_were_read_even_where_the_customer_itself_did_not_change():
    source = make_source()
    mirror.write_customers(source, [customer(person("1"), person("2", name="Bo Ek"))], NOW)
    assert kept() == ["Anna Berg", "Bo Ek"]
    mirror.write_customers(source, [customer(person("2", name="Bo Lind"))], NOW)
    assert kept() == ["Bo Lind"]


def test_those_of_other_customers_stay():
    source = make_source()
    records = [customer(person("1")), customer(person("2", of="c2"), external_id="c2")]
    mirror.write_customers(source, records, NOW)
    mirror.write_customers(source, [customer()], NOW)
    assert (kept(), kept("c2")) == ([], ["Anna Berg"])


def test_where_contacts_were_not_read_those_that_are_known_stay():
    source = make_source()
    mirror.write_customers(source, [customer(person("1"))], NOW)
    listed = CustomerRecord(external_id="c1", name="Muster AG", payload={"id": "c1", "note": "new"})
    mirror.write_customers(source, [listed], NOW)
    assert kept() == ["Anna Berg"]


def test_a_name_is_cut_to_what_fits():
    mirror.write_customers(make_source(), [customer(person("1", name="x" * 500))], NOW)
    assert kept() == ["x" * 300]
