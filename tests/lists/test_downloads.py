"""Downloads hold exactly the filtered rows, read back as they are, and no cell of theirs is ever a formula."""

import csv
import io
import re
import string
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.http import QueryDict
from hypothesis import example, given, settings
from hypothesis import strategies as st

from arapp.lists import xlsx
from arapp.lists.columns import CUSTOMER_COLUMNS, INVOICE_COLUMNS
from arapp.lists.csv import csv_lines, guarded
from arapp.lists.customers import export_customers
from arapp.lists.filters import CustomerFilter, InvoiceFilter
from arapp.lists.invoices import export_rows
from arapp.lists.xlsx import Refused, clean, xlsx_file
from arapp.receivables.models import Invoice
from arapp.receivables.records import CustomerRecord, NamedRecord
from tests.conftest import TODAY, make_invoice, make_source, make_user
from tests.lists.conftest import asked

ORDER = (
    "source,service,external_id,kind,number,customer_number,customer,issue_date,due_date,currency,net,vat,gross,paid,"
    "open,state,service_state,approval,decided_by,decided_at,days_overdue,payment_reference,owner,title"
)
EVIL = [
    "=1+1",
    "+49 30",
    "-5",
    "@x",
    " =1",
    "\u200b=1",
    "\u3000＝1",
    "\t1",
    "\r1",
    "\n=1",
    "#N/A",
    "x\x00y\x1b",
    "00123",
]


def read_csv(query: str = "") -> list[dict[str, str]]:
    filterset = asked(query)
    told = b"".join(csv_lines(export_rows(filterset).iterator(chunk_size=2), INVOICE_COLUMNS, TODAY)).decode()
    return list(csv.DictReader(io.StringIO(told, newline="")))


def read_xlsx(query: str = "") -> list[dict[str, object]]:
    filterset = asked(query)
    with xlsx_file(export_rows(filterset).iterator(chunk_size=2), INVOICE_COLUMNS, TODAY) as file:
        head, *rows = openpyxl.load_workbook(file).active.iter_rows()
    return [dict(zip([cell.value for cell in head], row, strict=True)) for row in rows]


@pytest.fixture
def rows(db):
    make_invoice(make_source("Nord", "billomat"), external_id="a", customer=None)
    decided = make_invoice(
        make_source("=West", "billover"),
        external_id="b",
        kind="credit_note",
        currency="KWD",
        net="-1.2",
        vat="-0.034",
        gross="-1.234",
        paid=None,
        open=None,
        created_at=datetime(2026, 11, 2, tzinfo=UTC),
        number="00123",
        title='-5 "and", more\r\nthan a line',
        customer=CustomerRecord(external_id="k", number="-7", name="＝SUM"),
        owner=NamedRecord(external_id="o", name="Anna"),
    )
    decided.approval.reject(make_user("erika"), decided.digest, "no")
    make_invoice(
        make_source("JP", "billogram"),
        external_id="c",
        currency="JPY",
        net="5000",
        vat="0",
        gross="5000",
        open="5000",
        state="open",
        service_decision="approved",
        decided_at=datetime(2026, 9, 1, 23, 30, 15, 999, tzinfo=UTC),
        due_date=date(2026, 11, 18),
        created_at=datetime(2026, 11, 3, tzinfo=UTC),
    )


def test_columns_of_downloads_have_their_order_and_names(rows):
    assert ",".join(column.name for column in INVOICE_COLUMNS) == ORDER
    lines = list(csv_lines([], INVOICE_COLUMNS, TODAY))
    assert lines == [f"{ORDER}\r\n".encode()]


