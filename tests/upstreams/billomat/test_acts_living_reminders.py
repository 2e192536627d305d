"""Reminders: three steps that may each be lost, and what the mirror tells of them."""

from typing import Any

import pytest

from arapp.receivables.models import Invoice
from arapp.receivables.records import INVOICE
from arapp.sandbox.base import Answer, Fault
from arapp.upstreams.base import Hint
from arapp.upstreams.billomat import hooks
from arapp.upstreams.details import take_in
from arapp.upstreams.registry import open_source
from tests.upstreams.acting import wish
from tests.upstreams.billomat.issued import Issued, issued, resumed, settled
from tests.upstreams.pushing import JSON

CLOSED = Answer(403, b'{"errors": {"error": "no right"}}', JSON)
TO = ["a@example.org", "b@example.org"]
STEPS = [("POST", "/reminders"), ("PUT", "/complete"), ("POST", "/email")]


def reminders(found: Issued) -> list[dict[str, Any]]:
    return found.standin.tables["reminders"].of("invoice_id", found.row["id"])


def read_again(found: Issued) -> Invoice:
    adapter = open_source(found.source, for_person=True)
    with adapter.http:
        take_in(adapter, found.invoice)
    return found.invoice


def test_a_reminder_is_made_completed_and_mailed_in_this_order(connected):
    found = issued(connected, "OVERDUE")
    intent = found.tell("invoice.remind", to=TO)
    [row] = reminders(found)
    assert (intent.state, intent.result_id, row["status"]) == ("done", str(row["id"]), "OPEN")
    assert found.writes() == [
        ("POST", "/api/reminders", {"reminder": {"invoice_id": found.id, "customfield": intent.reference}}),
        ("PUT", f"/api/reminders/{row['id']}/complete", {"complete": {}}),
        ("POST", f"/api/reminders/{row['id']}/email", {"email": {"recipients": {"to": TO}}}),
    ]
    assert [(mail["resource"], mail["recipients"]) for mail in found.standin.emails] == [("reminders", TO)]


@pytest.mark.parametrize("after", [True, False], ids=["took effect", "never arrived"])
@pytest.mark.parametrize(("method", "path"), STEPS)
def test_whichever_answer_is_lost_there_is_one_reminder_mailed_once(connected, method, path, after):
    found = issued(connected, "OVERDUE")
    found.lose(method, path, after=after)
    assert found.tell("invoice.remind", to=TO).state == "done"
    assert len(found.writes()) == len(STEPS)
    assert ([row["status"] for row in reminders(found)], len(found.standin.emails)) == (["OPEN"], 1)


STANDING = ["", "The draft of the reminder is made. ", "The reminder is made; its e-mail was not sent. "]


@pytest.mark.parametrize(("step", "standing"), list(zip(STEPS, STANDING, strict=True)))
def test_a_refused_step_says_what_stands_already_and_why_in_the_services_words(connected, step, standing):
    found = issued(connected, "OVERDUE")
    found.refuse(*step, "Not today")
    intent = found.tell("invoice.remind", to=TO)
    assert (intent.state, intent.error) == ("refused", f"{standing}Not today")
    assert len(found.writes()) == STEPS.index(step)


@pytest.mark.parametrize(("step", "to"), [(STEPS[1], []), (STEPS[1], TO), (STEPS[2], TO)])
def test_a_refused_reminder_goes_on_where_it_stands_when_it_is_told_again(connected, step, to):
    found = issued(connected, "OVERDUE")
    found.refuse(*step, "Not today")
    assert resumed(found.tell("invoice.remind", to=to)).state == "done"
    assert ([row["status"] for row in reminders(found)], len(found.standin.emails)) == (["OPEN"], int(bool(to)))


def test_a_reminder_without_email_that_a_person_completed_is_done_without_a_write(connected):
    found = issued(connected, "OVERDUE")
    found.refuse("PUT", "/complete", "Not today")
    intent = found.tell("invoice.remind")
    found.standin.tables["reminders"].finish(reminders(found)[0])
    assert (resumed(intent).state, len(found.writes())) == ("done", 1)


def test_the_second_reminder_is_not_taken_for_the_first(connected):
    found = issued(connected, "OVERDUE")
    for level in (1, 2):
        assert found.tell("invoice.remind", to=TO).state == "done"
        assert [row["reminder_level"] for row in reminders(found)] == list(range(1, level + 1))
        assert len(found.standin.emails) == level


def test_a_reminder_that_was_called_off_meanwhile_is_not_mailed(connected):
    found = issued(connected, "OVERDUE")
    found.standin.after_write = lambda request, answer: call_off(found) if "complete" in request.path else None
    intent = found.tell("invoice.remind", to=TO)
    assert (intent.state, "settled meanwhile" in intent.error) == ("refused", True)
    assert not found.standin.emails


