"""What list rows, companies, errors and documents mean."""

import json
from datetime import UTC, date, datetime

import pytest

from arapp.receivables.money import AmountError, Money
from arapp.receivables.records import NamedRecord, Unreadable
from arapp.upstreams.billover import mapping
from tests.upstreams.billover.samples import FOLDER, eur, names, payload

UNREADABLE = {
    "row_amount_without_currency",
    "row_german_amount",
    "row_half",
    "row_jpy_with_a_fraction",
    "row_nan",
    "row_odd_currency",
    "row_odd_date",
    "row_odd_moment",
    "row_without_uid",
}


def row(name):
    return mapping.read_invoice(payload(f"row_{name}"))


def test_a_row_becomes_an_invoice():
    read = row("waiting")
    assert (read.external_id, read.short_id, read.kind) == ("0b8d3c1e-6a44-4d0f-9b52-6f1f0e7a2c10", "QTN", "invoice")
    assert (read.gross, read.open, read.currency) == (eur("1190"), eur("1190"), "EUR")
    assert (read.issue_date, read.due_date, read.due_by_terms) == (date(2026, 1, 12), None, True)
    assert read.created_at == datetime(2026, 1, 12, 8, 4, 5, 120000, tzinfo=UTC)
    assert read.payload == payload("row_waiting")
    assert read.detail is None


def test_what_only_the_detail_tells_is_unknown_in_a_row():
    read = row("waiting")
    assert (read.number, read.net, read.vat, read.paid, read.lines, read.events) == (None,) * 6


def test_what_billover_does_not_have_is_empty():
    read = row("waiting")
    assert (read.title, read.label, read.intro, read.note) == ("", "", "", "")


@pytest.mark.parametrize(
    ("name", "state", "service_state", "decision"),
    [
        ("waiting", "open", "waiting", "waiting"),
        ("approved", "open", "approved", "approved"),
        ("rejected", "closed", "rejected", "rejected"),
        ("processing", "draft", "processing", "waiting"),
        ("failed", "unknown", "failed", "waiting"),
        ("unknown_processing", "unknown", "reading_again", "waiting"),
        ("unknown_approvement", "unknown", "escalated", ""),
    ],
)
def test_the_two_states_of_billover_become_one(name, state, service_state, decision):
    read = row(name)
    assert (read.state, read.service_state, read.service_decision) == (state, service_state, decision)


def test_the_processing_status_is_kept_beside_the_state():
    assert (row("waiting").processing, row("failed").processing) == ("finished", "failed")


@pytest.mark.parametrize(
    "name",
    ["processing", "processing_with_a_misread_amount", "failed", "failed_with_an_amount", "unknown_processing"],
)
def test_nothing_that_is_not_finished_has_an_amount(name):
    read = row(name)
    assert (read.gross, read.open, read.currency) == (None, None, None)


def test_nothing_is_open_once_it_is_rejected():
    assert (row("rejected").gross, row("rejected").open) == (eur("1190"), eur("0"))


def test_a_finished_document_without_an_amount_has_an_unknown_one():
    assert (row("finished_without_amount").gross, row("finished_without_amount").open) == (None, None)


def test_an_amount_may_be_a_json_number():
    assert row("with_json_number").gross == eur("1190.50")


def test_two_zeros_behind_the_point_fit_a_currency_without_decimals():
    assert row("jpy").gross == Money(1200, "JPY")


@pytest.mark.parametrize(
    "name", ["jpy_with_a_fraction", "german_amount", "nan", "amount_without_currency", "odd_currency"]
)
def test_an_amount_that_cannot_be_read_exactly_is_refused(name):
    with pytest.raises(AmountError):
        row(name)


@pytest.mark.parametrize("name", ["half", "without_uid", "odd_date", "odd_moment"])
def test_a_row_that_is_cut_short_or_odd_is_refused(name):
    with pytest.raises(Unreadable):
        row(name)


@pytest.mark.parametrize("entry", [None, [], "text", 7, {}, {"uid": None}, {"uid": 5}, {"uid": "x" * 201}])
def test_what_is_no_row_is_refused(entry):
    for read in (mapping.read_invoice, mapping.read_customer, mapping.read_detail):
        with pytest.raises(Unreadable):
            read(entry)


def test_a_date_that_leaves_no_room_for_terms_is_refused():
    with pytest.raises(Unreadable):
        mapping.read_invoice(payload("row_waiting") | {"invoice_date": "9999-12-31"})


def test_times_may_be_in_utc_and_without_a_fraction():
    assert row("times_in_utc").created_at == datetime(2026, 1, 12, 8, 4, 5, tzinfo=UTC)


def test_the_permissions_are_the_five_booleans():
    assert row("waiting").permissions == dict.fromkeys(mapping.PERMISSIONS, True) | {"can_remove_approval": False}


def test_a_permission_that_is_no_boolean_is_not_told():
    read = mapping.read_invoice(payload("row_waiting") | {"permissions": {"can_update": "yes", "can_delete": False}})
    assert read.permissions == {"can_delete": False}


