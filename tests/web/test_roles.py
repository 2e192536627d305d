"""Each role × each path has its expected answer. A path without a row in the table fails."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from arapp.approvals.batching import begin
from arapp.debtors.joining import join
from arapp.documents.files import keep
from arapp.lists.models import SavedView
from arapp.people.models import Role
from arapp.receivables.models import Customer, Invoice, Item
from arapp.upstreams.base import Document
from arapp.upstreams.models import Quarantined
from tests.conftest import make_invoice, make_source, make_user

ROLES = [Role.VIEWER, Role.CLERK, Role.APPROVER, Role.CONTROLLER, Role.ADMINISTRATOR]
PUBLIC = {"login", "healthz", "hook"}


def rights(code: int, since: str = Role.VIEWER) -> dict[str, int]:
    """The code for the role and those above it, 403 for those below."""
    first = ROLES.index(since)
    return {role: code if place >= first else 403 for place, role in enumerate(ROLES)}


NOT_THIS_WAY = rights(405)
NOBODY_ELSE = rights(403)
PREPARED = rights(200, Role.CLERK)
SEEN, DECIDED, RUN, MANAGED = rights(200), rights(302, Role.APPROVER), Role.CONTROLLER, Role.ADMINISTRATOR
OTHERS_VIEW = rights(404) | {Role.ADMINISTRATOR: 302}
"""A shared view of somebody else, who alone changes it but for administrators."""

TABLE: dict[str, dict[str, dict[str, int]]] = {
    "dashboard": {"get": SEEN, "post": NOT_THIS_WAY},
    "invoices": {"get": SEEN, "post": NOT_THIS_WAY},
    "invoices_totals": {"get": SEEN, "post": NOT_THIS_WAY},
    "invoices_csv": {"get": SEEN, "post": NOT_THIS_WAY},
    "invoices_xlsx": {"get": SEEN, "post": NOT_THIS_WAY},
    "invoices_grouped": {"get": SEEN, "post": NOT_THIS_WAY},
    "invoices_grouped_csv": {"get": SEEN, "post": NOT_THIS_WAY},
    "invoices_grouped_xlsx": {"get": SEEN, "post": NOT_THIS_WAY},
    "invoice": {"get": SEEN, "post": NOT_THIS_WAY},
    "invoice_row": {"get": SEEN, "post": NOT_THIS_WAY},
    "invoice_document": {"get": SEEN, "post": NOT_THIS_WAY},
    "stored_file": {"get": SEEN, "post": NOT_THIS_WAY},
    "invoice_approve": {"get": NOT_THIS_WAY, "post": DECIDED},
    "invoice_reject": {"get": NOT_THIS_WAY, "post": DECIDED},
    "invoice_reopen": {"get": NOT_THIS_WAY, "post": rights(409, Role.APPROVER)},
    "invoices_decide": {"get": NOT_THIS_WAY, "post": rights(200, Role.APPROVER)},
    "invoice_notes": {"get": NOT_THIS_WAY, "post": rights(422, Role.CLERK)},
    "customer_notes": {"get": NOT_THIS_WAY, "post": rights(422, Role.CLERK)},
    "note_drop": {"get": NOT_THIS_WAY, "post": rights(302, Role.CLERK)},
    "batch": {"get": rights(200, MANAGED), "post": NOT_THIS_WAY},
    "batch_csv": {"get": rights(200, MANAGED), "post": NOT_THIS_WAY},
    "batch_go": {"get": NOT_THIS_WAY, "post": NOBODY_ELSE},
    "batch_agree": {"get": NOT_THIS_WAY, "post": NOBODY_ELSE},
    "batch_stop": {"get": NOT_THIS_WAY, "post": NOBODY_ELSE},
    "batch_undo": {"get": NOT_THIS_WAY, "post": NOBODY_ELSE},
    "act": {"get": SEEN, "post": rights(422, Role.CLERK)},
    "act_on_many": {"get": NOT_THIS_WAY, "post": rights(200, Role.APPROVER)},
    "rates": {"get": SEEN, "post": NOT_THIS_WAY},
    "rate_enter": {"get": NOT_THIS_WAY, "post": rights(422, RUN)},
    "search": {"get": SEEN, "post": NOT_THIS_WAY},
    "decisions": {"get": SEEN, "post": NOT_THIS_WAY},
    "decisions_csv": {"get": SEEN, "post": NOT_THIS_WAY},
    "decisions_xlsx": {"get": SEEN, "post": NOT_THIS_WAY},
    "payments": {"get": SEEN, "post": NOT_THIS_WAY},
    "payments_csv": {"get": SEEN, "post": NOT_THIS_WAY},
    "payments_xlsx": {"get": SEEN, "post": NOT_THIS_WAY},
    "customers": {"get": SEEN, "post": NOT_THIS_WAY},
    "customers_csv": {"get": SEEN, "post": NOT_THIS_WAY},
    "customers_xlsx": {"get": SEEN, "post": NOT_THIS_WAY},
    "customer": {"get": SEEN, "post": NOT_THIS_WAY},
    "customer_join": {"get": PREPARED, "post": NOT_THIS_WAY},
    "customer_history": {"get": SEEN, "post": NOT_THIS_WAY},
    "debtors": {"get": SEEN, "post": NOT_THIS_WAY},
    "debtors_join": {"get": NOT_THIS_WAY, "post": rights(409, Role.CLERK)},
    "debtors_apart": {"get": NOT_THIS_WAY, "post": rights(302, Role.CLERK)},
    "debtor": {"get": SEEN, "post": NOT_THIS_WAY},
    "debtor_split": {"get": NOT_THIS_WAY, "post": rights(302, Role.CLERK)},
    "customer_new": {"get": PREPARED, "post": rights(422, Role.CLERK)},
    "customer_edit": {"get": PREPARED, "post": rights(422, Role.CLERK)},
    "customer_act": {"get": PREPARED, "post": rights(422, Role.CLERK)},
    "item_act": {"get": rights(409, Role.CLERK), "post": rights(409, Role.CLERK)},
    "items": {"get": SEEN, "post": NOT_THIS_WAY},
    "items_csv": {"get": SEEN, "post": NOT_THIS_WAY},
    "items_xlsx": {"get": SEEN, "post": NOT_THIS_WAY},
    "item": {"get": SEEN, "post": NOT_THIS_WAY},
    "item_new": {"get": PREPARED, "post": rights(422, Role.CLERK)},
    "item_edit": {"get": PREPARED, "post": rights(422, Role.CLERK)},
    "invoice_new": {"get": PREPARED, "post": rights(422, Role.CLERK)},
    "invoice_upload": {"get": PREPARED, "post": PREPARED},
    "invoice_edit": {"get": PREPARED, "post": rights(302, Role.CLERK)},
    "made": {"get": PREPARED, "post": rights(405)},
    "saved_views": {"get": SEEN, "post": rights(422)},
    "saved_view": {"get": rights(404), "post": rights(404)},
    "saved_view_filters": {"get": NOT_THIS_WAY, "post": rights(404)},
    "saved_view_use": {"get": NOT_THIS_WAY, "post": rights(302)},
    "saved_view_share": {"get": NOT_THIS_WAY, "post": OTHERS_VIEW},
    "saved_view_delete": {"get": NOT_THIS_WAY, "post": OTHERS_VIEW},
    "views_counts": {"get": rights(302), "post": NOT_THIS_WAY},
    "invoices_facets": {"get": SEEN, "post": NOT_THIS_WAY},
    "customers_facets": {"get": SEEN, "post": NOT_THIS_WAY},
    "items_facets": {"get": SEEN, "post": NOT_THIS_WAY},
    "decisions_facets": {"get": SEEN, "post": NOT_THIS_WAY},
    "payments_facets": {"get": SEEN, "post": NOT_THIS_WAY},
    "sources": {"get": rights(200, RUN), "post": NOT_THIS_WAY},
    "source": {"get": rights(200, RUN), "post": NOT_THIS_WAY},
    "sync_all": {"get": NOT_THIS_WAY, "post": rights(302, RUN)},
    "sync_source": {"get": NOT_THIS_WAY, "post": rights(302, RUN)},
    "retry_intent": {"get": NOT_THIS_WAY, "post": rights(302, RUN)},
    "drop_intent": {"get": NOT_THIS_WAY, "post": rights(302, RUN)},
    "done_intent": {"get": NOT_THIS_WAY, "post": rights(302, RUN)},
    "read_again": {"get": NOT_THIS_WAY, "post": rights(302, RUN)},
    "source_pause": {"get": NOT_THIS_WAY, "post": rights(302, MANAGED)},
    "source_resume": {"get": NOT_THIS_WAY, "post": rights(302, MANAGED)},
    "source_watch_only": {"get": NOT_THIS_WAY, "post": rights(302, MANAGED)},
    "source_writes": {"get": NOT_THIS_WAY, "post": rights(302, MANAGED)},
    "source_disconnect": {"get": NOT_THIS_WAY, "post": rights(302, MANAGED)},
    "second_person": {"get": rights(200, MANAGED), "post": rights(422, MANAGED)},
    "reports": {"get": SEEN, "post": NOT_THIS_WAY},
    "report": {"get": rights(422), "post": NOT_THIS_WAY},
    "source_accept_gone": {"get": NOT_THIS_WAY, "post": rights(302, MANAGED)},
    "users": {"get": rights(200, MANAGED), "post": NOT_THIS_WAY},
    "user_add": {"get": rights(200, MANAGED), "post": rights(422, MANAGED)},
    "user": {"get": rights(200, MANAGED), "post": rights(422, MANAGED)},
    "preferences": {"get": SEEN, "post": rights(422)},
    "help": {"get": SEEN, "post": NOT_THIS_WAY},
    "preferences_rows": {"get": NOT_THIS_WAY, "post": rights(422)},
    "preferences_columns": {"get": SEEN, "post": rights(302)},
    "login": {"get": rights(302), "post": rights(302)},
    "logout": {"get": NOT_THIS_WAY, "post": rights(302)},
    "password_change": {"get": SEEN, "post": rights(422)},
    "healthz": {"get": SEEN, "post": NOT_THIS_WAY},
    "hook": {"get": NOT_THIS_WAY, "post": rights(404)},
    "admin:index": {"get": rights(200, MANAGED), "post": rights(200, MANAGED)},
    "admin:login": {"get": rights(302, MANAGED), "post": rights(302, MANAGED)},
    "admin:receivables_invoice_changelist": {"get": rights(200, MANAGED), "post": rights(200, MANAGED)},
}


def walk(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every path of the URL table with its full name."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from walk(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name or ''}", pattern


PATHS = dict(walk(get_resolver().url_patterns))
ADMIN = [name for name in PATHS if name.startswith("admin:") and name != "admin:"]
CASES = [
    pytest.param(name, method, role, codes[role], id=f"{method}-{name}-{role}")
    for name, methods in TABLE.items()
    for method, codes in methods.items()
    for role in ROLES
]


@pytest.fixture
def things(db):
    """What the paths and forms of the table are about."""
    source = make_source()
    invoice = make_invoice(source)
    other = make_invoice(source)
    intent = other.approval.approve(make_user(), other.digest).intent
    form = {"digest": invoice.digest, "note": "why", "action": "approve", "ids": [f"{invoice.pk}:{invoice.digest}"]}
    unread = Quarantined.objects.create(
        source=source, stream="invoices", external_id="7", payload="{}", reason="Odd."
    )
    about = {"invoice": invoice.pk, "customer": invoice.customer_id, "source": source.pk, "intent": intent.pk}
    item = Item.objects.create(source=source, external_id="1", name="Chair", form={"title": "Chair"}, brief=False)
    twin = Customer.objects.create(source=source, external_id="twin", name="Muster AG")
    about |= {"debtor": join([twin.pk, invoice.customer_id], make_user()).pk}
    Customer.objects.update(form={"name": "Muster AG"})
    Invoice.objects.update(form={"title": "Consulting"})
    begun = begin(make_user(), "approve", "", Invoice.objects.filter(pk=invoice.pk))
    about |= {"batch": begun.pk, "item": item.pk, "act": invoice.pk, "made": intent.pk}
    about |= {"view": SavedView.objects.create(person=make_user(), name="Late", query="overdue=1", shared=True).pk}
    about |= {"again": unread.pk, "file": keep(b"%PDF-", "a.pdf").name}
    return about | {"user": make_user("somebody").pk}, form


NAMED = {"act": "invoice.comment", "act_on_many": "invoice.complete"}
NAMED |= {"customer_act": "customer.comment", "item_act": "item.delete", "preferences_columns": "invoices"}
"""Actions in the paths."""


def path_to(name, things):
    about, _form = things
    arguments = PATHS[name].pattern.converters
    subject = next((word for word in about if word in name.removesuffix("s").split("_")), "source")
    named = {"name": NAMED[name]} if name in NAMED else {}
    return reverse(name, kwargs=dict.fromkeys(arguments, about[subject]) | named if arguments else None)


def test_every_path_has_a_row_in_the_table():
    named = [name for name in PATHS if not name.startswith("admin:")]
    assert set(named) == {name for name in TABLE if not name.startswith("admin:")}
    assert len(named) == sum(not name.startswith("admin:") for name, _pattern in walk(get_resolver().url_patterns))
    assert set(TABLE) <= set(PATHS)


@pytest.mark.parametrize(("name", "method", "role", "code"), CASES)
def test_each_role_gets_the_expected_answer(name, method, role, code, things, signed_in, monkeypatch):
    monkeypatch.setattr("arapp.upstreams.quarantine.try_again", lambda row: "")
    pdf = Document(b"%PDF-", "application/pdf", "a.pdf")
    monkeypatch.setattr("arapp.upstreams.documents.fetch_document", lambda invoice, variant: pdf)
    client = signed_in(role)
    path = path_to(name, things)
    answer = client.get(path) if method == "get" else client.post(path, things[1])
    assert answer.status_code == code
    if code == 403:
        assert "ask an administrator" in answer.content.decode().lower()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", [name for name in TABLE if name not in PUBLIC])
def test_who_is_not_signed_in_is_led_to_login(name, method, things, client):
    answer = getattr(client, method)(path_to(name, things))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("login"))


def test_login_and_the_sign_of_life_are_open(client, db):
    assert client.get(reverse("login")).status_code == 200
    assert client.get(reverse("healthz")).status_code == 200


def admin_path(name):
    arguments = PATHS[name].pattern.converters or PATHS[name].pattern.regex.groupindex
    return reverse(name, kwargs={word: "people" if word in ("app_label", "url") else 1 for word in arguments})


@pytest.mark.parametrize("role", ROLES[:-1])
def test_no_path_of_the_admin_site_opens_for_others(role, signed_in):
    client = signed_in(role)
    codes = {name: client.get(admin_path(name)).status_code for name in ADMIN}
    assert {name: code for name, code in codes.items() if code != 403} == {}


def test_no_path_of_the_admin_site_opens_for_who_is_not_signed_in(client, db):
    for name in ADMIN:
        answer = client.get(admin_path(name))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("login"))
