"""Bulk decisions: a summary first, then a result for each row; each row stands for itself."""

import pytest

from arapp.approvals.models import Decision
from tests.conftest import make_invoice, make_source, make_user

DECIDE = "/invoices/decide/"
HTMX = {"HX-Request": "true"}


def text(response):
    return response.content.decode()


def pair(invoice, digest=None):
    return f"{invoice.pk}:{invoice.digest if digest is None else digest}"


@pytest.fixture
def three(source):
    return [make_invoice(source) for _ in range(3)]


def test_every_row_is_decided_and_counted(signed_in, three):
    response = signed_in().post(DECIDE, {"ids": [pair(i) for i in three], "action": "approve"})
    assert response.status_code == 200
    assert "3 approved, 0 refused" in text(response)
    assert Decision.objects.count() == 3


def test_a_stale_a_decided_a_missing_and_a_garbled_row_are_each_refused_by_themselves(signed_in, three):
    three[1].approval.approve(make_user(first_name="Petra"), three[1].digest)
    ids = [pair(three[0]), pair(three[1]), pair(three[2], "00"), "999999:aa", "garbage", "", "7" * 40 + ":", "1:<b>"]
    page = text(signed_in().post(DECIDE, {"ids": ids, "action": "approve"}))
    assert "1 approved, 7 refused" in page
    assert "Petra was first" in page
    assert "changed after you opened it" in page
    assert "There is no such invoice any more" in page
    assert "This is not a row of the list" in page
    assert "<b>" not in page.split("results", 1)[1].split("</table>")[0]
    assert Decision.objects.count() == 2


def test_a_row_chosen_twice_counts_once(signed_in, invoice):
    assert "1 approved, 0 refused" in text(
        signed_in().post(DECIDE, {"ids": [pair(invoice)] * 2, "action": "approve"})
    )


def test_the_summary_names_count_sums_effects_and_refusals_and_decides_nothing(signed_in, source):
    mail = make_source(service="billogram")
    letters = [
        make_invoice(mail, service_state="Unattested", receiver_email=f"{n}@example.org", currency="SEK")
        for n in "ab"
    ]
    rows = [make_invoice(source), *letters, make_invoice(mail, service_state="Unattested", receiver_email="")]
    page = text(signed_in().post(DECIDE, {"ids": [pair(i) for i in rows], "action": "approve", "summary": "1"}))
    assert "Approve 3 invoices" in page
    assert "119.00" in page
    assert "238.00" in page
    assert "Approve and send by e-mail to 2 receivers" in page
    assert "a@example.org, b@example.org" in page
    assert "Approve and issue; nothing is sent to the customer" in page
    assert "1 will be refused" in page
    assert "has no e-mail address at Billogram" in page
    assert page.count('name="ids"') == 4
    assert not Decision.objects.exists()


def test_a_bulk_rejection_needs_a_note_and_asks_for_it(signed_in, three):
    response = signed_in().post(DECIDE, {"ids": [pair(i) for i in three], "action": "reject"})
    assert response.status_code == 422
    assert "needs a note" in text(response)
    assert text(response).count('name="ids"') == 3
    done = signed_in().post(DECIDE, {"ids": [pair(i) for i in three], "action": "reject", "note": "Wrong"})
    assert "3 rejected, 0 refused" in text(done)


def test_reopening_takes_back_what_has_not_left_yet(signed_in, three):
    client = signed_in()
    client.post(DECIDE, {"ids": [pair(i) for i in three], "action": "approve"})
    page = text(client.post(DECIDE, {"ids": [pair(i) for i in three], "action": "reopen"}))
    assert "3 reopened, 0 refused" in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"ids": []}, "Choose at least one invoice first"),
        ({"action": "explode"}, "Choose what to do"),
        ({"action": ""}, "Choose what to do"),
        ({"note": "x" * 2_001}, "at most 2000 fit"),
        ({"ids": [f"{n}:" for n in range(5_001)]}, "At most 5000 invoices at once"),
    ],
    ids=["no rows", "unknown action", "no action", "long note", "too many"],
)
def test_what_makes_no_sense_as_a_whole_is_422_with_a_sentence(fields, sentence, signed_in, invoice):
    response = signed_in().post(DECIDE, {"ids": [pair(invoice)], "action": "approve", **fields})
    assert response.status_code == 422
    assert sentence in text(response)
    assert not Decision.objects.exists()


def test_a_long_note_is_kept_with_the_rows(signed_in, invoice):
    note = "because " * 300
    page = text(signed_in().post(DECIDE, {"ids": [pair(invoice)], "action": "reject", "note": note}))
    assert note in page
    assert pair(invoice) in page


def test_htmx_gets_the_results_and_each_row_in_its_place(signed_in, three):
    page = text(signed_in().post(DECIDE, {"ids": [pair(i) for i in three], "action": "approve"}, headers=HTMX))
    assert "<html" not in page
    for invoice in three:
        assert f'<template><tr id="row-{invoice.pk}" hx-swap-oob="true"' in page
    assert 'id="waiting" hx-swap-oob' in page


def test_other_methods_and_people_are_refused(signed_in, client, invoice):
    fields = {"ids": [pair(invoice)], "action": "approve"}
    assert client.post(DECIDE, fields).headers["Location"].startswith("/accounts/login/")
    assert signed_in("viewer").post(DECIDE, fields).status_code == 403
    assert signed_in("approver").get(DECIDE).status_code == 405
    assert not Decision.objects.exists()
