"""The invoice list: filters narrow the table alone, live in the address, and a download holds the same rows."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from arapp.receivables.records import CustomerRecord
from tests.browser.conftest import Desk
from tests.conftest import make_invoice, make_source, make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def three(transactional_db: None) -> None:
    source = make_source("Main account")
    make_invoice(source, external_id="1", number="RE1")
    make_invoice(
        source, external_id="2", number="RE2", state="open", service_state="OPEN", service_decision="approved"
    )
    other = CustomerRecord(external_id="c2", brief=True, name="Bäckerei Nöth")
    make_invoice(make_source("Second", "billogram"), external_id="3", number="RE3", customer=other)


def numbers(page: Page) -> list[str]:
    return page.locator(".list tbody th a").all_inner_texts()


def mark_the_frame(page: Page) -> None:
    """What is swapped loses its mark."""
    page.evaluate("document.querySelectorAll('.rail, #filters, #results').forEach((one) => one.dataset.mark = 1)")


def marked(page: Page) -> list[str]:
    return page.evaluate("[...document.querySelectorAll('[data-mark]')].map((one) => one.id || one.className)")


def test_a_person_signs_in_and_is_told_when_the_password_is_wrong(desk: Desk) -> None:
    make_user("petra")
    page = desk.signed_out()
    page.goto("/invoices/")
    expect(page.get_by_label("Username")).to_be_focused()
    page.get_by_label("Username").fill("petra")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("correct username and password")
    page.get_by_label("Password").fill("a-good-password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Invoices", exact=True)).to_be_visible()
    page.locator(".me summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_menu_filters_the_table_alone_and_the_address_follows(desk: Desk, three: None) -> None:
    page = desk.signed_in()
    page.goto("/invoices/")
    assert sorted(numbers(page)) == ["RE1", "RE2", "RE3"]
    mark_the_frame(page)
    page.locator("summary", has_text="State").click()
    page.get_by_role("checkbox", name="Open").check()
    expect(page.locator(".list tbody tr")).to_have_count(1)
    assert numbers(page) == ["RE2"]
    assert marked(page) == ["rail", "filters"]
    expect(page).to_have_url(re.compile(r"/invoices/\?state=open$"))
    expect(page.locator("#on-state")).to_have_text("1")
    expect(page.locator(".chip")).to_contain_text("State: Open")


def test_a_search_narrows_while_typing_and_the_chip_takes_it_off_again(desk: Desk, three: None) -> None:
    page = desk.signed_in()
    page.goto("/invoices/")
    mark_the_frame(page)
    page.keyboard.press("/")
    page.keyboard.type("nöth")
    expect(page.locator(".list tbody tr")).to_have_count(1)
    assert numbers(page) == ["RE3"]
    assert marked(page) == ["rail", "filters"]
    expect(page.locator("#q")).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?q=n%C3%B6th$"))
    page.locator(".chip").click()
    expect(page.locator(".list tbody tr")).to_have_count(3)
    expect(page.locator("#q")).to_have_value("")


def test_nothing_found_says_so_and_offers_the_way_back(desk: Desk, three: None) -> None:
    page = desk.signed_in()
    page.goto("/invoices/?q=nowhere")
    expect(page.get_by_text("No invoice matches these filters.")).to_be_visible()
    page.get_by_role("link", name="Clear the filters").click()
    expect(page.locator(".list tbody tr")).to_have_count(3)


def test_the_back_button_leads_through_the_filters(desk: Desk, three: None) -> None:
    page = desk.signed_in()
    page.goto("/invoices/")
    page.locator("summary", has_text="State").click()
    page.get_by_role("checkbox", name="Draft").check()
    expect(page.locator(".list tbody tr")).to_have_count(2)
    page.get_by_role("link", name="RE1", exact=True).click()
    expect(page.get_by_role("heading", name="RE1")).to_be_visible()
    page.go_back()
    expect(page.locator(".list tbody tr")).to_have_count(2)
    expect(page.locator("#on-state")).to_have_text("1")
    page.go_back()
    expect(page.locator(".list tbody tr")).to_have_count(3)
    expect(page.locator("#on-state")).to_have_text("")
    page.locator("summary", has_text="State").click()
    expect(page.get_by_role("checkbox", name="Draft")).not_to_be_checked()


def test_sorting_keeps_the_filter_and_is_told_to_those_who_cannot_see_the_arrow(desk: Desk, three: None) -> None:
    page = desk.signed_in()
    page.goto("/invoices/?state=draft")
    page.get_by_role("link", name="Number").click()
    expect(page.get_by_role("columnheader", name="Number")).to_have_attribute("aria-sort", "ascending")
    assert numbers(page) == ["RE1", "RE3"]
    page.get_by_role("link", name="Number").click()
    expect(page.get_by_role("columnheader", name="Number")).to_have_attribute("aria-sort", "descending")
    assert numbers(page) == ["RE3", "RE1"]
    expect(page).to_have_url(re.compile(r"state=draft&sort=-number"))


def test_the_download_holds_the_filtered_rows(desk: Desk, three: None, tmp_path: Path) -> None:
    page = desk.signed_in()
    page.goto("/invoices/")
    page.locator("summary", has_text="Source").click()
    page.get_by_role("checkbox", name="Main account").check()
    expect(page.locator(".list tbody tr")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    download.value.save_as(tmp_path / "rows.csv")
    rows = list(csv.DictReader((tmp_path / "rows.csv").open(encoding="utf-8-sig")))
    assert sorted(row["number"] for row in rows) == sorted(numbers(page)) == ["RE1", "RE2"]


def test_a_person_goes_from_sign_in_to_an_approval_by_keyboard_alone(
    desk: Desk, tab_to: Callable[[Page, str], None]
) -> None:
    source = make_source()
    first, second = (make_invoice(source, number=f"RE{n}") for n in (2, 1))
    make_user("petra")
    page = desk.signed_out()
    page.goto("/accounts/login/")
    expect(page.get_by_label("Username")).to_be_focused()
    page.keyboard.type("petra")
    page.keyboard.press("Tab")
    page.keyboard.type("a-good-password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    tab_to(page, "Skip to the content")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    tab_to(page, "Invoices")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Invoices", exact=True)).to_be_visible()
    tab_to(page, "Approve RE")
    page.keyboard.press("Enter")
    expect(page.locator(".list tbody")).to_contain_text("Approved")
    expect(page.get_by_role("button", name="Approve RE")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Withdraw")).to_have_count(2)
    for invoice in (first, second):
        invoice.approval.refresh_from_db()
        assert invoice.approval.state == "approved"
