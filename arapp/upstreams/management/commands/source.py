"""``manage.py source``: pause a source, only watch it, disconnect it, and back; whether two people are needed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from arapp.receivables.models import Source
from arapp.receivables.money import AmountError
from arapp.receivables.oneline import one_line
from arapp.receivables.sources import read_second_person
from arapp.upstreams.models import Connection
from arapp.upstreams.switching import ACTIONS, switch

PATIENCE = 15.0
"""Seconds to wait for what is just being sent."""

SECOND_PERSON = "always, never, or the amount above which somebody else has to issue and credit: “1000.00 SEK”"

HELP = {
    "pause": "read nothing and send nothing",
    "resume": "end the pause",
    "watch-only": "read, and send nothing; what was asked for waits",
    "writes": "send again what is decided",
    "disconnect": "forget the credentials and keep the history",
}


class Command(BaseCommand):
    help = "Change a source. Exit 0 when it is so, 2 for an unknown name or not exactly one option."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME")
        one = parser.add_mutually_exclusive_group(required=True)
        for action in ACTIONS:
            one.add_argument(f"--{action}", action="store_true", help=HELP[action])
        one.add_argument("--second-person", metavar="WHEN", help=SECOND_PERSON)

    def handle(self, **options: Any) -> None:
        source = Source.objects.filter(name=options["name"].strip()).first()
        if source is None:
            raise CommandError(f"There is no source named {one_line(options['name'])}.", returncode=2)
        if options["second_person"] is not None:
            self.stdout.write(one_line(_ask_second_person(source, options["second_person"])))
            return
        action = next(action for action in ACTIONS if options[action.replace("-", "_")])
        if action != "disconnect" and not Connection.objects.filter(source=source).exists():
            raise CommandError(f"{one_line(source.name)} is not connected; nothing to switch.", returncode=2)
        self.stdout.write(one_line(switch(source, action, PATIENCE)))


def _ask_second_person(source: Source, when: str) -> str:
    try:
        source.ask_second_person(*read_second_person(when))
    except AmountError as error:
        raise CommandError(f"{error} Choose {SECOND_PERSON}.", returncode=2) from error
    words = str(source.second_person_words)
    return f"{source.name}: a second person is needed: {words[:1].lower()}{words[1:]}."