def test_csv_reads_back(rows):
    jp, west, nord = read_csv()
    assert list(jp) == ORDER.split(",")
    assert (jp["gross"], jp["service"], jp["days_overdue"], jp["due_date"]) == (
        "5000",
        "billogram",
        "2",
        "2026-11-18",
    )
    assert (jp["approval"], jp["decided_by"], jp["decided_at"]) == ("approved", "", "2026-09-01T23:30:15+00:00")
    assert (west["net"], west["vat"], west["gross"], west["paid"], west["open"]) == (
        "-1.200",
        "-0.034",
        "-1.234",
        "",
        "",
    )
    assert (west["source"], west["customer"], west["customer_number"]) == ("'=West", "'＝SUM", "'-7")
    assert (west["title"], west["number"]) == ('\'-5 "and", more\r\nthan a line', "00123")
    assert (west["approval"], west["decided_by"], west["owner"]) == ("rejected", "erika", "Anna")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", west["decided_at"])
    assert (nord["customer"], nord["customer_number"], nord["decided_by"], nord["days_overdue"]) == ("", "", "", "")
    assert (nord["gross"], nord["approval"], nord["decided_at"]) == ("119.00", "waiting", "")


def test_xlsx_reads_back_with_real_numbers_dates_and_text(rows):
    jp, west, nord = read_xlsx()
    assert (jp["gross"].value, jp["gross"].number_format) == (5000, "#,##0")
    assert (west["gross"].value, west["gross"].number_format) == (-1.234, "#,##0.000")
    assert (nord["gross"].value, nord["gross"].number_format) == (119, "#,##0.00")
    assert jp["due_date"].value == datetime(2026, 11, 18)
    assert jp["due_date"].is_date
    assert jp["decided_at"].value == datetime(2026, 9, 1, 23, 30, 15)
    assert jp["days_overdue"].value == 2
    assert (west["number"].value, west["number"].data_type) == ("00123", "s")
    assert (west["source"].value, west["source"].data_type) == ("=West", "s")
    assert west["paid"].value is None


def test_the_xlsx_header_is_frozen(rows):
    with xlsx_file([], INVOICE_COLUMNS, TODAY) as file:
        assert openpyxl.load_workbook(file).active.freeze_panes == "A2"


def test_downloads_hold_exactly_the_filtered_rows_in_the_lists_order(rows):
    assert [row["external_id"] for row in read_csv("service=billomat&service=billogram&sort=created")] == ["a", "c"]
    assert [row["external_id"].value for row in read_xlsx("sort=gross")] == ["b", "a", "c"]


@pytest.mark.parametrize("text", EVIL)
@pytest.mark.django_db
def test_text_in_xlsx_is_a_text_cell_and_only_loses_what_no_cell_can_hold(text):
    invoice = make_invoice(make_source())
    Invoice.objects.filter(pk=invoice.pk).update(title=text.replace("\x00", ""))
    (row,) = read_xlsx()
    expected = text.replace("\x00", "").replace("\x1b", "").replace("\r", "\n")
    assert row["title"].value == expected
    assert row["title"].data_type == "s"


LEAD = st.text(st.sampled_from(" \n\x0b\x0c\x1c\x85\xa0\u2003\u2028\u3000\u200b"), max_size=4)


@given(LEAD, st.sampled_from("=+-@＝＋－＠\t\r\0"), st.text(max_size=20))
def test_text_that_could_be_a_formula_gets_an_apostrophe_and_nothing_else(lead, start, rest):
    assert guarded(lead + start + rest) == "'" + lead + start + rest


@given(LEAD, st.text(max_size=20))
@example("\ufeff", "=1")
@example("", "")
def test_other_text_is_not_touched(lead, text):
    plain = "".join(char for char in text if char not in "=+-@＝＋－＠\t\r\0")
    assert guarded(lead + plain) == lead + plain


@given(st.text())
def test_a_guarded_text_is_the_text_with_at_most_an_apostrophe(text):
    assert guarded(text) in (text, "'" + text)
    start = guarded(text).lstrip(string.whitespace + "\u200b\xa0\u3000")
    assert not start or start[0] not in "=+-@＝＋－＠\0"


