"""The list of decisions: who decided what, when, why and from where; imported and observed ones included."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.http import QueryDict

from arapp.approvals.models import Approval, Decision
from arapp.lists import decisions, paging
from arapp.lists.decision_filters import DecisionFilter
from arapp.lists.decisions import (
    DECISION_COLUMNS,
    decision_count,
    decision_rows,
    decision_totals,
    export_decisions,
)
from arapp.lists.paging import page_of
from arapp.receivables.records import CustomerRecord
from tests.conftest import NOW, TODAY, make_invoice, make_source, make_user

pytestmark = pytest.mark.django_db


def make_decision(invoice, at, **fields):
    told = {"action": "approve", "from_state": "waiting", "to_state": "approved", "origin": "desk"} | fields
    return Decision.objects.create(approval_id=invoice.pk, at=at, recorded_at=told.pop("recorded_at", NOW), **told)


@pytest.fixture
def book():
    """anna approved A (EUR) alone; the service rejected B (SEK); C came approved without a date; A was reopened."""
    north, south = make_source("Nord"), make_source("Süd", "billover")
    amounts = dict.fromkeys(("net", "gross", "open"), "5000") | {"vat": "0", "currency": "JPY"}
    first = make_invoice(
        north, number="RE-1", customer=CustomerRecord(external_id="k1", name="Älg AB", number="77"), gross="119"
    )
    second = make_invoice(south, number="S-2", **amounts)
    third = make_invoice(north, number="RE-3", gross="10", net="10", vat="0", open="10")
    anna = make_user("anna", first_name="Anna", last_name="Berg")
    intent = first.approval.approve(anna, first.digest, "Checked with the buyer").intent
    Decision.objects.all().delete()
    make_decision(
        first,
        datetime(2026, 11, 10, 12, tzinfo=UTC),
        person=anna,
        note="Checked with the buyer",
        alone=True,
        intent=intent,
    )
    make_decision(
        second,
        datetime(2026, 10, 31, 23, 30, tzinfo=UTC),
        action="reject",
        to_state="rejected",
        origin="service",
        note="Observed at BillOver.",
    )
    make_decision(third, None, origin="imported", recorded_at=datetime(2026, 11, 5, tzinfo=UTC))
    make_decision(
        first,
        datetime(2026, 11, 20, 8, tzinfo=UTC),
        action="reopen",
        from_state="approved",
        to_state="waiting",
        origin="system",
    )
    return first, second, third


def asked(query: str) -> DecisionFilter:
    return DecisionFilter(QueryDict(query), Decision.objects.all(), today=TODAY)


def found(query: str) -> str:
    """The first letters of the origins, in the list's order."""
    filterset = asked(query)
    assert not filterset.problems
    return " ".join(row.origin[:3] for row in export_decisions(filterset))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "sys des imp ser"),
        ("sort=at", "ser imp des sys"),
        ("sort=-gross&action=approve&action=reject", "ser des imp"),
        ("sort=person&action=approve", "des imp"),
        ("action=approve", "des imp"),
        ("action=approve&action=reopen", "sys des imp"),
        ("origin=service", "ser"),
        ("person=ANNA", "des"),
        ("source=Süd", "ser"),
        ("customer=77", "sys des"),
        ("currency=jpy", "ser"),
        ("alone=1", "des"),
        ("alone=0&source=Nord", "sys imp"),
        ("push=pending", "des"),
        ("q=re-1", "sys des"),
        ("q=älg", "sys des"),
        ("q=BUYER+checked", "des"),
        ("q=nowhere", ""),
        ("date_from=2026-11-05&date_to=2026-11-10", "des imp"),
        ("date_from=2026-11-01", "sys des imp ser"),
        ("date_to=2026-10-31", ""),
        ("date=today", "sys"),
        ("date_from=today-10", "sys des"),
    ],
)
def test_a_filter_finds_its_decisions(book, settings, query, expected):
    settings.TIME_ZONE = "Europe/Stockholm"
    assert found(query) == expected


@pytest.mark.parametrize("query", ["action=burn", "person=nobody", "date_from=soon", "origin=moon", "sort=colour"])
def test_nonsense_gives_a_sentence_and_no_rows(book, query):
    filterset = asked(query)
    assert query.partition("=")[2] in filterset.problems[0]
    assert not filterset.qs.exists()


def test_the_totals_count_each_action_and_add_up_per_currency(book):
    told = {one.action: (one.rows, [str(money) for money in one.gross]) for one in decision_totals(asked(""))}
    assert told == {"approve": (2, ["129.00 EUR"]), "reject": (1, ["5,000 JPY"]), "reopen": (1, ["119.00 EUR"])}
    assert decision_count(decision_totals(asked("currency=EUR"))) == 3


def test_of_very_many_only_the_numbers_are_told(book, monkeypatch):
    monkeypatch.setattr(decisions, "MANY", 3)
    assert [(one.rows, list(one.gross)) for one in decision_totals(asked(""))] == [(2, []), (1, []), (1, [])]


def test_the_deepest_page_is_reached_by_key_with_every_row_once(book, monkeypatch):
    monkeypatch.setattr(paging, "ROWS", 2)
    monkeypatch.setattr(paging, "BY_NUMBER", 1)
    monkeypatch.setattr(paging, "SORTED_WHOLE", 0)
    for number in range(5):
        make_decision(book[0], datetime(2026, 11, 10, 12, tzinfo=UTC) if number % 2 else None)
    seen, query = [], "page=1"
    while query:
        filterset = asked(query)
        page = page_of(filterset, decision_rows(Decision.objects.all()), decision_count(decision_totals(filterset)))
        seen += [row.pk for row in page.rows]
        query = page.next
    assert len(seen) == len(set(seen)) == 9
    assert seen == [row.pk for row in export_decisions(asked(""))]


def test_a_download_tells_who_when_what_why_and_from_where(book):
    rows = {
        row.origin: {column.name: column.read(row, TODAY) for column in DECISION_COLUMNS}
        for row in export_decisions(asked(""))
    }
    desk, imported = rows["desk"], rows["imported"]
    told = {"person": "anna", "action": "approve", "from": "waiting", "to": "approved", "number": "RE-1"}
    assert desk | told == desk
    assert desk | {"alone": "yes", "gross": Decimal("119.00"), "currency": "EUR", "at_service": "pending"} == desk
    assert (imported["at"], imported["person"], imported["recorded"].date()) == (None, "", date(2026, 11, 5))


def test_reading_many_rows_takes_one_query(book, django_assert_num_queries):
    with django_assert_num_queries(1):
        for row in export_decisions(asked("")):
            assert [column.read(row, TODAY) for column in DECISION_COLUMNS]


def test_what_was_decided_before_a_source_was_connected_is_in_the_list(db):
    make_invoice(make_source(), service_decision="approved", state="open")
    Approval.objects.catch_up()
    assert found("origin=imported") == "imp"
