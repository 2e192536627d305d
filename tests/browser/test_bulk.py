"""Deciding on everything that matches, in Chromium: chosen, asked, carried out in stretches, stopped, taken back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from arapp.approvals import batching
from arapp.approvals.batches import Batch
from arapp.approvals.models import Decision
from arapp.outbox.models import Intent
from arapp.receivables.models import Source
from arapp.upstreams.models import Worker
from tests.browser.conftest import Desk
from tests.conftest import make_invoice, make_source, make_user

pytestmark = pytest.mark.browser

LONG = 30_000
"""Milliseconds for many stretches."""
COUNT = 55
"""More than a page of the list."""


@pytest.fixture
def account(transactional_db: None) -> Source:
    Worker.objects.create(name="w")
    source = make_source("Main account")
    for number in range(COUNT):
        make_invoice(source, external_id=str(number), number=f"RE{number:03}")
    return source


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every stretch takes a single row."""
    monkeypatch.setattr(batching, "SECONDS", 0)


def ask(page: Page, action: str = "Approve…", query: str = "sort=number") -> None:
    """From the list to the question."""
    page.goto(f"/invoices/?{query}")
    page.locator(".list tbody .box input").first.check()
    page.locator("#all-that-match").check()
    page.get_by_role("button", name=action).click()


def test_all_that_match_are_approved_though_the_page_shows_fewer_and_taken_back(desk: Desk, account: Source) -> None:
    page = desk.signed_in()
    page.goto("/invoices/?sort=number")
    expect(page.locator("#bulk")).to_be_hidden()
    page.get_by_role("checkbox", name="Select RE001").check()
    expect(page.locator("#bulk")).to_contain_text("1 chosen")
    page.locator("#all-that-match").check()
    expect(page.locator("#chosen")).to_have_text(f"{COUNT} chosen")
    expect(page.locator("#chosen-sums")).to_have_text("6,545.00 EUR")
    expect(page.locator(".list tbody .box :checked")).to_have_count(50)
    page.get_by_role("button", name="Approve…").click()
    expect(page.locator("#batch-title")).to_be_focused()
    expect(page.locator("#batch-title")).to_have_text(f"Approve {COUNT} invoices")
    expect(page.locator("#batch")).to_contain_text("nothing is sent to the customer")
    assert not Decision.objects.exists()
    page.get_by_role("button", name=f"Approve {COUNT} invoices").click()
    expect(page.locator("#batch-title")).to_have_text(f"{COUNT} approved, 0 refused", timeout=LONG)
    expect(page.locator("#batch-title")).to_be_focused()
    expect(page.locator("#row-" + str(account.invoice_set.get(number="RE007").pk))).to_contain_text("Approved")
    expect(page.locator(".list tbody .box :checked")).to_have_count(0)
    expect(page.locator("#bulk")).to_be_hidden()
    Intent.objects.filter(invoice__number="RE003").update(state="done")
    account.invoice_set.filter(number="RE003").update(service_decision="approved")
    page.get_by_role("button", name="Take back what can be").click()
    expect(page.locator("#batch-title")).to_have_text(f"{COUNT - 1} reopened, 1 refused", timeout=LONG)
    expect(page.locator("#batch")).to_contain_text("It is issued at Billomat and cannot be taken back")
    assert page.url.endswith("/invoices/?sort=number")


def test_unticking_a_row_means_no_longer_all(desk: Desk, account: Source) -> None:
    page = desk.signed_in()
    page.goto("/invoices/?sort=number")
    page.locator(".list tbody .box input").first.check()
    page.locator("#all-that-match").check()
    page.get_by_role("checkbox", name="Select RE001").uncheck()
    expect(page.locator("#all-that-match")).not_to_be_checked()
    expect(page.locator("#chosen")).to_have_text("49 chosen")


