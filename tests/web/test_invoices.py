"""The invoice list: filters, order, pages, totals, empty states, and what htmx gets of it."""

from datetime import date

import pytest
from django.urls import reverse

from arapp.receivables import mirror
from arapp.receivables.records import CustomerRecord
from arapp.upstreams.models import Worker
from tests.conftest import NOW, invoice_record, make_invoice, make_source

LIST = "/invoices/"
HTMX = {"HX-Request": "true"}


def text(response):
    return response.content.decode()


def many(source, count, **fields):
    records = [invoice_record(f"m{n}", **fields) for n in range(count)]
    mirror.write_invoices(source, records, NOW)
    from arapp.approvals.models import Approval

    Approval.objects.catch_up(source=source)


def test_the_list_shows_every_column_of_a_row(signed_in, source):
    make_invoice(
        source,
        number="RE77",
        state="open",
        due_date=date(2020, 1, 1),
        customer=CustomerRecord(external_id="k", name="Nordlicht"),
    )
    page = text(signed_in("viewer").get(LIST))
    for word in (
        "RE77",
        "Nordlicht",
        source.name,
        "2026-11-01",
        "2020-01-01",
        "119.00",
        "EUR",
        "Open",
        "Waiting",
        "days late",
    ):
        assert word in page


def test_filters_narrow_the_list_and_show_as_chips(signed_in, source):
    make_invoice(source, number="RE1", state="open")
    make_invoice(source, number="RE2", state="paid")
    page = text(signed_in("viewer").get(LIST, {"state": "open"}))
    assert "RE1" in page
    assert "RE2" not in page
    assert "State: Open" in page
    assert "1 invoice<" in page


def test_a_chip_leads_to_the_list_without_its_filter(signed_in, invoice):
    page = text(signed_in("viewer").get(LIST, {"state": "draft", "kind": "invoice"}))
    assert 'class="chip" href="?kind=invoice"' in page
    assert 'class="chip" href="?state=draft"' in page


def test_nonsense_in_a_filter_gives_a_sentence(signed_in, invoice):
    response = signed_in("viewer").get(LIST, {"amount_min": "1.2.3", "issued_from": "yesterday", "state": "odd"})
    page = text(response)
    assert response.status_code == 200
    assert "1.2.3” is not an amount" in page
    assert "yesterday” is not a date" in page
    assert "Clear the filters" in page


@pytest.mark.parametrize("number", ["1000000000", "-1", "x", "0", "9" * 60])
def test_a_page_number_out_of_reach_gives_a_sentence_and_a_page(number, signed_in, invoice):
    response = signed_in("viewer").get(LIST, {"page": number})
    assert response.status_code == 200
    assert str(invoice) in text(response)
    assert 'role="alert"' in text(response)


def test_sorting_is_a_link_that_says_its_direction(signed_in, invoice):
    page = text(signed_in("viewer").get(LIST, {"sort": "due"}))
    assert 'aria-sort="ascending"' in page
    assert "?sort=-due" in page


def test_totals_stand_below_the_list_per_currency(signed_in, source):
    make_invoice(source, gross="100", open="100", currency="EUR")
    make_invoice(source, gross="20", open="5", currency="EUR")
    make_invoice(source, gross="7", open="7", currency="SEK")
    page = text(signed_in("viewer").get(LIST))
    assert "120.00" in page
    assert "105.00" in page
    assert "7.00" in page


def test_pages_hold_fifty_rows_and_lead_to_the_next(signed_in, source):
    many(source, 51)
    page = text(signed_in("viewer").get(LIST, {"state": "draft"}))
    assert page.count('<tr id="row-') == 50
    assert "?state=draft&amp;page=2" in page


def test_htmx_gets_the_part_and_the_history_gets_the_page(signed_in, invoice):
    client = signed_in("viewer")
    part = client.get(LIST, headers=HTMX)
    assert "<html" not in text(part)
    assert 'id="results"' in text(part)
    assert "HX-Request" in part.headers["Vary"]
    assert "<html" in text(client.get(LIST, headers=HTMX | {"HX-History-Restore-Request": "true"}))
    assert "<html" in text(client.get(LIST, headers=HTMX | {"HX-Boosted": "true"}))


def test_the_downloads_take_the_same_query_string(signed_in, invoice):
    page = text(signed_in("viewer").get(LIST, {"state": "draft", "q": "RE"}))
    assert "/invoices/export.csv?state=draft&amp;q=RE" in page
    assert "/invoices/export.xlsx?state=draft&amp;q=RE" in page


def test_an_empty_desk_says_that_no_source_is_connected(signed_in):
    assert "No source is connected yet" in text(signed_in("viewer").get(LIST))


def test_a_filter_that_matches_nothing_offers_to_clear_it(signed_in, invoice):
    page = text(signed_in("viewer").get(LIST, {"q": "nobody"}))
    assert "No invoice matches these filters" in page
    assert "Clear the filters" in page


