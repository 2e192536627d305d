"""The panel beside the list: it opens and walks without losing the list, and back and forward restore everything."""

import re

import pytest
from playwright.sync_api import Page, expect

from arapp.outbox.models import Intent
from arapp.receivables import mirror
from arapp.receivables.models import Invoice
from arapp.upstreams.models import Worker
from tests.browser.conftest import Desk
from tests.conftest import NOW, invoice_record, make_invoice, make_source

pytestmark = pytest.mark.browser

PHONE, LARGE = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture
def sixty(transactional_db: None) -> list[Invoice]:
    """RE01 to RE60; two pages of the list, all waiting."""
    Worker.objects.create(name="w")
    source = make_source("Main account")
    first = make_invoice(source, external_id="01", number="RE01")
    mirror.write_invoices(source, [invoice_record(f"{n:02}", number=f"RE{n:02}") for n in range(2, 61)], NOW)
    type(first.approval).objects.catch_up(source=source)
    return list(Invoice.objects.order_by("number"))


def opened(desk: Desk, path: str = "/invoices/?sort=number", **options: object) -> Page:
    page = desk.signed_in(viewport=LARGE) if not options else desk.signed_in(**options)
    page.goto(path)
    return page


def row(page: Page, number: str) -> object:
    return page.locator(".list tbody tr", has=page.get_by_role("link", name=number, exact=True))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def heading(page: Page) -> object:
    return page.locator("#panel-heading")


def mark_the_list(page: Page) -> None:
    page.evaluate("document.querySelector('#results').dataset.mark = 1")


def assert_the_list_stayed(page: Page) -> None:
    expect(page.locator("#results")).to_have_attribute("data-mark", "1")


def top_of(page: Page, number: str) -> float:
    return row(page, number).bounding_box()["y"]


def test_a_click_opens_the_invoice_beside_the_list_and_escape_closes_it(desk: Desk, sixty: list[Invoice]) -> None:
    page = opened(desk)
    mark_the_list(page)
    before = top_of(page, "RE03")
    row(page, "RE03").get_by_role("link", name="RE03", exact=True).click()
    expect(heading(page)).to_have_text("RE03")
    expect(heading(page)).to_be_focused()
    expect(page).to_have_url(re.compile(rf"\?sort=number&show={sixty[2].pk}$"))
    expect(page.locator("#panel")).to_contain_text("Consulting")
    expect(page.locator("h1")).to_have_text("Invoices")
    assert top_of(page, "RE03") == before
    expect(row(page, "RE03")).to_have_attribute("aria-current", "true")
    press(page, "Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"\?sort=number$"))
    expect(row(page, "RE03").locator("a:focus")).to_have_text("RE03")
    assert top_of(page, "RE03") == before
    assert_the_list_stayed(page)


def test_enter_opens_j_and_k_walk_beyond_the_page_and_back_leaves_in_one_step(
    desk: Desk, sixty: list[Invoice]
) -> None:
    page = opened(desk)
    mark_the_list(page)
    press(page, "j", "Enter")
    expect(heading(page)).to_have_text("RE01")
    press(page, "k")
    expect(heading(page)).to_have_text("RE01")
    for number in range(2, 53):
        press(page, "j")
        expect(heading(page)).to_have_text(f"RE{number:02}")
    expect(page.locator(".panel-ways")).to_contain_text("52 of 60")
    expect(heading(page)).to_be_focused()
    press(page, "k")
    expect(heading(page)).to_have_text("RE51")
    page.go_back()
    expect(page.locator("#panel")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"\?sort=number$"))
    page.go_forward()
    expect(heading(page)).to_have_text("RE51")
    assert_the_list_stayed(page)


def test_the_next_button_keeps_the_focus_so_that_it_can_be_pressed_again(desk: Desk, sixty: list[Invoice]) -> None:
    page = opened(desk, f"/invoices/?sort=number&show={sixty[0].pk}")
    page.get_by_role("link", name="Next invoice").focus()
    press(page, "Enter")
    expect(heading(page)).to_have_text("RE02")
    expect(page.get_by_role("link", name="Next invoice")).to_be_focused()
    press(page, "Enter")
    expect(heading(page)).to_have_text("RE03")


