"""Decisions as a person takes them: in the list, on the document, for many at once, and against a moved invoice."""

import re

import pytest
from playwright.sync_api import Page, expect

from arapp.approvals.models import Decision
from arapp.outbox.models import Intent
from arapp.receivables.models import Invoice, Source
from arapp.upstreams.models import Worker
from tests.browser.conftest import Desk
from tests.conftest import make_invoice, make_source

pytestmark = pytest.mark.browser

ISSUE = "Approve and issue; nothing is sent to the customer"


@pytest.fixture
def account(transactional_db: None) -> Source:
    Worker.objects.create(name="w")
    return make_source("Main account")


@pytest.fixture
def three(account: Source) -> list[Invoice]:
    return [make_invoice(account, external_id=str(n), number=f"RE{n}") for n in (1, 2, 3)]


def row(page: Page, number: str) -> object:
    return page.locator(".list tbody tr", has=page.get_by_role("link", name=number, exact=True))


def test_approving_in_the_list_changes_the_row_in_place_and_goes_on_to_the_next(
    desk: Desk, three: list[Invoice]
) -> None:
    page = desk.signed_in()
    page.goto("/invoices/?sort=number")
    page.evaluate("document.querySelector('#results').dataset.mark = 1")
    expect(page.locator("#waiting")).to_contain_text("3 waiting")
    page.get_by_role("button", name=f"Approve RE1: {ISSUE}").click()
    expect(row(page, "RE1")).to_contain_text("Approved")
    expect(row(page, "RE1")).to_contain_text("On its way to Billomat")
    expect(page.get_by_role("button", name="Approve RE2")).to_be_focused()
    expect(page.locator("#messages")).to_contain_text("RE1 is approved.")
    expect(page.locator("#waiting")).to_contain_text("2 waiting")
    expect(page.locator("#waiting-rail")).to_have_text("2")
    expect(page.locator("#results")).to_have_attribute("data-mark", "1")
    page.get_by_role("button", name="Withdraw RE1").click()
    expect(row(page, "RE1")).to_contain_text("Waiting")
    expect(page.locator("#waiting")).to_contain_text("3 waiting")
    assert not Intent.objects.unsettled().exists()


def test_rejecting_in_the_list_needs_a_note_and_keeps_what_was_typed_until_there_is_one(
    desk: Desk, three: list[Invoice]
) -> None:
    desk.expected.add(422)
    page = desk.signed_in()
    page.goto("/invoices/?sort=number")
    row(page, "RE2").locator("summary").click()
    note = row(page, "RE2").get_by_label("Why?")
    expect(note).to_be_focused()
    note.fill("   ")
    row(page, "RE2").get_by_role("button", name="Reject and leave").click()
    expect(row(page, "RE2").locator(".error")).to_contain_text("note")
    expect(row(page, "RE2")).to_contain_text("Waiting")
    note.fill("Wrong customer")
    row(page, "RE2").get_by_role("button", name="Reject and leave").click()
    expect(row(page, "RE2")).to_contain_text("Rejected")
    assert Decision.objects.get().note == "Wrong customer"


def test_an_open_note_survives_the_row_being_asked_for_again(desk: Desk, three: list[Invoice]) -> None:
    page = desk.signed_in()
    page.goto("/invoices/?sort=number")
    page.get_by_role("button", name="Approve RE1").click()
    expect(row(page, "RE1")).to_contain_text("On its way")
    row(page, "RE2").locator("summary").click()
    row(page, "RE2").get_by_label("Why?").fill("half a sen")
    Intent.objects.get().move("sending")
    expect(row(page, "RE1")).to_contain_text("Being sent to Billomat")
    expect(row(page, "RE2").get_by_label("Why?")).to_have_value("half a sen")


