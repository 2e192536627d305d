"""Each act on a document that is there: the request, its effect, the mirror, a refusal and lost answers."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from arapp.receivables.models import Invoice
from arapp.sandbox.base import Answer, Fault
from arapp.upstreams.tries import mark_of
from tests.upstreams.billomat.issued import PDF, Issued, issued, stored
from tests.upstreams.conftest import Desk
from tests.upstreams.pushing import JSON

Data = dict[str, Any]
COMMENTS_CLOSED = Answer(403, b'{"errors": {"error": "no right"}}', JSON)
ENCODED = base64.b64encode(PDF).decode()


@dataclass(frozen=True)
class Case:
    """One act. ``path`` ends the path of its write; ``{id}`` in it is the document's."""

    kind: str
    method: str
    path: str
    body: Callable[[Issued, Data], Any]
    effects: Callable[[Issued], int]
    """How often the stand-in has it."""
    mirrored: Callable[[Invoice], bool]
    data: Data = field(default_factory=dict)
    prepare: Callable[[Issued], Data] = lambda issued: {}
    """Brings the document there, past the desk, and gives what the data needs of it."""
    status: str = "OPEN"


def events(invoice: Invoice, kind: str) -> int:
    return invoice.events.filter(kind=kind).count()


def comments(issued: Issued, key: str) -> int:
    rows = issued.standin.tables["invoice-comments"].of("invoice_id", issued.row["id"])
    return sum(row["actionkey"] == key for row in rows)


def with_file(issued: Issued) -> Data:
    return {"file": stored("RE1 signed.pdf")}


def with_attachment(issued: Issued) -> Data:
    return {"attachments": [stored("terms.pdf")]}


def with_payment(issued: Issued) -> Data:
    return {"payment": str(issued.standin.pay(issued.id, 20, mark=False)["id"])}


def with_tag(issued: Issued) -> Data:
    issued.standin.tables["invoice-tags"].create({"invoice_id": issued.row["id"], "name": "old"})
    return {}


def reminders(issued: Issued) -> list[dict[str, Any]]:
    return issued.standin.tables["reminders"].of("invoice_id", issued.row["id"])


def with_reminder(issued: Issued) -> Data:
    return {"reminder": str(issued.standin.add_reminder(issued.row["id"], status="OPEN")["id"])}


def payments(issued: Issued) -> list[dict[str, Any]]:
    return issued.standin.tables["invoice-payments"].of("invoice_id", issued.row["id"])


def marked_text(issued: Issued, text: str) -> str:
    """Text with the mark of the only intent there is."""
    [intent] = issued.invoice.intents.all()
    return f"{text} [{mark_of(intent)}]"


MAIL_DATA = {
    "to": ["a@example.org", "b@example.org"],
    "cc": ["c@example.org"],
    "bcc": ["d@example.org"],
    "from": "ar@example.org",
    "subject": "Your invoice",
    "body": "See attachment.",
    "filename": "invoice-17",
}

