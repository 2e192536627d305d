"""Two people: who prepared an invoice does not issue it, unless the source allows that, and then it is recorded."""

import pytest

from arapp.approvals import second_person
from arapp.approvals.models import Approval
from arapp.approvals.refusals import NotAllowed, Refusal
from arapp.outbox.models import Intent
from arapp.people.models import User
from arapp.receivables.models import Invoice, SecondPerson, Source
from arapp.receivables.money import Money
from arapp.receivables.records import NamedRecord
from tests.conftest import make_invoice, make_source, make_user

pytestmark = pytest.mark.django_db


def prepared(invoice: Invoice, person: User, kind: str = "invoice.create", state: str = "done") -> Intent:
    return Intent.objects.create(source=invoice.source, invoice=invoice, kind=kind, person=person, state=state)


def approve(invoice: Invoice, person: User) -> object:
    approval = Approval.objects.select_related("invoice__source").get(pk=invoice.pk)
    return approval.approve(person, invoice.digest)


def allow_one_person(source: Source, above: str = "") -> None:
    source.second_person = SecondPerson.ABOVE if above else SecondPerson.NEVER
    if above:
        money = Money.parse(above, "EUR")
        source.second_person_above, source.second_person_currency = money.minor, money.currency
    source.save()


@pytest.mark.parametrize("kind", ["invoice.create", "invoice.upload", "invoice.update"])
def test_who_prepared_it_at_the_desk_does_not_approve_it_and_somebody_else_does(kind: str, invoice: Invoice):
    anna, bob = make_user(), make_user()
    prepared(invoice, anna, kind)
    with pytest.raises(NotAllowed, match="somebody else"):
        approve(invoice, anna)
    assert not approve(invoice, bob).alone


def test_a_superuser_is_no_exception(invoice: Invoice):
    root = make_user(role="administrator")
    prepared(invoice, root)
    with pytest.raises(NotAllowed, match="somebody else"):
        approve(invoice, root)


def test_who_changed_it_earlier_but_not_last_may_approve_it(invoice: Invoice):
    anna, bob = make_user(), make_user()
    prepared(invoice, anna, "invoice.update")
    prepared(invoice, bob, "invoice.update")
    assert second_person.why_not(invoice, bob)
    assert not second_person.why_not(invoice, anna)


@pytest.mark.parametrize("state", ["refused", "superseded"])
def test_a_change_that_came_to_nothing_blocks_nobody(state: str, invoice: Invoice):
    anna = make_user()
    prepared(invoice, anna, "invoice.update", state)
    assert not second_person.why_not(invoice, anna)


def test_who_made_a_draft_whose_sending_was_refused_has_made_it(invoice: Invoice):
    anna = make_user()
    prepared(invoice, anna, "invoice.create", "refused")
    assert second_person.why_not(invoice, anna)


@pytest.mark.parametrize("state", ["pending", "sending", "unknown", "needs_person"])
def test_a_change_that_may_have_arrived_counts(state: str, invoice: Invoice):
    anna = make_user()
    prepared(invoice, anna, "invoice.update", state)
    assert second_person.why_not(invoice, anna)


@pytest.mark.parametrize("role", ["owner", "changer"])
def test_the_user_of_the_same_address_at_the_service_is_that_person(role: str):
    anna = make_user()
    invoice = make_invoice(**{role: NamedRecord(external_id="u1", name="Anna", email=anna.email.upper())})
    assert second_person.why_not(invoice, anna)


def test_a_source_that_never_asks_for_one_lets_one_person_approve_and_records_it(invoice: Invoice):
    anna = make_user()
    prepared(invoice, anna)
    allow_one_person(invoice.source)
    assert approve(invoice, anna).alone


def test_that_nobody_prepared_it_here_is_not_recorded_as_alone(invoice: Invoice):
    allow_one_person(invoice.source)
    assert not approve(invoice, make_user()).alone


