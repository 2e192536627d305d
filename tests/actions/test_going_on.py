"""What is told a second time: under the same reference, after it was refused halfway, or by another name."""

import pytest

from arapp.actions.doing import Refused, check, store
from arapp.actions.table import ACTIONS
from arapp.outbox.models import Intent
from arapp.receivables.models import Invoice, Source
from tests.conftest import make_invoice, make_source, make_user

pytestmark = pytest.mark.django_db

OPEN = {"state": "open", "service_state": "OPEN", "service_decision": "approved"}
UNPAID = {"state": "open", "service_state": "Unpaid", "service_decision": "approved", "currency": "SEK"}
CREDIT = {"mode": "remaining"}


def told(named: str, invoice: Invoice, role: str = "approver", **data: object) -> Intent:
    person = make_user(role=role)
    return store(check(ACTIONS[named], invoice.source, invoice, data, person))


def refused_halfway(intent: Intent) -> None:
    Intent.objects.filter(pk=intent.pk).update(state="refused", result_id="3001", error="Buchung gesperrt")


def test_what_was_refused_at_a_later_step_goes_on_and_makes_nothing_again():
    invoice = make_invoice(**OPEN)
    first = told("invoice.credit", invoice, **CREDIT)
    refused_halfway(first)
    again = told("invoice.credit", invoice, **CREDIT)
    assert (again.pk, again.state, again.result_id) == (first.pk, "pending", "3001")


def test_what_was_refused_before_anything_was_made_is_told_anew():
    invoice = make_invoice(**OPEN)
    first = told("invoice.credit", invoice, **CREDIT)
    Intent.objects.filter(pk=first.pk).update(state="refused")
    assert told("invoice.credit", invoice, **CREDIT).pk != first.pk


def test_the_same_on_another_invoice_is_no_going_on():
    source = make_source()
    one, other = make_invoice(source, **OPEN), make_invoice(source, **OPEN)
    refused_halfway(told("invoice.credit", one, **CREDIT))
    assert told("invoice.credit", other, **CREDIT).invoice == other


@pytest.mark.parametrize("change", ["amount", "invoice"])
def test_a_reference_that_stands_for_something_else_is_refused_and_drops_nothing_in_silence(change: str):
    source = make_source()
    one, other = make_invoice(source, **OPEN), make_invoice(source, **OPEN)
    told("payment.create", one, amount="10.00", own_reference="V-1")
    where, amount = (other, "10.00") if change == "invoice" else (one, "12.00")
    with pytest.raises(Refused, match="something else"):
        told("payment.create", where, amount=amount, own_reference="V-1")


def test_two_references_tell_two_payments_of_the_same_amount_apart():
    invoice = make_invoice(**OPEN)
    one = told("payment.create", invoice, amount="10.00", own_reference="V-1")
    assert told("payment.create", invoice, amount="10.00", own_reference="V-2").pk != one.pk


def prepared_by_an_approver(source: Source, **fields: object) -> tuple[Invoice, object]:
    invoice, anna = make_invoice(source, **fields), make_user()
    Intent.objects.create(source=source, invoice=invoice, kind="invoice.create", person=anna, state="done")
    return invoice, anna


def test_a_change_of_what_is_sent_credits_by_another_name_and_wants_a_second_person():
    invoice, anna = prepared_by_an_approver(make_source(service="billogram"), **UNPAID)
    change = {"due_date": "2027-01-31"}
    for person in (anna, None):
        with pytest.raises(Refused, match=r"somebody else|second person"):
            check(ACTIONS["invoice.update"], invoice.source, invoice, change, person)
    assert check(ACTIONS["invoice.update"], invoice.source, invoice, change, make_user())


def test_a_sale_wants_a_second_person():
    draft = {"service_state": "Unattested", "currency": "SEK"}
    invoice, anna = prepared_by_an_approver(make_source(service="billogram"), **draft)
    for person in (anna, None):
        with pytest.raises(Refused, match=r"somebody else|second person"):
            check(ACTIONS["invoice.sell"], invoice.source, invoice, {}, person)
    assert check(ACTIONS["invoice.sell"], invoice.source, invoice, {}, make_user())


def test_a_payment_that_counts_as_all_writes_off_the_rest_and_is_not_for_a_clerk():
    invoice = make_invoice(**OPEN)
    with pytest.raises(Refused, match="writing off"):
        told("payment.create", invoice, "clerk", amount="0.01", mark_as_paid=True)
    assert told("payment.create", invoice, "clerk", amount="119.00", mark_as_paid=True)


def test_nor_for_who_prepared_the_invoice():
    invoice, anna = prepared_by_an_approver(make_source(), **OPEN)
    data = {"amount": "0.01", "mark_as_paid": True}
    with pytest.raises(Refused, match="somebody else"):
        check(ACTIONS["payment.create"], invoice.source, invoice, data, anna)
    assert check(ACTIONS["payment.create"], invoice.source, invoice, data, make_user())
