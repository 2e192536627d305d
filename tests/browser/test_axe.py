"""axe finds nothing: every page, light and dark, and what opens on them."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from arapp.people.models import User
from arapp.receivables.models import Invoice
from tests.browser import pages
from tests.browser.conftest import Desk
from tests.conftest import make_user

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
AXE = Axe().axe_script
OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules whose answer hangs on the theme."""

RUN = """(rules) => axe.run({ resultTypes: ["violations"], preload: false, iframes: false,
  ...(rules.length ? { runOnly: rules } : {}) })"""
TWICE = """() => [...document.querySelectorAll("[id]")].map((one) => one.id)
  .filter((id, place, ids) => ids.indexOf(id) !== place).map((id) => `id twice: ${id}`)"""

MAIN_PAGES = ["/", "/invoices/", "/customers/", "/items/", "/payments/", "/decisions/", "/search/?q=RE", "/sources/"]


@pytest.fixture
def person(transactional_db: None, settings: Any) -> User:
    settings.HOME_CURRENCY = "EUR"
    return make_user("anna", role="administrator")


@pytest.fixture
def paths(person: User) -> list[str]:
    return pages.paths(person)


def complaints(page: Page, *rules: str) -> list[str]:
    """What axe has against the page as it stands, and ids that stand twice. All rules, or the named ones."""
    found = page.evaluate(RUN, rules)["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"][:3]] + page.evaluate(TWICE)


def in_both(page: Page) -> list[str]:
    """The same with light colours, and what dark ones add."""
    page.evaluate(AXE)
    page.emulate_media(color_scheme="light")
    light = complaints(page)
    page.emulate_media(color_scheme="dark")
    return light + [f"dark: {one}" for one in complaints(page, *OF_COLOURS)]


def against(page: Page, paths: list[str]) -> dict[str, list[str]]:
    """By address, what there is to complain of."""
    found = {}
    for path in paths:
        page.goto(path)
        found[path] = in_both(page)
    return {path: words for path, words in found.items() if words}


def test_the_list_of_pages_forgets_none(person: User) -> None:
    listed = pages.every_page(person)
    assert set(listed) == pages.routes_of_pages()
    assert all(listed.values())


def test_axe_finds_what_is_wrong(desk: Desk, person: User) -> None:
    page = desk.signed_in(person)
    page.goto("/preferences/")
    page.evaluate("""() => { document.querySelector("h1").outerHTML = "<h4 id=messages><input></h4>";
      document.querySelector("legend").style.color = "light-dark(black, #555)" }""")
    rules = {words.split(": <")[0].split(": m")[0] for words in in_both(page)}
    assert {"label", "page-has-heading-one", "id twice", "dark: color-contrast"} <= rules


def test_axe_finds_nothing_on_any_page(desk: Desk, person: User, paths: list[str]) -> None:
    desk.expected.add(409)
    assert against(desk.signed_in(person), paths) == {}


def test_axe_finds_nothing_on_what_others_see(desk: Desk, person: User, paths: list[str]) -> None:
    desk.expected |= {403, 404}
    invoice = Invoice.objects.get(number="RE1")
    seen = ["/", "/invoices/", f"/invoices/{invoice.pk}/", f"/customers/{invoice.customer_id}/", "/sources/", "/no/"]
    assert against(desk.signed_in("viewer"), seen) == {}
    assert against(desk.signed_out(), ["/accounts/login/"]) == {}


def test_axe_finds_nothing_on_an_empty_desk(desk: Desk, person: User) -> None:
    empty = ["/", "/invoices/", "/customers/", "/items/", "/decisions/", "/payments/", "/sources/", "/views/"]
    assert against(desk.signed_in(person), empty) == {}


def test_axe_finds_nothing_on_a_phone(desk: Desk, person: User, paths: list[str]) -> None:
    page = desk.signed_in(person, viewport=PHONE, has_touch=True)
    some = [path for path in paths if path in MAIN_PAGES or "show=" in path] + paths[-1:]
    assert against(page, some) == {}
    page.goto("/invoices/?view=all")
    page.locator(".ends summary").first.click()
    assert in_both(page) == []


def test_axe_finds_nothing_in_german(desk: Desk, person: User, paths: list[str]) -> None:
    User.objects.filter(pk=person.pk).update(language="de")
    page = desk.signed_in(person)
    assert against(page, MAIN_PAGES) == {}
    assert page.locator("html").get_attribute("lang") == "de"


def pressed(*keys: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)

    return press


def clicked(*selectors: str) -> Callable[[Page], None]:
    def click(page: Page) -> None:
        for selector in selectors:
            page.locator(selector).first.click()

    return click


