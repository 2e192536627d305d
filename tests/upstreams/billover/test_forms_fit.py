"""What the mirror keeps as ``form`` is data that the action of the same object takes."""

import pytest

from arapp.actions.data import invoices, parties
from arapp.actions.fields import Field, clean
from arapp.receivables import mirror
from arapp.receivables.models import Customer, Invoice, Source
from arapp.upstreams.billover import forms
from arapp.upstreams.details import take_in
from arapp.upstreams.pull import pull
from arapp.upstreams.registry import open_source
from tests.upstreams.conftest import Desk


@pytest.fixture
def source(connected: Desk) -> Source:
    source, _stand_in = connected("billover", invoices=60)
    pull(source)
    adapter = open_source(source, for_person=True)
    mirror.write_choices(source, adapter.choices())
    for invoice in Invoice.objects.filter(source=source):
        take_in(adapter, invoice)
    return source


def cleaned(fields: tuple[Field, ...], row: Customer | Invoice) -> dict:
    return clean(fields, row.form, row.source, getattr(row, "currency", "") or "EUR")


def test_forms_of_companies_are_data_of_customer_update(source):
    found = Customer.objects.filter(source=source, brief=False)
    assert found.count() >= 10
    for row in found:
        assert cleaned(parties.CUSTOMER, row) == row.form
        assert forms.company_body(row.form)["address"] == row.address


def test_forms_of_invoices_are_data_of_invoice_update(source):
    found = Invoice.objects.filter(source=source)
    assert found.count() == 60
    for row in found:
        assert forms.invoice_body(cleaned(invoices.INVOICE, row)) == forms.invoice_body(row.form), row.form
