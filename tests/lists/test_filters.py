"""Every filter of the invoice list by itself, repeated, together, and with nonsense in it."""

from datetime import date, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from arapp.approvals.models import Approval
from arapp.debtors.models import Debtor, Member
from arapp.lists import lookups
from arapp.lists.filters import InvoiceFilter
from arapp.receivables import mirror
from arapp.receivables.models import Customer, Invoice
from arapp.receivables.records import CustomerRecord
from tests.conftest import NOW, TODAY, make_invoice, make_source, make_user
from tests.lists.conftest import asked, found, refused

TEXTS = (
    "number service_state customer contact owner card category payment_type article label intro note tag decided_by"
).split()
MOMENTS = ("issued", "due", "created")

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "a b c"),
        ("state=&q=&issued_from=&sort=", "a b c"),
        ("q=re-2026", "a"),
        ("q=öresund", "b"),
        ("q=ÖRESUND+dachausbau", "b"),
        ("q=öresund+kran", ""),
        ("q=bygg+öresund+dachausbau+1003", "b"),
        ("q=re-2026+muster", "a"),
        ("q=muster+dachausbau+bygg+ab", ""),
        ("q=SE556677", "b"),
        ("q=1003", "b"),
        ("q=sid42", "c"),
        ("q=KRAN", "c"),
        ("q=004711", "c"),
        ("q=50%25_", "c"),
        ("q=5%25", ""),
        ("q=kran&q=dachausbau", "b c"),
        ("number=re-", "a"),
        ("number=RE-&number=7", "a b"),
        ("source=Nord", "a"),
        ("source=nord&source=S%C3%BCd", "a b"),
        ("service=billover", "c"),
        ("service=billover&service=BILLOMAT", "a c"),
        ("state=draft&state=paid", "a c"),
        ("service_state=Unpaid", "b"),
        ("service_state=unpaid", ""),
        ("service_state=unp", ""),
        ("approval=waiting", "a"),
        ("approval=approved&approval=rejected", "b c"),
        ("kind=credit_note", "c"),
        ("kind=invoice", "a b"),
        ("customer=k9", "b"),
        ("customer=bygg", "b"),
        ("customer=%C3%B6resund", "b"),
        ("customer=1003", "b"),
        ("customer=nobody", ""),
        ("contact=bo", "c"),
        ("contact=p1", "c"),
        ("contact=bo@example", "c"),
        ("currency=eur&currency=KWD", "a c"),
        ("currency=XXX", ""),
        ("owner=berg", "c"),
        ("owner=o1", "c"),
        ("card=5521", "c"),
        ("category=REI", "c"),
        ("payment_type=cash", "c"),
        ("payment_type=correction", ""),
        ("article=kranw", "c"),
        ("article=ART-7", "c"),
        ("label=50%25", "c"),
        ("label=5%25_", ""),
        ("intro=%C3%BCBERTRAG", "c"),
        ("note=skonto", "c"),
        ("tag=dringend", "c"),
        ("tag=t2", "c"),
        ("overdue=1", "b"),
        ("overdue=yes", "b"),
        ("overdue=0", "a c"),
        ("overdue=0&overdue=true", "a b c"),
        ("owed=1", "b"),
        ("owed=0", "a c"),
        ("age=31-60", "b"),
        ("age=not-due&age=1-30", ""),
        ("age=31-60&age=over-120", "b"),
        ("days_overdue_min=50", "b"),
        ("days_overdue_min=51", ""),
        ("days_overdue_max=50", "b"),
        ("days_overdue_max=49", ""),
        ("days_overdue_min=1&days_overdue_max=90", "b"),
        ("issued=this-month", "a"),
        ("issued=last-quarter&issued=this-month", "a b"),
        ("issued=yesterday", ""),
        ("due=this-month", ""),
        ("due=next-30-days", "a"),
        ("created=last-90-days", "a b c"),
        ("created=last-30-days", "a c"),
        ("due_from=today", "a"),
        ("due_to=today-50", "b"),
        ("due_to=today-51", ""),
        ("due_from=today+11&due_to=today%2B11", "a"),
        ("created_from=today-19&created_to=today", "a c"),
        ("flag=duplicate", ""),
        ("payment_reference=0471", "c"),
        ("payment_reference=471%25", ""),
        ("debtor=1", ""),
        ("issued_from=2026-09-01&issued_to=2026-09-30", "b"),
        ("issued_from=2026-12-01&issued_from=2026-11-01", "a"),
        ("due_from=2026-12-01", "a"),
        ("due_to=2026-10-01", "b"),
        ("created_to=2026-09-01", "b"),
        ("created_from=2026-11-02", "c"),
        ("created_from=0001-01-01&created_to=9999-12-31", "a b c"),
        ("amount_min=119&currency=EUR", "a"),
        ("amount_min=119.01&currency=EUR", ""),
        ("amount_min=5000", "b"),
        ("amount_min=5000.5", ""),
        ("amount_max=4999.9&kind=invoice", "a"),
        ("amount_max=-1.234", "c"),
        ("amount_max=-1.2341", ""),
        ("amount_min=-1.234&amount_max=0", "c"),
        ("amount_min=999999999999999999", ""),
        ("amount_max=999999999999999999", "a b c"),
        ("service=billover&state=paid&q=kran", "c"),
        ("service=billover&state=draft", ""),
    ],
)
def test_a_filter_finds_its_rows(three, query, expected):
    assert found(query) == expected


