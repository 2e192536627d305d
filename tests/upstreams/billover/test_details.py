"""What details mean, their parts of unknown shape included."""

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arapp.receivables.money import AmountError, Money
from arapp.receivables.records import Unreadable
from arapp.upstreams.billover import mapping
from tests.upstreams.billover.samples import eur, payload


def detail(name):
    return mapping.read_detail(payload(f"detail_{name}"))


def test_a_detail_adds_number_vat_and_net():
    read = detail("waiting")
    assert (read.number, read.gross, read.vat, read.net) == ("RE-2026-0042", eur("1190"), eur("190"), eur("1000"))
    assert (read.language, read.country, read.payment_type) == ("de", "DE", "credit_card")
    assert read.detail == payload("detail_waiting")
    assert read.payload is None
    assert read.own_gross is None


def test_a_detail_keeps_the_row_it_was_asked_for_with():
    assert mapping.read_detail(payload("detail_waiting"), {"uid": "row"}).payload == {"uid": "row"}


def test_a_new_file_address_is_no_news():
    assert detail("waiting").volatile == {"file"}


def test_the_amounts_of_a_detail_may_be_json_numbers():
    read = detail("with_json_numbers")
    assert (read.gross, read.vat, read.lines[0].unit_price) == (eur("1190"), eur("190"), Decimal(250))


def test_the_vat_of_the_published_example_is_subtracted_from_the_gross():
    read = detail("try")
    assert (read.gross, read.net) == (Money.parse("599.00", "TRY"), Money.parse("491.18", "TRY"))


def test_a_vat_that_cannot_be_read_exactly_is_refused():
    with pytest.raises(AmountError):
        detail("bad_vat")


def test_an_amount_of_no_vat_is_an_amount():
    read = mapping.read_detail(payload("detail_waiting") | {"total_vat": "0.00"})
    assert (read.vat, read.net) == (eur("0"), eur("1190"))


def test_items_become_lines_whose_totals_are_net_where_the_sum_says_so():
    first, second = detail("waiting").lines
    assert (first.position, first.title, first.description) == (1, "Berth fee", "January")
    assert (first.quantity, first.unit_price, first.vat_rate) == (Decimal(2), Decimal(250), Decimal(19))
    assert (first.net, first.gross) == (Decimal(500), None)
    assert second.position == 2


def test_the_totals_of_lines_are_gross_where_the_sum_says_so():
    first, second = detail("totals_with_vat").lines
    assert (first.title, first.quantity, first.unit_price, first.vat_rate) == (
        "Berth fee", Decimal(2), Decimal("297.50"), Decimal(19),
    )  # fmt: skip
    assert (second.title, second.quantity, second.vat_rate) == ("Crane", Decimal(4), Decimal(19))
    assert [(line.net, line.gross) for line in (first, second)] == [(None, Decimal("595.00"))] * 2


def test_totals_of_lines_that_fit_neither_sum_are_neither_net_nor_gross():
    (line,) = detail("totals_of_neither_kind").lines
    assert (line.net, line.gross) == (None, None)


def test_items_of_any_shape_become_lines():
    dues, pilot, described, number, nothing = detail("odd_items").lines
    assert dues.title == "Harbour dues"
    assert (pilot.title, pilot.unit_price) == ("", None)
    assert pilot.description == "amount: 2\nlabel: Pilot\nunit_price: 1.234,56"
    assert (described.title, described.description) == ("Only described", "vat_rate: many")
    assert (number.title, nothing.title) == ("17", "")


def test_a_change_in_what_no_name_fits_shows_in_the_line():
    entry = payload("detail_odd_items")
    entry["items"][1]["unit_price"] = "2.234,56"
    assert mapping.read_detail(entry).lines != detail("odd_items").lines


def test_vat_is_told_per_rate():
    (vat,) = detail("waiting").vat_rates
    assert (vat.rate, vat.net, vat.vat) == (Decimal(19), Decimal(1000), Decimal(190))


def test_vat_categories_of_any_shape_are_read_as_far_as_they_go():
    standard, reduced = detail("odd_vat_categories").vat_rates
    assert (standard.name, standard.rate, standard.vat, standard.net) == ("Standard", Decimal(19), Decimal(190), None)
    assert (reduced.rate, reduced.vat, reduced.net) == (Decimal(7), Decimal(0), Decimal("0.365"))


def test_the_history_becomes_events():
    created, processed = detail("waiting").events
    assert (created.kind, created.person) == ("created", "Kim Berg")
    assert created.at == datetime(2026, 1, 12, 8, 4, 5, 120000, tzinfo=UTC)
    assert (processed.kind, processed.person) == ("processed", "")


