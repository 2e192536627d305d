"""The activity log as events and movements (sections 6.6 and 9.1)."""

from datetime import UTC, datetime

import pytest

from arapp.upstreams.billogram import mapping
from tests.upstreams.billogram.driving import payload, sek


def test_what_changes_the_debt_is_a_movement_and_they_tie_out_to_what_is_open() -> None:
    record = mapping.detail(payload("full_reminded_and_recalled"))
    found = [(each.kind, each.amount, each.date.isoformat()) for each in record.movements]
    assert found == [
        ("payment", sek("325"), "2026-03-14"),
        ("fee", sek("-60"), "2026-03-20"),
        ("recall", sek("-225"), "2026-03-22"),
        ("payment", sek("25"), "2026-04-22"),
        ("interest", sek("-2.66"), "2026-03-20"),
    ]
    assert record.gross.minor - sum(each.amount.minor for each in record.movements) == record.open.minor
    assert record.paid == sek("125")


@pytest.mark.parametrize(
    ("name", "kind", "amount"),
    [
        ("full_credited", "credit", "325"),
        ("full_written_off", "write_off", "60"),
        ("full_part_paid", "payment", "100"),
    ],
)
def test_credits_write_offs_and_payments_lower_the_debt(name: str, kind: str, amount: str) -> None:
    record = mapping.detail(payload(name))
    assert [each.amount for each in record.movements if each.kind == kind] == [sek(amount)]
    assert record.gross.minor - sum(each.amount.minor for each in record.movements) == record.open.minor


def test_events_without_an_amount_move_nothing_and_are_still_told() -> None:
    record = mapping.detail(payload("full_payment_without_amount"))
    assert record.movements == ()
    assert [event.text for event in record.events] == ["Matched by hand", "", ""]


def test_events_are_sentences() -> None:
    events = mapping.detail(payload("full_reminded_and_recalled")).events
    told = {event.kind: event.text for event in events}
    assert told["BillogramCreated"] == ""
    assert told["BillogramSent"] == "Invoice 1042, by Email."
    assert told["Payment"] == "325.00 SEK, from Siv Ek."
    assert told["ReminderSent"] == "Fee 60.00 SEK, by Letter. Please pay"
    assert told["CustomerMessage"] == "I will pay soon"
    assert told["EinvoiceSomethingNew"] == ""
    assert events[0].at == datetime(2026, 2, 10, 8, 59, 58, tzinfo=UTC)
    manual = mapping.detail(payload("full_paid_negative_paid_sum")).movements[0]
    assert (manual.method, manual.text) == ("by hand", "2,867.00 SEK, registered by hand.")


def test_old_events_without_uuid_get_names_that_stay() -> None:
    first, second = (mapping.detail(payload("full_events_without_uuid")) for _ in range(2))
    ids = [event.external_id for event in first.events]
    assert len(set(ids)) == 4
    assert ids == [event.external_id for event in second.events]
    assert [each.amount for each in first.movements] == [sek("100"), sek("100")]


def test_an_event_that_comes_twice_counts_once() -> None:
    twice = payload("full_part_paid")
    twice["events"] *= 2
    record = mapping.detail(twice)
    assert (len(record.events), len(record.movements)) == (3, 1)
