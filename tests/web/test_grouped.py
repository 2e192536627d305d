"""The grouped list: its groups, words, filters, downloads, and what it says to nonsense."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from django.http import QueryDict
from django.utils.html import escape

from arapp.lists import groups
from arapp.receivables.records import CustomerRecord
from tests.conftest import make_invoice, make_source

GROUPED = "/invoices/grouped/"
PATHS = [GROUPED, f"{GROUPED}export.csv", f"{GROUPED}export.xlsx"]
HTMX = {"HX-Request": "true"}


def text(response):
    return response.content.decode()


def body(response):
    return text(response).split("<tbody>")[1].split("</tbody>")[0]


def billed(source, name, **fields):
    return make_invoice(source, customer=CustomerRecord(external_id=name, name=name, number=f"N-{name}"), **fields)


@pytest.fixture
def four(db):
    source = make_source("Nord")
    billed(source, "Alfa", number="RE1", gross="100", open="60", issue_date=date(2026, 1, 5), state="open")
    billed(source, "Alfa", number="RE2", gross="50", open="0", issue_date=date(2026, 1, 20), state="paid")
    billed(
        source, "Alfa", number="RE3", gross="7", open="7", currency="SEK", issue_date=date(2026, 2, 1), state="open"
    )
    billed(source, "Beta", number="RE4", gross="1", open="1", issue_date=None, state="open")


def test_a_group_shows_its_invoices_and_amounts_per_currency(signed_in, four):
    rows = body(signed_in("viewer").get(GROUPED, {"by": "customer"})).split("</tr>")
    for word in ("Alfa", "N-Alfa · Nord", ">3<", "150.00", "60.00", "7.00", "SEK", "EUR"):
        assert word in rows[0], word
    assert "157.00" not in rows[0]
    assert "Beta" in rows[1]


def test_words_make_columns_in_their_order(signed_in, four):
    page = text(signed_in("viewer").get(GROUPED, {"by": "month,customer"}))
    head = page.split("<thead>")[1].split("</thead>")[0]
    assert head.index("Month") < head.index("Customer") < head.index("Net")
    assert page.index("2026-02") < page.index("2026-01") < page.index("No issue date")


def test_a_group_leads_to_its_rows(signed_in, four):
    desk = signed_in("viewer")
    page = body(desk.get(GROUPED, {"by": "customer,month", "state": "open"}))
    links = [part.split('"')[0].replace("&amp;", "&") for part in page.split('href="')[1:]]
    shown = [{n for n in ("RE1", "RE2", "RE3", "RE4") if f">{n}<" in text(desk.get(link))} for link in links]
    assert shown == [{"RE3"}, {"RE1"}, {"RE4"}]


def test_without_words_it_is_grouped_by_month(signed_in, four):
    assert "2026-01" in body(signed_in("viewer").get(GROUPED))


def test_words_are_added_and_taken_away_by_links(signed_in, four):
    page = text(signed_in("viewer").get(GROUPED, {"by": "customer,month", "state": "open"}))
    for query in ("by=month&state=open", "by=customer&state=open", "by=customer,month,week&state=open"):
        assert f'href="?{escape(query)}"' in page
    assert escape("by=customer,month,customer") not in page


def test_filters_narrow_the_groups_and_keep_the_words(signed_in, four):
    page = text(signed_in("viewer").get(GROUPED, {"by": "customer", "q": "RE4"}))
    assert "Alfa" not in page.split("<tbody>")[1]
    assert 'name="by" value="customer"' in page
    assert 'class="chip" href="?by=customer"' in page
    assert "1 group · 1 invoice<" in " ".join(page.split())


def test_the_list_and_its_groups_lead_to_each_other(signed_in, four):
    desk = signed_in("viewer")
    assert f'href="{GROUPED}?state=open&amp;q=RE"' in text(desk.get("/invoices/", {"state": "open", "q": "RE"}))
    page = text(desk.get(GROUPED, {"by": "year", "state": "open", "q": "RE"}))
    assert 'href="/invoices/?state=open&amp;q=RE"' in page


def test_the_totals_are_those_of_the_list(signed_in, four):
    desk = signed_in("viewer")
    sums = [
        text(desk.get(path, {"state": "open"})).split('<div class="totals"')[1] for path in ("/invoices/", GROUPED)
    ]
    assert sums[0].split("</div>")[0] == sums[1].split("</div>")[0]


def test_an_unknown_or_repeated_word_is_said_and_nothing_is_lost(signed_in, four):
    response = signed_in("viewer").get(GROUPED, {"by": "customer,colour,customer", "state": "open", "q": "RE"})
    page = text(response)
    assert response.status_code == 400
    assert "Invoices cannot be grouped by “colour”; they can be by customer, state" in page
    assert "Invoices can be grouped by “customer” only once." in page
    assert "<tbody>" not in page
    assert "State: Open" in page
    assert 'value="RE"' in page
    assert 'name="by" value="customer"' in page


@pytest.mark.parametrize("path", PATHS[1:])
def test_a_download_by_an_unknown_word_is_refused_with_the_way_back(path, signed_in, four):
    response = signed_in("viewer").get(path, {"by": "colour", "state": "open"})
    assert response.status_code == 400
    assert "grouped by “colour”" in text(response)
    assert f'href="{GROUPED}?by=colour&amp;state=open"' in text(response)


@pytest.mark.parametrize("path", PATHS[1:])
def test_a_download_of_nonsense_in_a_filter_is_refused(path, signed_in, four):
    response = signed_in("viewer").get(path, {"state": "odd"})
    assert response.status_code == 422
    assert "odd” is none of" in text(response)


def test_nonsense_in_a_filter_gives_a_sentence_and_no_group(signed_in, four):
    response = signed_in("viewer").get(GROUPED, {"issued_from": "soon"})
    assert response.status_code == 200
    assert "soon” is not a date" in text(response)
    assert "<tbody>" not in text(response)


def test_no_invoice_at_all_and_none_that_matches_are_told_apart(signed_in, source):
    desk = signed_in("viewer")
    assert "hold no invoices yet" in text(desk.get(GROUPED))
    assert "No invoice matches these filters." in text(desk.get(GROUPED, {"q": "nowhere"}))


def test_a_page_says_when_there_are_more_groups_and_the_download_has_them_all(signed_in, four, monkeypatch):
    monkeypatch.setattr(groups, "MOST", 2)
    desk = signed_in("viewer")
    page = text(desk.get(GROUPED, {"by": "day"}))
    assert "These are the first 2 groups; there are more." in page
    assert page.split("<tbody>")[1].count("<tr>") == 2 + 1
    lines = b"".join(desk.get(PATHS[1], {"by": "day"}).streaming_content).splitlines()
    assert len(lines) == 1 + 4


def test_the_downloads_have_the_same_lines(signed_in, four):
    desk = signed_in("viewer")
    query = QueryDict("by=customer,month&state=open")
    told = b"".join(desk.get(PATHS[1], query).streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(told)))
    assert [(row["customer"], row["month"], row["currency"], row["gross"], row["open"]) for row in rows] == [
        ("Alfa", "2026-02-01", "SEK", "7.00", "7.00"),
        ("Alfa", "2026-01-01", "EUR", "100.00", "60.00"),
        ("Beta", "", "EUR", "1.00", "1.00"),
    ]
    response = desk.get(PATHS[2], query)
    assert 'filename="invoices_grouped-' in response["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    names, *cells = sheet.iter_rows(values_only=True)
    assert list(names) == list(rows[0])
    assert [(row[2], row[3] and row[3].date(), row[7]) for row in cells] == [
        ("Alfa", date(2026, 2, 1), 7),
        ("Alfa", date(2026, 1, 1), 100),
        ("Beta", None, 1),
    ]


def test_htmx_gets_the_part(signed_in, four):
    part = signed_in("viewer").get(GROUPED, headers=HTMX)
    assert "<html" not in text(part)
    assert 'id="results"' in text(part)
    assert "HX-Request" in part.headers["Vary"]


@pytest.mark.parametrize("path", PATHS)
def test_methods_and_people(path, signed_in, client, source):
    assert client.get(path).headers["Location"].startswith("/accounts/login/")
    desk = signed_in("viewer")
    assert desk.get(path).status_code == 200
    assert desk.post(path).status_code == 405


def test_names_are_escaped(signed_in, source):
    billed(source, "<b>&", issue_date=date(2026, 1, 1))
    assert "<b>&" not in text(signed_in("viewer").get(GROUPED, {"by": "customer,month"}))


def test_the_page_asks_the_same_few_questions_however_many_groups_there_are(signed_in, django_assert_max_num_queries):
    desk, source = signed_in("viewer"), make_source()
    billed(source, "A0")
    path = f"{GROUPED}?by=customer,week,source&state=draft"
    desk.get(path)
    with django_assert_max_num_queries(8) as few:
        desk.get(path)
    for n in range(30):
        billed(source, f"B{n}", issue_date=date(2025, 1 + n % 12, 1), currency="SEK" if n % 2 else "EUR")
    with django_assert_max_num_queries(8) as more:
        desk.get(path)
    assert len(few) == len(more)
