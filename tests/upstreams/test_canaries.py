"""No credential in a log line, a traceback, a page, an export, the database or a backup: looked for, everywhere."""

import base64
import io
import json
import logging
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils.module_loading import import_string

from arapp.approvals.models import Approval, ApprovalState
from arapp.outbox.models import Intent
from arapp.people.models import Role
from arapp.receivables.models import Invoice, Source
from arapp.sandbox.base import Answer, Fault, StandIn
from arapp.sandbox.server import Served
from arapp.upstreams import details, quarantine
from arapp.upstreams.base import Login
from arapp.upstreams.connecting import Refused, Wish, connect
from arapp.upstreams.hook_keys import prepare
from arapp.upstreams.http import Failure, Http
from arapp.upstreams.models import Quarantined
from arapp.upstreams.pull import Options, pull
from arapp.upstreams.push import push
from arapp.upstreams.redaction import Redaction
from arapp.upstreams.registry import open_source
from arapp.upstreams.verify import verify
from tests.conftest import make_user
from tests.upstreams.conftest import SERVICES, STAND_INS, Desk

ROOT = Path(__file__).resolve().parents[2]
HOOK_KEY = "canary-hook-0123456789abcdef"
SIGN_KEY = "canary-sign-key-of-one-billogram"
Held = dict[str, tuple[Source, StandIn]]


def forms(user: str, secret: str) -> set[str]:
    """How a secret may be spelt where it must not be."""
    basic = base64.b64encode(f"{user}:{secret}".encode()).decode()
    encoded = {quote(secret, safe=""), secret.encode().hex(), base64.b64encode(secret.encode()).decode()}
    return {secret, secret[4:-4], basic} | encoded


def canaries(held: Held) -> set[str]:
    found = {HOOK_KEY, SIGN_KEY}
    for _source, stand_in in held.values():
        login = stand_in.credentials()
        found |= forms(login.get("user", ""), login["secret"])
    return found


def assert_none(text: str, held: Held, where: str) -> None:
    found = [canary for canary in canaries(held) if canary in text]
    assert not found, (where, [text[max(0, text.index(one) - 200) : text.index(one) + 60] for one in found])


@pytest.fixture
def held(connected: Desk) -> Held:
    made = {service: connected(service, invoices=4) for service in SERVICES}
    for service in ("billogram", "billomat"):
        prepare(made[service][0], HOOK_KEY)
    made["billogram"][1].add_billogram(callbacks={"sign_key": SIGN_KEY, "custom": "1"})
    return made


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that any logger has to say, with DEBUG, through the handler of the settings."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    line = django_settings.LOGGING["formatters"]["line"]
    handler.setFormatter(import_string(line["()"])(line["format"]))
    names = ["", "arapp", "arapp.http", "httpx", "httpcore", "django", "django.request", "django.db.backends"]
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    loggers[0].addHandler(handler)
    connection.force_debug_cursor = True
    yield out
    connection.force_debug_cursor = False
    loggers[0].removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def echo(stand_in: StandIn, status: int) -> Answer:
    """An answer that repeats the credentials it was asked with, as careless services do."""
    login = stand_in.credentials()
    basic = base64.b64encode(f"{login.get('user', '')}:{login['secret']}".encode()).decode()
    header = f"Basic {basic}" if stand_in.service == "billogram" else "in its header"
    words = f"The key {login['secret']} ({header}) is not good enough."
    body = {"status": "INVALID_AUTH", "data": {"message": words}, "detail": words, "errors": {"error": words}}
    return Answer(status, json.dumps(body).encode(), (("Content-Type", "application/json"),))


