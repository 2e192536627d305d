"""The door for hooks over HTTP: what is answered, what is never answered, and what stands in no log."""

import hashlib
import hmac
import http.client
import json
import logging
import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from arapp.people.models import Role
from arapp.upstreams.hook_keys import prepare
from arapp.upstreams.hooks import LARGEST
from arapp.upstreams.models import Hook, HookCall
from arapp.web.hook_paths import WithoutHookPaths
from arapp.web.views.hooks import hook as view
from tests.conftest import make_invoice, make_source

KEY = "a-signing-key"
BODY = b'{"callback_id": "1", "callback_type": "BillogramEvent", "billogram": {"id": "x1"}, "event": {"type": "X"}}'
LOGGED = ["--access-logfile", "-"]
ROOT = Path(__file__).resolve().parent.parent.parent


def signed(body: bytes = BODY, key: str = KEY) -> dict[str, str]:
    moment = f"{time.time():.6f}"
    signature = hmac.new(key.encode(), moment.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"Billogram-Request-Timestamp": moment, "Billogram-Signature": signature}


@pytest.fixture
def hook(db) -> Hook:
    return prepare(make_source("Books", service="billogram"), KEY)


def path_to(hook: Hook) -> str:
    return reverse("hook", args=[hook.path])


def post(client, path: str, body: bytes = BODY, **options):
    options.setdefault("headers", signed(body))
    return client.post(path, body, content_type="application/json", **options)


def test_a_genuine_hook_is_stored_and_answered_without_session_or_cookie(client, hook):
    answer = post(Client(enforce_csrf_checks=True), path_to(hook))
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, b"ok", "text/plain")
    assert not answer.cookies
    assert HookCall.objects.get().external_id == "x1"


@pytest.mark.parametrize("spelling", ["", "X-"])
def test_both_spellings_of_the_headers_arrive(spelling, client, hook):
    headers = {f"{spelling}{name}": value for name, value in signed().items()}
    assert post(client, path_to(hook), headers=headers).status_code == 200


def test_a_forged_hook_is_refused(client, hook):
    assert post(client, path_to(hook), headers={}).status_code == 401
    assert post(client, path_to(hook), headers=signed(key="other")).status_code == 401
    assert not HookCall.objects.exists()


