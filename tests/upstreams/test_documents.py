"""Documents of all three services, fetched once per version of what they show."""

from pathlib import Path

import pytest
from django.conf import settings

from arapp.documents.files import content
from arapp.documents.models import InvoiceDocument
from arapp.receivables.models import Invoice
from arapp.upstreams.base import Document, Gone
from arapp.upstreams.documents import stored_document, version_of
from arapp.upstreams.http import Unreachable
from arapp.upstreams.pull import pull
from tests.upstreams.conftest import SERVICES

PDF = b"%PDF-1.7 a paper"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def fetched(monkeypatch):
    """Each time a document is fetched; what is fetched counts the times."""
    times = []

    def fetch(invoice, variant):
        times.append((invoice.pk, variant))
        return Document(PDF + b"%d" % len(times), "application/pdf", "RE1.pdf")

    monkeypatch.setattr("arapp.upstreams.documents.fetch_document", fetch)
    return times


@pytest.mark.parametrize("service", SERVICES)
def test_a_document_is_asked_for_once_and_then_stored(service, connected):
    source, stand_in = connected(service)
    pull(source)
    invoice = Invoice.objects.filter(source=source, state="open").exclude(number="").first()
    first = stored_document(invoice)
    assert content(first).startswith(b"%PDF-")
    asked = len(stand_in.requests)
    assert stored_document(Invoice.objects.get(pk=invoice.pk)) == first
    assert len(stand_in.requests) == asked


@pytest.mark.parametrize(
    "change",
    [{"digest": "another"}, {"number": "RE2"}, {"service_state": "PAID"}, {"detail_due": True, "row_digest": "x"}],
)
def test_what_shows_on_paper_makes_another_version(change, invoice, fetched):
    first = stored_document(invoice)
    for name, value in change.items():
        setattr(invoice, name, value)
    assert stored_document(invoice) != first
    assert len(fetched) == InvoiceDocument.objects.count() == 2


@pytest.mark.parametrize("change", [{"paid": 100}, {"open": 19}, {"note": "x"}, {"row_digest": "x"}])
def test_what_does_not_show_makes_none(change, invoice):
    before = version_of(invoice, "")
    for name, value in change.items():
        setattr(invoice, name, value)
    assert version_of(invoice, "") == before


def test_each_paper_of_an_invoice_is_stored_by_itself(invoice, fetched):
    papers = {stored_document(invoice, variant).pk for variant in ("", "print", "letter-7", "print")}
    assert len(papers) == 3
    assert [variant for _pk, variant in fetched] == ["", "print", "letter-7"]


@pytest.mark.parametrize("failure", [Gone("none"), Unreachable("no answer")])
def test_of_a_document_that_cannot_be_had_nothing_is_stored(failure, invoice, monkeypatch):
    def fetch(invoice, variant):
        raise failure

    monkeypatch.setattr("arapp.upstreams.documents.fetch_document", fetch)
    with pytest.raises(type(failure)):
        stored_document(invoice)
    assert not InvoiceDocument.objects.exists()


def test_a_stored_file_that_was_lost_is_fetched_anew(invoice, fetched):
    first = stored_document(invoice)
    (Path(settings.DATA_DIR) / "files" / first.name).unlink()
    assert content(stored_document(invoice)) == PDF + b"2"
    assert content(stored_document(invoice)) == PDF + b"2"