def test_the_owner_is_the_workspace_user():
    assert row("waiting").owner == NamedRecord(external_id="wu-1", name="Kim Berg", email="kim@example.org")


def test_an_owner_without_an_own_uid_goes_by_the_users():
    entry = payload("row_waiting")
    del entry["workspace_user"]["uid"]
    assert mapping.read_invoice(entry).owner.external_id == "k1i2m3-b4e5r6g7h8"


def test_the_company_of_an_invoice_is_a_brief_customer():
    customer = row("waiting").customer
    assert (customer.brief, customer.name, customer.address) == (True, "Nordhafen GmbH", "Kai 7, Hamburg")
    assert (customer.org_no, customer.tax_office, customer.phone) == (None, None, None)


def test_an_invoice_may_have_no_company_and_no_owner():
    assert (row("without_company").customer, row("without_company").owner) == (None, None)


def test_texts_in_place_of_objects_name_nobody():
    read = row("with_texts_instead_of_objects")
    assert (read.customer, read.owner, read.permissions, read.category) == (None, None, None, "Travel")


@pytest.mark.parametrize(("name", "category"), [("waiting", ""), ("with_category", "Travel")])
def test_a_category_goes_by_its_name(name, category):
    assert row(name).category == category


def test_a_row_without_the_word_category_says_nothing_of_it():
    entry = payload("row_waiting")
    del entry["category"]
    assert mapping.read_invoice(entry).category is None


def test_new_fields_change_nothing_and_stay_in_the_payload():
    read = row("with_new_fields")
    assert read.gross == eur("1190")
    assert read.payload["priority"] == {"level": 3}


def test_a_company_becomes_a_customer():
    read = mapping.read_customer(payload("company"))
    assert (read.brief, read.number, read.name) == (False, "NRD", "Nordhafen GmbH")
    assert (read.org_no, read.tax_office, read.phone) == ("DE123456789", "Hamburg-Nord", "+49 40 5550100")
    assert read.address == "Kai 7, Hamburg"
    assert read.created_at == datetime(2025, 11, 2, 8, tzinfo=UTC)
    assert read.updated_at == datetime(2025, 12, 24, 17, 30, 0, 500000, tzinfo=UTC)
    assert read.payload == payload("company")


def test_blank_fields_of_a_company_are_empty_and_nulls_say_nothing():
    blank, nulls = (mapping.read_customer(payload(f"company_{name}")) for name in ("blank", "with_nulls"))
    assert (blank.address, blank.org_no, blank.phone) == ("", "", "")
    assert (nulls.address, nulls.org_no, nulls.number, nulls.created_at) == (None,) * 4


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("envelope", "This invoice is approved and cannot be changed."),
        ("code_only", "unauthorized"),
        ("text", "Something went wrong."),
        ("detail", "Invalid page."),
        ("fields", "company__uid: Select a valid choice. Dates do not fit."),
        ("list", "Not now. Later."),
    ],
)
def test_errors_are_told_in_the_services_own_words(name, words):
    assert mapping.words(400, payload(f"error_{name}")) == words


@pytest.mark.parametrize("body", [None, {}, [], "", {"error": {}}, {"error": None}, {"detail": {}}])
def test_an_error_without_words_has_none(body):
    assert mapping.words(500, body) == ""


@pytest.mark.parametrize(
    ("header", "kind", "name"),
    [
        ("application/pdf", "application/pdf", "RE-2026-0042.pdf"),
        ("image/JPEG; charset=binary", "image/jpeg", "RE-2026-0042.jpg"),
        ("text/html", "application/octet-stream", "RE-2026-0042.bin"),
        ("", "application/octet-stream", "RE-2026-0042.bin"),
    ],
)
def test_a_document_has_one_of_the_types_we_hand_on(header, kind, name):
    found = mapping.content_type_of(header)
    assert (found, mapping.filename_of(payload("detail_waiting"), found)) == (kind, name)


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("2026/0042", "2026-0042.pdf"),
        ("../../x", "x.pdf"),
        ('a"\r\nb', "a-b.pdf"),
        ("", "QTN.pdf"),
        (None, "QTN.pdf"),
    ],
)
def test_a_document_is_named_by_the_number_as_far_as_a_file_name_can_hold_it(number, name):
    assert mapping.filename_of({"invoice_number": number, "hf_id": "QTN"}, "application/pdf") == name


@pytest.mark.parametrize("name", sorted(set(names("row_")) - UNREADABLE))
def test_every_readable_row_can_be_read_twice_alike(name):
    assert mapping.read_invoice(payload(name)) == mapping.read_invoice(payload(name))


def test_every_payload_file_is_json_of_a_known_kind():
    kinds = ("row_", "detail_", "company", "page_", "error_", "create_answer")
    assert all(path.stem.startswith(kinds) and json.loads(path.read_text()) for path in FOLDER.glob("*.json"))
