"""One search over invoices, customers, items and payments: what fits best first, never more than a few."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from arapp.lists import search as everything
from arapp.lists.search import search
from arapp.receivables import mirror
from arapp.receivables.models import SearchText
from arapp.receivables.money import Money
from arapp.receivables.records import CustomerRecord, ItemRecord, MovementRecord
from tests.conftest import NOW, invoice_record, make_invoice, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def source():
    return make_source("Nord")


def rows(found, name):
    return [str(row) for group in found.groups if group.name == name for row in group.rows]


def counts(found):
    return {group.name: (group.count, group.more) for group in found.groups}


def test_each_kind_is_found_by_its_own_words(source):
    paid = MovementRecord(
        external_id="p", kind="payment", date=date(2026, 1, 2), amount=Money.parse("5", "EUR"), text="OCR 99887766"
    )
    customer = CustomerRecord(
        external_id="k1",
        name="Älg Bygg AB",
        number="K-7",
        email="kassa@example.org",
        org_no="5566778899",
        brief=False,
    )
    make_invoice(source, number="RE-1", payment_reference="RF4711", customer=customer, movements=(paid,))
    mirror.write_items(source, [ItemRecord(external_id="i", number="ART-7", name="Crane")], NOW)
    assert counts(search("re-1", 5)) == {"invoices": (1, False), "payments": (1, False)}
    assert counts(search("RF4711", 5))["invoices"] == (1, False)
    for words in ("älg", "K-7", "KASSA@example", "5566778899", "bygg älg"):
        assert rows(search(words, 5), "customers") == ["Älg Bygg AB"], words
    assert rows(search("crane", 5), "items") == ["Crane"]
    assert counts(search("99887766", 5)) == {"payments": (1, False)}
    assert counts(search("nowhere", 5)) == {}


def test_the_one_invoice_with_the_number_or_reference_is_meant(source):
    wanted = make_invoice(source, number="RE-100", payment_reference="RF18")
    make_invoice(source, number="RE-1001")
    for words in ("RE-100", "re-100", "RF18", " RF 18 "):
        assert search(words, 5).direct == wanted, words
    assert rows(search("re-100", 5), "invoices")[0] == "RE-100"
    assert search("RE-10", 5).direct is None


def test_of_two_invoices_with_one_number_neither_is_meant_and_both_come_first(source):
    same = {make_invoice(source, number="RE-5").pk, make_invoice(make_source(), number="RE-5").pk}
    make_invoice(source, number="RE-55")
    found = search("RE-5", 5)
    assert found.direct is None
    assert found.exact == same
    assert {row.pk for row in found.groups[0].rows[:2]} == same


def test_what_is_called_just_so_comes_before_what_holds_it(source):
    for name in ("Big Muster AG", "Muster AG & Co", "Muster AG"):
        make_invoice(source, customer=CustomerRecord(external_id=name, name=name, number=name))
    assert rows(search("muster ag", 5), "customers") == ["Muster AG", "Muster AG & Co", "Big Muster AG"]


def test_many_are_only_said_to_be_more_and_the_exact_one_still_comes_first(source, monkeypatch):
    monkeypatch.setattr(everything, "MOST", 3)
    first = make_invoice(source, number="X1", payment_reference="X1-REF")
    for number in range(2, 9):
        make_invoice(source, number=f"Y{number}", title="X1 X1-REF")
    for words in ("x1", "X1-REF"):
        found = search(words, 2)
        assert counts(found)["invoices"] == (3, True), words
        assert (found.direct, found.groups[0].rows[0], len(found.groups[0].rows)) == (first, first, 2), words
        assert (found.count, found.more) == (3, True)


def test_queries_do_not_grow_with_what_is_found(source, django_assert_max_num_queries):
    def fill(count, start):
        for number in range(start, start + count):
            customer = CustomerRecord(external_id=f"c{number}", name=f"Muster {number}")
            make_invoice(source, number=f"M{number}", title="muster", customer=customer)

    fill(1, 0)
    with django_assert_max_num_queries(8) as few:
        search("muster", 10)
    fill(30, 1)
    with django_assert_max_num_queries(8) as more:
        search("muster", 10)
    assert len(few) == len(more)


@pytest.mark.parametrize("text", ["x" * 301, "a\x00b", " ".join(map(str, range(30)))])
def test_nonsense_is_refused_with_a_sentence(text):
    with pytest.raises(ValidationError):
        search(text, 5)


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_asked_finds_nothing_and_asks_nothing(text, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert search(text, 5).groups == ()


def test_an_invoice_that_only_its_id_names_is_found_by_it(source):
    draft = make_invoice(source, external_id="H4B8xSA", number="")
    make_invoice(source, external_id="H4B8xSB", number="RE-1")
    for words in ("H4B8xSA", "h4b8"):
        assert rows(search(words, 5), "invoices") == ["H4B8xSA"], words
    assert search("H4B8xSA", 5).direct == draft
    assert rows(search("H4B8xSB", 5), "invoices") == []
    mirror.write_invoices(source, [invoice_record("H4B8xSA", number="RE-2")], NOW)
    assert (rows(search("H4B8xSA", 5), "invoices"), rows(search("re-2", 5), "invoices")) == ([], ["RE-2"])


def test_invoices_read_before_are_found_by_their_id_too(source):
    draft, numbered = make_invoice(source, external_id="D7", number=""), make_invoice(source, external_id="D8")
    SearchText.objects.update(text="consulting")
    for _again in range(2):
        import_module("arapp.receivables.migrations.0009_found_by_id").add_ids(apps, None)
    texts = dict(SearchText.objects.values_list("invoice", "text"))
    assert texts == {draft.pk: "consulting\nd7", numbered.pk: "consulting"}
