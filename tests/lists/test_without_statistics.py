"""PostgreSQL without statistics, as after the first sync: no page asks it to compare all rows with all others."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arapp.receivables.models import Customer, Invoice
from tests.conftest import NOW, make_source

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="statistics are PostgreSQL's"),
]


@pytest.fixture(autouse=True)
def new_tables(db):
    """Of a table that was looked at while it was empty the planner knows that; truncated, it knows nothing."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE receivables_source CASCADE")


def rows_touched(query: str) -> float:
    """How many rows the busiest step of a plan looked at."""

    def of(node: dict[str, Any]) -> float:
        seen = (
            node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Join Filter", 0)
        )
        return max([seen * node["Actual Loops"], *map(of, node.get("Plans", []))])

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}")
        return of(cursor.fetchone()[0][0]["Plan"])


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/customers/?q=&open=1&overdue=1",
        "/customers/?q=customer&open=1&overdue=1&source=Nord",
        "/customers/?currency=EUR&currency=SEK&open=1&overdue=0",
    ],
)
def test_without_statistics_no_query_compares_all_with_all(path, signed_in):
    count, source, client = 2_000, make_source("Nord"), signed_in()
    made = Customer.objects.bulk_create(
        Customer(source=source, external_id=str(n), name=f"Customer {n}", search=f"customer {n}")
        for n in range(count)
    )
    Invoice.objects.bulk_create(
        Invoice(
            source=source,
            customer=made[n],
            external_id=str(n),
            currency=("EUR", "SEK")[n % 2],
            open=n,
            gross=n,
            state="open",
            due_date=date(2020, 1, 1),
            created_at=NOW,
        )
        for n in range(count)
    )
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    assert len(asked) <= 12
    busy = {one["sql"]: rows_touched(one["sql"]) for one in asked if one["sql"].startswith("SELECT")}
    assert not {sql: rows for sql, rows in busy.items() if rows > 20 * count}
