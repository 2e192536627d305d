from datetime import date

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from arapp.approvals.models import Approval, ApprovalState
from arapp.documents.models import InvoiceDocument, StoredFile
from arapp.kept import keeping
from arapp.outbox.models import Intent
from arapp.people.models import Role, User
from arapp.receivables.models import Choice, Customer, Invoice, Source
from arapp.receivables.money import Money
from arapp.receivables.records import NamedRecord, PaperRecord
from arapp.upstreams.models import Connection, PullRun, Quarantined, Worker
from tests.conftest import make_invoice, make_source, make_user

OURS = ["people", "receivables", "outbox", "approvals", "upstreams", "documents", "kept"]
MODELS = [model for model in admin.site._registry if model._meta.app_label in OURS]


def path_of(model, page="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def desk(signed_in):
    return signed_in(Role.ADMINISTRATOR)


@pytest.fixture
def filled(db):
    """One row or more of every model."""
    source = make_source("books", service="billomat")
    tag, paper = NamedRecord(external_id="t", name="urgent"), PaperRecord(kind="reminder", number="M1")
    invoice = make_invoice(source, external_id="1", tags=(tag,), papers=(paper,))
    person = make_user("first")
    invoice.approval.approve(person, invoice.digest)
    PullRun.objects.create(source=source)
    Quarantined.objects.create(source=source, stream="invoices", external_id="9", payload="{<b>", reason="No id")
    Worker.objects.create(name="w:1")
    Choice.objects.create(source=source, kind="unit", external_id="u", name="Hour")
    file = StoredFile.objects.create(name="f", filename="a.pdf", content_type="application/pdf", size=1, sha256="0")
    InvoiceDocument.objects.create(invoice=invoice, version="1", file=file)
    keeping.comment(invoice.customer, "Calls back", person)
    keeping.tag(invoice, ["late"], [], person)
    keeping.pay(invoice, Money(100, "EUR"), date(2026, 11, 5), "cash", "", person)
    return invoice


def test_every_model_of_every_room_is_in_the_admin_site():
    from django.apps import apps

    missing = [
        model
        for room in OURS
        for model in apps.get_app_config(room).get_models()
        if not model._meta.auto_created and model not in admin.site._registry
    ]
    assert missing == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_list_and_row_opens_and_can_be_searched(model, desk, filled):
    assert desk.get(path_of(model)).status_code == 200
    site = admin.site._registry[model]
    assert site.search_fields
    assert site.list_filter
    assert site.show_full_result_count is False
    assert desk.get(path_of(model), {"q": "RE1"}).status_code == 200
    row = model.objects.first()
    if row is not None:
        assert desk.get(path_of(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", [m for m in MODELS if m not in (User, Source)], ids=lambda model: model.__name__)
def test_rows_cannot_be_added_or_deleted_and_the_mirror_not_changed(model, desk, filled):
    from arapp.upstreams.models import Connection

    site = admin.site._registry[model]
    row = model.objects.first()
    assert desk.get(path_of(model, "add")).status_code == 403
    if row is None:
        return
    assert desk.post(path_of(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    if model is not Connection:
        assert desk.post(path_of(model, "change", row.pk), {}).status_code == 403
        assert site.has_change_permission(None) is False


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CLERK, Role.APPROVER, Role.CONTROLLER])
def test_only_administrators_reach_it(role, signed_in):
    client = signed_in(role)
    for name in ("admin:index", "admin:login", "admin:receivables_invoice_changelist"):
        answer = client.get(reverse(name))
        assert answer.status_code == 403
        assert "Administrator" in answer.content.decode()


def test_who_is_not_signed_in_is_sent_to_the_desk_login(client, db):
    assert client.get("/admin/").headers["Location"].startswith(reverse("login"))
    answer = client.get("/admin/login/", {"next": "//evil.example/"})
    assert answer.headers["Location"] == f"{reverse('login')}?next=/admin/"


def test_pages_of_the_admin_site_have_no_inline_scripts_or_styles(desk, filled):
    for path in ("/admin/", path_of(Invoice), path_of(Invoice, "change", filled.pk), path_of(User, "add")):
        answer = desk.get(path)
        text = answer.content.decode()
        assert "'unsafe-" not in answer.headers["Content-Security-Policy"]
        assert " onclick=" not in text
        assert "<style" not in text
        assert all(" src=" in tag.split(">")[0] or "json" in tag.split(">")[0] for tag in text.split("<script")[1:])


@pytest.mark.parametrize("model", [Invoice, Approval, Intent, Customer], ids=lambda model: model.__name__)
def test_queries_do_not_grow_with_rows(model, desk, source, django_assert_max_num_queries):
    def fill(first, last):
        for number in range(first, last):
            invoice = make_invoice(source, external_id=str(number))
            Intent.objects.create(source=source, invoice=invoice, kind="complete")

    fill(0, 3)
    with django_assert_max_num_queries(20) as few:
        desk.get(path_of(model))
    fill(3, 40)
    with django_assert_max_num_queries(len(few)):
        desk.get(path_of(model))


def test_of_a_source_only_what_is_ours_changes_and_new_terms_move_due_dates(desk):
    source = make_source("scans", service="billover")
    invoice = make_invoice(source, due_date=None)
    Invoice.objects.update(due_by_terms=True)
    sent = {"counts_as": "other", "terms_days": "10", "name": "stolen", "account": "x", "delivery_method": "Letter"}
    assert desk.post(path_of(Source, "change", source.pk), sent).status_code == 302
    source.refresh_from_db()
    assert (source.counts_as, source.terms_days, source.name, source.account) == ("other", 10, "scans", "")
    assert source.delivery_method == ""
    invoice.refresh_from_db()
    assert (invoice.due_date - invoice.issue_date).days == 10
    assert desk.get(path_of(Source, "add")).status_code == 403


def test_the_delivery_method_of_billogram_is_one_of_its_words(desk):
    source = make_source(service="billogram")
    path = path_of(Source, "change", source.pk)
    sent = {"counts_as": "receivable", "terms_days": "30", "delivery_method": "Pigeon"}
    assert "delivery_method" in desk.post(path, sent).context["adminform"].form.errors
    assert desk.post(path, sent | {"delivery_method": "Letter"}).status_code == 302
    source.refresh_from_db()
    assert source.delivery_method == "Letter"


def test_the_secret_is_nowhere_and_only_the_pace_changes(desk, source):
    from arapp.upstreams.models import Connection

    path = path_of(Connection, "change", source.pk)
    text = desk.get(path).content.decode()
    assert source.connection.secret not in text
    assert "a-secret-of-tests" not in text
    assert "ests" in text
    desk.post(path, {"calls_per_second": "2.5", "base_url": "https://evil.example/"})
    connection = Connection.objects.get()
    assert (connection.calls_per_second, connection.base_url) == (2.5, "http://127.0.0.1:9/")


def chosen(*invoices, action="approve", **more):
    return {"action": f"{action}_chosen", "_selected_action": [invoice.pk for invoice in invoices], **more}


@pytest.mark.parametrize("model", [Approval, Invoice], ids=lambda model: model.__name__)
def test_approving_asks_first_and_then_goes_through_the_method(model, desk, source):
    invoice = make_invoice(source)
    asked = desk.post(path_of(model), chosen(invoice))
    text = asked.content.decode()
    assert asked.status_code == 200
    assert f"{invoice.pk}:{invoice.digest}" in text
    assert "Approve and issue; nothing is sent to the customer" in text
    assert not Intent.objects.exists()
    answer = desk.post(
        path_of(model), chosen(invoice, rows=[f"{invoice.pk}:{invoice.digest}"], note="fine"), follow=True
    )
    assert "1 decided." in answer.content.decode()
    approval = Approval.objects.get()
    assert approval.state == ApprovalState.APPROVED
    assert (approval.decisions.get().note, approval.decisions.get().origin) == ("fine", "desk")
    assert Intent.objects.get().kind == "complete"


def test_each_refused_row_says_why_and_the_others_are_decided(desk, source):
    good, stale, unseen = (make_invoice(source, external_id=str(n)) for n in range(3))
    rows = [f"{good.pk}:{good.digest}", f"{stale.pk}:{'0' * 64}"]
    answer = desk.post(path_of(Approval), chosen(good, stale, unseen, rows=rows), follow=True)
    sentences = [str(message) for message in answer.context["messages"]]
    assert sum("changed after you opened it" in sentence for sentence in sentences) == 2
    assert "1 decided." in sentences
    assert list(Approval.objects.filter(state="approved").values_list("pk", flat=True)) == [good.pk]


def test_a_rejection_needs_a_note_and_can_be_reopened(desk, source):
    invoice = make_invoice(source)
    rows = [f"{invoice.pk}:{invoice.digest}"]
    answer = desk.post(path_of(Approval), chosen(invoice, action="reject", rows=rows, note=" "), follow=True)
    assert "needs a note" in answer.content.decode()
    desk.post(path_of(Approval), chosen(invoice, action="reject", rows=rows, note="wrong"))
    assert Approval.objects.get().state == "rejected"
    desk.post(path_of(Approval), chosen(invoice, action="reopen", rows=rows))
    assert Approval.objects.get().state == "waiting"


def person_form(user, **changes):
    return {"username": user.username, "role": user.role, "is_active": "on", "email": user.email} | changes


def test_a_role_taken_in_the_admin_site_brings_and_takes_the_admin_site(desk):
    user = make_user("ann", Role.CLERK)
    path = path_of(User, "change", user.pk)
    assert desk.post(path, person_form(user, role=Role.ADMINISTRATOR)).status_code == 302
    user.refresh_from_db()
    assert user.is_superuser
    assert user.is_staff
    assert user.check_password("a-good-password")
    desk.post(path, person_form(user, role=Role.VIEWER))
    user.refresh_from_db()
    assert (user.is_superuser, user.is_staff) == (False, False)


def test_the_last_administrator_stays(desk):
    user = User.objects.get()
    for changes in ({"role": Role.VIEWER}, {"is_active": ""}):
        answer = desk.post(path_of(User, "change", user.pk), person_form(user, **changes))
        assert "last active administrator" in answer.content.decode()
    user.refresh_from_db()
    assert user.is_active
    assert user.role == Role.ADMINISTRATOR


def test_people_are_added_but_never_deleted(desk):
    new = {"username": "bob", "role": Role.APPROVER, "password1": "blue-kettle-71", "password2": "blue-kettle-71"}
    assert desk.post(path_of(User, "add"), new).status_code == 302
    bob = User.objects.get(username="bob")
    assert bob.check_password("blue-kettle-71")
    assert bob.can("decide")
    assert desk.post(path_of(User, "delete", bob.pk), {"post": "yes"}).status_code == 403


def test_an_expired_worker_is_listed_too(desk, db):
    Worker.objects.create(name="old", seen_at=timezone.now() - timezone.timedelta(days=1))
    assert "old" in desk.get(path_of(Worker)).content.decode()


@pytest.mark.parametrize("pace", ["0", "-1", "1e-300", "0.009", "100.5", "1e300", "nan", "inf"])
def test_a_pace_that_makes_no_sense_is_refused(pace, desk, source):
    answer = desk.post(path_of(Connection, "change", source.connection.pk), {"calls_per_second": pace})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["calls_per_second"]
    assert Connection.objects.get().calls_per_second == source.connection.calls_per_second


@pytest.mark.parametrize("pace", [0.01, 2.5, 100.0])
def test_a_pace_is_changed(pace, desk, source):
    assert (
        desk.post(path_of(Connection, "change", source.connection.pk), {"calls_per_second": pace}).status_code == 302
    )
    assert Connection.objects.get().calls_per_second == pace


def test_a_nul_in_a_note_or_a_digest_reaches_no_query(desk, invoice, monkeypatch):
    seen = []
    monkeypatch.setattr(Approval, "reject", lambda self, person, digest, note: seen.append((digest, note)))
    rows = [f"{invoice.pk}:\x00{invoice.digest}\x00"]
    desk.post(path_of(Approval), chosen(invoice, action="reject", rows=rows, note="n\x00o"))
    assert seen == [(invoice.digest, "no")]


def test_the_last_administrator_who_leaves_in_a_race_is_told_so(desk, monkeypatch):
    me = User.objects.get()
    monkeypatch.setattr(User, "check_place", check_late(User.check_place))
    sent = {"username": me.username, "email": me.email, "role": "viewer", "is_active": "on"}
    answer = desk.post(path_of(User, "change", me.pk), sent, follow=True)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "This is the last active administrator" in text
    assert "changed successfully" not in text
    me.refresh_from_db()
    assert me.role == "administrator"


def check_late(real):
    """The form's look passes; what it did not see yet stands against it when the row is stored."""
    looks = []

    def check(self, *args):
        looks.append(1)
        if len(looks) > 1:
            real(self, *args)

    return check


def test_what_the_admin_form_did_not_change_stays_as_it_is_meanwhile(desk, monkeypatch):
    ann, real = make_user("ann", Role.CLERK), User.take_place

    def late(self, *args, **kwargs):
        other = User.objects.get(pk=self.pk)
        other.set_password("blue-kettle-71")
        other.save()
        return real(self, *args, **kwargs)

    monkeypatch.setattr(User, "take_place", late)
    sent = {"username": "ann", "email": "new@example.org", "role": "viewer", "is_active": "on"}
    assert desk.post(path_of(User, "change", ann.pk), sent).status_code == 302
    ann.refresh_from_db()
    assert (ann.email, ann.role) == ("new@example.org", "viewer")
    assert ann.check_password("blue-kettle-71")