@pytest.mark.parametrize(
    ("query", "shown"),
    [("q=ÖRESUND+dachausbau", "b"), ("q=öresund+kran", ""), ("q=kran&q=dachausbau", "b c"), ("q=KRAN", "c")],
)
def test_a_search_finds_the_same_when_many_rows_hold_its_words(query, shown, three, monkeypatch):
    monkeypatch.setattr(lookups, "FEW", 0)
    assert found(query) == shown


def test_two_tags_of_one_row_show_it_once(three):
    assert asked("tag=dringend").qs.count() == 1


def test_decided_by_names_who_decided_and_nobody_whose_decision_was_reopened(three):
    person = make_user("erika")
    invoice = Invoice.objects.get(external_id="a")
    invoice.approval.reject(person, invoice.digest, "too much")
    assert found("decided_by=Erika") == "a"
    approval = Approval.objects.get(pk=invoice.pk)
    approval.reopen(person, invoice.digest)
    assert found("decided_by=erika") == ""


def test_a_customers_own_id_goes_before_another_ones_external_id(three):
    theirs = Customer.objects.get(external_id="k9")
    mirror.write_customers(make_source(), [CustomerRecord(external_id=str(theirs.pk), name="Other")], NOW)
    assert found(f"customer={theirs.pk}") == "b"


def test_a_source_may_be_named_by_its_id(three):
    source = Invoice.objects.get(external_id="c").source
    assert found(f"source={source.pk}") == "c"


def test_days_of_moments_are_days_in_the_time_zone(three, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    timezone.get_default_timezone.cache_clear()
    try:
        assert found("created_to=2026-09-01") == ""
        assert found("created_from=2026-09-02&created_to=2026-09-02") == "b"
    finally:
        settings.TIME_ZONE = "UTC"
        timezone.get_default_timezone.cache_clear()


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("state=opne", "State", "opne"),
        ("service=fortnox", "Service", "fortnox"),
        ("approval=maybe", "Approval", "maybe"),
        ("kind=x", "Kind", "“x”"),
        ("source=nowhere", "Source", "nowhere"),
        ("currency=EURO", "Currency", "EURO"),
        ("overdue=perhaps", "Overdue", "perhaps"),
        ("age=30-60", "Age", "30-60"),
        ("owed=maybe", "Owed", "maybe"),
        ("days_overdue_min=many", "Days overdue from", "many"),
        ("days_overdue_max=-1", "Days overdue to", "-1"),
        ("days_overdue_min=99999", "Days overdue from", "99999"),
        ("issued=last-decade", "Issued", "last-decade"),
        ("created_from=today-", "Created from", "today-"),
        ("due_to=today%2B99999", "Due to", "today+99999"),
        ("flag=odd", "Needs a look", "odd"),
        ("debtor=Muster", "Debtor", "Muster"),
        ("issued_from=2026-02-30", "Issued from", "2026-02-30"),
        ("issued_to=20260201", "Issued to", "20260201"),
        ("due_from=yesterday", "Due from", "yesterday"),
        ("due_to=2026-W01-1", "Due to", "2026-W01-1"),
        ("created_from=1", "Created from", "“1”"),
        ("created_to=%D9%A2%D9%A0%D9%A2%D9%A6-01-01", "Created to", "-01-01"),
        ("amount_min=abc", "Amount from", "abc"),
        ("amount_max=1,234", "Amount to", "1,234"),
        ("amount_max=NaN", "Amount to", "NaN"),
        ("amount_max=1e5", "Amount to", "1e5"),
        ("sort=colour", "Sort by", "colour"),
        ("sort=--gross", "Sort by", "-gross"),
        ("state=open&state=opne", "State", "opne"),
        ("q=%00", "Search", "\ufffd"),
        ("number=" + "9" * 10_000, "Number", "999"),
        ("q=" + "x+" * 4_000, "Search", "x x"),
        ("q=" + "+".join(f"w{n}" for n in range(30)), "Search", "w0"),
        ("&".join(f"number={n}" for n in range(900)), "Number", "900"),
    ],
)
def test_nonsense_gives_a_sentence_that_names_filter_and_value_and_no_rows(three, query, name, value):
    (sentence,) = refused(query)
    assert sentence.startswith(f"{name}: ")
    assert value in sentence
    sentence.encode()


