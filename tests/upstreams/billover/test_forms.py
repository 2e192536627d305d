"""Our words and BillOver's for the values that can be written."""

import pytest

from arapp.receivables.records import CustomerRecord, InvoiceRecord
from arapp.upstreams.base import Order
from arapp.upstreams.billover import forms, mapping
from tests.upstreams.billover.samples import names, payload

ADDRESSES = {
    "": {},
    "Kai 7, Hamburg": {"street": "Kai 7, Hamburg"},
    "Kai 7\n20095 Hamburg": {"street": "Kai 7", "zip": "20095", "city": "Hamburg"},
    "Kai 7\nSamplebury": {"street": "Kai 7", "city": "Samplebury"},
    "Kai 7\nD-20095 Hamburg\nDE": {"street": "Kai 7", "zip": "D-20095", "city": "Hamburg", "country": "DE"},
    "Kai 7\n2. OG\n20095 Hamburg\nDE": {
        "street": "Kai 7", "street2": "2. OG", "zip": "20095", "city": "Hamburg", "country": "DE",
    },
}  # fmt: skip


def order(**data):
    return Order(kind="", document="", external_id="", data=data)


@pytest.mark.parametrize("name", names("detail_"))
def test_what_a_detail_says_now_is_written_back_unchanged(name):
    try:
        record = mapping.read_detail(payload(name))
    except ValueError:
        return
    body = forms.invoice_body(record.form)
    assert list(body) == list(forms.WRITTEN)
    said = payload(name)
    for key in ("invoice_number", "currency", "payment_type", "invoice_date"):
        assert body[key] == said.get(key)
    assert body["company_uid"] == ((said.get("company") or {}).get("uid") if said.get("company") else None)
    assert body["total_price"] == (f"{record.gross.amount:.2f}" if record.gross else None) or not record.gross


def test_a_form_names_only_what_is_said():
    assert forms.of_invoice({"currency": "EUR", "company": {"uid": "c1"}, "card": None}) == {
        "currency": "EUR",
        "customer": "c1",
    }
    assert forms.of_company({"name": "A", "phone": "", "tax_number": None}) == {"name": "A"}


def test_an_empty_text_of_an_invoice_is_one_and_none_is_none():
    entry = {"invoice_number": "", "payment_type": None, "currency": " ", "total_price": "", "company": {"uid": ""}}
    form = forms.of_invoice(entry)
    assert form == {"number": "", "currency": ""}
    assert forms.invoice_body(form) == dict.fromkeys(forms.WRITTEN) | {"invoice_number": "", "currency": ""}


@pytest.mark.parametrize(
    ("sent", "written"),
    [("240.5", "240.50"), ("240", "240.00"), ("1E+2", "100.00"), ("-3", "-3.00"), ("1.005", "1.005"), ("odd", "odd")],
)
def test_an_amount_has_two_decimals_and_is_never_rounded(sent, written):
    assert forms.invoice_body({"gross": sent})["total_price"] == written


@pytest.mark.parametrize(("text", "address"), ADDRESSES.items())
def test_the_one_text_of_an_address_goes_apart_and_together_again(text, address):
    form = forms.of_company({"name": "A", "address": text})
    assert form.get("address", {}) == address
    assert forms.company_body(form)["address"] == text


def test_an_address_of_more_lines_keeps_every_word():
    form = forms.of_company({"name": "A", "address": "a\nb\nc\nd\ne\nf"})
    assert forms.company_body(form)["address"] == "a\nb, c, d\ne\nf"


@pytest.mark.parametrize(
    ("form", "data", "shown"),
    [
        ({"gross": "119.00", "number": "R1"}, {"gross": "119", "number": "R1"}, 1),
        ({"gross": "119.00", "number": "R1"}, {"gross": "119.01"}, 0),
        ({"card": "k1"}, {"card": ""}, 0),
        ({}, {"card": ""}, 1),
        ({}, {"number": ""}, 1),
        ({"number": ""}, {"number": ""}, 1),
        ({"number": "R1"}, {"number": ""}, 0),
        ({"gross": "1.00"}, {"file": "a", "traces": 0}, 1),
    ],
)
def test_an_invoice_shows_a_correction_where_nothing_would_change(form, data, shown):
    assert forms.shows_values(order(**data), InvoiceRecord(external_id="i", form=form)) == shown


@pytest.mark.parametrize(("processing", "shown"), [("processing", 0), ("failed", 0), ("queued", 0), ("finished", 1)])
def test_an_upload_shows_only_once_it_was_read(processing, shown):
    record = InvoiceRecord(external_id="i", form={}, processing=processing)
    assert forms.shows_upload(order(file="a"), record) == shown


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ({"name": "A"}, 1),
        ({"phone": ""}, 0),
        ({"address": {"city": "Hamburg"}}, 1),
        ({"address": {"city": "Bremen"}}, 0),
        ({"tax_office": ""}, 1),
    ],
)
def test_a_company_shows_a_change_where_nothing_would_change(data, shown):
    record = CustomerRecord(
        external_id="c", form={"name": "A", "phone": "1", "address": {"street": "Kai 7", "city": "Hamburg"}}
    )
    assert forms.shows_company(order(**data), record) == shown