def test_billomat_is_asked_for_a_password(client, db):
    hook = prepare(make_source(service="billomat"), KEY)
    answer = post(client, path_to(hook), headers={})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="hook"')


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_it_is_for_posting_alone(method, client, hook):
    for path in (path_to(hook), reverse("hook", args=["none"])):
        answer = getattr(client, method)(path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("token", ["none", "x" * 43, "%00" * 43, "a b"])
def test_an_unknown_path_is_not_found(token, client, db):
    assert post(client, f"/hooks/{token}/").status_code == 404


def test_without_its_slash_a_path_is_not_found_and_leads_nowhere(client, hook):
    for debug_path in (path_to(hook).rstrip("/"), "/hooks", "/hooks/", path_to(hook) + "/", path_to(hook) + "x/"):
        assert post(client, debug_path).status_code == 404


def test_nobody_is_led_to_https_or_anywhere_else(client, hook, settings):
    settings.SECURE_SSL_REDIRECT = True
    codes = [post(client, path_to(hook)).status_code, post(client, path_to(hook).rstrip("/")).status_code]
    codes += [post(client, path_to(hook), headers={}).status_code, client.get(path_to(hook)).status_code]
    codes += [post(client, "/hooks/none/").status_code, post(client, "/invoices/").status_code]
    assert codes == [200, 404, 401, 405, 404, 301]


class Unread:
    """A body that must not be read further than so many bytes."""

    def __init__(self, size: int, allowed: int) -> None:
        self.left, self.allowed = size, allowed

    def read(self, size: int = -1) -> bytes:
        size = self.left if size is None or size < 0 else min(size, self.left)
        self.allowed -= size
        assert self.allowed >= 0, "too much was read"
        self.left -= size
        return b"x" * size


def raw(size: int, allowed: int, **environ):
    """The answer to a body of this size, told as the server tells it."""
    request = RequestFactory().generic("POST", "/hooks/none/", b"")
    request.META.pop("CONTENT_LENGTH", None)
    request.META |= {"wsgi.input": Unread(size, allowed)} | environ
    request._stream = request.META["wsgi.input"]
    return view(request, "none")


def test_a_body_over_one_megabyte_is_refused_unread_ahead_of_everything_else():
    assert raw(LARGEST + 1, 0, CONTENT_LENGTH=str(LARGEST + 1)).status_code == 413
    assert raw(0, 0, CONTENT_LENGTH="9" * 5_000).status_code == 413
    assert raw(0, 0, CONTENT_LENGTH=str(LARGEST + 1), REQUEST_METHOD="GET").status_code == 413


def test_without_a_length_one_byte_more_than_allowed_is_read_and_no_other():
    assert raw(10 * LARGEST, LARGEST + 1, **{"wsgi.input_terminated": True}).status_code == 413
    assert raw(LARGEST, LARGEST, **{"wsgi.input_terminated": True}).status_code == 404


def test_a_body_that_is_shorter_than_it_says_is_cut_off():
    assert raw(5, 5, CONTENT_LENGTH="10").status_code == 400


def test_a_server_that_does_not_know_where_the_body_ends_asks_for_its_length():
    assert raw(5, 0, HTTP_TRANSFER_ENCODING="chunked").status_code == 411


def test_a_connection_that_breaks_off_in_the_body_is_no_fault_of_ours():
    class Broken:
        def read(self, size: int = -1) -> bytes:
            raise ConnectionResetError

    request = RequestFactory().generic("POST", "/hooks/none/", b"")
    request.META |= {"wsgi.input": Broken(), "CONTENT_LENGTH": "5"}
    request._stream = Broken()
    assert view(request, "none").status_code == 400


def test_a_body_in_pieces_that_are_none_is_no_fault_of_ours():
    class Garbled(Exception):
        """What gunicorn raises is of a kind of its own."""

    class Broken:
        def read(self, size: int = -1) -> bytes:
            raise Garbled

    request = RequestFactory().generic("POST", "/hooks/none/", b"")
    request.META.pop("CONTENT_LENGTH", None)
    request.META |= {"wsgi.input": Broken(), "wsgi.input_terminated": True}
    assert view(request, "none").status_code == 400


def test_no_line_of_any_log_holds_a_path_or_a_header(client, hook, caplog, settings):
    caplog.set_level(logging.DEBUG)
    settings.ALLOWED_HOSTS = ["desk.example.org"]
    known = {"HTTP_HOST": "desk.example.org"}
    headers = signed(key="other")
    post(client, path_to(hook), headers=headers, **known)
    assert [name for name, _level, _line in caplog.record_tuples if name.startswith(("arapp", "django.r"))] == [
        "arapp.hooks"
    ]
    post(client, path_to(hook), headers={}, **known)
    post(client, path_to(hook).rstrip("/"), **known)
    post(client, path_to(hook) + "x/", **known)
    client.get(path_to(hook), **known)
    assert post(client, path_to(hook), HTTP_HOST="elsewhere.example.org").status_code == 400
    assert caplog.messages
    assert hook.path not in caplog.text
    assert not any(value in caplog.text for value in headers.values())


@pytest.mark.parametrize(
    "line",
    [
        '"POST /hooks/%s/ HTTP/1.1" 401 10',
        "Not Found: /hooks/%s",
        "Not Found: /HOOKS/%s?x=1",
        '"POST /h%%6Foks/%s/ HTTP/1.1" 200 2',
    ],
)
def test_the_filter_leaves_out_what_stands_behind_hooks(line):
    token = secrets.token_urlsafe(32)
    record = logging.LogRecord("django.server", logging.INFO, "", 0, line.replace("%%", "%%") % token, (), None)
    assert WithoutHookPaths().filter(record)
    assert token not in record.getMessage()
    assert line.partition("%s")[0].replace("%%", "%") in record.getMessage()


def test_the_filter_takes_the_arguments_of_an_access_log():
    token = secrets.token_urlsafe(32)
    record = logging.LogRecord(
        "gunicorn.access", logging.INFO, "", 0, "%(r)s", ({"r": f"POST /hooks/{token}/"},), None
    )
    assert WithoutHookPaths().filter(record)
    assert record.getMessage() == "POST /hooks/…/"


def test_who_somebody_claims_to_be_cannot_forge_a_line_of_the_access_log():
    told = {"u": "x\n2026-11-20 11:00:00 ERROR arapp.push forged", "a": "\x1b[31mred\x85"}
    record = logging.LogRecord("gunicorn.access", logging.INFO, "", 0, '%(u)s "%(a)s"', (told,), None)
    assert WithoutHookPaths().filter(record)
    assert record.getMessage() == '- "\\x1b[31mred\\x85"'


# the page of the source


def shown(signed_in, role: str, hook: Hook) -> str:
    from django.template.loader import render_to_string

    from arapp.web.hooks_shown import hooks_shown

    person = signed_in(role).get("/").wsgi_request.user
    return render_to_string("sources/_hooks.html", hooks_shown(hook.source, person))


def test_an_administrator_sees_the_path_and_others_do_not(signed_in, hook):
    assert path_to(hook) in shown(signed_in, Role.ADMINISTRATOR, hook)
    text = shown(signed_in, Role.CONTROLLER, hook)
    assert hook.path not in text
    assert "Set" in text


def test_keys_are_never_shown_and_a_missing_one_and_a_rotation_are(signed_in, hook):
    hook = prepare(hook.source, "new-key", rotate=True)
    text = shown(signed_in, Role.ADMINISTRATOR, hook)
    assert "accepted until" in text
    assert not any(secret in text for secret in (KEY, "new-key", hook.key, hook.old_key, hook.old_path))
    Hook.objects.update(key="")
    assert "refused until a key is set" in shown(signed_in, Role.CONTROLLER, hook)


def test_the_last_hooks_link_to_what_the_desk_has(signed_in, hook):
    invoice = make_invoice(hook.source, external_id="x1")
    for n in range(25):
        digest, number = f"d{n}", "x1" if n == 24 else f"<{n}>"
        HookCall.objects.create(
            source=hook.source, digest=digest, event="Payment", kind="invoice", external_id=number
        )
    HookCall.objects.filter(digest="d23").update(note="A sentence.\n{body}", state="ignored")
    text = shown(signed_in, Role.CONTROLLER, hook)
    assert text.count("<tr>") == 21
    assert f'<a href="/invoices/{invoice.pk}/">{invoice}</a>' in text
    assert "A sentence." in text
    assert "{body}" not in text
    assert "&lt;22&gt;" in text


def test_a_source_without_hooks_says_so(signed_in, db):
    hook = Hook(source=make_source(service="billover"))
    assert "read on the interval" in shown(signed_in, Role.CONTROLLER, hook)
    hook = Hook(source=make_source(service="billomat"))
    assert "manage.py hook" in shown(signed_in, Role.CONTROLLER, hook)


def test_it_takes_the_same_few_queries_whatever_came_in(hook, django_assert_max_num_queries):
    from arapp.people.models import User
    from arapp.web.hooks_shown import hooks_shown

    for n in range(40):
        kind = "customer" if n % 2 else "invoice"
        HookCall.objects.create(source=hook.source, digest=f"d{n}", kind=kind, external_id=f"x{n}")
    with django_assert_max_num_queries(4):
        hooks_shown(hook.source, User(role=Role.CONTROLLER, is_active=True))


# real HTTP


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """The desk under gunicorn on a database of its own: host and port, the hook's path, the log."""
    folder = tmp_path_factory.mktemp("desk")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_URL")}
    environ |= {"ARAPP_DATA": str(folder), "DATABASE_URL": f"sqlite:///{folder}/desk.sqlite3", "DEBUG": "False"}
    environ |= {"SIGN": KEY, "DJANGO_SETTINGS_MODULE": "arapp.settings", "PYTHONUNBUFFERED": "1"}
    make = (
        "import django; django.setup(); from django.core.management import call_command as c;"
        "c('migrate', verbosity=0); from arapp.receivables.models import Source as S;"
        "from arapp.upstreams.models import Connection as C; s = S.objects.create(name='Books', service='billogram');"
        "c1 = C(source=s, base_url='http://127.0.0.1:9/'); c1.keep_secret('x' * 20); c1.save();"
        "c('hook', 'Books', secret_env='SIGN')"
    )
    path = subprocess.run(
        [sys.executable, "-c", make], env=environ, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "log"
    with log.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "arapp.wsgi", "--threads", "4", "-b", f"127.0.0.1:{port}", *LOGGED],
            **{"env": environ, "cwd": ROOT, "stdout": out, "stderr": out},
        )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < until, log.read_text()
        yield port, path, log, folder / "desk.sqlite3"
    finally:
        server.terminate()
        server.wait(20)


