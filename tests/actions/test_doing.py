"""Checked, stored once, and by whom: everything that comes before a service hears of it."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from arapp.actions.allowed import why_not
from arapp.actions.doing import Invalid, Refused, Stale, check, digest_of, effect, store
from arapp.actions.stakes import at_stake
from arapp.actions.table import ACTIONS
from arapp.actions.wishes import Wish
from arapp.approvals.models import Approval
from arapp.kept.models import KeptComment, KeptPayment
from arapp.outbox.models import Intent
from arapp.people.models import User
from arapp.receivables import mirror
from arapp.receivables.models import Customer, Invoice, Source
from arapp.receivables.money import MINUS, Money
from arapp.receivables.records import CustomerRecord, ItemRecord, LineRecord, MovementRecord, PaperRecord
from tests.actions.conftest import do
from tests.conftest import NOW, TODAY, invoice_record, make_invoice, make_source, make_user

pytestmark = pytest.mark.django_db

LINE = {"title": "Consulting", "quantity": "10", "unit": "hour", "unit_price": "100", "vat_rate": "25"}
OPEN = {"state": "open", "service_state": "OPEN", "service_decision": "approved"}
UNPAID = {"state": "open", "service_state": "Unpaid", "service_decision": "approved", "currency": "SEK"}


@pytest.fixture
def billogram(db: None) -> Source:
    source = make_source(service="billogram")
    mirror.write_customers(
        source, [CustomerRecord(external_id="12", name="Nordic Tea", email="siv@example.org")], NOW
    )
    return source


def refusal(named: str, source: Source, subject: Any, person: User | None, digest: str = "", **data: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        check(ACTIONS[named], source, subject, data, person, digest)
    return caught.value


def allow_one(source: Source, rule: str = "never", above: Money | None = None) -> None:
    source.ask_second_person(rule, above)


# roles and services


@pytest.mark.parametrize(
    ("role", "may"), [("viewer", False), ("clerk", True), ("approver", True), ("administrator", True)]
)
def test_a_clerk_prepares_and_a_viewer_does_not(role: str, may: bool):
    invoice = make_invoice(**OPEN)
    sentence = why_not(ACTIONS["payment.create"], invoice.source, invoice, make_user(role=role))
    assert (sentence == "") is may
    if not may:
        assert (
            sentence == "Your role may not do this; it takes the role Clerk, Approver, Controller or Administrator."
        )


@pytest.mark.parametrize("name", ["invoice.cancel", "invoice.credit", "invoice.encash"])
def test_a_clerk_decides_nothing(name: str):
    invoice = make_invoice(**OPEN)
    assert "Your role" in why_not(ACTIONS[name], invoice.source, invoice, make_user(role="clerk"))
    assert why_not(ACTIONS[name], invoice.source, invoice, make_user(role="approver")) == ""


def test_who_may_not_sign_in_any_more_may_do_nothing():
    invoice = make_invoice(**OPEN)
    assert why_not(ACTIONS["invoice.comment"], invoice.source, invoice, make_user(role="clerk", is_active=False))


def test_what_a_service_does_not_have_is_refused_by_its_name(person: User):
    invoice = make_invoice()
    sentence = refusal("invoice.collect", invoice.source, invoice, person).sentence
    assert sentence == "This is not possible at Billomat."


def test_a_row_that_is_gone_refuses_everything(person: User):
    invoice = make_invoice(make_source(service="billover"))
    Invoice.objects.update(gone_at=timezone.now())
    invoice.refresh_from_db()
    for name in ("invoice.comment", "payment.create", "invoice.approve"):
        assert why_not(ACTIONS[name], invoice.source, invoice, person) == "BillOver no longer has it."


def test_a_change_of_a_sent_billogram_is_for_those_who_decide(billogram: Source):
    invoice, draft = make_invoice(billogram, **UNPAID), make_invoice(billogram, service_state="Unattested")
    clerk, change = make_user(role="clerk"), ACTIONS["invoice.update"]
    assert why_not(change, billogram, draft, clerk) == ""
    assert "Your role" in why_not(change, billogram, invoice, clerk)
    wish = check(change, billogram, invoice, {"note": "x"}, make_user())
    assert effect(wish) == f"{invoice} is issued; its sum stays the same: Billogram will make no further invoice."


# storing


def test_what_is_checked_is_stored_as_an_intent_of_the_person(person: User):
    invoice = make_invoice(**OPEN)
    intent = do("payment.create", invoice.source, invoice, person, amount="25", method="cash")
    assert (intent.kind, intent.state, intent.data) == (
        "payment.create",
        "pending",
        {"amount": "25.00", "method": "cash"},
    )
    assert (intent.invoice, intent.person, intent.alone) == (invoice, person, False)
    assert intent.reference.startswith("AR-")
    assert len(intent.reference) == 23


def test_invalid_data_is_named_by_field_and_nothing_is_stored(person: User):
    invoice = make_invoice(**OPEN)
    with pytest.raises(Invalid) as caught:
        check(ACTIONS["payment.create"], invoice.source, invoice, {"amount": "25.005"}, person)
    assert caught.value.problems == {"amount": "“25.005” has more decimals than EUR has."}
    assert not Intent.objects.exists()


def test_the_same_told_twice_while_it_is_on_its_way_is_refused(person: User):
    invoice = make_invoice(**OPEN)
    first = do("payment.create", invoice.source, invoice, person, amount="25")
    again = refusal("payment.create", invoice.source, invoice, make_user(), amount="25.00")
    assert again.sentence == "The same is on its way already; wait for its end."
    assert do("payment.create", invoice.source, invoice, person, amount="26") != first
    Intent.objects.get(pk=first.pk).move("done")
    assert do("payment.create", invoice.source, invoice, person, amount="25") != first


def test_what_was_checked_before_another_stored_the_same_is_not_stored(person: User):
    invoice = make_invoice(**OPEN)
    wishes = [check(ACTIONS["payment.create"], invoice.source, invoice, {"amount": "25"}, person) for _ in range(2)]
    store(wishes[0])
    with pytest.raises(Refused, match="on its way already"):
        store(wishes[1])
    assert Intent.objects.count() == 1


def test_a_button_without_a_form_is_grey_while_it_is_on_its_way(person: User):
    invoice = make_invoice(**OPEN)
    do("invoice.cancel", invoice.source, invoice, person)
    assert why_not(ACTIONS["invoice.cancel"], invoice.source, invoice, person).startswith("The same is on its way")
    assert why_not(ACTIONS["invoice.comment"], invoice.source, invoice, person) == ""


def test_an_own_reference_is_told_once(billogram: Source, person: User):
    data = {"name": "Tea", "own_reference": "shop-17"}
    first = store(check(ACTIONS["customer.create"], billogram, None, data, person))
    assert (first.reference, first.data) == ("shop-17", {"name": "Tea"})
    assert store(check(ACTIONS["customer.create"], billogram, None, data, person)) == first
    first.move("done", result_id="12")
    again = store(check(ACTIONS["customer.create"], billogram, None, data, person))
    assert (again, again.state, again.result_id) == (first, "done", "12")
    assert Intent.objects.count() == 1


def test_an_own_reference_may_be_used_again_when_nothing_came_of_it(billogram: Source, person: User):
    first = do("customer.create", billogram, None, person, name="Tea", own_reference="shop-17")
    first.move("refused")
    assert do("customer.create", billogram, None, person, name="Tea", own_reference="shop-17") != first


def test_an_own_reference_stands_for_one_action_at_one_source(billogram: Source, person: User):
    do("customer.create", billogram, None, person, name="Tea", own_reference="shop-17")
    data = {"title": "Tea", "unit_price": "1", "vat_rate": "25", "own_reference": "shop-17"}
    assert refusal("item.create", billogram, None, person, **data).field == "own_reference"
    elsewhere = make_source()
    assert do("customer.create", elsewhere, None, person, name="Tea", own_reference="shop-17").source == elsewhere


def test_something_changed_after_it_was_seen_is_refused_with_the_difference(person: User):
    invoice = make_invoice(**OPEN, external_id="77")
    seen = digest_of(invoice)
    mirror.write_invoices(
        invoice.source, [invoice_record("77", **OPEN, gross="238", net="200", vat="38")], timezone.now()
    )
    invoice.refresh_from_db()
    stale = refusal("payment.create", invoice.source, invoice, person, seen, amount="25")
    assert isinstance(stale, Stale)
    assert {change.field for change in stale.changes} >= {"gross", "net"}
    assert (
        do("payment.create", invoice.source, invoice, person, digest_of(invoice), amount="25").digest
        == invoice.digest
    )


def test_a_customer_changed_after_it_was_seen_is_refused(billogram: Source, person: User):
    customer = Customer.objects.get()
    seen = digest_of(customer)
    mirror.write_customers(billogram, [CustomerRecord(external_id="12", name="Other")], NOW)
    customer.refresh_from_db()
    assert isinstance(refusal("customer.update", billogram, customer, person, seen, name="Tea"), Stale)


# decisions


def test_completing_a_draft_is_its_approval(person: User):
    invoice = make_invoice()
    intent = do("invoice.complete", invoice.source, invoice, person, invoice.digest)
    approval = Approval.objects.get(pk=invoice.pk)
    assert (intent.kind, approval.state, approval.decided_by) == ("complete", "approved", person)
    assert approval.decisions.get().intent == intent
    assert refusal("invoice.complete", invoice.source, fresh(invoice), make_user(), invoice.digest).sentence


def fresh(invoice: Invoice) -> Invoice:
    return Invoice.objects.get(pk=invoice.pk)


def test_a_way_chosen_now_goes_before_the_sources_own(billogram: Source, person: User):
    draft = make_invoice(billogram, service_state="Unattested", receiver_email="")
    assert "no e-mail address" in refusal("invoice.send", billogram, draft, person, draft.digest).sentence
    intent = do("invoice.send", billogram, fresh(draft), person, draft.digest, method="Letter")
    assert (intent.kind, intent.data) == ("send", {"method": "Letter"})


def test_a_decision_on_what_was_not_seen_is_refused(person: User):
    invoice = make_invoice()
    with pytest.raises(Stale):
        do("invoice.complete", invoice.source, invoice, person)


def test_a_rejection_that_the_service_need_not_hear_of_is_done_at_once(billogram: Source, person: User):
    draft = make_invoice(billogram, service_state="Unattested")
    intent = do("invoice.reject", billogram, draft, person, draft.digest, note="wrong customer")
    assert (intent.pk, intent.state) == (None, "done")
    assert Approval.objects.get(pk=draft.pk).state == "rejected"
    with pytest.raises(Invalid, match="note: This is needed"):
        check(ACTIONS["invoice.reject"], billogram, draft, {}, person, draft.digest)


# two people


def draft_made_by(person: User, source: Source) -> Invoice:
    draft = make_invoice(source, **({"service_state": "Unattested"} if source.service == "billogram" else {}))
    Intent.objects.create(source=source, invoice=draft, kind="invoice.create", person=person, state="done")
    return draft


def test_nobody_issues_what_they_made_and_a_superuser_is_no_exception():
    boss = make_user(role="administrator")
    draft = draft_made_by(boss, make_source())
    complete = ACTIONS["invoice.complete"]
    assert boss.is_superuser
    assert "You created this invoice" in why_not(complete, draft.source, draft, boss)
    assert why_not(complete, draft.source, fresh(draft), make_user()) == ""


def test_where_the_source_allows_it_one_person_may_and_it_is_recorded_so():
    person, source = make_user(), make_source()
    allow_one(source)
    draft = draft_made_by(person, source)
    do("invoice.complete", source, draft, person, draft.digest)
    assert Approval.objects.get(pk=draft.pk).decisions.get().alone is True


@pytest.mark.parametrize(("name", "data"), [("invoice.credit", {"mode": "full"}), ("invoice.write_down", {})])
def test_credits_and_write_downs_follow_the_same_rule(billogram: Source, name: str, data: dict[str, Any]):
    person = make_user()
    invoice = make_invoice(billogram, **UNPAID)
    Intent.objects.create(source=billogram, invoice=invoice, kind="invoice.create", person=person, state="done")
    assert "somebody else" in refusal(name, billogram, invoice, person, **data).sentence
    assert do(name, billogram, fresh(invoice), make_user(), **data).alone is False


def test_below_the_amount_one_person_is_enough(billogram: Source):
    person = make_user()
    allow_one(billogram, "above", Money(5_000, "SEK"))
    invoice = make_invoice(billogram, **UNPAID)
    Intent.objects.create(source=billogram, invoice=invoice, kind="invoice.create", person=person, state="done")
    invoice = fresh(invoice)
    intent = do("invoice.credit", billogram, invoice, person, mode="amount", amount="50")
    assert intent.alone is True
    assert (
        "somebody else"
        in refusal("invoice.credit", billogram, invoice, person, mode="amount", amount="50.01").sentence
    )


def test_a_payment_is_not_deleted_by_who_recorded_it():
    source = make_source()
    paid = MovementRecord(external_id="p1", kind="payment", amount=Money.parse("5", "EUR"), date=TODAY)
    invoice, clerk = make_invoice(source, **OPEN, movements=(paid,)), make_user()
    Intent.objects.create(
        source=source, invoice=invoice, kind="payment.create", person=clerk, state="done", result_id="p1"
    )
    own = refusal("payment.delete", source, invoice, clerk, payment="p1")
    assert own.sentence == "You recorded this payment; somebody else has to delete it."
    assert check(ACTIONS["payment.delete"], source, invoice, {"payment": "p1"}, make_user()).alone is False
    allow_one(source)
    assert do("payment.delete", source, fresh(invoice), clerk, payment="p1").alone is True


def test_nobody_in_particular_prepares_but_is_no_second_person():
    invoice = make_invoice(**OPEN)
    assert why_not(ACTIONS["payment.create"], invoice.source, invoice, None) == ""
    assert why_not(ACTIONS["invoice.cancel"], invoice.source, invoice, None) == ""
    assert "second person" in why_not(ACTIONS["invoice.credit"], invoice.source, invoice, None)
    draft = make_invoice(invoice.source)
    assert "second person" in why_not(ACTIONS["invoice.complete"], draft.source, draft, None)
    allow_one(invoice.source)
    draft = fresh(draft)
    do("invoice.complete", draft.source, draft, None, draft.digest)
    assert Approval.objects.get(pk=draft.pk).decisions.get().alone is True


def sent_at_once(source: Source, person: User | None, **data: Any) -> Intent:
    return do("invoice.create", source, None, person, **{"customer": "12", "lines": [LINE], "send": True} | data)


def test_created_and_sent_in_one_step_only_where_one_person_may(billogram: Source):
    person = make_user()
    with pytest.raises(Refused, match="send: This source wants a second person"):
        sent_at_once(billogram, person)
    allow_one(billogram, "above", Money.parse("1250", "SEK"))
    intent = sent_at_once(billogram, person)
    assert intent.alone is True
    assert intent.data["send"] is True
    assert intent.data["method"] == "Email"
    with pytest.raises(Refused, match="send: This source wants a second person"):
        sent_at_once(billogram, person, lines=[LINE | {"unit_price": "100.05"}])
    with pytest.raises(Refused, match="send: Your role may make the draft"):
        sent_at_once(billogram, make_user(role="clerk"))
    assert do("invoice.create", billogram, None, make_user(role="clerk"), customer="12", lines=[LINE]).alone is False


def test_the_sum_of_what_is_sent_at_once_takes_the_items_own_prices(billogram: Source):
    mirror.write_items(
        billogram, [ItemRecord(external_id="7", name="Tea", unit_price=Decimal(500), vat_rate=Decimal(25))], NOW
    )
    allow_one(billogram, "above", Money.parse("1250", "SEK"))
    assert sent_at_once(billogram, make_user(), lines=[{"item": "7", "quantity": "2"}]).alone
    with pytest.raises(Refused, match="second person"):
        sent_at_once(billogram, make_user(), lines=[{"item": "7", "quantity": "2.01"}])


# kept at the desk


def test_a_comment_is_done_at_once_where_the_service_has_none(billogram: Source, person: User):
    invoice = make_invoice(billogram, **UNPAID)
    intent = do("invoice.comment", billogram, invoice, person, body="ask again")
    assert (intent.state, intent.person, bool(intent.settled_at)) == ("done", person, True)
    assert intent.result_id == str(KeptComment.objects.get(invoice=invoice, text="ask again").pk)
    assert (
        do("customer.comment", billogram, Customer.objects.get(external_id="12"), person, body="late").state == "done"
    )


def test_a_payment_is_kept_never_beyond_what_is_open_and_deleted_by_another():
    source, clerk = make_source(service="billover"), make_user(role="clerk")
    invoice = make_invoice(source, state="open", open=None, paid=None)
    intent = do("payment.create", source, invoice, clerk, amount="100", date="2026-11-20", method="cash")
    kept = KeptPayment.objects.get()
    assert (intent.state, intent.result_id, kept.person) == ("done", str(kept.pk), clerk)
    with pytest.raises(Invalid, match=r"amount: This is more than the 19\.00 EUR that is open"):
        do("payment.create", source, fresh(invoice), clerk, amount="19.01")
    clerk.take_role("approver")
    assert (
        "You recorded this payment"
        in refusal("payment.delete", source, invoice, clerk, payment=str(kept.pk)).sentence
    )
    assert do("payment.delete", source, invoice, make_user(), payment=str(kept.pk)).state == "done"
    kept.refresh_from_db()
    assert kept.deleted_at


def test_a_payment_checked_while_another_was_kept_is_judged_again(person: User):
    source = make_source(service="billover")
    invoice = make_invoice(source, state="open", open=None, paid=None)
    wishes = [check(ACTIONS["payment.create"], source, invoice, {"amount": a}, person) for a in ("100", "60")]
    store(wishes[0])
    with pytest.raises(Invalid, match=r"19\.00 EUR that is open"):
        store(wishes[1])
    assert KeptPayment.objects.count() == Intent.objects.count() == 1


# what it says


def test_the_sentence_says_what_to_whom_and_how_much(billogram: Source, person: User):
    invoice = make_invoice(billogram, **UNPAID, number="17")
    said = {
        "payment.create": ({"amount": "25"}, "Records a payment of 25.00 SEK on 17 at Billogram."),
        "invoice.credit": ({"mode": "remaining"}, "Credits 119.00 SEK of 17 to Muster AG."),
        "invoice.resend": (
            {"method": "Email"},
            "Sends 17 of 119.00 SEK again to Muster AG by e-mail to billing@example.org.",
        ),
    }
    for name, (data, sentence) in said.items():
        assert effect(check(ACTIONS[name], billogram, invoice, data, person)) == sentence


ROW = {"title": "Tea", "quantity": "4", "unit_price": "25", "vat_rate": "19"}


@pytest.mark.parametrize(
    ("data", "will"),
    [
        ({"lines": [ROW | {"unit_price": "27.50"}]}, "a debit invoice over 12.00 SEK and send it."),
        ({"lines": [ROW | {"quantity": "3"}]}, "a credit invoice over 30.00 SEK and send it."),
        ({"invoice_fee": "20"}, "a debit invoice over 25.00 SEK and send it."),
        ({"lines": [ROW | {"title": "Green tea"}]}, "no further invoice."),
        ({"note": "Thanks"}, "no further invoice."),
        ({"currency": "EUR"}, "a debit or credit invoice for the difference and send it."),
        ({"lines": [{"item": "7", "quantity": "1"}]}, "a debit or credit invoice for the difference and send it."),
    ],
)
def test_a_change_of_what_is_sent_says_which_invoice_it_makes_and_over_how_much(
    billogram: Source, person: User, data: dict[str, Any], will: str
):
    mirror.write_items(billogram, [ItemRecord(external_id="7", name="Tea")], NOW)
    invoice = make_invoice(billogram, **UNPAID, number="17", form={"currency": "SEK", "lines": [ROW]})
    said = effect(check(ACTIONS["invoice.update"], billogram, invoice, data, person))
    assert said.startswith("17 is issued")
    assert said.endswith(f"Billogram will make {will}")


def test_what_is_owed_not_what_was_billed_goes_to_collection(person: User):
    late = {"open": "82.40", "due_date": TODAY, "issue_date": TODAY, "number": "17"}
    sold, encashed = make_source(service="billogram"), make_source()
    at_billogram, at_billomat = make_invoice(sold, **UNPAID | late), make_invoice(encashed, **OPEN | late)
    for name, invoice, sentence in (
        ("invoice.collect", at_billogram, "Hands 82.40 SEK of 17 by Muster AG to debt collection."),
        (
            "invoice.encash",
            at_billomat,
            "Hands 82.40 EUR of 17 by Muster AG to a collection agency; this costs money.",
        ),
    ):
        amount = at_stake(name, invoice.source, invoice, {})
        assert effect(Wish(ACTIONS[name], invoice.source, invoice, {}, person, amount=amount)) == sentence


def test_everybody_who_gets_an_e_mail_is_named(person: User):
    papers = (PaperRecord(kind="reminder", external_id="r1"),)
    invoice = make_invoice(**OPEN, number="17", papers=papers, open="82.40")
    data = {"to": ["a@example.org", "b@example.org"], "cc": ["c@example.org"], "bcc": ["d@example.org"]}
    to = "to a@example.org, b@example.org, copy to c@example.org, blind copy to d@example.org."

    def said(name: str, **data: Any) -> str:
        return effect(check(ACTIONS[name], invoice.source, invoice, data, person))

    assert said("invoice.email", **data) == f"E-mails 17 of 119.00 EUR {to}"
    assert said("reminder.email", reminder="r1", **data) == f"E-mails the reminder of 82.40 EUR on 17 {to}"
    assert said("invoice.email", to=["a@example.org"]) == "E-mails 17 of 119.00 EUR to a@example.org."


@pytest.mark.parametrize(
    ("service", "form", "quantity", "amount"),
    [
        ("billogram", {"lines": [ROW]}, "1", "30.00 SEK"),
        ("billogram", {"lines": [ROW | {"discount": "20"}], "invoice_fee": "29"}, "1", "24.00 SEK"),
        ("billomat", {"lines": [ROW | {"discount": "20"}], "reduction": "8"}, "1", "21.42 EUR"),
        ("billomat", {"lines": [ROW | {"discount": "20%"}], "price_basis": "gross"}, "3", "60.00 EUR"),
        ("billomat", {"lines": [ROW | {"quantity": "-4"}, ROW]}, "1", "-29.75 EUR"),
    ],
)
def test_a_credit_of_lines_says_how_much(
    person: User, service: str, form: dict[str, Any], quantity: str, amount: str
):
    source = make_source(service=service)
    lines = (LineRecord(position=1, title="Tea", quantity=Decimal(4)),)
    facts = UNPAID if service == "billogram" else OPEN
    invoice = make_invoice(source, **facts, number="17", form=form, lines=lines)
    data = {"mode": "items", "lines": [{"position": 1, "quantity": quantity}]}
    wish = check(ACTIONS["invoice.credit"], source, invoice, data, person)
    assert effect(wish) == f"Credits 1 line of 17, {amount.replace('-', MINUS)}, to Muster AG."


def test_lines_are_counted_and_an_amount_that_is_not_known_is_said_so(billogram: Source, person: User):
    lines = tuple(LineRecord(position=n, title="Tea", quantity=Decimal(4)) for n in (1, 2))
    invoice = make_invoice(billogram, **UNPAID, number="17", form=None, lines=lines)
    data = {"mode": "items", "lines": [{"position": n, "quantity": "1"} for n in (1, 2)]}
    wish = check(ACTIONS["invoice.credit"], billogram, invoice, data, person)
    assert effect(wish) == "Credits 2 lines of 17, an amount not known yet, to Muster AG."


@pytest.mark.parametrize("service", ["billogram", "billomat", "billover"])
def test_every_action_has_a_sentence(service: str, person: User, monkeypatch: pytest.MonkeyPatch):
    source = make_source(service=service)
    invoice = make_invoice(source, number="50 % off")
    data = {"mode": "items", "lines": [1], "to": ["a@example.org"], "date": "2026-12-24", "payment": "p"}
    for action in ACTIONS.values():
        subject = {"invoice": invoice, "customer": invoice.customer}.get(action.concerns)
        sentence = effect(Wish(action, source, subject, data, person))
        assert sentence.endswith("."), action.name
        assert "%(" not in sentence, action.name
