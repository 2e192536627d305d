"""Server time, queries and bytes of the main pages at 1,000, 100,000 and 1,000,000 invoices in PostgreSQL. By hand:

    DATABASE_URL=postgres://postgres@127.0.0.1:5432/measure .venv/bin/python -m tests.measure.desk [--rows 1000 …]

Each size has a database of its own beside the one named (``measure_1000`` and so on), made and filled where it is
missing and kept afterwards: a million takes about ten minutes and 3 GB. Prints the median of several requests of a
controller, in milliseconds, and what the largest size takes in relation to the smallest.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import time
from typing import Any
from urllib.parse import urlsplit

SIZES = (1_000, 100_000, 1_000_000)
ROUNDS = 7


def paths() -> dict[str, str]:
    from arapp.receivables.models import Customer, Invoice

    newest = Invoice.objects.order_by("-created_at", "-id").first()
    customer = Customer.objects.order_by("id")[20]
    words = customer.name.split()
    return {
        "dashboard": "/",
        "invoices": "/invoices/",
        "invoices, page 20": "/invoices/?page=20",
        "invoices, last page": _last_page(),
        "invoices that wait": "/invoices/?approval=waiting&decidable=1",
        "open invoices": "/invoices/?state=open",
        "paid invoices": "/invoices/?state=paid",
        "overdue, largest first": "/invoices/?overdue=1&sort=-open",
        "overdue 31 to 60 days": "/invoices/?age=31-60",
        "by customer": "/invoices/?sort=customer",
        "by amount": "/invoices/?sort=-gross",
        "a number": f"/invoices/?q={newest.number}",
        "a customer's name": f"/invoices/?q={words[0]}+{words[1]}",
        "a frequent word": "/invoices/?q=beratung",
        "counts of the states": "/invoices/facets/?of=state",
        "counts of the sources": "/invoices/facets/?of=source",
        "an invoice beside the list": f"/invoices/?show={newest.pk}",
        "an invoice": f"/invoices/{newest.pk}/",
        "groups by month": "/invoices/grouped/?by=month",
        "customers": "/customers/",
        "a customer": f"/customers/{customer.pk}/",
        "decisions": "/decisions/",
        "payments": "/payments/",
        "search": f"/search/?q={newest.number}",
        "search, a frequent word": "/search/?q=beratung",
        "saved views": "/views/",
    }


def _last_page() -> str:
    from django.http import QueryDict

    from arapp.lists.filters import InvoiceFilter
    from arapp.lists.invoices import invoice_rows
    from arapp.lists.paging import page_of
    from arapp.receivables.models import Invoice

    rows = invoice_rows(Invoice.objects.all())
    return f"/invoices/?{page_of(InvoiceFilter(QueryDict('')), rows, Invoice.objects.count()).last}"


def measured(client: Any, path: str) -> dict[str, Any]:
    """Milliseconds (the first request and the median of the others), queries and bytes of one page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        first = _asked(client, path)[0]
        queries = len(asked)
    times, body = [], b""
    for _ in range(ROUNDS):
        spent, body = _asked(client, path)
        times.append(spent)
    return {
        "first": first,
        "ms": statistics.median(times),
        "queries": queries,
        "bytes": len(body),
        "packed": len(gzip.compress(body, 6)),
    }


def _asked(client: Any, path: str) -> tuple[float, bytes]:
    began = time.perf_counter()
    answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answers {answer.status_code}.")
    return (time.perf_counter() - began) * 1000, answer.content


def measure_here(rows: int) -> None:
    """In a process of its own, since Django has one database: the figures as JSON on standard output."""
    from tests.measure import lists

    lists.prepare(rows)
    from django.test import Client

    from arapp.people.models import User

    person, _ = User.objects.get_or_create(username="measure-controller", defaults={"role": "controller"})
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(person)
    client.get("/")
    json.dump({name: measured(client, path) for name, path in paths().items()}, sys.stdout)


def measure_size(rows: int) -> dict[str, dict[str, Any]]:
    url = urlsplit(os.environ["DATABASE_URL"])
    own = url._replace(path=f"{url.path}_{rows}").geturl()
    command = [sys.executable, "-m", "tests.measure.desk", "--here", str(rows)]
    done = subprocess.run(command, env=os.environ | {"DATABASE_URL": own}, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit(f"Measuring {rows:,} invoices failed; what went wrong is printed above.")
    return json.loads(done.stdout)


def show(found: dict[int, dict[str, dict[str, Any]]]) -> None:
    sizes = list(found)
    print(f"\n{'':28}" + "".join(f"{f'{size:,} invoices':>34}" for size in sizes))
    print(f"{'page':28}" + f"{'ms':>9}{'queries':>8}{'bytes':>10}{'gzip':>7}" * len(sizes) + f"{'ratio':>8}")
    for name in found[sizes[0]]:
        cells = [found[size][name] for size in sizes]
        figures = "".join(f"{c['ms']:>9.1f}{c['queries']:>8}{c['bytes']:>10,}{c['packed']:>7,}" for c in cells)
        print(f"{name:28}{figures}{cells[-1]['ms'] / cells[0]['ms']:>8.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES)
    parser.add_argument("--here", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        parser.error("DATABASE_URL names the PostgreSQL server, as above.")
    if options.here:
        measure_here(options.here)
    else:
        show({rows: measure_size(rows) for rows in options.rows})


if __name__ == "__main__":
    main()
