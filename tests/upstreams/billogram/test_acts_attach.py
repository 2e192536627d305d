"""A PDF attached to a billogram. Attaching twice is as attaching once."""

import base64
from typing import Any

import pytest

from tests.upstreams.acting import looked_at_again, tell
from tests.upstreams.billogram.conftest import At
from tests.upstreams.billogram.desk import invoice_of, lose_answer, lose_request, told

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4 terms"


def attached(content: bytes = PDF) -> dict[str, tuple[bytes, str]]:
    return {"file": (content, "terms.pdf")}


def test_a_file_is_attached_as_base64_under_its_name(desk: At) -> None:
    source, service = desk
    invoice = invoice_of(source, service.add_billogram())
    intent = tell(source, "invoice.attach", invoice, files=attached())
    assert (intent.state, intent.error) == ("done", "")
    body = {"filename": "terms.pdf", "content": base64.b64encode(PDF).decode()}
    assert told(service) == [("POST", f"/billogram/{invoice.external_id}/command/attach", body)]
    assert service.find(invoice.external_id)["attachment"] == "terms.pdf"


def test_another_file_of_the_same_name_takes_its_place(desk: At) -> None:
    source, service = desk
    made = service.add_billogram()
    invoice = invoice_of(source, made)
    for content in (PDF, PDF + b" of today"):
        assert tell(source, "invoice.attach", invoice, files=attached(content)).state == "done"
    stored = service.account.billogram(made["id"]).attachment
    assert base64.b64decode(stored) == PDF + b" of today"


@pytest.mark.parametrize("content", [b"\xff\xd8\xff picture", b"\x89PNG\r\n\x1a\n picture"])
def test_a_picture_is_not_sent(desk: At, content: bytes) -> None:
    source, service = desk
    invoice = invoice_of(source, service.add_billogram())
    intent = tell(source, "invoice.attach", invoice, files=attached(content))
    assert (intent.state, intent.error) == ("refused", "Billogram takes a PDF as attachment, nothing else.")
    assert service.journal == []


@pytest.mark.parametrize("lose", [lose_answer, lose_request])
def test_a_file_whose_answer_was_lost_is_attached_in_the_end(desk: At, lose: Any) -> None:
    source, service = desk
    invoice = invoice_of(source, service.add_billogram())
    lose(service, "POST /command/attach")
    intent = tell(source, "invoice.attach", invoice, files=attached())
    assert intent.state == "unknown"
    assert looked_at_again(intent).state == "done"
    assert base64.b64decode(service.account.billogram(invoice.external_id).attachment) == PDF
