import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arapp.receivables import records
from arapp.receivables.records import Unreadable, dump, read_date, read_moment, text

scalars = st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False)
payloads = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(payloads)
def test_a_payload_is_kept_with_exact_numbers(payload: object):
    again = json.loads(dump(payload), parse_float=Decimal)
    assert dump(again) == dump(payload)


def test_decimals_are_kept_as_numbers_with_all_their_digits():
    payload = json.loads('{"a": 67.0, "b": 0.365, "c": "1.50"}', parse_float=Decimal)
    assert dump(payload) == '{"a":67.0,"b":0.365,"c":"1.50"}'


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2024-11-30T21:02:29.706626+03:00", datetime(2024, 11, 30, 18, 2, 29, 706626, tzinfo=UTC)),
        ("2024-11-30T21:02:29Z", datetime(2024, 11, 30, 21, 2, 29, tzinfo=UTC)),
        ("2026-02-10 08:59:58", datetime(2026, 2, 10, 8, 59, 58, tzinfo=UTC)),
        ("", None),
        (None, None),
        ({}, None),
    ],
)
def test_moments_of_all_three_services_become_utc(value: object, moment: datetime | None):
    assert read_moment(value) == moment


@pytest.mark.parametrize("value", ["yesterday", "2026-13-01", 5, "0000-00-00"])
def test_what_is_no_date_is_unreadable(value: object):
    with pytest.raises(Unreadable):
        read_date(value)


def test_a_date_with_a_time_behind_it_is_its_day():
    assert read_date("2026-02-10T00:00:00+01:00") == date(2026, 2, 10)


def test_text_loses_what_no_database_takes_and_nothing_else():
    assert text("a\x00b\ud800c") == "ab?c"
    assert text(Decimal("1E+2")) == "100"
    assert text(None) == text({}) == ""


def test_a_payload_without_its_id_is_unreadable():
    for payload in ({}, {"id": ""}, {"id": None}, [], "text", None):
        with pytest.raises(Unreadable):
            records.require(payload, "id")
