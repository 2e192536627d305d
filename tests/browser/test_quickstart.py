"""An invoice lives in the browser: a clerk's customer and draft, a second person, money, the rest credited."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page, expect

from arapp.kept.models import KeptPayment
from arapp.outbox.models import Intent
from arapp.receivables.money import Money
from arapp.sandbox.base import Clock
from tests.browser.conftest import Desk
from tests.browser.life import BILLOGRAM, BILLOMAT, Case, Life
from tests.browser.story import Story
from tests.upstreams.conftest import connected, no_sleep

pytestmark = pytest.mark.browser
__all__ = ["connected", "no_sleep"]

LATER = timedelta(days=12)
"""The ten days to pay are over."""
SCAN = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 ten hours of consulting"}
READ = {"number": "F-17", "gross": "12500", "vat": "2500", "currency": "EUR", "issue_date": "2026-11-20"}
"""What the clerk reads on the paper."""


@pytest.fixture
def at(desk: Desk, transactional_db: None, connected: Any) -> Callable[[str], tuple[Any, ...]]:
    """A source without invoices; its stand-in goes by the machine's clock."""
    return lambda service: (desk, *connected(service, invoices=0, clock=Clock()))


@pytest.mark.parametrize(
    ("case", "scripts"),
    [(BILLOGRAM, True), (BILLOMAT, True), (BILLOGRAM, False)],
    ids=["billogram", "billomat", "billogram-without-scripts"],
)
def test_an_invoice_lives_from_a_new_customer_to_the_credit_of_the_rest(at: Any, case: Case, scripts: bool) -> None:
    lived = Life(*at(case.service), scripts, case=case)
    clerk, approver = lived.sign_in()
    lived.make_customer(clerk)
    lived.make_draft(clerk)
    lived.refuse_the_clerk(clerk)
    lived.issue(approver)
    if "e-mail" in case.writes:
        lived.e_mail(approver)
    lived.open_the_pdf(clerk)
    lived.pay_a_part(clerk)
    with time_machine.travel(timezone.now() + LATER, tick=True):
        lived.read()
        clerk, approver = lived.sign_in()
        lived.remind(clerk)
        lived.credit_the_rest(approver)


def test_a_file_is_uploaded_read_approved_opened_and_paid_at_the_desk(at: Any) -> None:
    story = Story(*at("billover"))
    clerk, approver = story.sign_in()
    make_company(story, clerk)
    upload(story, clerk)
    approve(story, clerk, approver)
    open_the_file(story, clerk)
    pay_at_the_desk(story, clerk)


def make_company(story: Story, clerk: Page) -> None:
    clerk.goto("/customers/")
    clerk.get_by_role("link", name="New customer").click()
    story.fill(clerk, {"name": "Teehaus GmbH", "address.street": "Am Ring 1", "address.city": "Berlin"})
    clerk.get_by_role("button", name="Make it at BillOver").click()
    assert story.made(clerk) == ["POST /companies/ 201"]


def upload(story: Story, clerk: Page) -> None:
    """The service reads the file for a while; then what the clerk has read takes the place of what it has read."""
    story.stand_in.reads_until_finished = None
    clerk.goto("/invoices/")
    clerk.get_by_role("link", name="Upload").click()
    clerk.locator("[name=file]").set_input_files(SCAN)
    clerk.locator(".further-fields > summary").click()
    story.fill(clerk, READ)
    clerk.get_by_role("button", name="Teehaus GmbH").click()
    clerk.get_by_role("button", name="Upload to BillOver").click()
    expect(clerk.locator("#made")).to_contain_text("On its way to BillOver")
    assert story.told() == ["POST /invoices/ 201"]
    assert told_on(story) == []
    expect(clerk.locator("#made")).to_contain_text("BillOver is still reading the file.")
    story.stand_in.finish(story.stand_in.newest_first()[0].uid)
    assert told_on(story) == [f"PUT /invoices/{story.invoice.external_id} 200"]
    expect(clerk.locator("h1")).to_have_text("F-17")
    expect(clerk.locator(".amount")).to_have_text("12,500.00 EUR")
    there = story.stand_in.find(story.invoice.external_id)
    assert (there.document.content, there.total_price, there.company.name) == (SCAN["buffer"], 12_500, "Teehaus GmbH")


def told_on(story: Story) -> list[str]:
    """What waits for the service is asked again, as after its pause."""
    Intent.objects.unsettled().update(due_at=timezone.now())
    return story.told()


def approve(story: Story, clerk: Page, approver: Page) -> None:
    """Not by the clerk."""
    expect(clerk.locator(".decide")).to_contain_text("Deciding needs another role: Approver")
    expect(clerk.get_by_role("button", name="Approve at BillOver")).to_have_count(0)
    approver.goto(story.address)
    approver.get_by_role("button", name="Approve at BillOver").click()
    expect(approver.locator("#standing")).to_have_text("On its way to BillOver")
    assert story.told() == [f"POST /invoices/{story.invoice.external_id}/approve 200"]
    expect(approver.locator("#standing")).to_contain_text("Done at BillOver")
    expect(approver.locator(".timeline")).to_contain_text("Approved · approver")
    assert story.stand_in.find(story.invoice.external_id).approvement_status == "approved"


def open_the_file(story: Story, page: Page) -> None:
    page.goto(story.address)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save Invoice").click()
    assert saved.value.path().read_bytes() == SCAN["buffer"]


def pay_at_the_desk(story: Story, clerk: Page) -> None:
    """The service knows no payments, so nobody is told."""
    story.choose(clerk, "Record a payment")
    story.fill(clerk, {"amount": "2500"})
    story.confirm(clerk, "Record a payment", "Records a payment of 2,500.00 EUR on F-17 at the desk.")
    expect(clerk.locator(".status")).to_contain_text("less payments at the desk 10,000.00 EUR")
    expect(clerk.locator(".timeline")).to_contain_text("Payment of 2,500.00 EUR · clerk · Kept at the desk")
    assert story.told() == []
    assert KeptPayment.objects.get().money() == Money(250_000, "EUR")
