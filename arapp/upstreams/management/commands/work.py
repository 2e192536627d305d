"""``manage.py work``: keep reading and telling, forever, until SIGTERM or Ctrl-C."""

import signal
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand

from arapp.upstreams.working import Work


def seconds(text: str) -> float:
    """A positive number of seconds; argparse's error otherwise."""
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 1 <= value <= 86_400:
        raise ArgumentTypeError(f"{text} is not a number of seconds from 1 to 86400.")
    return value


class Command(BaseCommand):
    help = "Read the sources on an interval and tell the services what was decided, until SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--interval", type=seconds, default=300.0, help="seconds between two readings")

    def handle(self, **options: Any) -> None:
        work = Work(options["interval"], self._say)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: work.stop.set())
        self._say(f"Working, every {options['interval']:g} s. Stop with Ctrl-C.")
        work.run()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