def call_off(found: Issued) -> None:
    found.standin.tables["reminders"].call_off(reminders(found)[0])


def test_a_reminder_our_key_could_not_see_afterwards_is_made_once(connected):
    found = issued(connected, "OVERDUE")
    found.standin.faults.append(Fault(answer=CLOSED, method="GET", path="-comments", times=10_000))
    found.lose("POST", "/email", after=True)
    assert found.tell("invoice.remind", to=TO).state == "needs_person"
    assert (len(reminders(found)), len(found.standin.emails)) == (1, 1)


def test_only_reminders_of_this_very_invoice_are_mailed_or_called_off(connected):
    """The list of reminders knows only a part of the invoice's number: RE1 is also in RE12."""
    found = issued(connected, "OVERDUE")
    for _number in range(12):
        other = found.standin.add_invoice(status="OVERDUE", client_id=found.row["client_id"])
    assert (found.row["invoice_number"], other["invoice_number"]) == ("RE1", "RE13")
    found.standin.add_reminder(found.row["id"], status="OPEN")
    foreign = found.standin.add_reminder(other["id"], status="OPEN")
    assert [paper.number for paper in read_again(found).papers.all()] == [reminders(found)[0]["reminder_level_name"]]
    for kind, data in (("reminder.cancel", {}), ("reminder.email", {"to": TO})):
        intent = found.tell(kind, reminder=str(foreign["id"]), **data)
        assert (intent.state, "no such reminder" in intent.error) == ("refused", True)
    assert (found.writes(), foreign["status"]) == ([], "OPEN")


def test_a_reminder_may_be_named_as_the_paper_it_is(connected):
    found = issued(connected, "OVERDUE")
    found.standin.add_reminder(found.row["id"], status="OPEN")
    paper = read_again(found).papers.get()
    assert found.tell("reminder.cancel", reminder=paper.external_id).state == "done"
    assert reminders(found)[0]["status"] == "CANCELED"


# what the mirror tells


def test_a_reminder_is_a_paper_of_its_invoice(connected):
    found = issued(connected, "OVERDUE")
    row = found.standin.add_reminder(found.row["id"], status="OPEN")
    paper = read_again(found).papers.get()
    assert (paper.kind, paper.external_id) == ("reminder", f"reminder:{row['id']}")
    assert (paper.number, paper.date, paper.service_state) == (row["reminder_level_name"], row["date"], "OPEN")
    assert (paper.amount, paper.currency) == (row["total_gross"] * 100, "EUR")


def test_reminders_are_asked_for_only_where_a_comment_tells_of_one(connected):
    found = issued(connected, "OVERDUE")
    read_again(found)
    assert found.requests("GET", "/reminders") == 0
    found.standin.add_reminder(found.row["id"])
    read_again(found)
    assert found.requests("GET", "/reminders") == 1


def test_reminders_our_key_may_not_read_leave_the_papers_as_they_were(connected):
    found = issued(connected, "OVERDUE")
    found.standin.add_reminder(found.row["id"])
    read_again(found)
    found.standin.add_reminder(found.row["id"])
    found.standin.faults.append(Fault(answer=CLOSED, method="GET", path="/reminders"))
    assert read_again(found).papers.count() == 1


def test_the_last_word_on_an_email_tells_whether_it_failed(connected):
    found = issued(connected)
    assert found.tell("invoice.email", to=TO).state == "done"
    assert not found.invoice.delivery_failed
    found.standin.bounce(found.id)
    assert read_again(found).delivery_failed
    found.standin.clock.move(minutes=5)
    assert found.tell("invoice.email", to=TO).state == "done"
    assert not found.invoice.delivery_failed


def test_a_failed_email_of_a_reminder_is_one_of_its_invoice(connected):
    found = issued(connected, "OVERDUE")
    row = found.standin.add_reminder(found.row["id"], status="OPEN")
    found.standin.bounce(row["id"], resource="reminders")
    assert read_again(found).delivery_failed


@pytest.mark.parametrize("event", ["create", "update", "status", "send", "delete"])
def test_a_hook_about_a_reminder_names_its_invoice(event):
    body = b'{"reminder": {"id": "12", "invoice_id": "9001", "status": "OPEN"}}'
    name = f"reminder.{event}"
    assert hooks.hints({hooks.EVENT: name}, body) == [Hint(name, INVOICE, "9001")]


def test_an_intent_without_a_reference_takes_no_reminder_for_its_own(connected):
    found = issued(connected, "OVERDUE")
    found.standin.add_reminder(found.row["id"], status="OPEN")
    intent = wish(found.source, "invoice.remind", found.invoice)
    type(intent).objects.filter(pk=intent.pk).update(reference="")
    assert settled(intent).state == "done"
    assert len(reminders(found)) == 2
