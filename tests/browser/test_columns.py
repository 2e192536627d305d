"""Columns of the invoice list by pointer, by keyboard and without scripts; nothing moves when rows are swapped."""

import pytest
from playwright.sync_api import Page, expect

from arapp.people.models import User
from arapp.people.preferences import keep_layout
from tests.browser.conftest import Desk
from tests.conftest import make_invoice, make_source, make_user

pytestmark = pytest.mark.browser

USUAL = "Number Customer Source Issued Due Gross Open State Approval".split()


@pytest.fixture
def person(transactional_db: None) -> User:
    source = make_source("Main account")
    for n in range(3):
        make_invoice(source, external_id=str(n), number=f"RE{n}", title="Roof repair")
    return make_user("petra")


def headings(page: Page) -> list[str]:
    named = page.locator(".list thead th:not(.ends)").evaluate_all("all => all.map((one) => one.ariaLabel)")
    return [str(name) for name in named]


def width_of(page: Page, name: str) -> float:
    heading = page.locator(f".list thead th:has([data-edge={name}])")
    for _moment in range(50):
        if box := heading.bounding_box():
            return box["width"]
        page.wait_for_timeout(100)
    raise AssertionError(f"There is no column {name}.")


def becomes(page: Page, name: str, width: float) -> None:
    """The answer that has come is put into the page a moment later."""
    for _moment in range(200):
        box = page.locator(f".list thead th:has([data-edge={name}])").bounding_box()
        if box and abs(box["width"] - width) <= 1:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"The column {name} has {width_of(page, name)} pixels and not {width}.")


def stored(person: User) -> list[dict[str, object]]:
    person.refresh_from_db()
    found = person.layouts.get("invoices", [])
    assert isinstance(found, list)
    return found


def wait_for_answer(page: Page) -> None:
    page.wait_for_load_state("networkidle")


def test_a_tick_shows_a_column_at_once_and_it_stays(desk: Desk, person: User) -> None:
    page = desk.signed_in(person)
    page.goto("/invoices/")
    assert headings(page) == USUAL
    page.get_by_role("link", name="Columns").click()
    dialog = page.get_by_role("dialog", name="Columns")
    dialog.get_by_label("Title", exact=True).check()
    expect(page.locator(".list thead th[aria-label=Title]")).to_be_visible()
    expect(page.locator(".list tbody").get_by_text("Roof repair").first).to_be_visible()
    dialog.get_by_label("Source", exact=True).uncheck()
    expect(page.locator(".list thead th[aria-label=Source]")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name="Columns")).to_be_focused()
    page.reload()
    assert headings(page) == [name for name in USUAL if name != "Source"] + ["Title"]
    page.get_by_role("link", name="Columns").click()
    page.get_by_role("button", name="Back to the default").click()
    expect(page.locator(".list thead th[aria-label=Source]")).to_be_visible()
    assert headings(page) == USUAL


def test_columns_change_places_by_keyboard_and_it_is_said(desk: Desk, person: User) -> None:
    page = desk.signed_in(person)
    page.goto("/invoices/")
    page.get_by_role("link", name="Columns").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Move Customer up").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".list thead th").nth(0)).to_have_attribute("aria-label", "Customer")
    expect(page.locator("#choosing [role=status]")).to_have_text(f"Customer is number 1 of {places(page)} now.")
    expect(page.get_by_role("button", name="Move Customer down")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".list thead th").nth(0)).to_have_attribute("aria-label", "Number")
    wait_for_answer(page)
    assert [one["name"] for one in stored(person)][:2] == ["number", "customer"]


def places(page: Page) -> int:
    return page.locator("#choosing li").count()


def test_columns_change_places_by_their_handle(desk: Desk, person: User) -> None:
    page = desk.signed_in(person)
    page.goto("/invoices/")
    page.get_by_role("link", name="Columns").click()
    grip = page.locator("#of-state .grip").bounding_box()
    first = page.locator("#of-number").bounding_box()
    assert grip
    assert first
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, first["y"] + 5, steps=8)
    page.mouse.up()
    expect(page.locator(".list thead th").nth(0)).to_have_attribute("aria-label", "State")


def test_an_edge_is_drawn_and_the_others_stay(desk: Desk, person: User) -> None:
    page = desk.signed_in(person)
    page.goto("/invoices/")
    before = {name: width_of(page, name) for name in ("number", "due", "gross", "state")}
    edge = page.locator("[data-edge=due]").bounding_box()
    assert edge
    page.mouse.move(edge["x"] + 4, edge["y"] + 8)
    page.mouse.down()
    page.mouse.move(edge["x"] + 44, edge["y"] + 8, steps=5)
    page.mouse.up()
    expect(page.locator("col.k-due")).to_have_count(1)
    assert abs(width_of(page, "due") - before["due"] - 40) <= 1
    for name in ("number", "gross", "state"):
        assert abs(width_of(page, name) - before[name]) <= 1
    page.reload()
    assert abs(width_of(page, "due") - before["due"] - 40) <= 1


