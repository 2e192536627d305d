"""An invoice is written: customer and items are found, sums stand there as one types, nothing is lost."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from arapp.outbox.models import Intent
from arapp.receivables import mirror
from arapp.receivables.models import Source
from arapp.receivables.records import CustomerRecord, ItemRecord
from arapp.upstreams.models import Worker
from tests.browser.conftest import Desk
from tests.conftest import NOW, make_source

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def source(transactional_db: None) -> Source:
    source = make_source("Nord", service="billogram")
    Worker.objects.create(name="w")
    customers = [CustomerRecord(external_id=f"c{n}", name=f"{name} AB") for n, name in enumerate(("Alfa", "Beta"))]
    mirror.write_customers(source, customers, NOW)
    form = {"title": "Consulting", "unit": "hour", "unit_price": "1000", "vat_rate": "25"}
    item = ItemRecord(external_id="5", name="Consulting", number="A5", unit_price=Decimal(1000), form=form)
    mirror.write_items(source, [item], NOW)
    return source


def write_a_line(page: Page, number: int, title: str, quantity: str, price: str, rate: str) -> None:
    values = {"title": title, "quantity": quantity, "unit_price": price, "vat_rate": rate}
    for name, value in values.items():
        page.locator(f"[name='lines.{number}.{name}']").fill(value)


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}], ids=["phone", "laptop"])
def test_an_invoice_is_written_with_sums_as_one_types(desk: Desk, source: Source, viewport: dict[str, int]) -> None:
    page = desk.signed_in("clerk", viewport=viewport)
    page.goto("/invoices/")
    page.get_by_role("link", name="New invoice").click()
    page.get_by_label("Search customers by name, number or e-mail").fill("bet")
    expect(page.locator("#found-customers")).not_to_contain_text("Alfa")
    page.get_by_role("button", name="Beta AB").click()
    expect(page.locator("#pick-customer")).to_contain_text("Change")
    write_a_line(page, 0, "Travel", "2", "10.10", "6")
    expect(page.locator("#sums")).to_contain_text("VAT 6 % of 20.20 SEK")
    expect(page.locator("#amount-0")).to_have_text("20.20 SEK")
    page.get_by_label("Add from the catalogue by name or number").fill("a5")
    page.get_by_role("button", name="Consulting A5").click()
    expect(page.locator("[name='lines.1.quantity']")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("10")
    expect(page.locator("#sums")).to_contain_text("12,521.00 SEK")
    expect(page.locator("[name='lines.0.title']")).to_have_value("Travel")
    page.get_by_role("button", name="Make it at Billogram").click()
    expect(page.locator("#made")).to_contain_text("On its way to Billogram")
    data = Intent.objects.get().data
    assert (data["customer"], [row["quantity"] for row in data["lines"]]) == ("c1", ["2", "10"])


def test_the_same_without_scripts(desk: Desk, source: Source) -> None:
    page = desk.signed_in("clerk", java_script_enabled=False)
    page.goto(f"/invoices/new/?source={source.pk}")
    page.get_by_label("Search customers by name, number or e-mail").fill("bet")
    page.locator("#pick-customer").get_by_role("button", name="Search").click()
    page.get_by_role("button", name="Beta AB").click()
    write_a_line(page, 0, "Travel", "2", "10.10", "6")
    page.get_by_label("Add from the catalogue by name or number").fill("a5")
    page.locator("#lines").get_by_role("button", name="Search").click()
    expect(page.locator("#sums")).to_contain_text("VAT 6 % of 20.20 SEK")
    page.get_by_role("button", name="Consulting A5").click()
    page.get_by_role("button", name="Add a line").click()
    page.get_by_role("button", name="Remove line 1").click()
    page.get_by_role("button", name="Make it at Billogram").click()
    expect(page.locator("#made")).to_contain_text("On its way to Billogram")
    assert [row["title"] for row in Intent.objects.get().data["lines"]] == ["Consulting"]


def test_enter_stores_nothing_and_loses_nothing(desk: Desk, source: Source) -> None:
    page = desk.signed_in("clerk")
    page.goto(f"/invoices/new/?source={source.pk}")
    write_a_line(page, 0, "Travel", "2", "10.10", "6")
    page.locator("[name='lines.0.title']").press("Enter")
    page.wait_for_load_state()
    expect(page.locator("[name='lines.0.title']")).to_have_value("Travel")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert not Intent.objects.exists()


def test_what_is_wrong_stands_beside_its_field(desk: Desk, source: Source) -> None:
    desk.expected.add(422)
    page = desk.signed_in("clerk")
    page.goto(f"/invoices/new/?source={source.pk}")
    write_a_line(page, 0, "Travel", "two", "10.10", "6")
    page.get_by_role("button", name="Make it at Billogram").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was stored")
    expect(page.locator(".line .error")).to_contain_text("“two” is not a number")
    expect(page.locator("#pick-customer")).to_contain_text("This is needed.")
    expect(page.locator("[name='lines.0.unit_price']")).to_have_value("10.10")
