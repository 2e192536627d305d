"""What a page costs and keeps still: bytes, hosts, its policy, and that nothing moves when a part is swapped."""

import gzip
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from arapp.people.models import User
from arapp.receivables import mirror
from arapp.receivables.models import Invoice
from arapp.upstreams.models import Worker
from tests.browser import pages
from tests.browser.conftest import Desk
from tests.conftest import NOW, invoice_record, make_invoice, make_source, make_user

pytestmark = pytest.mark.browser

MOST = 60_000
"""Bytes of the stylesheet and all scripts together, gzipped."""
HALF_A_PIXEL = 0.5

PLACES = """() => Object.fromEntries(["header.top", ".rail", "h1", "#filters", "#results", ".list thead",
  ".list tbody tr:nth-child(1)", ".list tbody tr:nth-child(2)", ".list tbody tr:nth-child(3)"].map((name) => {
    const box = document.querySelector(name)?.getBoundingClientRect();
    return [name, box && [box.x, box.y, box.height]] }))"""
"""Where the frame, the tools and the first rows stand."""


@pytest.fixture
def person(transactional_db: None) -> User:
    return make_user("anna", role="administrator")


@pytest.fixture
def four(transactional_db: None) -> list[Invoice]:
    Worker.objects.create(name="w")
    source = make_source("Main account")
    return [make_invoice(source, external_id=str(number), number=f"RE{number}") for number in range(1, 5)]


def mains(person: User) -> list[str]:
    """One address of each route."""
    return [paths[0] for paths in pages.every_page(person).values()]


def test_stylesheet_and_scripts_are_small_and_every_byte_is_ours(desk: Desk, person: User) -> None:
    desk.expected.add(409)
    paths, page, asked = mains(person), desk.signed_in(person), set()
    page.on("request", lambda request: asked.add(request.url))
    for path in paths:
        page.goto(path)
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(desk.url).netloc}
    loaded = {url for url in asked if url.endswith((".css", ".js"))}
    assert {url.rsplit("/", 1)[1] for url in loaded} >= {"desk.css", "desk.js", "list.js"}
    assert any("htmx" in url for url in loaded)
    sizes = {url: len(gzip.compress(page.request.get(url).body(), 9)) for url in loaded}
    assert sum(sizes.values()) <= MOST, sizes


def test_every_page_has_a_policy_without_a_gap(desk: Desk, person: User) -> None:
    page = desk.signed_in(person)
    for path in ["/", "/invoices/", "/preferences/", "/sources/", "/search/"]:
        answer = page.goto(path)
        policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'", path
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert page.locator("[style], style, script:not([src])").count() == 0


def moved(before: dict[str, Any], page: Page, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """What stands elsewhere now."""
    now = page.evaluate(PLACES)
    return {name: (was, now[name]) for name, was in before.items() if name not in but and differs(was, now[name])}


def differs(was: list[float] | None, now: list[float] | None) -> bool:
    return bool(was and now) and any(abs(one - two) > HALF_A_PIXEL for one, two in zip(was, now, strict=True))


GROWS = ("#results",)
"""It ends where its rows end."""


def test_nothing_moves_when_a_filter_a_decision_or_the_panel_is_swapped_in(desk: Desk, four: list[Invoice]) -> None:
    mirror.write_invoices(four[0].source, [invoice_record(f"m{n}", number=f"XX{n}") for n in range(46)], NOW)
    page = desk.signed_in()
    page.goto("/invoices/?sort=number&state=draft")
    page.wait_for_load_state("networkidle")
    before = page.evaluate(PLACES)
    page.keyboard.press("/")
    page.keyboard.type("RE")
    expect(page.locator(".list tbody tr")).to_have_count(4)
    assert moved(before, page, GROWS) == {}
    page.keyboard.press("Tab")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator(".list tbody tr").first).to_contain_text("Approved")
    assert moved(before, page, GROWS) == {}
    page.keyboard.press("Enter")
    expect(page.locator("#panel .bill")).to_be_visible()
    assert moved(before, page, GROWS) == {}
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    assert moved(before, page, GROWS) == {}


def test_nothing_runs_or_fades_when_motion_is_reduced(desk: Desk, four: list[Invoice]) -> None:
    running = "document.getAnimations({ subtree: true }).length"
    page = desk.signed_in()
    page.goto("/invoices/?sort=number")
    for keys in (["j", "a"], ["Enter"], ["Escape"], ["?"]):
        for key in keys:
            page.keyboard.press(key)
        assert page.evaluate(running) == 0, keys
    page.keyboard.press("Escape")
    page.locator("#filters summary").first.click()
    assert page.evaluate(running) == 0
    page.emulate_media(reduced_motion="no-preference")
    page.locator("#filters summary").nth(1).click()
    assert page.evaluate(running) > 0
