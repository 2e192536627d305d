"""``manage.py demo``: the whole desk with stand-ins, from one command."""

import io
import logging
import os
import signal
import sys
import threading
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from arapp.sandbox.arguments import INVOICES, SEED, add_size_arguments, port
from arapp.sandbox.base import Clock, StandIn
from arapp.sandbox.kept import Kept, NotOurs
from arapp.sandbox.server import HOST, PortTaken, Served
from arapp.sandbox.town import build

SOURCES = {"billogram": "Billogram demo", "billover": "BillOver demo", "billomat": "Billomat demo"}
ROLES = ("viewer", "clerk", "approver", "controller", "administrator")
MARK = "ARAPP_DEMO"
INTERVAL = 60


class Command(BaseCommand):
    help = "Try the desk: stand-ins of the three services, a database of its own, users of each role. Ctrl-C ends it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=port, default=8000, help="where the desk answers on 127.0.0.1")
        parser.add_argument("--fresh", action="store_true", help="delete the demo's database file first")
        add_size_arguments(parser, kept=True)

    def handle(self, **options: Any) -> None:
        kept = Kept(Path(settings.DATA_DIR) / "demo.sqlite3")
        if os.environ.get(MARK) != "1":
            self._start_over_in_demo_mode(kept, options)
        # A parent that ignores Ctrl-C (nohup, a script in the background) must not make us ignore it.
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, signal.default_int_handler)
        try:
            with ExitStack() as stack:
                self._run(stack, kept, options)
        except NotOurs as error:
            raise CommandError(str(error), returncode=2) from error
        except KeyboardInterrupt:
            self.stdout.write("")
        self.stdout.write("The demo has ended; its data is kept for the next time.")

    def _start_over_in_demo_mode(self, kept: Kept, options: dict[str, Any]) -> None:
        """Check what can be refused, then run this command again on the demo's own database."""
        try:
            Desk(options["port"]).close()
            with kept.hold():
                kept.check(SOURCES.values())
                if options["fresh"]:
                    kept.delete()
        except NotOurs as error:
            raise CommandError(str(error), returncode=2) from error
        except PortTaken as error:
            raise CommandError(f"{error} Choose another one with --port.") from error
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_URL")}
        environment |= {MARK: "1", "DATABASE_URL": f"sqlite:///{kept.path}", "PYTHONUNBUFFERED": "1"}
        arguments = [part for part in sys.argv if part != "--fresh"]
        os.execve(sys.executable, [sys.executable, *arguments], environment)

    def _run(self, stack: ExitStack, kept: Kept, options: dict[str, Any]) -> None:
        stack.enter_context(kept.hold())
        kept.open()
        desk = Desk(options["port"])
        stack.callback(desk.close)
        call_command("migrate", verbosity=0, interactive=False)
        self._add_users(kept)
        for stand_in in self._stand_ins(kept, options):
            served = Served(stand_in, 0)
            stack.callback(served.close)
            self._connect(served)
        self._sync()
        desk.serve()
        self._introduce(kept, desk)
        call_command("work", interval=INTERVAL)

    def _stand_ins(self, kept: Kept, options: dict[str, Any]) -> list[StandIn]:
        size = {name: self._kept_size(kept, name, options[name], usual) for name, usual in _SIZES}
        clock = Clock(kept.began())
        stand_ins = build(size["seed"], size["invoices"], clock)
        kept.replay(stand_ins, clock)
        clock.follow()
        kept.keep(stand_ins)
        return stand_ins

    def _kept_size(self, kept: Kept, name: str, wanted: int | None, usual: int) -> int:
        stored = int(kept.told(name, str(usual if wanted is None else wanted)))
        if wanted not in (None, stored):
            raise CommandError(
                f"The demo's database was made with --{name} {stored}. Add --fresh to start anew.", returncode=2
            )
        return stored

    def _add_users(self, kept: Kept) -> None:
        for role in ROLES:
            os.environ["ARAPP_DEMO_PASSWORD"] = kept.password(role)
            if kept.told(f"user {role}", "new") == "new":
                call_command(
                    "add_user",
                    role,
                    role=role,
                    email=f"{role}@desk.example.org",
                    password_env="ARAPP_DEMO_PASSWORD",
                    stdout=io.StringIO(),
                )
                kept.tell(f"user {role}", "made")
        del os.environ["ARAPP_DEMO_PASSWORD"]

    def _connect(self, served: Served) -> None:
        service, login = served.stand_in.service, served.stand_in.credentials()
        os.environ["ARAPP_DEMO_SECRET"] = login["secret"]
        call_command(
            "connect",
            SOURCES[service],
            service,
            base_url=served.base_url,
            user=login["user"],
            secret_env="ARAPP_DEMO_SECRET",
            stdout=self.stdout,
        )
        del os.environ["ARAPP_DEMO_SECRET"]

    def _sync(self) -> None:
        try:
            call_command("sync", stdout=self.stdout)
        except SystemExit:
            self.stdout.write("Not everything could be read; the pages say what.")

    def _introduce(self, kept: Kept, desk: "Desk") -> None:
        self.stdout.write(f"\nThe desk answers at {desk.address}\n")
        for role in ROLES:
            self.stdout.write(f"  {role:<14} password {kept.password(role)}")
        self.stdout.write("\nStop with Ctrl-C.")
        self.stdout.flush()


_SIZES = (("invoices", INVOICES), ("seed", SEED))


class Desk:
    """The desk's own web server on the loopback interface. The port is taken at once, pages come with ``serve``."""

    def __init__(self, port: int) -> None:
        from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

        logging.getLogger("django.server").setLevel(logging.ERROR)
        try:
            self._server = ThreadedWSGIServer((HOST, port), WSGIRequestHandler, allow_reuse_address=True)
        except OSError as error:
            raise PortTaken(f"Port {port} of {HOST} is taken or not ours to use ({error.strerror}).") from error
        self._server.daemon_threads = True
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self._server.server_address[1]}/"

    def serve(self) -> None:
        from django.core.wsgi import get_wsgi_application

        self._server.set_app(get_wsgi_application())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        if self._thread:
            self._server.shutdown()
        self._server.server_close()
