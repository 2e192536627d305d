"""The same work with JavaScript switched off: real forms and real links."""

import re

import pytest
from playwright.sync_api import Page, expect

from arapp.approvals.models import Decision
from arapp.receivables.models import Invoice
from arapp.upstreams.models import Worker
from tests.browser.conftest import Desk
from tests.conftest import make_invoice, make_source, make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def three(transactional_db: None) -> list[Invoice]:
    source = make_source("Main account")
    Worker.objects.create(name="w")
    make_invoice(source, number="RE9", state="open", service_state="OPEN", service_decision="approved")
    return [make_invoice(source, external_id=str(n), number=f"RE{n}") for n in (1, 2, 3)]


@pytest.fixture
def page(desk: Desk) -> Page:
    return desk.signed_in(java_script_enabled=False)


def test_signing_in_filtering_and_approving_work_without_scripts(desk: Desk, three: list[Invoice]) -> None:
    make_user("petra")
    page = desk.signed_out(java_script_enabled=False)
    page.goto("/invoices/")
    page.get_by_label("Username").fill("petra")
    page.get_by_label("Password").fill("a-good-password")
    page.get_by_role("button", name="Sign in").click()
    page.locator("summary", has_text="State").click()
    page.get_by_role("checkbox", name="Draft").check()
    page.locator("#filters > .apply").click()
    expect(page).to_have_url(re.compile("state=draft"))
    expect(page.locator(".list tbody tr")).to_have_count(3)
    page.get_by_role("button", name="Approve RE1").click()
    expect(page).to_have_url(re.compile("state=draft"))
    expect(page.locator("#messages")).to_contain_text("RE1 is approved.")
    expect(page.get_by_role("button", name="Withdraw RE1")).to_be_visible()


def test_a_rejection_without_a_note_comes_back_with_the_sentence(
    desk: Desk, page: Page, three: list[Invoice]
) -> None:
    desk.expected.add(422)
    page.goto(f"/invoices/{three[0].pk}/")
    page.locator(".decide summary", has_text="Reject").click()
    page.get_by_label("Why?").fill("  ")
    page.get_by_role("button", name="Reject and leave").click()
    expect(page.get_by_role("alert").first).to_contain_text("note")
    if not page.get_by_label("Why?").is_visible():
        page.locator(".decide summary", has_text="Reject").click()
    page.get_by_label("Why?").fill("Wrong customer")
    page.get_by_role("button", name="Reject and leave").click()
    expect(page.locator(".status")).to_contain_text("Rejected")
    assert Decision.objects.get(action="reject").note == "Wrong customer"


def test_many_are_approved_over_a_page_of_their_own(page: Page, three: list[Invoice]) -> None:
    page.goto("/invoices/?state=draft&sort=number")
    page.get_by_role("checkbox", name="Select RE1").check()
    page.get_by_role("checkbox", name="Select RE2").check()
    page.get_by_role("button", name="Approve…").click()
    expect(page.get_by_role("heading", name="Approve 2 invoices")).to_be_visible()
    page.get_by_role("button", name="Approve 2 invoices").click()
    expect(page.get_by_role("heading", name="2 approved, 0 refused")).to_be_visible()
    page.get_by_role("link", name="Back to the list").click()
    expect(page).to_have_url(re.compile("state=draft&sort=number"))
    expect(page.locator(".list tbody tr", has_text="On its way to Billomat")).to_have_count(2)
