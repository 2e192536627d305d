"""The page of a document at its service itself."""

import json
from datetime import timedelta

import pytest

from arapp.receivables import mirror
from arapp.receivables.models import Invoice
from arapp.upstreams.billogram import Billogram
from arapp.upstreams.billomat import Billomat
from arapp.upstreams.billover import Billover
from arapp.upstreams.pages import own_page_of
from tests.conftest import NOW, make_invoice, make_source

ACCOUNT = "https://acme.billomat.net/api"
API = "https://billogram.com/api/v2"
PAGE = "https://billogram.com/r/555/x"


def test_an_invoice_is_found_at_its_account_of_billomat():
    page = "https://acme.billomat.net/app/invoices/show/entityId/7"
    assert Billomat.own_page(ACCOUNT, "invoice", "7", {}) == page
    assert Billomat.own_page(Billomat.home("ACME"), "invoice", "7", {}) == page


@pytest.mark.parametrize(
    ("base_url", "kind", "external_id"),
    [
        ("http://127.0.0.1:8101/billomat/api", "invoice", "7"),
        ("http://acme.billomat.net/api", "invoice", "7"),
        ("https://billomat.net/api", "invoice", "7"),
        ("https://acme.billomat.net.example.org/api", "invoice", "7"),
        ("https://me@acme.billomat.net/api", "invoice", "7"),
        ("https://acme.billomat.net:8443/api", "invoice", "7"),
        (ACCOUNT, "credit_note", "7"),
        (ACCOUNT, "invoice", "../settings"),
        (ACCOUNT, "invoice", "７"),
        (ACCOUNT, "invoice", ""),
    ],
)
def test_where_billomats_address_is_not_certain_there_is_none(base_url, kind, external_id):
    assert Billomat.own_page(base_url, kind, external_id, {}) == ""


def test_an_invoice_that_billogram_has_sent_is_found_where_its_receiver_finds_it():
    assert Billogram.own_page(API, "invoice", "a", {"url": PAGE}) == PAGE
    sandbox = "https://sandbox.billogram.com/r/1/2"
    assert Billogram.own_page("https://sandbox.billogram.com/api/v2", "invoice", "a", {"url": sandbox}) == sandbox


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        (API, None),
        (API, ""),
        (API, 7),
        (API, ["https://billogram.com/"]),
        (API, "javascript:alert(1)"),
        (API, "http://billogram.com/r/1"),
        (API, "https://billogram.com.example.org/r/1"),
        (API, "https://notbillogram.com/r/1"),
        (API, "https://billogram.com@example.org/r/1"),
        (API, "https://billogram.com:444/r/1"),
        (API, "https://[billogram.com/r/1"),
        ("http://127.0.0.1:8101/billogram/api/v2", PAGE),
    ],
)
def test_an_address_that_is_not_billograms_own_is_not_shown(base_url, url):
    assert Billogram.own_page(base_url, "invoice", "a", {"url": url}) == ""


def test_of_billover_no_page_is_known():
    assert Billover.own_page("https://api.billover.com/v1", "invoice", "7", {"url": PAGE}) == ""


@pytest.fixture
def billomat(db):
    source = make_source(service="billomat")
    source.connection.base_url = ACCOUNT
    source.connection.save()
    return make_invoice(source, external_id="7")


def page_of(invoice):
    return own_page_of(invoice, list(invoice.snapshots.all()))


def test_the_page_of_an_invoice_comes_from_its_connection(billomat):
    assert page_of(billomat).url.endswith("/7")
    assert not page_of(billomat).is_the_customers


def test_it_comes_from_what_was_read_last(db):
    source = make_source(service="billogram")
    source.connection.base_url = API
    source.connection.save()
    invoice = make_invoice(source, number="1")
    invoice.snapshots.update(detail=json.dumps({"url": PAGE}))
    assert page_of(invoice).url == PAGE
    assert page_of(invoice).is_the_customers
    for text in ("", "no json", "[]", '"x"', "{}"):
        invoice.snapshots.update(detail=text)
        assert page_of(invoice) is None


def test_there_is_none_for_a_stand_in_what_is_gone_and_what_is_not_connected(billomat):
    source = billomat.source
    source.stand_in = True
    assert page_of(billomat) is None
    source.stand_in = False
    mirror.mark_gone(source, "invoice", ["7"], NOW + timedelta(days=1))
    assert page_of(Invoice.objects.get()) is None
    Invoice.objects.update(gone_at=None)
    source.connection.delete()
    assert page_of(Invoice.objects.get()) is None
