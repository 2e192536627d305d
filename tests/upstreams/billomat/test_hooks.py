"""Webhooks: the password, and what the body names (reference section 8)."""

import base64

import pytest

from arapp.upstreams.billomat.hooks import NOT_SHOWN, SUBJECTS, hints, refusal
from tests.upstreams.billomat.samples import raw


def basic(
    user: str = "hook", password: str = "pass", scheme: str = "Basic", encoding: str = "utf-8"
) -> dict[str, str]:
    plain = base64.b64encode(f"{user}:{password}".encode(encoding)).decode()
    return {"authorization": f"{scheme} {plain}"}


def named(event: str, body: bytes) -> tuple[str, str, str]:
    (hint,) = hints({"x-billomat-webhook-event": event}, body)
    return hint.event, hint.kind, hint.external_id


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_the_password_of_the_user_hook_is_accepted(scheme):
    assert refusal(["pass"], basic(scheme=scheme), b"", 0) == ""
    assert refusal(["new", "pass"], basic(scheme=scheme), b"", 0) == ""


def test_a_password_with_colons_and_umlauts_is_accepted_in_either_encoding():
    key = "grün:und:blau"
    for encoding in ("utf-8", "latin-1"):
        assert refusal([key], basic(password=key, encoding=encoding), b"", 0) == ""


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Basic"},
        {"authorization": "Basic %%%"},
        {"authorization": "Basic é"},
        {"authorization": "Bearer pass"},
        basic(password=""),
        basic(password="Pass"),
        basic(password="pass "),
        basic(user="Hook"),
        basic(user=""),
        basic(user="somebody"),
        basic(scheme="Digest"),
    ],
)
def test_anything_else_is_refused(headers):
    assert refusal(["pass"], headers, b"", 0)


@pytest.mark.parametrize("keys", [[], [""]])
def test_without_a_key_everything_is_refused(keys):
    assert refusal(keys, basic(password=""), b"", 0)
    assert refusal(keys, basic(), b"", 0)


@pytest.mark.parametrize("name", ["hook-invoice.json", "hook-invoice-bare.json", "hook-invoice.xml"])
def test_an_invoice_is_named_with_and_without_its_wrapper_in_json_and_xml(name):
    assert named("invoice.status", raw(name)) == ("invoice.status", "invoice", "1234")


def test_payments_and_comments_name_the_document_they_belong_to():
    assert named("invoice_payment.create", raw("hook-invoice-payment.json"))[1:] == ("invoice", "1234")
    found = named("credit_note_payment.delete", raw("hook-credit-note-payment.xml"))
    assert found[1:] == ("credit_note", "88")


def test_without_the_header_the_wrapper_tells_what_it_is():
    (hint,) = hints({}, raw("hook-invoice-payment.json"))
    assert (hint.event, hint.external_id) == ("invoice_payment", "1234")


def test_xml_in_another_encoding_is_read():
    text = raw("hook-invoice.xml").decode().replace("UTF-8", "UTF-16")
    assert named("invoice.update", text.encode("utf-16"))[2] == "1234"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_declares_entities_is_not_read(encoding):
    text = raw("hook-with-entities.xml").decode().replace("UTF-8", encoding)
    (hint,) = hints({"x-billomat-webhook-event": "invoice.update"}, text.encode(encoding))
    assert hint.odd
    assert not hint.external_id


def test_events_about_what_the_desk_does_not_show_are_passed_over():
    for subject in NOT_SHOWN:
        (hint,) = hints({"x-billomat-webhook-event": f"{subject}.create"}, b'{"offer": {"id": "1"}}')
        assert (hint.external_id, hint.odd) == ("", False)
    assert not NOT_SHOWN & set(SUBJECTS)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"5", b"{}", b"{", b"<invoice>", b"<invoice/>", b"<a><b/></a>", b"\x00", b"[" * 100_000),
        *(b'{"invoice": []}', b'{"invoice": {}}', b'{"invoice": {"id": null}}', b'{"invoice": {"id": {}}}'),
        *(
            b'{"invoice": {"id": true}}',
            b'{"invoice": {"id": "%s"}}' % (b"1" * 201),
            b"<invoice><id> </id></invoice>",
        ),
        *(b"<a>" * 100_000, b'<?xml version="1.0" encoding="none-such"?><invoice><id>1</id></invoice>'),
        *(b"<invoice><x><id>1</id></x></invoice>",),
    ],
)
def test_what_cannot_be_understood_says_so_and_never_fails(body):
    for event in ("invoice.update", "something.new", "", "invoice", "\x00"):
        found = hints({"x-billomat-webhook-event": event}, body)
        assert [(hint.odd, hint.external_id, bool(hint.note)) for hint in found] == [(True, "", True)]
