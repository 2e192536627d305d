"""Every page of the desk by the name of its route, over data that is hard to lay out."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

from django.urls import reverse

from arapp.approvals.batching import begin, go_on
from arapp.debtors.joining import join
from arapp.kept import keeping
from arapp.ledger.rates import enter
from arapp.lists.models import SavedView, ViewUse
from arapp.outbox.models import Intent
from arapp.people.models import User
from arapp.receivables.models import Customer, Invoice, Item, Source
from arapp.receivables.money import Money
from arapp.receivables.records import CustomerRecord, LineRecord, MovementRecord
from arapp.upstreams.models import Connection, PullRun, Quarantined, Verification
from tests.conftest import make_invoice, make_source, make_user
from tests.web.test_roles import NOT_THIS_WAY, PATHS, TABLE

HUGE = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikantenverband" * 2
ARABIC = "شركة الشاي الشمالي للتجارة والتوزيع"
NOTHING = dict.fromkeys(("net", "vat", "gross", "paid", "open"))
PAYMENT = MovementRecord(external_id="m1", kind="payment", amount=Money.parse("9", "EUR"), date=date(2026, 11, 18))
OWED = {"state": "open", "service_state": "Unpaid", "service_decision": "approved", "due_date": date(2026, 9, 1)}

FILES = ("_csv", "_xlsx", "_document", "_file", "report", "healthz")
PARTS = ("_facets", "_counts", "_totals", "_row")
"""How the names of routes end that answer a GET with something else than a page."""
BESIDE = {"login"}
"""The pages that only somebody sees who is not signed in."""


def routes_of_pages() -> set[str]:
    """The routes that open a page for who is signed in, by the table of who may open what."""
    read = {name for name, methods in TABLE.items() if methods["get"] != NOT_THIS_WAY and ":" not in name}
    return {name for name in read - BESIDE if not name.endswith(FILES + PARTS)}


def every_page(person: User) -> dict[str, list[str]]:
    """Addresses by route. ``person``, an administrator, has a view and a batch of their own."""
    source = make_source("Main account of the company in the north")
    made = invoices(source)
    Quarantined.objects.create(source=source, stream="invoices", payload='{"a": 1}' * 99, reason="No amount")
    in_trouble(source, made)
    pages = plain() | fixed(source) | of_lists(made[0]) | opened(made, person) | forms(source, made[0]) | acts(made)
    pages |= debtors(source, made[0]) | {"saved_view": [f"/views/{view(person).pk}/"]}
    enter("SEK", Decimal("0.0883"), date(2026, 11, 1), person)
    return pages | {"batch": batches(person)}


def paths(person: User) -> list[str]:
    """The same in one row."""
    return [path for paths in every_page(person).values() for path in paths]


def invoices(source: Source) -> list[Invoice]:
    """Long, from right to left, enormous, without amounts, negative, in yen, doubled and late."""
    files = make_source("Files", service="billover")
    return [
        make_invoice(source, number="RE1", customer=CustomerRecord(external_id="c1", name=HUGE), title=HUGE),
        make_invoice(source, number="RE2", customer=CustomerRecord(external_id="c2", name=ARABIC), title=ARABIC),
        make_invoice(source, number="", gross="98765432109.87", lines=(LineRecord(position=1, title=HUGE),)),
        make_invoice(source, number="RE4", state="draft", processing="processing", lines=(), **NOTHING),
        make_invoice(source, number="GS5", kind="credit_note", state="open", service_decision="approved"),
        make_invoice(source, number="RE6", currency="JPY", net="1", vat="0", gross="1", open="1"),
        make_invoice(make_source(HUGE[:60], "billogram"), number="RE2", **OWED, movements=(PAYMENT,)),
        make_invoice(files, number=HUGE[:90], **OWED, currency="SEK"),
    ]


def plain() -> dict[str, list[str]]:
    """Whatever route has an address that hangs on nothing."""
    return {name: [reverse(name)] for name in routes_of_pages() if not PATHS[name].pattern.converters}


def fixed(source: Source) -> dict[str, list[str]]:
    """What is searched for, the pages of a source, and columns."""
    about, files = f"/sources/{source.pk}", Source.objects.get(name="Files")
    return {
        "search": ["/search/?q=RE", "/search/?q=nowhere", "/search/"],
        "source": [f"{about}/"],
        "second_person": [f"{about}/second-person/"],
        "reports": [f"/sources/{files.pk}/reports/"],
        "user": [f"/users/{User.objects.earliest('pk').pk}/"],
        "preferences_columns": [f"/preferences/columns/{name}/" for name in ("invoices", "customers")],
    }


def of_lists(made: Invoice) -> dict[str, list[str]]:
    """Lists: full, empty, with mistakes, by groups, with the panel."""
    by = "customer,month,source,currency"
    return {
        "invoices": [
            "/invoices/?view=all",
            "/invoices/?q=nowhere",
            "/invoices/?due_from=soon&page=1000000000",
            f"/invoices/?state=draft&due=this-year&show={made.pk}",
        ],
        "invoices_grouped": [f"/invoices/grouped/?by={by}", "/invoices/grouped/?q=nowhere"],
        "customers": ["/customers/", "/customers/?q=nowhere"],
        "items": ["/items/", "/items/?q=nowhere"],
        "decisions": ["/decisions/", "/decisions/?q=nowhere"],
        "payments": ["/payments/", "/payments/?q=nowhere"],
    }


def opened(made: list[Invoice], person: User) -> dict[str, list[str]]:
    """Documents, and a customer whom somebody wrote notes about."""
    first = made[0]
    for subject in (first, first.customer):
        keeping.note(subject, HUGE, person, uuid4())
    about = f"/customers/{first.customer_id}"
    return {
        "invoice": [f"/invoices/{one.pk}/" for one in made],
        "customer": [f"{about}/", f"/customers/{made[-1].customer_id}/"],
        "customer_history": [f"{about}/history/"],
    }


def acts(made: list[Invoice]) -> dict[str, list[str]]:
    """The forms of actions, those that ask for lines and files and those that ask for nothing."""
    late, drafted = f"/invoices/{made[6].pk}/act", f"/invoices/{made[0].pk}/act"
    names = ("credit", "message", "attach", "respite", "sell")
    here = [f"{late}/payment.create/", *(f"{late}/invoice.{name}/" for name in names)]
    here += [f"{drafted}/invoice.delete/", f"{drafted}/invoice.reject/"]
    return {"act": here, "customer_act": [f"/customers/{made[0].customer_id}/act/customer.comment/"]}


def forms(source: Source, made: Invoice) -> dict[str, list[str]]:
    """The catalogue, and what makes and changes something."""
    line = {"title": HUGE, "description": HUGE, "quantity": "98765432.1", "unit_price": "987654.32", "vat_rate": "19"}
    Invoice.objects.filter(pk=made.pk).update(form={"customer": "c1", "lines": [line, {"title": ARABIC}]})
    Customer.objects.filter(pk=made.customer_id).update(form={"name": HUGE, "address": {"city": HUGE}})
    price = {"unit_price": "98765432.109876", "currency": "EUR", "vat_rate": "19"}
    item = Item.objects.create(
        source=source, external_id="i", name=HUGE, number=HUGE[:90], brief=False, form={}, **price
    )
    refused = Intent.objects.create(source=source, kind="customer.create", data={}, state="refused", error=HUGE)
    new = {f"{name}_new": [f"/{name}s/new/", f"/{name}s/new/?source={source.pk}"] for name in ("item", "customer")}
    return new | {
        "invoice_new": ["/invoices/new/", f"/invoices/new/?source={source.pk}"],
        "invoice_upload": ["/invoices/upload/"],
        "item_edit": [f"/items/{item.pk}/edit/"],
        "invoice_edit": [f"/invoices/{made.pk}/edit/"],
        "customer_edit": [f"/customers/{made.customer_id}/edit/"],
        "item": [f"/items/{item.pk}/"],
        "item_act": [f"/items/{item.pk}/act/item.delete/"],
        "made": [f"/made/{refused.pk}/"],
    }


def debtors(source: Source, made: Invoice) -> dict[str, list[str]]:
    """One that is joined, and one that is proposed."""
    Customer.objects.filter(source=source).update(org_no="556677-8899", address=HUGE)
    joined = join(Customer.objects.filter(source=source).values_list("pk", flat=True)[:2], None)
    Customer.objects.create(source=source, external_id="twin", name=HUGE, org_no="5566778899")
    about = f"/customers/{made.customer_id}"
    return {
        "debtors": ["/debtors/"],
        "debtor": [f"/debtors/{joined.pk}/"],
        "customer_join": [f"{about}/join/", f"{about}/join/?q=a"],
    }


def view(person: User) -> SavedView:
    """One that is pinned, of the list of invoices."""
    kept = SavedView.objects.create(person=person, name=HUGE[:60], query="due=last-month&overdue=1", shared=True)
    ViewUse.objects.create(view=kept, person=person, pinned=True)
    return kept


def batches(person: User) -> list[str]:
    """A decision on everything that waits for a yes, and one that has ended."""
    every = Invoice.objects.all()
    waiting, ended = (begin(person, "reject", "", rows) for rows in (every, every.filter(number="RE6")))
    go_on(waiting, person)
    go_on(ended, person)
    ended.agree(HUGE)
    go_on(ended, person)
    return [f"/batches/{one.pk}/" for one in (waiting, ended)]


def in_trouble(source: Source, made: list[Invoice]) -> None:
    """Refused with a long sentence, missing, differing in 300 places; other sources paused, watched and forgotten."""
    for invoice, state in zip(made, ("refused", "needs_person"), strict=False):
        invoice.approval.approve(make_user(), invoice.digest, double_seen=True)
        Intent.objects.filter(invoice=invoice).update(state=state, error=HUGE)
    PullRun.objects.create(source=source, status="partial", full=True, missing=312, error=f"Missing: {HUGE}")
    one = {"kind": "invoice", "number": HUGE, "what": "gross", "here": "98765432109.87", "there": ""}
    sums = {"count": 9_999_999, "gross": "98765432109.87", "open": "-98765432109.87"}
    Verification.objects.create(
        source=source,
        status="different",
        differences=[one | {"external_id": str(number)} for number in range(300)],
        figures=[{"kind": "invoice", "currency": "EUR", "here": sums, "there": sums | {"open": "0.00"}}],
    )
    for name, fields in (("Paused", {"paused": True}), ("Watched", {"watch_only": True})):
        Connection.objects.filter(source=make_source(f"{name} {HUGE}"[:60])).update(**fields)
    Connection.objects.filter(source=make_source("Forgotten")).delete()
