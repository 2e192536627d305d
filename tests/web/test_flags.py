"""What a service says that somebody should look at: on the row, in the filter, on the dashboard."""

import pytest
from django.db import connection

from arapp.receivables import mirror
from arapp.receivables.models import Invoice
from tests.conftest import NOW, make_invoice, make_source

FLAGS = [("delivery_failed", "Not delivered"), ("message_waits", "Message waits")]


def text(response):
    return response.content.decode()


@pytest.fixture
def flagged(db):
    """One of each flag, one of both, one that is gone, one of none."""
    source = make_source(service="billogram")
    make_invoice(source, external_id="f", number="FAILED", delivery_failed=True)
    make_invoice(source, external_id="m", number="WRITTEN", message_waits=True)
    make_invoice(source, external_id="b", number="BOTH", delivery_failed=True, message_waits=True)
    make_invoice(source, external_id="g", number="GONE", delivery_failed=True)
    mirror.mark_gone(source, "invoice", ["g"], NOW)
    make_invoice(source, external_id="n", number="NOTHING")
    return source


def test_a_row_is_marked_with_each_of_its_flags(signed_in, flagged):
    client = signed_in()
    for number, words in (
        ("FAILED", "Not delivered"),
        ("BOTH", "Not delivered, Message waits"),
        ("NOTHING", ""),
    ):
        row = text(client.get(f"/invoices/{Invoice.objects.get(number=number).pk}/row/"))
        assert (f'<small class="flag" title="{words}">{words}</small>' in row) is bool(words)


@pytest.mark.parametrize(("name", "words"), FLAGS)
def test_the_dashboard_counts_them_and_leads_to_exactly_these_rows(name, words, signed_in, flagged):
    client = signed_in("viewer")
    page = text(client.get("/"))
    assert f'<a href="/invoices/?flag={name}">{words}: 2</a>' in page
    rows = text(client.get("/invoices/", {"flag": name}))
    assert rows.count('<tr id="row-') == 2
    assert "BOTH" in rows
    assert "GONE" not in rows
    assert "NOTHING" not in rows
    assert f"Needs a look: {words}" in rows


def test_both_flags_widen(signed_in, flagged):
    rows = text(signed_in("viewer").get("/invoices/?flag=delivery_failed&flag=message_waits&kind=invoice"))
    assert rows.count('<tr id="row-') == 3


def test_a_flag_that_is_none_gives_a_sentence(signed_in, flagged):
    assert "is none of delivery_failed, message_waits" in text(signed_in("viewer").get("/invoices/", {"flag": "x"}))


def test_without_any_the_dashboard_says_nothing_of_it(signed_in, invoice):
    assert "flag=" not in text(signed_in().get("/"))


def test_the_page_says_what_is_the_matter(signed_in, flagged):
    page = text(signed_in().get(f"/invoices/{Invoice.objects.get(number='BOTH').pk}/"))
    assert "Billogram could not deliver this invoice." in page
    assert "it waits at Billogram for an answer" in page


def test_the_flags_are_looked_up_in_their_index(flagged):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    for names in (("delivery_failed",), ("message_waits",), ("delivery_failed", "message_waits")):
        assert "invoice_flagged" in Invoice.objects.flagged(*names).order_by().explain()
