"""Short ways to ask a list."""

from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict

from arapp.lists.filters import InvoiceFilter
from arapp.receivables.models import Invoice
from arapp.receivables.records import CustomerRecord, LineRecord, NamedRecord
from tests.conftest import TODAY, make_invoice, make_source


def asked(query: str) -> InvoiceFilter:
    return InvoiceFilter(QueryDict(query), today=TODAY)


def numbers(query: str) -> list[str]:
    """The external ids that a query string shows, in the list's order."""
    filterset = asked(query)
    assert not filterset.problems
    return [row.external_id for row in filterset.order.sorted(filterset.qs, filterset.today)]


def found(query: str) -> str:
    return " ".join(sorted(numbers(query)))


def refused(query: str) -> list[str]:
    """The sentences; whoever gets one gets no row."""
    assert Invoice.objects.exists()
    filterset = asked(query)
    assert not filterset.qs.exists()
    return filterset.problems


@pytest.fixture
def three(db):
    """a: billomat draft in EUR; b: billogram, open, overdue, JPY; c: billover credit note, paid, KWD, much named."""
    make_invoice(make_source("Nord", "billomat"), external_id="a", number="RE-2026-001")
    make_invoice(
        make_source("Süd", "billogram"),
        external_id="b",
        number="77",
        currency="JPY",
        gross="5000",
        net="5000",
        vat="0",
        open="5000",
        state="open",
        service_state="Unpaid",
        service_decision="approved",
        issue_date=date(2026, 9, 1),
        due_date=date(2026, 10, 1),
        created_at=datetime(2026, 9, 1, 22, 30, tzinfo=UTC),
        customer=CustomerRecord(
            external_id="k9", name="Öresund Bygg AB", number="1003", vat_no="SE556677", brief=False
        ),
        title="Dachausbau",
    )
    make_invoice(
        make_source("West", "billover"),
        external_id="c",
        kind="credit_note",
        number="",
        currency="KWD",
        gross="-1.234",
        net="-1.234",
        vat="0",
        open="0",
        state="paid",
        service_state="Erledigt",
        service_decision="rejected",
        issue_date=None,
        due_date=None,
        created_at=datetime(2026, 11, 3, 8, 0, tzinfo=UTC),
        customer=None,
        short_id="SID42",
        label="Messe 50%_Rabatt",
        intro="Vielen Dank für Ihren Übertrag",
        note="Skonto entfällt",
        category="Reise",
        payment_type="INVOICE_CORRECTION,CASH",
        payment_reference="004711",
        owner=NamedRecord(external_id="o1", name="Anna Berg", email="anna@example.org"),
        contact=NamedRecord(external_id="p1", name="Bo Ek", email="bo@example.org"),
        card=NamedRecord(external_id="m1", name="Visa 5521"),
        tags=(NamedRecord(external_id="t1", name="dringend"), NamedRecord(external_id="t2", name="sehr dringend")),
        lines=(
            LineRecord(
                position=1, title="Kran", item=NamedRecord(external_id="a1", name="Kranwagen", number="ART-7")
            ),
        ),
    )
