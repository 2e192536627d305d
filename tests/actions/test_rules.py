"""What fields must be with each other and with what they concern."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from arapp.actions.rules import problems
from arapp.kept import keeping
from arapp.lists.days import today
from arapp.receivables import mirror
from arapp.receivables.models import Customer
from arapp.receivables.money import Money
from arapp.receivables.records import CustomerRecord, MovementRecord, PaperRecord
from tests.conftest import NOW, TODAY, make_invoice, make_source

pytestmark = pytest.mark.django_db

LINE = {"title": "Consulting", "quantity": "10", "unit_price": "100", "vat_rate": "25"}


def found(name: str, data: Mapping[str, Any], service: str = "billomat", subject: Any = None) -> set[str]:
    source = subject.source if subject else make_source(service=service)
    return set(problems(name, source, subject, data))


@pytest.mark.parametrize(
    ("kind", "number", "fits"),
    [
        ("business", "556801-7155", True),
        ("business", "811218-9876", True),
        ("business", "556801-7156", False),
        ("business", "12345678", False),
        (None, "5568017155", True),
        (None, "5568017156", False),
        ("individual", "19811218-9876", True),
        ("individual", "556801-7155", False),
        ("foreign business", "HRB 12345", True),
        ("foreign individual", "X1234567L", True),
    ],
)
def test_an_organisation_number_is_checked_by_kind_at_billogram(kind: str | None, number: str, fits: bool):
    data = {"name": "A", "org_no": number} | ({"kind": kind} if kind else {})
    assert found("customer.create", data, "billogram") == (set() if fits else {"org_no"})


def test_a_change_of_the_number_is_checked_by_the_kind_the_customer_has():
    source = make_source(service="billogram")
    mirror.write_customers(source, [CustomerRecord(external_id="1", name="Siv", kind="individual")], NOW)
    siv = Customer.objects.get(source=source)
    assert found("customer.update", {"org_no": "556801-7155"}, subject=siv) == {"org_no"}
    assert found("customer.update", {"org_no": "811218-9876"}, subject=siv) == set()
    assert found("customer.update", {}, subject=siv) == {""}


def test_a_tax_number_elsewhere_is_free():
    assert found("customer.create", {"name": "A", "org_no": "12/345/67890"}) == set()


@pytest.mark.parametrize(
    ("number", "fits"), [("SE556801715501", True), ("DE 123 456 789", True), ("12345678", False)]
)
def test_a_vat_number_begins_with_its_country(number: str, fits: bool):
    assert found("customer.create", {"name": "A", "vat_no": number}) == (set() if fits else {"vat_no"})


def test_a_country_has_two_letters_where_services_want_a_code():
    data = {"name": "A", "address": {"country": "Sweden"}}
    assert found("customer.create", data, "billogram") == {"address.country"}
    assert found("customer.create", data, "billover") == set()


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"issue_date": "2026-11-20", "due_date": "2026-11-20"}, set()),
        ({"issue_date": "2026-11-20", "due_date": "2026-11-19"}, {"due_date"}),
        ({"issue_date": "2026-11-20", "due_date": "2026-11-30", "due_days": 10}, {"due_days"}),
        ({"due_date": (today() - timedelta(days=1)).isoformat()}, {"due_date"}),
        ({"due_date": "2199-01-01", "due_days": ""}, set()),
        ({"due_date": "", "due_days": 10}, set()),
        ({"currency": "kr"}, {"currency"}),
        ({"supply_date": "last week", "supply_date_type": "supply_date"}, {"supply_date"}),
        ({"supply_date": "last week", "supply_date_type": "supply_text"}, set()),
        ({"payment_types": ["cash", "gold"]}, {"payment_types.1"}),
        ({"lines": []}, {"lines"}),
        ({"lines": [{"item": "7", "quantity": "1"}]}, set()),
        ({"lines": [{"title": "a", "quantity": "1"}]}, {"lines.0.unit_price", "lines.0.vat_rate"}),
        ({"lines": [LINE, LINE | {"quantity": "0.0"}]}, {"lines.1.quantity"}),
    ],
)
def test_an_invoice_fits_together(data: dict[str, Any], wrong: set[str]):
    assert found("invoice.create", {"customer": "c1", "lines": [LINE]} | data) == wrong


THIRDS = {"title": "Tea", "quantity": "3", "unit_price": "33.33", "vat_rate": "19"}


@pytest.mark.parametrize("service", ["billomat", "billogram"])
@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"currency": "JPY", "lines": [THIRDS]}, {"currency"}),
        ({"currency": "KWD", "lines": [THIRDS]}, {"currency"}),
        ({"currency": "EUR", "lines": [THIRDS]}, set()),
        ({"currency": "JPY", "lines": [LINE]}, set()),
        ({"lines": [LINE, LINE | {"unit_price": "0", "discount": "1"}]}, {"lines.1.discount"}),
        ({"lines": [LINE | {"discount": "1000.01"}]}, {"lines.0.discount"}),
        ({"lines": [LINE | {"discount": "1000"}]}, set()),
        ({"lines": [LINE | {"quantity": "-10", "discount": "1"}]}, set()),
    ],
)
def test_a_sum_that_the_service_would_not_come_to_is_refused(data: dict[str, Any], wrong: set[str], service: str):
    assert found("invoice.create", {"customer": "c1"} | data, service) == wrong


def test_no_more_is_taken_off_an_invoice_than_it_comes_to():
    data = {"customer": "c1", "lines": [LINE]}
    assert found("invoice.create", data | {"reduction": "1000.01"}) == {"reduction"}
    assert found("invoice.create", data | {"reduction": "1000"}) == set()


def test_a_changed_draft_is_added_up_with_what_it_keeps():
    draft = make_invoice(form={"currency": "EUR", "lines": [THIRDS]})
    assert found("invoice.update", {"currency": "JPY"}, subject=draft) == {"currency"}
    assert found("invoice.update", {"note": "Thanks"}, subject=draft) == set()
    kept = make_invoice(draft.source, currency="JPY", form={"currency": "JPY", "lines": [LINE]})
    assert found("invoice.update", {"lines": [THIRDS]}, subject=kept) == {"currency"}


def test_a_changed_due_date_is_held_against_the_date_the_invoice_has():
    draft = make_invoice(issue_date=TODAY)
    assert found("invoice.update", {"due_date": (TODAY - timedelta(days=1)).isoformat()}, subject=draft) == {
        "due_date"
    }
    assert found("invoice.update", {}, subject=draft) == {""}


def test_sending_at_once_needs_a_way_and_a_way_needs_sending():
    data = {"customer": "1", "lines": [LINE]}
    with_way, without = make_source(service="billogram"), make_source(service="billogram", delivery_method="")
    assert not problems("invoice.create", with_way, None, data | {"send": True})
    assert set(problems("invoice.create", without, None, data | {"send": True})) == {"method"}
    assert set(problems("invoice.create", with_way, None, data | {"method": "Email"})) == {"method"}


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"mode": "full"}, set()),
        ({"mode": "amount", "amount": "119.00"}, set()),
        ({"mode": "amount", "amount": "119.01"}, {"amount"}),
        ({"mode": "amount"}, {"amount"}),
        ({"mode": "full", "amount": "1.00"}, {"amount"}),
        ({"mode": "items"}, {"lines"}),
        ({"mode": "full", "lines": [{"position": 1, "quantity": "1"}]}, {"lines"}),
        ({"mode": "items", "lines": [{"position": 1, "quantity": "2"}]}, set()),
        ({"mode": "items", "lines": [{"position": 1, "quantity": "2.5"}]}, {"lines.0.quantity"}),
        ({"mode": "items", "lines": [{"position": 1, "quantity": "0"}]}, {"lines.0.quantity"}),
        ({"mode": "items", "lines": [{"position": 2, "quantity": "1"}]}, {"lines.0.position"}),
    ],
)
def test_a_credit_is_of_this_invoice_and_no_more_than_it(data: dict[str, Any], wrong: set[str]):
    assert found("invoice.credit", data, subject=make_invoice()) == wrong


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"mode": "amount", "amount": "39.00"}, set()),
        ({"mode": "amount", "amount": "39.01"}, {"amount"}),
        ({"mode": "items", "lines": [{"position": 1, "quantity": "0.5"}]}, set()),
        ({"mode": "items", "lines": [{"position": 1, "quantity": "1"}]}, {"lines"}),
    ],
)
def test_what_is_credited_already_is_not_credited_again(data: dict[str, Any], wrong: set[str]):
    credit = MovementRecord(external_id="m1", kind="credit", amount=Money.parse("80", "SEK"), date=TODAY)
    form = {"lines": [{"title": "a", "quantity": "2", "unit_price": "50", "vat_rate": "19"}]}
    invoice = make_invoice(make_source(service="billogram"), currency="SEK", form=form, movements=(credit,))
    assert found("invoice.credit", data, subject=invoice) == wrong


def test_nothing_left_is_not_credited_as_the_rest():
    assert found("invoice.credit", {"mode": "remaining"}, subject=make_invoice(open="0")) == {"mode"}


def test_a_payment_kept_at_the_desk_is_no_more_than_what_is_open_unless_said(person):
    invoice = make_invoice(make_source(service="billover"), open=None, paid=None)
    assert found("payment.create", {"amount": "119.00"}, subject=invoice) == set()
    keeping.pay(invoice, Money.parse("19", "EUR"), TODAY, "", "", person)
    assert found("payment.create", {"amount": "100.01"}, subject=invoice) == {"amount"}
    assert found("payment.create", {"amount": "100.01", "overpaid": True}, subject=invoice) == set()


def test_what_is_deleted_or_cancelled_is_one_of_the_invoice():
    paid = MovementRecord(external_id="p1", kind="payment", amount=Money.parse("5", "EUR"), date=TODAY)
    papers = (PaperRecord(kind="reminder", external_id="r1"), PaperRecord(kind="letter", external_id="l1"))
    invoice = make_invoice(movements=(paid,), papers=papers)
    assert found("payment.delete", {"payment": "p1"}, subject=invoice) == set()
    assert found("payment.delete", {"payment": "p2"}, subject=invoice) == {"payment"}
    assert found("reminder.cancel", {"reminder": "r1"}, subject=invoice) == set()
    assert found("reminder.cancel", {"reminder": "l1"}, subject=invoice) == {"reminder"}
    assert found("invoice.pdf", {"paper": "l1"}, subject=invoice) == set()
    assert found("invoice.pdf", {"paper": "x"}, subject=invoice) == {"paper"}


@pytest.mark.parametrize("kept", ["no number", "999", "²"])
def test_a_payment_kept_at_the_desk_is_deleted_by_its_own_id(kept: str):
    invoice = make_invoice(make_source(service="billover"))
    assert found("payment.delete", {"payment": kept}, subject=invoice) == {"payment"}


@pytest.mark.parametrize(("days", "fits"), [(-1, False), (0, False), (1, True)])
def test_respite_ends_after_the_due_date_and_in_the_future(days: int, fits: bool):
    due = today() + timedelta(days=5)
    invoice = make_invoice(make_source(service="billogram"), due_date=due)
    date = (due + timedelta(days=days)).isoformat()
    assert found("invoice.respite", {"date": date}, subject=invoice) == (set() if fits else {"date"})
    late = make_invoice(invoice.source, due_date=today() - timedelta(days=5))
    assert found("invoice.respite", {"date": today().isoformat()}, subject=late) == {"date"}


def test_tags_are_added_or_removed_and_vat_is_part_of_the_gross():
    assert found("invoice.tag", {}, subject=make_invoice()) == {"tags"}
    assert found("invoice.tag", {"remove": ["x"]}, subject=make_invoice()) == set()
    assert found("invoice.upload", {"file": "x", "gross": "10.00", "vat": "11.00"}, "billover") == {"vat"}


def test_a_line_is_credited_once_in_one_credit():
    invoice = make_invoice(state="open", service_state="OPEN", service_decision="approved")
    twice = {"mode": "items", "lines": [{"position": 1, "quantity": "1"}, {"position": 1, "quantity": "1"}]}
    assert "lines.1.position" in found("invoice.credit", twice, subject=invoice)


@pytest.mark.parametrize(
    ("note", "left"),
    [({}, False), ({"state": "draft"}, True), ({"state": "cancelled"}, True), ({"corrects": "another"}, True)],
)
def test_what_a_credit_note_has_credited_is_not_credited_again(note: dict[str, Any], left: bool):
    invoice = make_invoice(external_id="7", state="paid", service_state="PAID", service_decision="approved")
    fields = {"kind": "credit_note", "state": "paid", "corrects": invoice.external_id, "external_id": "90"} | note
    make_invoice(invoice.source, **fields)
    assert (found("invoice.credit", {"mode": "full"}, subject=invoice) == set()) is left
    assert (found("invoice.credit", {"mode": "amount", "amount": "1"}, subject=invoice) == set()) is left


def test_an_invoice_with_a_negative_sum_is_not_sent_in_one_step():
    lines = [{"title": "Rebate", "quantity": "1", "unit_price": "-100", "vat_rate": "25"}]
    data = {"customer": "1", "lines": lines, "send": True, "method": "Email"}
    assert found("invoice.create", data, "billogram") == {"send"}
    assert found("invoice.create", {**data, "lines": [{**lines[0], "unit_price": "100"}]}, "billogram") == set()


def test_a_tag_is_not_added_and_removed_at_once():
    invoice = make_invoice()
    assert found("invoice.tag", {"tags": ["vip"], "remove": ["vip"]}, subject=invoice) == {"remove.0"}