def test_entries_without_a_moment_are_no_events():
    approved, comment = detail("odd_history").events
    assert (approved.kind, approved.person) == ("invoice_approved", "Noa")
    assert (comment.kind, comment.person, comment.text) == ("comment", "Noa Lind", "Looks right")


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("waiting", None),
        ("approved", datetime(2026, 1, 13, 6, tzinfo=UTC)),
        ("rejected", datetime(2026, 1, 14, 6, 30, tzinfo=UTC)),
        ("reopened", datetime(2026, 1, 15, 9, tzinfo=UTC)),
        ("odd_history", datetime(2026, 1, 13, 6, tzinfo=UTC)),
        ("approved_without_history", None),
    ],
)
def test_the_history_tells_when_it_was_decided(name, moment):
    assert detail(name).decided_at == moment


@pytest.mark.parametrize(
    "kind",
    ["approval_requested", "not approved", "approve_failed", "product_removed", "approved or rejected", "seen"],
)
def test_other_entries_are_no_decisions(kind):
    history = [{"action": kind, "created_at": "2026-01-13T06:00:00Z"}]
    for word in ("waiting", "approved", "rejected"):
        entry = payload("detail_waiting") | {"history": history, "approvement_status": word}
        assert mapping.read_detail(entry).decided_at is None


def test_a_history_that_ends_in_another_decision_does_not_date_this_one():
    entry = payload("detail_rejected") | {"approvement_status": "approved"}
    assert mapping.read_detail(entry).decided_at is None


@pytest.mark.parametrize(
    ("name", "label"),
    [("waiting", "1234 … 5678"), ("card_without_digits", "KRT"), ("card_with_last_digits", "… 5678")],
)
def test_a_card_goes_by_its_digits(name, label):
    assert detail(name).card.name == label


def test_a_document_that_is_still_read_has_no_lines_yet():
    read = detail("processing")
    assert (read.state, read.gross, read.vat, read.lines, read.vat_rates) == ("draft", None, None, (), ())


@pytest.mark.parametrize("name", ["nulls", "texts_instead_of_lists"])
def test_nulls_and_texts_in_place_of_lists_say_nothing(name):
    read = detail(f"with_{name}")
    assert (read.lines, read.vat_rates, read.events, read.card) == (None, None, None, None)


def test_a_thinned_detail_says_nothing_of_what_it_lacks():
    read = detail("thinned")
    assert (read.lines, read.vat_rates, read.events, read.card) == (None, None, None, None)
    assert read.number == "RE-2026-0042"


def test_the_answer_to_an_upload_can_be_read():
    read = mapping.read_detail(payload("create_answer"))
    assert (read.state, read.service_decision, read.permissions) == ("draft", "", None)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
KEYS = sorted(payload("detail_waiting"))


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), ODD, max_size=4))
def test_odd_values_anywhere_are_read_or_refused_with_a_reason(changes):
    for read in (mapping.read_invoice, mapping.read_detail, mapping.read_customer):
        with suppress(Unreadable, AmountError):
            assert read(payload("detail_waiting") | changes).external_id


@settings(max_examples=300, deadline=None)
@given(st.lists(ODD, max_size=3), st.lists(ODD, max_size=3), st.lists(ODD, max_size=3))
def test_odd_parts_are_always_read(items, categories, history):
    entry = payload("detail_waiting") | {"items": items, "vat_categories": categories, "history": history}
    assert mapping.read_detail(entry).lines is not None


@settings(max_examples=200, deadline=None)
@given(ODD)
def test_ids_moments_and_words_of_anything_never_fail(value):
    for entry in (value, {"uid": value, "created_at": value, "error": value, "detail": value}):
        assert isinstance(mapping.uid_of(entry), str)
        assert mapping.created_at_of(entry) is None or mapping.created_at_of(entry).tzinfo
        assert isinstance(mapping.words(400, entry), str)


def changed(kind: str, at: str, uid: str, email: str) -> dict:
    member = {"uid": f"wu-{uid}", "user": {"uid": uid, "email": email, "full_name": uid.title()}}
    return {"action": kind, "created_at": at, "workspace_user": member}


def test_who_made_the_newest_change_is_told_as_far_as_the_history_names_them():
    entry = payload("detail_waiting") | {
        "history": [
            changed("updated", "2026-01-12T12:00:00+03:00", "lee", "lee@example.org"),
            changed("updated", "2026-01-13T12:00:00+03:00", "kim", "kim@example.org"),
            changed("approval_removed", "2026-01-14T12:00:00+03:00", "ann", "ann@example.org"),
        ]
    }
    changer = mapping.read_detail(entry).changer
    assert (changer.external_id, changer.name, changer.email) == ("wu-kim", "Kim", "kim@example.org")
    assert mapping.read_detail(payload("detail_waiting") | {"history": [{"action": "updated"}]}).changer is None
