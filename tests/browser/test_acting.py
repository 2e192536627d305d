"""Acting on invoices as a person does: from the menu, for many at once, after a mistake, and without scripts."""

import pytest
from playwright.sync_api import Page, expect

from arapp.kept.models import KeptPayment
from arapp.outbox.models import Intent, IntentState
from arapp.receivables.models import Invoice, Source
from arapp.receivables.records import PaperRecord
from arapp.upstreams.models import Worker
from tests.browser.conftest import Desk
from tests.conftest import make_invoice, make_source

pytestmark = pytest.mark.browser

LATE = {"state": "open", "service_state": "Overdue", "service_decision": "approved"}


@pytest.fixture
def account(transactional_db: None) -> Source:
    Worker.objects.create(name="w")
    return make_source("Main account", service="billogram")


@pytest.fixture
def owed(account: Source) -> Invoice:
    return make_invoice(account, external_id="1", number="RE1", delivery_failed=True, **LATE)


def choose(page: Page, label: str) -> None:
    page.locator(".offers > summary").click()
    page.locator(".offers").get_by_role("link", name=label, exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_payment_goes_from_the_menu_over_a_mistake_and_a_question_into_the_document(
    desk: Desk, owed: Invoice
) -> None:
    desk.expected.add(422)
    page = desk.signed_in("clerk")
    page.goto(f"/invoices/{owed.pk}/")
    choose(page, "Record a payment")
    amount = page.get_by_role("dialog").get_by_label("Amount")
    expect(amount).to_have_value("119.00")
    amount.fill("12,5,")
    page.get_by_role("button", name="Record a payment…").click()
    expect(page.locator("dialog .error")).to_contain_text("is not a number")
    expect(amount).to_have_value("12,5,")
    amount.fill("12.50")
    page.get_by_role("button", name="Record a payment…").click()
    expect(page.locator("dialog .effect")).to_have_text("Records a payment of 12.50 EUR on RE1 at Billogram.")
    expect(page.locator("#act dialog h2")).to_be_focused()
    assert not Intent.objects.exists()
    page.get_by_role("button", name="Record a payment", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".under-way")).to_contain_text("Payment of 12.50 EUR On its way to Billogram")
    expect(page.locator("#messages")).to_contain_text("RE1: Payment of 12.50 EUR")
    Intent.objects.get().move(IntentState.DONE)
    expect(page.locator(".under-way")).to_have_count(0)
    expect(page.locator(".timeline")).to_contain_text("Done at Billogram")


def test_cancel_and_escape_close_the_dialog_and_nothing_is_stored(desk: Desk, owed: Invoice) -> None:
    page = desk.signed_in()
    page.goto(f"/invoices/{owed.pk}/")
    choose(page, "Credit")
    page.get_by_role("dialog").get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    choose(page, "Credit")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(f"{desk.url}/invoices/{owed.pk}/")
    assert not Intent.objects.exists()


def test_a_dialog_that_is_open_survives_the_document_being_asked_for_again(desk: Desk, owed: Invoice) -> None:
    page = desk.signed_in()
    intent = Intent.objects.create(source=owed.source, invoice=owed, kind="invoice.message", data={"body": "x"})
    page.goto(f"/invoices/{owed.pk}/")
    choose(page, "Give respite")
    page.get_by_role("dialog").get_by_label("Until").fill("2099-01-31")
    with page.expect_response(lambda answer: "/row/" in answer.url and answer.status == 200):
        intent.move(IntentState.SENDING)
    expect(page.get_by_role("dialog").get_by_label("Until")).to_have_value("2099-01-31")


def test_what_changed_meanwhile_is_shown_and_can_be_done_after_all(desk: Desk, owed: Invoice) -> None:
    desk.expected.add(409)
    page = desk.signed_in()
    page.goto(f"/invoices/{owed.pk}/")
    choose(page, "Give respite")
    page.get_by_role("dialog").get_by_label("Until").fill("2099-01-31")
    make_invoice(owed.source, external_id="1", number="RE1", gross="238", open="238", **LATE)
    page.get_by_role("dialog").get_by_role("button", name="Give respite").click()
    expect(page.locator("dialog .diff")).to_contain_text("238.00 EUR")
    page.get_by_role("dialog").get_by_role("button", name="Give respite").click()
    expect(page.locator(".under-way")).to_contain_text("Respite until 2099-01-31")


