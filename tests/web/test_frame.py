"""The frame of every page: nothing inline, policy, messages, freshness, demo band, error pages, signing in."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from arapp.receivables.models import Source
from arapp.upstreams.models import Connection, PullRun
from tests.conftest import make_invoice, make_source, make_user

HTMX = {"HX-Request": "true"}


def text(response):
    return response.content.decode()


@pytest.fixture
def paths(source):
    invoice = make_invoice(source)
    make_invoice(source, number="second").approval.approve(make_user(), source.invoice_set.last().digest)
    return [
        "/",
        "/invoices/",
        "/invoices/?q=x&state=draft&amount_min=odd",
        f"/invoices/{invoice.pk}/",
        "/customers/",
        f"/customers/{invoice.customer_id}/",
        "/sources/",
        "/users/",
        "/accounts/password/",
        "/nothing-here/",
    ]


def test_no_page_has_inline_styles_or_scripts_and_each_has_the_policy(signed_in, paths):
    client = signed_in("administrator")
    for path in paths:
        response = client.get(path)
        page = text(response)
        assert not re.search(r"<[^>]+\sstyle=", page), path
        assert not re.search(r"<[^>]+\son\w+=", page), path
        assert not re.search(r"<script(?![^>]*\bsrc=)", page), path
        assert "<style" not in page, path
        assert "javascript:" not in page, path
        assert "unsafe" not in response.headers["Content-Security-Policy"], path
        assert "default-src 'none'" in response.headers["Content-Security-Policy"], path


def test_every_page_has_one_heading_a_title_and_labelled_controls(signed_in, paths):
    client = signed_in("administrator")
    for path in paths:
        page = text(client.get(path))
        assert len(re.findall(r"<h1", page)) == 1, path
        assert re.search(r"<title>.*\S.*</title>", page), path
        named = set(re.findall(r'<label[^>]*\bfor="([^"]+)"', page))
        for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page):
            hidden = 'type="hidden"' in tag or "aria-label" in tag or 'type="checkbox"' in tag
            identity = re.search(r'\bid="([^"]+)"', tag)
            assert hidden or (identity and identity[1] in named), f"{path}: {tag}"


def test_no_word_of_ours_reaches_a_page(signed_in, paths):
    client = signed_in("administrator")
    for path in paths:
        shown = re.sub(r"<[^>]*>", " ", text(client.get(path))).lower()
        for word in ("intent", "mirror", " pull", "substance", "digest"):
            assert word not in shown, f"{path}: {word}"


def test_the_title_carries_the_count_that_waits(signed_in, invoice):
    page = text(signed_in().get("/invoices/"))
    assert "<title>(1) Invoices" in page
    assert "1 waiting" in page


def test_the_demo_band_stands_while_a_source_is_a_stand_in(signed_in, source):
    client = signed_in("viewer")
    assert 'class="band"' not in text(client.get("/invoices/"))
    Source.objects.update(stand_in=True)
    assert 'class="band"' in text(client.get("/invoices/"))


def test_freshness_is_one_sentence(signed_in, source):
    client, now = signed_in("viewer"), timezone.now()
    assert f"{source.name}: not read yet" in text(client.get("/invoices/"))
    Connection.objects.update(read_at=now - timedelta(minutes=2))
    assert "All fresh, 2 min ago" in text(client.get("/invoices/"))
    Connection.objects.update(read_at=now - timedelta(hours=3))
    assert f"{source.name}: last read 3 h ago" in text(client.get("/invoices/"))
    Connection.objects.update(read_at=now)
    PullRun.objects.create(source=source, status="failed")
    assert f"{source.name}: last read just now" in text(client.get("/invoices/"))
    make_source()
    assert "2 sources are not fresh" in text(client.get("/invoices/"))


def test_a_message_after_a_decision_is_read_out(signed_in, invoice):
    client = signed_in()
    page = text(client.post(f"/invoices/{invoice.pk}/approve/", {"digest": invoice.digest}, follow=True))
    assert 'aria-live="polite"' in page
    assert f"{invoice} is approved." in page


def test_an_unknown_address_says_so_signed_in_or_not(signed_in, client, db):
    signed_out = Client().get("/nothing-here/")
    assert signed_out.status_code == 404
    assert "There is nothing at this address" in text(signed_out)
    assert 'class="rail"' not in text(signed_out)
    assert 'class="rail"' in text(signed_in("viewer").get("/nothing-here/"))


def test_a_form_without_its_token_gets_a_sentence(invoice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    response = client.post(f"/invoices/{invoice.pk}/approve/", {"digest": invoice.digest})
    assert response.status_code == 403
    assert "too old to be accepted" in text(response)


def test_a_fault_of_ours_shows_a_calm_page(signed_in, invoice, monkeypatch):
    from arapp.web.views import invoices

    def broken(*args: object, **named: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(invoices, "figures", broken)
    client = signed_in("viewer")
    client.raise_request_exception = False
    response = client.get("/invoices/")
    assert response.status_code == 500
    assert "Something broke at the desk" in text(response)
    assert "boom" not in text(response)


def test_signing_in_and_out(client, db):
    make_user("petra")
    wrong = client.post("/accounts/login/", {"username": "petra", "password": "no"})
    assert 'role="alert"' in text(wrong)
    right = client.post(
        "/accounts/login/", {"username": "petra", "password": "a-good-password", "next": "/customers/"}
    )
    assert right.headers["Location"] == "/customers/"
    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout")).headers["Location"] == "/accounts/login/"


def test_a_foreign_address_after_signing_in_is_not_followed(client, db):
    make_user("petra")
    fields = {"username": "petra", "password": "a-good-password", "next": "https://evil.example/"}
    assert client.post("/accounts/login/", fields).headers["Location"] == "/"


def test_a_part_asked_for_after_the_session_has_ended_loads_the_page_again(client, db):
    response = client.get("/accounts/login/?next=/invoices/", headers=HTMX)
    assert response.headers["HX-Refresh"] == "true"


def test_one_changes_ones_own_password(client, db):
    person = make_user("petra")
    client.force_login(person)
    new = {"old_password": "a-good-password", "new_password1": "another-9-fine", "new_password2": "another-9-fine"}
    assert client.post("/accounts/password/", new | {"old_password": "wrong"}).status_code == 422
    assert client.post("/accounts/password/", new).status_code == 302
    person.refresh_from_db()
    assert person.check_password("another-9-fine")


def test_the_sign_of_life_asks_the_database(client, db, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert client.get("/healthz").content.startswith(b"ok")


@pytest.mark.parametrize("error", [OperationalError("no\nroute"), InterfaceError("closed"), DatabaseError("broken")])
def test_the_sign_of_life_says_so_when_the_database_does_not_answer(error, client, db, monkeypatch, caplog):
    def cursor():
        raise error

    monkeypatch.setattr("arapp.web.views.accounts.connection", SimpleNamespace(cursor=cursor))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"The database does not answer.")
    assert answer.headers["Content-Type"].startswith("text/plain")
    (record,) = caplog.records
    assert "\n" not in record.getMessage()
    assert str(error).splitlines()[0] in record.getMessage()
    assert not record.exc_info


def test_an_answer_that_refuses_never_takes_the_place_of_the_page(signed_in, settings):
    """The debugging script that comes with htmx would put it there, and DEBUG is on where somebody tries the desk."""
    settings.DEBUG = True
    page = text(signed_in().get("/invoices/"))
    assert "django_htmx/htmx-2.min.js" in page
    assert "django-htmx.js" not in page
