"""The commands as people and machines call them: exit codes, sentences, JSON."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from arapp.receivables.models import Source
from arapp.sandbox.base import Answer, Fault
from arapp.upstreams import registry
from arapp.upstreams.management.commands import connect as connect_command
from arapp.upstreams.models import Connection
from tests.conftest import make_user
from tests.upstreams.conftest import SERVICES, Desk

KEYS = "source service status fetched created changed unchanged gone quarantined requests seconds error".split()


def run(*args: str, **options: object) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command(*args, stdout=out, stderr=io.StringIO(), **options)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch):
    def put(value: str) -> str:
        monkeypatch.setenv("TEST_SECRET", value)
        return "TEST_SECRET"

    return put


def url_of(source: Source) -> str:
    return source.connection.base_url


@pytest.mark.parametrize("service", SERVICES)
def test_connect_proves_the_credentials_and_never_shows_the_secret(service, connected: Desk, secret):
    known, stand_in = connected(service)
    login = stand_in.credentials()
    code, out = run(
        "connect", "second", service, base_url=url_of(known), user=login["user"], secret_env=secret(login["secret"])
    )
    assert code == 0, out
    assert login["secret"] not in out
    connection = Connection.objects.get(source__name="second")
    assert login["secret"] not in connection.secret
    assert connection.plain_secret() == login["secret"]
    assert Source.objects.get(name="second").stand_in


@pytest.mark.parametrize("service", SERVICES)
def test_wrong_credentials_are_refused_and_nothing_is_stored(service, connected: Desk, secret):
    known, stand_in = connected(service)
    user = stand_in.credentials()["user"]
    code, out = run(
        "connect", "new", service, base_url=url_of(known), user=user, secret_env=secret("not-the-right-key")
    )
    assert code == 2
    assert out
    assert "not-the-right-key" not in out
    assert not Source.objects.filter(name="new").exists()


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "fault",
    [
        {"drop": True},
        {"answer": Answer(200, b"<html>", (("Content-Type", "text/html"),))},
        {"answer": Answer(200, b'{"half')},
        {"answer": Answer(500, b"")},
        {"answer": Answer(200, b"[]", (("Content-Type", "application/json"),))},
    ],
    ids=["unreachable", "html", "half", "500", "list"],
)
def test_a_service_that_does_not_answer_properly_is_refused_with_a_sentence(service, fault, connected: Desk, secret):
    known, stand_in = connected(service)
    stand_in.faults.append(Fault(times=100, **fault))
    login = stand_in.credentials()
    code, out = run(
        "connect", "new", service, base_url=url_of(known), user=login["user"], secret_env=secret(login["secret"])
    )
    assert code == 2
    assert len(out) > 10
    assert not Source.objects.filter(name="new").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"service": "sap"}, "not a service"),
        ({"name": " "}, "name"),
        ({"name": "x" * 61}, "60"),
        ({"base_url": "http://example.org/api"}, "https"),
        ({"base_url": "ftp://127.0.0.1/"}, "base URL"),
        ({"base_url": "https://me:pw@example.org/"}, "base URL"),
        ({"base_url": "https://example.org:99999/"}, "base URL"),
        ({"base_url": "nonsense"}, "base URL"),
        ({"base_url": "https://exämple..org/v1"}, "base URL"),
        ({"base_url": f"https://{'x' * 80}.org/v1"}, "base URL"),
        ({"user": ""}, "--user"),
        ({"delivery_method": "Pigeon"}, "delivery method"),
        ({"secret_env": "NO_SUCH_VARIABLE"}, "NO_SUCH_VARIABLE"),
    ],
)
def test_what_cannot_be_a_connection_is_refused_before_anything_is_called(db, secret, options, words):
    asked = {"name": "n", "service": "billogram", "user": "1-a", "secret_env": secret("s3cret-s3cret")} | options
    code, out = run("connect", asked.pop("name"), asked.pop("service"), **asked)
    assert (code, words in out) == (2, True), out
    assert not Source.objects.exists()


def test_an_empty_secret_is_refused(db, secret):
    assert run("connect", "n", "billover", secret_env=secret("  "))[0] == 2


def test_without_a_variable_the_secret_is_asked_for_without_echo(connected: Desk, monkeypatch):
    known, stand_in = connected("billover")
    asked = []
    monkeypatch.setattr(
        connect_command.getpass, "getpass", lambda p: asked.append(p) or stand_in.credentials()["secret"]
    )
    assert run("connect", "new", "billover", base_url=url_of(known))[0] == 0
    assert asked


@pytest.mark.parametrize("service", SERVICES)
def test_a_known_name_gets_new_credentials_of_the_same_account(service, connected: Desk, secret):
    known, stand_in = connected(service)
    run("sync")
    login = stand_in.credentials()
    code, out = run(
        "connect", known.name, service, base_url=url_of(known), user=login["user"], secret_env=secret(login["secret"])
    )
    assert code == 0, out
    assert Source.objects.count() == 1


@pytest.mark.parametrize("service", SERVICES)
def test_a_known_name_is_refused_to_another_account(service, connected: Desk, secret):
    known, _ = connected(service, invoices=20)
    run("sync")
    settings = {"billomat": {"account": "otherdesk"}}.get(service, {})
    _, other = connected(service, invoices=30, name="other", seed=99, **settings)
    login = other.credentials()
    url = next(url for url in registry.TRANSPORTS if "other" in url)
    before = Connection.objects.get(source=known).secret
    code, out = run(
        "connect", known.name, service, base_url=url, user=login["user"], secret_env=secret(login["secret"])
    )
    assert code == 2, out
    assert "another account" in out
    assert Connection.objects.get(source=known).secret == before


def test_a_name_of_another_service_is_refused(connected: Desk, secret):
    known, _ = connected("billover")
    code, out = run(
        "connect", known.name, "billogram", base_url=url_of(known), user="1-a", secret_env=secret("x" * 20)
    )
    assert (code, "BillOver" in out) == (2, True)


def test_new_terms_move_the_due_dates_that_follow_from_them(connected: Desk, secret):
    known, stand_in = connected("billover")
    run("sync")
    invoice = known.invoice_set.filter(issue_date__isnull=False).first()
    options = {"base_url": url_of(known), "secret_env": secret(stand_in.credentials()["secret"])}
    assert run("connect", known.name, "billover", terms_days=60, **options)[0] == 0
    invoice.refresh_from_db()
    assert invoice.due_date - invoice.issue_date == timedelta(days=60)


def test_sync_prints_one_array_with_the_agreed_words(connected: Desk):
    for service in SERVICES:
        connected(service)
    code, out = run("sync", json=True)
    reports = json.loads(out)
    assert code == 0
    assert [list(report) for report in reports] == [KEYS] * 3
    assert {report["service"] for report in reports} == set(SERVICES)
    assert all(report["status"] == "ok" and report["created"] for report in reports)
    code, out = run("sync", json=True)
    assert all(report["created"] == report["changed"] == 0 for report in json.loads(out))


def test_one_source_failing_never_stops_the_next(connected: Desk):
    _, broken = connected("billogram", name="a-broken")
    connected("billover", name="b-fine")
    broken.revoked = True
    code, out = run("sync", json=True)
    assert [(r["source"], r["status"]) for r in json.loads(out)] == [("a-broken", "failed"), ("b-fine", "ok")]
    assert code == 1


def test_an_unknown_source_is_refused_by_name(connected: Desk):
    connected("billover")
    code, out = run("sync", "billover", "nobody")
    assert (code, "nobody" in out) == (2, True)


def test_sync_without_any_source_says_how_to_begin(db):
    assert run("sync") == (0, "No source is connected yet. Start with: manage.py connect NAME SERVICE\n")
    assert run("sync", json=True) == (0, "[]\n")


@pytest.mark.parametrize("command", ["sync", "verify"])
def test_a_source_that_is_disconnected_is_not_said_to_be_unknown(command, connected: Desk):
    source, _ = connected("billomat")
    call_command("source", source.name, "--disconnect", stdout=io.StringIO())
    code, sentence = run(command, source.name)
    assert (code, sentence) == (2, f"“{source.name}” is not connected; nothing is read and nothing is sent.")


def test_sync_of_one_name_reads_that_one(connected: Desk):
    connected("billover")
    connected("billomat")
    _, out = run("sync", "billomat", json=True)
    assert [report["source"] for report in json.loads(out)] == ["billomat"]


def test_push_prints_one_array_with_the_agreed_words(connected: Desk):
    source, _ = connected("billover")
    run("sync")
    person = make_user()
    waiting = source.invoice_set.filter(approval__state="waiting", state="open")
    invoice = next(i for i in waiting if not i.approval.why_not("approve", person))
    invoice.approval.approve(person, invoice.digest)
    code, out = run("push", json=True)
    [told] = json.loads(out)
    assert code == 0
    assert list(told) == ["intent", "source", "kind", "invoice", "state", "error"]
    assert (told["invoice"], told["state"]) == (invoice.external_id, "done")
    assert run("push", json=True) == (0, "[]\n")
    assert run("push") == (0, "Nothing is waiting to be told.\n")


def test_a_postponed_source_is_tried_all_the_same_when_asked_in_full(connected: Desk):
    source, stand_in = connected("billover")
    Connection.objects.update(postponed_until=timezone.now() + timedelta(hours=1))
    before = len(stand_in.requests)
    code, out = run("sync", json=True)
    assert (code, json.loads(out)[0]["status"], len(stand_in.requests)) == (1, "postponed", before)
    assert run("sync", source.name, full=True, json=True)[0] == 0


def test_a_lost_encryption_key_is_said_and_stops_nothing_else(connected: Desk, settings):
    connected("billover", name="a")
    settings.ENCRYPTION_KEYS = ["zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz8="]
    connected("billomat", name="b")
    code, out = run("sync", json=True)
    assert [r["status"] for r in json.loads(out)] == ["failed", "ok"]
    assert "ENCRYPTION_KEY" in json.loads(out)[0]["error"]
    assert code == 1


def switched(source: Source) -> tuple[bool, bool]:
    return Connection.objects.values_list("paused", "watch_only").get(source=source)


def test_source_switches_one_source_says_so_and_may_be_repeated(connected: Desk):
    source, _ = connected("billover")
    expected = {
        "pause": (True, False),
        "resume": (False, False),
        "watch-only": (False, True),
        "writes": (False, False),
    }
    for action, flags in expected.items():
        for _again in range(2):
            code, out = run("source", source.name, f"--{action}")
            assert (code, source.name in out) == (0, True)
            assert switched(source) == flags
    for _again in range(2):
        code, out = run("source", source.name, "--disconnect")
        assert (code, "disconnected" in out) == (0, True)
    assert not Connection.objects.exists()
    code, out = run("source", source.name, "--pause")
    assert (code, "not connected" in out) == (2, True)


@pytest.mark.parametrize("arguments", [[], ["--pause", "--resume"], ["--stop"]], ids=["none", "two", "unknown"])
def test_source_takes_exactly_one_of_its_options(connected: Desk, arguments):
    source, _ = connected("billover")
    with pytest.raises(CommandError):
        call_command("source", source.name, *arguments)
    assert switched(source) == (False, False)


def test_source_refuses_an_unknown_name(db):
    code, out = run("source", "nobody", "--pause")
    assert (code, "nobody" in out) == (2, True)


def test_a_paused_source_is_not_read_whatever_is_asked(connected: Desk):
    source, stand_in = connected("billover")
    run("source", source.name, "--pause")
    before = len(stand_in.requests)
    for options in ({}, {"full": True}, {"accept_gone": True}):
        code, out = run("sync", source.name, json=True, **options)
        [report] = json.loads(out)
        assert (code, report["status"], "paused" in report["error"]) == (1, "postponed", True)
    assert len(stand_in.requests) == before


def test_push_says_what_waits_because_a_source_is_switched_off(connected: Desk):
    source, _ = connected("billover")
    run("sync")
    person = make_user()
    waiting = source.invoice_set.filter(approval__state="waiting", state="open")
    invoice = next(i for i in waiting if not i.approval.why_not("approve", person))
    invoice.approval.approve(person, invoice.digest)
    for action, words in (("watch-only", "watched only"), ("pause", "paused"), ("disconnect", "not connected")):
        run("source", source.name, f"--{action}")
        assert run("push") == (0, f"{source.name} is {words}; waiting to be told: 1.\n")
    assert run("push", json=True) == (0, "[]\n")


@pytest.mark.parametrize(("action", "back"), [("pause", "--resume"), ("watch-only", "--writes")])
def test_new_credentials_for_a_source_that_is_switched_off_leave_it_so_and_say_so(
    connected: Desk, secret, action, back
):
    source, stand_in = connected("billover")
    run("source", source.name, f"--{action}")
    before = switched(source)
    login = secret(stand_in.credentials()["secret"])
    code, out = run("connect", source.name, "billover", base_url=url_of(source), secret_env=login)
    assert (code, back in out, switched(source)) == (0, True, before)
