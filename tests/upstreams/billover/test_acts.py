"""Companies and invoices made, corrected and deleted: the call, its effect, the mirror, and what goes wrong."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from arapp.outbox.models import Intent
from arapp.receivables.models import Customer, Invoice, Source
from arapp.sandbox.base import Clock, Fault, Write
from arapp.sandbox.billover import Billover as StandIn
from arapp.sandbox.billover.records import Company, Document
from arapp.upstreams.pull import pull
from arapp.upstreams.push import push
from tests.upstreams.acting import carried_out, looked_at_again, wish
from tests.upstreams.billover.driving import changed, said

NEW = {
    "name": "Hafenlicht GmbH",
    "org_no": "DE 4711",
    "tax_office": "Hafenstadt",
    "phone": "+49 555 0199",
    "address": {"street": "Kai 7", "zip": "20095", "city": "Hafenstadt", "country": "DE"},
}
PDF = (b"%PDF-1.4 a paper \x00\xff\r\n--odd\r\n", "RE-2026-0042.pdf")
EIGHT = {
    "gross": "1190.00",
    "vat": "190.00",
    "issue_date": "2026-01-12",
    "number": "RE-2026-0042",
    "currency": "EUR",
    "payment_type": "bank_transfer",
}


@dataclass
class Desk:
    source: Source
    stand_in: StandIn

    def invoice(self, **values: Any) -> Invoice:
        """One that BillOver has read, as the desk mirrors it."""
        uid = self.stand_in.add_invoice(**values).uid
        pull(self.source)
        return Invoice.objects.get(source=self.source, external_id=uid)

    def company(self) -> Customer:
        return Customer.objects.filter(source=self.source, brief=False).order_by("pk").first()

    def wish(self, kind: str, subject: Any = None, files: Any = None, **data: Any) -> Intent:
        return wish(self.source, kind, subject, files=files, **data)

    def told(self, kind: str, subject: Any = None, **data: Any) -> Intent:
        return carried_out(self.wish(kind, subject, **data))

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [(write.method, write.path.removeprefix("/v1")) for write in self.stand_in.journal]

    @property
    def last(self) -> Write:
        return self.stand_in.journal[-1]


@pytest.fixture
def desk(connected: Callable[..., Any]) -> Desk:
    source, stand_in = connected("billover", clock=Clock())
    pull(source)
    return Desk(source, stand_in)


def settled(intent: Intent, most: int = 9) -> Intent:
    """Carried out step by step, as a worker does that waits until each is due."""
    for _step in range(most):
        push(intent.source_id)
        intent = Intent.objects.get(pk=intent.pk)
        if intent.state != "pending":
            return intent
        Intent.objects.filter(pk=intent.pk).update(due_at=intent.created_at)
    raise AssertionError(intent.error)


def body(write: Write) -> dict[str, Any]:
    return json.loads(write.body)


def eight(desk: Desk, uid: str) -> dict[str, Any]:
    """What a PUT of the invoice as it stands would say."""
    now = desk.stand_in.find(uid)
    return {
        "total_price": f"{now.total_price:.2f}",
        "total_vat": f"{now.total_vat:.2f}",
        "invoice_date": now.invoice_date.isoformat(),
        "invoice_number": now.invoice_number,
        "currency": now.currency,
        "payment_type": now.payment_type,
        "company_uid": now.company and now.company.uid,
        "card_uid": now.card and now.card.uid,
    }


# Companies


def test_a_new_customer_is_a_company_with_all_five_keys(desk):
    intent = desk.told("customer.create", **NEW)
    assert (intent.state, desk.writes) == ("done", [("POST", "/companies/")])
    assert body(desk.last) == {
        "name": "Hafenlicht GmbH",
        "address": "Kai 7\n20095 Hafenstadt\nDE",
        "tax_number": "DE 4711",
        "tax_office": "Hafenstadt",
        "phone": "+49 555 0199",
    }
    made = desk.stand_in.companies[intent.result_id]
    assert (made.name, made.tax_number) == ("Hafenlicht GmbH", "DE 4711")
    mirrored = Customer.objects.get(source=desk.source, external_id=intent.result_id)
    assert (intent.customer, mirrored.name, mirrored.brief) == (mirrored, "Hafenlicht GmbH", False)
    assert mirrored.form == NEW


def test_what_is_not_known_of_a_company_is_sent_as_blank(desk):
    desk.told("customer.create", name="Hafenlicht GmbH")
    blank = dict.fromkeys(("address", "tax_number", "tax_office", "phone"), "")
    assert body(desk.last) == blank | {"name": "Hafenlicht GmbH"}


THERE = {
    "name": "Hafenlicht GmbH",
    "tax_number": "DE 4711",
    "tax_office": "Hafenstadt",
    "phone": "+49 555 0199",
    "address": "Kai 7\n20095 Hafenstadt\nDE",
}
"""What ``NEW`` is at BillOver."""


def already_there(desk: Desk, **values: str) -> Company:
    company = next(iter(desk.stand_in.companies.values()))
    for name, value in (THERE | values).items():
        setattr(company, name, value)
    return company


@pytest.mark.parametrize(
    ("known", "data"),
    [
        ({}, NEW),
        ({"name": "HAFENLICHT  gmbh"}, NEW),
        ({"tax_number": "DE4711"}, NEW),
        ({"tax_number": "de-47/11"}, NEW),
        ({}, NEW | {"org_no": "DE-4711"}),
        ({}, NEW | {"org_no": "de4711"}),
        ({"tax_number": ""}, {"name": "Hafenlicht GmbH", "phone": "+49 555 0199"}),
        ({"address": "Kai 7\r\n20095 Hafenstadt\r\nDE\r\n"}, NEW),
        ({"address": "Kai 7\nDE"}, NEW | {"address": {"street": "Kai 7", "country": "DE"}}),
    ],
)
def test_a_company_that_is_there_already_is_not_made_again(desk, known, data):
    there = already_there(desk, **known)
    intent = desk.told("customer.create", **data)
    assert (intent.state, intent.result_id, desk.writes) == ("done", there.uid, [])
    assert intent.customer.external_id == there.uid


@pytest.mark.parametrize(
    ("known", "org_no"),
    [
        ({"phone": "+49 555 0100"}, "DE 4711"),
        ({"address": "Kai 8\n20095 Hafenstadt\nDE"}, "DE 4711"),
        ({"tax_office": ""}, "DE 4711"),
        ({"tax_number": ""}, "DE 4711"),
        ({"name": "Another name"}, "DE 4711"),
        ({"name": "Another name"}, "DE-4711"),
        ({"name": "Another name"}, "de4711"),
        ({"name": "Another name", "tax_number": "DE-4711"}, "DE 4711"),
        ({"name": "Another name", "tax_number": "DE4711"}, "DE-4711"),
        ({"phone": "1", "tax_number": "DE-47-11"}, "DE 4711"),
    ],
)
def test_a_company_that_is_there_already_and_says_something_else_is_named_and_left_as_it_is(desk, known, org_no):
    there = already_there(desk, **known)
    intent = desk.told("customer.create", **NEW | {"org_no": org_no})
    assert (intent.state, desk.writes) == ("refused", [])
    assert intent.error == f"BillOver has this company already ({there.name}); change that one."
    assert {name: getattr(there, name) for name in THERE} == THERE | known
    assert intent.customer is None


def test_of_two_companies_of_one_name_the_one_that_says_the_same_is_taken(desk):
    one, other = list(desk.stand_in.companies.values())[:2]
    for company, phone in ((one, "1"), (other, "2")):
        company.name, company.tax_number, company.phone = "Hafenlicht GmbH", "", phone
    for company in (one, other):
        intent = desk.told("customer.create", name="Hafenlicht GmbH", phone=company.phone)
        assert (intent.state, intent.result_id) == ("done", company.uid)
    assert desk.writes == []


def test_a_company_of_the_same_name_and_another_tax_number_is_another(desk):
    there = next(iter(desk.stand_in.companies.values()))
    there.name, there.tax_number = NEW["name"], "DE 4712"
    intent = desk.told("customer.create", **NEW)
    assert (intent.state, desk.writes) == ("done", [("POST", "/companies/")])
    assert intent.result_id != there.uid


def test_a_changed_customer_is_written_whole_with_what_it_says_now(desk):
    customer = desk.company()
    there = desk.stand_in.companies[customer.external_id]
    there.address, there.tax_number = "Kai 7\n20095 Hafenstadt\nDE", "DE 1"
    intent = desk.told("customer.update", customer, phone="+49 555 0100", address={"street": "Kai 8"})
    assert (intent.state, desk.writes) == ("done", [("PUT", f"/companies/{there.uid}")])
    assert body(desk.last) == {
        "name": there.name,
        "address": "Kai 8\n20095 Hafenstadt\nDE",
        "tax_number": "DE 1",
        "tax_office": there.tax_office,
        "phone": "+49 555 0100",
    }
    customer.refresh_from_db()
    assert (customer.phone, customer.address) == ("+49 555 0100", "Kai 8\n20095 Hafenstadt\nDE")
    assert customer.form["address"]["street"] == "Kai 8"


SIX_LINES = "Hafenlicht\nz. Hd. Kim\nHof 3\nKai 7\n20095 Hafenstadt\nDE"


@pytest.mark.parametrize("data", [{"phone": "7"}, {"phone": "7", "address": {"country": "DE"}}])
def test_an_address_that_does_not_change_goes_back_as_it_was_read(desk, data):
    customer = desk.company()
    there = desk.stand_in.companies[customer.external_id]
    there.address = SIX_LINES
    assert desk.told("customer.update", customer, **data).state == "done"
    assert (body(desk.last)["address"], there.address, there.phone) == (SIX_LINES, SIX_LINES, "7")


def test_a_customer_that_says_so_already_is_not_written(desk):
    customer = desk.company()
    assert desk.told("customer.update", customer, name=customer.name).state == "done"
    assert desk.writes == []


@pytest.mark.parametrize("kind", ["customer.create", "customer.update"])
def test_a_customer_that_the_service_refuses_says_why(desk, kind):
    subject = desk.company() if kind == "customer.update" else None
    problem = {"phone": ["Ensure this field has no more than 40 characters."]}
    desk.stand_in.faults.append(Fault(said(problem, 400), method="PUT" if subject else "POST"))
    intent = desk.told(kind, subject, name="Hafenlicht", phone="1" * 50)
    assert intent.state == "refused"
    assert "phone: Ensure this field has no more than 40 characters." in intent.error
    assert not any(company.name == "Hafenlicht" for company in desk.stand_in.companies.values())


def test_a_company_that_may_not_be_changed_is_not_written(desk):
    desk.stand_in.faults.append(
        Fault(change=changed(lambda body: body | {"permissions": {"can_update": False}}), path="/companies/", times=9)
    )
    intent = desk.told("customer.update", desk.company(), phone="1")
    assert (intent.state, desk.writes) == ("refused", [])
    assert "does not let" in intent.error


# A file


def test_an_upload_is_one_part_then_waits_and_then_corrects_the_eight_values(desk):
    intent = desk.wish("invoice.upload", files={"file": PDF}, **EIGHT, customer=desk.company().external_id)
    intent = carried_out(intent)
    assert (intent.state, desk.writes) == ("pending", [("POST", "/invoices/")])
    made = desk.stand_in.find(intent.result_id)
    assert (made.document.content, made.document.name, made.document.content_type) == (*PDF, "application/pdf")
    request = next(request for request in desk.stand_in.requests if request.method == "POST")
    assert re.fullmatch(r"multipart/form-data; boundary=[\w-]+", request.headers["content-type"])
    assert request.body.count(b"Content-Disposition: form-data;") == 1

    intent = settled(intent)
    assert intent.state == "done"
    assert desk.writes == [("POST", "/invoices/"), ("PUT", f"/invoices/{made.uid}")]
    assert body(desk.last) == eight(desk, made.uid)
    assert body(desk.last)["company_uid"] == desk.company().external_id
    mirrored = Invoice.objects.get(source=desk.source, external_id=made.uid)
    assert (intent.invoice, mirrored.number, mirrored.gross, mirrored.vat) == (
        mirrored,
        "RE-2026-0042",
        119000,
        19000,
    )
    assert mirrored.form == EIGHT | {
        key: uid for key, uid in (("customer", made.company.uid), ("card", made.card.uid if made.card else "")) if uid
    }


def test_an_upload_without_values_is_done_once_it_was_read(desk):
    intent = settled(desk.wish("invoice.upload", files={"file": PDF}))
    assert (intent.state, desk.writes) == ("done", [("POST", "/invoices/")])
    assert Invoice.objects.get(external_id=intent.result_id).processing == "finished"


@pytest.mark.parametrize("reads", range(4))
def test_nothing_is_corrected_where_nothing_is_given_however_soon_the_file_was_read(desk, reads):
    desk.stand_in.reads_until_finished = reads
    intent = settled(desk.wish("invoice.upload", files={"file": PDF}))
    assert (intent.state, desk.writes) == ("done", [("POST", "/invoices/")])


def test_while_a_file_is_read_the_desk_says_so(desk):
    desk.stand_in.reads_until_finished = None
    intent = carried_out(desk.wish("invoice.upload", files={"file": PDF}))
    Intent.objects.filter(pk=intent.pk).update(due_at=intent.created_at)
    intent = carried_out(intent)
    assert (intent.state, intent.error) == ("pending", "BillOver is still reading the file.")
    assert intent.due_at > intent.created_at
    assert intent.invoice.processing == "processing"


def test_a_file_that_cannot_be_read_is_refused_and_says_what_to_do(desk):
    desk.stand_in.ends_in = "failed"
    intent = settled(desk.wish("invoice.upload", files={"file": PDF}, **EIGHT))
    assert (intent.state, desk.writes) == ("refused", [("POST", "/invoices/")])
    assert "could not read the file" in intent.error
    assert intent.invoice.processing == "failed"


def test_a_processing_word_that_is_new_to_us_is_waited_for(desk):
    desk.stand_in.ends_in = "queued"
    intent = desk.wish("invoice.upload", files={"file": PDF}, **EIGHT)
    with pytest.raises(AssertionError, match="still reading"):
        settled(intent)


def test_a_file_that_the_service_refuses_says_why(desk):
    desk.stand_in.faults.append(Fault(said({"file": ["The file type is not supported."]}, 400), method="POST"))
    intent = desk.told("invoice.upload", files={"file": PDF})
    assert (intent.state, intent.error) == ("refused", "file: The file type is not supported.")
    assert intent.invoice is None


def test_values_that_are_refused_after_the_upload_leave_the_invoice_there(desk):
    intent = settled(desk.wish("invoice.upload", files={"file": PDF}, **EIGHT, customer="nobody"))
    assert (intent.state, intent.error) == ("refused", "company_uid: Object with uid=nobody does not exist.")
    assert intent.invoice.external_id == intent.result_id


@pytest.mark.parametrize("behind", [0, 2])
def test_a_lost_upload_is_found_again_by_its_bytes_also_by_a_clock_that_is_behind(desk, behind):
    desk.stand_in.clock.move(minutes=-behind)
    other = (b"%PDF-1.4 another paper", "other.pdf")
    desk.told("invoice.upload", files={"file": other})
    desk.stand_in.faults.append(Fault(method="POST", after=True, drop=True))
    intent = desk.told("invoice.upload", files={"file": PDF})
    made = desk.stand_in.newest_first()[0].uid
    assert intent.state == "unknown"
    desk.told("invoice.upload", files={"file": other})
    intent = settled(looked_at_again(intent))
    assert (intent.state, intent.result_id) == ("done", made)
    assert desk.writes == [("POST", "/invoices/")] * 3


def test_an_upload_that_never_arrived_is_sent_again_once(desk):
    desk.stand_in.faults.append(Fault(method="POST", drop=True))
    intent = desk.told("invoice.upload", files={"file": PDF})
    assert (intent.state, desk.writes) == ("unknown", [])
    intent = settled(looked_at_again(intent))
    assert (intent.state, desk.writes) == ("done", [("POST", "/invoices/")])


def test_an_older_invoice_of_the_same_file_is_not_taken_for_a_lost_upload(desk):
    older = settled(desk.wish("invoice.upload", files={"file": PDF}))
    desk.stand_in.change(older.result_id, created_at=desk.stand_in.now() - timedelta(hours=1))
    desk.stand_in.faults.append(Fault(method="POST", drop=True))
    intent = settled(looked_at_again(desk.told("invoice.upload", files={"file": PDF})))
    assert intent.state == "done"
    assert intent.result_id != older.result_id


def test_a_lost_upload_is_not_taken_for_another_upload_of_the_same_file(desk):
    first = settled(desk.wish("invoice.upload", files={"file": PDF}, **EIGHT))
    desk.stand_in.faults.append(Fault(method="POST", drop=True))
    intent = desk.told("invoice.upload", files={"file": PDF}, **EIGHT | {"number": "RE-B"})
    assert intent.state == "unknown"
    intent = settled(looked_at_again(intent))
    assert intent.state == "done"
    assert numbers(desk, first, intent) == ["RE-2026-0042", "RE-B"]
    assert [method for method, _path in desk.writes] == ["POST", "PUT"] * 2


def test_a_lost_upload_is_not_taken_for_an_invoice_that_was_known_before(desk):
    content, name = PDF
    theirs = desk.stand_in.upload(Document(name, "application/pdf", content))
    desk.stand_in.finish(theirs.uid)
    pull(desk.source)
    before = theirs.invoice_number
    desk.stand_in.faults.append(Fault(method="POST", drop=True))
    intent = settled(looked_at_again(desk.told("invoice.upload", files={"file": PDF}, **EIGHT)))
    assert intent.state == "done"
    assert intent.result_id != theirs.uid
    assert (theirs.invoice_number, intent.invoice.number) == (before, "RE-2026-0042")


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_lost_uploads_of_the_same_file_each_has_its_own_invoice(desk, turned):
    desk.stand_in.faults += [Fault(method="POST", after=True, drop=True), Fault(method="POST", drop=True)]
    lost = [desk.wish("invoice.upload", files={"file": PDF}, **EIGHT | {"number": number}) for number in "AB"]
    carried_out(lost[0])
    for intent in lost[::-1] if turned else lost:
        looked_at_again(intent)
    lost = [settled(intent) for intent in lost]
    assert [intent.state for intent in lost] == ["done", "done"]
    assert numbers(desk, *lost) == ["A", "B"]
    assert [intent.invoice.external_id for intent in lost] == [intent.result_id for intent in lost]
    assert [method for method, _path in desk.writes].count("POST") == 2


def numbers(desk: Desk, *intents: Intent) -> list[str | None]:
    return [desk.stand_in.find(intent.result_id).invoice_number for intent in intents]


def test_the_same_file_again_is_a_second_invoice(desk):
    first, second = (settled(desk.wish("invoice.upload", files={"file": PDF})) for _time in range(2))
    assert first.result_id != second.result_id


def test_an_answer_that_is_not_the_services_own_is_a_lost_one(desk):
    desk.stand_in.faults.append(Fault(method="POST", change=changed(lambda body: {"status": "ok"})))
    intent = desk.told("invoice.upload", files={"file": PDF})
    assert intent.state == "unknown"
    intent = settled(looked_at_again(intent))
    assert (intent.state, desk.writes) == ("done", [("POST", "/invoices/")])


def test_a_file_that_is_not_on_this_machine_is_tried_again_later(desk):
    intent = desk.wish("invoice.upload", files={"file": PDF})
    (Path(settings.DATA_DIR) / "files" / intent.data["file"]).unlink()
    intent = carried_out(intent)
    assert (intent.state, intent.tries, desk.writes) == ("pending", 1, [])
    assert "not here any more" in intent.error


# The eight values


@pytest.mark.parametrize(
    ("name", "value", "key", "sent"),
    [
        ("gross", "240.5", "total_price", "240.50"),
        ("vat", "9", "total_vat", "9.00"),
        ("issue_date", "2026-02-03", "invoice_date", "2026-02-03"),
        ("number", "RE-9", "invoice_number", "RE-9"),
        ("currency", "CHF", "currency", "CHF"),
        ("payment_type", "cash", "payment_type", "cash"),
    ],
)
def test_one_changed_value_is_sent_among_all_eight(desk, name, value, key, sent):
    invoice = desk.invoice()
    before = eight(desk, invoice.external_id)
    intent = desk.told("invoice.update", invoice, **{name: value})
    assert (intent.state, desk.writes) == ("done", [("PUT", f"/invoices/{invoice.external_id}")])
    assert body(desk.last) == before | {key: sent}
    assert eight(desk, invoice.external_id) == before | {key: sent}
    invoice.refresh_from_db()
    assert invoice.form[name] == sent


def test_company_and_card_are_chosen_by_their_uids_and_taken_away_with_null(desk):
    invoice, company = desk.invoice(), desk.company()
    card = next(iter(desk.stand_in.cards))
    assert desk.told("invoice.update", invoice, customer=company.external_id, card=card).state == "done"
    there = desk.stand_in.find(invoice.external_id)
    assert (there.company.uid, there.card.uid) == (company.external_id, card)
    invoice.refresh_from_db()
    assert (invoice.customer, invoice.card.external_id) == (company, card)
    assert desk.told("invoice.update", invoice, card="").state == "done"
    assert (body(desk.last)["card_uid"], there.card) == (None, None)


def test_where_null_is_refused_by_name_the_key_is_left_out(desk):
    desk.stand_in.null_relations = False
    invoice = desk.invoice(card=None)
    intent = desk.told("invoice.update", invoice, number="RE-9")
    assert (intent.state, [write.status for write in desk.stand_in.journal]) == ("done", [400, 200])
    assert "card_uid" not in body(desk.last)
    assert body(desk.last)["company_uid"]


@pytest.mark.parametrize("name", ["invoice_number", "payment_type"])
@pytest.mark.parametrize("value", ["", None])
def test_a_text_that_is_empty_goes_back_as_it_was_read(desk, name, value):
    invoice = desk.invoice(**{name: value})
    before = eight(desk, invoice.external_id)
    assert before[name] == value
    assert desk.told("invoice.update", invoice, gross="5.00").state == "done"
    assert body(desk.last) == before | {"total_price": "5.00"}


def test_a_text_is_emptied_by_an_empty_text(desk):
    invoice = desk.invoice(invoice_number="RE-1")
    assert desk.told("invoice.update", invoice, number="").state == "done"
    assert body(desk.last)["invoice_number"] == ""
    assert desk.told("invoice.update", invoice, number="").state == "done"
    assert len(desk.writes) == 1


def test_only_company_and_card_are_ever_left_out(desk):
    invoice = desk.invoice(invoice_number=None)
    refusal = said({"invoice_number": ["This field may not be null."]}, 400)
    desk.stand_in.faults.append(Fault(refusal, method="PUT"))
    intent = desk.told("invoice.update", invoice, gross="5.00")
    assert (intent.state, intent.error) == ("refused", "invoice_number: This field may not be null.")
    assert [request.method for request in desk.stand_in.requests].count("PUT") == 1


def test_a_value_that_is_there_already_is_not_sent(desk):
    invoice = desk.invoice(total_price="119.00")
    assert desk.told("invoice.update", invoice, gross="119").state == "done"
    assert desk.writes == []


def test_an_amount_too_fine_is_refused_by_the_service_and_not_rounded(desk):
    invoice = desk.invoice()
    intent = desk.told("invoice.update", invoice, gross="119.005")
    assert intent.state == "refused"
    assert "total_price: Ensure that there are no more than 2 decimal places." in intent.error
    assert body(desk.last)["total_price"] == "119.005"


@pytest.mark.parametrize(("kind", "word"), [("invoice.update", "changed"), ("invoice.delete", "deleted")])
def test_what_a_flag_forbids_is_not_sent(desk, kind, word):
    invoice = desk.invoice(approvement_status="approved")
    intent = desk.told(kind, invoice, **({"number": "RE-9"} if kind == "invoice.update" else {}))
    assert (intent.state, desk.writes) == ("refused", [])
    assert word in intent.error


@pytest.mark.parametrize("kind", ["invoice.update", "invoice.delete"])
def test_a_refusal_in_spite_of_the_flag_says_the_services_words(desk, kind):
    invoice = desk.invoice()
    words = {"error": {"code": "forbidden", "message": "This invoice is approved and cannot be changed."}}
    desk.stand_in.faults.append(Fault(said(words, 403), method="PUT" if kind == "invoice.update" else "DELETE"))
    intent = desk.told(kind, invoice, **({"number": "RE-9"} if kind == "invoice.update" else {}))
    assert (intent.state, intent.error) == ("refused", "This invoice is approved and cannot be changed.")
    assert invoice.external_id in desk.stand_in.by_uid


# Deleting


@pytest.mark.parametrize("processing", ["finished", "processing", "failed"])
def test_an_invoice_is_deleted_there_and_marked_here(desk, processing):
    invoice = desk.invoice(processing_status=processing)
    intent = desk.told("invoice.delete", invoice)
    assert (intent.state, desk.writes, desk.last.body) == (
        "done", [("DELETE", f"/invoices/{invoice.external_id}")], b"",
    )  # fmt: skip
    assert invoice.external_id not in desk.stand_in.by_uid
    invoice.refresh_from_db()
    assert invoice.gone_at


@pytest.mark.parametrize("when", ["before", "between"])
def test_an_invoice_that_is_gone_already_is_deleted(desk, when):
    invoice = desk.invoice()
    if when == "before":
        desk.stand_in.remove(invoice.external_id)
    else:
        desk.stand_in.faults.append(Fault(method="DELETE", after=True, answer=said({"detail": "Not found."}, 404)))
    assert desk.told("invoice.delete", invoice).state == "done"
    invoice.refresh_from_db()
    assert invoice.gone_at


# Lost answers


@dataclass(frozen=True)
class Case:
    kind: str
    subject: str = ""
    method: str = "POST"
    data: dict[str, Any] = field(default_factory=dict)


CASES = [
    Case("customer.create", data=NEW),
    Case("customer.update", "company", "PUT", {"phone": "+49 555 0100"}),
    Case("invoice.update", "invoice", "PUT", {"number": "RE-9"}),
    Case("invoice.delete", "invoice", "DELETE"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
@pytest.mark.parametrize("arrived", [True, False], ids=["arrived", "did not arrive"])
def test_a_lost_answer_is_settled_by_a_read_and_nothing_happens_twice(desk, case, arrived):
    subject = getattr(desk, case.subject)() if case.subject else None
    desk.stand_in.faults.append(Fault(method=case.method, after=arrived, drop=True))
    intent = desk.told(case.kind, subject, **case.data)
    assert intent.state == "unknown"
    intent = looked_at_again(intent)
    assert intent.state == "done"
    assert [method for method, _path in desk.writes] == [case.method]


def test_a_lost_customer_that_somebody_else_made_meanwhile_is_named(desk):
    desk.stand_in.faults.append(Fault(method="POST", drop=True))
    intent = desk.told("customer.create", **NEW)
    already_there(desk, phone="1")
    assert intent.state == "unknown"
    intent = looked_at_again(intent)
    assert (intent.state, desk.writes) == ("refused", [])
    assert intent.error == "BillOver has this company already (Hafenlicht GmbH); change that one."


@pytest.mark.parametrize("kind", ["invoice.update", "invoice.delete"])
def test_where_the_history_cannot_be_read_a_lost_answer_is_settled_all_the_same(desk, kind):
    invoice = desk.invoice()
    thinned = changed(lambda body: {key: value for key, value in body.items() if key != "history"})
    desk.stand_in.faults.append(Fault(method="PUT" if kind == "invoice.update" else "DELETE", drop=True))
    desk.stand_in.faults.append(Fault(method="GET", path=invoice.external_id, change=thinned, times=99))
    intent = desk.told(kind, invoice, **({"number": "RE-9"} if kind == "invoice.update" else {}))
    assert intent.state == "unknown"
    assert looked_at_again(intent).state == "done"
    assert len(desk.writes) == 1


@pytest.mark.parametrize("arrived", [True, False], ids=["arrived", "did not arrive"])
def test_a_correction_whose_answer_was_lost_after_an_upload_is_made_once(desk, arrived):
    desk.stand_in.faults.append(Fault(method="PUT", after=arrived, drop=True))
    intent = settled(desk.wish("invoice.upload", files={"file": PDF}, **EIGHT))
    assert intent.state == "unknown"
    intent = looked_at_again(intent)
    assert intent.state == "done"
    assert [method for method, _path in desk.writes] == ["POST", "PUT"]
    assert intent.invoice.number == "RE-2026-0042"
