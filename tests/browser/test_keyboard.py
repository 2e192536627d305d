"""Lists by keyboard: rows, selection, decisions, places; focus that is never lost; keys one can switch off."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from arapp.outbox.models import Intent
from arapp.receivables import mirror
from arapp.receivables.models import Invoice, Item
from arapp.receivables.money import Money
from arapp.receivables.records import MovementRecord
from arapp.upstreams.models import Worker
from tests.browser.conftest import Desk
from tests.conftest import NOW, invoice_record, make_invoice, make_source, make_user

pytestmark = pytest.mark.browser

PAYMENT = MovementRecord(external_id="p", kind="payment", amount=Money.parse("9", "EUR"), date=NOW.date())


@pytest.fixture
def four(transactional_db: None) -> list[Invoice]:
    Worker.objects.create(name="w")
    source = make_source("Main account")
    return [make_invoice(source, external_id=str(n), number=f"RE{n}") for n in range(1, 5)]


def opened(desk: Desk, path: str = "/invoices/?sort=number", role: str = "approver") -> Page:
    page = desk.signed_in(role)
    page.goto(path)
    return page


def row(page: Page, number: str) -> object:
    return page.locator(".list tbody tr", has=page.get_by_role("link", name=number, exact=True))


def link(page: Page, number: str) -> object:
    return page.locator(".list tbody").get_by_role("link", name=number, exact=True)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def chosen(page: Page) -> list[str]:
    rows = "[...document.querySelectorAll('.list tbody tr:has(.box :checked) th a')].map((one) => one.textContent)"
    return page.evaluate(rows)


def test_j_and_k_move_among_the_rows_and_stay_at_the_ends(desk: Desk, four: list[Invoice]) -> None:
    page = opened(desk)
    press(page, "j")
    expect(link(page, "RE1")).to_be_focused()
    press(page, "j", "j", "j", "j")
    expect(link(page, "RE4")).to_be_focused()
    press(page, "k")
    expect(link(page, "RE3")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_row_with_the_focus_is_never_under_the_heading_or_the_totals(desk: Desk, four: list[Invoice]) -> None:
    source = four[0].source
    mirror.write_invoices(source, [invoice_record(f"m{n}") for n in range(46)], NOW)
    page = opened(desk)
    for key in ("j", "k"):
        for _step in range(50):
            press(page, key)
            assert page.evaluate("""() => { const one = document.activeElement, box = one.getBoundingClientRect();
              return one === document.elementFromPoint(box.x + 2, box.y + box.height / 2) }""")


def test_x_chooses_and_shift_extends_and_takes_back(desk: Desk, four: list[Invoice]) -> None:
    page = opened(desk)
    press(page, "j", "x")
    assert chosen(page) == ["RE1"]
    expect(page.locator("#bulk")).to_contain_text("1 chosen")
    press(page, "x")
    assert chosen(page) == []
    press(page, "Shift+J", "Shift+J")
    assert chosen(page) == ["RE1", "RE2", "RE3"]
    expect(page.locator("#bulk")).to_contain_text("3 chosen")
    press(page, "Shift+K")
    assert chosen(page) == ["RE1", "RE2"]
    expect(link(page, "RE2")).to_be_focused()


def test_a_approves_and_goes_on_to_the_next_row_and_u_reopens(desk: Desk, four: list[Invoice]) -> None:
    page = opened(desk)
    press(page, "j", "a")
    expect(row(page, "RE1")).to_contain_text("Approved")
    expect(row(page, "RE2").locator(":focus")).to_have_count(1)
    press(page, "a")
    expect(row(page, "RE2")).to_contain_text("Approved")
    expect(row(page, "RE3").locator(":focus")).to_have_count(1)
    press(page, "k", "u")
    expect(row(page, "RE2")).to_contain_text("Waiting")
    expect(row(page, "RE2").locator(":focus")).to_have_count(1)
    assert [invoice.approval.state for invoice in Invoice.objects.order_by("number")[:3]] == [
        "approved",
        "waiting",
        "waiting",
    ]


def test_holding_a_key_decides_once(desk: Desk, four: list[Invoice]) -> None:
    page = opened(desk)
    press(page, "j")
    page.keyboard.down("a")
    expect(row(page, "RE1")).to_contain_text("Approved")
    expect(row(page, "RE2").locator(":focus")).to_have_count(1)
    page.keyboard.down("a")
    page.keyboard.up("a")
    page.wait_for_timeout(500)
    expect(row(page, "RE2")).to_contain_text("Waiting")


def test_r_opens_the_note_escape_closes_it_and_the_focus_comes_back(desk: Desk, four: list[Invoice]) -> None:
    page = opened(desk)
    press(page, "j", "r")
    note = row(page, "RE1").get_by_label("Why?")
    expect(note).to_be_focused()
    page.keyboard.type("jax")
    expect(note).to_have_value("jax")
    press(page, "Escape")
    expect(note).to_be_hidden()
    expect(row(page, "RE1").locator("summary")).to_be_focused()
    press(page, "r")
    page.keyboard.type(" Not ordered")
    press(page, "Tab", "Enter")
    expect(row(page, "RE1")).to_contain_text("Rejected")
    expect(row(page, "RE2").locator(":focus")).to_have_count(1)


def test_what_a_customer_would_get_is_asked_first(desk: Desk, four: list[Invoice]) -> None:
    make_invoice(make_source("Second", "billogram"), number="A1", service_state="Unattested")
    page = opened(desk)
    press(page, "j", "a")
    expect(page).to_have_url(re.compile(r"/act/invoice\.send/"))


def test_the_message_of_a_decision_undoes_it(desk: Desk, four: list[Invoice]) -> None:
    page = opened(desk)
    press(page, "j", "a")
    toast = page.locator(".toast", has_text="RE1 is approved.")
    expect(toast.get_by_role("button", name="Undo")).to_be_visible()
    toast.get_by_role("button", name="Undo").click()
    expect(row(page, "RE1")).to_contain_text("Waiting")
    press(page, "k", "k", "j", "a")
    expect(row(page, "RE2")).to_contain_text("Approved")
    press(page, "z")
    expect(row(page, "RE2")).to_contain_text("Waiting")
    assert not Intent.objects.unsettled().exists()


def test_the_title_carries_the_count_that_waits(desk: Desk, four: list[Invoice]) -> None:
    page = opened(desk)
    expect(page).to_have_title(re.compile(r"^\(4\) Invoices"))
    press(page, "j", "a")
    expect(page).to_have_title(re.compile(r"^\(3\) Invoices"))


def test_slash_searches_and_g_goes_places(desk: Desk, four: list[Invoice]) -> None:
    page = opened(desk)
    press(page, "/")
    expect(page.locator("#q")).to_be_focused()
    press(page, "g", "c")
    expect(page.locator("#q")).to_have_value("gc")
    press(page, "Tab")
    for keys, address in (("gc", "/customers/"), ("gd", "/"), ("gqgi", "/invoices/"), ("ge", "/decisions/")):
        press(page, *keys)
        page.wait_for_url(lambda url, path=address: urlsplit(url).path == path, wait_until="load")


@pytest.mark.parametrize("path", ["/customers/", "/items/", "/decisions/", "/payments/"])
def test_the_other_lists_are_walked_and_opened_the_same_way(desk: Desk, four: list[Invoice], path: str) -> None:
    source = four[0].source
    Item.objects.create(source=source, external_id="i", name="Consulting", brief=False)
    make_invoice(source, number="RE9", movements=(PAYMENT,))
    four[0].approval.approve(make_user(), four[0].digest)
    page = opened(desk, path)
    press(page, "j")
    expect(page.locator(".list tbody tr").first.locator("a:focus")).to_have_count(1)
    press(page, "Enter")
    expect(page).not_to_have_url(re.compile(re.escape(path) + "$"))


def listed_keys(page: Page) -> list[str]:
    press(page, "?")
    expect(page.locator("#keys")).to_be_visible()
    return [words.strip() for words in page.locator("#keys dl div:visible dd").all_inner_texts()]


def test_the_question_mark_shows_only_the_keys_that_work_here_for_this_person(
    desk: Desk, four: list[Invoice]
) -> None:
    page = opened(desk)
    shown = listed_keys(page)
    assert {"Approve", "Reject, with a note", "Choose the row, or leave it out again"} <= set(shown)
    assert "Reopen" not in shown
    press(page, "j", "a", "Escape")
    assert not Intent.objects.exists()
    seen = listed_keys(opened(desk, role="viewer"))
    assert "Open the invoice beside the list" in seen
    assert not {"Approve", "Reject, with a note", "Reopen", "Choose the row, or leave it out again"} & set(seen)
    assert "Approve" not in listed_keys(opened(desk, "/"))


def test_single_keys_can_be_switched_off_and_on_again(desk: Desk, four: list[Invoice]) -> None:
    page = opened(desk)
    page.locator(".me summary").click()
    page.get_by_role("button", name="Keyboard").click()
    page.get_by_label("Single-key shortcuts").uncheck()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator(".me summary")).to_be_focused()
    page.reload()
    press(page, "j", "?", "a", "g", "c")
    expect(page.locator("#keys")).to_be_hidden()
    assert page.evaluate("document.activeElement === document.body")
    page.locator(".me summary").click()
    page.get_by_role("button", name="Keyboard").click()
    page.get_by_label("Single-key shortcuts").check()
    press(page, "Escape", "j")
    expect(link(page, "RE1")).to_be_focused()


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta"])
def test_keys_with_ctrl_alt_or_cmd_belong_to_the_browser(desk: Desk, four: list[Invoice], modifier: str) -> None:
    page = opened(desk)
    press(page, "j", f"{modifier}+x", f"{modifier}+a")
    assert chosen(page) == []
    assert not Intent.objects.exists()


def test_the_focus_outlives_the_row_being_asked_for_again(desk: Desk, four: list[Invoice]) -> None:
    page = opened(desk)
    press(page, "j", "a")
    expect(row(page, "RE1")).to_contain_text("On its way")
    press(page, "k")
    expect(link(page, "RE1")).to_be_focused()
    Intent.objects.get().move("sending")
    expect(row(page, "RE1")).to_contain_text("Being sent to Billomat")
    expect(link(page, "RE1")).to_be_focused()


def test_the_focus_outlives_sorting_paging_and_removing_a_filter(desk: Desk, four: list[Invoice]) -> None:
    mirror.write_invoices(four[0].source, [invoice_record(f"m{n}") for n in range(120)], NOW)
    page = opened(desk, "/invoices/?state=draft")
    heading = page.locator(".list thead").get_by_role("link", name="Number", exact=True)
    heading.focus()
    press(page, "Enter")
    expect(page).to_have_url(re.compile("sort=number"))
    expect(heading).to_be_focused()
    page.get_by_role("link", name="Next", exact=True).focus()
    press(page, "Enter")
    expect(page).to_have_url(re.compile("page=2"))
    expect(page.get_by_role("link", name="Next", exact=True)).to_be_focused()
    press(page, "Enter")
    expect(page).to_have_url(re.compile("page=3"))
    expect(page.locator(".paging :focus")).to_have_count(1)
    page.locator(".chip").first.focus()
    press(page, "Enter")
    expect(page.locator(".chip")).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body")


def test_an_older_search_is_given_up_for_the_newer_one_and_the_count_is_read_out(
    desk: Desk, four: list[Invoice]
) -> None:
    page = opened(desk)
    given_up: list[str] = []
    page.on("requestfailed", lambda request: given_up.append(request.url))

    def slowly(route: object) -> None:
        page.wait_for_timeout(1_200 if "q=RE&" in route.request.url + "&" else 0)
        route.continue_()

    page.route("**/invoices/?*", slowly)
    press(page, "/")
    page.keyboard.type("RE")
    page.wait_for_timeout(500)
    page.keyboard.type("3")
    expect(page.locator(".list tbody tr")).to_have_count(1)
    expect(page.locator("#said")).to_have_text("1 invoice")
    assert len(given_up) == 1
    assert "q=RE" in given_up[0]
    page.wait_for_timeout(1_000)
    assert page.locator(".list tbody tr").count() == 1


def test_a_search_moves_nothing_but_the_rows(desk: Desk, four: list[Invoice]) -> None:
    page = opened(desk)
    top = "document.querySelector('.list thead').getBoundingClientRect().top"
    before = page.evaluate(top)
    press(page, "/")
    page.keyboard.type("RE3")
    expect(page.locator(".list tbody tr")).to_have_count(1)
    assert page.evaluate(top) == before
