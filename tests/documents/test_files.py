"""What is kept, under which name, and who can read it."""

import os
import re
import stat
from pathlib import Path

import pytest

from arapp.documents.files import LIMIT, Unfit, content, is_here, keep, named_in, store
from arapp.documents.models import StoredFile

PDF = b"%PDF-1.7 a paper"
PNG = b"\x89PNG\r\n\x1a\n a picture"
JPEG = b"\xff\xd8\xff a picture"

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "files"


@pytest.mark.parametrize(
    ("body", "kind", "name", "offered"),
    [
        (PDF, "application/pdf", "a.pdf", "a.pdf"),
        (PNG, "image/png", "a.PNG", "a.PNG"),
        (JPEG, "image/jpeg", "a.jpeg", "a.jpeg"),
        (PDF, "application/pdf", "a.html", "a.html.pdf"),
        (PNG, "image/png", "a.pdf", "a.pdf.png"),
        (JPEG, "image/jpeg", "", "file.jpg"),
    ],
)
def test_the_type_is_told_from_the_content_and_the_name_is_made_to_fit(folder, body, kind, name, offered):
    file = keep(body, name)
    assert (file.content_type, file.filename, file.size) == (kind, offered, len(body))
    assert content(file) == body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><script>",
        b"GIF89a",
        b"II*\x00 tiff",
        b"PK\x03\x04 office",
        b"<?xml version='1.0'?><svg/>",
        b" %PDF-1.7",
        b"MZ\x90",
    ],
)
def test_what_is_no_pdf_png_or_jpeg_is_not_kept_whatever_its_name_says(folder, body):
    with pytest.raises(Unfit):
        keep(body, "invoice.pdf")
    assert not folder.exists()
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(("size", "taken"), [(LIMIT, True), (LIMIT + 1, False)])
def test_ten_megabytes_are_taken_and_not_a_byte_more(folder, size, taken):
    body = PDF.ljust(size, b" ")
    if taken:
        assert keep(body, "a.pdf").size == size
    else:
        with pytest.raises(Unfit, match="10 MB"):
            keep(body, "a.pdf")


def test_a_file_is_kept_with_who_brought_it(folder, person):
    assert keep(PDF, "a.pdf", person).person == person


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("../../../etc/passwd", "passwd.pdf"),
        ("..\\..\\boot.pdf", "boot.pdf"),
        ("..", "file.pdf"),
        ("/", "file.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie: x=1.pdf"),
        ("a\x00\u202efdp.pdf", "afdp.pdf"),
        ("\ud800.pdf", "pdf.pdf"),
        ("x" * 400 + ".pdf", "x" * 150 + ".pdf"),
        ("Rechnung “ä” 7.pdf", "Rechnung “ä” 7.pdf"),
    ],
)
def test_the_name_a_person_gives_never_leads_anywhere(folder, name, offered):
    file = keep(PDF, name)
    assert file.filename == offered
    assert re.fullmatch(r"[0-9a-f]{48}", file.name)
    assert [path.name for path in folder.iterdir()] == [file.name]


def test_only_the_desk_itself_may_read_the_files(folder):
    before = os.umask(0)
    try:
        file = keep(PDF, "a.pdf")
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / file.name).stat().st_mode) == 0o600


def test_the_same_file_twice_has_two_names(folder):
    assert keep(PDF, "a.pdf").name != keep(PDF, "a.pdf").name


def test_a_link_in_the_place_of_a_file_is_not_followed(folder, tmp_path):
    file = keep(PDF, "a.pdf")
    secret = tmp_path / "secret"
    secret.write_text("a key")
    (folder / file.name).unlink()
    (folder / file.name).symlink_to(secret)
    assert not is_here(file)
    with pytest.raises(Unfit):
        content(file)


def test_a_file_that_is_not_here_any_more_says_so(folder):
    file = keep(PDF, "a.pdf")
    (folder / file.name).unlink()
    with pytest.raises(Unfit, match=r"a\.pdf.*not here"):
        content(file)


def test_a_disk_that_takes_nothing_leaves_nothing_behind(folder, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(Unfit, match="No space left"):
        keep(PDF, "a.pdf")
    assert not StoredFile.objects.exists()
    assert list(folder.iterdir()) == []


def test_a_file_of_a_service_is_kept_whatever_it_is_and_never_as_something_that_could_run(folder):
    file = store(b"<script>", "x.html")
    assert (file.content_type, file.filename) == ("application/octet-stream", "x.html")


def test_the_files_that_data_names_are_found(folder):
    one, two, three = (keep(PDF, f"{name}.pdf") for name in "abc")
    assert named_in({"file": one.name, "attachments": [two.name, "nobody"]}) == [two, one]
    assert named_in({"note": three.name}) == []
