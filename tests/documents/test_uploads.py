"""How much of an upload reaches the disk."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import RequestFactory

from arapp.documents.files import LIMIT, Unfit, keep

PDF = b"%PDF-1.7 a paper"


def sent(*bodies: bytes):
    files = [SimpleUploadedFile(f"{n}.pdf", body) for n, body in enumerate(bodies)]
    return RequestFactory().post("/", {"file": files}).FILES.getlist("file")


@pytest.mark.parametrize("size", [len(PDF), 3 * 1024 * 1024, LIMIT])
def test_a_file_within_the_limit_comes_whole(size):
    body = PDF.ljust(size, b" ")
    (upload,) = sent(body)
    assert (upload.size, upload.read()) == (size, body)


def test_of_a_file_beyond_the_limit_no_more_is_taken_than_shows_it():
    (upload, other) = sent(b"x" * (3 * LIMIT), PDF)
    assert isinstance(upload, TemporaryUploadedFile)
    assert LIMIT < upload.size <= LIMIT + 128 * 1024
    assert other.read() == PDF
    with pytest.raises(Unfit, match="10 MB"):
        keep(upload.read(LIMIT + 1), upload.name)
