"""Customers made and changed: on the wire, in the mirror, refused, and with the answer lost."""

from datetime import timedelta
from typing import Any

import pytest

from arapp.receivables.models import Customer
from arapp.sandbox.base import Fault
from tests.upstreams.acting import looked_at_again, tell
from tests.upstreams.billogram.conftest import At
from tests.upstreams.billogram.desk import customer_of, lose_answer, lose_request, told

pytestmark = pytest.mark.django_db

WHOLE = {
    "name": "Nordanvind Te AB",
    "kind": "business",
    "org_no": "556801-7155",
    "vat_no": "SE556801715501",
    "email": "siv@example.org",
    "phone": "0701740605",
    "contact": "Siv Ek",
    "language": "sv",
    "note": "Betalar i tid.",
    "address": {"street": "Tegatan 3", "street2": "2 tr", "zip": "111 22", "city": "Stockholm", "country": "SE"},
    "delivery_address": {"name": "Lagret", "street": "Hamnplan 1", "zip": "41104", "city": "Göteborg"},
}
BODY = {
    "name": "Nordanvind Te AB",
    "company_type": "business",
    "org_no": "556801-7155",
    "vat_no": "SE556801715501",
    "language": "sv",
    "notes": "Betalar i tid.",
    "contact": {"name": "Siv Ek", "email": "siv@example.org", "phone": "0701740605"},
    "address": {
        "address_line_1": "Tegatan 3",
        "address_line_2": "2 tr",
        "zipcode": "111 22",
        "city": "Stockholm",
        "country": "SE",
    },
    "delivery_address": {"name": "Lagret", "address_line_1": "Hamnplan 1", "zipcode": "41104", "city": "Göteborg"},
}


def test_a_new_customer_is_made_with_all_its_fields_and_mirrored(desk: At) -> None:
    source, service = desk
    intent = tell(source, "customer.create", **WHOLE)
    assert (intent.state, intent.error, intent.result_id) == ("done", "", "1")
    assert told(service) == [("POST", "/customer", BODY)]
    made = Customer.objects.get(pk=intent.customer_id)
    assert (made.external_id, made.name, made.email, made.brief) == (
        "1",
        "Nordanvind Te AB",
        "siv@example.org",
        False,
    )
    told_again = {key: value for key, value in WHOLE.items() if key not in ("address", "delivery_address")}
    assert made.form.items() >= told_again.items()
    assert made.form["address"] == {**WHOLE["address"], "zip": "11122"}
    assert made.form["delivery_address"] == {**WHOLE["delivery_address"], "country": "SE"}


def test_a_customer_of_the_quickstart_takes_a_name_and_an_e_mail(desk: At) -> None:
    source, service = desk
    assert (
        tell(source, "customer.create", name="ACME Corp", email="acme@example.org", kind="business").state == "done"
    )
    body = {"name": "ACME Corp", "contact": {"email": "acme@example.org"}, "company_type": "business"}
    assert told(service) == [("POST", "/customer", body)]


def test_a_number_of_our_own_is_an_integer_on_the_wire(desk: At) -> None:
    source, service = desk
    assert tell(source, "customer.create", name="Havsglimt", number="4711").result_id == "4711"
    assert told(service)[0][2] == {"name": "Havsglimt", "customer_no": 4711}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "Havsglimt", "number": "7"}, "Customer with same customer_no already exists (customer_no)"),
        ({"name": "Havsglimt", "number": "K7"}, "Customer_no must be a number (customer_no)"),
        ({"name": ""}, "Name not set (name)"),
        ({"name": "Havsglimt", "org_no": "12"}, "Org_no must be a Swedish number, NNNNNN-NNNN (org_no)"),
    ],
)
def test_a_customer_the_service_does_not_take_is_refused_in_its_words(
    desk: At, data: dict[str, str], words: str
) -> None:
    source, service = desk
    service.add_customer(customer_no=7)
    intent = tell(source, "customer.create", **data)
    assert (intent.state, intent.error, intent.customer_id) == ("refused", words, None)
    assert len(service.customers) == 1


@pytest.mark.parametrize("lose", [lose_answer, lose_request])
def test_a_customer_whose_answer_was_lost_is_made_once(desk_of_today: At, lose: Any) -> None:
    source, service = desk_of_today
    lose(service, "POST /customer")
    intent = tell(source, "customer.create", **WHOLE)
    assert intent.state == "unknown"
    intent = looked_at_again(intent)
    assert (intent.state, intent.result_id, len(service.customers)) == ("done", "1", 1)
    assert intent.customer.name == "Nordanvind Te AB"


@pytest.mark.parametrize(
    "other",
    [
        {"contact": {"email": "siv@example.org"}},
        {"address": {"street_address": "Tegatan 3"}},
        {"company_type": "individual"},
        {"name": "Nordanvind Te"},
    ],
)
def test_a_customer_that_differs_in_anything_is_not_taken_for_the_lost_one(
    desk_of_today: At, other: dict[str, Any]
) -> None:
    source, service = desk_of_today
    lose_request(service, "POST /customer")
    intent = tell(source, "customer.create", name="Nordanvind Te AB", kind="business")
    service.add_customer(**({"name": "Nordanvind Te AB", "contact": None, "address": None} | other))
    intent = looked_at_again(intent)
    assert (intent.state, intent.result_id, len(service.customers)) == ("done", "2", 2)


