"""Callbacks: which are genuine and what they name (reference 9.3 to 9.5)."""

import hashlib
import hmac
import json
from pathlib import Path

import pytest

from arapp.upstreams.billogram.hooks import hints, refusal

PAYLOADS = Path(__file__).parent / "payloads"
KEY = "demo-sign-key"
MOMENT, NOW = "1767225600.250000", 1767225600.0
BODY = b'{"callback_id":"11111111-2222-4333-8444-555555555555","callback_type":"BillogramEvent"}'
SIGNATURE = "139abca19274c5e3c76bcdd8d294df7e191113faf846b374e92c0cb5ce113b16"
"""The reference's own test vector."""


def payload(name: str) -> bytes:
    return (PAYLOADS / f"callback_{name}.json").read_bytes()


def signed(moment: str = MOMENT, key: str = KEY, body: bytes = BODY, spelling: str = "") -> dict[str, str]:
    signature = hmac.new(key.encode(), moment.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {f"{spelling}billogram-request-timestamp": moment, f"{spelling}billogram-signature": signature}


def test_the_vector_of_the_reference_is_genuine():
    headers = {"billogram-request-timestamp": MOMENT, "billogram-signature": SIGNATURE}
    assert refusal([KEY], headers, BODY, NOW) == ""
    assert signed() == headers


@pytest.mark.parametrize("spelling", ["", "x-"])
def test_both_spellings_and_both_cases_of_hex_are_accepted(spelling):
    headers = signed(spelling=spelling)
    assert refusal([KEY], headers, BODY, NOW) == ""
    headers[f"{spelling}billogram-signature"] = SIGNATURE.upper()
    assert refusal([KEY], headers, BODY, NOW) == ""
    headers[f"{spelling}billogram-signature"] = SIGNATURE[:32] + SIGNATURE[32:].upper()
    assert refusal([KEY], headers, BODY, NOW) == ""


def test_during_a_rotation_the_new_and_the_old_key_are_accepted_and_no_third():
    for key in ("new", "old"):
        assert refusal(["new", "old"], signed(key=key), BODY, NOW) == ""
    assert refusal(["new", "old"], signed(key="third"), BODY, NOW)


@pytest.mark.parametrize("keys", [[], [""], ["", ""]])
def test_without_a_key_everything_is_refused_even_what_is_signed_with_an_empty_one(keys):
    assert refusal(keys, signed(key=""), BODY, NOW)


@pytest.mark.parametrize(
    ("moment", "accepted"),
    [
        ("1767225300", True),
        ("1767225300.000000", True),
        ("1767225299.999", False),
        ("1767225900.000000", True),
        ("1767225900.001", False),
        ("1767225600", True),
        ("0", False),
    ],
)
def test_the_moment_may_be_up_to_300_seconds_away(moment, accepted):
    assert (refusal([KEY], signed(moment), BODY, NOW) == "") is accepted


@pytest.mark.parametrize(
    "moment",
    [
        *("nan", "inf", "-inf", "1e400", "1e9", "-1767225600", "+1767225600", " 1767225600", "1767225600 ", "."),
        *(
            "1767225600.",
            "٢٢",
            "１７６７２２５６００",
            "1767225600,5",
            "0x10",
            "1" * 400,
            "1_767_225_600",
            "1767225600\n",
        ),
    ],
)
def test_a_moment_that_is_no_plain_number_is_refused(moment):
    assert refusal([KEY], signed(moment), BODY, NOW)


@pytest.mark.parametrize(
    "signature", ["", "0" * 64, SIGNATURE[:-1], SIGNATURE + "0", f"{SIGNATURE} ", "ä" * 64, "g" * 64]
)
def test_a_signature_that_does_not_fit_is_refused(signature):
    assert refusal([KEY], signed() | {"billogram-signature": signature}, BODY, NOW)


def test_a_changed_body_a_missing_header_and_the_legacy_md5_alone_are_refused():
    assert refusal([KEY], signed(), BODY + b" ", NOW)
    for name in signed():
        assert refusal([KEY], {k: v for k, v in signed().items() if k != name}, BODY, NOW)
    told = json.loads(BODY) | {"signature": hashlib.md5((json.loads(BODY)["callback_id"] + KEY).encode()).hexdigest()}
    assert told["signature"] == "aef4b2140c2c845dcf259f971ce139dc"
    assert refusal([KEY], {}, json.dumps(told).encode(), NOW)


def test_a_signature_is_never_tried_with_the_moment_of_the_other_spelling():
    own, foreign = signed(), signed(spelling="x-")
    mixed = {
        "billogram-signature": own["billogram-signature"],
        "x-billogram-request-timestamp": foreign["x-billogram-request-timestamp"],
    }
    assert refusal([KEY], mixed, BODY, NOW)


def test_of_two_spellings_that_differ_one_that_is_whole_and_fits_is_enough():
    wrong = {"billogram-request-timestamp": "1", "billogram-signature": "0" * 64}
    assert refusal([KEY], wrong | signed(spelling="x-"), BODY, NOW) == ""
    assert refusal([KEY], signed() | {f"x-{k}": v for k, v in wrong.items()}, BODY, NOW) == ""
    late = signed("1767225000", spelling="x-")
    assert refusal([KEY], wrong | late, BODY, NOW)


def test_an_event_names_its_billogram():
    (hint,) = hints({}, payload("payment"))
    assert (hint.event, hint.kind, hint.external_id) == ("Payment", "invoice", "Q7mVtR2")
    assert hint.call_id == "6f9d1b9e-0c0c-4c5e-9a51-2f4b6a1c7d10"


@pytest.mark.parametrize(("name", "number"), [("recipient_updated", "1017"), ("einvoice_created", "1018")])
def test_what_concerns_a_customer_names_it_by_its_number(name, number):
    (hint,) = hints({}, payload(name))
    assert (hint.kind, hint.external_id, hint.odd) == ("customer", number, False)


def test_a_recalled_payment_names_each_of_its_billograms_once():
    assert [hint.external_id for hint in hints({}, payload("payment_recalled"))] == ["Q7mVtR2", "Z9kLwP4"]


def test_a_recall_of_very_many_is_read_with_the_whole_source():
    payables = [{"type": "Billogram", "billogram": {"id": f"b{n}"}} for n in range(400)]
    body = {"callback_type": "PaymentRecalled", "payment_recall": {"payables": payables}}
    found = hints({}, json.dumps(body).encode())
    assert len(found) == 51
    assert found[-1].odd


def test_what_is_not_shown_here_is_ignored_and_nothing_is_read():
    (hint,) = hints({}, payload("billing_tab"))
    assert (hint.external_id, hint.odd) == ("", False)
    assert hint.note


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"\xff\xfe", b"[]", b"null", b'"x"', b"{", b"<html>", b"[" * 100_000, b'{"callback_type": 5}', b"{}"),
        *(b'{"callback_type": "SomethingNew", "billogram": {"id": "x"}}', b'{"callback_type": "BillogramEvent"}'),
        *(
            b'{"callback_type": "BillogramEvent", "billogram": {"id": %s}}' % i
            for i in (b"null", b"true", b"{}", b'"  "')
        ),
        *(
            b'{"callback_type": "BillogramEvent", "billogram": {"id": "%s"}}' % i
            for i in (b"x" * 201, b"..", b"a\\nb")
        ),
        *(b'{"callback_type": "RecipientUpdated"}', b'{"callback_type": "PaymentRecalled", "payment_recall": {}}'),
        *(b'{"callback_type": "PaymentRecalled", "payment_recall": {"payables": [5, {"billogram": 5}]}}',),
        *(b'{"callback_type": "BillogramEvent", "billogram": {"id": 1%s}}' % (b"0" * 5_000),),
    ],
)
def test_what_cannot_be_understood_says_so_and_never_fails(body):
    found = hints({}, body)
    assert found
    assert all(hint.odd and hint.note and not hint.external_id for hint in found)
