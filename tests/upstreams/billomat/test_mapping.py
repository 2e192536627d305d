from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from arapp.receivables.money import AmountError, Money
from arapp.receivables.records import (
    CREDIT_NOTE,
    INVOICE,
    CustomerRecord,
    InvoiceRecord,
    NamedRecord,
    Unreadable,
    VatRecord,
)
from arapp.upstreams.billomat import mapping
from tests.upstreams.billomat.samples import only, rows

TURNOVER = frozenset({"revenue_gross", "revenue_net"})


def invoice(name: str) -> InvoiceRecord:
    return mapping.document(INVOICE, only(f"invoice-{name}"))


def euro(amount: str) -> Money:
    return Money.parse(amount, "EUR")


# clients


def test_a_client_is_read_whole():
    payload = rows("clients-many")[0]
    assert mapping.customer(payload) == CustomerRecord(
        external_id="501",
        number="KD8",
        name="Muster AG",
        email="rechnung@muster.example.org",
        phone="+49 30 555010",
        org_no="27/123/45678",
        vat_no="DE999999999",
        address="Muster AG\nPetra Nowak\nAm Ring 1\n10115 Berlin",
        country="DE",
        contact_name="Petra Nowak",
        note="pays late",
        form={
            "name": "Muster AG",
            "salutation": "Frau",
            "first_name": "Petra",
            "last_name": "Nowak",
            "number": "KD8",
            "email": "rechnung@muster.example.org",
            "phone": "+49 30 555010",
            "org_no": "27/123/45678",
            "vat_no": "DE999999999",
            "note": "pays late",
            "archived": False,
            "address": {"street": "Am Ring 1", "zip": "10115", "city": "Berlin", "country": "DE"},
        },
        archived=False,
        created_at=datetime(2024, 2, 5, 9, 11, 12, tzinfo=UTC),
        updated_at=datetime(2026, 2, 1, 7, 0, tzinfo=UTC),
        payload=payload,
        volatile=TURNOVER,
    )


def test_an_archived_client_without_block_or_phone_takes_street_place_and_mobile():
    found = mapping.customer(rows("clients-one")[0])
    assert found.archived is True
    assert found.address == "Kai 4\n20457 Hamburg"
    assert (found.phone, found.note, found.contact_name) == ("+49 170 555020", "", "")


def test_a_person_is_called_by_first_and_last_name():
    found = mapping.customer(only("client-person"))
    assert (found.name, found.contact_name) == ("Anneliese Dörflinger", None)


def test_what_a_client_does_not_mention_is_not_told():
    found = mapping.customer({"id": 7})
    assert found == CustomerRecord(external_id="7", payload={"id": 7}, volatile=TURNOVER)


# documents


def test_an_open_invoice_is_read_from_its_row():
    found = invoice("open")
    assert (found.external_id, found.kind, found.number, found.service_state) == ("9002", "invoice", "RE43", "OPEN")
    assert (found.state, found.service_decision) == ("open", "approved")
    assert (found.net, found.vat, found.gross) == (euro("100"), euro("19"), euro("119"))
    assert (found.paid, found.open, found.currency) == (euro("20"), euro("99"), "EUR")
    assert (found.issue_date, found.due_date) == (date(2026, 3, 1), date(2026, 3, 15))
    assert (found.supply_date, found.discount_date, found.corrects) == ("2026-02-27", None, "")
    assert (found.title, found.label, found.intro) == ("Rechnung RE43", "Projekt 123", "Wir berechnen:")
    assert found.payment_type == "CREDIT_CARD,DEBIT,CASH"
    assert found.created_at == datetime(2026, 3, 1, 8, 15, tzinfo=UTC)
    assert found.updated_at == datetime(2026, 3, 10, 7, 0, tzinfo=UTC)
    assert found.customer == CustomerRecord(external_id="501", brief=True, name="Muster AG")
    assert found.vat_rates == (VatRecord(rate=Decimal(19), name="MwSt", net=Decimal(100), vat=Decimal(19)),)
    assert found.payload is not None
    assert found.detail is None
    assert found.lines is None
    assert found.volatile == frozenset()


