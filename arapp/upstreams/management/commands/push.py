"""``manage.py push``: tell the services what was decided, and look again at lost answers."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count

from arapp.outbox.models import Intent, IntentState
from arapp.receivables.oneline import one_line
from arapp.upstreams.push import Pushed, push
from arapp.upstreams.switching import sendable

FINE = (IntentState.DONE, IntentState.SUPERSEDED)
SWITCHED = {None: "not connected", True: "paused", False: "watched only"}
"""By whether the source is paused; None without a connection."""


class Command(BaseCommand):
    help = "Carry out what is due and look again at what is unknown. Exit 1 when something did not arrive."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one array instead of lines")

    def handle(self, **options: Any) -> None:
        pushed = push()
        if options["json"]:
            self.stdout.write(json.dumps([one.as_json() for one in pushed], indent=2))
        else:
            for line in [*map(_line, pushed), *_held()] or ["Nothing is waiting to be told."]:
                self.stdout.write(one_line(line))
        if any(one.state not in FINE for one in pushed):
            sys.exit(1)


def _line(one: Pushed) -> str:
    return f"{one.intent} {one.source} {one.kind} {one.invoice}: {one.state} {one.error}".rstrip()


def _held() -> list[str]:
    """What waits because its source is switched off, a line for each source."""
    waiting = Intent.objects.filter(state=IntentState.PENDING)
    held = waiting.exclude(pk__in=sendable(waiting).values("pk"))
    rows = held.order_by("source__name").values_list("source__name", "source__connection__paused")
    counted = rows.annotate(count=Count("pk"))
    return [f"{name} is {SWITCHED[paused]}; waiting to be told: {count}." for name, paused, count in counted]