@settings(max_examples=30)
@given(st.text(max_size=50))
def test_what_a_cell_of_csv_holds_comes_back(text):
    line = b"".join(csv_lines([text], [type(INVOICE_COLUMNS[0])("t", "t", lambda row, _day: row)], TODAY))
    shown = text.encode("utf-8", "replace").decode()
    read = list(csv.reader(io.StringIO(line.decode(), newline="")))[1:]
    assert read == [[guarded(shown)]] or (shown == "" and read in ([], [[""]]))


def test_a_cell_holds_no_more_than_a_cell_can():
    assert len(clean("x" * 40_000)) == 32_767
    assert len(clean("😀" * 40_000).encode("utf-16-le")) // 2 == 32_766


def test_more_rows_than_a_sheet_takes_are_refused(rows, monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 2)
    with pytest.raises(Refused, match="3 rows do not fit"):
        read_xlsx()


def test_amounts_are_exact_whatever_their_size(db):
    invoice = make_invoice(make_source())
    Invoice.objects.filter(pk=invoice.pk).update(gross=99_999_999_999_999_999)
    assert Decimal(read_csv()[0]["gross"]) == Decimal("999999999999999.99")


@pytest.mark.parametrize("count", [5, 60])
def test_a_download_takes_one_query(db, count, django_assert_num_queries):
    source = make_source()
    person, owner = make_user(), NamedRecord(external_id="o", name="Anna")
    for _ in range(count):
        row = make_invoice(source, owner=owner, state="open", due_date=date(2026, 11, 2))
        row.approval.reject(person, row.digest, "no")
    with django_assert_num_queries(1):
        assert [row["days_overdue"] for row in read_csv()] == ["18"] * count


def test_customers_are_downloaded_with_what_they_owe(rows, django_assert_num_queries):
    make_invoice(Invoice.objects.get(external_id="c").source, external_id="d", state="open", open="20.5")
    filterset = CustomerFilter(QueryDict("sort=number"), today=TODAY)
    with django_assert_num_queries(2):
        told = b"".join(csv_lines(export_customers(filterset), CUSTOMER_COLUMNS, TODAY)).decode()
    found = {row["external_id"]: row for row in csv.DictReader(io.StringIO(told, newline=""))}
    assert found["k"]["name"] == "'＝SUM"
    assert (found["c1"]["owed"], found["c1"]["overdue"]) == ("20.50 EUR; 5000 JPY", "5000 JPY")


def test_days_and_moments_are_those_of_the_time_zone(rows, settings):
    from django.utils import timezone

    settings.TIME_ZONE = "Europe/Berlin"
    timezone.get_default_timezone.cache_clear()
    try:
        assert read_csv()[0]["decided_at"] == "2026-09-02T01:30:15+02:00"
        assert read_xlsx()[0]["decided_at"].value == datetime(2026, 9, 2, 1, 30, 15)
    finally:
        settings.TIME_ZONE = "UTC"
        timezone.get_default_timezone.cache_clear()


@pytest.mark.django_db
def test_rows_are_read_in_chunks():
    filterset = InvoiceFilter(QueryDict(""), today=TODAY)
    assert iter(csv_lines(export_rows(filterset).iterator(chunk_size=2), INVOICE_COLUMNS, TODAY))


def test_what_a_customer_with_credit_owes_is_not_taken_for_a_formula(db):
    make_invoice(kind="credit_note", state="open", service_state="OPEN", service_decision="approved")
    found = CustomerFilter(QueryDict(""), today=TODAY)
    told = b"".join(csv_lines(export_customers(found), CUSTOMER_COLUMNS, TODAY)).decode()
    (row,) = csv.DictReader(io.StringIO(told, newline=""))
    assert (row["owed"], row["overdue"]) == ("-119.00 EUR", "")
    with xlsx_file(export_customers(found), CUSTOMER_COLUMNS, TODAY) as file:
        cells = list(openpyxl.load_workbook(file).active.iter_rows(values_only=True))[1]
    assert cells[-2:] == ("-119.00 EUR", None)
