"""On PostgreSQL the searches and the totals are answered by the indexes made for them."""

import pytest
from django.db import connection
from django.db.models import Count, Sum

from arapp.receivables.models import Customer, Invoice, SearchText
from tests.conftest import make_invoice
from tests.lists.conftest import asked

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="trigram indexes are PostgreSQL's"),
]


@pytest.fixture(autouse=True)
def fresh_tables_and_no_table_scans(db):
    """Plans depend on the size of tables and indexes, which other tests leave behind; truncated, they are new."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE receivables_source CASCADE")
    make_invoice()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")


def test_a_number_is_answered_by_its_index():
    assert "invoice_number_trigrams" in asked("number=2026").qs.order_by().explain()


def test_a_search_looks_for_texts_and_customers_by_trigrams():
    assert "searchtext_trigrams" in SearchText.objects.filter(text__contains="muster").order_by().explain()
    assert "customer_search_trigrams" in Customer.objects.filter(search__contains="muster").order_by().explain()


def test_totals_of_some_customers_are_read_from_an_index():
    rows = Invoice.objects.filter(customer__in=[1, 2]).order_by().values("currency")
    plan = rows.annotate(rows=Count("*"), gross_sum=Sum("gross"), open_sum=Sum("open")).explain()
    assert "invoice_customer" in plan


def test_unfiltered_totals_are_read_from_an_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    rows = Invoice.objects.order_by().values("currency")
    plan = rows.annotate(rows=Count("*"), gross_sum=Sum("gross"), open_sum=Sum("open")).explain()
    assert "Index Only Scan using invoice_totals" in plan
