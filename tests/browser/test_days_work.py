"""The day's work of each role from signing in to a download: by keyboard alone, and once without scripts."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from arapp.approvals import batching
from arapp.approvals.models import Approval, ApprovalState, Decision
from arapp.kept.models import KeptComment
from arapp.lists.models import SavedView
from arapp.outbox.models import Intent
from arapp.people.models import User
from arapp.receivables import mirror
from arapp.receivables.models import Invoice, Source
from arapp.receivables.records import CustomerRecord
from arapp.upstreams.models import Connection, Worker
from tests.browser.conftest import Desk
from tests.browser.hands import Hands, contents
from tests.conftest import NOW, invoice_record, make_invoice, make_source, make_user

pytestmark = pytest.mark.browser

LONG = 30_000
"""Milliseconds for many stretches."""
DRAFTS = 55
"""More than a page of the list."""
NOTH = CustomerRecord(external_id="c2", brief=True, name="Bäckerei Nöth")


@pytest.fixture
def account(transactional_db: None) -> Source:
    """Drafts, and one invoice that is owed at a service that takes payments."""
    Worker.objects.create(name="w")
    source = make_source("Main account")
    Connection.objects.update(read_at=timezone.now())
    drafts = [invoice_record(str(number), number=f"RE{number:03}") for number in range(DRAFTS)]
    mirror.write_invoices(source, drafts, NOW)
    owed = {"state": "open", "service_state": "Overdue", "service_decision": "approved", "customer": NOTH}
    make_invoice(make_source("Second", "billogram"), number="B1", approvals=False, **owed)
    Approval.objects.catch_up()
    return source


@pytest.fixture
def hands(desk: Desk) -> Hands:
    return Hands(desk.signed_out())


def row(page: Page, number: str) -> Locator:
    return page.locator(".list tbody tr", has=page.get_by_role("link", name=number, exact=True))


def rows(page: Page) -> Locator:
    return page.locator(".list tbody tr")


def test_a_viewer_finds_an_invoice_opens_it_and_takes_the_rows_home(hands: Hands, account: Source) -> None:
    make_user("vera", role="viewer")
    page = hands.page
    hands.sign_in("vera")
    hands.go("i", "Invoices")
    hands.press("/")
    hands.type("nöth")
    expect(rows(page)).to_have_count(1)
    hands.press("Control+a", "Delete")
    expect(rows(page)).to_have_count(50)
    hands.enter("State")
    hands.tab_and("Space", "Open")
    expect(rows(page)).to_have_count(1)
    hands.press("Escape")
    expect(page.locator("#filters summary", has_text="State")).to_be_focused()
    hands.press("j", "Enter")
    expect(page.locator("#panel")).to_contain_text("Bäckerei Nöth")
    hands.press("Escape")
    expect(row(page, "B1").get_by_role("link", name="B1")).to_be_focused()
    hands.press("?")
    expect(page.locator("#keys")).not_to_contain_text(re.compile("Nothing"))
    expect(page.locator("#keys dd", has_text="Approve")).to_be_hidden()
    hands.press("Escape")
    hands.tab_to("CSV", back=True)
    with page.expect_download() as waiting:
        hands.press("Enter")
    assert len(contents(waiting.value).decode().splitlines()) == 2


def test_a_clerk_searches_notes_and_prepares_a_payment(hands: Hands, account: Source) -> None:
    make_user("carl", role="clerk")
    page = hands.page
    hands.sign_in("carl")
    hands.press("/")
    hands.type("B1")
    expect(page.locator("#finds a").first).to_be_visible()
    hands.press("ArrowDown", "Enter")
    hands.at("B1")
    hands.enter("More", "Record a payment")
    expect(page.get_by_role("dialog")).to_be_visible()
    hands.tab_to("Amount")
    hands.press("Control+a")
    hands.type("19.00")
    hands.enter("Record a payment…")
    expect(page.locator("#act-title")).to_be_focused()
    hands.enter("Record a payment")
    expect(page.locator(".under-way")).to_contain_text("Payment of 19.00 EUR")
    expect(page.get_by_role("dialog")).to_have_count(0)
    hands.tab_to("New note")
    hands.type("They pay on Friday.")
    hands.enter("Keep the note")
    expect(page.locator("#notes .note")).to_have_text("They pay on Friday.")
    assert KeptComment.objects.get().person.username == "carl"
    assert Intent.objects.get().kind == "payment.create"
    hands.go("c", "Customers")
    assert hands.download("Excel").startswith(b"PK")


def test_an_approver_walks_chooses_decides_and_takes_back(hands: Hands, account: Source) -> None:
    make_user("anna")
    page = hands.page
    hands.sign_in("anna")
    hands.go("i", "Invoices")
    hands.press("/")
    hands.type("RE00")
    expect(rows(page)).to_have_count(10)
    hands.enter("Number")
    expect(page).to_have_url(re.compile("sort=number"))
    expect(rows(page).first).to_contain_text("RE000")
    hands.press("j", "j", "k", "a")
    expect(row(page, "RE000")).to_contain_text("Approved")
    expect(row(page, "RE001").get_by_role("link", name="RE001")).to_be_focused()
    hands.press("Enter")
    expect(page.locator("#panel-heading")).to_have_text("RE001")
    hands.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(row(page, "RE001").get_by_role("link", name="RE001")).to_be_focused()
    hands.press("r")
    expect(row(page, "RE001").locator("textarea")).to_be_focused()
    hands.type("Wrong year")
    hands.press("Tab", "Enter")
    expect(row(page, "RE001")).to_contain_text("Rejected")
    hands.press("k", "k", "u")
    expect(row(page, "RE000")).to_contain_text("Waiting")
    hands.press("j", "j", "Shift+J", "Shift+J", "x")
    expect(page.locator("#chosen")).to_have_text("2 chosen")
    hands.press("a")
    expect(row(page, "RE004")).to_contain_text("Approved")
    hands.press("z")
    expect(row(page, "RE004")).to_contain_text("Waiting")
    hands.press("Shift+?")
    expect(page.locator("#keys dd", has_text="Reject, with a note")).to_be_visible()
    hands.press("Escape")
    assert Decision.objects.get(action="reject").note == "Wrong year"


def test_an_approver_decides_on_all_that_match_and_keeps_the_view(hands: Hands, account: Source) -> None:
    make_user("anna")
    page = hands.page
    hands.sign_in("anna")
    hands.go("i", "Invoices")
    hands.enter("State")
    hands.tab_and("Space", "Draft")
    expect(page.locator(".chip")).to_contain_text("State: Draft")
    hands.press("Escape", "j", "x")
    hands.tab_to("Approve…", back=True)
    hands.tab_to(f"All {DRAFTS} that match", back=True)
    hands.press("Space")
    expect(page.locator("#chosen")).to_have_text(f"{DRAFTS} chosen")
    hands.enter("Approve…")
    expect(page.locator("#batch-title")).to_be_focused()
    expect(page.locator("#batch")).to_contain_text("nothing is sent to the customer")
    hands.enter(f"Approve {DRAFTS} invoices")
    expect(page.locator("#batch-title")).to_have_text(f"{DRAFTS} approved, 0 refused", timeout=LONG)
    hands.enter("Take back what can be")
    expect(page.locator("#batch-title")).to_have_text(f"{DRAFTS} reopened, 0 refused", timeout=LONG)
    expect(page.locator("#batch-title")).to_be_focused()
    assert Approval.objects.filter(state=ApprovalState.WAITING).count() == DRAFTS
    hands.tab_to("Views", back=True)
    hands.press("Enter")
    hands.tab_to("Save this view as")
    hands.type("My drafts")
    hands.press("Enter")
    expect(page.locator(".rail").get_by_role("link", name="My drafts")).to_be_visible()
    assert SavedView.objects.get().query == "state=draft"
    assert len(hands.download("CSV").decode().splitlines()) == DRAFTS + 1


def test_a_controller_sees_the_trouble_reads_the_source_and_settles(hands: Hands, account: Source) -> None:
    make_user("cora", role="controller")
    invoice = Invoice.objects.get(number="RE001")
    invoice.approval.approve(make_user(), invoice.digest)
    Intent.objects.update(state="refused", error="The template is missing.")
    Connection.objects.filter(source=account).update(read_at=timezone.now() - timedelta(days=3))
    page = hands.page
    hands.sign_in("cora")
    expect(page.locator("#dash-stuck").locator("..")).to_contain_text("The template is missing.")
    hands.enter("See all")
    hands.at("Sources")
    hands.enter("Sync now Main account")
    expect(page.locator("#messages")).to_contain_text("Asked for")
    assert Connection.objects.get(source=account).wanted_at
    hands.enter("Mark as done Issue RE001")
    expect(page.get_by_role("dialog", name="Mark as done: Issue RE001")).to_be_visible()
    hands.enter("Mark as done")
    expect(page.locator("#messages")).to_contain_text("Marked as done.")
    assert Intent.objects.get().state == "done"
    hands.enter("Main account")
    hands.at("Main account")
    hands.go("e", "Decisions")
    assert b"RE001" in hands.download("CSV")


def test_an_administrator_adds_a_person_and_suits_the_desk(hands: Hands, account: Source) -> None:
    make_user("adam", role="administrator")
    page = hands.page
    hands.sign_in("adam")
    hands.enter("People")
    hands.at("People")
    hands.enter("Add a person")
    hands.at("Add a person")
    for name, words in (
        ("Name to sign in", "nora"),
        ("Password", "gut-genug-8"),
        ("Password confirm", "gut-genug-8"),
    ):
        hands.tab_to(name)
        hands.type(words)
    hands.tab_to("Role", back=True)
    hands.type("Clerk")
    hands.enter("Add")
    expect(page.locator("#messages")).to_contain_text("nora")
    hands.at("People")
    hands.enter("nora")
    hands.at("nora")
    hands.tab_to("Role")
    hands.type("Approver")
    hands.enter("Save")
    hands.at("People")
    expect(page.locator(".people")).to_contain_text("Approver")
    assert User.objects.get(username="nora").role == "approver"
    hands.enter("Aadam", "Preferences")
    hands.at("Preferences")
    hands.tab_to("As the browser asks")
    hands.press("ArrowDown", "ArrowDown")
    hands.tab_to("Compact")
    hands.press("ArrowDown", "Tab", "ArrowDown", "Enter")
    expect(page.locator("html[lang=de][data-density=comfortable]")).to_have_count(1)
    page.wait_for_load_state()
    hands.go("i", "Rechnungen")
    assert hands.download("CSV").startswith(b"\xef\xbb\xbf")


def test_without_scripts_an_approver_does_the_same_with_forms_and_links(desk: Desk, account: Source) -> None:
    make_user("anna")
    page = desk.signed_out(java_script_enabled=False)
    page.goto("/")
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill("a-good-password")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Invoices").click()
    page.get_by_role("searchbox", name="Search invoices", exact=True).fill("RE00")
    page.locator("#filters > .apply").click()
    expect(rows(page)).to_have_count(10)
    page.get_by_role("link", name="RE003", exact=True).click()
    expect(page.locator("h1")).to_have_text("RE003")
    page.locator(".decide summary", has_text="Reject").click()
    page.get_by_label("Why?").fill("Wrong year")
    page.get_by_role("button", name="Reject and leave").click()
    expect(page.locator(".status")).to_contain_text("Rejected")
    assert Decision.objects.get(action="reject").note == "Wrong year"


def test_without_scripts_an_approver_decides_on_many_and_on_all(
    desk: Desk, account: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batching, "SECONDS", 0)
    page = desk.signed_in(make_user("anna"), java_script_enabled=False)
    page.goto("/invoices/?q=RE00&sort=number")
    for number in ("RE000", "RE001"):
        page.get_by_role("checkbox", name=f"Select {number}").check()
    page.get_by_role("button", name="Approve…").click()
    expect(page.get_by_role("heading", name="Approve 2 invoices")).to_be_visible()
    page.get_by_role("button", name="Approve 2 invoices").click()
    page.get_by_role("link", name="Back to the list").click()
    expect(rows(page).filter(has_text="On its way to Billomat")).to_have_count(2)
    page.get_by_role("checkbox", name="All 10 that match").check()
    page.get_by_role("button", name="Approve…").click()
    expect(page.locator("#batch")).to_contain_text("2 will be refused")
    page.get_by_role("button", name="Approve 8 invoices").click()
    while page.get_by_role("button", name="Go on").count():
        page.get_by_role("button", name="Go on").click()
    expect(page.locator("#batch-title")).to_have_text("8 approved, 2 refused")
    page.get_by_role("link", name="Back to the list").click()
    page.locator(".saved > summary").click()
    page.get_by_label("Save this view as").fill("The first ten")
    page.get_by_role("button", name="Save this view").click()
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="The first ten")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert len(contents(waiting.value).decode().splitlines()) == 11
