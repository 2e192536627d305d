"""Every page, light and dark, wide and on a phone: nothing sticks out, nothing complains."""

import re

import pytest
from playwright.sync_api import Page, expect

from arapp.people.models import User
from arapp.receivables.models import Invoice
from arapp.upstreams.models import Connection
from tests.browser import pages
from tests.browser.conftest import Desk
from tests.conftest import make_invoice, make_source, make_user

pytestmark = pytest.mark.browser

PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture
def person(transactional_db: None) -> User:
    return make_user(role="administrator")


@pytest.fixture
def paths(person: User) -> list[str]:
    """At least one of each page, over data that is hard to lay out."""
    return pages.paths(person)


def sticks_out(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize(("scheme", "viewport"), [("dark", PHONE), ("light", LAPTOP)], ids=["phone", "laptop"])
def test_no_page_is_wider_than_the_window_or_complains(
    desk: Desk, person: User, paths: list[str], scheme: str, viewport: dict[str, int]
) -> None:
    page = desk.signed_in(person, color_scheme=scheme, viewport=viewport)
    desk.expected.add(409)
    for path in paths:
        answer = page.goto(path)
        assert (answer.status in (200, 409), sticks_out(page) <= 0) == (True, True), path
        lightness = page.evaluate("getComputedStyle(document.body).backgroundColor").removeprefix("oklch(")
        assert (float(lightness.split()[0]) > 0.5) == (scheme == "light")
        expect(page.locator("h1")).to_have_count(1)


def test_pages_that_refuse_lead_on(desk: Desk, transactional_db: None) -> None:
    desk.expected |= {403, 404}
    page = desk.signed_in("viewer", viewport=PHONE)
    for path, words in (("/nowhere/", "There is nothing at this address"), ("/sources/", "does not open this")):
        page.goto(path)
        expect(page.get_by_role("heading", name=words)).to_be_visible()
        page.get_by_role("link", name="Go to the invoices").click()
        expect(page.get_by_role("heading", name="Invoices", exact=True)).to_be_visible()


def test_an_empty_desk_says_why_and_what_to_do(desk: Desk, transactional_db: None) -> None:
    page = desk.signed_in("administrator", viewport=PHONE)
    for path in ("/", "/invoices/", "/customers/", "/sources/"):
        page.goto(path)
        expect(page.locator(".empty p").first).to_be_visible()
        assert sticks_out(page) <= 0, path


def test_every_menu_of_the_list_fits_on_a_phone(desk: Desk, paths: list[str]) -> None:
    page = desk.signed_in(viewport=PHONE)
    page.goto("/invoices/")
    for menu in page.locator("#filters > details > summary").all():
        menu.click()
        assert sticks_out(page) <= 0, menu.inner_text()
        page.keyboard.press("Escape")
    page.locator(".ends summary").first.click()
    assert sticks_out(page) <= 0


def test_who_sees_every_room_can_sign_out_on_a_phone(desk: Desk, transactional_db: None) -> None:
    page = desk.signed_in("administrator", viewport=PHONE)
    page.goto("/invoices/")
    page.locator(".me > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_asking_for_a_reading_says_so_and_leaves_the_wish_for_the_worker(desk: Desk, invoice_read: Invoice) -> None:
    page = desk.signed_in("controller")
    page.goto("/sources/")
    page.get_by_role("button", name=f"Sync now {invoice_read.source}").click()
    expect(page.locator("#messages")).to_contain_text("Asked for; it is read as soon as the worker is free.")
    expect(page.locator("#messages")).to_contain_text("No worker is running")
    expect(page.get_by_role("row", name=re.compile(str(invoice_read.source)))).to_contain_text("Reading asked for")
    assert Connection.objects.get(source=invoice_read.source).wanted_at


@pytest.fixture
def invoice_read(transactional_db: None) -> Invoice:
    return make_invoice(make_source("Main account"))


def test_lists_and_documents_print_without_the_frame(desk: Desk, invoice_read: Invoice) -> None:
    page = desk.signed_in(viewport={"width": 794, "height": 1123}, color_scheme="dark")
    page.emulate_media(media="print")
    for path in ("/invoices/", f"/invoices/{invoice_read.pk}/"):
        page.goto(path)
        for part in (".rail", ".top", ".toasts"):
            expect(page.locator(part)).to_be_hidden()
        assert sticks_out(page) <= 0, path
    page.goto("/invoices/?state=draft")
    expect(page.locator(".printed")).to_contain_text("Printed 20")
    expect(page.locator(".chip").first).to_contain_text("Draft")
