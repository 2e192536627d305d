"""Every page, light and dark, wide and on a phone: nothing sticks out, nothing complains."""

import re

import pytest
from playwright.sync_api import Page, expect

from arapp.outbox.models import Intent
from arapp.receivables.models import Customer, Invoice, Item, Source
from arapp.receivables.records import CustomerRecord, LineRecord
from arapp.upstreams.models import Connection, PullRun, Quarantined, Verification
from tests.browser.conftest import Desk
from tests.conftest import make_invoice, make_source, make_user

pytestmark = pytest.mark.browser

PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
HUGE = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikantenverband" * 2
ARABIC = "شركة الشاي الشمالي للتجارة والتوزيع"


@pytest.fixture
def paths(transactional_db: None) -> list[str]:
    """One of each page, over data that is hard to lay out."""
    source = make_source("Main account of the company in the north")
    nothing = dict.fromkeys(("net", "vat", "gross", "paid", "open"))
    made = [
        make_invoice(source, number="RE1", customer=CustomerRecord(external_id="c1", name=HUGE), title=HUGE),
        make_invoice(source, number="RE2", customer=CustomerRecord(external_id="c2", name=ARABIC)),
        make_invoice(source, number="", gross="98765432109.87", lines=(LineRecord(position=1, title=HUGE),)),
        make_invoice(source, number="RE4", state="draft", processing="processing", lines=(), **nothing),
        make_invoice(source, number="GS5", kind="credit_note", state="open", service_decision="approved"),
        make_invoice(source, number="RE6", currency="JPY", net="1", vat="0", gross="1", open="1"),
    ]
    Quarantined.objects.create(source=source, stream="invoices", payload='{"a": 1}' * 99, reason="No amount")
    in_trouble(source, made)
    fixed = ["/", "/invoices/", "/invoices/?q=nowhere", "/invoices/?due_from=soon&page=1000000000", "/customers/"]
    fixed += ["/invoices/grouped/?by=customer,month,source,currency", "/invoices/grouped/?q=nowhere"]
    more = ["/sources/", f"/sources/{source.pk}/", "/users/", "/users/add/", "/accounts/password/"]
    opened = [*(f"/invoices/{one.pk}/" for one in made), f"/customers/{made[0].customer_id}/"]
    return [*fixed, *more, *opened, *forms(source, made[0])]


def forms(source: Source, made: Invoice) -> list[str]:
    """The catalogue, and what makes and changes something."""
    line = {"title": HUGE, "description": HUGE, "quantity": "98765432.1", "unit_price": "987654.32", "vat_rate": "19"}
    Invoice.objects.filter(pk=made.pk).update(form={"customer": "c1", "lines": [line, {"title": ARABIC}]})
    Customer.objects.filter(pk=made.customer_id).update(form={"name": HUGE, "address": {"city": HUGE}})
    price = {"unit_price": "98765432.109876", "currency": "EUR", "vat_rate": "19"}
    item = Item.objects.create(
        source=source, external_id="i", name=HUGE, number=HUGE[:90], brief=False, form={}, **price
    )
    refused = Intent.objects.create(source=source, kind="customer.create", data={}, state="refused", error=HUGE)
    new = ["/items/", "/items/?q=nowhere", "/items/new/", "/customers/new/", "/invoices/new/", "/invoices/upload/"]
    new += [f"{path}?source={source.pk}" for path in new[2:5]]
    edit = [f"/items/{item.pk}/edit/", f"/invoices/{made.pk}/edit/", f"/customers/{made.customer_id}/edit/"]
    return [*new, *edit, f"/items/{item.pk}/", f"/made/{refused.pk}/"]


def in_trouble(source: Source, made: list[Invoice]) -> None:
    """Refused with a long sentence, missing, differing in 300 places; other sources paused, watched and forgotten."""
    for invoice, state in zip(made, ("refused", "needs_person"), strict=False):
        invoice.approval.approve(make_user(), invoice.digest)
        Intent.objects.filter(invoice=invoice).update(state=state, error=HUGE)
    PullRun.objects.create(source=source, status="partial", full=True, missing=312, error=f"Missing: {HUGE}")
    one = {"kind": "invoice", "number": HUGE, "what": "gross", "here": "98765432109.87", "there": ""}
    sums = {"count": 9_999_999, "gross": "98765432109.87", "open": "-98765432109.87"}
    Verification.objects.create(
        source=source,
        status="different",
        differences=[one | {"external_id": str(number)} for number in range(300)],
        figures=[{"kind": "invoice", "currency": "EUR", "here": sums, "there": sums | {"open": "0.00"}}],
    )
    for name, fields in (("Paused", {"paused": True}), ("Watched", {"watch_only": True})):
        Connection.objects.filter(source=make_source(f"{name} {HUGE}"[:60])).update(**fields)
    Connection.objects.filter(source=make_source("Forgotten")).delete()