def test_the_provisional_number_of_a_draft_is_never_stored():
    found = invoice("draft")
    assert (found.number, found.state, found.service_decision) == ("", "draft", "waiting")
    assert found.volatile == {"invoice_number"}
    assert (found.gross, found.open, found.vat_rates) == (euro("0"), euro("0"), ())


def test_a_draft_may_have_neither_dates_nor_address():
    found = invoice("draft-bare")
    assert (found.issue_date, found.due_date, found.receiver_address) == (None, None, "")
    assert found.customer == CustomerRecord(external_id="501", brief=True)


def test_empty_objects_and_new_keys_are_read_as_nothing():
    found = invoice("empty-objects")
    assert (found.label, found.due_date, found.contact, found.vat_rates) == ("", date(2026, 3, 15), None, ())


def test_several_tax_rates_and_a_supply_date_in_words():
    found = invoice("several-taxes")
    assert [(vat.rate, vat.net, vat.vat) for vat in found.vat_rates] == [
        (Decimal(19), Decimal("157.5"), Decimal("29.93")),
        (Decimal(7), Decimal("67.5"), Decimal("4.73")),
    ]
    assert found.supply_date == "im Februar und März"
    assert found.vat == euro("34.66")


def test_padded_numbers_of_2012_and_net_parts_finer_than_a_cent():
    found = invoice("padded-2012")
    assert (found.net, found.vat, found.gross, found.paid) == (euro("8.4"), euro("1.6"), euro("10"), euro("0"))
    assert found.vat_rates == (VatRecord(rate=Decimal(19), name="MwSt", net=Decimal("8.4034"), vat=Decimal("1.6")),)
    assert str(found.vat_rates[0].rate) == "19"
    assert found.updated_at is None


def test_a_currency_without_decimals_drops_padding_zeros():
    assert invoice("foreign-currency").gross == Money(11900, "JPY")


@pytest.mark.parametrize(
    ("name", "state"),
    [("overdue", "open"), ("canceled", "cancelled"), ("paid-with-discount", "paid"), ("open", "open")],
)
def test_later_states_are_approved(name, state):
    found = invoice(name)
    assert (found.state, found.service_decision) == (state, "approved")


def test_an_unknown_state_decides_nothing():
    found = invoice("unknown-state")
    assert (found.state, found.service_state, found.service_decision) == ("unknown", "FACTORED", "")


def test_a_correction_keeps_its_negative_amounts():
    found = invoice("correction")
    assert (found.corrects, found.gross, found.paid, found.open) == (
        "9007",
        euro("-119"),
        euro("-17"),
        euro("-102"),
    )


def test_a_credit_note_keeps_the_sign_of_the_service():
    found = mapping.document(CREDIT_NOTE, only("credit-note-open"))
    assert (found.kind, found.number, found.corrects) == ("credit_note", "GS5", "9002")
    assert (found.gross, found.open, found.due_date, found.payment_type) == (euro("119"), euro("119"), None, None)


@pytest.mark.parametrize("name", ["german-amount", "too-fine"])
def test_an_amount_that_is_not_exact_is_refused(name):
    with pytest.raises(AmountError):
        invoice(name)


def test_half_a_payload_is_unreadable_and_says_what_is_missing():
    with pytest.raises(Unreadable, match="status"):
        invoice("half")


def test_an_id_no_column_holds_is_unreadable():
    with pytest.raises(Unreadable):
        mapping.document(INVOICE, only("invoice-open") | {"id": "9" * 201})


# people and articles


def test_users_are_known_by_name_and_email():
    assert mapping.user(rows("users-many")[1]) == NamedRecord(
        external_id="4", name="Tarek Blomquist", email="tarek@example.org"
    )


def test_a_person_at_a_client_goes_by_their_own_name():
    assert mapping.contact(only("contact")) == NamedRecord(
        external_id="31", name="Jonas Reimers", email="j.reimers@muster.example.org"
    )


def test_articles_are_known_by_title_and_number():
    assert mapping.article(only("article")) == NamedRecord(external_id="5", name="Beratung", number="A5")
