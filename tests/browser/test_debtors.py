"""Customers side by side: however many and however long their names, the page itself stays as wide as the window."""

import pytest

from arapp.debtors.joining import join
from arapp.people.models import Role
from arapp.receivables.models import Customer
from arapp.receivables.records import CustomerRecord
from tests.conftest import make_invoice, make_source, make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def paths(transactional_db):
    source = make_source()
    for n in range(8):
        make_invoice(source, customer=CustomerRecord(external_id=f"k{n}", brief=True, name=f"{n}" + "W" * 199))
    ids = list(Customer.objects.values_list("pk", flat=True))
    return [f"/debtors/{join(ids, make_user()).pk}/", f"/customers/{ids[0]}/"]


@pytest.mark.parametrize("width", [390, 1280])
def test_many_customers_side_by_side_scroll_in_a_box_of_their_own(width, desk, paths):
    page = desk.signed_in(Role.CLERK, viewport={"width": width, "height": 900})
    for path in paths:
        page.goto(path)
        assert page.locator(".side").count() == 8
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
