"""``manage.py work``: keep reading and telling, forever, until SIGTERM or Ctrl-C."""

import signal
import threading
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand

from arapp.receivables.oneline import one_line
from arapp.upstreams.sealed import warning
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


def _stop(work: Work) -> None:
    """From a thread: the signal may come while the main one holds the lock that setting an event takes."""
    threading.Thread(target=work.stop.set).start()


class Command(BaseCommand):
    help = "Read the sources on an interval and tell the services what was decided, until SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--interval", type=seconds, default=300.0, help="seconds between two readings")

    def handle(self, **options: Any) -> None:
        work = Work(options["interval"], self._say)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: _stop(work))
        self._say(f"Working, every {options['interval']:g} s. Stop with Ctrl-C.")
        if locked := warning():
            self.stderr.write(locked)
        work.run()

    def _say(self, line: str) -> None:
        self.stdout.write(one_line(line))
        self.stdout.flush()
