"""What went out under a billogram, whether it arrived, and whether a customer waits for an answer."""

from datetime import date
from typing import Any

import pytest

from arapp.receivables.models import Invoice
from arapp.sandbox.billogram import Billogram as StandIn
from arapp.upstreams.base import INVOICES
from arapp.upstreams.billogram import Billogram, mapping
from arapp.upstreams.pull import pull
from tests.upstreams.billogram.conftest import At
from tests.upstreams.billogram.desk import LONG_AGO, invoice_of
from tests.upstreams.billogram.driving import payload, sek


def test_every_paper_is_listed_with_number_day_sum_and_delivery(service: StandIn, adapter: Billogram) -> None:
    made = service.add_billogram(send="Email", invoice_date=LONG_AGO)["id"]
    service.command(made, "remind", method="Letter")
    service.command(made, "resend", method="SMS")
    service.command(made, "credit", mode="amount", amount=25)
    papers = adapter.detail("invoice", made).papers
    told = [(each.kind, each.number, each.amount, each.delivery) for each in papers]
    assert told[0] == ("debit", "1001", sek("325"), "Email")
    assert (told[1][0], told[1][3]) == ("reminder", "Letter")
    assert told[1][2].minor > 32500 + 6000
    assert told[2:] == [("letter", "1001", sek("325"), "SMS"), ("credit", "1002", sek("25"), "Email")]
    assert {each.issued for each in papers} == {date(2026, 11, 20)}
    letters = [
        event["data"]["letter_id"] for event in service.find(made)["events"] if (event["data"] or {}).get("letter_id")
    ]
    assert [each.external_id for each in papers] == letters


def test_a_draft_has_no_papers(service: StandIn, adapter: Billogram) -> None:
    assert adapter.detail("invoice", service.add_billogram()["id"]).papers == ()


def test_a_paper_tells_only_what_its_event_tells() -> None:
    reminder = mapping.detail(payload("full_reminded_and_recalled")).papers[1]
    assert (reminder.kind, reminder.number, reminder.amount, reminder.external_id) == ("reminder", "", None, "")


def with_events(*events: tuple[str, dict[str, Any]], flags: Any = ()) -> Any:
    log = [
        {"type": kind, "created_at": f"2026-11-20 09:00:0{place}", "data": data}
        for place, (kind, data) in enumerate(events)
    ]
    return mapping.detail({**payload("full_draft"), "events": log, "flags": list(flags)})


@pytest.mark.parametrize(
    ("events", "flags", "failed"),
    [
        ([], [], False),
        ([], ["not delivered"], True),
        (["BillogramSent"], ["delivery failed"], True),
        (["BillogramSent", "DeliveryFailed"], [], True),
        (["BillogramSent", "SmsNotAccepted", "Payment"], [], True),
        (["BillogramSent", "EfakturaFailed", "Resent"], [], False),
        (["BillogramSent", "EmailNotAccepted", "LetterSent"], [], False),
    ],
)
def test_a_delivery_failed_by_a_flag_or_by_its_last_event(events: list[str], flags: list[str], failed: bool) -> None:
    assert with_events(*((kind, {}) for kind in events), flags=flags).delivery_failed is failed


def test_what_took_another_channel_has_not_failed() -> None:
    redirected = {"delivery_redirected": True, "original_delivery_method": "Email"}
    assert not with_events(("BillogramSent", {}), ("EmailNotAccepted", redirected)).delivery_failed


@pytest.mark.parametrize(
    ("events", "flags", "waits"),
    [
        ([], [], False),
        ([], ["new message"], True),
        (["CustomerMessage"], [], True),
        (["CreditorMessage", "CustomerMessage", "Payment"], [], True),
        (["CustomerMessage", "CreditorMessage"], ["new message"], False),
    ],
)
def test_a_message_waits_until_it_is_answered(events: list[str], flags: list[str], waits: bool) -> None:
    assert with_events(*((kind, {}) for kind in events), flags=flags).message_waits is waits


def test_a_list_row_tells_a_flag_and_says_nothing_without_one(service: StandIn, adapter: Billogram) -> None:
    service.add_billogram()
    service.customer_message(service.add_billogram()["id"], "Hej")
    (page,) = adapter.pages(INVOICES)
    told = {record.message_waits for record in (adapter.read(INVOICES, entry) for entry in page.entries)}
    assert told == {None, True}


@pytest.mark.django_db
def test_flags_and_papers_reach_the_mirror_and_pass(desk: At) -> None:
    source, service = desk
    made = service.add_billogram(send="Email")
    service.customer_message(made["id"], "Hej")
    service.fail_delivery(made["id"])
    invoice = invoice_of(source, made)
    assert (invoice.message_waits, invoice.delivery_failed, invoice.papers.count()) == (True, True, 1)
    service.command(made["id"], "message", message="Hej själv")
    service.change(made["id"], flags=[])
    service.command(made["id"], "resend")
    pull(source)
    invoice = Invoice.objects.get(pk=invoice.pk)
    assert (invoice.message_waits, invoice.delivery_failed, invoice.papers.count()) == (False, False, 2)


def test_without_flags_in_a_row_nothing_is_said() -> None:
    record = mapping.invoice({key: value for key, value in payload("compact_row").items() if key != "flags"})
    assert (record.message_waits, record.delivery_failed) == (None, None)