def sticks_out(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize(("scheme", "viewport"), [("dark", PHONE), ("light", LAPTOP)], ids=["phone", "laptop"])
def test_no_page_is_wider_than_the_window_or_complains(
    desk: Desk, paths: list[str], scheme: str, viewport: dict[str, int]
) -> None:
    page = desk.signed_in("administrator", color_scheme=scheme, viewport=viewport)
    for path in paths:
        answer = page.goto(path)
        assert (answer.status, sticks_out(page) <= 0) == (200, True), path
        lightness = page.evaluate("getComputedStyle(document.body).backgroundColor").removeprefix("oklch(")
        assert (float(lightness.split()[0]) > 0.5) == (scheme == "light")
        expect(page.locator("h1")).to_have_count(1)


def test_pages_that_refuse_lead_on(desk: Desk, transactional_db: None) -> None:
    desk.expected |= {403, 404}
    page = desk.signed_in("viewer", viewport=PHONE)
    for path, words in (("/nowhere/", "There is nothing at this address"), ("/sources/", "does not open this")):
        page.goto(path)
        expect(page.get_by_role("heading", name=words)).to_be_visible()
        page.get_by_role("link", name="Go to the invoices").click()
        expect(page.get_by_role("heading", name="Invoices", exact=True)).to_be_visible()


def test_an_empty_desk_says_why_and_what_to_do(desk: Desk, transactional_db: None) -> None:
    page = desk.signed_in("administrator", viewport=PHONE)
    for path in ("/", "/invoices/", "/customers/", "/sources/"):
        page.goto(path)
        expect(page.locator(".empty p").first).to_be_visible()
        assert sticks_out(page) <= 0, path


def test_every_menu_of_the_list_fits_on_a_phone(desk: Desk, paths: list[str]) -> None:
    page = desk.signed_in(viewport=PHONE)
    page.goto("/invoices/")
    for menu in page.locator("#filters > details > summary").all():
        menu.click()
        assert sticks_out(page) <= 0, menu.inner_text()
        page.keyboard.press("Escape")
    page.locator(".ends summary").first.click()
    assert sticks_out(page) <= 0


def test_who_sees_every_room_can_sign_out_on_a_phone(desk: Desk, transactional_db: None) -> None:
    page = desk.signed_in("administrator", viewport=PHONE)
    page.goto("/invoices/")
    page.locator(".me > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_asking_for_a_reading_says_so_and_leaves_the_wish_for_the_worker(desk: Desk, invoice_read: Invoice) -> None:
    page = desk.signed_in("controller")
    page.goto("/sources/")
    page.get_by_role("button", name=f"Sync now {invoice_read.source}").click()
    expect(page.locator("#messages")).to_contain_text("Asked for; it is read as soon as the worker is free.")
    expect(page.locator("#messages")).to_contain_text("No worker is running")
    expect(page.get_by_role("row", name=re.compile(str(invoice_read.source)))).to_contain_text("Reading asked for")
    assert Connection.objects.get(source=invoice_read.source).wanted_at


@pytest.fixture
def invoice_read(transactional_db: None) -> Invoice:
    return make_invoice(make_source("Main account"))


def test_lists_and_documents_print_without_the_frame(desk: Desk, invoice_read: Invoice) -> None:
    page = desk.signed_in(viewport={"width": 794, "height": 1123}, color_scheme="dark")
    page.emulate_media(media="print")
    for path in ("/invoices/", f"/invoices/{invoice_read.pk}/"):
        page.goto(path)
        for part in (".rail", ".top", ".toasts"):
            expect(page.locator(part)).to_be_hidden()
        assert sticks_out(page) <= 0, path
    page.goto("/invoices/?state=draft")
    expect(page.locator(".printed")).to_contain_text("state=draft")