def typed(words: str) -> Callable[[Page], None]:
    def write(page: Page) -> None:
        page.locator("#find").focus()
        page.keyboard.type(words)

    return write


ROW = ".list tbody tr:has([data-act=reject]:not(.not))"
OPENED: dict[str, tuple[str, Callable[[Page], None], str]] = {
    "panel": ("/invoices/?view=all", pressed("j", "Enter"), "#panel .bill"),
    "panel and rejecting": ("/invoices/?view=all", clicked(f"{ROW} th a", "#panel [data-act=reject]"), "#panel #why"),
    "chosen rows": ("/invoices/?view=all", pressed("j", "x"), "#chosen-sums"),
    "all that match": ("/invoices/?view=all", clicked("[data-all]", "#all-that-match"), "#chosen-sums"),
    "more for many": ("/invoices/?view=all", clicked("[data-all]", "#bulk details > summary"), "#bulk .pop"),
    "summary of many": ("/invoices/?view=all", clicked("[data-all]", "#bulk [value=approve]"), "#many h2"),
    "rejecting": ("/invoices/?view=all", clicked(f"{ROW} [data-act=reject]"), ".ends textarea"),
    "states": ("/invoices/?view=all", clicked("#filters [data-facets=state] > summary"), "#filters .pop .rows"),
    "due": ("/invoices/?view=all", clicked("#filters [data-facets^=overdue] > summary"), ".due-choices"),
    "more filters": ("/invoices/?view=all", clicked("#filters .further > summary"), ".further .grid"),
    "saving a view": ("/invoices/?state=open", clicked(".saved > summary"), "#view-name"),
    "columns": ("/invoices/?view=all", clicked("[data-columns-of]"), "#choosing"),
    "account": ("/invoices/?view=all", clicked(".me > summary"), ".me .pop"),
    "keys": ("/invoices/?view=all", pressed("?"), "#keys dl"),
    "keys of the dashboard": ("/", pressed("?"), "#keys dl"),
    "finds": ("/", typed("RE"), "#finds a"),
    "finds nothing": ("/", typed("zzz"), "#finds .nothing"),
}


def test_axe_finds_nothing_on_what_opens(desk: Desk, person: User, paths: list[str]) -> None:
    page, found = desk.signed_in(person), {}
    for name, (path, opens, shown) in OPENED.items():
        page.emulate_media(color_scheme="light")
        page.goto(path)
        opens(page)
        expect(page.locator(shown).first, name).to_be_visible()
        found[name] = in_both(page)
    assert {name: words for name, words in found.items() if words} == {}


def test_axe_finds_nothing_on_actions_and_refusals(desk: Desk, person: User, paths: list[str]) -> None:
    desk.expected |= {409, 422}
    page, found = desk.signed_in(person), {}
    owed = Invoice.objects.filter(source__service="billogram").get()
    page.goto(f"/invoices/{owed.pk}/")
    page.locator(".offers > summary").click()
    found["offers"] = in_both(page)
    page.locator(".offers a[href*='payment.create']").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found["dialog"] = in_both(page)
    page.get_by_role("dialog").get_by_label("Amount").fill("12,5,0")
    page.get_by_role("button", name="Record a payment…").click()
    expect(page.locator("dialog .error").first).to_be_visible()
    found["dialog refuses"] = in_both(page)
    assert {name: words for name, words in found.items() if words} == {}


SEND = """(values) => {
  const form = document.querySelector("main form[method=post]:has(.field, [type=radio])");
  form.noValidate = true;
  Object.entries(values).forEach(([name, value]) => {
    const one = form.elements[name];
    if (!(one instanceof RadioNodeList)) { one.value = value; return; }
    one[0].checked = true;
    one[0].value = value;
  });
  form.requestSubmit() }"""
"""The form of the page goes out with these values, whatever the browser would say against it."""

WRONG = {
    "/users/add/": {"username": "a b!"},
    "/accounts/password/": {"old_password": "wrong"},
    "/preferences/": {"language": "xx"},
    "/rates/": {"currency": "ZZZ", "rate": "no"},
    "/accounts/login/": {"username": "nobody"},
}


def test_axe_finds_nothing_on_forms_that_refuse(desk: Desk, person: User, paths: list[str]) -> None:
    desk.expected |= {409, 422}
    news = [path for path in paths if "/new/?source=" in path]
    page, found = desk.signed_in(person), {}
    for path, values in ({path: {} for path in news} | WRONG).items():
        page = desk.signed_out() if "login" in path else page
        page.goto(path)
        page.evaluate(SEND, values)
        expect(page.locator(".error, .errors").first, path).to_be_visible()
        found[path] = in_both(page)
    assert {name: words for name, words in found.items() if words} == {}
