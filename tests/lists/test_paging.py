"""Pages by number and by key: every row once, in every order, however deep, and nonsense only gives a sentence."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import QueryDict

from arapp.approvals.models import Approval
from arapp.lists import lookups, paging
from arapp.lists.filters import InvoiceFilter
from arapp.lists.invoices import invoice_rows
from arapp.lists.order import INVOICE_ORDERS
from arapp.lists.paging import page_of
from arapp.lists.totals import row_count, totals
from arapp.receivables.models import Customer, Invoice, Owner, SearchText
from tests.conftest import TODAY, make_source, make_user

pytestmark = pytest.mark.django_db

EXPONENTS = {"EUR": 2, "JPY": 0, "KWD": 3, "CLF": 4, "": 2}


@pytest.fixture
def few_a_page(monkeypatch):
    """Small pages, by number only twice, and the orders' own indexes, so that few rows show what many would."""
    monkeypatch.setattr(paging, "ROWS", 3)
    monkeypatch.setattr(paging, "BY_NUMBER", 2)
    monkeypatch.setattr(paging, "SORTED_WHOLE", 0)


def fill(count: int) -> None:
    """Rows with many ties and with values missing everywhere that they can be."""
    sources = [make_source("Nord", "billomat"), make_source("ost", "billover")]
    customers = [Customer.objects.create(source=sources[0], external_id=f"c{n}", name=f"N{n}") for n in range(3)]
    owner = Owner.objects.create(source=sources[0], external_id="o", name="Anna")
    rows = Invoice.objects.bulk_create(_row(n, sources, [*customers, None], owner) for n in range(count))
    SearchText.objects.bulk_create(SearchText(invoice=row, text=row.number.lower()) for row in rows)
    person = make_user()
    Approval.objects.bulk_create(
        Approval(
            invoice=row,
            state=("waiting", "approved", "rejected")[n % 3],
            decided_by=person if n % 2 else None,
            decided_at=datetime(2026, 1, 1 + n % 5, tzinfo=UTC) if n % 4 else None,
        )
        for n, row in enumerate(rows)
        if n % 7
    )


def _row(n, sources, customers, owner):
    none = n % 5 == 0
    amount = None if none else (n * 7919) % 23 * 100 - 500
    return Invoice(
        source=sources[n % 2],
        external_id=f"i{n:03}",
        number="" if n % 4 == 0 else f"R{n % 9}",
        customer=customers[n % 4],
        owner=None if none else owner,
        issue_date=None if none else date(2026, 1, 1 + n % 6),
        due_date=None if n % 3 == 0 else date(2026, 11, 10 + n % 20),
        created_at=datetime(2026, 1, 1 + n % 8, tzinfo=UTC) + timedelta(microseconds=n % 2),
        currency=list(EXPONENTS)[n % 5],
        net=amount,
        vat=amount,
        gross=amount,
        paid=amount,
        open=amount,
        state=("open", "draft", "collection")[n % 3],
        title=f"T{n % 4}",
        payment_reference=f"{n % 3}",
    )


def page(query: str) -> paging.Page:
    filterset = InvoiceFilter(QueryDict(query), today=TODAY)
    return page_of(filterset, invoice_rows(Invoice.objects.all()), row_count(totals(filterset.qs)))


def walk(query: str, link: str) -> list[list[int]]:
    pages, seen = [], set()
    while query not in seen:
        seen.add(query)
        one = page(query)
        assert not one.problem
        pages.append([row.pk for row in one.rows])
        if not getattr(one, link):
            return pages
        query = getattr(one, link)
    raise AssertionError("the links go round in a circle")


@pytest.mark.parametrize("name", sorted(INVOICE_ORDERS))
@pytest.mark.parametrize("sign", ["", "-"])
def test_walking_shows_each_row_once_in_order_and_back_again(few_a_page, name, sign):
    fill(25)
    filterset = InvoiceFilter(QueryDict(f"sort={sign}{name}"), today=TODAY)
    expected = [row.pk for row in filterset.order.sorted(filterset.qs, TODAY)]
    pages = walk(f"sort={sign}{name}", "next")
    assert [pk for rows in pages for pk in rows] == expected
    assert [len(rows) for rows in pages] == [3] * 8 + [1]
    last = page(page(f"sort={sign}{name}").last)
    assert (last.number, last.pages, last.first_row, last.last_row) == (9, 9, 25, 25)
    assert [row.pk for row in last.rows] == pages[-1]
    assert walk(page(f"sort={sign}{name}").last, "previous") == pages[::-1]


SEEN = {
    "gross": lambda row: row.money("gross") and row.money("gross").amount,
    "due": lambda row: row.due_date,
    "customer": lambda row: row.customer and row.customer.name.lower(),
    "days_overdue": lambda row: row.days_overdue(TODAY) or None,
    "decided_at": lambda row: (
        row.approval.decided_at if hasattr(row, "approval") and row.approval.state != "waiting" else None
    ),
}


