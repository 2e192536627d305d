"""``manage.py push``: tell the services what was decided, and look again at lost answers."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from arapp.outbox.models import IntentState
from arapp.upstreams.push import Pushed, push

FINE = (IntentState.DONE, IntentState.SUPERSEDED)


class Command(BaseCommand):
    help = "Carry out what is due and look again at what is unknown. Exit 1 when something did not arrive."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one array instead of lines")

    def handle(self, **options: Any) -> None:
        pushed = push()
        if options["json"]:
            self.stdout.write(json.dumps([one.as_json() for one in pushed], indent=2, ensure_ascii=False))
        elif not pushed:
            self.stdout.write("Nothing is waiting to be told.")
        else:
            for one in pushed:
                self.stdout.write(_line(one))
        if any(one.state not in FINE for one in pushed):
            sys.exit(1)


def _line(one: Pushed) -> str:
    return f"{one.intent} {one.source} {one.kind} {one.invoice}: {one.state} {one.error}".rstrip()
