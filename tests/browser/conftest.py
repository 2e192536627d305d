"""Chromium before a live desk. Whatever a page complains about in the console fails the test that opened it."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from arapp.people.models import Role, User
from tests.conftest import make_user

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 20_000
"""Milliseconds until a page that does not do what is expected fails the test."""

GIVEN_UP = ("htmx:afterRequest, ", "htmx:sendAbort, ")
"""What htmx says of a search that was given up for a newer one."""

TELL_OF_VIOLATIONS = """document.addEventListener("securitypolicyviolation",
  (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`))"""


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    # Playwright keeps an event loop running in this thread; the ORM is only used between its calls.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        expect.set_options(timeout=PATIENCE)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path)
            yield browser
            browser.close()
    finally:
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
        if before is not None:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@dataclass
class Desk:
    """Opens pages of the desk, each in a fresh profile. ``expected``: HTTP statuses a test provokes itself."""

    chromium: Browser
    url: str
    faults: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)
    contexts: list[BrowserContext] = field(default_factory=list)

    def signed_out(self, **options: Any) -> Page:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context = self.chromium.new_context(base_url=self.url, reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(TELL_OF_VIOLATIONS)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: self._note(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._note(str(error)))
        return page

    def signed_in(self, person: User | str = Role.APPROVER, **options: Any) -> Page:
        """A page of the person, or of somebody with this role."""
        page, client = self.signed_out(**options), Client()
        client.force_login(make_user(role=person) if isinstance(person, str) else person)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.url}])
        return page

    def _note(self, words: str) -> None:
        expected = any(f"status of {status} " in words for status in self.expected)
        if not expected and not words.startswith(GIVEN_UP):
            self.faults.append(words)

    def close(self) -> None:
        for context in self.contexts:
            for page in context.pages:
                page.goto("about:blank")
            context.close()


@pytest.fixture
def desk(chromium: Browser, transactional_db: None, live_server: Any) -> Iterator[Desk]:
    opened = Desk(chromium, live_server.url)
    yield opened
    opened.close()
    assert opened.faults == []


@pytest.fixture
def tab_to() -> Callable[[Page, str], None]:
    """``tab_to(page, "Approve RE1")``: press Tab until what has the focus is called so."""
    name = """() => { const one = document.activeElement;
      return (one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent ?? one.textContent).trim() }"""

    def tab(page: Page, begins: str) -> None:
        passed: list[str] = []
        for _step in range(60):
            page.keyboard.press("Tab")
            passed.append(page.evaluate(name))
            if passed[-1].startswith(begins):
                return
        raise AssertionError(f"Tab never reached “{begins}”, only {passed}")

    return tab