CASES = [
    Case(
        "invoice.email",
        "POST",
        "/invoices/{id}/email",
        lambda issued, data: {
            "email": {
                "recipients": {name: MAIL_DATA[name] for name in ("to", "cc", "bcc")},
                **{name: MAIL_DATA[name] for name in ("from", "subject", "body", "filename")},
                "attachments": {
                    "attachment": [
                        {"filename": "terms.pdf", "mimetype": "application/pdf", "base64file": ENCODED},
                    ]
                },
            }
        },
        lambda issued: len(issued.standin.emails),
        lambda invoice: events(invoice, "MAIL") == 1 and invoice.sent_at is not None,
        MAIL_DATA,
        with_attachment,
    ),
    Case(
        "invoice.mail",
        "POST",
        "/invoices/{id}/mail",
        lambda issued, data: {"mail": {"color": 1, "duplex": 0, "paper_weight": "80"}},
        lambda issued: len(issued.standin.letters),
        lambda invoice: events(invoice, "LETTER") == 1,
        {"color": True, "duplex": False, "paper_weight": "80"},
    ),
    Case(
        "invoice.sign",
        "PUT",
        "/invoices/{id}/upload-signature",
        lambda issued, data: {"signature": {"base64file": ENCODED}},
        lambda issued: comments(issued, "SIGN"),
        lambda invoice: events(invoice, "SIGN") == 1,
        prepare=with_file,
    ),
    Case(
        "payment.create",
        "POST",
        "/invoice-payments",
        lambda issued, data: {
            "invoice-payment": {
                "invoice_id": issued.id,
                "amount": "25.00",
                "comment": marked_text(issued, "by hand"),
                "mark_invoice_as_paid": 0,
                "date": "2026-11-18",
                "type": "BANK_TRANSFER",
            }
        },
        lambda issued: len(payments(issued)),
        lambda invoice: (invoice.paid, invoice.open, invoice.movements.count()) == (2500, 9400, 1),
        {"amount": "25.00", "date": "2026-11-18", "method": "bank_transfer", "note": "by hand"},
    ),
    Case(
        "payment.delete",
        "DELETE",
        "/invoice-payments/{payment}",
        lambda issued, data: None,
        lambda issued: comments(issued, "DELETE_PAYMENT"),
        lambda invoice: (invoice.paid, invoice.open, invoice.movements.count()) == (0, 11900, 0),
        prepare=with_payment,
    ),
    Case(
        "invoice.cancel",
        "PUT",
        "/invoices/{id}/cancel",
        lambda issued, data: None,
        lambda issued: comments(issued, "CANCEL"),
        lambda invoice: (invoice.state, invoice.service_state) == ("cancelled", "CANCELED"),
    ),
    Case(
        "invoice.uncancel",
        "PUT",
        "/invoices/{id}/uncancel",
        lambda issued, data: None,
        lambda issued: int(issued.row["status"] == "OPEN"),
        lambda invoice: (invoice.state, invoice.service_state) == ("open", "OPEN"),
        status="CANCELED",
    ),
    Case(
        "invoice.comment",
        "POST",
        "/invoice-comments",
        lambda issued, data: {
            "invoice-comment": {
                "invoice_id": issued.id,
                "comment": marked_text(issued, "They promised to pay."),
                "public": 0,
            }
        },
        lambda issued: comments(issued, "COMMENT"),
        lambda invoice: invoice.events.filter(text__startswith="They promised to pay.").count() == 1,
        {"body": "They promised to pay."},
    ),
    Case(
        "invoice.tag",
        "POST",
        "/invoice-tags",
        lambda issued, data: {"invoice-tag": {"invoice_id": issued.id, "name": "vip"}},
        lambda issued: len(issued.standin.tables["invoice-tags"].of("invoice_id", issued.row["id"])),
        lambda invoice: [tag.name for tag in invoice.tags.all()] == ["vip"],
        {"tags": ["vip"], "remove": ["old"]},
        with_tag,
    ),
    Case(
        "invoice.remind",
        "POST",
        "/reminders",
        lambda issued, data: {
            "reminder": {
                "invoice_id": issued.id,
                "customfield": issued.invoice.intents.get().reference,
                "date": "2026-11-20",
                "due_days": 5,
                "subject": "Please pay",
                "intro": "Dear all",
                "note": "Thank you",
            }
        },
        lambda issued: len(reminders(issued)),
        lambda invoice: [paper.service_state for paper in invoice.papers.all()] == ["OPEN"],
        {"date": "2026-11-20", "due_days": 5, "subject": "Please pay", "intro": "Dear all", "note": "Thank you"},
        status="OVERDUE",
    ),
    Case(
        "reminder.email",
        "POST",
        "/reminders/{reminder}/email",
        lambda issued, data: {
            "email": {"recipients": {"to": ["a@example.org"]}, "subject": "Reminder", "body": "Please."}
        },
        lambda issued: len(issued.standin.emails),
        lambda invoice: events(invoice, "REMINDER_MAIL") == 1,
        {"to": ["a@example.org"], "subject": "Reminder", "body": "Please."},
        with_reminder,
        "OVERDUE",
    ),
    Case(
        "reminder.cancel",
        "PUT",
        "/reminders/{reminder}/cancel",
        lambda issued, data: None,
        lambda issued: comments(issued, "REMINDER_CANCEL"),
        lambda invoice: [paper.service_state for paper in invoice.papers.all()] == ["CANCELED"],
        {},
        with_reminder,
        "OVERDUE",
    ),
]

each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)


def ready(case: Case, connected: Desk) -> tuple[Issued, Data, str]:
    """The document, the act's data, and the path of its write."""
    found = issued(connected, case.status)
    data = case.data | case.prepare(found)
    return found, data, case.path.format(id=found.id, **data)


@each
def test_the_request_its_effect_and_the_mirror_afterwards(case, connected):
    found, data, path = ready(case, connected)
    assert found.tell(case.kind, **data).state == "done"
    method, sent_to, body = found.writes()[0]
    assert (method, sent_to) == (case.method, f"/api{path}")
    assert body == case.body(found, data)
    assert case.effects(found) == 1
    assert case.mirrored(found.invoice)


