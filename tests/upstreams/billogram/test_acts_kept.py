"""What a billogram holds beside our data: accounts and deduction of a row stay, the customer's copy is renewed."""

from decimal import Decimal
from typing import Any

import pytest

from arapp.receivables.models import Invoice
from tests.upstreams.acting import looked_at_again, tell
from tests.upstreams.billogram.conftest import At
from tests.upstreams.billogram.desk import invoice_of, lose_answer, lose_request, told

pytestmark = pytest.mark.django_db

OBJECTS = [{"dimension_id": "1", "object_id": "K7", "dimension_name": "Kostnadsställe", "object_name": "Lager"}]


def row(title: str, account: str = "", **more: Any) -> dict[str, Any]:
    book = {"bookkeeping": {"income_account": account, "objects": OBJECTS}} if account else {}
    return {"title": title, "count": 2, "price": 130, "vat": 25, **book, **more}


def line(title: str, **more: str) -> dict[str, str]:
    return {"title": title, "quantity": "2", "unit_price": "130", "vat_rate": "25", **more}


TEA, WORK, CUPS = (
    row("Tea", "3041"),
    row("Work", "3042", regional_sweden={"rotavdrag": True}),
    row("Cups", "3043"),
)


def booked(at: At, invoice: Invoice) -> list[tuple[str, str, bool]]:
    """Of each row: title, account and whether it has its deduction; the objects go with the account."""
    _source, service = at
    found = service.find(invoice.external_id)["items"]
    assert all(
        bool(each["bookkeeping"]["objects"]) == (each["bookkeeping"]["income_account"] != "3001") for each in found
    )
    return [
        (each["title"], each["bookkeeping"]["income_account"], each["regional_sweden"]["rotavdrag"]) for each in found
    ]


@pytest.fixture
def invoice(desk: At) -> Invoice:
    """A draft of three rows, each with an account of its own."""
    source, service = desk
    return invoice_of(source, service.add_billogram(items=[TEA, WORK, CUPS]))


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (
            [line("Tea", quantity="3"), line("Work"), line("Cups", description="Blue")],
            [("Tea", "3041", False), ("Work", "3042", True), ("Cups", "3043", False)],
        ),
        ([line("Work"), line("Cups", unit_price="99")], [("Work", "3042", True), ("Cups", "3043", False)]),
        ([line("Cups"), line("Tea")], [("Cups", "3043", False), ("Tea", "3041", False)]),
        (
            [line("Milk"), line("Tea"), line("Work")],
            [("Milk", "3001", False), ("Tea", "3041", False), ("Work", "3042", True)],
        ),
        ([line("Work"), line("Work")], [("Work", "3042", True), ("Work", "3001", False)]),
    ],
)
def test_a_row_that_goes_on_keeps_its_accounts_objects_and_deduction(
    desk: At, invoice: Invoice, lines: list[dict[str, str]], kept: list[tuple[str, str, bool]]
) -> None:
    intent = tell(desk[0], "invoice.update", invoice, lines=lines)
    assert (intent.state, intent.error) == ("done", "")
    assert booked(desk, invoice) == kept


def test_a_row_of_a_stored_item_is_known_by_its_item(desk: At) -> None:
    source, service = desk
    stored = {"title": "Tea", "description": "", "price": Decimal("130.0"), "vat": 25, "unit": "unit"}
    service.account.items["7"] = stored | {"item_no": "7", "bookkeeping": {"income_account": "", "vat_account": ""}}
    invoice = invoice_of(source, service.add_billogram(items=[row("Tea", "3041", item_no="7")]))
    changed = {"item": "7", "title": "Green tea", "quantity": "5"}
    assert tell(source, "invoice.update", invoice, lines=[changed]).state == "done"
    assert booked(desk, invoice) == [("Green tea", "3041", False)]


def test_another_vat_rate_takes_the_accounts_of_that_rate(desk: At, invoice: Invoice) -> None:
    """The objects stay: they tell whose income it is, not how it is taxed."""
    source, service = desk
    assert tell(source, "invoice.update", invoice, lines=[line("Tea", vat_rate="12")]).state == "done"
    [found] = service.find(invoice.external_id)["items"]
    by_rate = service.account.settings["bookkeeping"]
    assert found["bookkeeping"] == {
        "income_account": by_rate["income_account_for_vat_12"],
        "vat_account": by_rate["vat_account_for_vat_12"],
        "objects": OBJECTS,
    }


@pytest.fixture
def moved(desk: At) -> Invoice:
    """A draft whose customer has another name, e-mail and street since."""
    source, service = desk
    invoice = invoice_of(source, service.add_billogram())
    number = int(invoice.customer.external_id)
    service.change_customer(number, name="Nordanvind AB", contact={"email": "maj@example.org"})
    service.change_customer(number, address={"address_line_1": "Hamnplan 1"})
    return invoice


RENEWED = {
    "customer_no": 1,
    "name": "Nordanvind AB",
    "email": "maj@example.org",
    "address": {
        **{"street_address": "Hamnplan 1", "careof": "", "attention": ""},
        **{"zipcode": "11122", "city": "Stockholm", "country": "SE"},
    },
}


@pytest.mark.parametrize("lose", [None, lose_answer, lose_request])
def test_naming_the_customer_of_a_draft_renews_its_copy(desk: At, moved: Invoice, lose: Any) -> None:
    source, service = desk
    if lose:
        lose(service, "PUT /billogram/")
    intent = tell(source, "invoice.update", moved, customer="1")
    intent = looked_at_again(intent) if lose else intent
    assert (intent.state, intent.error) == ("done", "")
    assert told(service) == [("PUT", f"/billogram/{moved.external_id}", {"customer": RENEWED})]
    moved.refresh_from_db()
    assert moved.receiver_email == "maj@example.org"
    assert moved.receiver_address == "Hamnplan 1\n11122 STOCKHOLM"


def test_a_copy_that_is_so_already_is_not_told(desk: At, invoice: Invoice) -> None:
    source, service = desk
    assert tell(source, "invoice.update", invoice, customer="1").state == "done"
    assert service.journal == []


def test_a_change_of_something_else_leaves_the_copy_as_it_is(desk: At, moved: Invoice) -> None:
    source, service = desk
    assert tell(source, "invoice.update", moved, note="New").state == "done"
    assert "customer" not in told(service)[0][2]


def test_what_was_sent_keeps_the_copy_it_went_to(desk: At, moved: Invoice) -> None:
    source, service = desk
    service.command(moved.external_id, "send", method="Email")
    assert tell(source, "invoice.update", moved, customer="1").state == "done"
    assert service.journal == []