def test_one_that_was_there_long_before_is_not_taken_for_the_lost_one(desk_of_today: At) -> None:
    source, service = desk_of_today
    old = service.add_customer(name="Anna Svensson", contact=None, address=None)
    old["created_at"] = f"{service.clock.now() - timedelta(days=2):%Y-%m-%d %H:%M:%S}"
    lose_request(service, "POST /customer")
    intent = looked_at_again(tell(source, "customer.create", name="Anna Svensson"))
    assert (intent.state, intent.result_id) == ("done", "2")


def test_two_persons_of_one_name_are_two_customers(desk_of_today: At) -> None:
    source, _service = desk_of_today
    made = [tell(source, "customer.create", name="Anna Svensson").result_id for _ in range(2)]
    assert made == ["1", "2"]


def test_only_what_changes_is_sent_with_the_rest_of_its_object(desk: At) -> None:
    source, service = desk
    customer = customer_of(source, service.add_customer(notes="Old"))
    same = {"name": customer.name, "note": "New", "phone": "08-123 45", "address": {"zip": "753 10"}}
    intent = tell(source, "customer.update", customer, **same)
    assert (intent.state, intent.error) == ("done", "")
    [(method, path, body)] = told(service)
    assert (method, path) == ("PUT", "/customer/1")
    assert body == {
        "notes": "New",
        "contact": {"name": "Siv Ek", "email": "siv@example.org", "phone": "08-123 45"},
        "address": {"address_line_1": "Tegatan 3", "zipcode": "753 10", "city": "Stockholm", "country": "SE"},
    }
    customer.refresh_from_db()
    assert (customer.note, customer.phone, customer.address) == ("New", "08-123 45", "Tegatan 3\n75310 Stockholm")


def test_a_field_is_emptied_by_an_empty_text(desk: At) -> None:
    source, service = desk
    customer = customer_of(source, service.add_customer(notes="Old"))
    intent = tell(source, "customer.update", customer, note="", email="", address={"street": ""})
    assert intent.state == "done"
    customer.refresh_from_db()
    assert (customer.note, customer.email, customer.address) == ("", "", "11122 Stockholm")


def test_a_country_goes_out_in_capitals(desk: At) -> None:
    source, service = desk
    intent = tell(source, "customer.create", name="Havsglimt", address={"city": "Oslo", "country": "no"})
    assert (intent.state, intent.customer.country) == ("done", "NO")
    assert told(service)[0][2]["address"]["country"] == "NO"
    assert tell(source, "customer.update", intent.customer, address={"country": "no"}).state == "done"
    assert len(service.journal) == 1


@pytest.mark.parametrize(
    ("data", "sent", "shown"),
    [
        ({"kind": ""}, {"company_type": None}, {"kind": "business"}),
        ({"language": ""}, {"language": None}, {"language": "sv"}),
    ],
)
def test_what_the_service_fills_in_by_itself_is_emptied_by_null(
    desk: At, data: dict[str, str], sent: dict[str, None], shown: dict[str, str]
) -> None:
    source, service = desk
    customer = customer_of(source, service.add_customer(company_type="individual", language="en"))
    intent = tell(source, "customer.update", customer, **data)
    assert (intent.state, intent.error) == ("done", "")
    assert told(service) == [("PUT", "/customer/1", sent)]
    customer.refresh_from_db()
    assert customer.form.items() >= shown.items()


def test_a_customer_that_is_so_already_is_not_told(desk: At) -> None:
    source, service = desk
    customer = customer_of(source, service.add_customer())
    assert tell(source, "customer.update", customer, **customer.form).state == "done"
    assert service.journal == []


def test_a_customer_cannot_be_given_another_number(desk: At) -> None:
    source, service = desk
    customer = customer_of(source, service.add_customer())
    intent = tell(source, "customer.update", customer, number="2", note="x")
    assert intent.state == "refused"
    assert "knows a customer by the number" in intent.error
    assert service.journal == []


def test_a_change_the_service_refuses_changes_nothing(desk: At) -> None:
    source, service = desk
    customer = customer_of(source, service.add_customer())
    intent = tell(source, "customer.update", customer, email="no address", note="x")
    assert (intent.state, intent.error) == ("refused", "Email must be an e-mail address (contact:email)")
    customer.refresh_from_db()
    assert customer.note == ""


def test_a_customer_that_is_gone_cannot_be_changed(desk: At) -> None:
    source, service = desk
    customer = customer_of(source, service.add_customer())
    del service.customers[1]
    assert tell(source, "customer.update", customer, note="x").state == "refused"


@pytest.mark.parametrize("lose", [lose_answer, lose_request])
def test_a_change_whose_answer_was_lost_is_made_once(desk: At, lose: Any) -> None:
    source, service = desk
    customer = customer_of(source, service.add_customer())
    lose(service, "PUT /customer/1")
    intent = tell(source, "customer.update", customer, note="New")
    assert intent.state == "unknown"
    assert (looked_at_again(intent).state, len(service.journal)) == ("done", 1)
    assert service.customers[1]["notes"] == "New"


def test_an_answer_without_a_number_leaves_the_outcome_open(desk_of_today: At) -> None:
    source, service = desk_of_today
    service.faults.append(Fault(method="POST", change=lambda true: type(true)(200, b'{"status":"OK","data":{}}')))
    intent = tell(source, "customer.create", name="Havsglimt")
    assert intent.state == "unknown"
    assert looked_at_again(intent).result_id == "1"
