"""What a choice of a filter says it would leave is what it leaves."""

from datetime import timedelta

import pytest
from django.http import QueryDict

from arapp.lists import filters
from arapp.lists.facets import counted
from arapp.lists.filters import CustomerFilter, InvoiceFilter
from arapp.lists.items import ItemFilter
from arapp.lists.models import Listed
from arapp.lists.views import asked as list_of
from arapp.receivables.models import Source
from tests.conftest import TODAY, make_invoice, make_source
from tests.lists.conftest import asked

pytestmark = pytest.mark.django_db

COUNTED = [name for name, kind in InvoiceFilter.base_filters.items() if kind.counted]
BASES = ["", "source=Nord", "state=open&state=paid", "overdue=1", "q=kran", "kind=invoice&decidable=0", "age=31-60"]
BASES += ["lacks=customer", "flag=duplicate", "approval=waiting&owed=0", "issued=last-90-days", "service=billover"]


@pytest.fixture
def some(three):
    """Besides: debts of every age, one twice in two sources, one not delivered."""
    source = make_source("Ost", "billogram")
    owed = {"state": "open", "service_state": "Unpaid", "service_decision": "approved"}
    for n, days in enumerate((-10, 0, 1, 30, 31, 60, 61, 90, 91, 120, 121, 900)):
        make_invoice(source, number=f"77{n}", due_date=TODAY - timedelta(days=days), **owed)
    make_invoice(source, number="RE-2026-001", delivery_failed=True, **owed)


@pytest.mark.parametrize("base", BASES)
def test_a_choice_leaves_as_many_rows_as_it_says(some, base):
    for name in COUNTED:
        found = asked(base)
        counts = counted(found, name)
        choices = [str(value) for value, _label in found.form.fields[name].widget.choices if value != ""]
        assert set(counts) <= {choice.casefold() for choice in choices}
        said = {choice: counts.get(choice.casefold(), 0) for choice in choices}
        said = {choice: rows for choice, rows in said.items() if rows is not None}
        assert said == {choice: left_by(found, name, choice) for choice in said}, (base, name)


def left_by(found, name, choice):
    data = found.data.copy()
    data.setlist(name, [choice])
    alone = InvoiceFilter(data, found.queryset, today=TODAY)
    assert not alone.problems
    return alone.qs.count()


def test_the_ages_add_up_to_what_is_owed(some):
    assert sum(counted(asked(""), "age").values()) == counted(asked(""), "owed")["1"] == asked("owed=1").qs.count()


def test_a_filter_without_choices_is_not_counted(some):
    assert counted(asked(""), "number") is None
    assert counted(asked(""), "nothing") is None


def test_nothing_is_counted_while_a_filter_makes_no_sense(some):
    assert counted(asked("due_from=soon"), "state") is None


def test_a_menu_costs_the_same_few_queries_however_many_rows_there_are(some, django_assert_num_queries):
    for name, queries in {
        "state": 1,
        "approval": 1,
        "source": 1,
        "age": 1,
        "flag": 3,
        "overdue": 1,
        "lacks": 1,
    }.items():
        found = asked("kind=invoice")
        assert not found.errors
        with django_assert_num_queries(queries):
            counted(found, name)


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        (Listed.CUSTOMERS, "source open overdue"),
        (Listed.ITEMS, "source archived gone"),
        (Listed.DECISIONS, "source action origin push"),
        (Listed.PAYMENTS, "source kind"),
    ],
)
def test_the_other_lists_know_their_counts_too(some, listed, names):
    for name in names.split():
        found = list_of(listed, QueryDict("q=a"), TODAY)
        counts = counted(found, name)
        for choice, _label in found.form.fields[name].widget.choices:
            if counts is None or choice == "" or counts.get(str(choice).casefold(), 0) is None:
                continue
            alone = list_of(listed, QueryDict(f"q=a&{name}={choice}"), TODAY)
            assert counts.get(str(choice).casefold(), 0) == alone.qs.count(), (listed, name, choice)


def test_the_source_of_every_list_can_be_named_and_counted(some):
    names = {source.name.casefold() for source in Source.objects.all()}
    for kind in (InvoiceFilter, CustomerFilter, ItemFilter):
        found = kind(queryset=kind._meta.model.objects.all(), today=TODAY)
        assert set(counted(found, "source")) <= names


def test_duplicates_are_not_counted_among_very_many(some, monkeypatch):
    assert counted(asked(""), "flag")["duplicate"] == asked("flag=duplicate").qs.count() == 2
    monkeypatch.setattr(filters, "MANY", 1)
    assert counted(asked(""), "flag")["duplicate"] is None