def test_an_invoice_is_opened_and_approved_with_its_effect_in_words(desk: Desk, three: list[Invoice]) -> None:
    page = desk.signed_in()
    page.goto("/invoices/")
    page.get_by_role("link", name="RE3", exact=True).click()
    expect(page.get_by_role("heading", name="RE3")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Consulting"))).to_contain_text("100.00")
    page.get_by_role("button", name=ISSUE).click()
    expect(page.locator(".status")).to_contain_text("Approved")
    expect(page.locator("#standing")).to_have_text("On its way to Billomat")
    expect(page.locator(".timeline")).to_contain_text("Approved")
    page.get_by_role("button", name="Withdraw").or_(page.locator("#do")).first.click()
    expect(page.locator(".status")).to_contain_text("Waiting")


def test_rejecting_on_the_document_asks_for_the_note_beside_it(desk: Desk, three: list[Invoice]) -> None:
    desk.expected.add(422)
    page = desk.signed_in()
    page.goto(f"/invoices/{three[0].pk}/")
    page.locator(".decide summary", has_text="Reject").click()
    page.get_by_label("Why?").fill("  ")
    page.get_by_role("button", name="Reject and leave").click()
    expect(page.get_by_label("Why?")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Why?")).to_be_visible()
    page.get_by_label("Why?").fill("Ordered by nobody")
    page.get_by_role("button", name="Reject and leave").click()
    expect(page.locator(".status")).to_contain_text("Rejected")
    expect(page.locator(".timeline")).to_contain_text("Ordered by nobody")


def test_many_are_approved_after_a_summary_and_each_row_tells_its_result(
    desk: Desk, account: Source, three: list[Invoice]
) -> None:
    make_invoice(account, external_id="4", number="RE4", lines=())
    page = desk.signed_in()
    page.goto("/invoices/?sort=number")
    page.get_by_role("checkbox", name="Select RE1").check()
    page.get_by_role("checkbox", name="Select RE4").click(modifiers=["Shift"])
    expect(page.locator("#bulk")).to_contain_text("4 chosen")
    expect(page.locator("#chosen-sums")).to_have_text("476.00 EUR")
    page.get_by_role("button", name="Approve…").click()
    expect(page.locator("#many h2")).to_be_focused()
    expect(page.locator("#many")).to_contain_text("Approve 3 invoices")
    expect(page.locator("#many")).to_contain_text(ISSUE)
    expect(page.locator("#many")).to_contain_text("1 will be refused")
    assert not Decision.objects.exists()
    page.get_by_role("button", name="Approve 3 invoices").click()
    expect(page.locator("#many h2")).to_have_text("3 approved, 1 refused")
    expect(page.locator("#many .results tr")).to_have_count(4)
    for number in ("RE1", "RE2", "RE3"):
        expect(row(page, number)).to_contain_text("On its way to Billomat")
    expect(row(page, "RE4")).to_contain_text("Waiting")
    expect(page.locator("#bulk")).to_be_hidden()
    page.get_by_role("button", name="Take back what can be").click()
    expect(page.locator("#many h2")).to_have_text("3 reopened, 0 refused")
    expect(row(page, "RE1")).to_contain_text("Waiting")


def test_an_invoice_that_changed_meanwhile_is_not_approved_and_the_difference_is_shown(
    desk: Desk, account: Source, three: list[Invoice]
) -> None:
    desk.expected.add(409)
    page = desk.signed_in()
    page.goto("/invoices/?sort=number")
    other = desk.signed_in()
    other.goto(f"/invoices/{three[0].pk}/")
    make_invoice(account, external_id="1", number="RE1", net="200", vat="38", gross="238", open="238")
    page.get_by_role("button", name="Approve RE1").click()
    toast = page.locator(".toast.error")
    expect(toast.locator("del", has_text="119.00")).to_be_visible()
    expect(toast.locator("ins", has_text="238.00")).to_be_visible()
    expect(row(page, "RE1")).to_contain_text("238.00")
    expect(row(page, "RE1")).to_contain_text("Waiting")
    other.get_by_role("button", name=ISSUE).click()
    expect(other.locator("#document .errors del", has_text="119.00")).to_be_visible()
    expect(other.locator("#document .errors ins", has_text="238.00")).to_be_visible()
    assert not Decision.objects.filter(action="approve").exists()
    other.get_by_role("button", name=ISSUE).click()
    expect(other.locator(".status")).to_contain_text("Approved")


def test_a_viewer_is_told_which_role_decides_and_gets_no_buttons(desk: Desk, three: list[Invoice]) -> None:
    page = desk.signed_in("viewer")
    page.goto("/invoices/")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    expect(page.get_by_role("checkbox", name="Select")).to_have_count(0)
    page.goto(f"/invoices/{three[0].pk}/")
    expect(page.locator(".decide")).to_contain_text("Deciding needs another role: Approver")
