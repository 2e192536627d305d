"""The list of payments: the services' movements and the desk's own payments as one list."""

from datetime import date
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import timezone

from arapp.kept.models import KeptPayment
from arapp.lists import paging
from arapp.lists.moved import Moved
from arapp.lists.paging import page_of
from arapp.lists.payment_filters import PaymentFilter
from arapp.lists.payments import PAYMENT_COLUMNS, export_payments, payment_count, payment_rows, payment_totals
from arapp.receivables.models import Movement
from arapp.receivables.money import Money
from arapp.receivables.records import CustomerRecord, MovementRecord
from tests.conftest import TODAY, make_invoice, make_source, make_user

pytestmark = pytest.mark.django_db


def moved(external_id: str, day: date, amount: str, currency: str = "EUR", **fields) -> MovementRecord:
    kind = fields.pop("kind", "payment")
    return MovementRecord(
        external_id=external_id, kind=kind, date=day, amount=Money.parse(amount, currency), **fields
    )


@pytest.fixture
def till():
    """Nord: a payment, a fee and a recall in EUR. Süd: a payment in JPY. Two at the desk, one of them deleted."""
    north, south = make_source("Nord"), make_source("Süd", "billover")
    first = make_invoice(
        north,
        number="RE-1",
        payment_reference="RF18000047",
        customer=CustomerRecord(external_id="k1", name="Älg AB", number="77"),
        movements=(
            moved("p1", date(2026, 10, 1), "100", method="bank_transfer", text="OCR 4711"),
            moved("f1", date(2026, 10, 5), "-5", kind="fee"),
            moved("r1", date(2026, 11, 20), "-100", kind="recall"),
        ),
    )
    yen = dict.fromkeys(("net", "gross", "open"), "9000") | {"vat": "0", "currency": "JPY"}
    second = make_invoice(
        south, number="S-2", movements=(moved("p2", date(2026, 11, 10), "5000", "JPY", method="card"),), **yen
    )
    person = make_user("anna")
    told = {"person": person, "date": date(2026, 11, 1), "currency": "JPY", "invoice": second}
    KeptPayment.objects.create(amount=700, method="cash", note="Handed over", **told)
    KeptPayment.objects.create(amount=800, note="Twice", deleted_by=person, deleted_at=timezone.now(), **told)
    return first, second


def asked(query: str) -> PaymentFilter:
    return PaymentFilter(QueryDict(query), Moved.objects.all(), today=TODAY)


def found(query: str) -> list[int]:
    """The amounts, in the list's order."""
    filterset = asked(query)
    assert not filterset.problems
    return [row.amount for row in export_payments(filterset)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [-10000, 5000, 700, -500, 10000]),
        ("sort=date", [10000, -500, 700, 5000, -10000]),
        ("sort=-amount", [5000, 700, 10000, -500, -10000]),
        ("sort=source&kind=payment", [10000, 700, 5000]),
        ("kind=fee&kind=recall", [-10000, -500]),
        ("kind=payment", [5000, 700, 10000]),
        ("q=4711", [10000]),
        ("q=ocr+4711", [10000]),
        ("q=rf18000047", [-10000, -500, 10000]),
        ("q=älg", [-10000, -500, 10000]),
        ("q=S-2", [5000, 700]),
        ("q=handed", [700]),
        ("q=nowhere", []),
        ("source=Süd", [5000, 700]),
        ("customer=77", [-10000, -500, 10000]),
        ("currency=jpy", [5000, 700]),
        ("method=CASH", [700]),
        ("date_from=2026-11-01&date_to=2026-11-10", [5000, 700]),
        ("date_from=today", [-10000]),
        ("date=last-month", [-500, 10000]),
        ("amount_min=100", [5000, 700, 10000]),
        ("amount_min=101", [5000, 700]),
        ("amount_max=-5", [-10000, -500]),
        ("at_desk=1", [700]),
        ("at_desk=0&kind=payment", [5000, 10000]),
        ("deleted=1", [800]),
        ("deleted=0&at_desk=1", [700]),
    ],
)
def test_a_filter_finds_its_movements(till, query, expected):
    assert found(query) == expected


@pytest.mark.parametrize("query", ["kind=gift", "date_from=soon", "amount_min=much", "source=West", "sort=colour"])
def test_nonsense_gives_a_sentence_and_no_rows(till, query):
    filterset = asked(query)
    assert query.partition("=")[2] in filterset.problems[0]
    assert not filterset.qs.exists()


@pytest.mark.parametrize("query", ["", "date_to=today"])
def test_the_sums_are_per_currency_and_kind_and_count_every_row(till, query):
    sums = payment_totals(asked(query))
    told = [(code, [(one.kind, one.rows, one.amount.minor) for one in kinds]) for code, kinds in sums]
    assert told == [
        ("EUR", [("payment", 1, 10000), ("fee", 1, -500), ("recall", 1, -10000)]),
        ("JPY", [("payment", 2, 5700)]),
    ]
    assert payment_count(sums) == 5


def test_a_list_that_makes_no_sense_has_no_sums(till):
    assert payment_totals(asked("kind=gift")) == []


def test_the_deepest_page_is_reached_by_key_with_every_row_once(till, monkeypatch):
    monkeypatch.setattr(paging, "ROWS", 2)
    monkeypatch.setattr(paging, "BY_NUMBER", 1)
    monkeypatch.setattr(paging, "SORTED_WHOLE", 0)
    first = KeptPayment.objects.first()
    for number in range(6):
        KeptPayment.objects.create(
            invoice=first.invoice, amount=number, currency="JPY", date=date(2026, 11, 1 + number % 2)
        )
    seen, query = [], "page=1"
    while query:
        filterset = asked(query)
        page = page_of(filterset, payment_rows(Moved.objects.all()), payment_count(payment_totals(filterset)))
        seen += [row.pk for row in page.rows]
        query = page.next
    assert len(seen) == len(set(seen)) == 11
    assert seen == [row.pk for row in export_payments(asked(""))]


def test_a_download_tells_where_each_comes_from(till):
    rows = {
        row.amount: {column.name: column.read(row, TODAY) for column in PAYMENT_COLUMNS}
        for row in export_payments(asked(""))
    }
    assert rows[10000] | {"amount": Decimal("100.00"), "number": "RE-1", "customer": "Älg AB"} == rows[10000]
    assert rows[10000] | {"source": "Nord", "at_desk": "", "recorded_by": "", "deleted": None} == rows[10000]
    assert rows[700] | {"amount": Decimal(700), "at_desk": "yes", "recorded_by": "anna"} == rows[700]


def test_reading_many_rows_takes_one_query(till, django_assert_num_queries):
    with django_assert_num_queries(1):
        for row in export_payments(asked("")):
            assert [column.read(row, TODAY) for column in PAYMENT_COLUMNS]


def test_no_movement_is_left_out_and_none_is_there_twice(till):
    services = set(Movement.objects.values_list("pk", flat=True))
    desk = {-pk for pk in KeptPayment.objects.values_list("pk", flat=True)}
    assert set(Moved.objects.values_list("pk", flat=True)) == services | desk
    assert Moved.objects.count() == len(services) + len(desk)