@pytest.mark.parametrize("name", sorted(SEEN))
@pytest.mark.parametrize("sign", ["", "-"])
def test_rows_without_a_value_come_last_both_ways_and_the_others_are_in_order(name, sign):
    fill(40)
    values = [SEEN[name](row) for row in page(f"sort={sign}{name}").rows]
    known = [value for value in values if value is not None]
    assert None in values
    assert values == sorted(known, reverse=bool(sign)) + [None] * (len(values) - len(known))


def test_the_newest_come_first_when_nothing_is_asked_for():
    fill(10)
    shown = [(row.created_at, row.pk) for row in page("").rows]
    assert shown == sorted(shown, reverse=True)


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("page=1000000000", 2),
        ("page=" + "9" * 30, 2),
        ("page=" + "9" * 5_000, 2),
        ("page=4", 2),
        ("page=0", 1),
        ("page=-1", 1),
        ("page=abc", 1),
        ("page=%D9%A2", 1),
        ("page=%00", 1),
        ("after=abc", 1),
        ("after=%00%ED%A0%80", 1),
        ("after=" + "x" * 9_000, 1),
    ],
)
def test_a_page_that_is_not_there_gives_a_sentence_and_the_nearest_one(few_a_page, query, number):
    fill(10)
    one = page(query)
    assert one.problem
    assert one.number == number
    assert len(one.rows) == 3


def test_a_page_number_too_high_for_a_short_list_gives_its_last_page():
    fill(10)
    one = page("page=1000000000")
    assert (one.number, len(one.rows), one.total) == (1, 10, 10)
    assert "1000000000" in one.problem


def test_a_link_of_another_list_or_order_starts_over(few_a_page):
    fill(25)
    after = page("page=2").next
    assert after.startswith("after=")
    assert page(after).number == 3
    for other in ("&sort=due", "&state=open"):
        one = page(after + other)
        assert one.problem
        assert one.number == 1


def test_links_keep_the_filters(few_a_page):
    fill(25)
    one = page("state=open&state=draft&q=&sort=due")
    assert one.next == "state=open&state=draft&sort=due&page=2"
    assert one.previous == ""
    assert page(one.next).previous == "state=open&state=draft&sort=due"


@pytest.mark.parametrize("query", ["", "page=2", "after=abc", "page=1000000000", "state=opne"])
def test_an_empty_list_has_one_empty_page(query):
    one = page(query)
    assert (one.rows, one.first_row, one.last_row, one.pages, one.next, one.previous) == ([], 0, 0, 1, "", "")


def test_rows_that_come_while_one_walks_are_neither_shown_twice_nor_hide_others(few_a_page):
    fill(25)
    third = page(page("page=2").next)
    fresh = Invoice.objects.first()
    Invoice.objects.create(source=fresh.source, external_id="new", created_at=datetime(2027, 1, 1, tzinfo=UTC))
    fourth = page(third.next)
    assert not {row.pk for row in third.rows} & {row.pk for row in fourth.rows}


@pytest.mark.parametrize(("query", "queries"), [("", 4), ("sort=due", 4), ("sort=-gross&state=open", 4)])
def test_a_page_takes_as_many_queries_at_fifty_rows_as_at_five_thousand(query, queries, django_assert_num_queries):
    fill(50)
    with django_assert_num_queries(queries):
        _shown(page(query))
    _copy(5_000)
    with django_assert_num_queries(queries):
        _shown(page(query))


@pytest.mark.parametrize("query", ["q=r1", "q=r1+R1+r"])
def test_a_search_takes_one_query_more_once_its_words_are_many(query, django_assert_num_queries):
    fill(50)
    with django_assert_num_queries(6):
        _shown(page(query))
    _copy(5_000)
    with django_assert_num_queries(7):
        _shown(page(query))


def test_a_frequent_word_finds_the_same_rows_as_a_rare_one(monkeypatch):
    fill(50)
    _copy(3_000)
    rare = _shown(page("q=r1"))
    monkeypatch.setattr(lookups, "MANY", 2_500)
    assert _shown(page("q=r1")) == rare
    assert page("q=r1").total == Invoice.objects.filter(search__text__contains="r1").count()


def _copy(count: int) -> None:
    first = Invoice.objects.values().exclude(gross=None).first()
    fields = first | {"id": None, "number": "R1"}
    copies = [Invoice(**fields | {"external_id": f"copy{n}"}) for n in range(count)]
    made = Invoice.objects.bulk_create(copies, batch_size=1_000)
    SearchText.objects.bulk_create([SearchText(invoice=row, text="r1") for row in made], batch_size=1_000)
    Approval.objects.bulk_create([Approval(invoice=row) for row in made], batch_size=1_000)


def _shown(one: paging.Page) -> None:
    """Touch all that a row shows."""
    for row in one.rows:
        approval = getattr(row, "approval", None)
        assert [row.source.name, row.customer and row.customer.name, row.owner and row.owner.email, str(row)]
        assert (row.known_intents, row.has_lines) == ([], False)
        assert approval is None or approval.withdrawable is False
