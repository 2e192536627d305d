"""What the mirror keeps as ``form`` is data that the action of the same object takes, unchanged."""

import pytest

from arapp.actions.data import invoices, parties
from arapp.actions.fields import Field, clean
from arapp.receivables.models import Customer, Invoice, Item, Source
from arapp.upstreams.details import take_in
from arapp.upstreams.pull import pull
from arapp.upstreams.registry import open_source
from tests.upstreams.conftest import Desk


@pytest.fixture
def source(connected: Desk) -> Source:
    source, _standin = connected("billomat", invoices=60)
    pull(source)
    return source


def fits(fields: tuple[Field, ...], form: dict, source: Source, currency: str = "EUR") -> bool:
    return clean(fields, form, source, currency) == form


def test_forms_of_customers_are_data_of_customer_update(source):
    found = Customer.objects.filter(source=source, brief=False)
    assert all(fits(parties.CUSTOMER, customer.form, source) for customer in found)
    assert found.count() >= 10


def test_forms_of_items_are_data_of_item_update(source):
    found = Item.objects.filter(source=source, brief=False)
    assert all(fits(parties.ITEM, item.form, source) for item in found)
    assert found.count() >= 5


def test_forms_of_documents_are_data_of_invoice_update(source):
    adapter = open_source(source, for_person=True)
    found = list(Invoice.objects.filter(source=source))
    for invoice in found:
        take_in(adapter, invoice)
        assert fits(invoices.INVOICE, invoice.form, source, invoice.currency), invoice.form
    assert len(found) == 60