def ask(port: int, path: str, body, headers: dict[str, str], chunked: bool = False) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", path, body, headers, encode_chunked=chunked)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def pieces(body: bytes, size: int = 65_536):
    return (body[at : at + size] for at in range(0, len(body), size))


def test_over_real_http_what_is_sent_in_pieces_arrives_whole(desk):
    port, path, _, _ = desk
    assert ask(port, path, BODY, signed()) == (200, "ok")
    chunked = signed() | {"Transfer-Encoding": "chunked"}
    assert ask(port, path, pieces(BODY, 7), chunked, chunked=True) == (200, "ok")
    exact = json.dumps({"callback_id": "2", "callback_type": "BillingTab"}).encode().ljust(LARGEST)
    assert ask(port, path, exact, signed(exact)) == (200, "ok")
    chunked = signed(exact) | {"Transfer-Encoding": "chunked"}
    assert ask(port, path, pieces(exact), chunked, chunked=True) == (200, "ok")


@pytest.mark.parametrize("known", [True, False])
def test_over_real_http_too_much_is_refused_with_and_without_a_length(known, desk):
    port, path, _, _ = desk
    path = path if known else "/hooks/none/"
    body = b"x" * (LARGEST + 1)
    assert ask(port, path, body, signed(body))[0] == 413
    chunked = signed(body) | {"Transfer-Encoding": "chunked"}
    assert ask(port, path, pieces(body), chunked, chunked=True)[0] == 413


