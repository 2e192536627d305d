"""What did not arrive at its service: told again, dropped, marked as done; from each page that shows it."""

import re
import threading

import pytest
from django.db import connection
from django.utils import timezone

from arapp.approvals import settling
from arapp.approvals.models import Approval
from arapp.outbox.models import Intent, IntentState
from arapp.people.models import Role, User
from arapp.upstreams.models import Connection, Worker
from tests.conftest import make_invoice, make_source, make_user

OPEN = [IntentState.REFUSED, IntentState.NEEDS_PERSON]
BUTTONS = ("retry", "drop", "done")


@pytest.fixture
def desk(signed_in):
    return signed_in(Role.CONTROLLER)


def refused(invoice, state=IntentState.REFUSED, **fields):
    """An approval that the service did not take."""
    invoice.approval.approve(make_user(), invoice.digest)
    Intent.objects.filter(invoice=invoice).update(state=state, error="No <address>", tries=8, **fields)
    return Intent.objects.get(invoice=invoice)


def press(desk, button, intent, **fields):
    return desk.post(f"/sources/intents/{intent.pk}/{button}/", fields, follow=True)


def text(answer):
    return answer.content.decode()


@pytest.mark.parametrize("state", OPEN)
def test_try_again_sends_it_once_more(state, desk, invoice):
    Worker.objects.create(name="w")
    intent = refused(invoice, state)
    answer = press(desk, "retry", intent)
    assert "On its way to Billomat again." in text(answer)
    assert "No worker" not in text(answer)
    intent.refresh_from_db()
    assert (intent.state, intent.error, intent.tries) == (IntentState.PENDING, "", 0)
    assert intent.due_at <= timezone.now()


@pytest.mark.parametrize("state", OPEN)
def test_what_is_marked_as_done_is_not_told_again_and_names_who_said_so(state, desk, invoice):
    intent = refused(invoice, state)
    assert "Marked as done. Billomat is not told again." in text(press(desk, "done", intent))
    intent.refresh_from_db()
    me = User.objects.get(pk=desk.session["_auth_user_id"])
    assert (intent.state, intent.settled_by) == (IntentState.DONE, me)
    assert Approval.objects.get().state == "approved"
    page = text(desk.get(f"/invoices/{invoice.pk}/"))
    assert "Marked as done by hand" in page
    assert str(me) in page.split("What happened")[1]
    assert "Try again" not in page


@pytest.mark.parametrize(
    "state", [IntentState.PENDING, IntentState.SENDING, IntentState.UNKNOWN, IntentState.DONE, IntentState.SUPERSEDED]
)
@pytest.mark.parametrize("button", BUTTONS)
def test_what_has_moved_on_is_left_alone(state, button, desk, invoice):
    intent = refused(invoice, state)
    assert "Nothing was done" in text(press(desk, button, intent))
    intent.refresh_from_db()
    assert intent.state == state


def test_what_a_newer_decision_replaced_is_not_told_again(desk, invoice):
    intent = refused(invoice)
    Approval.objects.get().reopen(make_user(), invoice.digest)
    assert "newer decision" in text(press(desk, "retry", intent))
    intent.refresh_from_db()
    assert intent.state == IntentState.REFUSED


def test_dropping_leaves_the_decision_at_the_desk(desk, invoice):
    intent = refused(invoice)
    assert "Dropped. Billomat is not told of it." in text(press(desk, "drop", intent))
    intent.refresh_from_db()
    assert intent.state == IntentState.SUPERSEDED
    assert Approval.objects.get().state == "approved"
    assert "Try again" not in text(desk.get("/sources/"))
    assert "Dropped; Billomat is not told of it" in text(desk.get(f"/invoices/{invoice.pk}/"))


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("path", ["/", "/sources/", "/sources/{source}/", "/invoices/{invoice}/"])
def test_each_page_that_shows_it_has_the_three_buttons_and_takes_one_back_to_itself(path, state, desk, invoice):
    intent = refused(invoice, state)
    path = path.format(source=invoice.source_id, invoice=invoice.pk)
    page = text(desk.get(path))
    for button, words in zip(BUTTONS, ("Try again", "Drop", "Mark as done"), strict=True):
        form = page.split(f'action="/sources/intents/{intent.pk}/{button}/"')[1].split("</form>")[0]
        assert f'{words}<span class="unseen"> Issue {invoice}</span>' in form
        assert f'name="next" value="{path}"' in form
    assert "You say that Billomat has done this. The desk does not tell it again." in page
    assert press(desk, "drop", intent, next=path).redirect_chain[0][0] == path


