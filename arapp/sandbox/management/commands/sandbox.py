"""``manage.py sandbox``: the three services as local stand-ins, to try integrations against."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from arapp.sandbox.arguments import add_size_arguments, port
from arapp.sandbox.server import PortTaken, Served
from arapp.sandbox.town import build


class Command(BaseCommand):
    help = "Serve stand-ins of Billogram, BillOver and Billomat on three ports of this machine, until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=port, default=9100, help="the first of three ports; 0 takes free ones")
        add_size_arguments(parser)

    def handle(self, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        served: list[Served] = []
        try:
            for number, stand_in in enumerate(build(options["seed"], options["invoices"])):
                served.append(Served(stand_in, options["port"] and options["port"] + number))
            self._introduce(served)
            stop.wait()
        except PortTaken as error:
            raise CommandError(str(error)) from error
        finally:
            for one in served:
                one.close()

    def _introduce(self, served: list[Served]) -> None:
        for one in served:
            login = one.stand_in.credentials()
            user = f" user {login['user']}" if login["user"] else ""
            self.stdout.write(f"{one.stand_in.service}: {one.base_url}{user} secret {login['secret']}")
        self.stdout.write("Stop with Ctrl-C.")
        self.stdout.flush()
