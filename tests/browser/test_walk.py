"""Every page is walked by Tab alone: what has the focus is seen and stands under nothing, and there is a way on."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from arapp.people.models import User
from tests.browser import pages
from tests.browser.conftest import Desk
from tests.conftest import make_user

pytestmark = pytest.mark.browser

FAR = 400
LOOK = """() => {
  const one = document.activeElement;
  if (one === document.body || one === document.documentElement) return null;
  const style = getComputedStyle(one), boxes = [...one.getClientRects()].filter((box) => box.width * box.height > 1);
  const box = boxes[0] ?? one.getBoundingClientRect();
  const points = [[box.x + box.width / 2, box.y + box.height / 2], [box.x + 3, box.y + box.height / 2],
    [box.right - 3, box.y + box.height / 2]];
  const over = points.map(([x, y]) => document.elementFromPoint(x, y));
  const around = (hit) => hit.contains(one) && getComputedStyle(hit).display === "inline";
  const seen = over.some((hit) => hit && (one.contains(hit) || around(hit)));
  const faults = [];
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) faults.push("no outline");
  if (!boxes.length) faults.push("without size");
  if (!seen) faults.push(`under ${over[0]?.outerHTML.slice(0, 80)} at ${Math.round(box.x)},${Math.round(box.y)}`);
  if (one.tabIndex > 0) faults.push("out of order");
  const called = (one.getAttribute("aria-label") ?? one.textContent).replace(/\\s+/g, " ").trim().slice(0, 40);
  const words = `${one.localName} ${called} ${one.id}`;
  const again = "walked" in one.dataset && window.walked !== one;
  one.dataset.walked = "";
  window.walked = one;
  return { words, faults, again };
}"""
"""What has the focus, and what is wrong with how it stands there; whether the walk is through. A date has several
stops in a row. None between the last stop and the first."""

LEFT_OUT = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((one) => !("walked" in one.dataset) && !one.disabled && one.tabIndex >= 0
    && !["hidden", "radio"].includes(one.type)
    && one.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }))
  .map((one) => one.outerHTML.slice(0, 100))"""
"""What can be seen and used, and was never reached. Of radio buttons only one is reached by Tab."""


@pytest.fixture
def person(transactional_db: None, settings: Any) -> User:
    settings.HOME_CURRENCY = "EUR"
    return make_user("anna", role="administrator")


def walk(page: Page) -> list[str]:
    """All that is wrong on the way from the first to the last control."""
    found: list[str] = []
    for _step in range(FAR):
        page.keyboard.press("Tab")
        here = page.evaluate(LOOK)
        if here and here["again"]:
            break
        found += [f"{here['words']}: {fault}" for fault in here["faults"]] if here else []
    else:
        found.append(f"no end after {FAR}")
    return found + [f"never reached: {one}" for one in page.evaluate(LEFT_OUT)]


def mains(person: User) -> list[str]:
    """One address of each route, and what stands open beside a list."""
    listed = pages.every_page(person)
    return [paths[0] for paths in listed.values()] + listed["invoices"][2:] + listed["invoice"][-2:]


def walked(page: Page, paths: list[str]) -> dict[str, list[str]]:
    found = {}
    for path in paths:
        page.goto(path)
        found[path] = walk(page)
    return {path: words for path, words in found.items() if words}


def test_tab_reaches_everything_and_what_has_the_focus_is_seen(desk: Desk, person: User) -> None:
    desk.expected.add(409)
    assert walked(desk.signed_in(person), mains(person)) == {}


def test_the_same_on_a_phone(desk: Desk, person: User) -> None:
    listed = pages.every_page(person)
    some = [listed[name][0] for name in ("dashboard", "invoice", "customers", "preferences_columns", "batch")]
    page = desk.signed_in(person, viewport={"width": 390, "height": 844})
    assert walked(page, [*some, *listed["invoices"]]) == {}


@pytest.mark.parametrize("path", ["/", "/invoices/", "/preferences/"])
def test_the_first_stop_leads_past_the_frame(desk: Desk, person: User, path: str) -> None:
    pages.invoices(pages.make_source())
    page = desk.signed_in(person)
    page.goto(path)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_menu_a_dialog_and_the_panel_are_left_again(desk: Desk, person: User) -> None:
    made = pages.invoices(pages.make_source())
    page = desk.signed_in(person)
    for path, opens, inside in (
        (f"/invoices/?show={made[0].pk}", "", "#panel"),
        ("/invoices/", "?", "#keys"),
    ):
        page.goto(path)
        page.keyboard.press(opens or "Tab")
        expect(page.locator(inside)).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(inside)).to_be_hidden()