def test_an_approver_gets_boxes_and_buttons_named_by_their_effect(signed_in, invoice):
    page = text(signed_in("approver").get(LIST))
    assert f'value="{invoice.pk}:{invoice.digest}"' in page
    assert "Approve and issue; nothing is sent to the customer" in page
    assert f'formaction="/invoices/{invoice.pk}/approve/"' in page


def test_what_a_customer_would_get_leads_to_a_question_and_back_to_this_list(signed_in, db):
    draft = make_invoice(make_source(service="billogram"), service_state="Unattested")
    page = text(signed_in("approver").get(LIST, {"state": "draft"}))
    link = f"/invoices/{draft.pk}/act/invoice.send/?next=/invoices/%3Fstate%3Ddraft"
    assert f'href="{link}"' in page
    assert f'formaction="/invoices/{draft.pk}/approve/"' not in page
    asked = text(signed_in("approver").get(link))
    assert 'name="next" value="/invoices/?state=draft"' in asked


def test_a_viewer_gets_neither_boxes_nor_buttons(signed_in, invoice):
    page = text(signed_in("viewer").get(LIST))
    assert 'name="ids"' not in page
    assert "/approve/" not in page


def test_an_unknown_amount_shows_a_dash(signed_in, source):
    make_invoice(source, number="RE9", net=None, vat=None, gross=None, paid=None, open=None, state="unknown")
    page = text(signed_in("viewer").get(LIST))
    assert '<td class="num gross"><span class="none" aria-hidden="true">–</span></td>' in page


def test_markup_in_names_is_shown_and_never_runs(signed_in, source):
    make_invoice(source, number="<script>x</script>", customer=CustomerRecord(external_id="k", name='"><img src=x>'))
    page = text(signed_in("approver").get(LIST))
    assert "<script>x" not in page
    assert "<img src=x" not in page


def approve_newest(source, role, client, count):
    """So that the first page has some that are on their way."""
    waiting = source.invoice_set.filter(approval__state="waiting").order_by("-created_at", "-id")[:count]
    for one in waiting if role == "approver" else ():
        one.approval.approve(client_user(client), one.digest)


@pytest.mark.parametrize("role", ["viewer", "approver"])
@pytest.mark.parametrize("query", ["", "?q=muster&state=draft&sort=-gross&approval=waiting"])
def test_the_list_asks_the_same_few_questions_however_long_it_is(
    role, query, signed_in, django_assert_max_num_queries
):
    source = make_source("Mat")
    client = signed_in(role)
    many(source, 2)
    approve_newest(source, role, client, 1)
    client.get(LIST + query)
    with django_assert_max_num_queries(12) as few:
        client.get(f"{LIST}{query}")
    many(source, 60)
    approve_newest(source, role, client, 9)
    with django_assert_max_num_queries(12) as more:
        client.get(f"{LIST}{query}")
    assert len(few) == len(more)


def client_user(client):
    from arapp.people.models import User

    return User.objects.get(pk=client.session["_auth_user_id"])


def test_the_row_is_answered_alone_and_only_when_it_has_changed(signed_in, invoice):
    client = signed_in("approver")
    Worker.objects.create(name="w")
    invoice.approval.approve(client_user(client), invoice.digest)
    row = reverse("invoice_row", args=[invoice.pk])
    first = client.get(row, headers=HTMX)
    intent = invoice.intents.get()
    assert text(first).startswith(f'<tr id="row-{invoice.pk}"')
    assert "On its way to Billomat" in text(first)
    assert 'hx-trigger="every 2s"' in text(first)
    assert client.get(row, {"seen": f"{intent.pk}.{intent.version}"}, headers=HTMX).status_code == 204
    intent.move("sending")
    assert "Being sent to Billomat" in text(client.get(row, {"seen": f"{intent.pk}.1"}, headers=HTMX))
    intent.move("refused", error="Address is missing.")
    settled = text(client.get(row, {"seen": f"{intent.pk}.2"}, headers=HTMX))
    assert "Refused by Billomat: Address is missing." in settled
    assert "every 2s" not in settled


@pytest.mark.parametrize("name", ["invoices_csv", "invoices_xlsx"])
def test_a_download_of_a_filter_that_makes_no_sense_is_refused_with_the_reason(name, signed_in, invoice):
    response = signed_in("viewer").get(reverse(name), {"amount_min": "much"})
    assert response.status_code == 422
    assert "much” is not an amount" in text(response)


def test_the_csv_holds_the_filtered_rows(signed_in, source):
    make_invoice(source, number="RE1", state="open")
    make_invoice(source, number="RE2", state="paid")
    response = signed_in("viewer").get("/invoices/export.csv", {"state": "paid"})
    rows = b"".join(response.streaming_content).decode().splitlines()
    assert response.headers["Content-Disposition"].startswith('attachment; filename="invoices-')
    assert len(rows) == 2
    assert "RE2" in rows[1]


def test_the_xlsx_is_a_workbook(signed_in, invoice):
    response = signed_in("viewer").get("/invoices/export.xlsx")
    assert b"".join(response.streaming_content).startswith(b"PK")
