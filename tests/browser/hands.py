"""A person who works with the keyboard alone: no pointer, no shortcuts through the page's code."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Download, Page, expect

CALLED = """() => { const one = document.activeElement;
  const words = one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent ?? (one.textContent || one.title);
  return words.replace(/\\s+/g, " ").trim() }"""
"""What has the focus, as it is called."""

FAR = 150
"""Presses of Tab after which nobody goes on."""


@dataclass
class Hands:
    page: Page

    def sign_in(self, name: str, password: str = "a-good-password") -> None:
        """From the empty window to the dashboard."""
        self.page.goto("/")
        expect(self.page.get_by_label("Username")).to_be_focused()
        self.type(name)
        self.press("Tab")
        self.type(password)
        self.press("Enter")
        self.at("Dashboard")

    def at(self, heading: str) -> None:
        """The page with this heading is there, scripts and all."""
        expect(self.page.locator("h1")).to_contain_text(heading)
        self.page.wait_for_load_state()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def tab_to(self, begins: str, back: bool = False) -> None:
        """Press Tab until what has the focus is called so."""
        passed: list[str] = []
        for _step in range(FAR):
            self.press("Shift+Tab" if back else "Tab")
            passed.append(self.page.evaluate(CALLED))
            if passed[-1].startswith(begins):
                return
        raise AssertionError(f"Tab never reached “{begins}”, only {passed}")

    def tab_and(self, key: str, *names: str) -> None:
        """Go to each in turn and press the key on it."""
        for name in names:
            self.tab_to(name)
            self.press(key)

    def enter(self, *names: str) -> None:
        self.tab_and("Enter", *names)

    def go(self, letter: str, heading: str) -> None:
        """``g`` and a letter lead to a place."""
        self.press("g", letter)
        self.at(heading)

    def download(self, name: str) -> bytes:
        """The file behind the link of this name."""
        self.tab_to(name)
        with self.page.expect_download() as waiting:
            self.press("Enter")
        return contents(waiting.value)


def contents(download: Download) -> bytes:
    return Path(download.path()).read_bytes()
