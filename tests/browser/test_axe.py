"""axe finds nothing: every page, light and dark, and what opens on them."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from arapp.people.models import User
from tests.browser import pages
from tests.browser.conftest import Desk
from tests.conftest import make_user

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
COLOURS = {"resultTypes": ["violations"], "runOnly": ["cat.color"]}
ALL = {"resultTypes": ["violations"]}


@pytest.fixture
def person(transactional_db: None) -> User:
    return make_user("anna", role="administrator")


def complaints(page: Page, options: dict | None = None) -> list[str]:
    """What axe has against the page as it stands."""
    found = Axe().run(page, options=options or ALL).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"][:3]]


def in_both(page: Page) -> list[str]:
    """The same with light colours, and what dark ones add."""
    page.emulate_media(color_scheme="light")
    light = complaints(page)
    page.emulate_media(color_scheme="dark")
    return light + [f"dark: {one}" for one in complaints(page, COLOURS)]


def test_the_list_of_pages_forgets_none(person: User) -> None:
    listed = pages.every_page(person)
    assert set(listed) == pages.routes_of_pages()
    assert all(listed.values())


def test_axe_finds_nothing_on_any_page(desk: Desk, person: User) -> None:
    import time
    paths = pages.paths(person)
    page, found = desk.signed_in(person), {}
    desk.expected |= {409, 422}
    for path in paths:
        t = time.time()
        answer = page.goto(path)
        t2 = time.time()
        words = in_both(page)
        print(path, answer.status, f"{t2 - t:.2f} {time.time() - t2:.2f}", page.evaluate("document.getElementsByTagName('*').length"))
        if words:
            found[path] = words
    import json
    open("/tmp/h-axe/found.json", "w").write(json.dumps(found, indent=1))
    assert found == {}
