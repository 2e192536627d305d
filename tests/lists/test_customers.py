"""The filters of the customer list."""

import pytest
from django.http import QueryDict

from arapp.lists.filters import CustomerFilter
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db


def customers(query: str) -> str:
    filterset = CustomerFilter(QueryDict(query), today=TODAY)
    assert not filterset.problems
    return " ".join(filterset.order.sorted(filterset.qs, TODAY).values_list("external_id", flat=True))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "c1 k9"),
        ("sort=-name", "k9 c1"),
        ("q=muster", "c1"),
        ("q=bygg+1003", "k9"),
        ("q=bygg+muster", ""),
        ("q=bygg&q=muster", "c1 k9"),
        ("source=Nord", "c1"),
        ("currency=JPY", "k9"),
        ("open=1", "k9"),
        ("open=0", "c1"),
        ("open=1&currency=EUR", ""),
        ("overdue=1", "k9"),
        ("overdue=0", "c1"),
    ],
)
def test_a_filter_finds_its_customers(three, query, expected):
    assert customers(query) == expected


def test_nonsense_in_a_customer_filter_gives_a_sentence_and_no_rows(three):
    filterset = CustomerFilter(QueryDict("open=perhaps"), today=TODAY)
    assert "perhaps" in filterset.problems[0]
    assert not filterset.qs.exists()
