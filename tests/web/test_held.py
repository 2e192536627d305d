"""What keeps a decision from being sent is said wherever it says that it is on its way."""

import html
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from arapp.outbox.models import Intent, IntentState
from arapp.people.models import Role
from arapp.upstreams.models import Connection, Worker
from tests.conftest import make_invoice, make_source, make_user

HTMX = {"HX-Request": "true"}
NO_WORKER = "No worker is running; it is sent as soon as one is started"
PAUSED = "Billomat “{}” is paused; it is sent when it is resumed"
WATCHED = "Billomat “{}” is only watched; it is sent when sending is switched on again"
APART = "Billomat “{}” is not connected; it is sent when it is connected again"


def text(answer):
    return html.unescape(answer.content.decode())


def no_worker():
    Worker.objects.update_or_create(name="w", defaults={"seen_at": timezone.now() - timedelta(minutes=2, seconds=1)})


def a_worker():
    Worker.objects.update_or_create(name="w", defaults={"seen_at": timezone.now() - timedelta(seconds=110)})


def paused():
    Connection.objects.update(paused=True)


def watched():
    Connection.objects.update(watch_only=True)


def apart():
    Connection.objects.all().delete()


HOLDS = [
    pytest.param(no_worker, NO_WORKER, id="no worker"),
    pytest.param(paused, PAUSED, id="paused"),
    pytest.param(watched, WATCHED, id="watched"),
    pytest.param(apart, APART, id="disconnected"),
]


@pytest.fixture
def sent(invoice):
    """An approval on its way, with a worker that carries it out."""
    a_worker()
    invoice.approval.approve(make_user(), invoice.digest)
    return invoice


def places(invoice):
    paths = "/invoices/ /invoices/{0}/row/ /invoices/{0}/ /sources/ /sources/{1}/ /customers/{2}/"
    return paths.format(invoice.pk, invoice.source_id, invoice.customer_id).split()


@pytest.mark.parametrize(("hold", "words"), HOLDS)
def test_each_place_that_says_on_its_way_says_what_holds_it_up(hold, words, signed_in, sent):
    client, words = signed_in(Role.CONTROLLER), words.format(sent.source)
    for path in places(sent):
        page = text(client.get(path))
        assert "On its way" in page, path
        assert words not in page, path
    hold()
    for path in places(sent):
        assert words in text(client.get(path)), path
    assert text(client.get(f"/invoices/{sent.pk}/")).split("What happened")[1].count(words) == 1


@pytest.mark.parametrize(("hold", "words"), HOLDS)
@pytest.mark.parametrize("where", ["page", "row"])
def test_after_a_decision_the_message_says_it_too(where, hold, words, signed_in, invoice):
    a_worker()
    hold()
    path, form = reverse("invoice_approve", args=[invoice.pk]), {"digest": invoice.digest}
    client, words = signed_in(), f"{words}.".format(invoice.source)
    if where == "page":
        page = text(client.post(path, form, follow=True)).split('id="messages"')[1]
    else:
        page = text(client.post(path, form, headers=HTMX | {"HX-Target": f"row-{invoice.pk}"}))
        page = page.split('id="messages"')[1]
    assert f"{invoice} is approved." in page
    assert words in page


def test_a_decision_that_tells_nobody_has_nothing_to_wait_for(signed_in):
    invoice = make_invoice(make_source(service="billogram"), service_state="Unattested")
    path = reverse("invoice_reject", args=[invoice.pk])
    answer = signed_in().post(path, {"digest": invoice.digest, "note": "why"}, follow=True)
    assert "is rejected." in text(answer)
    assert "it is sent" not in text(answer)


@pytest.mark.parametrize(("hold", "words"), HOLDS)
def test_after_many_decisions_it_is_said_once(hold, words, signed_in, source):
    a_worker()
    hold()
    rows = [make_invoice(source) for _ in range(3)]
    form = {"ids": [f"{row.pk}:{row.digest}" for row in rows], "action": "approve"}
    page = text(signed_in().post("/invoices/decide/", form))
    assert "3 approved, 0 refused" in page
    assert page.count(f"{words}.".format(source)) == 1


@pytest.mark.parametrize("state", [IntentState.SENDING, IntentState.UNKNOWN])
def test_of_what_was_being_sent_it_says_that_it_is_looked_up(state, signed_in, sent):
    client = signed_in(Role.CONTROLLER)
    Intent.objects.update(state=state)
    path = f"/invoices/{sent.pk}/"
    assert "looked up" not in text(client.get(path))
    watched()
    assert "looked up" not in text(client.get(path)), "a source that is only watched is still read"
    no_worker()
    assert "No worker is running; whether it arrived is looked up as soon as one is started" in text(client.get(path))
    paused()
    assert "is paused; whether it arrived is looked up when it is resumed" in text(client.get(path))
    apart()
    assert "is not connected; whether it arrived is looked up" in text(client.get(path))


@pytest.mark.parametrize("state", [IntentState.DONE, IntentState.REFUSED, IntentState.NEEDS_PERSON])
def test_what_is_settled_waits_for_nobody(state, signed_in, sent):
    Intent.objects.update(state=state, settled_at=timezone.now())
    no_worker()
    assert "it is sent" not in text(signed_in().get(f"/invoices/{sent.pk}/"))


def test_a_row_asks_again_for_a_worker_but_not_for_a_paused_source(signed_in, sent):
    client, row = signed_in(), f"/invoices/{sent.pk}/row/"
    seen = {"seen": f"{sent.intents.get().pk}.{sent.intents.get().version}"}
    assert client.get(row, seen, headers=HTMX).status_code == 204
    no_worker()
    answer = text(client.get(row, seen, headers=HTMX))
    assert NO_WORKER in answer
    assert "every 2s" in answer
    a_worker()
    paused()
    assert "every 2s" not in text(client.get(row, seen, headers=HTMX))


def test_the_list_asks_once_however_many_are_on_their_way(signed_in, source):
    client = signed_in()

    def send(number):
        invoice = make_invoice(source, external_id=str(number))
        invoice.approval.approve(make_user(), invoice.digest)

    send(0)
    client.get("/invoices/")
    with CaptureQueriesContext(connection) as one:
        client.get("/invoices/")
    for number in range(1, 12):
        send(number)
    with CaptureQueriesContext(connection) as many:
        page = text(client.get("/invoices/"))
    assert page.count(NO_WORKER) == 12 * 2
    assert len(many) == len(one)
    assert sum("upstreams_worker" in query["sql"] for query in many.captured_queries) == 1


def test_the_dashboard_does_not_say_that_all_is_well_while_decisions_wait(signed_in, sent):
    client = signed_in()
    assert "Everything has reached its service or is on its way." in text(client.get("/"))
    for hold in (no_worker, paused, apart):
        hold()
        page = text(client.get("/"))
        assert "Nothing was refused; 1 waits to be sent." in page
        assert "Everything has reached" not in page
