"""The search box of every page, by keyboard and by pointer, and the lists of payments and decisions."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, Route, expect

from arapp.receivables import mirror
from arapp.receivables.money import Money
from arapp.receivables.records import CustomerRecord, ItemRecord, MovementRecord
from tests.browser.conftest import Desk
from tests.conftest import NOW, make_invoice, make_source, make_user

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
HUGE = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikantenverband" * 2


@pytest.fixture
def much(transactional_db: None):
    """Two invoices of two customers, one of them with an endless name, a payment, a decision and an item."""
    source = make_source("Nord")
    paid = MovementRecord(
        external_id="p",
        kind="payment",
        date=date(2026, 11, 2),
        amount=Money.parse("5", "EUR"),
        text=f"OCR 4711 {HUGE}",
    )
    first = make_invoice(
        source, number="RE-100", customer=CustomerRecord(external_id="k1", name="Muster AG"), movements=(paid,)
    )
    second = make_invoice(source, number="RE-200", customer=CustomerRecord(external_id="k2", name=f"Muster {HUGE}"))
    second.approval.approve(make_user("anna"), second.digest, HUGE)
    mirror.write_items(source, [ItemRecord(external_id="i", number="ART-7", name="Muster chair")], NOW)
    return first


def typed(page: Page, words: str) -> None:
    page.locator("#find").press_sequentially(words, delay=20)
    expect(page.locator("#finds")).to_be_visible()


def allow_cut_off(desk: Desk) -> None:
    """htmx tells the console of each request that a newer one has cut off."""
    told = ("htmx:afterRequest", "htmx:sendAbort")
    desk.faults[:] = [words for words in desk.faults if not words.startswith(told)]


def sticks_out(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, PHONE], ids=["laptop", "phone"])
def test_while_typing_results_of_every_kind_drop_down_and_their_number_is_told(desk: Desk, much, viewport) -> None:
    page = desk.signed_in("viewer", viewport=viewport)
    page.goto("/invoices/")
    before = sticks_out(page)
    typed(page, "muster")
    for name in ("Invoices", "Customers", "Items", "Payments"):
        expect(page.locator("#finds").get_by_role("heading", name=name)).to_be_visible()
    expect(page.locator("#find-said")).to_have_text("6 found.")
    assert (before, sticks_out(page)) == (0, 0)


def test_arrows_walk_the_results_esc_closes_them_and_enter_opens_one(desk: Desk, much) -> None:
    page = desk.signed_in("viewer")
    page.goto("/customers/")
    typed(page, "muster ag")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#finds a").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#finds a").last).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#finds")).to_be_hidden()
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Search for “muster ag”")).to_be_visible()
    typed(page, " ")
    page.locator("#finds").get_by_role("link", name=re.compile("^RE-100")).click()
    expect(page).to_have_url(re.compile(rf"/invoices/{much.pk}/$"))


def test_the_one_that_was_meant_is_the_first_step_down(desk: Desk, much) -> None:
    page = desk.signed_in("viewer")
    page.goto("/")
    typed(page, "re-100")
    expect(page.locator("#finds a").first).to_have_text("Go to invoice RE-100 of Muster AG")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/invoices/{much.pk}/$"))


def test_leaving_the_box_closes_the_results_and_an_empty_box_has_none(desk: Desk, much) -> None:
    page = desk.signed_in("viewer")
    page.goto("/items/")
    typed(page, "muster")
    page.locator("main").click(position={"x": 900, "y": 300})
    expect(page.locator("#finds")).to_be_hidden()
    page.locator("#find").focus()
    expect(page.locator("#finds")).to_be_visible()
    page.locator("#find").fill("")
    expect(page.locator("#finds")).to_be_hidden()


def test_an_older_answer_never_replaces_a_newer_one(desk: Desk, much) -> None:
    page = desk.signed_in("viewer")
    page.goto("/payments/")
    held: list[Route] = []
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.route(re.compile(r"/search/\?q=re-1$"), lambda route: held.append(route))
    with page.expect_request(re.compile(r"/search/\?q=re-1$")):
        page.locator("#find").press_sequentially("re-1")
    page.locator("#find").press_sequentially("00")
    expect(page.locator("#finds .direct")).to_be_visible()
    assert [url for url in failed if url.endswith("q=re-1")]
    allow_cut_off(desk)


def test_without_scripts_the_box_leads_to_a_page_and_lists_are_filtered(desk: Desk, much) -> None:
    page = desk.signed_in("viewer", java_script_enabled=False)
    page.goto("/decisions/")
    page.locator("#find").fill("re-100")
    page.locator("#find").press("Enter")
    page.get_by_role("link", name="Go to invoice RE-100 of Muster AG").click()
    expect(page).to_have_url(re.compile(rf"/invoices/{much.pk}/$"))
    page.goto("/payments/")
    page.locator("#q").fill("nowhere")
    page.locator("#q").press("Enter")
    expect(page.locator(".empty")).to_contain_text("No payment matches")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, PHONE], ids=["laptop", "phone"])
def test_the_new_pages_fit_the_window(desk: Desk, much, viewport, scheme) -> None:
    page = desk.signed_in("administrator", viewport=viewport, color_scheme=scheme)
    searches = ("/search/", "/search/?q=muster", "/search/?q=nowhere")
    for path in (*searches, "/decisions/", "/decisions/?q=x", "/payments/", "/payments/?kind=gift"):
        page.goto(path)
        assert sticks_out(page) <= 0, path
        expect(page.locator("h1")).to_have_count(1)


def test_a_list_is_narrowed_in_place_and_a_chip_widens_it_again(desk: Desk, much) -> None:
    page = desk.signed_in("viewer")
    page.goto("/payments/")
    expect(page.locator(".list tbody tr")).to_have_count(1)
    page.locator("summary", has_text="Kind").click()
    page.locator("#filters").get_by_role("checkbox", name=re.compile("^Fee")).check()
    expect(page.locator(".empty")).to_contain_text("No payment matches")
    expect(page).to_have_url(re.compile("kind=fee"))
    page.locator(".chip").click()
    expect(page.locator(".list tbody tr")).to_have_count(1)
    allow_cut_off(desk)
