from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from arapp.approvals.models import Approval
from arapp.outbox.models import Intent, IntentState
from arapp.people.models import Role
from arapp.upstreams.models import Connection, HookCall, PullRun, Quarantined, Verification, Worker
from tests.conftest import make_invoice, make_source, make_user

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def desk(signed_in):
    return signed_in(Role.CONTROLLER)


def refused(invoice, state=IntentState.REFUSED, **fields):
    """An approval that the service did not take."""
    invoice.approval.approve(make_user(), invoice.digest)
    Intent.objects.filter(invoice=invoice).update(state=state, error="No <address>", tries=8, **fields)
    return Intent.objects.get(invoice=invoice)


def paths(source, intent):
    return {
        "get": ["/sources/", f"/sources/{source.pk}/"],
        "post": [
            "/sources/sync/",
            f"/sources/{source.pk}/sync/",
            f"/sources/intents/{intent.pk}/retry/",
            f"/sources/intents/{intent.pk}/drop/",
            f"/sources/intents/{intent.pk}/done/",
        ],
    }


def test_each_path_has_one_method(desk, invoice):
    found = paths(invoice.source, refused(invoice))
    assert {desk.post(path).status_code for path in found["get"]} == {405}
    assert {desk.get(path).status_code for path in found["post"]} == {405}


