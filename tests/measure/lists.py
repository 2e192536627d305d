"""Times of the list's queries on 100,000 invoices in PostgreSQL, with their plans. Run by hand:

    DATABASE_URL=postgres://postgres@127.0.0.1:5432/measure python -m tests.measure.lists [--rows 100000] [--plans]

The database is made if it is missing and kept afterwards; rows are only added when there are too few.
"""

import argparse
import os
import random
import statistics
import sys
import time
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

START = datetime(2023, 1, 1, tzinfo=UTC)
BATCH = 5_000
WORDS = "Beratung Wartung Lizenz Montage Lieferung Konzept Schulung Reinigung Planung Transport".split()
NAMES = "Muster Nordlicht Falke Birke Adler Hansa Elbe Alpen Sonnen Kranich Lotsen Silber".split()
FORMS = "AG GmbH AB KG Oy Ltd".split()


def prepare(rows: int) -> None:
    """Django set up on the measuring database, which is made, migrated and filled where that is missing."""
    import django

    make_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    fill(rows)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def make_database() -> None:
    import psycopg

    url = urlsplit(os.environ["DATABASE_URL"])
    name = url.path.lstrip("/")
    with psycopg.connect(url._replace(path="/postgres").geturl(), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')


def fill(rows: int) -> None:
    from arapp.receivables.models import Customer, Invoice, Owner, Source

    if Invoice.objects.count() >= rows:
        return
    draw = random.Random(7)
    sources = [
        Source.objects.get_or_create(name=name, defaults={"service": name})[0]
        for name in ("billogram", "billover", "billomat")
    ]
    customers = [_customer(n, draw.choice(sources), draw) for n in range(rows // 20)]
    Customer.objects.bulk_create(customers, batch_size=BATCH)
    owners = [Owner(source=source, external_id=f"o{n}", name=f"Owner {n}") for source in sources for n in range(5)]
    Owner.objects.bulk_create(owners)
    for first in range(0, rows, BATCH):
        _fill_batch(range(first, min(first + BATCH, rows)), customers, owners, draw)
        print(f"\r{first + BATCH:,}", end="", file=sys.stderr)


def _customer(n, source, draw):
    from arapp.receivables.models import Customer

    name = f"{draw.choice(NAMES)}{draw.choice(WORDS).lower()} {n} {draw.choice(FORMS)}"
    email = f"billing{n}@example.org"
    return Customer(
        source=source,
        external_id=f"c{n}",
        number=f"K{n:06}",
        name=name,
        email=email,
        search=f"{name} K{n:06} {email} DE{n:09}".casefold(),
    )


def _fill_batch(numbers, customers, owners, draw):
    from arapp.approvals.models import Approval
    from arapp.receivables.models import Invoice, Line, SearchText

    rows = Invoice.objects.bulk_create([_invoice(n, draw.choice(customers), owners, draw) for n in numbers])
    texts = [
        f"{row.number}\n{row.title}\n{draw.choice(WORDS)} {draw.choice(WORDS)} {row.payment_reference}"
        for row in rows
    ]
    SearchText.objects.bulk_create(
        [SearchText(invoice=row, text=text.casefold()) for row, text in zip(rows, texts, strict=True)]
    )
    Line.objects.bulk_create([Line(invoice=row, position=1, title=draw.choice(WORDS), net="100") for row in rows])
    word = {"draft": "waiting", "closed": "rejected"}
    Approval.objects.bulk_create(
        [Approval(invoice=row, state=word.get(row.state, "approved"), decided_at=row.created_at) for row in rows]
    )
    _fill_history(rows, word)


def _fill_history(rows, word):
    """One decision for each that was decided, one payment for each that was paid."""
    from arapp.approvals.models import Decision
    from arapp.receivables.models import Movement

    paid = {"external_id": "p", "kind": "payment", "method": "bank"}
    Movement.objects.bulk_create(
        [
            Movement(invoice=row, date=row.due_date or row.issue_date, amount=row.paid, currency=row.currency, **paid)
            for row in rows
            if row.paid
        ]
    )
    Decision.objects.bulk_create(
        [
            Decision(
                approval_id=row.pk,
                action="reject" if row.state == "closed" else "approve",
                from_state="waiting",
                to_state=word.get(row.state, "approved"),
                at=row.created_at,
                recorded_at=row.created_at,
                origin="imported",
            )
            for row in rows
            if row.state != "draft"
        ]
    )


def _invoice(n, customer, owners, draw):
    from arapp.receivables.models import Invoice

    created = START + timedelta(minutes=n * 20 % (60 * 24 * 1400), seconds=draw.randrange(60))
    state = draw.choices(["draft", "open", "paid", "collection", "credited", "closed"], [3, 15, 75, 2, 3, 2])[0]
    gross = draw.randrange(1_000, 5_000_000)
    return Invoice(
        source_id=customer.source_id,
        external_id=f"i{n}",
        number=f"RE{n:07}",
        title=f"{draw.choice(WORDS)} {draw.choice(WORDS)}",
        customer=customer,
        owner=draw.choice(owners),
        issue_date=created.date(),
        due_date=None if n % 50 == 0 else created.date() + timedelta(days=30),
        created_at=created,
        currency=draw.choices(["EUR", "SEK", "JPY"], [80, 18, 2])[0],
        net=gross * 100 // 119,
        vat=gross - gross * 100 // 119,
        gross=gross,
        paid=0 if state in ("open", "draft", "collection") else gross,
        open=gross if state in ("open", "draft", "collection") else 0,
        state=state,
        service_state=state.upper(),
        service_decision="waiting" if state == "draft" else "approved",
        payment_reference=f"{n * 7919:010}",
        digest=f"{n:064}",
        detailed_at=created,
        detail_due=False,
    )


QUERIES = (
    "",
    "page=100",
    "state=open&issued_from=2025-01-01&issued_to=2025-03-31",
    "q=12345",
    "q=falkewartung",
    "q=nordlicht+wartung",
    "q=falkewartung+01234",
    "q=beratung",
    "q=ag",
    "number=4567",
    "overdue=1",
    "approval=waiting",
    "approval=waiting&overdue=0",
    "amount_min=49000&currency=EUR",
    "category=none",
    "sort=due",
    "sort=-due",
    "sort=-gross",
    "sort=customer",
    "sort=number",
    "sort=-days_overdue",
    "customer=c77",
    "currency=JPY",
)

GROUPED = (
    "by=month",
    "by=state,currency",
    "by=customer",
    "by=customer,month",
    "by=week,source&state=open",
    "by=day&issued_from=2025-01-01&issued_to=2025-03-31",
)


def timed(call, times=7):
    call()
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


def measure(plans: bool) -> None:
    from django.db import connection
    from django.http import QueryDict

    from arapp.lists.filters import InvoiceFilter
    from arapp.lists.invoices import invoice_rows
    from arapp.lists.paging import page_of
    from arapp.lists.totals import row_count, totals
    from arapp.receivables.models import Invoice

    bare = timed(lambda: list(Invoice.objects.order_by("-created_at", "-id")[:50]))
    print(f"\n50 bare rows by key: {bare:.1f} ms\n{'query':58} {'rows':>8} {'totals ms':>10} {'page ms':>8}")
    for query in QUERIES:
        count = row_count(totals(InvoiceFilter(QueryDict(query)).qs))
        sums = timed(lambda query=query: totals(InvoiceFilter(QueryDict(query)).qs))

        def page(query=query, count=count):
            filterset = InvoiceFilter(QueryDict(query))
            return page_of(filterset, invoice_rows(Invoice.objects.all()), count)

        print(f"{query or '(none)':58} {count:>8,} {sums:>10.1f} {timed(page):>8.1f}")
        if plans:
            _print_plans(query, page, connection)
    measure_groups(plans)
    measure_depth()
    measure_downloads()


def measure_groups(plans: bool) -> None:
    from django.http import QueryDict

    from arapp.lists.filters import InvoiceFilter
    from arapp.lists.grouping import By
    from arapp.lists.groups import groups_of, line_rows

    for query in GROUPED:
        data = QueryDict(query)
        found = groups_of(InvoiceFilter(data), By.read(data))
        spent = timed(lambda data=data: groups_of(InvoiceFilter(data), By.read(data)), times=3)
        print(f"{'groups ' + query:58} {len(found.found):>8,} {'':10} {spent:>8.1f}")
        if plans:
            print(line_rows(InvoiceFilter(data), By.read(data)).explain(analyze=True))


def _print_plans(query, page, connection):
    from django.db import reset_queries
    from django.http import QueryDict
    from django.test.utils import CaptureQueriesContext

    from arapp.lists.filters import InvoiceFilter
    from arapp.lists.totals import totals

    with CaptureQueriesContext(connection) as context:
        totals(InvoiceFilter(QueryDict(query)).qs)
        page()
    statements = [q["sql"] for q in context.captured_queries if 'FROM "receivables_invoice"' in q["sql"]]
    for sql in statements[:2]:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN ANALYZE " + sql)
            print("\n".join("    " + row[0][:150] for row in cursor.fetchall()))
    reset_queries()


def measure_depth() -> None:
    from django.http import QueryDict

    from arapp.lists.filters import InvoiceFilter
    from arapp.lists.invoices import invoice_rows
    from arapp.lists.paging import page_of
    from arapp.lists.totals import row_count, totals
    from arapp.receivables.models import Invoice

    for sort in ("-created", "created", "due", "-due", "number", "-gross"):
        filterset = InvoiceFilter(QueryDict(f"sort={sort}"))
        count = row_count(totals(filterset.qs))
        last = page_of(filterset, invoice_rows(Invoice.objects.all()), count).last
        deep = page_of(_again(last), invoice_rows(Invoice.objects.all()), count)
        before = deep.previous
        spent = timed(lambda link=before, count=count: _page(link, count))
        print(f"{'last page but one, sort=' + sort:58} {'':8} {'':10} {spent:>8.1f}")


def _again(link):
    from django.http import QueryDict

    from arapp.lists.filters import InvoiceFilter

    return InvoiceFilter(QueryDict(link))


def _page(link, count):
    from arapp.lists.invoices import invoice_rows
    from arapp.lists.paging import page_of
    from arapp.receivables.models import Invoice

    filterset = _again(link)
    return page_of(filterset, invoice_rows(Invoice.objects.all()), count)


def measure_downloads() -> None:
    import resource

    from django.http import QueryDict

    from arapp.lists.columns import INVOICE_COLUMNS
    from arapp.lists.csv import csv_lines
    from arapp.lists.filters import InvoiceFilter
    from arapp.lists.invoices import export_rows
    from arapp.lists.xlsx import xlsx_file

    for name in ("csv", "xlsx"):
        rows = export_rows(InvoiceFilter(QueryDict(""))).iterator(chunk_size=2_000)
        start = time.perf_counter()
        if name == "csv":
            size = sum(map(len, csv_lines(rows, INVOICE_COLUMNS, date(2026, 11, 20))))
        else:
            size = xlsx_file(rows, INVOICE_COLUMNS, date(2026, 11, 20)).seek(0, 2)
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"all as {name}: {time.perf_counter() - start:.1f} s, {size:,} bytes, at most {most} MB of memory")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--plans", action="store_true")
    options = parser.parse_args()
    prepare(options.rows)
    measure(options.plans)


if __name__ == "__main__":
    main()