def test_an_edge_moves_by_arrow_keys_and_keeps_the_focus(desk: Desk, person: User) -> None:
    page = desk.signed_in(person)
    page.goto("/invoices/")
    before = width_of(page, "number")
    edge = page.get_by_role("separator", name="Width of Number")
    edge.focus()
    for _step in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("col.k-number")).to_have_count(1)
    expect(edge).to_be_focused()
    assert abs(width_of(page, "number") - before - 24) <= 1
    expect(edge).to_have_attribute("aria-valuenow", str(round(before + 24)))


@pytest.mark.parametrize("name", ["customer", "source"])
def test_a_chosen_width_is_the_one_that_is_shown(name: str, desk: Desk, person: User) -> None:
    page = desk.signed_in(person, viewport={"width": 1440, "height": 900})
    page.goto("/invoices/")
    for _time in range(2):
        before = width_of(page, name)
        page.locator(f"[data-edge={name}]").focus()
        with page.expect_response(lambda answer: answer.url.endswith("/invoices/")):
            page.keyboard.press("Shift+ArrowRight")
        becomes(page, name, before + 40)
        expect(page.locator(f"[data-edge={name}]")).to_be_focused()


def test_a_width_that_is_none_is_told_and_stays_as_it_was_typed(desk: Desk, person: User) -> None:
    desk.expected.add(422)
    page = desk.signed_in(person)
    page.goto("/invoices/")
    page.get_by_role("link", name="Columns").click()
    width = page.get_by_label("Width of Due in pixels")
    width.fill("huge")
    width.press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("is no width for “Due”")
    expect(page.get_by_label("Width of Due in pixels")).to_have_value("huge")
    page.get_by_label("Width of Due in pixels").fill("120")
    page.get_by_label("Width of Due in pixels").press("Tab")
    expect(page.locator("col.k-due")).to_have_attribute("width", "120")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_without_scripts_the_form_is_a_page_that_leads_back(desk: Desk, person: User) -> None:
    page = desk.signed_in(person, java_script_enabled=False)
    page.goto("/invoices/?state=draft")
    page.get_by_role("link", name="Columns").click()
    page.get_by_label("Net", exact=True).check()
    page.get_by_role("button", name="Move Customer up").click()
    page.get_by_role("button", name="Save").last.click()
    assert page.url.endswith("/invoices/?state=draft")
    assert [one["name"] for one in stored(person)] == ["customer", "number", *(rest())]


def rest() -> list[str]:
    return "source issued due gross open state approval net".split()


def test_rows_get_higher_at_once_and_stay_so(desk: Desk, person: User) -> None:
    page = desk.signed_in(person)
    page.goto("/invoices/")
    low = page.locator(".list tbody tr").first.bounding_box()
    page.get_by_role("button", name="Comfortable rows").click()
    expect(page.get_by_role("button", name="Comfortable rows")).to_have_attribute("aria-pressed", "true")
    high = page.locator(".list tbody tr").first.bounding_box()
    assert low
    assert high
    assert (low["height"], high["height"]) == (36, 44)
    wait_for_answer(page)
    page.reload()
    again = page.locator(".list tbody tr").first.bounding_box()
    assert again
    assert again["height"] == 44


def test_a_decided_row_keeps_the_columns_and_every_width(desk: Desk, person: User) -> None:
    keep_layout(person, "invoices", [("state", None), ("number", 130), ("title", None), ("approval", 150)])
    page = desk.signed_in(person)
    page.goto("/invoices/")
    before = {name: width_of(page, name) for name in ("state", "number", "title", "approval")}
    page.locator(".list tbody tr").first.get_by_role("button", name="Approve").click()
    expect(page.locator(".list tbody tr").first).to_contain_text("Approved")
    assert {name: width_of(page, name) for name in before} == before
    expect(page.locator(".list tbody tr").first).to_contain_text("Roof repair")


def test_more_columns_than_fit_are_scrolled_beside_number_and_actions(desk: Desk, person: User) -> None:
    names = "number customer source issued due gross open net vat paid title state approval payment_reference".split()
    keep_layout(person, "invoices", [(name, 150) for name in names])
    page = desk.signed_in(person)
    page.goto("/invoices/")
    pane = page.locator(".pane")
    assert pane.evaluate("one => one.scrollWidth > one.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    pane.evaluate("one => { one.scrollLeft = 9999 }")
    expect(page.locator(".list tbody th a").first).to_be_in_viewport(ratio=1)
    pane.evaluate("one => { one.scrollLeft = 0 }")
    expect(page.locator(".list tbody .ends .do").first).to_be_in_viewport(ratio=1)


def test_the_desk_is_dark_for_who_prefers_it_on_a_light_device(desk: Desk, person: User) -> None:
    page = desk.signed_in(person, color_scheme="light")
    page.goto("/preferences/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your preferences are kept.")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
