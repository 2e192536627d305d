import json

import httpx
import pytest

from arapp.receivables.money import AmountError, Money
from arapp.receivables.records import CREDIT_NOTE, INVOICE, NamedRecord
from arapp.sandbox.base import Answer, Fault
from arapp.upstreams.base import (
    Account,
    Document,
    Gone,
    NotReady,
    Order,
    WrongCredentials,
)
from arapp.upstreams.billomat import Billomat
from arapp.upstreams.http import BadAnswer, Rejected
from tests.upstreams.billomat.samples import raw
from tests.upstreams.billomat.wiring import HTML, MORNING, canned, ids, refusal

# one document


def test_a_detail_has_lines_history_payments_tags_and_the_people_named(standin, adapter):
    client = standin.add_client(name="Muster AG", email="ap@example.org")
    contact = standin.add_contact(client["id"], first_name="Jonas", last_name="Reimers")
    row = standin.add_invoice(status="OPEN", client_id=client["id"], contact_id=contact["id"])
    standin.pay(row["id"], 20, mark=False, type="CASH")
    standin.tables["invoice-tags"].create({"invoice_id": row["id"], "name": "vip"})
    found = adapter.detail(INVOICE, str(row["id"]))
    assert [line.title for line in found.lines] == ["Arbeitszeit"]
    assert [event.kind for event in found.events] == ["CREATE", "STATUS", "PAYMENT"]
    assert found.owner == NamedRecord(external_id="301", name="Merle Osterkamp", email="merle@example.org")
    assert found.contact.name == "Jonas Reimers"
    assert [(move.amount, move.method) for move in found.movements] == [(Money(2000, "EUR"), "CASH")]
    assert [tag.external_id for tag in found.tags] == ["vip"]
    assert found.decided_at == MORNING
    assert found.payload["id"] == found.external_id
    assert found.receiver_email is None


def test_a_credit_note_has_a_detail_of_its_own_resources(standin, adapter):
    row = standin.add_credit_note(status="PAID")
    found = adapter.detail(CREDIT_NOTE, str(row["id"]))
    assert (found.kind, found.state, len(found.lines), len(found.movements)) == ("credit_note", "paid", 1, 1)
    assert set(found.detail) == {"credit-note", "items", "comments", "payments", "tags"}


def test_a_row_that_was_just_read_is_not_fetched_again_and_a_draft_has_no_payments(standin, adapter):
    row = standin.wire(standin.add_invoice()["id"])
    standin.requests.clear()
    adapter.detail(INVOICE, row["id"], row)
    paths = [request.path for request in standin.requests]
    assert paths == [f"/api/{name}" for name in ("invoice-items", "invoice-comments", "invoice-tags", "users")]


def test_a_row_of_another_document_is_not_taken_for_it(standin, adapter):
    first, second = standin.add_invoice(), standin.add_invoice()
    assert adapter.detail(INVOICE, str(first["id"]), standin.wire(second["id"])).external_id == str(first["id"])


def test_users_and_articles_are_asked_for_once(standin, adapter):
    article = next(iter(standin.tables["articles"].rows))
    rows = [standin.add_invoice([{"article_id": article, "quantity": 1}]) for _ in range(2)]
    found = [adapter.detail(INVOICE, str(row["id"])) for row in rows]
    assert found[1].lines[0].item.name
    assert found[1].lines[0].item.number
    paths = [request.path for request in standin.requests]
    assert (paths.count("/api/users"), paths.count(f"/api/articles/{article}")) == (1, 1)


@pytest.mark.parametrize("answer", [refusal(403, "no"), refusal(401, "Unauthorized"), HTML, refusal(404, "gone")])
def test_people_and_articles_that_cannot_be_read_are_known_by_their_ids(standin, adapter, answer):
    article = next(iter(standin.tables["articles"].rows))
    contact = standin.add_contact(standin.add_client()["id"])
    row = standin.add_invoice(
        [{"article_id": article, "quantity": 1}], client_id=contact["client_id"], contact_id=contact["id"]
    )
    for part in ("/users", "/articles", "/contacts"):
        standin.faults.append(Fault(answer, times=9, path=part))
    found = adapter.detail(INVOICE, str(row["id"]))
    assert found.owner == NamedRecord(external_id="301")
    assert found.contact == NamedRecord(external_id=str(contact["id"]))
    assert found.lines[0].item == NamedRecord(external_id=str(article))


def test_a_document_with_more_items_than_a_page_is_read_whole(standin, adapter, small_pages):
    row = standin.add_invoice([{"title": f"Zeile {at}", "quantity": 1, "unit_price": 1} for at in range(7)])
    assert len(adapter.detail(INVOICE, str(row["id"])).lines) == 7


def test_rows_of_other_documents_are_a_bad_answer(standin, adapter):
    row, other = standin.add_invoice(), standin.add_invoice()
    item = standin.tables["invoice-items"].of("invoice_id", other["id"])[0]

    def others(answer: Answer) -> Answer:
        held = {"invoice-item": standin.wire(item["id"], "invoice-items"), "@total": "1"}
        return Answer(200, json.dumps({"invoice-items": held}).encode(), answer.headers)

    standin.faults.append(Fault(change=others, path="invoice-items"))
    with pytest.raises(BadAnswer, match="other documents"):
        adapter.detail(INVOICE, str(row["id"]))


def test_what_cannot_be_read_carries_its_payload(standin, adapter):
    row = standin.add_invoice()

    def german(answer: Answer) -> Answer:
        body = json.loads(answer.body)
        body["invoice"]["total_gross"] = "1.234,56"
        return Answer(200, json.dumps(body).encode(), answer.headers)

    standin.faults.append(Fault(change=german, path=f"invoices/{row['id']}"))
    with pytest.raises(AmountError) as caught:
        adapter.detail(INVOICE, str(row["id"]))
    assert caught.value.payload["total_gross"] == "1.234,56"


