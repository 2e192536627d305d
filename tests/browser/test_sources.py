"""Switching sources and settling what did not arrive, with scripts and without."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from arapp.outbox.models import Intent
from arapp.receivables.models import Source
from arapp.upstreams.models import Connection, PullRun, Worker
from tests.browser.conftest import Desk
from tests.conftest import make_invoice, make_source, make_user

pytestmark = pytest.mark.browser
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@pytest.fixture
def account(transactional_db: None) -> Source:
    return make_source("Main account")


@pytest.fixture
def refused(account: Source) -> Intent:
    invoice = make_invoice(account, number="RE1")
    invoice.approval.approve(make_user(), invoice.digest)
    Intent.objects.update(state="refused", error="The template is missing.")
    return Intent.objects.get()


def administrator(desk: Desk, scripts: bool) -> Page:
    return desk.signed_in("administrator", java_script_enabled=scripts)


@SCRIPTS
def test_a_source_is_paused_and_resumed(scripts: bool, desk: Desk, account: Source) -> None:
    page = administrator(desk, scripts)
    page.goto("/sources/")
    page.get_by_role("button", name="Pause Main account").click()
    expect(page.locator("#messages")).to_contain_text("is paused")
    expect(page.locator("#cards")).to_contain_text("Paused: nothing is read or sent")
    expect(page.get_by_role("button", name="Sync now Main account")).to_have_count(0)
    page.get_by_role("button", name="Resume Main account").click()
    expect(page.locator("#cards")).not_to_contain_text("Paused")


@SCRIPTS
def test_disconnecting_asks_first_and_can_be_left_alone(scripts: bool, desk: Desk, account: Source) -> None:
    page = administrator(desk, scripts)
    page.goto(f"/sources/{account.pk}/")
    opens = page.get_by_role("button", name="Disconnect Main account")
    dialog = page.get_by_role("dialog", name="Disconnect: Main account")
    expect(dialog).to_be_hidden()
    opens.click()
    expect(dialog).to_contain_text("without them this cannot be undone")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert Connection.objects.exists()
    opens.click()
    dialog.get_by_role("button", name="Disconnect").click()
    expect(page.locator("#messages")).to_contain_text("credentials are forgotten")
    expect(page.locator("#source")).to_contain_text("Not connected")
    assert not Connection.objects.exists()


@SCRIPTS
@pytest.mark.parametrize("path", ["/", "/sources/", "invoice"])
def test_what_was_refused_is_marked_as_done_where_it_stands(
    path: str, scripts: bool, desk: Desk, refused: Intent
) -> None:
    page = administrator(desk, scripts)
    path = f"/invoices/{refused.invoice_id}/" if path == "invoice" else path
    page.goto(path)
    page.get_by_role("button", name="Mark as done Issue RE1").click()
    dialog = page.get_by_role("dialog", name="Mark as done: Issue RE1")
    expect(dialog).to_contain_text("You say that Billomat has done this. The desk does not tell it again.")
    dialog.get_by_role("button", name="Mark as done").click()
    expect(page.locator("#messages")).to_contain_text("Marked as done.")
    expect(page).to_have_url(desk.url + path)
    refused.refresh_from_db()
    assert refused.state == "done"


def test_an_open_question_survives_the_page_being_asked_for_again(desk: Desk, account: Source) -> None:
    Worker.objects.create(name="w")
    Connection.objects.update(lease_until=timezone.now() + timedelta(minutes=5))
    run = PullRun.objects.create(source=account, status="running", doing="invoices", done=1_000, of=20_000)
    page = administrator(desk, True)
    page.goto("/sources/")
    expect(page.locator("#cards")).to_contain_text("Reading invoices: 1,000 of 20,000")
    page.get_by_role("button", name="Disconnect Main account").click()
    PullRun.objects.filter(pk=run.pk).update(done=12_000)
    with page.expect_response("**/sources/"):
        pass
    expect(page.get_by_role("dialog", name="Disconnect: Main account")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#cards")).to_contain_text("Reading invoices: 12,000 of 20,000")


def test_consent_to_what_is_gone_is_asked_for_and_given(desk: Desk, account: Source) -> None:
    Connection.objects.update(read_at=timezone.now())
    PullRun.objects.create(source=account, status="partial", full=True, missing=312, error="312 are missing.")
    page = administrator(desk, False)
    page.goto(f"/sources/{account.pk}/")
    page.get_by_role("button", name="Mark 312 as gone").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("is marked as gone with the next whole reading")
    dialog.get_by_role("button", name="Mark 312 as gone").click()
    expect(page.locator("#source .notice").last).to_contain_text("Asked for")
    assert Connection.objects.get().accept_gone_at