def test_it_is_stopped_in_the_middle_and_goes_on(desk: Desk, account: Source, slow: None) -> None:
    page = desk.signed_in()
    ask(page, query="q=RE00&sort=number")
    expect(page.locator("#batch-title")).to_have_text("Approve 10 invoices")
    page.get_by_role("button", name="Approve 10 invoices").click()
    expect(page.locator("#batch progress")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#batch-title")).to_contain_text("Stopped:", timeout=LONG)
    expect(page.locator("#batch-title")).to_be_focused()
    before = Decision.objects.count()
    page.wait_for_timeout(300)
    assert Decision.objects.count() == before < 10
    page.get_by_role("button", name="Go on with the other").click()
    expect(page.locator("#batch-title")).to_have_text("10 approved, 0 refused", timeout=LONG)
    assert Decision.objects.count() == 10


def test_a_tab_that_was_closed_is_gone_on_with_from_the_list(desk: Desk, account: Source, slow: None) -> None:
    anna = make_user(role="approver")
    page = desk.signed_in(anna)
    ask(page, query="q=RE00&sort=number")
    page.get_by_role("button", name="Approve 10 invoices").click()
    expect(page.locator("#batch progress")).to_be_visible()
    page.goto("about:blank")
    assert Batch.objects.get().phase == "deciding"
    again = desk.signed_in(anna)
    again.goto("/invoices/")
    again.get_by_role("link", name="Go on with it").click()
    expect(again.locator("#batch-title")).to_have_text("10 approved, 0 refused", timeout=LONG)
    assert Decision.objects.count() == 10


def test_what_reaches_customers_is_asked_once_more(desk: Desk, transactional_db: None) -> None:
    mail = make_source("Letters", service="billogram")
    make_invoice(mail, number="RE1", service_state="Unattested", receiver_email="a@example.org")
    page = desk.signed_in()
    ask(page)
    send = page.get_by_role("button", name="Approve 1 invoice, send 1 of them")
    send.click()
    assert not Decision.objects.exists()
    page.get_by_role(
        "checkbox", name="Yes, send 1 invoice (119.00 EUR) to 1 receiver. Nothing takes this back."
    ).check()
    send.click()
    expect(page.locator("#batch-title")).to_have_text("1 approved, 0 refused", timeout=LONG)


def test_a_rejection_of_all_by_the_keyboard_alone(
    desk: Desk, account: Source, tab_to: Callable[[Page, str], None]
) -> None:
    page = desk.signed_in()
    page.goto("/invoices/?q=RE00&sort=number")
    page.get_by_role("checkbox", name="Select RE000").focus()
    page.keyboard.press("Space")
    page.locator("#all-that-match").focus()
    page.keyboard.press("Space")
    tab_to(page, "Reject…")
    page.keyboard.press("Enter")
    expect(page.locator("#batch-title")).to_be_focused()
    tab_to(page, "Why?")
    page.keyboard.type("Wrong year")
    tab_to(page, "Reject 10 invoices")
    page.keyboard.press("Enter")
    expect(page.locator("#batch-title")).to_have_text("10 rejected, 0 refused", timeout=LONG)
    assert {one.note for one in Decision.objects.all()} == {"Wrong year"}


def test_without_scripts_a_button_goes_on(desk: Desk, account: Source, slow: None) -> None:
    page = desk.signed_in(java_script_enabled=False)
    page.goto("/invoices/?q=RE00")
    page.get_by_role("checkbox", name="All 10 that match").check()
    page.get_by_role("button", name="Approve…").click()
    page.get_by_role("button", name="Approve 10 invoices").click()
    for done in range(1, 10):
        expect(page.locator("#batch")).to_contain_text(f"{done} of 10")
        page.get_by_role("button", name="Go on").click()
    expect(page.locator("#batch-title")).to_have_text("10 approved, 0 refused", timeout=LONG)
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("#q")).to_have_value("RE00")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_sticks_out_whatever_the_rows_are_called(
    desk: Desk, transactional_db: None, theme: str, width: int
) -> None:
    source = make_source("Main account of the company in the north")
    long = "Donaudampfschifffahrtsgesellschaft" * 6
    make_invoice(source, number=long[:90])
    make_invoice(source, number=long[:91], lines=())
    mail = make_source(service="billogram")
    make_invoice(mail, service_state="Unattested", receiver_email=f"{long[:60]}@example.org")
    page = desk.signed_in(color_scheme=theme, viewport={"width": width, "height": 844})
    ask(page)
    expect(page.locator("#batch-title")).to_have_text("Approve 2 invoices")
    page.locator("#batch details").evaluate_all("all => all.forEach((one) => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.goto(f"/batches/{Batch.objects.latest('pk').pk}/")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
