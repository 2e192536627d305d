"""``manage.py source``: pause a source, only watch it, disconnect it; and back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from arapp.receivables.models import Source
from arapp.receivables.oneline import one_line
from arapp.upstreams.models import Connection
from arapp.upstreams.switching import ACTIONS, switch

PATIENCE = 15.0
"""Seconds to wait for what is just being sent."""

HELP = {
    "pause": "read nothing and send nothing",
    "resume": "end the pause",
    "watch-only": "read, and send nothing; decisions wait",
    "writes": "send again what is decided",
    "disconnect": "forget the credentials and keep the history",
}


class Command(BaseCommand):
    help = "Switch a source off or on. Exit 0 when it is so, 2 for an unknown name or not exactly one option."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME")
        one = parser.add_mutually_exclusive_group(required=True)
        for action in ACTIONS:
            one.add_argument(f"--{action}", action="store_true", help=HELP[action])

    def handle(self, **options: Any) -> None:
        action = next(action for action in ACTIONS if options[action.replace("-", "_")])
        source = Source.objects.filter(name=options["name"].strip()).first()
        if source is None:
            raise CommandError(f"There is no source named {one_line(options['name'])}.", returncode=2)
        if action != "disconnect" and not Connection.objects.filter(source=source).exists():
            raise CommandError(f"{one_line(source.name)} is not connected; nothing to switch.", returncode=2)
        self.stdout.write(one_line(switch(source, action, PATIENCE)))