@each
def test_a_refusal_is_told_in_the_services_words_and_changes_nothing(case, connected):
    found, data, path = ready(case, connected)
    found.refuse(case.method, path, "No, thank you")
    intent = found.tell(case.kind, **data)
    assert (intent.state, intent.error) == ("refused", "No, thank you")
    assert found.requests(case.method, path) == 1
    assert not found.writes()


@each
@pytest.mark.parametrize("after", [True, False], ids=["took effect", "never arrived"])
def test_a_lost_answer_leaves_exactly_one_effect(case, after, connected):
    found, data, path = ready(case, connected)
    found.lose(case.method, path, after=after)
    assert found.tell(case.kind, **data).state == "done"
    assert case.effects(found) == 1
    assert len(found.writes(case.method, path)) == 1
    assert case.mirrored(found.invoice)


REFUSED_BY_STATE = [
    ("invoice.email", {"to": ["a@example.org"]}, "DRAFT", "Status DRAFT can not be sent"),
    ("invoice.mail", {}, "DRAFT", "Status DRAFT can not be sent"),
    ("payment.create", {"amount": "5.00"}, "DRAFT", "Only status OPEN or OVERDUE can be paid"),
    ("payment.create", {"amount": "5.00"}, "PAID", "Only status OPEN or OVERDUE can be paid"),
    ("invoice.cancel", {}, "PAID", "Only status OPEN or OVERDUE can be canceled"),
    ("invoice.encash", {}, "DRAFT", "Only status OPEN or OVERDUE can be encashed"),
    ("invoice.remind", {}, "OPEN", "The invoice is not overdue"),
    ("reminder.cancel", {"reminder": "1"}, "OPEN", "Billomat has no such reminder of this invoice."),
    ("reminder.email", {"reminder": "1", "to": ["a@example.org"]}, "OPEN", "Billomat has no such reminder"),
]


@pytest.mark.parametrize(("kind", "data", "status", "words"), REFUSED_BY_STATE)
def test_what_its_state_forbids_is_refused(kind, data, status, words, connected):
    found = issued(connected, status)
    intent = found.tell(kind, **data)
    assert (intent.state, words in intent.error) == ("refused", True)
    assert found.row["status"] == status


def test_a_draft_is_not_signed(connected):
    found = issued(connected, "DRAFT")
    intent = found.tell("invoice.sign", file=stored())
    assert (intent.state, intent.error) == ("refused", "Status DRAFT can not be signed")


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("reminder.email", {"to": ["a@example.org"]}, "Status DRAFT can not be sent"),
        ("reminder.cancel", {}, "Only status OPEN or OVERDUE can be canceled"),
    ],
)
def test_a_reminder_that_is_a_draft_is_neither_mailed_nor_called_off(kind, data, words, connected):
    found = issued(connected, "OVERDUE")
    reminder = found.standin.add_reminder(found.row["id"])
    intent = found.tell(kind, reminder=str(reminder["id"]), **data)
    assert (intent.state, intent.error, reminder["status"]) == ("refused", words, "DRAFT")


# what is left out, and what hangs on a credit note


def test_what_an_email_does_not_say_is_left_to_billomats_template(connected):
    found = issued(connected)
    template = next(iter(found.standin.tables["email-templates"].rows))
    assert found.tell("invoice.email", to=["a@example.org"], template=str(template)).state == "done"
    sent = {"recipients": {"to": ["a@example.org"]}, "email_template_id": str(template)}
    assert found.writes()[0][2] == {"email": sent}
    assert found.standin.emails[0]["message"]["subject"] == "Ihre Rechnung"


def test_a_letter_nothing_is_said_of_is_printed_as_billomat_does(connected):
    found = issued(connected)
    assert found.tell("invoice.mail").state == "done"
    assert found.writes()[0][2] == {"mail": {}}


def test_a_letter_takes_attachments(connected):
    found = issued(connected)
    assert found.tell("invoice.mail", attachments=[stored("a.pdf"), stored("b.pdf")]).state == "done"
    assert [file["filename"] for file in found.standin.letters[0]["attachments"]] == ["a.pdf", "b.pdf"]


@pytest.mark.parametrize(
    ("kind", "data", "path"),
    [
        ("invoice.email", {"to": ["a@example.org"]}, "/credit-notes/{id}/email"),
        ("invoice.mail", {}, "/credit-notes/{id}/mail"),
        ("invoice.cancel", {}, "/credit-notes/{id}/cancel"),
        ("invoice.comment", {"body": "So be it."}, "/credit-note-comments"),
        ("invoice.tag", {"tags": ["vip"]}, "/credit-note-tags"),
    ],
)
def test_a_credit_note_is_told_at_its_own_address(kind, data, path, connected):
    found = issued(connected, kind="credit_note")
    assert found.tell(kind, **data).state == "done"
    assert [sent_to for _method, sent_to, _body in found.writes()] == [f"/api{path.format(id=found.id)}"]


