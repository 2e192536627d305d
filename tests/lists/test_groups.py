"""The list in groups: what the database adds up is what Python adds up, and each group leads to exactly its rows."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arapp.lists import groups
from arapp.lists.csv import csv_lines
from arapp.lists.grouping import WORDS, By
from arapp.lists.groups import columns_of, groups_of, lines_of
from arapp.lists.totals import totals
from arapp.receivables.models import Customer, Invoice, Source
from arapp.receivables.money import Money
from arapp.receivables.records import CustomerRecord
from tests.conftest import TODAY, make_invoice, make_source
from tests.lists.conftest import asked, found

pytestmark = pytest.mark.django_db


def by(words: str) -> By:
    return By.read(QueryDict(f"by={words}"))


def shown(words: str, query: str = "") -> list[str]:
    """The groups as they are called, with their rows: ``Alfa, 2026-01: 2``."""
    found = groups_of(asked(query), by(words)).found
    return [f"{', '.join(key.text for key in group.keys)}: {group.rows}" for group in found]


def ids(query: str) -> set[int]:
    filterset = asked(query)
    assert not filterset.problems
    return set(filterset.qs.values_list("pk", flat=True))


# As Python adds up


DAYS = (
    st.none() | st.dates(date(2024, 12, 20), date(2026, 3, 1)) | st.sampled_from([date(1, 1, 1), date(9999, 12, 31)])
)
AMOUNTS = st.none() | st.integers(-(10**14), 10**14)
ROWS = st.lists(
    st.tuples(
        st.sampled_from([None, "a", "b", "c"]),
        st.sampled_from(["Nord", "Süd"]),
        st.sampled_from(["draft", "open", "paid"]),
        st.sampled_from(["EUR", "JPY", "KWD", ""]),
        DAYS,
        AMOUNTS,
        AMOUNTS,
        AMOUNTS,
    ),
    max_size=20,
)
QUERIES = st.sampled_from(
    [
        "",
        "state=open&state=draft",
        "issued_from=2025-12-31",
        "issued_from=2026-01-02&issued_from=2025-06-01&issued_to=2026-02-10",
        "customer=a&customer=b",
        "source=Nord&currency=EUR&currency=JPY",
        "lacks=customer",
        "lacks=issue_date&lacks=currency",
    ]
)
SOME_WORDS = st.lists(st.sampled_from(sorted(WORDS)), min_size=1, max_size=4, unique=True)


def store(rows):
    Invoice.objects.all().delete()
    sources = {name: Source.objects.get_or_create(name=name, service="billomat")[0] for name in ("Nord", "Süd")}
    first = sources["Nord"]
    # Two customers with one name are two groups.
    names = {"a": "Alfa", "b": "Alfa", "c": ""}
    customers = {
        key: Customer.objects.get_or_create(source=first, external_id=key, name=name)[0]
        for key, name in names.items()
    }
    Invoice.objects.bulk_create(
        Invoice(
            source=sources[source],
            external_id=str(n),
            customer=customers.get(customer),
            state=state,
            currency=currency,
            issue_date=issued,
            net=net,
            gross=gross,
            open=left,
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for n, (customer, source, state, currency, issued, net, gross, left) in enumerate(rows)
    )


def added_up(rows, name):
    known = [getattr(row, name) for row in rows if getattr(row, name) is not None]
    return Money(sum(known), rows[0].currency) if known and rows[0].currency else None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, QUERIES, SOME_WORDS)
def test_each_group_leads_to_its_rows_and_they_add_up_to_it(rows, query, words):
    store(rows)
    reached: set[int] = set()
    for group in groups_of(asked(query), by(",".join(words))).found:
        own = ids(group.query)
        assert len(own) == group.rows
        assert not reached & own
        reached |= own
        for line in group.lines:
            mine = [row for row in Invoice.objects.filter(pk__in=own) if row.currency == line.currency]
            assert line.rows == len(mine)
            assert [line.net, line.gross, line.open] == [added_up(mine, name) for name in ("net", "gross", "open")]
            missing = {name: sum(getattr(row, name) is None for row in mine) for name in ("net", "gross", "open")}
            assert line.lacking == missing
    assert reached == ids(query)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, QUERIES, SOME_WORDS)
def test_the_groups_add_up_to_the_totals_of_the_list(rows, query, words):
    store(rows)
    lines = list(lines_of(asked(query), by(",".join(words))))
    for total in totals(asked(query).qs):
        mine = [line for line in lines if line.currency == total.currency]
        assert sum(line.rows for line in mine) == total.rows
        for name in ("gross", "open"):
            amounts = [getattr(line, name) for line in mine if getattr(line, name)]
            whole = sum(amounts, Money(0, total.currency)) if total.currency else None
            assert whole == getattr(total, name)
    assert {line.currency for line in lines} == {total.currency for total in totals(asked(query).qs)}


# What groups are called, and their order


def dated(*days: date | None, **fields) -> None:
    source = make_source()
    for day in days:
        make_invoice(source, issue_date=day, **fields)


def test_a_week_begins_on_monday_and_the_newest_is_first():
    dated(date(2026, 1, 4), date(2026, 1, 5), date(2026, 1, 11), None)
    assert shown("week") == ["Week of 2026-01-05: 2", "Week of 2025-12-29: 1", "No issue date: 1"]


def test_a_week_that_spans_two_years_is_cut_by_the_year():
    dated(date(2025, 12, 30), date(2026, 1, 2))
    assert shown("week,year") == ["Week of 2025-12-29, 2026: 1", "Week of 2025-12-29, 2025: 1"]


def test_months_years_and_days_are_called_by_their_date():
    dated(date(2026, 1, 31), date(2026, 2, 1))
    assert shown("month") == ["2026-02: 1", "2026-01: 1"]
    assert shown("year,day") == ["2026, 2026-02-01: 1", "2026, 2026-01-31: 1"]


def test_customers_stand_by_name_and_who_has_none_last():
    source = make_source("Nord")
    for key, name in (("1", "beta"), ("2", "Alfa"), ("3", "")):
        make_invoice(source, customer=CustomerRecord(external_id=key, name=name, number=f"N{key}"))
    make_invoice(source, customer=None)
    assert shown("customer")[-3:] == ["Alfa: 1", "beta: 1", "No customer: 1"]
    assert "Customer 3: 1" in shown("customer")
    assert [group.keys[0].note for group in groups_of(asked(""), by("customer")).found][-3:] == [
        "N2 · Nord",
        "N1 · Nord",
        "",
    ]


def test_states_stand_in_the_order_of_an_invoices_life():
    source = make_source()
    for state in ("paid", "draft", "unknown", "open"):
        make_invoice(source, state=state)
    assert shown("state") == ["Draft: 1", "Open: 1", "Paid: 1", "Unknown: 1"]


def test_the_order_of_the_words_is_the_order_of_the_groups():
    source = make_source("Nord")
    make_invoice(source, currency="SEK", issue_date=date(2026, 2, 1))
    make_invoice(source, currency="EUR", issue_date=date(2026, 1, 1))
    assert shown("month,currency") == ["2026-02, SEK: 1", "2026-01, EUR: 1"]
    assert shown("currency,month") == ["EUR, 2026-01: 1", "SEK, 2026-02: 1"]
    assert shown("source") == ["Nord: 2"]


def test_a_group_has_a_line_for_each_currency_and_no_sum_of_them():
    source = make_source()
    for currency in ("SEK", "EUR"):
        make_invoice(source, currency=currency)
    (group,) = groups_of(asked(""), by("source")).found
    assert [(line.currency, line.gross) for line in group.lines] == [
        ("EUR", Money(11_900, "EUR")),
        ("SEK", Money(11_900, "SEK")),
    ]


def test_an_amount_that_no_row_tells_is_none_and_not_nothing():
    source = make_source()
    make_invoice(source, net=None)
    (group,) = groups_of(asked(""), by("source")).found
    assert (group.lines[0].net, group.lines[0].lacking["net"]) == (None, 1)
    assert group.notes == []
    make_invoice(source)
    (group,) = groups_of(asked(""), by("source")).found
    assert (group.lines[0].net, group.lines[0].lacking["net"]) == (Money(10_000, "EUR"), 1)
    assert group.notes == ["1 without net"]


# What is asked for


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("lacks=customer", "c"),
        ("lacks=issue_date&lacks=customer", "c"),
        ("lacks=currency", "d"),
        ("lacks=issue_date", "c d"),
        ("lacks=issue_date&lacks=currency", "d"),
        ("lacks=customer&lacks=currency", ""),
    ],
)
def test_rows_are_found_by_all_that_they_lack(three, query, rows):
    nothing = dict.fromkeys(("net", "vat", "gross", "paid", "open"))
    make_invoice(external_id="d", issue_date=None, currency="", **nothing)
    assert found(query) == rows


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ("month",)),
        ("by=", ("month",)),
        ("by=customer,month", ("customer", "month")),
        ("by=month&by=customer", ("month", "customer")),
        ("by=+Month+,,year,", ("month", "year")),
        (f"by={','.join(WORDS)}", tuple(WORDS)),
    ],
)
def test_words_are_read_in_their_order(query, names):
    read = By.read(QueryDict(query))
    assert (read.names, read.problems) == (names, ())


@pytest.mark.parametrize(
    ("query", "names", "sentences"),
    [
        (
            "by=colour",
            ("month",),
            ["Invoices cannot be grouped by “colour”; they can be by customer, state, source,"],
        ),
        ("by=customer,customer", ("customer",), ["Invoices can be grouped by “customer” only once."]),
        ("by=year&by=x,year,x", ("year",), ["Invoices cannot be grouped by “x”;", "by “year” only once."]),
        ("by=%00%F0", ("month",), ["cannot be grouped by “��”"]),
    ],
)
def test_other_words_are_said_and_the_known_ones_kept(query, names, sentences):
    read = By.read(QueryDict(query))
    assert read.names == names
    assert len(read.problems) == len(sentences)
    assert all(part in whole for part, whole in zip(sentences, read.problems, strict=True))


def test_nonsense_in_a_filter_shows_no_group():
    make_invoice()
    assert shown("state", "sort=odd") == []


def test_a_group_keeps_the_other_filters_and_leaves_the_page():
    dated(date(2026, 1, 4))
    (group,) = groups_of(asked("q=muster&by=state&page=7&after=x&state=draft&state=paid"), by("state")).found
    assert QueryDict(group.query).dict() == {"q": "muster", "state": "draft"}


def test_days_in_common_of_a_filter_and_a_group_are_kept():
    dated(date(2026, 1, 15))
    (group,) = groups_of(asked("issued_from=2026-01-10&issued_to=2026-06-30"), by("month")).found
    assert group.query == "issued_from=2026-01-10&issued_to=2026-01-31"


@pytest.mark.parametrize("words", ["customer,month", "state", ",".join(WORDS)])
def test_groups_take_one_query_however_many_they_are(words, django_assert_num_queries):
    source = make_source()
    for n in range(1, 13):
        customer = CustomerRecord(external_id=str(n), name=f"C{n}")
        make_invoice(source, issue_date=date(2026, n, 1), customer=customer, currency="EUR" if n % 2 else "SEK")
    filterset, asked_for = asked(""), by(words)
    with django_assert_num_queries(1):
        assert groups_of(filterset, asked_for).found
    with django_assert_num_queries(1):
        assert list(lines_of(filterset, asked_for))


@pytest.mark.parametrize(
    ("most", "lines", "fits", "more"),
    [(2, 99, 2, True), (3, 99, 3, False), (9, 4, 2, True), (9, 3, 1, True), (9, 6, 3, False)],
)
def test_a_page_takes_so_many_groups_and_says_that_there_are_more(most, lines, fits, more, monkeypatch):
    source = make_source()
    for day in (1, 2, 3):
        for currency in ("EUR", "SEK"):
            make_invoice(source, issue_date=date(2026, 1, day), currency=currency)
    monkeypatch.setattr(groups, "MOST", most)
    monkeypatch.setattr(groups, "MOST_LINES", lines)
    found = groups_of(asked(""), by("day"))
    assert (len(found.found), found.more) == (fits, more)
    assert all(group.rows == 2 for group in found.found)


# Downloads


def lines(words: str) -> list[str]:
    asked_for = by(words)
    return b"".join(csv_lines(lines_of(asked(""), asked_for), columns_of(asked_for), TODAY)).decode().splitlines()


def test_a_download_has_a_line_for_each_group_and_currency():
    source = make_source("Nord")
    customer = CustomerRecord(external_id="1", name="=Alfa", number="N1")
    make_invoice(source, customer=customer, issue_date=date(2026, 2, 3), net=None)
    make_invoice(source, customer=customer, issue_date=date(2026, 2, 4), currency="KWD", gross="0.125", open="-0.125")
    make_invoice(source, customer=None, issue_date=None)
    assert lines("customer,week") == [
        "customer_source,customer_number,customer,week,currency,rows,net,gross,open,without_net,without_gross,without_open",
        "Nord,N1,'=Alfa,2026-02-02,EUR,1,,119.00,119.00,1,0,0",
        "Nord,N1,'=Alfa,2026-02-02,KWD,1,100.000,0.125,-0.125,0,0,0",
        ",,,,EUR,1,100.00,119.00,119.00,0,0,0",
    ]


def test_a_currency_that_is_grouped_by_stands_once_where_it_was_asked_for():
    make_invoice()
    assert lines("currency,state")[0].startswith("currency,state,rows,net")


def test_lines_are_in_the_order_of_the_groups():
    dated(*(date(2026, 1, day) for day in (3, 1, 2)))
    days = [line.keys[0].text for line in lines_of(asked(""), by("day"))]
    assert all(one > two for one, two in pairwise(days))


def test_a_day_told_by_today_is_compared_as_the_date_it_is():
    dated(date(2026, 10, 10), date(2026, 11, 5), date(2026, 11, 25))
    query = "issued_from=today-30&issued_to=today%2B3"
    (november,) = groups_of(asked(query), by("month")).found
    assert november.query == "issued_from=2026-11-01&issued_to=2026-11-23"
    assert len(ids(november.query)) == november.rows == len(ids(query)) == 1