def test_many_are_reminded_after_a_preview_and_each_row_shows_it(desk: Desk, account: Source) -> None:
    for n in (1, 2):
        make_invoice(account, external_id=str(n), number=f"RE{n}", **LATE)
    make_invoice(account, external_id="3", number="RE3", service_state="Unattested")
    page = desk.signed_in("clerk")
    page.goto("/invoices/?sort=number")
    page.get_by_label("Select all rows of this page").check()
    page.locator("#bulk details > summary").click()
    page.get_by_role("button", name="Remind…").click()
    expect(page.locator("#many")).to_contain_text("Remind: 2 invoices")
    expect(page.locator("#many")).to_contain_text("It has not been issued yet.")
    page.locator("#many").get_by_role("button", name="Remind: 2 invoices").click()
    expect(page.locator("#many")).to_contain_text("Remind: 2 of 2 taken")
    expect(page.locator(".list tbody tr").first).to_contain_text("Reminder · On its way to Billogram")
    assert Intent.objects.count() == 2


def test_flagged_invoices_are_one_link_from_the_dashboard(desk: Desk, owed: Invoice) -> None:
    page = desk.signed_in("viewer")
    page.goto("/")
    page.get_by_role("link", name="Not delivered: 1").click()
    expect(page.locator(".list tbody tr")).to_have_count(1)
    expect(page.locator(".list .flag")).to_have_text("Not delivered")


def test_a_paper_leads_to_its_own_pdf(desk: Desk, account: Source) -> None:
    papers = (PaperRecord(kind="reminder", external_id="l7", number="R7"),)
    invoice = make_invoice(account, number="RE1", papers=papers, **LATE)
    page = desk.signed_in("viewer")
    page.goto(f"/invoices/{invoice.pk}/")
    link = page.get_by_role("link", name="View Reminder R7")
    expect(link).to_have_attribute("href", f"/invoices/{invoice.pk}/document/?variant=l7&")


def test_an_administrator_says_when_a_second_person_is_needed(desk: Desk, account: Source) -> None:
    desk.expected.add(422)
    page = desk.signed_in("administrator")
    page.goto(f"/sources/{account.pk}/")
    section = page.locator("section", has=page.get_by_role("heading", name="Second person"))
    section.get_by_text("Change").click()
    section.get_by_label("A second person is needed").select_option("above")
    section.get_by_label("Amount").fill("much")
    section.get_by_label("Currency").fill("SEK")
    section.get_by_role("button", name="Set").click()
    expect(page.locator(".error")).to_contain_text("is not an amount")
    page.get_by_label("Amount").fill("1000")
    page.get_by_role("button", name="Set").click()
    expect(page.locator("section", has_text="Second person")).to_contain_text("Above 1,000.00 SEK")


def test_reports_are_asked_for_from_the_page_of_the_source(desk: Desk, transactional_db: None) -> None:
    source = make_source("Files", service="billover")
    page = desk.signed_in("controller")
    page.goto(f"/sources/{source.pk}/")
    page.get_by_role("link", name="Download reports of BillOver").click()
    expect(page.get_by_label("Report")).to_have_value("export-csv")
    expect(page.get_by_role("button", name="Download")).to_be_visible()


def test_without_scripts_a_payment_is_pages_and_forms(desk: Desk, transactional_db: None) -> None:
    document = make_invoice(
        make_source("Files", service="billover"), number="F1", state="open", service_decision="approved"
    )
    page = desk.signed_in("clerk", java_script_enabled=False)
    page.goto(f"/invoices/{document.pk}/")
    page.locator(".offers > summary").click()
    page.get_by_role("link", name="Record a payment").click()
    page.get_by_label("Amount").fill("19")
    page.get_by_role("button", name="Record a payment…").click()
    expect(page.locator(".effect")).to_contain_text("Records a payment of 19.00 EUR on F1 at the desk.")
    page.get_by_role("button", name="Record a payment", exact=True).click()
    expect(page.locator("#document")).to_contain_text("Open less payments at the desk")
    expect(page.locator("#document")).to_contain_text("100.00")
    assert KeptPayment.objects.count() == 1
