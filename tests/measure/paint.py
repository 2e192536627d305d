"""When the main pages of a running desk are first painted in Chromium. By hand, for example on ``manage.py demo``:

    .venv/bin/python -m tests.measure.paint http://127.0.0.1:8000 --user demo --password …

Prints milliseconds from the start of the navigation: first byte, first paint of words, everything loaded; the median
of several visits with a warm cache, and of the first one; and the bytes of the page itself as they were sent.
"""

import argparse
import shutil
import statistics
import sys
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ROUNDS = 11
PATHS = ("/invoices/?view=all", "/", "/customers/", "/decisions/", "/payments/")
TIMES = """() => new Promise((done) => new PerformanceObserver((list) => {
  const paint = list.getEntriesByName("first-contentful-paint")[0];
  const page = performance.getEntriesByType("navigation")[0];
  if (paint) setTimeout(() => done({ byte: page.responseStart, paint: paint.startTime, all: page.loadEventEnd,
    sent: page.transferSize }), 50) }).observe({ type: "paint", buffered: true }))"""


def visit(page: Page, path: str) -> dict[str, float]:
    page.goto(path, wait_until="load")
    return page.evaluate(TIMES)


def signed_in(browser: Browser, options: Any) -> Page:
    page = browser.new_context(base_url=options.url, viewport={"width": 1440, "height": 900}).new_page()
    page.goto("/accounts/login/?next=/preferences/")
    page.fill("[name=username]", options.user)
    page.fill("[name=password]", options.password)
    page.click("main button")
    page.wait_for_selector(".rail")
    return page


def measure(page: Page, path: str) -> None:
    first = visit(page, path)
    found = [visit(page, path) for _round in range(ROUNDS)]
    middle = {name: statistics.median(one[name] for one in found) for name in first}
    times = "".join(f"{middle[name]:>10.0f}" for name in ("byte", "paint", "all"))
    print(f"{path:<24}{times}{first['paint']:>14.0f}{middle['sent']:>10.0f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", required=True)
    options = parser.parse_args()
    path = next(filter(None, map(shutil.which, NAMES)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        page = signed_in(browser, options)
        print(f"{'':<24}{'byte ms':>10}{'paint ms':>10}{'loaded ms':>10}{'first paint ms':>14}{'bytes':>10}")
        for path in PATHS:
            measure(page, path)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
