"""Clicks at once. Runs on SQLite and on PostgreSQL; seen to fail without the lock in ``store``."""

import pytest

from arapp.actions.doing import Invalid, Refused, check, store
from arapp.actions.table import ACTIONS
from arapp.kept.models import KeptPayment
from arapp.outbox.models import Intent
from tests.approvals.test_races import at_once
from tests.conftest import make_invoice, make_source, make_user

CLICKS = 8


@pytest.mark.django_db(transaction=True)
def test_of_eight_clicks_at_once_one_is_stored():
    invoice, person = make_invoice(state="open", service_state="OPEN", service_decision="approved"), make_user()
    payment = ACTIONS["payment.create"]
    wishes = [check(payment, invoice.source, invoice, {"amount": "25"}, person) for _click in range(CLICKS)]
    results = at_once(CLICKS, lambda n: store(wishes[n]))
    assert sum(isinstance(result, Intent) for result in results) == 1, results
    assert sum(isinstance(result, Refused) for result in results) == CLICKS - 1
    assert Intent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_eight_times_at_once_makes_one_and_answers_all():
    source, person = make_source(), make_user()
    data = {"name": "Nordic Tea", "own_reference": "form-1"}
    wishes = [check(ACTIONS["customer.create"], source, None, data, person) for _click in range(CLICKS)]
    results = at_once(CLICKS, lambda n: store(wishes[n]))
    assert len({result.pk for result in results}) == Intent.objects.count() == 1, results


@pytest.mark.django_db(transaction=True)
def test_payments_kept_at_once_never_come_to_more_than_what_is_open():
    invoice, person = make_invoice(make_source(service="billover"), state="open", open=None, paid=None), make_user()
    amounts = [f"{20 + n}.00" for n in range(CLICKS)]
    payment = ACTIONS["payment.create"]
    wishes = [check(payment, invoice.source, invoice, {"amount": amount}, person) for amount in amounts]
    results = at_once(CLICKS, lambda n: store(wishes[n]))
    assert all(isinstance(result, Intent | Invalid) for result in results), results
    assert 0 < sum(payment.amount for payment in KeptPayment.objects.all()) <= invoice.gross
