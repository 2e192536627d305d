"""Data is taken in exactly or refused with the field's name and a sentence; no JSON makes a traceback."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arapp.actions.fields import BILLOVER, Field, Invalid, clean
from arapp.actions.table import ACTIONS
from arapp.documents.files import keep
from arapp.receivables import mirror
from arapp.receivables.models import Choice, Customer, Source
from arapp.receivables.records import ChoiceRecord, CustomerRecord
from tests.conftest import NOW, make_source

pytestmark = pytest.mark.django_db


def problems(field: Field, value: object, service: str = "billomat", currency: str = "EUR") -> dict[str, str]:
    return refused((field,), {field.name: value}, Source(service=service), currency)


def cleaned(field: Field, value: object, currency: str = "EUR") -> object:
    return clean((field,), {field.name: value}, Source(service="billomat"), currency)[field.name]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("text", "  Nordic Tea  ", "Nordic Tea"),
        ("text", "", ""),
        ("long", "two\r\nlines", "two\nlines"),
        ("amount", "125", "125.00"),
        ("amount", "0.01", "0.01"),
        ("decimal", 10, "10"),
        ("decimal", Decimal("0.125"), "0.125"),
        ("decimal", "-3.50", "-3.50"),
        ("percent", "25", "25"),
        ("reduction", "10%", "10%"),
        ("reduction", "10.5", "10.5"),
        ("integer", 30, 30),
        ("day", "2026-02-28", "2026-02-28"),
        ("email", "siv@example.org", "siv@example.org"),
        ("emails", ["siv@example.org"], ["siv@example.org"]),
        ("texts", ["a", "b"], ["a", "b"]),
        ("words", "client, month", ["client", "month"]),
        ("words", ["client", "month"], ["client", "month"]),
        ("yes", False, False),
    ],
)
def test_a_value_is_taken_exactly(kind: str, value: object, expected: object):
    assert cleaned(Field("it", "It", kind), value) == expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 5),
        ("text", "two\nlines"),
        ("text", "nul\x00"),
        ("text", "half \ud800"),
        ("text", "x" * 301),
        ("amount", 125),
        ("amount", 12.5),
        ("amount", Decimal("12.5")),
        ("amount", "0"),
        ("amount", "-1"),
        ("amount", "1.005"),
        ("amount", "1,50"),
        ("amount", "NaN"),
        ("amount", "1e5"),
        ("amount", "1."),
        ("amount", ".5"),
        ("amount", "9" * 18),
        ("decimal", 0.1),
        ("decimal", True),
        ("decimal", "1.1234567"),
        ("decimal", "1e12"),
        ("decimal", "1E2"),
        ("percent", "2e1"),
        ("percent", "101"),
        ("percent", "-1"),
        ("reduction", "-5"),
        ("reduction", "101%"),
        ("reduction", 10),
        ("integer", "30"),
        ("integer", True),
        ("integer", 10**13),
        ("day", "20261120"),
        ("day", "2026-W01-1"),
        ("day", "2026-02-30"),
        ("day", "0001-01-01"),
        ("day", 20261120),
        ("email", "siv@"),
        ("email", "a@example.org\nbcc: b@example.org"),
        ("emails", "siv@example.org"),
        ("emails", ["siv@example.org", ""]),
        ("texts", ["a"] * 101),
        ("words", "a,,b"),
        ("words", 5),
        ("yes", 1),
        ("yes", "true"),
        ("choice", "no such word"),
        ("file", "nothing here"),
        ("files", [5]),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_a_sentence(kind: str, value: object):
    found = problems(Field("it", "It", kind, choices=("yes", "no")), value)
    assert set(found) - {"it"} == set()
    assert found["it"].endswith(".")


def test_an_amount_has_the_decimals_of_its_currency():
    field = Field("amount", "Amount", "amount")
    assert cleaned(field, "1000", "JPY") == "1000"
    assert cleaned(field, "1.005", "KWD") == "1.005"
    assert problems(field, "1.5", currency="JPY") == {"amount": "“1.5” has more decimals than JPY has."}


def test_null_is_not_given_and_what_is_needed_may_not_be_empty():
    field = Field("name", "Name", required=True)
    assert problems(field, None) == {"name": "This may not be null; leave it out instead."}
    assert problems(field, "") == {"name": "This is needed."}
    with pytest.raises(Invalid, match="name: This is needed"):
        clean((field,), {}, Source(service="billomat"), "EUR")


@pytest.mark.parametrize("kind", "amount decimal percent reduction integer day choice option text long email".split())
def test_an_empty_text_empties_what_may_be_empty(kind: str):
    assert cleaned(Field("it", "It", kind, of="template"), "") == ""
    assert problems(Field("it", "It", kind, required=True), "") == {"it": "This is needed."}


@pytest.mark.parametrize("blank", ["", "  ", "\t\n"])
def test_what_is_never_empty_may_be_left_out_but_not_emptied(blank: str):
    kept, needed = Field("name", "Name", never_empty=True), Field("name", "Name", required=True)
    assert clean((kept,), {}, Source(service="billomat"), "EUR") == {}
    assert problems(kept, blank) == problems(needed, blank) == {"name": "This is needed."}
    assert kept.schema()["minLength"] == 1


@pytest.mark.parametrize(
    ("name", "service", "fields"),
    [
        ("customer.update", "billogram", ["name"]),
        ("customer.update", "billomat", ["name"]),
        ("customer.update", "billover", ["name"]),
        ("item.update", "billogram", ["title", "unit_price", "vat_rate"]),
        ("item.update", "billomat", ["title", "unit_price"]),
    ],
)
def test_a_change_empties_nothing_that_making_it_needs(name: str, service: str, fields: list[str]):
    source = Source(service=service)
    assert refused(ACTIONS[name].fields, dict.fromkeys(fields, ""), source) == dict.fromkeys(
        fields, "This is needed."
    )


@pytest.mark.parametrize("kind", ["yes", "customer", "item", "file"])
def test_what_cannot_be_empty_is_left_out_instead(kind: str):
    assert set(refused((Field("it", "It", kind),), {"it": ""}, make_source())) == {"it"}


def test_a_field_of_another_service_is_named_with_the_service():
    card = Field("card", "Card", services=BILLOVER)
    assert problems(card, "c1") == {"card": "Billomat has no such field."}
    assert problems(Field("a", "A"), "x") == {}
    with pytest.raises(Invalid, match="colour: There is no field of that name"):
        clean((card,), {"colour": "red"}, Source(service="billomat"), "EUR")


def test_rows_are_checked_one_by_one_and_counted_from_zero():
    line = (Field("title", "Title", required=True), Field("quantity", "Quantity", "decimal"))
    rows = Field("lines", "Lines", "rows", required=True, fields=line)
    assert cleaned(rows, [{"title": "a", "quantity": "2"}]) == [{"title": "a", "quantity": "2"}]
    found = problems(rows, [{"title": "a"}, {"quantity": "many"}, "x"])
    assert set(found) == {"lines.1.title", "lines.1.quantity", "lines.2"}
    assert set(problems(rows, [])) == set(problems(rows, {})) == set(problems(rows, "x")) == {"lines"}
    assert set(problems(rows, [{"title": "a"}] * 501)) == {"lines"}


def test_what_was_given_stays_as_it_was():
    data = {"lines": [{"title": " a "}]}
    clean(
        (Field("lines", "Lines", "rows", fields=(Field("title", "Title"),)),), data, Source(service="billomat"), "EUR"
    )
    assert data == {"lines": [{"title": " a "}]}


def test_customers_are_those_of_the_source_that_are_there():
    source, other = make_source(), make_source()
    mirror.write_customers(source, [CustomerRecord(external_id="c9", name="Nordic Tea")], NOW)
    field = Field("customer", "Customer", "customer")
    assert clean((field,), {"customer": "c9"}, source, "EUR") == {"customer": "c9"}
    with pytest.raises(Invalid, match="knows no customer “c9”"):
        clean((field,), {"customer": "c9"}, other, "EUR")
    Customer.objects.update(gone_at=NOW)
    with pytest.raises(Invalid):
        clean((field,), {"customer": "c9"}, source, "EUR")


def test_options_are_those_of_the_list_that_was_read():
    source = make_source()
    field = Field("template", "Template", "option", of="template")
    assert clean((field,), {"template": "7"}, source, "EUR") == {"template": "7"}
    mirror.write_choices(source, {"template": [ChoiceRecord(kind="template", external_id="8")]})
    assert Choice.objects.count() == 1
    with pytest.raises(Invalid, match="no “7” in this list"):
        clean((field,), {"template": "7"}, source, "EUR")


def test_a_file_is_named_as_it_is_kept(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    kept = keep(b"%PDF-1.4 x", "a.pdf")
    field = Field("file", "File", "file")
    assert cleaned(field, kept.name) == kept.name


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def _shaped(fields: tuple[Field, ...]) -> st.SearchStrategy:
    """Objects with the right names and any values, so that the checks of values are reached."""
    inner = {
        field.name: JSON | (st.lists(_shaped(field.fields), max_size=2) if field.fields else JSON) for field in fields
    }
    return st.fixed_dictionaries({}, optional=inner)


def refused(fields: tuple[Field, ...], data: object, source: Source, currency: str = "SEK") -> dict[str, str]:
    try:
        clean(fields, data, source, currency)
    except Invalid as invalid:
        return invalid.problems
    return {}


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_whatever_json_comes_in_it_is_taken_or_refused(name: str):
    source = make_source(service="billogram")

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=_shaped(ACTIONS[name].fields) | JSON, service=st.sampled_from(sorted(ACTIONS[name].services)))
    def taken_or_refused(data: object, service: str) -> None:
        source.service = service
        assert all(refused(ACTIONS[name].fields, data, source).values())

    taken_or_refused()
