"""A worker whose database server is restarted in the middle of its work: its own process, its own server."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from arapp.sandbox.billover import Billover
from arapp.sandbox.server import Served

ROOT = Path(__file__).resolve().parents[2]
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
WITHIN = 5.0
"""Seconds from the moment the database is back."""
PATIENCE = 120.0

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only true on PostgreSQL"),
    pytest.mark.skipif(not BINARIES, reason="there is no initdb"),
]

APPROVE_ONE = """
from arapp.approvals.models import Approval
from arapp.people.models import User
person = User.objects.get(username="petra")
for one in Approval.objects.filter(state="waiting").select_related("invoice__source", "invoice__owner"):
    if not one.why_not("approve", person):
        one.approve(person, one.invoice.digest)
        break
"""


class Server:
    """A PostgreSQL server of our own; at a ``restart`` every connection breaks, and it recovers from its log."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bin = folder, BINARIES[-1].parent
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        if os.geteuid() == 0:
            shutil.chown(folder, pwd.getpwnam("postgres").pw_uid)
        self.restarts: list[float] = []

    def run(self, program: str, *args: str) -> None:
        owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*owner, str(self.bin / program), "-D", str(self.folder / "db"), *args]
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL, timeout=PATIENCE)

    def start(self) -> None:
        self.run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        self.run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def restart(self) -> None:
        self.run("pg_ctl", "-w", "-m", "immediate", "-l", str(self.folder / "log"), "restart")
        self.restarts.append(time.monotonic())

    def stop(self) -> None:
        self.run("pg_ctl", "-m", "immediate", "stop")

    def ask(self, sql: str) -> list[tuple]:
        import psycopg

        with psycopg.connect(host="127.0.0.1", port=self.port, user="postgres", dbname="postgres") as db:
            return db.execute(sql).fetchall()


class Desk:
    """A desk in processes of its own on that server, reading one stand-in over HTTP."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.stand_in = server, Billover(invoices=40)
        self.served = Served(self.stand_in, 0)
        secret = self.stand_in.credentials()["secret"]
        self.env = os.environ | {
            "DATABASE_URL": f"postgres://postgres@127.0.0.1:{server.port}/postgres",
            "ARAPP_DATA": str(folder),
            "DEBUG": "True",
            "BILLOVER_KEY": secret,
            "PETRA": "a-good-password",
        }
        self.env.pop("DJANGO_SETTINGS_MODULE", None)

    def command(self, *args: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *args]

    def manage(self, *args: str) -> None:
        subprocess.run(
            self.command(*args), check=True, env=self.env, cwd=ROOT, stdout=subprocess.DEVNULL, timeout=PATIENCE
        )

    def set_up(self) -> None:
        self.manage("migrate", "-v0")
        self.manage("connect", "b", "billover", "--base-url", self.served.base_url, "--secret-env", "BILLOVER_KEY")

    def work(self) -> subprocess.Popen:
        return subprocess.Popen(self.command("work", "--interval", "3600"), env=self.env, cwd=ROOT)

    def restart_at(self, holds: Callable[[object], bool]) -> list[float]:
        """Restart the server during the first call that holds; the list gets the moments of the calls after that."""
        after: list[float] = []

        def hook(request: object) -> None:
            if self.server.restarts:
                after.append(time.monotonic())
            elif holds(request):
                self.server.restart()

        self.stand_in.before_request = hook
        return after


@pytest.fixture
def desk() -> Iterator[Desk]:
    folder = Path(tempfile.mkdtemp(prefix="desk-recovery-"))
    (folder / "server").mkdir()
    folder.chmod(0o755)
    server = Server(folder / "server")
    server.start()
    desk = Desk(server, folder / "data")
    try:
        desk.set_up()
        yield desk
    finally:
        desk.served.close()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def worker(desk: Desk) -> Iterator[subprocess.Popen]:
    process = desk.work()
    yield process
    process.terminate()
    assert process.wait(PATIENCE) == 0


def until(holds: Callable[[], bool]) -> float:
    """The moment from which it holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never held"
        time.sleep(0.05)
    return time.monotonic()


def statuses(desk: Desk) -> list[str]:
    return [status for (status,) in desk.server.ask("SELECT status FROM upstreams_pullrun ORDER BY id")]


def test_a_run_during_which_the_database_was_restarted_is_begun_again_within_five_seconds(desk, request):
    calls: list[int] = []
    after = desk.restart_at(lambda call: calls.append(1) or len(calls) == 4)
    request.getfixturevalue("worker")
    until(lambda: bool(desk.server.restarts))
    until(lambda: "ok" in statuses(desk))
    waited = after[0] - desk.server.restarts[0]
    print(f"\nread again {waited:.2f} s after the database was back")
    assert waited < WITHIN
    assert statuses(desk) == ["failed", "ok"]
    [(read,)] = desk.server.ask("SELECT count(*) FROM receivables_invoice WHERE gone_at IS NULL")
    assert read == 40


def test_a_decision_during_whose_push_the_database_was_restarted_arrives_once_within_five_seconds(desk, request):
    desk.manage("sync")
    desk.manage("add_user", "petra", "--role", "approver", "--password-env", "PETRA")
    desk.manage("shell", "-c", APPROVE_ONE)
    after = desk.restart_at(lambda call: True)
    request.getfixturevalue("worker")
    until(lambda: bool(desk.server.restarts))
    until(lambda: desk.server.ask("SELECT state FROM outbox_intent") == [("done",)])
    waited = after[0] - desk.server.restarts[0]
    print(f"\ntold again {waited:.2f} s after the database was back")
    assert waited < WITHIN
    assert len([write for write in desk.stand_in.journal if write.path.endswith("/approve")]) == 1
