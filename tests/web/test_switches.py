"""Pausing, watching, disconnecting; consent to what is gone; reading again what could not be read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from arapp.approvals.models import Approval
from arapp.outbox.models import Intent
from arapp.people.models import Role
from arapp.receivables.models import Invoice, Source
from arapp.upstreams import quarantine
from arapp.upstreams.models import Connection, PullRun, Quarantined, Worker
from tests.conftest import make_invoice, make_source

SWITCHES = ("pause", "resume", "watch-only", "writes", "disconnect")
ALL = (*SWITCHES, "accept-gone")


@pytest.fixture
def desk(signed_in):
    return signed_in(Role.ADMINISTRATOR)


def text(answer):
    return answer.content.decode()


def press(desk, source, action, **fields):
    return desk.post(f"/sources/{source.pk}/{action}/", fields, follow=True)


def missing(source, count=312, **fields):
    Connection.objects.update(read_at=timezone.now())
    told = {"status": "partial", "full": True, "error": "312 of 1,024 invoices are missing."}
    return PullRun.objects.create(source=source, missing=count, **(told | fields))


@pytest.mark.parametrize("action", ALL)
def test_a_switch_is_only_posted(action, desk, source):
    assert desk.get(f"/sources/{source.pk}/{action}/").status_code == 405
    assert desk.post(f"/sources/999/{action}/").status_code == 404


@pytest.mark.parametrize("action", ALL)
def test_who_is_not_signed_in_switches_nothing(action, client, source):
    assert client.post(f"/sources/{source.pk}/{action}/").headers["Location"].startswith("/accounts/login/")
    assert Connection.objects.filter(paused=False, watch_only=False, accept_gone_at=None).count() == 1


@pytest.mark.parametrize("action", ALL)
@pytest.mark.parametrize("role", [Role.VIEWER, Role.CLERK, Role.APPROVER, Role.CONTROLLER])
def test_only_administrators_switch(action, role, signed_in, source):
    missing(source)
    answer = signed_in(role).post(f"/sources/{source.pk}/{action}/")
    assert answer.status_code == 403
    assert "Administrator" in text(answer)
    assert Connection.objects.filter(paused=False, watch_only=False, accept_gone_at=None).count() == 1


def test_a_word_that_is_no_switch_is_not_found(desk, source):
    assert desk.post(f"/sources/{source.pk}/explode/").status_code == 404


@pytest.mark.parametrize("path", ["/sources/", "/sources/{pk}/"])
def test_what_can_be_switched_is_offered_to_administrators_alone(path, desk, signed_in, source):
    path = path.format(pk=source.pk)

    def offered(client):
        page = text(client.get(path))
        return [action for action in SWITCHES if f'action="/sources/{source.pk}/{action}/"' in page]

    assert offered(desk) == ["pause", "watch-only", "disconnect"]
    Connection.objects.update(paused=True, watch_only=True)
    assert offered(desk) == ["resume", "writes", "disconnect"]
    assert f'action="/sources/{source.pk}/sync/"' not in text(desk.get(path))
    Connection.objects.all().delete()
    assert offered(desk) == []
    assert f'action="/sources/{source.pk}/sync/"' not in text(desk.get(path))
    make_source("other")
    assert offered(signed_in(Role.CONTROLLER)) == []


def test_a_paused_source_says_so_until_it_is_resumed(desk, source):
    assert f"“{source}” is paused" in text(press(desk, source, "pause"))
    for path in ("/", "/sources/", f"/sources/{source.pk}/"):
        assert "Paused: nothing is read or sent" in text(desk.get(path))
    press(desk, source, "resume")
    assert "Paused:" not in text(desk.get("/sources/"))


def test_a_watched_source_says_so_until_it_is_told_again(desk, source):
    Connection.objects.update(read_at=timezone.now())
    PullRun.objects.create(source=source, status="ok")
    press(desk, source, "watch-only")
    for path in ("/", "/sources/", f"/sources/{source.pk}/"):
        assert "Watched only: nothing is sent" in text(desk.get(path))
    PullRun.objects.create(source=source, status="failed", error="No route.")
    page = text(desk.get("/sources/"))
    assert "Last reading failed" in page
    assert "Watched only: nothing is sent." in page
    press(desk, source, "writes")
    assert "Watched only" not in text(desk.get("/sources/"))


def test_disconnecting_forgets_the_credentials_and_keeps_what_was_read_and_decided(desk, source, person):
    invoice = make_invoice(source)
    invoice.approval.approve(person, invoice.digest)
    assert "its credentials are forgotten" in text(press(desk, source, "disconnect"))
    assert not Connection.objects.exists()
    assert (Invoice.objects.count(), Approval.objects.get().state, Intent.objects.count()) == (1, "approved", 1)
    page = text(desk.get(f"/sources/{source.pk}/"))
    assert "Not connected" in page
    assert "1 waits to be sent." in page
    assert desk.get(f"/invoices/{invoice.pk}/").status_code == 200
    assert Source.objects.count() == 1


def test_the_confirmation_says_what_disconnecting_means_and_its_button_carries_the_verb(desk, source):
    page = text(desk.get(f"/sources/{source.pk}/"))
    dialog = page.split(f'id="disconnect-{source.pk}"')[1].split("</form>")[0]
    assert "popover" in dialog
    assert "without them this cannot be undone" in dialog
    assert f'Disconnect<span class="unseen"> {source}</span></button>' in dialog


@pytest.mark.parametrize("action", SWITCHES)
def test_a_switch_leads_back_to_where_it_was_pressed(action, desk, source):
    assert press(desk, source, action).redirect_chain[0][0] == f"/sources/{source.pk}/"
    assert press(desk, source, action, next="/sources/").redirect_chain[0][0] == "/sources/"
    assert press(desk, source, action, next="//evil.example/").redirect_chain[0][0] == f"/sources/{source.pk}/"


def test_asking_a_paused_source_for_a_reading_says_when_it_is_read(desk, source):
    press(desk, source, "pause")
    answer = desk.post(f"/sources/{source.pk}/sync/", follow=True)
    assert "Asked for; it is read when it is resumed." in text(answer)
    Connection.objects.update(wanted_at=None)
    desk.post("/sources/sync/")
    assert Connection.objects.get().wanted_at is None


# Consent to what is gone


def test_what_is_missing_asks_an_administrator(desk, signed_in, source):
    missing(source)
    page = text(desk.get(f"/sources/{source.pk}/"))
    assert "312 documents are missing at Billomat. Nothing was marked as gone." in page
    assert 'Mark 312 as gone<span class="unseen">' in page
    assert "is marked as gone with the next whole reading" in page
    for path in ("/", "/sources/"):
        assert "Asks for consent" in text(desk.get(path))
        assert "312 of 1,024 invoices are missing." in text(desk.get(path))
    page = text(signed_in(Role.CONTROLLER).get(f"/sources/{source.pk}/"))
    assert "Mark 312 as gone" not in page
    assert "An administrator can say that they are gone." in page


def test_consent_is_stored_and_said_until_it_is_used(desk, source):
    missing(source)
    answer = press(desk, source, "accept-gone")
    assert "Asked for; what is missing is marked as gone" in text(answer)
    assert "No worker is running" in text(answer)
    assert "Mark 312 as gone" not in text(answer)
    one = Connection.objects.get()
    assert one.accept_gone_at
    assert one.wanted_at
    Connection.objects.update(accept_gone_at=None, wanted_at=None)
    missing(source, 0, status="ok")
    page = text(desk.get(f"/sources/{source.pk}/"))
    assert "Asked for" not in page
    assert "as gone" not in page


def test_a_short_reading_after_the_whole_one_does_not_make_the_question_go_away(desk, source):
    missing(source)
    PullRun.objects.create(source=source, status="ok")
    assert "Mark 312 as gone" in text(desk.get(f"/sources/{source.pk}/"))


@pytest.mark.parametrize("fields", [{"count": 0}, {"status": "failed"}, {"status": "running"}])
def test_consent_to_nothing_is_not_stored(fields, desk, source):
    missing(source, **fields)
    assert "Nothing was done" in text(press(desk, source, "accept-gone"))
    assert Connection.objects.get().accept_gone_at is None


def test_consent_given_already_is_not_stored_anew(desk, source):
    missing(source)
    press(desk, source, "accept-gone")
    before = Connection.objects.get().accept_gone_at
    assert "Nothing was done" in text(press(desk, source, "accept-gone"))
    assert Connection.objects.get().accept_gone_at == before


# Progress


def reading(source, **fields):
    Connection.objects.update(lease_until=timezone.now() + timedelta(seconds=60))
    return PullRun.objects.create(source=source, status="running", **fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"doing": "invoices", "done": 12_000, "of": 20_000}, "Reading invoices: 12,000 of 20,000"),
        ({"doing": "credit_notes", "done": 5, "of": 0}, "Reading credit notes: 5 so far"),
        ({"doing": "details", "done": 1_200, "of": 8_312}, "Reading details: 1,200 of 8,312"),
    ],
)
def test_how_far_a_reading_is_stands_on_every_page_about_the_source(fields, words, desk, source):
    reading(source, **fields)
    for path in ("/", "/sources/", f"/sources/{source.pk}/"):
        assert words in text(desk.get(path)), path


def test_the_progress_of_a_run_that_has_ended_is_not_shown(desk, source):
    reading(source, doing="invoices", done=1, of=2)
    PullRun.objects.update(status="ok")
    assert "Reading invoices" not in text(desk.get("/sources/"))
    PullRun.objects.update(status="running")
    Connection.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert "Reading invoices" not in text(desk.get("/sources/"))


def test_how_many_details_are_still_to_be_read_is_counted_per_source(desk, source):
    other = make_source("other")
    for number in range(4):
        make_invoice(source, external_id=str(number))
    make_invoice(other)
    words = "Details of {} are still to be read; lists and totals are right meanwhile."
    assert "still to be read" not in text(desk.get("/sources/"))
    Invoice.objects.filter(source=source).update(detail_due=True)
    Invoice.objects.filter(source=source, external_id="0").update(gone_at=timezone.now())
    for path in ("/sources/", f"/sources/{source.pk}/"):
        assert words.format("3 invoices") in text(desk.get(path))
    assert "still to be read" not in text(desk.get(f"/sources/{other.pk}/"))
    Invoice.objects.filter(source=source).exclude(external_id="1").update(detail_due=False)
    assert words.format("1 invoice") in text(desk.get("/sources/"))


# What could not be read


@pytest.fixture
def unread(source):
    return Quarantined.objects.create(source=source, stream="invoices", external_id="7", payload="{}", reason="Odd.")


@pytest.mark.parametrize(("problem", "words"), [("", "7 could be read."), ("It is still odd.", "It is still odd.")])
def test_a_document_is_read_again_when_asked_for(problem, words, signed_in, unread, monkeypatch):
    asked = []
    monkeypatch.setattr(quarantine, "try_again", lambda row: asked.append(row) or problem)
    desk = signed_in(Role.CONTROLLER)
    page = text(desk.get(f"/sources/{unread.source_id}/"))
    assert f'action="/sources/quarantined/{unread.pk}/again/"' in page
    assert 'Try again<span class="unseen"> 7</span>' in page
    answer = desk.post(f"/sources/quarantined/{unread.pk}/again/", {"next": "/sources/#unreadable"}, follow=True)
    assert answer.redirect_chain[0][0] == "/sources/#unreadable"
    assert words in text(answer)
    assert asked == [unread]


def test_reading_again_is_only_posted_and_only_by_who_may(signed_in, client, unread, monkeypatch):
    monkeypatch.setattr(quarantine, "try_again", lambda row: pytest.fail("asked"))
    path = f"/sources/quarantined/{unread.pk}/again/"
    assert client.post(path).headers["Location"].startswith("/accounts/login/")
    assert signed_in(Role.APPROVER).post(path).status_code == 403
    desk = signed_in(Role.CONTROLLER)
    assert desk.get(path).status_code == 405
    assert desk.post("/sources/quarantined/999/again/").status_code == 404


def test_with_a_worker_nothing_is_said_about_one(desk, source):
    Worker.objects.create(name="w")
    missing(source)
    assert "No worker" not in text(press(desk, source, "accept-gone"))
