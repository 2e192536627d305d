"""Once per version, however many ask at the same time."""

import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from arapp.documents.files import content
from arapp.documents.models import InvoiceDocument, StoredFile
from arapp.documents.versions import store_version, stored_version
from tests.conftest import make_invoice

PDF = b"%PDF-1.7 a paper"


def on_disk() -> set[str]:
    return {path.name for path in (Path(settings.DATA_DIR) / "files").iterdir()}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_what_is_stored_is_found_by_invoice_variant_and_version(invoice):
    file = store_version(invoice, "print", "v1", PDF, "RE1.pdf")
    assert stored_version(invoice, "print", "v1") == file
    assert content(file) == PDF
    for variant, version in (("", "v1"), ("print", "v2")):
        assert stored_version(invoice, variant, version) is None
    assert stored_version(make_invoice(invoice.source, external_id="other"), "print", "v1") is None


def test_who_comes_second_gets_the_first_ones_file_and_leaves_none(invoice):
    first = store_version(invoice, "", "v1", PDF, "RE1.pdf")
    second = store_version(invoice, "", "v1", b"%PDF-1.7 another", "RE1.pdf")
    assert second == first
    assert on_disk() == {first.name}
    assert list(StoredFile.objects.all()) == [first]


def test_a_file_that_is_not_on_this_machine_is_stored_anew(invoice):
    first = store_version(invoice, "", "v1", PDF, "RE1.pdf")
    (Path(settings.DATA_DIR) / "files" / first.name).unlink()
    assert stored_version(invoice, "", "v1") is None
    second = store_version(invoice, "", "v1", PDF, "RE1.pdf")
    assert stored_version(invoice, "", "v1") == second != first


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_get_one_and_the_same(invoice):
    together, found = threading.Barrier(4), []

    def ask():
        try:
            together.wait()
            found.append(store_version(invoice, "", "v1", PDF, "RE1.pdf").pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert InvoiceDocument.objects.count() == StoredFile.objects.count() == len(on_disk()) == 1
