"""Saved views, chips and counts of filters: as a person uses them, with and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from arapp.lists.models import SavedView
from tests.browser.conftest import Desk
from tests.conftest import make_invoice, make_source

pytestmark = pytest.mark.browser


@pytest.fixture
def four(transactional_db: None) -> None:
    """Two drafts that wait, an open and a paid one."""
    source = make_source("Main account")
    make_invoice(source, number="RE1")
    make_invoice(source, number="RE2")
    told = {"service_decision": "approved"}
    make_invoice(source, number="RE3", state="open", service_state="OPEN", **told)
    make_invoice(source, number="RE4", state="paid", service_state="PAID", **told)


def rows_of(page: Page, choice: str) -> str:
    label = page.locator("#filters details[open] label", has_text=re.compile(rf"^{choice}\s*\d*$"))
    return label.locator(".rows").inner_text()


def save(page: Page, name: str) -> None:
    page.locator(".saved > summary").click()
    page.get_by_label("Save this view as").fill(name)
    page.get_by_role("button", name="Save this view").click()


def test_a_view_is_saved_pinned_and_its_count_follows_a_decision(desk: Desk, four: None) -> None:
    page = desk.signed_in()
    page.goto("/invoices/?approval=waiting")
    save(page, "To decide")
    expect(page.locator("#messages")).to_contain_text("The view “To decide” is saved.")
    pinned = page.locator(".rail .views a", has_text="To decide")
    expect(pinned).to_have_attribute("aria-current", "page")
    expect(pinned.locator(".count")).to_have_text("2")
    expect(page.locator(".saved > summary")).to_contain_text("To decide")
    page.get_by_role("button", name="Approve RE1").click()
    expect(pinned.locator(".count")).to_have_text("1")


def test_a_list_opens_with_the_chosen_view_and_clearing_shows_everything(desk: Desk, four: None) -> None:
    page = desk.signed_in("viewer")
    page.goto("/invoices/?state=paid")
    page.locator(".saved > summary").click()
    page.get_by_label("Save this view as").fill("Paid")
    page.get_by_label("Open the list with it").check()
    page.get_by_role("button", name="Save this view").click()
    page.locator(".rail").get_by_role("link", name="Invoices", exact=True).click()
    expect(page).to_have_url(re.compile(r"/invoices/\?state=paid&view=\d+$"))
    expect(page.locator(".list tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Clear all").click()
    expect(page.locator(".list tbody tr")).to_have_count(4)
    page.reload()
    expect(page.locator(".list tbody tr")).to_have_count(4)
    page.locator("#filters summary", has_text="State").click()
    page.get_by_role("checkbox", name="Draft").check()
    expect(page.locator(".list tbody tr")).to_have_count(2)
    page.get_by_role("checkbox", name="Draft").uncheck()
    expect(page.locator(".list tbody tr")).to_have_count(4)
    page.reload()
    expect(page.locator(".list tbody tr")).to_have_count(4)


def test_an_open_menu_says_what_each_choice_would_leave_and_follows_the_other_filters(desk: Desk, four: None) -> None:
    page = desk.signed_in("viewer")
    page.goto("/invoices/")
    page.locator("#filters summary", has_text="State").click()
    expect(page.locator("#filters details[open] .rows").first).to_have_text("2")
    assert [rows_of(page, choice) for choice in ("Draft", "Open", "Paid", "Unknown")] == ["2", "1", "1", "0"]
    page.get_by_role("checkbox", name="Draft").check()
    expect(page.locator(".list tbody tr")).to_have_count(2)
    page.locator("#filters summary", has_text="Approval").click()
    expect(page.locator("#filters details[open] label", has_text="Waiting").locator(".rows")).to_have_text("2")
    assert rows_of(page, "Approved") == "0"
    page.get_by_role("checkbox", name="Approved").check()
    expect(page.get_by_text("No invoice matches these filters.")).to_be_visible()
    assert rows_of(page, "Waiting") == "2"
    page.locator("#q").fill("RE1")
    expect(page.locator("#filters details[open] label", has_text="Waiting").locator(".rows")).to_have_text("1")


def test_the_focus_goes_on_when_a_chip_is_taken_away(desk: Desk, four: None) -> None:
    page = desk.signed_in("viewer")
    page.goto("/invoices/?state=draft&kind=invoice&issued=this-year")
    expect(page.locator(".chip")).to_have_count(3)
    page.locator(".chip").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(2)
    expect(page.locator(".chip").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator(".chip").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(0)
    expect(page.locator("#results .number")).to_be_focused()


def test_a_day_told_by_today_outlives_a_change_of_the_form(desk: Desk, four: None) -> None:
    page = desk.signed_in("viewer")
    page.goto("/invoices/?due_to=today%2B3650&issued=last-month&issued=this-month&item=7&issued_from=today-900")
    expect(page.locator(".chip", has_text="Due to: in 3650 days")).to_be_visible()
    page.locator("#filters summary", has_text="State").click()
    page.get_by_role("checkbox", name="Draft").check()
    expect(page.locator(".chip", has_text="State: Draft")).to_be_visible()
    for kept in ("due_to=today%2B3650", "issued=last-month", "issued=this-month", "item=7", "issued_from=today-900"):
        assert kept in page.url, kept


def test_a_period_and_a_number_of_days_are_chosen_in_the_form(desk: Desk, four: None) -> None:
    page = desk.signed_in("viewer")
    page.goto("/invoices/")
    page.locator("#filters summary", has_text="Due").click()
    page.get_by_label("Due in the period").select_option("Next 30 days")
    expect(page.locator(".chip", has_text="Due: Next 30 days")).to_be_visible()
    page.get_by_label("Overdue for at least … days").fill("31")
    page.keyboard.press("Tab")
    expect(page.locator(".chip", has_text="Overdue for at least 31 days")).to_be_visible()
    expect(page.locator("#on-due")).to_have_text("2")


def test_views_work_without_scripts(desk: Desk, four: None) -> None:
    page = desk.signed_in("viewer", java_script_enabled=False)
    page.goto("/invoices/?state=draft")
    save(page, "Drafts")
    expect(page.locator(".rail .views a", has_text="Drafts")).to_be_visible()
    page.locator("#filters summary", has_text="State").click()
    page.get_by_role("link", name="Show counts").first.click()
    expect(page.locator(".counted li", has_text="Draft")).to_contain_text("2")
    page.get_by_role("link", name="Paid").click()
    expect(page.locator(".list tbody tr")).to_have_count(3)
    page.goto("/views/")
    expect(page.get_by_role("row", name=re.compile("Drafts"))).to_contain_text("State: Draft")
    expect(page.get_by_role("cell", name="2", exact=True)).to_be_visible()
    page.get_by_role("button", name="Unpin Drafts").click()
    expect(page.locator(".rail .views a", has_text="Drafts")).to_have_count(0)
    page.get_by_role("link", name="Rename Drafts").click()
    page.get_by_label("Name").fill("All drafts")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("button", name="Delete All drafts").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete All drafts").click()
    expect(page.get_by_text("No view is saved yet.")).to_be_visible()
    assert not SavedView.objects.exists()


def test_no_menu_sticks_out_whatever_is_on_and_sources_are_called(desk: Desk, four: None) -> None:
    make_invoice(make_source("B" * 60), number="RE5")
    page = desk.signed_in(locale="sv")
    page.goto("/invoices/?state=draft&state=open&approval=waiting&overdue=1&source=Main+account")
    for menu in page.locator("#filters > details.menu").all():
        menu.locator("summary").click()
        expect(menu.locator(".pop")).to_be_in_viewport(ratio=1)
        menu.locator("summary").click()