def test_who_is_not_signed_in_goes_to_login(client, invoice):
    found = paths(invoice.source, refused(invoice))
    for path in found["get"] + found["post"]:
        answer = client.get(path) if path in found["get"] else client.post(path)
        assert answer.headers["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CLERK, Role.APPROVER])
def test_only_controllers_and_administrators_see_and_do_this(role, signed_in, invoice):
    intent = refused(invoice)
    client, found = signed_in(role), paths(invoice.source, intent)
    for path in found["get"] + found["post"]:
        answer = client.get(path) if path in found["get"] else client.post(path)
        assert answer.status_code == 403
        assert "Controller" in answer.content.decode()
    assert Connection.objects.get().wanted_at is None
    assert Intent.objects.get().state == IntentState.REFUSED


def test_the_list_shows_service_counts_last_reading_and_condition(desk, source):
    make_invoice(source)
    PullRun.objects.create(source=source, status="ok", created=3, changed=2)
    Connection.objects.update(read_at=timezone.now() - timedelta(minutes=3))
    answer = desk.get("/sources/")
    text = answer.content.decode()
    one, state = answer.context["cards"][0]
    assert (one.invoice_count, one.customer_count, one.waiting_count, one.unread) == (1, 1, 1, 0)
    assert state.words == "Fresh"
    assert "3 new, 2 changed" in text
    assert "3 min ago" in text
    assert "manage.py work" in text


def test_counts_of_one_source_are_its_own(desk, source):
    other = make_source("other")
    for number in range(3):
        make_invoice(other, external_id=str(number))
    make_invoice(source, external_id="1")
    counts = {one.name: one.invoice_count for one, _state in desk.get("/sources/").context["cards"]}
    assert counts == {"other": 3, source.name: 1}


def test_an_empty_desk_says_how_to_connect(desk):
    assert "manage.py connect" in desk.get("/sources/").content.decode()


@pytest.mark.parametrize("path", ["/sources/", "/sources/{pk}/"])
def test_what_could_not_be_read_is_shown_as_it_came(path, desk, source):
    payload = '{"id": "7", "amount": "1.234,56", "x": "<script>alert(1)</script>"}'
    Quarantined.objects.create(
        source=source, stream="invoices", external_id="7", payload=payload, reason="“1.234,56” is not an amount."
    )
    text = desk.get(path.format(pk=source.pk)).content.decode()
    assert "Could not be read" in text
    assert "“1.234,56” is not an amount." in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text


def test_what_can_be_read_again_is_no_longer_shown(desk, source):
    Quarantined.objects.create(source=source, stream="i", external_id="7", payload="p", cleared_at=timezone.now())
    assert "Everything the services sent could be read." in desk.get("/sources/").content.decode()


@pytest.mark.parametrize("page", ["0", "2", "1000000000", "x", "-1"])
def test_any_page_number_opens(page, desk, source):
    for number in range(25):
        Quarantined.objects.create(source=source, stream="i", external_id=str(number), payload="p", reason="r")
    assert desk.get("/sources/", {"page": page}).status_code == 200


def test_the_page_of_a_source_shows_runs_errors_and_the_end_of_the_secret(desk, source):
    PullRun.objects.create(source=source, status="failed", error="The host cannot be reached.", requests=4)
    text = desk.get(f"/sources/{source.pk}/").content.decode()
    assert "The host cannot be reached." in text
    assert "secret ends in ests" in text
    assert "a-secret-of-tests" not in text
    assert source.connection.secret not in text


def test_an_unknown_source_is_not_found(desk, source):
    assert desk.get("/sources/999/").status_code == 404
    assert desk.post("/sources/999/sync/").status_code == 404
    assert desk.post("/sources/intents/999/retry/").status_code == 404
    assert desk.post("/sources/intents/999/drop/").status_code == 404
    assert desk.post("/sources/intents/999/done/").status_code == 404


def test_sync_now_asks_for_a_reading(desk, source):
    other = make_source("other")
    answer = desk.post(f"/sources/{source.pk}/sync/", follow=True)
    assert answer.redirect_chain[0][0] == f"/sources/{source.pk}/"
    assert "Asked for; it is read as soon as the worker is free." in answer.content.decode()
    assert "No worker is running" in answer.content.decode()
    assert Connection.objects.get(pk=source.pk).wanted_at
    assert Connection.objects.get(pk=other.pk).wanted_at is None
    assert desk.post(f"/sources/{source.pk}/sync/", {"back": "list"}).headers["Location"] == "/sources/"


def test_all_sources_are_asked_for_at_once(desk, source):
    make_source("other")
    assert desk.post("/sources/sync/").headers["Location"] == "/sources/"
    assert not Connection.objects.filter(wanted_at=None).exists()


def test_the_page_looks_again_only_while_something_happens(desk, source):
    assert "every 3s" not in desk.get("/sources/").content.decode()
    Worker.objects.create(name="w")
    source.connection.want()
    part = desk.get("/sources/", **HTMX).content.decode()
    assert "every 3s" in part
    assert "<html" not in part
    assert "every 3s" in desk.get(f"/sources/{source.pk}/", **HTMX).content.decode()


@pytest.mark.parametrize("state", [IntentState.REFUSED, IntentState.UNKNOWN, IntentState.NEEDS_PERSON])
def test_what_did_not_arrive_is_shown_in_words(state, desk, invoice):
    refused(invoice, state)
    text = desk.get("/sources/").content.decode()
    assert str(IntentState(state).label) in text
    assert f"Issue {invoice}" in text
    assert ("Try again" in text) == (state != IntentState.UNKNOWN)


@pytest.mark.parametrize(("path", "most"), [("/sources/", 12), ("/sources/{pk}/", 18)])
def test_queries_do_not_grow(path, most, desk, source, django_assert_max_num_queries):
    def fill(first, last):
        for number in range(first, last):
            one = make_source(f"s{number}")
            invoice = make_invoice(source, external_id=str(number))
            Intent.objects.create(
                source=source, invoice=invoice, kind="complete", state="refused", person=make_user()
            )
            Intent.objects.create(source=one, kind="complete")
            PullRun.objects.create(source=one, status="ok")
            PullRun.objects.create(source=source, status="ok")
            Quarantined.objects.create(source=source, stream="i", external_id=str(number), payload="p", reason="r")
            HookCall.objects.create(source=source, digest=str(number), kind="invoice", external_id=str(number))
        named = [
            {"kind": kind, "external_id": str(number), "number": "", "what": "gross", "here": "1", "there": "2"}
            for kind in ("invoice", "customer")
            for number in range(last)
        ]
        Verification.objects.create(source=source, status="different", differences=named, figures=[])

    fill(0, 3)
    with django_assert_max_num_queries(most) as few:
        desk.get(path.format(pk=source.pk))
    fill(3, 40)
    with django_assert_max_num_queries(len(few)):
        desk.get(path.format(pk=source.pk))


@pytest.mark.parametrize(
    "payload",
    [
        '{"id": 1, "document": {"file": "https://files.example/?Signature=s3cret"}}',
        '{"id": 1, "recipient_url": "https://x.example/s3cret", "cut off',
        '{"url": "https://x.example/a\\"s3cret", ' + '"deep": ' + "[" * 9_000,
        '{"url": ["https://x.example/s3cret"]}',
    ],
)
def test_what_could_not_be_read_is_shown_without_addresses_that_open_it(payload, desk, source):
    Quarantined.objects.create(source=source, stream="invoices", external_id="1", payload=payload, reason="Odd.")
    text = desk.get("/sources/").content.decode()
    assert "s3cret" not in text
    assert "(left out" in text


def test_what_a_later_decision_replaced_is_no_longer_shown_as_stuck(signed_in):
    invoice = make_invoice(make_source(service="billogram"), service_state="Unattested")
    refused(invoice)
    desk = signed_in(Role.CONTROLLER)
    assert "Try again" in desk.get("/sources/").content.decode()
    approval = Approval.objects.select_related("invoice__source").get(pk=invoice.pk)
    approval.reopen(make_user(), invoice.digest)
    for path in ("/sources/", f"/sources/{invoice.source_id}/"):
        assert "Try again" not in desk.get(path).content.decode()
