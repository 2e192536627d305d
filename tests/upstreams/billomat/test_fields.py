"""Our words and Billomat's, both ways, and when two values are alike. Pure functions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arapp.receivables.records import ChoiceRecord
from arapp.upstreams.billomat import articles, bodies, forms
from arapp.upstreams.billomat.bodies import Unfit
from arapp.upstreams.billomat.fields import CLIENT, CONTACT, DOCUMENT, LINE, differing, heard, told
from tests.upstreams.billomat.samples import only, rows

ALIKE = [
    (LINE, "quantity", "2.50", "2.5"),
    (LINE, "vat_rate", "19", "19.0000"),
    (LINE, "discount", "10 %", "10%"),
    (LINE, "discount", "0", ""),
    (DOCUMENT, "cash_discount_rate", "0", ""),
    (DOCUMENT, "price_basis", "NET", "net"),
    (DOCUMENT, "note", "a\nb", "a\r\nb\n"),
    (DOCUMENT, "payment_types", ["cash", "paypal"], ["paypal", "cash"]),
    (DOCUMENT, "payment_types", [], ""),
    (CLIENT, "archived", False, ""),
    (CLIENT, "note", " \n", ""),
]
APART = [
    (LINE, "discount", "10", "10%"),
    (LINE, "quantity", "2", "20"),
    (LINE, "title", "007", "7"),
    (DOCUMENT, "payment_types", ["cash"], ["cash", "paypal"]),
    (DOCUMENT, "note", "", "still there"),
    (CLIENT, "archived", True, False),
]


@pytest.mark.parametrize(("table", "name", "wanted", "found"), ALIKE)
def test_what_differs_in_spelling_alone_is_alike(table, name, wanted, found):
    form = {} if found == "" else {name: found}
    assert differing(table, {name: wanted}, form) == []


@pytest.mark.parametrize(("table", "name", "wanted", "found"), APART)
def test_what_means_something_else_differs(table, name, wanted, found):
    assert differing(table, {name: wanted}, {name: found}) == [name]


def test_what_was_not_given_is_not_compared():
    assert differing(DOCUMENT, {"note": "a"}, {"note": "a", "title": "b"}) == []


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)


@given(st.dictionaries(st.sampled_from(sorted(CONTACT)), texts))
def test_what_was_told_is_heard_again(data):
    assert differing(CONTACT, data, heard(CONTACT, told(CONTACT, data))) == []


def test_whole_numbers_are_numbers_in_forms():
    form = heard(DOCUMENT, {"due_days": "14", "number": "0042", "number_length": ""})
    assert form == {"due_days": 14, "number": 42}
    assert told(DOCUMENT, {"due_days": 14, "number": ""}) == {"due_days": 14, "number": ""}


@given(
    st.dictionaries(st.sampled_from(sorted({field.name for field in DOCUMENT.values()})), st.one_of(texts, st.none()))
)
def test_no_payload_is_too_odd_for_a_form(payload):
    assert forms.document(payload, [])["lines"] == []


def test_the_form_of_an_invoice_written_by_hand():
    form = forms.document(only("invoice-open"), rows("invoice-items-one"))
    assert (form["customer"], form["issue_date"], form["due_date"]) == ("501", "2026-03-01", "2026-03-15")
    assert form["payment_types"] == ["credit_card", "debit", "cash"]
    assert (form["price_basis"], form["supply_date"], "due_days" in form) == ("net", "2026-02-27", False)
    assert [sorted(line) for line in form["lines"]] != [[]]


def test_padding_zeros_of_old_accounts_are_not_in_forms():
    form = heard(LINE, {"quantity": "2.0000", "unit_price": "10.00", "tax_rate": "19.0"})
    assert form == {"quantity": "2", "unit_price": "10", "vat_rate": "19"}


# articles


def test_an_article_written_by_hand_names_its_unit_and_tax():
    units = [ChoiceRecord(kind="unit", external_id="41", name="Stunde")]
    taxes = [ChoiceRecord(kind="tax", external_id="21", name="MwSt", data={"rate": "19"})]
    found = articles.item(rows("articles-one")[0], units, taxes)
    assert (found.number, found.name, found.unit, str(found.unit_price)) == ("A0005", "Beratung", "Stunde", "95.5")
    assert (str(found.vat_rate), found.currency, found.archived) == ("19", "EUR", False)
    assert (found.form["type"], found.form["unit"], found.form["vat_rate"]) == ("service", "Stunde", "19")


def test_without_the_lists_nothing_is_told_of_unit_and_tax():
    found = articles.item(rows("articles-one")[0])
    assert (found.unit, found.vat_rate) == (None, None)
    assert articles.item({"id": "5", "unit_id": ""}).unit == ""


def test_of_several_taxes_of_a_rate_the_default_one_is_taken():
    taxes = [
        ChoiceRecord(kind="tax", external_id="20", name="USt", data={"rate": "19", "is_default": "0"}),
        ChoiceRecord(kind="tax", external_id="21", name="MwSt", data={"rate": "19.00", "is_default": "1"}),
    ]
    assert bodies.article({"vat_rate": "19"}, [], taxes) == {"tax_id": 21}
    assert bodies.line({"vat_rate": "19.0"}, taxes) == {"tax_rate": "19.0", "tax_name": "MwSt"}
    assert bodies.line({"vat_rate": "7"}, taxes) == {"tax_rate": "7"}


def test_an_emptied_unit_or_rate_is_emptied_there():
    assert bodies.article({"unit": "", "vat_rate": ""}, [], []) == {"unit_id": "", "tax_id": ""}


@pytest.mark.parametrize("number", ["", "KD", "8a", "KD-"])
def test_a_number_that_billomat_cannot_build_is_unfit(number):
    if not number:
        assert bodies.client({"number": number}) == {}
        return
    with pytest.raises(Unfit, match="ends in digits"):
        bodies.client({"number": number})
