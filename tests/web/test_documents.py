"""The document of an invoice and the uploaded files, as a browser gets them."""

import re

import pytest

from arapp.documents.files import keep
from arapp.upstreams.base import Document, Gone, NotReady
from arapp.upstreams.http import Unreachable

PDF = b"%PDF-1.7 a paper"
NAME = 'a"b.pdf'


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def text(response):
    return response.content.decode()


def path_of(invoice):
    return f"/invoices/{invoice.pk}/document/"


def answers(monkeypatch, found):
    asked = []

    def fetch(invoice, variant):
        asked.append(variant)
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr("arapp.upstreams.documents.fetch_document", fetch)
    return asked


@pytest.mark.parametrize(
    ("query", "disposition"),
    [("", "inline"), ("?download=1", "attachment"), ("?variant=print&download=1", "attachment")],
)
def test_the_document_is_shown_or_saved_and_may_run_nothing(query, disposition, signed_in, invoice, monkeypatch):
    answers(monkeypatch, Document(PDF, "application/pdf", NAME))
    response = signed_in("viewer").get(path_of(invoice) + query)
    assert (response.status_code, response.content) == (200, PDF)
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == disposition + r'; filename="a\"b.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "private, no-store"


def test_a_paper_is_asked_for_by_its_id_and_stored_after_the_first_time(signed_in, invoice, monkeypatch):
    asked = answers(monkeypatch, Document(PDF, "application/pdf", NAME))
    client = signed_in("viewer")
    for query in ("", "", "?variant=letter-7", "?variant=letter-7&download=1"):
        client.get(path_of(invoice) + query)
    assert asked == ["", "letter-7"]


@pytest.mark.parametrize("variant", ["x" * 201, "%00", "a%0Ab"])
def test_what_no_paper_can_be_called_is_not_found(variant, signed_in, invoice, monkeypatch):
    asked = answers(monkeypatch, Document(PDF, "application/pdf", NAME))
    assert signed_in("viewer").get(f"{path_of(invoice)}?variant={variant}").status_code == 404
    assert asked == []


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/pdf", ""])
def test_what_could_run_in_a_browser_is_only_saved(kind, signed_in, invoice, monkeypatch):
    answers(monkeypatch, Document(b"<script>", kind, "x.html"))
    response = signed_in("viewer").get(path_of(invoice))
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        (NotReady("Billogram is still making it."), 202, "not ready yet"),
        (Gone("BillOver has no file."), 404, "BillOver has no file."),
        (Unreachable("Billomat did not answer."), 502, "Billomat did not answer."),
    ],
)
def test_a_document_that_cannot_be_had_says_why(failure, status, words, signed_in, invoice, monkeypatch):
    answers(monkeypatch, failure)
    response = signed_in("viewer").get(path_of(invoice))
    assert response.status_code == status
    assert words in text(response)


@pytest.mark.parametrize("sentence", ["Billogram is still making it.", "This is a draft; a draft has no document."])
def test_of_a_document_that_is_not_ready_the_page_says_what_the_service_said_and_no_more(
    sentence, signed_in, invoice, monkeypatch
):
    answers(monkeypatch, NotReady(sentence))
    page = text(signed_in("viewer").get(path_of(invoice)))
    assert sentence in page
    assert "still being made" not in page
    assert "in a minute" not in page


def test_a_document_that_is_not_ready_is_asked_for_again_more_and_more_seldom(signed_in, invoice, monkeypatch):
    answers(monkeypatch, NotReady("Billogram is still making it."))
    client, pauses = signed_in("viewer"), []
    address = f"{path_of(invoice)}?variant=letter-7&download=1"
    while (response := client.get(address)).has_header("Refresh"):
        seconds, address = re.fullmatch(r"(\d+); url=(/.*)", response.headers["Refresh"]).groups()
        pauses.append(int(seconds))
    assert pauses == [2, 5, 10, 20, 30]
    assert f'href="{path_of(invoice)}?variant=letter-7&amp;download=1">Try again' in text(response)
    answers(monkeypatch, Document(PDF, "application/pdf", NAME))
    assert client.get(address).content == PDF


@pytest.mark.parametrize("asked", ["-1", "x", "99999999999", "²"])
def test_a_count_that_is_none_ends_the_asking(asked, signed_in, invoice, monkeypatch):
    answers(monkeypatch, NotReady("Billogram is still making it."))
    response = signed_in("viewer").get(path_of(invoice), {"asked": asked})
    assert response.status_code == 202
    assert not response.has_header("Refresh")


def test_a_disk_that_is_full_is_no_fault_of_the_page(signed_in, invoice, monkeypatch, settings, tmp_path):
    answers(monkeypatch, Document(PDF, "application/pdf", NAME))
    (tmp_path / "files").write_text("no folder")
    response = signed_in("viewer").get(path_of(invoice))
    assert response.status_code == 502
    assert "cannot be stored" in text(response)


def test_an_uploaded_file_is_only_saved(signed_in):
    file = keep(PDF, "scan.pdf")
    response = signed_in("viewer").get(f"/files/{file.name}/")
    assert (response.status_code, response.content) == (200, PDF)
    assert response.headers["Content-Disposition"] == 'attachment; filename="scan.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["0" * 48, "..", "%2e%2e%2fsecret.key", "desk.sqlite3"])
def test_only_files_that_the_desk_has_stored_are_given_out(name, signed_in, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / ("0" * 48)).write_bytes(PDF)
    (tmp_path / "secret.key").write_text("a key")
    assert signed_in("viewer").get(f"/files/{name}/").status_code == 404


def test_a_file_that_is_not_here_any_more_is_not_found(signed_in, tmp_path):
    file = keep(PDF, "scan.pdf")
    (tmp_path / "files" / file.name).unlink()
    assert signed_in("viewer").get(f"/files/{file.name}/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_documents_and_files_are_only_read(method, signed_in, invoice):
    client = signed_in("administrator")
    for path in (path_of(invoice), f"/files/{keep(PDF, 'a.pdf').name}/"):
        assert getattr(client, method)(path).status_code == 405


def test_nobody_sees_them_without_signing_in(client, invoice):
    for path in (path_of(invoice), f"/files/{keep(PDF, 'a.pdf').name}/"):
        response = client.get(path)
        assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, "/accounts/login/")