@pytest.mark.parametrize(
    ("above", "amount", "expected"),
    [
        ("119.00", Money.parse("119.00", "EUR"), False),
        ("118.99", Money.parse("119.00", "EUR"), True),
        ("118.99", Money.parse("-119.00", "EUR"), True),
        ("500.00", Money.parse("119.00", "SEK"), True),
        ("500.00", None, True),
    ],
)
def test_above_an_amount_one_is_needed_and_for_other_currencies_always(above: str, amount: Money, expected: bool):
    source = make_source()
    allow_one_person(source, above)
    assert second_person.needed(source, amount) is expected


def test_a_viewer_and_a_clerk_decide_nothing(invoice: Invoice):
    allow_one_person(invoice.source)
    for role in ("viewer", "clerk"):
        with pytest.raises(NotAllowed, match="role"):
            approve(invoice, make_user(role=role))


def test_an_action_on_its_way_holds_back_a_decision_of_ours(invoice: Invoice):
    prepared(invoice, make_user(), "invoice.update", "pending")
    with pytest.raises(Refusal, match="still on its way"):
        approve(invoice, make_user())


def test_a_decision_takes_back_no_action(invoice: Invoice):
    payment = prepared(invoice, make_user(), "payment.create", "pending")
    assert Intent.objects.take_back(invoice) == 0
    payment.refresh_from_db()
    assert payment.state == "pending"


def test_how_it_is_to_be_issued_is_told_with_the_decision():
    invoice = make_invoice(make_source(service="billogram"), service_state="Unattested")
    approval = Approval.objects.select_related("invoice__source").get(pk=invoice.pk)
    decision = approval.approve(make_user(), invoice.digest, told={"method": "Letter"})
    assert decision.intent.data == {"method": "Letter"}


def test_a_method_by_which_the_customer_cannot_be_reached_is_refused():
    invoice = make_invoice(make_source(service="billogram"), service_state="Unattested", receiver_phone="")
    approval = Approval.objects.select_related("invoice__source").get(pk=invoice.pk)
    with pytest.raises(Refusal, match="phone"):
        approval.approve(make_user(), invoice.digest, told={"method": "SMS"})


def issued_in_one_step(person: User, *, seen_before: bool) -> Intent:
    source = make_source(service="billogram")
    allow_one_person(source)
    invoice = make_invoice(source, approvals=seen_before, state="open", service_decision="approved")
    intent = prepared(invoice, person)
    Intent.objects.filter(pk=intent.pk).update(alone=True)
    intent.refresh_from_db()
    return intent


@pytest.mark.parametrize("seen_before", [False, True])
def test_what_one_person_made_and_issued_in_one_step_is_recorded_once_as_such(seen_before: bool):
    anna = make_user()
    intent = issued_in_one_step(anna, seen_before=seen_before)
    for _again in range(2):
        Approval.objects.issued(intent)
        Approval.objects.catch_up(invoice=intent.invoice)
    approval = Approval.objects.get(pk=intent.invoice_id)
    assert (approval.state, approval.origin, approval.decided_by) == ("approved", "desk", anna)
    alone = approval.decisions.filter(alone=True)
    assert [(one.person, one.intent_id, one.to_state) for one in alone] == [(anna, intent.pk, "approved")]


def test_a_draft_that_the_service_did_not_issue_is_not_recorded_as_approved(invoice: Invoice):
    intent = prepared(invoice, make_user())
    Intent.objects.filter(pk=intent.pk).update(alone=True)
    Approval.objects.issued(Intent.objects.get(pk=intent.pk))
    assert Approval.objects.get(pk=invoice.pk).state == "waiting"


def test_a_sale_is_the_decision_of_who_sold_it():
    anna = make_user()
    invoice = make_invoice(make_source(service="billogram"))
    mirrored = Invoice.objects.filter(pk=invoice.pk)
    mirrored.update(service_decision="approved", service_state="Factoring", state="open")
    intent = prepared(mirrored.get(), anna, "invoice.sell")
    for _again in range(2):
        Approval.objects.issued(intent)
        Approval.objects.catch_up(invoice=invoice)
    approval = Approval.objects.get(pk=invoice.pk)
    assert (approval.state, approval.origin, approval.decided_by) == ("approved", "desk", anna)
    assert [(one.person, one.intent_id, one.alone) for one in approval.decisions.all()] == [(anna, intent.pk, False)]
