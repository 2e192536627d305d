"""Billogram's payloads as records; each quirk by its place in the reference."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from arapp.receivables.money import AmountError
from arapp.receivables.records import NamedRecord, Unreadable
from arapp.upstreams.base import CUSTOMERS, INVOICES
from arapp.upstreams.billogram import mapping
from tests.upstreams.billogram.driving import PAYLOADS, payload, sek

ROWS = sorted(path.stem for path in PAYLOADS.glob("compact_*.json"))
FULL = sorted(path.stem for path in PAYLOADS.glob("full_*.json"))
PEOPLE = sorted(path.stem for path in PAYLOADS.glob("customer_*.json"))
BAD = {
    "compact_row_amount_with_comma": AmountError,
    "compact_row_three_decimals": AmountError,
    "compact_row_only_id": Unreadable,
    "full_net_of_four_decimals": AmountError,
    "full_without_items": Unreadable,
    "full_items_as_text": Unreadable,
    "full_item_as_text": Unreadable,
    "full_sums_as_text": Unreadable,
    "full_price_with_comma": AmountError,
    "full_payment_with_comma": AmountError,
    "customer_only_number": Unreadable,
    "customer_contact_as_text": Unreadable,
}


def translate(name: str) -> Any:
    found = payload(name)
    if name in PEOPLE:
        return mapping.customer(found)
    return mapping.detail(found) if name in FULL else mapping.invoice(found)


@pytest.mark.parametrize("name", [name for name in [*ROWS, *FULL, *PEOPLE] if name not in BAD])
def test_every_payload_the_reference_knows_is_read(name: str) -> None:
    assert translate(name).external_id


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_exactly_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(BAD[name], match=r"\w+ .*\."):
        translate(name)


def test_a_compact_row_tells_totals_and_dates_and_leaves_the_rest_open() -> None:
    record = mapping.invoice(payload("compact_row"))
    assert (record.external_id, record.number, record.payment_reference) == ("Q7mVtR2", "1042", "555000104221")
    assert (record.gross, record.open, record.currency) == (sek("325"), sek("325"), "SEK")
    assert (record.issue_date, record.due_date) == (date(2026, 2, 10), date(2026, 3, 12))
    assert record.updated_at == datetime(2026, 2, 10, 9, 0, tzinfo=UTC)
    assert (record.state, record.service_state, record.service_decision) == ("open", "Unpaid", "approved")
    assert record.receiver_email == "siv@example.org"
    untold = (record.net, record.vat, record.paid, record.note, record.reference, record.receiver_address)
    assert untold == (None,) * 6
    assert (record.lines, record.movements, record.detail, record.sent_at) == (None, None, None, None)
    assert record.payload == payload("compact_row")


def test_the_customer_of_a_row_is_brief_and_the_same_in_list_and_detail() -> None:
    short, whole = mapping.invoice(payload("compact_row")).customer, mapping.detail(payload("full_sent")).customer
    assert short == whole
    assert short.brief
    assert (short.external_id, short.number, short.name) == ("12", "12", "Nordanvind Te AB")
    assert (short.org_no, short.email) == ("556801-7155", "siv@example.org")


def test_a_draft_has_no_numbers_yet_and_waits() -> None:
    record = mapping.invoice(payload("compact_draft_row"))
    assert (record.number, record.payment_reference, record.short_id) == (None, None, "AR-2026-000123")
    assert (record.state, record.service_decision, record.decided_at) == ("draft", "waiting", None)


def test_flags_are_tags() -> None:
    tags = mapping.invoice(payload("compact_row_with_flags")).tags
    assert [tag.name for tag in tags] == ["delivery failed", "new message"]
    assert mapping.invoice(payload("compact_row")).tags == ()


def test_an_unknown_state_is_unknown_and_says_nothing_of_the_decision() -> None:
    record = mapping.invoice(payload("compact_row_unknown_state"))
    assert (record.state, record.service_state, record.service_decision) == ("unknown", "SettledByBarter", "")


@pytest.mark.parametrize(
    ("word", "state", "decision"),
    [
        ("Unattested", "draft", "waiting"),
        ("FactoringDenied", "draft", "approved"),
        ("Sending", "open", "approved"),
        ("PartlyPaid", "open", "approved"),
        ("Reminder_Many", "open", "approved"),
        ("Collecting", "collection", "approved"),
        ("Collection", "collection", "approved"),
        ("Factoring", "sold", "approved"),
        ("Sold", "sold", "approved"),
        ("Paid", "paid", "approved"),
        ("Credited", "credited", "approved"),
        ("CollectorEnded", "closed", "approved"),
        ("Ended", "closed", "approved"),
        ("unpaid", "unknown", ""),
        ("Deleted", "unknown", ""),
    ],
)
def test_states_are_spelled_exactly_as_in_section_7(word: str, state: str, decision: str) -> None:
    record = mapping.invoice(payload("compact_row") | {"state": word})
    assert (record.state, record.service_decision) == (state, decision)


def test_amounts_and_numbers_may_come_as_strings() -> None:
    record = mapping.invoice(payload("compact_row_amounts_as_strings"))
    assert (record.gross, record.open, record.customer.external_id) == (sek("325"), sek("225"), "12")


def test_null_is_nothing_wherever_it_may_stand() -> None:
    record = mapping.invoice(payload("compact_row_nulls"))
    assert (record.gross, record.currency, record.customer, record.issue_date) == (None, None, None, None)
    assert mapping.invoice(payload("compact_row_updated_at_null")).updated_at is None


def test_a_full_row_in_a_list_is_read_as_far_as_it_goes_but_is_no_detail() -> None:
    record = mapping.invoice(payload("full_sent"))
    assert (record.net, record.vat, record.paid) == (sek("260"), sek("65"), sek("0"))
    assert (record.detail, record.lines) == (None, None)


def test_a_detail_has_lines_rates_and_texts() -> None:
    row = payload("compact_row")
    record = mapping.detail(payload("full_sent"), row)
    assert (record.payload, record.detail) == (row, payload("full_sent"))
    assert (record.net, record.vat, record.gross, record.open) == (sek("260"), sek("65"), sek("325"), sek("325"))
    assert (record.note, record.reference) == ("Tack för köpet", "PO-4711, Siv Ek")
    assert (record.supply_date, record.delivery_method, record.country) == ("2026-02-09", "Email", "SE")
    assert record.sent_at == record.decided_at == datetime(2026, 2, 10, 9, 0, tzinfo=UTC)
    (line,) = record.lines
    assert (line.position, line.title, line.description, line.unit) == (1, "Delivery of tea", "Two boxes", "unit")
    assert (line.quantity, line.unit_price, line.vat_rate) == (Decimal(2), Decimal(130), Decimal(25))
    assert (line.net, line.gross, line.discount) == (Decimal(260), Decimal(325), "")
    assert line.item == NamedRecord(external_id="25", number="25", name="Delivery of tea")
    assert [(rate.rate, rate.net, rate.vat) for rate in record.vat_rates] == [(25, 260, 65)]
    assert record.own_gross == 325


def test_whole_numbers_read_alike_however_they_are_written() -> None:
    whole, pointed = payload("full_draft"), payload("full_draft")
    whole["items"][0] |= {"count": 2, "price": "130.00", "vat": Decimal("25.0"), "discount": None}
    lines = mapping.detail(whole).lines, mapping.detail(pointed).lines
    assert lines[0] == lines[1]
    assert f"{lines[0][0].quantity:f}" == f"{lines[1][0].quantity:f}" == "2"


def test_paid_sum_is_negative_at_the_service_and_positive_here() -> None:
    record = mapping.detail(payload("full_paid_negative_paid_sum"))
    assert (record.paid, record.open, record.state) == (sek("2867"), sek("0"), "paid")


def test_an_unrounded_rounding_of_0_365_stays_exact_and_ties_out() -> None:
    record = mapping.detail(payload("full_paid_negative_paid_sum"))
    assert record.gross == sek("2867")
    assert (record.net, record.vat) == (sek("2293.31"), sek("573.32"))
    assert record.own_gross == Decimal("2867")
    assert record.vat_rates[0].vat == Decimal("573.327")


def test_the_invoice_fee_is_part_of_net_and_of_its_rate() -> None:
    record = mapping.detail(payload("full_with_invoice_fee"))
    assert [(rate.rate, rate.net, rate.vat) for rate in record.vat_rates] == [(25, 329, Decimal("82.25"))]
    assert record.own_gross == 411


def test_a_row_discount_is_an_absolute_sum() -> None:
    record = mapping.detail(payload("full_with_discount_and_two_rates"))
    assert [line.net for line in record.lines] == [60, 23]
    assert [line.discount for line in record.lines] == ["", "1 SEK"]
    assert record.lines[0].item is None
    assert [(rate.rate, rate.net) for rate in record.vat_rates] == [(12, 60), (25, 23)]
    assert record.own_gross == 96


def test_lines_that_do_not_add_up_show_in_our_own_gross() -> None:
    odd = payload("full_sent") | {"total_sum": Decimal("350.0")}
    assert mapping.detail(odd).own_gross == 325


def test_with_reversed_vat_or_a_missing_price_there_is_no_own_gross() -> None:
    assert mapping.detail(payload("full_reversed_vat")).own_gross is None
    unpriced = payload("full_draft")
    unpriced["items"][0]["price"] = None
    assert mapping.detail(unpriced).own_gross is None


def test_the_receiver_is_the_copy_in_the_billogram() -> None:
    assert mapping.detail(payload("full_sent")).receiver_address == "Siv Ek\nTegatan 3\n11122 STOCKHOLM"
    new = mapping.detail(payload("full_new_address")).receiver_address
    assert new == "Nordanvind Te AB\nc/o Ek\nHavsvägen 9\nPlan 4\n39120 KALMAR"


def test_without_street_zip_code_and_city_there_is_no_address() -> None:
    record = mapping.detail(payload("full_without_email_and_address"))
    assert (record.receiver_address, record.receiver_email) == ("", None)
    assert mapping.customer(payload("customer_without_address")).address == ""


def test_an_address_of_nulls_says_nothing_and_one_of_empty_texts_says_that_there_is_none() -> None:
    nothing = dict.fromkeys(("street_address", "zipcode", "city", "country", "careof"))
    assert mapping.told_address({}) is mapping.told_address(nothing) is None
    assert mapping.told_address(nothing | {"street_address": "", "city": None}) == ""


def test_in_factoring_there_is_no_number_and_nothing_was_sent() -> None:
    record = mapping.detail(payload("full_factoring"))
    assert (record.state, record.number, record.sent_at, record.decided_at) == ("sold", None, None, None)


def test_a_customer_is_read_whole() -> None:
    record = mapping.customer(payload("customer_old_address"))
    assert (record.external_id, record.number, record.name) == ("12", "12", "Nordanvind Te AB")
    assert (record.kind, record.org_no, record.vat_no) == ("business", "556801-7155", "SE556801715501")
    assert (record.email, record.phone, record.contact_name) == ("siv@example.org", "0701740605", "Siv Ek")
    assert (record.address, record.country, record.note) == ("Tegatan 3\n11122 Stockholm", "SE", "Pays late")
    assert record.created_at == datetime(2017, 5, 12, 9, 14, 3, tzinfo=UTC)
    assert not record.brief


def test_old_and_new_spelling_of_the_street_are_one_line() -> None:
    address = mapping.customer(payload("customer_new_address")).address
    assert address == "Ekonomi\nc/o Ek\nHavsvägen 9\nPlan 4\nLindö\n39120 Kalmar"


def test_updated_at_is_null_on_fresh_customers() -> None:
    assert mapping.customer(payload("customer_updated_at_null")).updated_at is None


@pytest.mark.parametrize("entry", [None, 7, "text", [], {}, {"id": None}, {"id": {"a": 1}}, {"customer_no": []}])
@pytest.mark.parametrize("stream", [CUSTOMERS, INVOICES, "elsewhere"])
def test_an_entry_without_an_id_has_an_empty_one(stream: str, entry: Any) -> None:
    assert mapping.entry_id(stream, entry) == ""


def mangled(whole: Any) -> Any:
    """The payload with each of its values, at every depth, replaced by something odd or left out."""
    odd = (None, "x", "1.234,56", -1, Decimal("1e-30"), True, [], {}, ["x"], [None], {"a": 1}, "\x00\ud800", 10**30)
    for key in whole if isinstance(whole, dict) else range(len(whole)):
        for value in odd:
            yield {**whole, key: value} if isinstance(whole, dict) else [*whole[:key], value, *whole[key + 1 :]]
        if isinstance(whole, dict):
            yield {name: value for name, value in whole.items() if name != key}
        if isinstance(whole[key], dict | list):
            for inner in mangled(whole[key]):
                yield {**whole, key: inner} if isinstance(whole, dict) else [*whole[:key], inner, *whole[key + 1 :]]


@pytest.mark.parametrize("name", ["compact_row", "full_reminded_and_recalled", "customer_new_address"])
def test_no_payload_ends_in_anything_but_a_record_or_a_reason(name: str) -> None:
    read = mapping.customer if name in PEOPLE else mapping.detail if name in FULL else mapping.invoice
    for odd in mangled(payload(name)):
        try:
            record = read(odd)
        except (Unreadable, AmountError):
            continue
        assert record.external_id


@pytest.mark.parametrize("odd", [None, "text", 7, [], True])
def test_what_is_not_an_object_is_refused(odd: Any) -> None:
    for read in (mapping.customer, mapping.invoice, mapping.detail):
        with pytest.raises(Unreadable):
            read(odd)


@pytest.mark.parametrize("odd", [None, {"code": "Email"}, ["Email"]])
def test_what_is_no_text_keeps_what_is_stored(odd: Any) -> None:
    record = mapping.detail({**payload("full_sent"), "delivery_method": odd, "ocr_number": odd})
    assert (record.delivery_method, record.payment_reference) == (None, None)
