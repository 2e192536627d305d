"""A search that finds too much to be added up while somebody waits."""

import pytest

from arapp.lists import lookups, totals
from tests.conftest import make_invoice, make_source

LIST = "/invoices/"


@pytest.fixture
def vast(monkeypatch, db):
    """Four invoices with a frequent word; three are counted at once."""
    monkeypatch.setattr(lookups, "FEW", 1)
    monkeypatch.setattr(lookups, "MANY", 1)
    monkeypatch.setattr(totals, "COUNTED", 2)
    source = make_source()
    return [make_invoice(source, number=f"RE{n}", title="Beratung") for n in range(4)]


def text(response):
    return response.content.decode()


def test_the_page_says_how_many_at_least_and_adds_up_later(signed_in, vast):
    page = text(signed_in("viewer").get(LIST, {"q": "beratung"}))
    assert "More than 2 invoices" in page
    assert 'hx-get="/invoices/totals/?q=beratung"' in page
    assert "476.00" not in page
    assert page.count('<tr id="row-') == 4


def test_without_scripts_a_link_adds_up(signed_in, vast):
    client = signed_in("viewer")
    assert 'href="?q=beratung&amp;sums=1"' in text(client.get(LIST, {"q": "beratung"}))
    page = text(client.get(LIST, {"q": "beratung", "sums": "1"}))
    assert "4 invoices" in page
    assert "476.00" in page


def test_the_strip_that_comes_later_has_the_sums_and_the_count(signed_in, vast):
    strip = text(signed_in("viewer").get("/invoices/totals/", {"q": "beratung"}))
    assert "476.00" in strip
    assert "4 invoices" in strip
    assert "<html" not in strip


def test_a_search_narrowed_by_a_rare_word_is_added_up_at_once(signed_in, vast):
    page = text(signed_in("viewer").get(LIST, {"q": "beratung re3"}))
    assert "1 invoice<" in page
    assert "119.00" in page


def test_choices_of_a_menu_are_not_counted_under_it(signed_in, vast):
    part = text(signed_in("viewer").get("/invoices/facets/", {"of": "state", "q": "beratung"}))
    assert "Draft" in part


def test_the_strip_takes_get_alone_and_a_person(client, signed_in):
    assert client.get("/invoices/totals/").status_code == 302
    assert signed_in("viewer").post("/invoices/totals/").status_code == 405


def test_nonsense_gives_a_strip_without_sums(signed_in, db):
    assert signed_in("viewer").get("/invoices/totals/", {"state": "odd"}).status_code == 200
