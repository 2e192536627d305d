"""The catalogue: the list, its downloads, and one item with the invoices it stands on."""

from decimal import Decimal

import pytest

from arapp.receivables import mirror
from arapp.receivables.models import Item
from arapp.receivables.records import ItemRecord, LineRecord, NamedRecord
from tests.conftest import NOW, make_invoice, make_source

HTMX = {"HX-Request": "true"}
UGLY = "<script>alert(1)</script> & Söhne"


def text(response):
    return response.content.decode()


def make_item(source, external_id="A1", **fields):
    told = {"number": f"N-{external_id}", "name": "Consulting", "unit": "hour", "vat_rate": Decimal(19)}
    told |= {"unit_price": Decimal("95.5"), "currency": "EUR"}
    mirror.write_items(source, [ItemRecord(external_id=external_id, **(told | fields))], NOW)
    return Item.objects.get(source=source, external_id=external_id)


def used(source, item, **fields):
    line = LineRecord(
        position=1,
        title="Consulting",
        quantity=Decimal(3),
        unit_price=Decimal(90),
        item=NamedRecord(external_id=item.external_id),
    )
    return make_invoice(source, lines=(line,), **fields)


def test_the_list_shows_what_an_item_costs(signed_in, source):
    make_item(source)
    row = text(signed_in("viewer").get("/items/")).split("<tbody>")[1].split("</tr>")[0]
    for word in ("N-A1", "Consulting", source.name, "hour", "95.50", "EUR", "19 %"):
        assert word in row, word


def test_a_price_without_a_currency_stands_in_the_one_its_service_takes_for_granted(signed_in):
    make_item(make_source(service="billogram"), currency="", unit_price=Decimal("1199.4"))
    assert "1,199.40" in text(signed_in("viewer").get("/items/"))
    assert "SEK" in text(signed_in("viewer").get("/items/"))


def test_an_ugly_name_is_shown_as_it_is_and_runs_nothing(signed_in, source):
    item = make_item(source, name=UGLY)
    for path in ("/items/", f"/items/{item.pk}/"):
        page = text(signed_in("viewer").get(path))
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne" in page


def test_name_and_number_are_searched_in_one_box(signed_in, source):
    make_item(source, "A1")
    make_item(source, "B2", name="Chair")
    client = signed_in("viewer")
    assert "Chair" in text(client.get("/items/", {"q": "n-b2"}))
    assert "Consulting" not in text(client.get("/items/", {"q": "chair"})).split("<tbody>")[1]


def test_nonsense_gives_a_sentence(signed_in, source):
    assert "perhaps” is neither" in text(signed_in("viewer").get("/items/", {"gone": "perhaps"}))


def test_htmx_gets_the_part(signed_in, source):
    make_item(source)
    assert "<html" not in text(signed_in("viewer").get("/items/", headers=HTMX))


@pytest.mark.parametrize("path", ["/items/", "/items/export.csv", "/items/export.xlsx", "/items/{}/"])
def test_methods_and_people(path, signed_in, client, source):
    path = path.format(make_item(source).pk)
    assert client.get(path).headers["Location"].startswith("/accounts/login/")
    desk = signed_in("viewer")
    assert desk.get(path).status_code == 200
    assert desk.post(path).status_code == 405


def test_a_download_is_exactly_what_is_filtered(signed_in, source):
    make_item(source, "A1", name="=Consulting")
    make_item(source, "B2", name="Chair")
    lines = b"".join(signed_in("viewer").get("/items/export.csv", {"q": "consulting"})).decode().splitlines()
    assert lines[0].startswith("source,service,external_id,number,name")
    assert len(lines) == 2
    assert "'=Consulting" in lines[1]
    assert ",95.5,EUR,19," in lines[1]


@pytest.mark.parametrize("path", ["/items/export.csv", "/items/export.xlsx"])
def test_a_download_of_nonsense_is_refused_with_the_reason(path, signed_in, source):
    response = signed_in("viewer").get(path, {"gone": "perhaps"})
    assert response.status_code == 422
    assert "perhaps" in text(response)


def test_an_item_shows_where_it_is_used_and_leads_to_exactly_these_invoices(signed_in, source):
    item, other = make_item(source, "1"), make_item(source, "11", name="Consulting")
    used(source, item, number="RE-with")
    used(source, other, number="RE-other")
    client = signed_in("viewer")
    page = text(client.get(f"/items/{item.pk}/"))
    assert "RE-with" in page
    assert "RE-other" not in page
    assert "1 invoice with this item" in page
    rows = text(client.get("/invoices/", {"item": item.pk}))
    assert "RE-with" in rows
    assert "RE-other" not in rows


def test_an_item_that_is_gone_says_so(signed_in, source):
    item = make_item(source)
    Item.objects.filter(pk=item.pk).update(gone_at=NOW)
    assert "no longer has this item" in text(signed_in("viewer").get(f"/items/{item.pk}/"))


def test_an_unknown_item_is_not_found(signed_in):
    assert signed_in("viewer").get("/items/99/").status_code == 404


@pytest.mark.parametrize(("role", "shown"), [("viewer", False), ("clerk", True)])
def test_who_prepares_is_led_to_the_forms(role, shown, signed_in, source):
    item = make_item(source)
    client = signed_in(role)
    assert ("/items/new/" in text(client.get("/items/"))) is shown
    assert (f"/items/{item.pk}/edit/" in text(client.get(f"/items/{item.pk}/"))) is shown


@pytest.mark.parametrize("path", ["/items/?q=c&archived=0", "/items/{}/"])
def test_the_pages_ask_the_same_few_questions_however_many_there_are(path, signed_in, django_assert_max_num_queries):
    source = make_source()
    client = signed_in("clerk")
    item = make_item(source, "A0")
    used(source, item)
    path = path.format(item.pk)
    client.get(path)
    with django_assert_max_num_queries(12) as few:
        client.get(path)
    records = [ItemRecord(external_id=f"A{n}", name=f"Consulting {n}") for n in range(1, 60)]
    mirror.write_items(source, records, NOW)
    for n in range(30):
        used(source, item, external_id=f"u{n}")
    with django_assert_max_num_queries(12) as more:
        client.get(path)
    assert len(few) == len(more)