@pytest.mark.parametrize("external_id", ["999999", "not-a-number", "a/b?c"])
def test_what_is_not_there_is_gone(adapter, external_id):
    with pytest.raises(Gone):
        adapter.detail(INVOICE, external_id)
    with pytest.raises(Gone):
        adapter.customer(external_id)
    with pytest.raises(Gone):
        adapter.document(INVOICE, external_id)


def test_a_foreign_id_is_no_wrong_key_and_nothing_that_is_gone(standin, adapter):
    standin.foreign_ids.add(5)
    for read in (lambda: adapter.detail(INVOICE, "5"), lambda: adapter.customer("5")):
        with pytest.raises(Rejected, match="Unauthorized"):
            read()


def test_a_key_that_was_withdrawn_meanwhile_is_no_foreign_id(standin, adapter):
    row = standin.add_invoice()
    standin.keys.clear()
    for call in (adapter.detail, adapter.document):
        with pytest.raises(WrongCredentials):
            call(INVOICE, str(row["id"]))
    with pytest.raises(WrongCredentials):
        adapter.customer("1")
    with pytest.raises(WrongCredentials):
        adapter.carry_out(Order("complete", INVOICE, str(row["id"])))


def test_a_customer_is_read_by_id(standin, adapter):
    client = standin.add_client(name="Muster AG", archived=True)
    found = adapter.customer(str(client["id"]))
    assert (found.name, found.archived, found.brief) == ("Muster AG", True, False)


# the PDF


@pytest.mark.parametrize(("kind", "add"), [(INVOICE, "add_invoice"), (CREDIT_NOTE, "add_credit_note")])
def test_the_pdf_of_an_issued_document_is_fetched(standin, adapter, kind, add):
    row = getattr(standin, add)(status="OPEN")
    found = adapter.document(kind, str(row["id"]))
    assert found.content.startswith(b"%PDF")
    assert found.content_type == "application/pdf"
    assert found.filename.endswith(".pdf")


def test_a_draft_has_no_pdf_yet(standin, adapter):
    row = standin.add_invoice()
    with pytest.raises(NotReady, match="draft"):
        adapter.document(INVOICE, str(row["id"]))


def test_an_issued_document_without_a_pdf_is_not_ready(standin, adapter):
    row = standin.add_invoice(status="OPEN")
    standin.faults.append(Fault(refusal(404, "Row not found"), path="/pdf"))
    with pytest.raises(NotReady, match="no PDF"):
        adapter.document(INVOICE, str(row["id"]))


@pytest.mark.parametrize(("held", "failure"), [("", NotReady), ("not base64!", BadAnswer), ("ü", BadAnswer)])
def test_a_pdf_that_is_empty_or_garbled_is_not_shown(standin, adapter, held, failure):
    row = standin.add_invoice(status="OPEN")
    body = json.dumps({"pdf": {"id": "1", "base64file": held}}).encode()
    standin.faults.append(Fault(Answer(200, body), path="/pdf"))
    with pytest.raises(failure):
        adapter.document(INVOICE, str(row["id"]))


# answers as the reference writes them

ANSWERS = {
    "/clients/myself": "client-myself",
    "/clients": "clients-many",
    "/articles": "articles-one",
    "/units": "units-many",
    "/taxes": "taxes-many",
    "/invoices": "invoices-many",
    "/credit-notes": "credit-notes-one",
    "/invoices/9002": "invoice-open",
    "/invoice-items": "invoice-items-one",
    "/invoice-comments": "invoice-comments-many",
    "/invoice-payments": "invoice-payments-one",
    "/invoice-tags": "invoice-tags-one",
    "/users": "users-many",
    "/users/myself": "user-myself",
    "/articles/5": "article",
    "/contacts/31": "contact",
    "/invoices/9002/pdf": "pdf",
}


@pytest.fixture
def written() -> Billomat:
    """An account made of payload files."""
    return canned(lambda request: httpx.Response(200, content=raw(ANSWERS[request.url.path[4:]] + ".json")))


def test_an_account_written_by_hand_is_read(written):
    assert written.account() == Account("77", "Musterschreinerei GmbH")
    assert [ids(written, stream) for stream in written.streams] == [
        ["501", "502", "503"],
        ["5"],
        ["9001", "9002"],
        ["7001"],
    ]


def test_a_document_written_by_hand_is_read_whole(written):
    found = written.detail(INVOICE, "9002")
    assert (found.lines[0].item.number, found.contact.name, found.owner.name) == (
        "A5",
        "Jonas Reimers",
        "Merle Osterkamp",
    )
    assert (len(found.events), len(found.movements), len(found.tags)) == (5, 1, 1)
    assert found.own_gross == found.gross.amount


def test_a_pdf_written_by_hand_is_read(written):
    assert written.document(INVOICE, "9002") == Document(b"%PDF-1.3\n", "application/pdf", "Rechnung RE43.pdf")


def test_another_document_than_the_one_asked_for_is_no_answer(standin, adapter):
    asked, other = standin.add_invoice(), standin.add_invoice(status="OPEN")
    body = json.dumps({"invoice": standin.wire(other["id"])}).encode()
    wrong = Answer(200, body, (("Content-Type", "application/json"),))
    standin.faults.append(Fault(answer=wrong, path=f"/invoices/{asked['id']}", times=9))
    for call in (adapter.detail, lambda kind, external_id: adapter.again("invoices", external_id)):
        with pytest.raises(BadAnswer):
            call(INVOICE, str(asked["id"]))
