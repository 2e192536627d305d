"""An invoice as a person reads it on paper."""

import re
from datetime import date
from decimal import Decimal

import pytest

from arapp.receivables.money import Money
from arapp.receivables.records import CustomerRecord, MovementRecord, VatRecord
from arapp.web.paper import letter_of, rounding_of, settled_of
from tests.conftest import make_invoice, make_source


def moved(kind, amount, number=1):
    return MovementRecord(
        external_id=f"{kind}{number}", kind=kind, amount=Money.parse(amount, "EUR"), date=date(2026, 11, 5)
    )


@pytest.fixture
def page(signed_in):
    client = signed_in("viewer")
    return lambda invoice: client.get(f"/invoices/{invoice.pk}/").content.decode()


def test_the_head_names_sender_and_receiver_number_and_dates(page):
    source = make_source(account_name="Musterschreinerei GmbH")
    text = page(make_invoice(source, number="RE7", payment_reference="RF18")).split('class="letterhead"')[1]
    head = text.split("</dl>")[0]
    for words in ("Musterschreinerei GmbH", "Am Ring 1", "billing@example.org", "RE7", "2026-11-01", "RF18"):
        assert words in head, words


def test_the_name_is_not_said_twice_where_the_address_begins_with_it(source):
    assert letter_of(make_invoice(source)) == {"name": "", "address": "Muster AG\nAm Ring 1\n10115 Berlin"}
    assert letter_of(make_invoice(source, receiver_address="Am Ring 1"))["name"] == "Muster AG"


def test_without_an_address_of_its_own_the_customers_stands_for_it(source):
    customer = CustomerRecord(external_id="c9", name="Berg AB", address="Väg 1\nLuleå")
    invoice = make_invoice(source, receiver_address="", customer=customer)
    invoice.customer.address = "Väg 1\nLuleå"
    assert letter_of(invoice) == {"name": "Berg AB", "address": "Väg 1\nLuleå"}


def test_an_invoice_without_a_customer_breaks_nothing(page, source):
    invoice = make_invoice(source, customer=None, receiver_address="", receiver_email="")
    assert "Customer unknown" in page(invoice).split('class="letterhead"')[1]


def test_a_total_that_was_rounded_adds_up_on_the_page(page, source):
    rate = VatRecord(rate=Decimal(19), net=Decimal("100.04"), vat=Decimal("19.0076"))
    text = page(make_invoice(source, net="100.04", vat="19.01", gross="119.00", open="119.00", vat_rates=(rate,)))
    assert re.findall(r'"money">(.*?) <', text.split("<tfoot>")[1])[:4] == ["100.04", "19.01", "−0.05", "119.00"]
    assert "Rounding" in text


@pytest.mark.parametrize("fields", [{}, {"vat": None}, {"gross": "120"}, {"currency": "JPY", "gross": "120"}])
def test_what_adds_up_is_unknown_or_is_more_than_rounding_is_called_none(fields, source):
    assert rounding_of(make_invoice(source, **fields)) is None


def test_what_lies_between_the_total_and_what_is_open_is_told_kind_by_kind(page, source):
    movements = (
        moved("payment", "20"),
        moved("fee", "-5"),
        moved("fee", "-1", 2),
        moved("interest", "-2"),
        moved("credit", "10"),
    )
    invoice = make_invoice(source, state="open", paid="20", open="97", movements=movements)
    assert settled_of(invoice) == [
        ("Credit", Money(-1000, "EUR")),
        ("Fee", Money(600, "EUR")),
        ("Interest", Money(200, "EUR")),
    ]
    foot = page(invoice).split("<tfoot>")[1].split("</tfoot>")[0]
    assert [foot.index(words) for words in ("Gross", "Paid", "Credit", "Fee", "Interest", "Open")] == sorted(
        foot.index(words) for words in ("Gross", "Paid", "Credit", "Fee", "Interest", "Open")
    )


@pytest.mark.parametrize("amounts", [{"open": "96"}, {"open": None}, {"paid": None}, {"gross": None}])
def test_what_does_not_add_up_explains_nothing_and_is_left_out(amounts, source):
    values = {"state": "open", "paid": "20", "open": "99"} | amounts
    movements = (moved("payment", "20"), moved("fee", "-5"))
    assert settled_of(make_invoice(source, movements=movements, **values)) == []


def test_movements_and_events_stand_in_one_timeline_and_say_nothing_twice(page, source):
    invoice = make_invoice(source, state="open", movements=(moved("payment", "20"),))
    invoice.movements.update(text="by bank [desk-1]")
    invoice.events.create(external_id="e", at="2026-11-05T08:00Z", kind="PaymentReceived", text="by bank [desk-1]")
    happened = page(invoice).split('id="happened"')[1].split("</section>")[0]
    assert happened.index("20.00") < happened.index("Payment received")
    assert happened.count("by bank") == 1
    assert "[desk-1]" not in happened


def test_the_page_at_the_service_is_one_click_away_and_learns_nothing_of_us(page):
    source = make_source(service="billomat")
    invoice = make_invoice(source, external_id="77")
    assert "Open at Billomat" not in page(invoice)
    source.connection.base_url = "https://acme.billomat.net/api"
    source.connection.save()
    link = page(invoice).split('href="https://acme.billomat.net/app/invoices/show/entityId/77"')[1].split("</a>")[0]
    assert 'target="_blank" rel="noopener noreferrer"' in link
    assert "Open at Billomat" in link
