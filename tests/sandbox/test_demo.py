"""The demo and the sandbox as processes, as a newcomer starts them."""

import contextlib
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from arapp.people.models import Role

ROOT = Path(__file__).resolve().parent.parent.parent
ANSWERS = re.compile(r"answers at (http://\S+)")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(data: Path, *arguments: str) -> subprocess.Popen:
    clean = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "DEBUG")}
    environment = clean | {"ARAPP_DATA": str(data), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def run(data: Path, *arguments: str) -> tuple[int, str]:
    process = start(data, *arguments)
    out, _ = process.communicate(timeout=60)
    return process.returncode, out


@contextlib.contextmanager
def demo(data: Path, *arguments: str) -> Iterator[tuple[str, str]]:
    """A running demo: its address and what it printed; ended by Ctrl-C."""
    process = start(data, "demo", "--port", str(free_port()), *arguments)
    printed = ""
    for line in process.stdout:
        printed += line
        if "Stop with Ctrl-C" in line:
            break
    assert "answers at" in printed, printed
    try:
        yield ANSWERS.search(printed).group(1), printed
    finally:
        process.send_signal(signal.SIGINT)
        try:
            rest, _ = process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        assert process.returncode == 0, rest
        assert "Traceback" not in printed + rest, printed + rest


def sign_in(client: httpx.Client, printed: str, role: str) -> None:
    password = re.search(rf"^\s+{role}\s+password (\S+)$", printed, re.MULTILINE).group(1)
    client.get("accounts/login/")
    form = {"username": role, "password": password, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
    answer = client.post("accounts/login/", data=form, headers={"Referer": str(client.base_url)})
    assert answer.status_code == 302, answer.text


def test_a_newcomer_signs_in_decides_and_finds_the_decision_again_after_a_restart(tmp_path: Path):
    with demo(tmp_path, "--invoices", "45") as (address, printed), httpx.Client(base_url=address) as client:
        assert client.get("invoices/").status_code == 302
        sign_in(client, printed, "approver")
        page = client.get("invoices/", params={"approval": "waiting", "service": "billover", "state": "open"})
        assert "Demo" in page.text
        pk = re.search(r"/invoices/(\d+)/", page.text).group(1)
        detail = client.get(f"invoices/{pk}/").text
        digest = re.search(r'name="digest" value="([0-9a-f]{64})"', detail).group(1)
        form = {"digest": digest, "note": "", "csrfmiddlewaretoken": client.cookies["csrftoken"]}
        answer = client.post(f"invoices/{pk}/approve/", data=form, headers={"Referer": address})
        assert answer.status_code in (200, 302), answer.text
        for _ in range(40):
            with sqlite3.connect(tmp_path / "demo.sqlite3") as file:
                state = file.execute("SELECT state FROM outbox_intent").fetchone()[0]
            if state == "done":
                break
            time.sleep(0.25)
        assert state == "done"
    with demo(tmp_path) as (_address, printed):
        assert " 0 created, 0 changed" in printed or "1 changed" in printed
        with sqlite3.connect(tmp_path / "demo.sqlite3") as file:
            row = file.execute("SELECT state FROM approvals_approval WHERE invoice_id = ?", (pk,)).fetchone()
            count = file.execute("SELECT COUNT(*) FROM approvals_decision WHERE origin = 'service'").fetchone()
        assert (row, count) == (("approved",), (0,))


def test_there_is_one_user_of_each_role(tmp_path: Path):
    with demo(tmp_path, "--invoices", "0") as (address, printed), httpx.Client(base_url=address) as client:
        assert re.findall(r"^\s+(\w+)\s+password", printed, re.MULTILINE) == Role.values
        sign_in(client, printed, "clerk")
        assert client.get("customers/new/").status_code == 200


def test_a_database_with_foreign_sources_is_refused_and_left_alone(tmp_path: Path):
    with sqlite3.connect(tmp_path / "demo.sqlite3") as file:
        file.execute("CREATE TABLE sandbox_told (name TEXT)")
        file.execute("CREATE TABLE receivables_source (name TEXT, stand_in BOOL)")
        file.execute("INSERT INTO receivables_source VALUES ('Our real one', 0)")
    before = (tmp_path / "demo.sqlite3").read_bytes()
    for options in ((), ("--fresh",)):
        code, out = run(tmp_path, "demo", "--port", str(free_port()), *options)
        assert (code, "Our real one" in out, "Traceback" in out) == (2, True, False), out
    assert (tmp_path / "demo.sqlite3").read_bytes() == before


@pytest.mark.parametrize("content", [b"no database at all " * 100, b""], ids=["garbage", "empty"])
def test_a_file_that_is_no_database_is_refused_with_a_sentence(tmp_path: Path, content: bytes):
    (tmp_path / "demo.sqlite3").write_bytes(content)
    if content:
        code, out = run(tmp_path, "demo", "--port", str(free_port()))
        assert (code, "Traceback" in out) == (2, False), out
    else:
        with demo(tmp_path, "--invoices", "0"):
            pass


def test_other_sizes_than_the_kept_ones_are_refused_until_asked_for_afresh(tmp_path: Path):
    with demo(tmp_path, "--invoices", "9"):
        pass
    code, out = run(tmp_path, "demo", "--port", str(free_port()), "--invoices", "12")
    assert (code, "--fresh" in out) == (2, True), out
    (tmp_path / "other-file").write_text("stays")
    with demo(tmp_path, "--invoices", "12", "--fresh") as (_address, printed):
        assert "created" in printed
    assert (tmp_path / "other-file").exists()


def test_a_second_demo_on_the_same_database_is_refused_while_the_first_runs(tmp_path: Path):
    with demo(tmp_path, "--invoices", "0"):
        code, out = run(tmp_path, "demo", "--port", str(free_port()))
        assert (code, "Another demo" in out, "Traceback" in out) == (2, True, False), out


def test_a_taken_port_gets_a_sentence(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for command in ("demo", "sandbox"):
            code, out = run(tmp_path, command, "--port", port)
            assert (code, port in out, "Traceback" in out) == (1, True, False), out


@pytest.mark.parametrize("arguments", [("--port", "70000"), ("--invoices", "-1"), ("--invoices", "many")])
def test_nonsense_on_the_command_line_is_refused(tmp_path: Path, arguments: tuple[str, ...]):
    code, out = run(tmp_path, "sandbox", *arguments)
    assert (code, "Traceback" in out) == (2, False)


def test_the_sandbox_prints_addresses_and_credentials_that_work(tmp_path: Path):
    process = start(tmp_path, "sandbox", "--port", "0", "--invoices", "7")
    try:
        lines = [process.stdout.readline() for _ in range(3)]
        found = dict(re.match(r"(\w+): (\S+)", line).groups() for line in lines)
        assert set(found) == {"billogram", "billover", "billomat"}
        secret = re.search(r"secret (\S+)", lines[1]).group(1)
        answer = httpx.get(f"{found['billover']}/invoices/", headers={"Api-Key": secret})
        assert answer.json()["count"] == 2
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode == 0
