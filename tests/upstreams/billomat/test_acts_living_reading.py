"""PDFs in their versions, those of reminders, and sums by group: what is only read."""

import csv
import io

import pytest

from arapp.receivables.records import CREDIT_NOTE, INVOICE
from arapp.sandbox.base import Fault
from arapp.upstreams.base import Gone, NotReady, WrongCredentials
from arapp.upstreams.http import Rejected
from tests.upstreams.billomat.issued import PDF
from tests.upstreams.billomat.wiring import refusal


def asked(standin) -> tuple[str, str | None]:
    last = standin.requests[-1]
    return last.path, last.first("type")


@pytest.mark.parametrize(("kind", "add"), [(INVOICE, "add_invoice"), (CREDIT_NOTE, "add_credit_note")])
def test_the_print_version_is_another_file_than_the_pdf(standin, adapter, kind, add):
    row = getattr(standin, add)(status="OPEN")
    plain, bare = (adapter.document(kind, str(row["id"]), variant) for variant in ("", "print"))
    assert asked(standin) == (f"/api/{kind.replace('_', '-')}s/{row['id']}/pdf", "print")
    assert plain.content.startswith(b"%PDF")
    assert bare.content.startswith(b"%PDF")
    assert plain.content != bare.content


def test_the_signed_version_is_what_was_uploaded(standin, adapter):
    row = standin.add_invoice(status="OPEN")
    with pytest.raises(Gone, match="no such version"):
        adapter.document(INVOICE, str(row["id"]), "signed")
    standin.tables["invoices"].signed[row["id"]] = PDF
    assert adapter.document(INVOICE, str(row["id"]), "signed").content == PDF


def test_a_print_version_that_is_switched_off_is_not_there(standin, adapter):
    row = standin.add_invoice(status="OPEN")
    standin.settings["print_version"] = False
    with pytest.raises(Gone, match="no such version"):
        adapter.document(INVOICE, str(row["id"]), "print")


@pytest.mark.parametrize("variant", ["", "print", "signed"])
def test_a_draft_has_no_version_yet(standin, adapter, variant):
    with pytest.raises(NotReady, match="when the draft is completed"):
        adapter.document(INVOICE, str(standin.add_invoice()["id"]), variant)


def test_a_reminder_has_a_pdf_of_its_own(standin, adapter):
    invoice = standin.add_invoice(status="OVERDUE")
    reminder = standin.add_reminder(invoice["id"], status="OPEN")
    found = adapter.document(INVOICE, str(invoice["id"]), f"reminder:{reminder['id']}")
    assert asked(standin) == (f"/api/reminders/{reminder['id']}/pdf", None)
    assert (found.filename, b"Mahnung" in found.content) == (f"Mahnung {invoice['invoice_number']}.pdf", True)


def test_a_credit_note_is_found_by_its_paper(standin, adapter):
    invoice, note = standin.add_invoice(status="OPEN"), standin.add_credit_note(status="OPEN")
    found = adapter.document(INVOICE, str(invoice["id"]), f"credit_note:{note['id']}")
    assert found.filename == f"Gutschrift {note['credit_note_number']}.pdf"


def test_a_reminder_that_is_a_draft_has_no_pdf_yet_and_an_unknown_one_is_gone(standin, adapter):
    invoice = standin.add_invoice(status="OVERDUE")
    draft = standin.add_reminder(invoice["id"])
    with pytest.raises(NotReady):
        adapter.document(INVOICE, str(invoice["id"]), f"reminder:{draft['id']}")
    with pytest.raises(Gone, match="no reminder with the id 4"):
        adapter.document(INVOICE, str(invoice["id"]), "reminder:4")


@pytest.mark.parametrize("variant", ["draft", "offer:3", "print:1", ":"])
def test_a_version_nobody_knows_is_gone_without_asking(standin, adapter, variant):
    row = standin.add_invoice(status="OPEN")
    with pytest.raises(Gone):
        adapter.document(INVOICE, str(row["id"]), variant)
    assert not standin.requests


# reports


def table(document) -> list[list[str]]:
    return list(csv.reader(io.StringIO(document.content.decode())))


def test_totals_are_billomats_groups_as_a_table(standin, adapter):
    first, second = standin.add_client(), standin.add_client()
    for client, day, price in ((first, "2026-01-05", 100), (first, "2026-01-20", 50), (second, "2026-02-01", "7.5")):
        line = {"quantity": 1, "unit_price": price, "tax_name": "MwSt", "tax_rate": 19}
        standin.add_invoice([line], status="OPEN", client_id=client["id"], date=day)
    found = adapter.report("totals", {"by": "client,month", "from": "2026-01-01", "to": "2026-12-31"})
    assert standin.requests[-1].path == "/api/invoices"
    assert dict(standin.requests[-1].query) == {"group_by": "client,month", "from": "2026-01-01", "to": "2026-12-31"}
    assert (found.content_type, found.filename) == ("text/csv", "totals-by-client-month.csv")
    assert table(found) == [
        ["client_id", "month", "total_net", "total_gross", "currency_code"],
        [str(first["id"]), "2026-01", "150", "178.5", "EUR"],
        [str(second["id"]), "2026-02", "7.5", "8.93", "EUR"],
    ]


@pytest.mark.parametrize("by", ["client", "status", "day", "week", "month", "year", "year,status", "status,year"])
def test_totals_by_each_word_have_its_values_in_front(standin, adapter, by):
    standin.add_invoice(status="OPEN", date="2026-03-02")
    values = {"client": str(next(iter(standin.tables["clients"].rows))), "status": "OPEN", "day": "2026-03-02"}
    values |= {"week": "2026-10", "month": "2026-03", "year": "2026"}
    rows = table(adapter.report("totals", {"by": by}))
    assert rows[1][:-3] == [values[word] for word in by.split(",")]


def test_totals_of_no_invoices_are_a_heading(standin, adapter):
    assert table(adapter.report("totals", {"by": "year"})) == [["year", "total_net", "total_gross", "currency_code"]]


def test_totals_take_their_words_as_a_list_too(standin, adapter):
    standin.add_invoice(status="OPEN")
    as_text, as_list = (adapter.report("totals", {"by": by}) for by in ("status,year", ["status", "year"]))
    assert as_text == as_list


@pytest.mark.parametrize(
    "data", [{"by": "year", "format": "xlsx"}, {}, {"by": ""}, {"by": []}, {"by": "customer"}, {"by": "year,"}]
)
def test_totals_as_billomat_does_not_have_them_are_refused_without_asking(standin, adapter, data):
    with pytest.raises(Rejected):
        adapter.report("totals", data)
    assert not standin.requests


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (["bogus"], "Billomat has no totals by “bogus”."),
        ([], "Say what the totals are by: client, status, day, week, month or year."),
    ],
)
def test_what_was_never_sent_is_not_said_to_be_an_answer(adapter, by, words):
    with pytest.raises(Rejected) as refused:
        adapter.report("totals", {"by": by})
    assert str(refused.value) == words


def test_a_report_nobody_knows_is_gone(standin, adapter):
    with pytest.raises(Gone):
        adapter.report("sie4", {})


def test_totals_with_a_wrong_key_say_so(standin, adapter):
    standin.faults.append(Fault(refusal(401, "Unauthorized")))
    with pytest.raises(WrongCredentials):
        adapter.report("totals", {"by": "year"})