def test_over_real_http_a_length_alone_is_enough_to_be_refused(desk):
    port, path, _, _ = desk
    with socket.create_connection(("127.0.0.1", port), 10) as line:
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000000\r\n\r\n".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 413 ")


def test_over_real_http_nothing_is_led_elsewhere_and_no_log_holds_the_path(desk):
    port, path, log, _ = desk
    codes = [ask(port, path, BODY, {})[0], ask(port, path.rstrip("/"), BODY, signed())[0]]
    codes += [ask(port, path, BODY, signed() | {"Host": "elsewhere.example.org"})[0]]
    codes += [ask(port, "/hooks/none/", BODY, signed())[0], ask(port, "/", BODY, {})[0]]
    assert codes == [401, 404, 400, 404, 301]
    time.sleep(0.2)
    text = log.read_text()
    assert '"POST /hooks/…/ HTTP/1.1" 401' in text
    assert path.split("/")[2] not in text


def test_over_real_http_a_database_that_is_held_is_a_503_in_less_than_two_seconds(desk):
    import sqlite3

    port, path, _, file = desk
    body = BODY.replace(b'"1"', b'"held"')
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    code, _text = ask(port, path, body, signed(body))
    took = time.monotonic() - began
    holder.execute("ROLLBACK")
    holder.close()
    assert (code, took < 2) == (503, True), took
    assert ask(port, path, body, signed(body))[0] == 200