@pytest.mark.parametrize("name", sorted(InvoiceFilter.base_filters))
@pytest.mark.parametrize(
    "value", ["\x00", "\ud800", "x" * 10_000, "9" * 30, "-9223372036854775809", "%", "\\", "'", "(", "ÄÖ\\("]
)
def test_no_value_in_any_filter_raises(three, name, value):
    data = QueryDict(mutable=True)
    data.setlist(name, [value])
    filterset = InvoiceFilter(data, today=TODAY)
    list(filterset.order.sorted(filterset.qs, TODAY))
    " ".join(filterset.problems).encode()
    str(filterset.form).encode()


def test_as_many_values_as_are_allowed_in_every_filter_do_not_break_the_query(three):
    mirror.write_customers(
        make_source(), [CustomerRecord(external_id=f"z{n}", name="abcdefghij klmnopqrst") for n in range(120)], NOW
    )
    letters = [f"{letter} " + " ".join("abcdefghijklmnopqrs") for letter in "abcdefghijklmnopqrst"]
    given = {
        "q": letters + [f"r{n} re" for n in range(30)],
        "state": ["open", "draft"],
        "overdue": ["0"],
        **{name: [f"{n}" for n in range(50)] for name in ("amount_min", "amount_max", *TEXTS)},
        **{f"{name}_{end}": [f"20{n:02}-01-01" for n in range(50)] for name in MOMENTS for end in ("from", "to")},
    }
    data = QueryDict(mutable=True)
    for name, texts in given.items():
        data.setlist(name, texts)
    filterset = InvoiceFilter(data, today=TODAY)
    assert not filterset.problems
    assert list(filterset.order.sorted(filterset.qs, TODAY)) == []


def test_a_debtor_is_all_of_its_customers(three):
    debtor = Debtor.objects.create()
    for name in ("c1", "k9"):
        Member.objects.create(debtor=debtor, customer=Customer.objects.get(external_id=name))
    assert found(f"debtor={debtor.pk}") == "a b"
    assert found(f"debtor={debtor.pk}&state=open") == "b"


def test_the_same_number_and_amount_in_two_sources_is_flagged(three):
    make_invoice(make_source(), external_id="d", number=" re-2026-001")
    assert found("flag=duplicate") == "a d"
    assert found("flag=duplicate&flag=delivery_failed") == "a d"


def test_today_is_the_day_that_the_list_is_asked_for(three):
    tomorrow = InvoiceFilter(QueryDict("days_overdue_min=51"), today=TODAY + timedelta(days=1))
    assert [row.external_id for row in tomorrow.qs] == ["b"]
    later = InvoiceFilter(QueryDict("issued=last-month"), today=date(2026, 12, 5))
    assert [row.external_id for row in later.qs] == ["a"]


def test_a_day_told_by_today_stays_as_it_was_written_in_the_form(three):
    shown = str(asked("due_to=today-30&due_from=2026-01-01&issued=last-month&issued=today").form)
    assert '<input type="text" name="due_to" value="today-30"' in shown
    assert '<input type="date" name="due_from" value="2026-01-01"' in shown
    assert '<option value="last-month" selected>' in shown
    assert '<input type="hidden" name="issued" value="today"' in shown


def test_nonsense_twice_gives_two_sentences(three):
    assert len(refused("state=opne&amount_min=abc&amount_min=def")) == 3


def test_a_page_is_no_filter_and_a_misspelt_one_is_known_as_such():
    assert asked("page=2&after=x&show=7&view=all&stat=open").unknown == ["stat"]


def test_active_filters_are_those_with_a_value():
    assert asked("state=open&q=+&sort=due&page=3").active == {"state": ["open"]}


def test_the_form_shows_every_value_that_was_given(three):
    shown = str(asked("number=1&number=2&state=open&state=paid&source=Nord").form)
    assert 'value="1"' in shown
    assert 'value="2"' in shown
    assert shown.count("selected") == 3