@pytest.mark.parametrize("state", [IntentState.PENDING, IntentState.UNKNOWN])
@pytest.mark.parametrize("path", ["/", "/sources/", "/invoices/{invoice}/"])
def test_what_goes_on_by_itself_has_no_buttons(path, state, desk, invoice):
    refused(invoice, state)
    assert "Try again" not in text(desk.get(path.format(invoice=invoice.pk)))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CLERK, Role.APPROVER])
@pytest.mark.parametrize("path", ["/", "/invoices/{invoice}/"])
def test_who_may_not_do_this_is_told_who_can(path, role, signed_in, invoice):
    refused(invoice)
    page = text(signed_in(role).get(path.format(invoice=invoice.pk)))
    assert "Try again" not in page
    assert "A controller can try again, drop it or mark it as done." in page


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CLERK, Role.APPROVER])
@pytest.mark.parametrize("button", BUTTONS)
def test_the_server_refuses_who_may_not_do_this(button, role, signed_in, invoice):
    intent = refused(invoice)
    assert press(signed_in(role), button, intent).status_code == 403
    assert Intent.objects.get().state == IntentState.REFUSED


@pytest.mark.parametrize("button", BUTTONS)
def test_it_is_only_posted_and_only_by_who_is_signed_in(button, desk, client, invoice):
    path = f"/sources/intents/{refused(invoice).pk}/{button}/"
    assert desk.get(path).status_code == 405
    client.logout()
    assert client.post(path).headers["Location"].startswith("/accounts/login/")
    assert Intent.objects.get().state == IntentState.REFUSED


def test_a_foreign_page_is_not_led_to(desk, invoice):
    answer = press(desk, "drop", refused(invoice), next="https://evil.example/")
    assert answer.redirect_chain[0][0] == f"/sources/{invoice.source_id}/"


def test_it_is_said_when_nobody_is_there_to_send_it(desk, invoice):
    intent = refused(invoice)
    assert "No worker is running; it is sent as soon as one is started." in text(press(desk, "retry", intent))
    intent.refresh_from_db()
    intent.move(IntentState.REFUSED)
    Connection.objects.update(paused=True)
    assert "is paused; it is sent when it is resumed." in text(press(desk, "retry", intent))


def test_after_a_later_decision_the_invoice_offers_nothing_of_the_earlier_one(desk, invoice):
    refused(invoice)
    Approval.objects.select_related("invoice__source").get().reopen(make_user(), invoice.digest)
    assert "Try again" not in text(desk.get(f"/invoices/{invoice.pk}/"))


def test_ids_on_a_page_stand_once(desk, source):
    for number in range(3):
        refused(make_invoice(source, external_id=str(number)))
    for path in ("/", "/sources/", f"/sources/{source.pk}/"):
        found = re.findall(r'\sid="([^"]+)"', text(desk.get(path)))
        assert len(found) == len(set(found)), path


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_what_is_taken_back_while_somebody_tries_again_stays_taken_back(client, monkeypatch):
    """The other person reopens between the look at the decisions and the move; they have to wait, or to win."""
    invoice = make_invoice(make_source(service="billogram"), service_state="Unattested")
    intent, other = refused(invoice), make_user()
    threads, real = [], settling._last

    def reopen():
        approval = Approval.objects.select_related("invoice__source", "invoice__owner").get(pk=invoice.pk)
        approval.reopen(other, invoice.digest)
        connection.close()

    def slow(*args):
        last = real(*args)
        threads.append(threading.Thread(target=reopen))
        threads[0].start()
        threads[0].join(1)
        return last

    monkeypatch.setattr(settling, "_last", slow)
    client.force_login(make_user(role=Role.CONTROLLER))
    client.post(f"/sources/intents/{intent.pk}/retry/")
    threads[0].join()
    assert Approval.objects.get().state == "waiting"
    assert Intent.objects.get().state == IntentState.SUPERSEDED
