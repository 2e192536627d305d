"""What stays at the desk: comments, tags and payments."""

from datetime import date

import pytest

from arapp.kept import keeping
from arapp.kept.models import KeptComment, KeptPayment, KeptTag
from arapp.people.models import User
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money
from tests.conftest import make_invoice, make_source

pytestmark = pytest.mark.django_db


def pay(invoice: Invoice, amount: str, person: User) -> KeptPayment:
    return keeping.pay(invoice, Money.parse(amount, "EUR"), date(2026, 11, 20), "cash", "", person)


def test_a_comment_is_kept_on_an_invoice_or_on_a_customer(invoice: Invoice, person: User):
    keeping.comment(invoice, "ask again", person)
    keeping.comment(invoice.customer, "pays late", person)
    assert [str(one) for one in invoice.kept_comments.all()] == ["ask again"]
    assert [str(one) for one in invoice.customer.kept_comments.all()] == ["pays late"]
    assert KeptComment.objects.filter(person=person).count() == 2


def test_a_tag_is_there_once_however_often_it_is_put_on(invoice: Invoice, person: User):
    keeping.tag(invoice, ["late", "late", "vip"], [], person)
    keeping.tag(invoice, ["late"], ["vip", "never there"], person)
    assert [str(tag) for tag in KeptTag.objects.filter(invoice=invoice)] == ["late"]


def test_what_is_open_is_less_what_was_paid_at_the_desk(invoice: Invoice, person: User):
    pay(invoice, "19.00", person)
    second = pay(invoice, "50.00", person)
    assert keeping.open_at_desk(invoice) == Money(5_000, "EUR")
    assert keeping.take_back(second.pk, invoice, person)
    assert keeping.open_at_desk(invoice) == Money(10_000, "EUR")


def test_a_service_that_knows_no_balance_is_owed_the_gross(person: User):
    invoice = make_invoice(make_source(service="billover"), open=None, paid=None)
    assert invoice.open is None
    pay(invoice, "120.00", person)
    assert keeping.open_at_desk(invoice) == Money(-100, "EUR")


def test_where_no_amount_is_known_nothing_is_open(person: User):
    unread = make_invoice(make_source(service="billover"), gross=None, open=None, net=None, vat=None)
    assert keeping.open_at_desk(unread) is None


def test_a_deleted_payment_stays_with_who_did_it_and_is_deleted_once(invoice: Invoice, person: User):
    payment = pay(invoice, "19.00", person)
    assert keeping.take_back(payment.pk, invoice, person)
    assert not keeping.take_back(payment.pk, invoice, person)
    payment.refresh_from_db()
    assert payment.deleted_by == person
    assert payment.deleted_at is not None
    assert not KeptPayment.objects.standing().exists()


def test_a_payment_of_another_invoice_is_not_taken_back(invoice: Invoice, person: User):
    payment = pay(invoice, "19.00", person)
    assert not keeping.take_back(payment.pk, make_invoice(invoice.source), person)
    assert keeping.paid_at_desk(invoice) == 1_900