def test_a_shared_address_shows_list_and_panel_and_closing_needs_no_history(desk: Desk, sixty: list[Invoice]) -> None:
    page = opened(desk, f"/invoices/?sort=number&page=2&show={sixty[54].pk}")
    expect(heading(page)).to_have_text("RE55")
    expect(row(page, "RE55")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Close the panel").click()
    expect(page.locator("#panel")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"\?sort=number&page=2$"))


def test_a_decision_in_the_panel_shows_in_the_row_and_the_next_is_one_key_away(
    desk: Desk, sixty: list[Invoice]
) -> None:
    page = opened(desk, "/invoices/?sort=number&approval=waiting")
    press(page, "j", "Enter")
    expect(heading(page)).to_have_text("RE01")
    press(page, "a")
    expect(page.locator("#panel .status")).to_contain_text("Approved")
    expect(row(page, "RE01")).to_contain_text("Approved")
    expect(page.locator("h1")).to_have_text("Invoices")
    expect(page).to_have_title(re.compile(r"^\(59\) "))
    toast = page.locator(".toast", has_text="RE01 is approved.")
    expect(toast.get_by_role("button", name="Undo")).to_be_visible()
    press(page, "j")
    expect(heading(page)).to_have_text("RE02")
    press(page, "r")
    page.keyboard.type("Not ordered")
    page.locator("#panel").get_by_role("button", name="Reject and leave").click()
    expect(row(page, "RE02")).to_contain_text("Rejected")
    press(page, "z")
    expect(row(page, "RE02")).to_contain_text("Waiting")
    expect(page.locator("#panel .status")).to_contain_text("Waiting")
    press(page, "k", "j", "x")
    expect(row(page, "RE02").get_by_role("checkbox")).to_be_checked()


def test_a_decision_in_the_row_shows_in_the_panel_and_what_is_on_its_way_in_both(
    desk: Desk, sixty: list[Invoice]
) -> None:
    page = opened(desk, f"/invoices/?sort=number&show={sixty[0].pk}", viewport={"width": 960, "height": 900})
    page.get_by_role("button", name="Approve RE01").click()
    expect(page.locator("#panel .status")).to_contain_text("Approved")
    expect(page.locator("#standing")).to_have_text("On its way to Billomat")
    Intent.objects.get().move("sending")
    expect(page.locator("#standing")).to_have_text("Being sent to Billomat")
    expect(row(page, "RE01")).to_contain_text("Being sent to Billomat")
    expect(heading(page)).to_have_text("RE01")
    expect(page.locator("h1")).to_have_text("Invoices")


def test_a_filter_closes_the_panel_and_an_invoice_that_is_not_there_says_so(desk: Desk, sixty: list[Invoice]) -> None:
    page = opened(desk, f"/invoices/?sort=number&show={sixty[0].pk}")
    press(page, "/")
    page.keyboard.type("RE05")
    expect(page.locator(".list tbody tr")).to_have_count(1)
    expect(page.locator("#panel")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"\?q=RE05&sort=number$"))
    page.goto("/invoices/?show=999999")
    expect(page.get_by_role("alert")).to_contain_text("There is no invoice “999999”")


