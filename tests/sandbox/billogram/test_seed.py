from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from arapp.sandbox.base import Clock
from arapp.sandbox.billogram import Billogram
from arapp.sandbox.billogram.states import OPEN, UNPAID_FAMILY

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_the_same_seed_and_day_give_the_same_data(full):
    again = Billogram(invoices=200, clock=Clock(NOON))
    assert again.records == full.records
    assert again.customers == full.customers
    assert Billogram(invoices=200, seed=8, clock=Clock(NOON)).records != full.records


@pytest.mark.parametrize("count", [0, 1, 2, 7, 61])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_number_of_billograms_can_be_made(count, seed):
    assert len(Billogram(invoices=count, seed=seed).records) == count


def test_all_the_states_are_there_in_a_believable_mix(full):
    states = Counter(record["state"] for record in full.records)
    assert 24 <= states["Unattested"] <= 30
    assert states.keys() >= {
        *("Unpaid", "Overdue", "Reminder_1", "Reminder_2", "PartlyPaid", "Paid", "Credited", "Collection"),
        *("Collecting", "CollectorEnded", "Factoring", "FactoringDenied", "Sold", "Ended"),
    }


def test_the_past_lies_before_now_and_within_fourteen_months(full):
    for record in full.records:
        times = [event["created_at"] for event in record["events"]]
        assert times == sorted(times)
        assert "2024-12-25" < record["created_at"] == times[0]
        assert record["updated_at"] == times[-1] <= "2026-03-02 12:00:00"


def test_sums_and_events_of_every_billogram_agree(full):
    for record in full.records:
        events = record["events"]
        paid = sum(event["data"]["amount"] for event in events if event["type"] == "Payment")
        sums = record["detailed_sums"]
        assert -paid == sums["paid_sum"]
        assert record["total_sum"] == sums["gross_sum"] + sums["rounding"] or sums["rounding"] % 1
        parts = ("reminder_fee", "interest_fee", "paid_sum", "collector_paid_sum", "credited_sum")
        balance = record["total_sum"] + sum(Decimal(sums[part]) for part in parts)
        assert record["remaining_sum"] == max(0, balance)


def test_states_and_facts_of_every_billogram_agree(full):
    for record in full.records:
        kinds = [event["type"] for event in record["events"]]
        state = record["state"]
        assert kinds[0] == "BillogramCreated"
        assert (record["invoice_no"] is None) == (state in ("Unattested", "Factoring", "FactoringDenied"))
        assert ("BillogramSent" in kinds) == (record["invoice_no"] is not None and state != "Sold")
        assert (kinds[-1] == "BillogramEnded") == (state in ("Paid", "Credited", "Ended", "CollectorEnded"))
        assert (record["remaining_sum"] == 0) <= (state not in OPEN)
        assert state != "Unpaid" or record["due_date"] >= "2026-03-02"
        assert state != "Overdue" or record["due_date"] < "2026-03-02"
        assert state not in UNPAID_FAMILY or record["total_sum"] > 0


def test_invoice_numbers_follow_the_order_of_sending(full):
    sent = sorted(
        (r["attested_at"], r["invoice_no"]) for r in full.records if r["state"] not in ("Sold",) and r["invoice_no"]
    )
    numbers = [number for _, number in sent]
    assert numbers == sorted(numbers)
    assert len({r["id"] for r in full.records}) == 200


def test_customers_are_of_every_kind(full):
    people = list(full.customers.values())
    assert {customer["company_type"] for customer in people} == {"business", "individual"}
    assert any(not customer["contact"]["email"] for customer in people)
    assert any(not customer["address"]["street_address"] for customer in people)
    assert any(len(customer["name"]) >= 200 for customer in people)
    assert any(customer["name"].startswith("=") for customer in people)
    assert any(customer["updated_at"] for customer in people)
    assert all(
        customer["contact"]["email"].endswith("example.org") for customer in people if customer["contact"]["email"]
    )


def test_rows_have_all_rates_discounts_and_many_titles(full):
    rows = [row for record in full.records for row in record["items"]]
    assert {row["vat"] for row in rows} == {25, 12, 6, 0}
    assert any(row["discount"] for row in rows)
    assert any(record["invoice_fee"] for record in full.records)
    assert len({row["title"] for row in rows}) > 150
