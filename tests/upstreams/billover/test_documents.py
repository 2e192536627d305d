"""The document of an invoice, fetched on demand."""

import pytest

from arapp.sandbox.base import Answer, Fault
from arapp.sandbox.billover import Billover as StandIn
from arapp.sandbox.billover.records import Document as Upload
from arapp.upstreams.base import Gone, NotReady
from arapp.upstreams.http import BadAnswer
from tests.upstreams.billover.driving import changed, finished, said


def upload(standin: StandIn, content_type: str = "application/pdf") -> str:
    return standin.upload(Upload("scan.pdf", content_type, b"the file")).uid


@pytest.mark.parametrize(
    ("sent", "got", "ending"),
    [
        ("application/pdf", "application/pdf", "pdf"),
        ("image/png", "image/png", "png"),
        ("text/html", "application/octet-stream", "bin"),
    ],
)
def test_the_document_is_the_uploaded_file(standin, billover, sent, got, ending):
    uid = upload(standin, sent)
    found = billover.document("invoice", uid)
    assert (found.content, found.content_type) == (b"the file", got)
    assert found.filename == f"{standin.find(uid).hf_id}.{ending}"


def test_the_key_does_not_travel_with_the_file(standin, billover):
    billover.document("invoice", upload(standin))
    assert "api-key" in standin.requests[0].headers
    assert "api-key" not in standin.requests[-1].headers


def test_an_address_that_ran_out_is_asked_for_anew(standin, billover):
    uid = upload(standin)
    standin.faults.append(Fault(said({"detail": "expired"}, 403), path="/files/"))
    assert billover.document("invoice", uid).content == b"the file"
    assert len(standin.requests) == 4


def test_a_file_that_is_not_in_the_store_is_gone(standin, billover):
    standin.faults.append(Fault(said({"detail": "none"}, 404), path="/files/", times=9))
    with pytest.raises(Gone):
        billover.document("invoice", upload(standin))


@pytest.mark.parametrize(("processing", "failure"), [("processing", NotReady), ("finished", Gone), ("failed", Gone)])
def test_a_document_without_a_file_is_not_ready_or_not_there(standin, billover, processing, failure):
    change = changed(lambda body: body | {"file": None, "processing_status": processing})
    standin.faults.append(Fault(change=change))
    with pytest.raises(failure):
        billover.document("invoice", finished(standin))


@pytest.mark.parametrize(
    "address",
    [
        "http://10.0.0.1/x",
        "http://elsewhere.example.org/x",
        "file:///etc/passwd",
        "/media/x.pdf",
        "http://[x",
        "http://a b/",
        "http://stand-in:port/x",
    ],
)
def test_a_file_address_that_is_not_safe_is_not_opened(standin, billover, address):
    standin.faults.append(Fault(change=changed(lambda body: body | {"file": address})))
    with pytest.raises(BadAnswer):
        billover.document("invoice", finished(standin))
    assert len(standin.requests) == 1


def test_a_file_address_that_leads_elsewhere_gives_no_document(standin, billover):
    standin.faults.append(Fault(Answer(302, b"", (("Location", "http://elsewhere/"),)), path="/files/"))
    with pytest.raises(BadAnswer):
        billover.document("invoice", finished(standin))