# tags one by one


def tags(found: Issued) -> list[str]:
    rows = found.standin.tables["invoice-tags"].of("invoice_id", found.row["id"])
    return [row["name"] for row in rows]


def test_only_tags_that_are_not_so_yet_are_told(connected):
    found = issued(connected)
    with_tag(found)
    intent = found.tell("invoice.tag", tags=["OLD", "new", "New"], remove=["never there"])
    assert (intent.state, tags(found)) == ("done", ["old", "New"])
    assert found.writes() == [("POST", "/api/invoice-tags", {"invoice-tag": {"invoice_id": found.id, "name": "New"}})]


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_tags_go_on_where_an_answer_was_lost(method, after, connected):
    found = issued(connected)
    with_tag(found)
    found.lose(method, "/invoice-tags", after=after)
    assert found.tell("invoice.tag", tags=["a", "b"], remove=["old"]).state == "done"
    assert tags(found) == ["a", "b"]
    assert len(found.writes()) == 3


def test_tags_our_key_may_not_read_are_not_told(connected):
    found = issued(connected)
    no = Answer(403, b'{"errors": {"error": "no right"}}', JSON)
    found.standin.faults.append(Fault(answer=no, method="GET", path="-tags", times=10_000))
    intent = found.tell("invoice.tag", tags=["vip"])
    assert (intent.state, "may not read tags" in intent.error) == ("refused", True)
    assert not found.writes()


# what only the answer proves


def test_a_claim_is_handed_over_once(connected):
    found = issued(connected, "OVERDUE")
    assert found.tell("invoice.encash").state == "done"
    assert found.writes() == [("PUT", f"/api/invoices/{found.id}/encash", None)]
    assert found.standin.encashed == [found.row["id"]]


@pytest.mark.parametrize("after", [True, False])
def test_whether_a_claim_was_handed_over_when_the_answer_is_lost_a_person_finds_out(after, connected):
    found = issued(connected, "OVERDUE")
    found.lose("PUT", "/encash", after=after)
    assert found.tell("invoice.encash").state == "needs_person"
    assert found.requests("PUT", "/encash") == 1
    assert len(found.standin.encashed) == int(after)


# what our key may not read


@pytest.mark.parametrize(
    ("kind", "data", "path"),
    [
        ("invoice.email", {"to": ["a@example.org"]}, "/email"),
        ("invoice.mail", {}, "/mail"),
        ("invoice.comment", {"body": "Called them."}, "-comments"),
        ("invoice.remind", {"to": ["a@example.org"]}, "/email"),
    ],
)
def test_the_answer_is_enough_where_our_key_may_not_read_what_would_tell(kind, data, path, connected):
    found = issued(connected, "OVERDUE")
    found.standin.faults.append(Fault(COMMENTS_CLOSED, method="GET", path="-comments", times=10_000))
    assert found.tell(kind, **data).state == "done"
    assert found.requests("POST", path) == 1


def test_only_a_pdf_is_sent_as_the_signed_version(connected):
    found = issued(connected)
    intent = found.tell("invoice.sign", file=stored("signed.png", b"\x89PNG\r\n\x1a\n"))
    assert (intent.state, intent.error) == ("refused", "The signed version has to be a PDF; nothing was sent.")
    assert not found.writes()


# what is so already


@pytest.mark.parametrize(
    ("kind", "status", "data"),
    [
        ("invoice.cancel", "CANCELED", {}),
        ("invoice.uncancel", "OPEN", {}),
        ("invoice.tag", "OPEN", {"remove": ["old"]}),
        ("payment.delete", "OPEN", {"payment": "4711"}),
    ],
)
def test_what_is_so_already_is_not_told(kind, status, data, connected):
    found = issued(connected, status)
    assert found.tell(kind, **data).state == "done"
    assert not found.writes()


def test_the_same_act_twice_is_done_twice(connected):
    found = issued(connected)
    for _time in range(2):
        assert found.tell("payment.create", amount="5.00").state == "done"
        assert found.tell("invoice.email", to=["a@example.org"]).state == "done"
    assert [row["amount"] for row in payments(found)] == [Decimal(5), Decimal(5)]
    assert len(found.standin.emails) == 2
