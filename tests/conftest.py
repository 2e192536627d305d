"""Builders. Rows of the mirror are made out of records by ``mirror``, as in life."""

import itertools
import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from arapp.approvals.models import Approval
from arapp.lists import totals
from arapp.people.models import Role, User
from arapp.receivables import mirror
from arapp.receivables.models import Invoice, Source
from arapp.receivables.money import Money
from arapp.receivables.records import CustomerRecord, InvoiceRecord, LineRecord, NamedRecord
from arapp.upstreams.models import Connection

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
_numbers = itertools.count(1)


def make_source(name: str = "", service: str = "billomat", **fields: Any) -> Source:
    """A connected source; Billogram sends by e-mail unless told otherwise."""
    fields.setdefault("delivery_method", "Email" if service == "billogram" else "")
    source = Source.objects.create(name=name or f"{service}-{next(_numbers)}", service=service, **fields)
    connection = Connection(source=source, base_url="http://127.0.0.1:9/")
    connection.keep_secret("a-secret-of-tests")
    connection.save()
    return source


def invoice_record(external_id: str = "", **fields: Any) -> InvoiceRecord:
    """A draft of 119.00 EUR (100.00 net, 19 % VAT) with one line, read in detail; amounts are given as text."""
    external_id = external_id or f"x{next(_numbers)}"
    currency = fields.setdefault("currency", "EUR")
    amounts = {"net": "100", "vat": "19", "gross": "119", "paid": "0", "open": "119"}
    for name, value in amounts.items():
        value = fields.get(name, value)
        fields[name] = None if value is None else Money.parse(value, currency)
    defaults: dict[str, Any] = {
        "number": f"RE{external_id}",
        "state": "draft",
        "service_state": "DRAFT",
        "service_decision": "waiting",
        "issue_date": date(2026, 11, 1),
        "due_date": date(2026, 12, 1),
        "created_at": datetime(2026, 11, 1, 8, 0, tzinfo=UTC),
        "receiver_email": "billing@example.org",
        "receiver_address": "Muster AG\nAm Ring 1\n10115 Berlin",
        "customer": CustomerRecord(external_id="c1", brief=True, name="Muster AG"),
        "lines": (
            LineRecord(
                position=1,
                title="Consulting",
                quantity=Decimal(2),
                unit="hour",
                unit_price=Decimal(50),
                vat_rate=Decimal(19),
                net=Decimal(100),
            ),
        ),
        "vat_rates": (),
        "movements": (),
        "events": (),
    }
    values = defaults | fields
    payload = {"id": external_id, **{k: str(v) for k, v in values.items()}}
    return InvoiceRecord(external_id=external_id, payload=payload, detail={"d": payload}, **values)


def make_invoice(source: Source | None = None, *, approvals: bool = True, **fields: Any) -> Invoice:
    """One mirrored invoice with its approval; ``fields`` as in ``invoice_record``."""
    source = source or make_source()
    record = invoice_record(**fields)
    mirror.write_invoices(source, [record], NOW)
    invoice = Invoice.objects.get(source=source, kind=record.kind, external_id=record.external_id)
    if approvals:
        Approval.objects.catch_up(invoice=invoice)
    return invoice


def make_user(name: str = "", role: str = Role.APPROVER, **fields: Any) -> User:
    name = name or f"{role}{next(_numbers)}"
    user = User(username=name, email=fields.pop("email", f"{name}@example.org"), **fields)
    user.set_password("a-good-password")
    user.take_role(role)
    return user


IN_CI = os.environ.get("CI") == "true"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In CI what is only true on PostgreSQL runs in the run on PostgreSQL, and is not even skipped in the other."""
    if not IN_CI:
        return
    on_postgres = connection.vendor == "postgresql"
    elsewhere = [item for item in items if bool(item.get_closest_marker("postgres")) and not on_postgres]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in set(elsewhere)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """In CI a skipped test is a failed one."""
    report = yield
    if IN_CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"Skipped in CI: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def no_totals_are_remembered() -> Iterator[None]:
    """Whether they are is judged by the newest id, and on PostgreSQL ids go on rising from test to test."""
    before, totals.MANY = totals.MANY, 10**9
    yield
    totals.MANY = before


@pytest.fixture
def source(db: None) -> Source:
    return make_source()


@pytest.fixture
def invoice(source: Source) -> Invoice:
    return make_invoice(source)


@pytest.fixture
def person(db: None) -> User:
    return make_user()


@pytest.fixture
def signed_in(client: Any, db: None) -> Callable[[str], Any]:
    """``signed_in("viewer")``: the test client of a person with that role."""

    def sign_in(role: str = Role.APPROVER) -> Any:
        client.force_login(make_user(role=role))
        return client

    return sign_in


__all__ = ["NOW", "TODAY", "NamedRecord", "invoice_record", "make_invoice", "make_source", "make_user"]
