"""Totals tie out: what the database adds up is what Python adds up, per currency and to the smallest unit."""

from datetime import UTC, date, datetime
from unittest import mock

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arapp.approvals.models import Approval, ApprovalState
from arapp.lists import totals as sums
from arapp.lists.customers import add_debts
from arapp.lists.filters import CustomerFilter, InvoiceFilter
from arapp.lists.totals import row_count, totals
from arapp.receivables.models import Customer, Invoice, Source
from arapp.receivables.money import Money
from tests.conftest import NOW, TODAY, make_invoice, make_source

pytestmark = pytest.mark.django_db

AMOUNTS = st.none() | st.integers(-(10**15), 10**15)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["EUR", "SEK", "JPY", "KWD", ""]),
        AMOUNTS,
        AMOUNTS,
        st.sampled_from(["draft", "open", "collection", "paid", "sold"]),
        st.sampled_from(["invoice", "credit_note"]),
        st.sampled_from([None, date(2026, 10, 1), date(2026, 12, 1)]),
    ),
    max_size=25,
)


def store(rows):
    source, _made = Source.objects.get_or_create(name="Random", service="billomat")
    customer, _made = Customer.objects.get_or_create(source=source, external_id="c")
    Invoice.objects.all().delete()
    return customer, Invoice.objects.bulk_create(
        Invoice(
            source=source,
            customer=customer,
            external_id=str(n),
            currency=currency,
            gross=gross,
            open=left,
            state=state,
            kind=kind,
            due_date=due,
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for n, (currency, gross, left, state, kind, due) in enumerate(rows)
    )


quickly = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quickly
@given(ROWS, st.sampled_from(["", "state=open", "currency=EUR&currency=JPY", "overdue=1"]))
def test_totals_are_what_python_adds_up(rows, query):
    store(rows)
    filterset = InvoiceFilter(QueryDict(query), today=TODAY)
    kept = list(filterset.qs)
    found = {total.currency: total for total in totals(filterset.qs)}
    assert set(found) == {row.currency for row in kept}
    assert row_count(list(found.values())) == len(kept)
    for currency, total in found.items():
        mine = [row for row in kept if row.currency == currency]
        assert (total.rows, total.unknown) == (len(mine), sum(row.gross is None for row in mine))
        expected = [Money(sum(getattr(row, name) or 0 for row in mine), currency) for name in ("gross", "open")]
        assert [total.gross, total.open] == (expected if currency else [None, None])


@quickly
@given(ROWS)
def test_what_a_customer_owes_is_what_python_adds_up(rows):
    customer, stored = store(rows)
    (with_debts,) = add_debts([customer], TODAY)
    owed: dict[str, int] = {}
    late: dict[str, int] = {}
    for row in stored:
        if row.state in ("open", "collection") and row.currency and row.open is not None:
            signed = -abs(row.open) if row.kind == "credit_note" else row.open
            owed[row.currency] = owed.get(row.currency, 0) + signed
            if row.days_overdue(TODAY):
                late[row.currency] = late.get(row.currency, 0) + row.open
    assert {money.currency: money.minor for money in with_debts.owed} == {k: v for k, v in owed.items() if v}
    assert {money.currency: money.minor for money in with_debts.overdue} == late


def test_totals_of_everything_are_remembered_until_an_amount_is_written(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(sums, "MANY", 1)
    source = make_source()
    make_invoice(source, external_id="a", gross="100")
    first = sums.whole_totals()
    with django_assert_num_queries(1):
        assert sums.whole_totals() == first
    make_invoice(source, external_id="a", gross="200", approvals=False)
    assert [total.gross for total in sums.whole_totals()] == [Money(20_000, "EUR")]
    Invoice.objects.create(source=source, external_id="b", currency="EUR", gross=5, created_at=NOW)
    assert [(total.rows, total.gross) for total in sums.whole_totals()] == [(2, Money(20_005, "EUR"))]


def test_few_invoices_are_added_up_each_time():
    make_invoice(gross="100")
    sums.whole_totals()
    Invoice.objects.update(gross=7)
    assert [total.gross for total in sums.whole_totals()] == [Money(7, "EUR")]


def test_what_nonsense_shows_has_no_totals():
    make_invoice()
    assert sums.list_totals(InvoiceFilter(QueryDict("sort=odd"))) == []


def test_totals_take_one_query(django_assert_num_queries):
    make_invoice()
    with django_assert_num_queries(1):
        totals(Invoice.objects.all())


@pytest.mark.parametrize("few", [0, 1, 2_000])
@quickly
@given(
    ROWS, ROWS, st.sampled_from(["", "open=1", "overdue=1", "overdue=0", "open=1&overdue=1&currency=EUR", "open=x"])
)
def test_what_listed_customers_owe_is_what_python_adds_up_however_many_they_are(few, rows, others, query):
    customer, stored = store(rows)
    second = Customer.objects.get_or_create(source=customer.source, external_id="d")[0]
    for n, (currency, gross, left, state, kind, due) in enumerate(others):
        fields = {"currency": currency, "gross": gross, "open": left, "state": state, "kind": kind, "due_date": due}
        stored.append(
            Invoice.objects.create(
                source=customer.source, customer=second, external_id=f"d{n}", created_at=NOW, **fields
            )
        )
    found = CustomerFilter(QueryDict(query), today=TODAY)
    listed = set(found.qs.values_list("pk", flat=True))
    owed: dict[str, int] = {}
    for row in stored:
        if row.customer_id in listed and row.state in ("open", "collection") and row.open is not None:
            sign = row.open if row.kind == "invoice" else -abs(row.open)
            owed[row.currency] = owed.get(row.currency, 0) + sign
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sums, "FEW", few)
        count, told = sums.customer_totals(found)
    assert count == len(listed)
    assert [(money.currency, money.minor) for money in told] == sorted(owed.items())


APPROVALS = st.lists(st.sampled_from(ApprovalState.values), min_size=1, max_size=3, unique=True)


@quickly
@given(ROWS, APPROVALS, st.lists(st.sampled_from([*ApprovalState.values, ""]), min_size=25, max_size=25))
def test_a_long_list_of_approved_ones_adds_up_as_a_short_one(rows, chosen, states):
    """Whether all have an approval or some still lack it."""
    Approval.objects.all().delete()
    _customer, made = store(rows)
    Approval.objects.bulk_create(
        Approval(invoice=one, state=state) for one, state in zip(made, states, strict=False) if state
    )
    asked = InvoiceFilter(QueryDict("&".join(f"approval={state}" for state in chosen)))
    with mock.patch.object(sums, "MANY", 0):
        assert sums.list_totals(asked) == totals(asked.qs)