def test_on_a_phone_the_link_leads_to_the_page_and_a_shared_panel_fills_the_screen(
    desk: Desk, sixty: list[Invoice]
) -> None:
    page = opened(desk, "/invoices/?sort=number", viewport=PHONE)
    row(page, "RE02").get_by_role("link", name="RE02", exact=True).click()
    expect(page).to_have_url(re.compile(rf"/invoices/{sixty[1].pk}/$"))
    page.goto(f"/invoices/?sort=number&show={sixty[1].pk}")
    expect(heading(page)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Next invoice").click()
    expect(heading(page)).to_have_text("RE03")


def test_without_scripts_the_panel_is_walked_and_closed_by_links(desk: Desk, sixty: list[Invoice]) -> None:
    page = opened(desk, f"/invoices/?sort=number&show={sixty[0].pk}", java_script_enabled=False)
    page.get_by_role("link", name="Next invoice").click()
    expect(heading(page)).to_have_text("RE02")
    page.locator("#panel").get_by_role("button", name="Approve and issue").click()
    expect(page.get_by_role("heading", name="RE02")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Close the panel").click()
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator(".list tbody tr")).to_have_count(50)


@pytest.mark.parametrize("width", [1440, 1280, 960, 390])
def test_no_id_stands_twice_and_nothing_sticks_out(desk: Desk, sixty: list[Invoice], width: int) -> None:
    path = f"/invoices/?sort=number&show={sixty[0].pk}"
    page = opened(desk, path, viewport={"width": width, "height": 900})
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert sorted(ids) == sorted(set(ids))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# Back and forward


def stand_in_the_list(page: Page) -> float:
    """Two rows chosen, one focused, scrolled down."""
    for number in ("RE20", "RE22"):
        row(page, number).get_by_role("checkbox").check()
    row(page, "RE30").get_by_role("link", name="RE30", exact=True).focus()
    page.mouse.move(600, 500)
    page.mouse.wheel(0, 700)
    page.wait_for_timeout(400)
    return page.evaluate("scrollY")


def assert_stands_there(page: Page, scrolled: float) -> None:
    expect(page.locator(".list tbody .box :checked")).to_have_count(2)
    expect(page.locator("#bulk")).to_contain_text("2 chosen")
    expect(row(page, "RE30").locator("a:focus")).to_have_text("RE30")
    assert abs(page.evaluate("scrollY") - scrolled) <= 1


def test_back_from_an_invoice_leads_to_the_place_the_choice_and_the_focus(desk: Desk, sixty: list[Invoice]) -> None:
    page = opened(desk)
    scrolled = stand_in_the_list(page)
    assert scrolled > 300
    page.evaluate("document.querySelector('.rail a[href=\"/customers/\"]').click()")
    expect(page.get_by_role("heading", name="Customers", exact=True)).to_be_visible()
    page.go_back()
    assert_stands_there(page, scrolled)
    page.reload()
    assert_stands_there(page, scrolled)


def test_back_and_forward_through_swapped_pages_lead_to_the_place_too(desk: Desk, sixty: list[Invoice]) -> None:
    page = opened(desk)
    scrolled = stand_in_the_list(page)
    page.locator(".list thead").get_by_role("link", name="Number", exact=True).evaluate("(link) => link.click()")
    expect(page).to_have_url(re.compile("sort=-number"))
    expect(page.locator(".list tbody th a").first).to_have_text("RE60")
    row(page, "RE55").get_by_role("checkbox").check()
    page.wait_for_timeout(200)
    page.go_back()
    expect(page.locator(".list tbody th a").first).to_have_text("RE01")
    assert_stands_there(page, scrolled)
    page.go_forward()
    expect(page.locator(".list tbody th a").first).to_have_text("RE60")
    expect(row(page, "RE55").get_by_role("checkbox")).to_be_checked()
    expect(page.locator(".list tbody .box :checked")).to_have_count(1)


def test_a_list_opened_anew_begins_at_its_top(desk: Desk, sixty: list[Invoice]) -> None:
    page = opened(desk)
    stand_in_the_list(page)
    page.goto("/customers/")
    page.goto("/invoices/?sort=number")
    assert page.evaluate("scrollY") == 0
    expect(page.locator(".list tbody .box :checked")).to_have_count(0)


def test_who_walked_beyond_the_page_is_back_at_its_last_row(desk: Desk, sixty: list[Invoice]) -> None:
    page = opened(desk)
    row(page, "RE50").get_by_role("link", name="RE50").click()
    expect(heading(page)).to_have_text("RE50")
    for number in ("RE51", "RE52"):
        page.keyboard.press("j")
        expect(heading(page)).to_have_text(number)
    page.keyboard.press("Escape")
    expect(row(page, "RE50").get_by_role("link", name="RE50")).to_be_focused()
    expect(row(page, "RE50")).to_be_in_viewport()