def faults(stand_in: StandIn) -> list[Fault]:
    html = Answer(200, b"<html>" + stand_in.credentials()["secret"].encode(), (("Content-Type", "text/html"),))
    cut = Fault(change=lambda a: Answer(a.status, a.body[: len(a.body) // 2], a.headers), times=9)
    wait = Answer(429, b"{}", (("Retry-After", "3600"),))
    elsewhere = Answer(302, b"", (("Location", "https://elsewhere.example.org/steal"),))
    said = [Fault(answer=echo(stand_in, status), times=9) for status in (400, 401, 403, 404, 422, 500, 503)]
    canned = [Fault(answer=answer, times=9) for answer in (html, wait, elsewhere)]
    return [*said, *canned, cut, Fault(drop=True, times=9)]


def test_no_log_line_holds_a_credential_whatever_goes_wrong(held: Held, log: io.StringIO):
    for source, stand_in in held.values():
        assert pull(source).status == "ok"
        approve_one(source)
        errors = []
        for fault in faults(stand_in):
            stand_in.faults[:] = [fault]
            errors += [pull(source, Options(full=True)).error, verify(source).error]
            push(source.pk)
            fault.times = 9
            invoice = Invoice.objects.filter(source=source).first()
            errors.append(details.read_now(invoice))
        stand_in.faults.clear()
        assert len(set(errors)) > 4
        assert_none("\n".join(errors), held, "errors")
    assert "SELECT" in log.getvalue()
    assert "arapp.http" in log.getvalue()
    assert_none(log.getvalue(), held, "log")


def approve_one(source: Source) -> None:
    """Something to tell the service."""
    waiting = Approval.objects.filter(invoice__source=source, state=ApprovalState.WAITING).exclude(digest=None)
    for approval in waiting:
        person = make_user(role=Role.ADMINISTRATOR)
        try:
            approval.approve(person, approval.invoice.digest)
        except Exception:
            continue
        if Intent.objects.filter(source=source).exists():
            return


def test_a_crash_of_ours_is_logged_without_a_credential(
    held: Held, log: io.StringIO, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    settings.DEBUG = True

    def crash(self: Http, client: Any, request: Any, *_: Any) -> None:
        header = dict(request.headers)
        raise RuntimeError(f"{len(header)} headers")

    monkeypatch.setattr(Http, "_stream", crash)
    for source, _stand_in in held.values():
        assert "RuntimeError" in pull(source).error
        assert "RuntimeError" in verify(source).error
    assert "Traceback" in log.getvalue()
    assert_none(log.getvalue(), held, "log")


@pytest.mark.parametrize("debug", [True, False])
def test_neither_is_the_page_of_a_crash(
    held: Held, client: Client, debug: bool, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    for source, _stand_in in held.values():
        pull(source)
    settings.DEBUG = debug
    client.force_login(make_user(role=Role.ADMINISTRATOR))
    client.raise_request_exception = False

    monkeypatch.setattr("httpx.Client.send", crashing_in("httpx._client"))
    for source, _stand_in in held.values():
        invoice = Invoice.objects.filter(source=source).first()
        answer = client.get(f"/invoices/{invoice.pk}/document/", HTTP_AUTHORIZATION=f"Basic {HOOK_KEY}")
        assert answer.status_code == 500
        text = answer.content.decode()
        assert ("RuntimeError" in text) == debug
        assert_none(text, held, "page")


def crashing_in(module: str) -> Callable[..., None]:
    """As a function of another module would: what it holds is what goes over the wire."""
    space: dict[str, Any] = {"__name__": module}
    lines = ["def send(client, request, **_):", "raw = list(request.headers.items())", "raise RuntimeError(len(raw))"]
    exec("\n    ".join(lines), space)
    return space["send"]


def test_what_shows_an_object_shows_no_credential(held: Held):
    shown = []
    for source, stand_in in held.values():
        login = Login(**stand_in.credentials(), base_url="http://x.localhost/")
        adapter = open_source(source)
        objects = [login, Wish(name="n", service="billomat", login=login), adapter, adapter.http, adapter.__dict__]
        objects += [adapter.http._client, source.connection, source.connection.__dict__]
        shown += [f"{one!r} {one!s}" for one in objects]
        adapter.http.close()
    assert_none("\n".join(shown), held, "repr")


def test_a_refused_connection_repeats_no_credential(db: None):
    for url in ("https://u:s3cret@example.org/", "https://example.org/?api_key=s3cret", "x#s3cret"):
        with pytest.raises(Refused) as refused:
            connect(Wish(name="n", service="billover", login=Login(secret="a-long-secret-key", base_url=url)))
        assert "s3cret" not in str(refused.value)


def read_all(held: Held) -> None:
    for source, stand_in in held.values():
        pull(source)
        stand_in.faults[:] = [Fault(answer=echo(stand_in, 403), times=2)]
        pull(source)
        stand_in.faults.clear()
        verify(source)
        approve_one(source)
        stand_in.faults[:] = [Fault(answer=echo(stand_in, 400), method=method) for method in ("POST", "PUT")]
        push(source.pk)
        stand_in.faults.clear()
        quarantine.put(source, "invoices", "x", {"id": "x"}, "Odd.")


def test_no_page_and_no_download_holds_a_credential(held: Held, client: Client):
    read_all(held)
    client.force_login(make_user(role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True))
    seen = crawl(client, "/", "/admin/", *(f"/sources/{source.pk}/" for source, _ in held.values()))
    assert any(path.endswith(".xlsx") for path in seen)
    assert any(path.endswith(".csv") for path in seen)
    assert any("/admin/upstreams/connection/" in path for path in seen)
    assert any(re.fullmatch(r"/invoices/\d+/", path) for path in seen)
    for path, text in seen.items():
        assert_none(text, held, path)


def crawl(client: Client, *starts: str) -> dict[str, str]:
    """Every page that links lead to, by its path; of each path at most two different queries."""
    todo, seen = list(starts), {}
    queries: dict[str, int] = {}
    while todo:
        path = todo.pop()
        bare = re.sub(r"\d+", "0", urlsplit(path).path)
        queries[bare] = queries.get(bare, 0) + 1
        if path in seen or queries[bare] > 6 or "logout" in path or path.startswith("/static"):
            continue
        answer = client.get(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen[path] = unzipped(content)
        if "html" in answer.headers.get("Content-Type", ""):
            links = re.findall(r'(?:href|hx-get|action)="([^"]+)"', content.decode())
            todo += [urljoin(path, link.replace("&amp;", "&")) for link in links if not re.match(r"\w+:|//|#", link)]
    return seen


def unzipped(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as folder:
        return "\n".join(folder.read(name).decode("utf-8", "replace") for name in folder.namelist())


def test_neither_the_database_nor_a_backup_holds_a_credential(held: Held):
    read_all(held)
    out = io.StringIO()
    call_command("dumpdata", stdout=out)
    assert Quarantined.objects.exists()
    assert_none(out.getvalue(), held, "dumpdata")


@pytest.mark.parametrize("service", SERVICES)
def test_a_key_that_a_service_repeats_is_blotted_out_before_anybody_reads_it(service: str, held: Held):
    source, stand_in = held[service]
    stand_in.faults[:] = [Fault(answer=echo(stand_in, 400), times=1)]
    adapter = open_source(source, for_person=True)
    with adapter.http, pytest.raises(Failure) as failed:
        adapter.account()
    assert_none(f"{failed.value} {failed.value.__cause__} {getattr(failed.value, 'body', '')}", held, "failure")


def test_short_texts_are_not_blotted_out():
    assert Redaction({"Api-Key": "short", "Accept": "application/json"}, None)(b"short application/json") == (
        b"short application/json"
    )
    key = "a/key-of-some-length"
    redacted = Redaction({"Api-Key": key}, None)(json.dumps({"a": key}).replace("/", "\\/").encode())
    assert json.loads(redacted) == {"a": "*" * (len(key) + 1)}


# as in life: processes, sockets and files


@pytest.fixture
def served() -> Iterator[dict[str, Served]]:
    made = {service: Served(STAND_INS[service](invoices=3), 0) for service in SERVICES}
    yield made
    for one in made.values():
        one.close()


def test_processes_and_their_files_hold_no_credential(served: dict[str, Served], tmp_path: Path):
    """Everything the commands print, with DEBUG, and every byte of the folder with the database, its journal too."""
    ours = ("DATABASE", "ENCRYPTION", "DJANGO")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    env |= {"ARAPP_DATA": str(tmp_path), "DEBUG": "True", "HOOK": HOOK_KEY}
    said: list[str] = []

    def manage(*arguments: str, **extra: str) -> None:
        line = [sys.executable, "-c", LOUD, *arguments]
        done = subprocess.run(line, cwd=ROOT, env=env | extra, capture_output=True, text=True, timeout=60)
        said.append(done.stdout + done.stderr)
        assert "Traceback" not in done.stderr or "raise" in done.stderr

    manage("migrate", "--verbosity", "0")
    for service, one in served.items():
        login = one.stand_in.credentials()
        user = ["--user", login["user"]] if login.get("user") else []
        where = ["--base-url", one.base_url, "--secret-env", "SECRET", *user]
        manage("connect", service, service, *where, SECRET=login["secret"])
    manage("hook", "billomat", "--secret-env", "HOOK")
    manage("sync", "--json")
    manage("verify", "--json")
    served["billomat"].stand_in.faults.append(Fault(answer=echo(served["billomat"].stand_in, 401), times=99))
    manage("sync")
    manage("dumpdata")
    assert '"status": "ok"' in said[5]
    assert "httpcore" in "".join(said)
    held = {service: (None, one.stand_in) for service, one in served.items()}
    assert_none("\n".join(said), held, "output")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "desk.sqlite3" for path in files)
    for path in files:
        assert_none(path.read_bytes().decode("latin-1"), held, path.name)


LOUD = """
import logging, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "arapp.settings"
import django
django.setup()
django.setup = lambda **_: None
for name in ("", "arapp", "httpx", "httpcore", "django", "django.db.backends"):
    logging.getLogger(name).setLevel(logging.DEBUG)
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", *sys.argv[1:]])
"""
