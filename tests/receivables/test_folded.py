"""Small parts of a row that come with its own query."""

from datetime import UTC, date, datetime

import pytest

from arapp.kept.models import KeptTag
from arapp.receivables.folded import folded, keep_parts, parts_of
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money
from arapp.receivables.records import MovementRecord, NamedRecord, PaperRecord
from tests.conftest import make_invoice, make_user

LARGE = 9_007_199_254_740_993
"""The smallest whole number that a float cannot hold."""
PARTS = ("movements", "papers", "tags", "kept_tags", "vat_rates")


@pytest.fixture
def full(source):
    invoice = make_invoice(
        source,
        tags=(NamedRecord(external_id="b", name="beta"), NamedRecord(external_id="a", name='"al\\pha", Ärger 🙂')),
        movements=(
            MovementRecord(external_id="1", kind="payment", amount=Money(LARGE, "EUR"), date=date(2026, 11, 5)),
            MovementRecord(external_id="2", kind="fee", amount=Money(-1, "EUR"), date=date(2026, 11, 7)),
        ),
        papers=(
            PaperRecord(kind="reminder", number="9", issued=date(2026, 11, 3)),
            PaperRecord(kind="letter", number="10"),
        ),
    )
    invoice.kept_tags.create(name="late", person=make_user())
    return invoice


def read(invoice, *names):
    return Invoice.objects.annotate(**folded(Invoice, *names)).get(pk=invoice.pk)


@pytest.mark.parametrize("name", PARTS)
def test_they_are_the_rows_of_the_database_in_their_order(name, full):
    shown = [field.attname for field in Invoice._meta.get_field(name).related_model._meta.concrete_fields]
    rows = list(getattr(full, name).values(*shown))
    assert [{field: getattr(part, field) for field in shown} for part in parts_of(read(full, *PARTS), name)] == rows
    assert [part.pk for part in parts_of(full, name)] == [row["id"] for row in rows]


def test_all_of_them_take_one_query(full, django_assert_num_queries):
    with django_assert_num_queries(1):
        invoice = read(full, *PARTS)
        found = {name: parts_of(invoice, name) for name in PARTS}
    assert {name: len(parts) for name, parts in found.items()} == {
        "movements": 2,
        "papers": 2,
        "tags": 2,
        "kept_tags": 1,
        "vat_rates": 0,
    }


def test_amounts_and_days_are_exact(full):
    fee, payment = parts_of(read(full, "movements"), "movements")
    assert (payment.money(), payment.date) == (Money(LARGE, "EUR"), date(2026, 11, 5))
    assert (fee.amount, fee.get_kind_display()) == (-1, "Fee")
    assert [paper.date for paper in parts_of(read(full, "papers"), "papers")] == [date(2026, 11, 3), None]


@pytest.mark.parametrize("microsecond", [0, 1, 999_999])
def test_a_moment_is_exact_and_asks_for_nothing(microsecond, full, django_assert_num_queries):
    moment = datetime(2026, 11, 20, 23, 59, 59, microsecond, UTC)
    KeptTag.objects.update(at=moment)
    invoice = read(full, "kept_tags")
    with django_assert_num_queries(0):
        (tag,) = parts_of(invoice, "kept_tags")
        assert tag.at == moment
        assert tag.at.tzinfo is not None


def test_what_was_folded_stands_for_what_is_read_ahead(full, django_assert_num_queries):
    invoice = read(full, "movements", "vat_rates")
    keep_parts(invoice, "movements", "vat_rates")
    with django_assert_num_queries(0):
        assert [row.amount for row in invoice.movements.all()] == [-1, LARGE]
        assert not list(invoice.vat_rates.all())
    assert invoice.movements.filter(kind="fee").count() == 1


def test_each_row_has_its_own(full, source):
    other = make_invoice(source, tags=(NamedRecord(external_id="c", name="gamma"),))
    rows = Invoice.objects.annotate(**folded(Invoice, "tags")).order_by("pk")
    assert [[tag.name for tag in parts_of(row, "tags")] for row in rows][1] == ["gamma"]
    assert [len(parts_of(row, "tags")) for row in rows] == [2, 1]
    assert other.pk == rows[1].pk
