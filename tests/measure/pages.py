"""Times of the invoice list on 100,000 invoices in PostgreSQL beside a bare Django view of 50 rows of the same table.

    DATABASE_URL=postgres://postgres@127.0.0.1:5432/measure .venv/bin/python -m tests.measure.pages [--rows 100000]

Prints milliseconds (median and best of many, taken in turns so that both see the same machine) and the ratios.
"""

import argparse
import statistics
import sys
import time
from typing import Any

ROUNDS = 40
BARE = """<!doctype html><title>Invoices</title><table>{% for row in rows %}<tr><td>{{ row.number }}
<td>{{ row.customer.name }}<td>{{ row.source.name }}<td>{{ row.issue_date }}<td>{{ row.due_date }}<td>{{ row.gross }}
<td>{{ row.open }} {{ row.currency }}<td>{{ row.state }}<td>{{ row.approval.state }}</tr>{% endfor %}</table>"""

BARER = """<!doctype html><title>Invoices</title><table>{% for row in rows %}<tr><td>{{ row.number }}
<td>{{ row.issue_date }}<td>{{ row.due_date }}<td>{{ row.gross }}<td>{{ row.open }} {{ row.currency }}
<td>{{ row.state }}</tr>{% endfor %}</table>"""
ROLES = ("controller", "approver", "viewer")


def bare(request: Any) -> Any:
    """What Django itself costs: one query for 50 rows with customer, source and approval, one small template."""
    from django.http import HttpResponse
    from django.template import engines

    from arapp.receivables.models import Invoice

    rows = Invoice.objects.select_related("customer", "source", "approval").order_by("-created_at", "-id")[:50]
    template = _templates.setdefault("bare", engines["django"].from_string(BARE))
    return HttpResponse(template.render({"rows": rows}, request))


_templates: dict[str, Any] = {}


def barer(request: Any) -> Any:
    """The same without any join, for comparison."""
    from django.http import HttpResponse
    from django.template import engines

    from arapp.receivables.models import Invoice

    rows = Invoice.objects.order_by("-created_at", "-id")[:50]
    template = _templates.setdefault("barer", engines["django"].from_string(BARER))
    return HttpResponse(template.render({"rows": rows}, request))


def pages() -> dict[str, str]:
    from arapp.receivables.models import Customer, Invoice

    number = Invoice.objects.exclude(number="").order_by("id")[1_000].number
    name = Customer.objects.order_by("id")[100].name
    return {
        "first page": "/invoices/",
        "state and three months": "/invoices/?state=open&issued_from=2025-03-01&issued_to=2025-05-31",
        "part of a number": f"/invoices/?q={number[-5:]}",
        "part of a customer's name": f"/invoices/?q={name.split()[0][2:]}+{name.split()[1]}",
        "what waits": "/invoices/?approval=waiting",
    }


def once(client: Any, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return (time.perf_counter() - began) * 1000


def measure(client: Any, role: str) -> None:
    paths = {"bare view": "/bare/", "bare view, no joins": "/barer/"} | pages()
    times: dict[str, list[float]] = {name: [] for name in paths}
    for path in paths.values():
        once(client, path)
    for _ in range(ROUNDS):
        for name, path in paths.items():
            times[name].append(once(client, path))
    bases = [statistics.median(times[name]) for name in ("bare view", "bare view, no joins")]
    print(f"\n{role:<28}{'median ms':>10}{'best ms':>10}{'ratio':>8}{'no joins':>10}")
    for name, found in times.items():
        median = statistics.median(found)
        ratios = "".join(f"{median / base:>{width}.2f}" for base, width in zip(bases, (8, 10), strict=True))
        print(f"{name:<28}{median:>10.1f}{min(found):>10.1f}{ratios}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    from tests.measure import lists

    lists.prepare(options.rows)
    from django.test import Client
    from django.urls import path

    from arapp import urls
    from arapp.people.models import User

    urls.urlpatterns += [path("bare/", bare), path("barer/", barer)]
    for role in ROLES:
        person, _ = User.objects.get_or_create(username=f"measure-{role}", defaults={"role": role})
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(person)
        measure(client, role)


if __name__ == "__main__":
    sys.exit(main())
