"""The list and the invoice on paper: without the desk around them, black on white, whatever the screen is like."""

import re

import pytest

from arapp.kept import keeping
from arapp.people.models import Role
from arapp.receivables.records import CustomerRecord
from tests.conftest import make_invoice, make_source, make_user

pytestmark = pytest.mark.browser

CHROME = (".rail", ".top", ".tools", ".table-tools", ".paging", ".decide", ".noting", ".elsewhere", "#messages")
LOOKS = "(part) => { const look = getComputedStyle(part); return [look.color, look.backgroundColor] }"


def printed(desk, path):
    page = desk.signed_in(Role.APPROVER, color_scheme="dark")
    page.goto(path)
    page.emulate_media(media="print")
    return page


def pages_of(page):
    """How many sheets the printer gets."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


@pytest.fixture
def paths(transactional_db):
    source = make_source()
    invoice = make_invoice(source, number="RE7")
    for n in range(60):
        make_invoice(source, external_id=f"many{n}", number=f"M{n}")
    keeping.comment(invoice, "Ours alone", make_user())
    return {"list": "/invoices/?currency=EUR", "invoice": f"/invoices/{invoice.pk}/", "dashboard": "/"}


@pytest.mark.parametrize("name", ["list", "invoice", "dashboard"])
def test_only_the_page_itself_is_printed_black_on_white_with_the_moment_above(name, desk, paths):
    page = printed(desk, paths[name])
    for part in CHROME:
        assert all(not found.is_visible() for found in page.locator(part).all()), part
    assert page.locator("main .printed").first.inner_text().startswith("Printed 20")
    for part in ("h1", "main :is(tbody, dd)"):
        colour, _ground = page.locator(part).first.evaluate(LOOKS)
        assert colour == "rgb(0, 0, 0)"
    assert page.locator(".desk").evaluate(LOOKS)[1] in ("rgb(255, 255, 255)", "oklch(1 0 0)")


def test_a_long_list_names_its_filters_and_columns_and_goes_over_several_sheets(desk, paths):
    page = printed(desk, paths["list"])
    assert page.locator(".chip").all_inner_texts() != []
    assert page.locator(".list thead").evaluate("(head) => getComputedStyle(head).display") == "table-header-group"
    assert pages_of(page) > 1


def test_what_a_customer_page_leaves_out_takes_no_room_on_paper(desk, transactional_db):
    customer = CustomerRecord(external_id="long", brief=True, name="W" * 200)
    invoice = make_invoice(make_source(), number="RE7", customer=customer)
    page = printed(desk, f"/customers/{invoice.customer_id}/")
    assert page.locator(f"#row-{invoice.pk}").bounding_box()["height"] < 80
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_notes_that_never_leave_the_desk_are_not_printed(desk, paths):
    page = printed(desk, paths["invoice"])
    assert "Ours alone" in page.content()
    assert all(not found.is_visible() for found in page.get_by_text("Ours alone").all())
