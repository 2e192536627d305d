"""``manage.py hook``: where a service tells the desk that something happened, and the key that proves it."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from arapp.receivables.models import Service, Source
from arapp.receivables.oneline import one_line
from arapp.upstreams.hook_keys import Refused, path_of, prepare
from arapp.upstreams.models import Hook
from arapp.upstreams.secrets import SecretLost

ENTER = {
    Service.BILLOGRAM: "At Billogram, as the callback URL of the account: the https address of your desk with "
    "this path behind it, and the signing key beside it.",
    Service.BILLOMAT: "At Billomat, under Settings, Webhooks: the https address of your desk with this path "
    "behind it, once for each event of invoices, credit notes, their payments and comments, and clients; "
    "format JSON or XML, user “hook”, and the key as its password.",
}


class Command(BaseCommand):
    help = "Print the path of a source's hook, made on first use, and set the key that hooks are proved with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="our name of the source")
        parser.add_argument("--rotate", action="store_true", help="a new path; the old one and its key hold a day")
        parser.add_argument(
            "--secret-env",
            metavar="VAR",
            help="the environment variable with the key: Billogram's signing key, at Billomat the password of “hook”",
        )

    def handle(self, **options: Any) -> None:
        source = self._source(options["name"])
        try:
            hook = prepare(source, self._key(options["secret_env"]), rotate=options["rotate"])
        except (Refused, SecretLost) as error:
            raise CommandError(f"{one_line(error)} Nothing was changed.", returncode=2) from error
        self.stdout.write(path_of(hook))
        for line in _advice(source, hook):
            self.stderr.write(line)

    def _source(self, name: str) -> Source:
        source = Source.objects.filter(name=name.strip()).first()
        if source is None:
            raise CommandError(f"There is no source named {one_line(name)}.", returncode=2)
        return source

    def _key(self, variable: str | None) -> str | None:
        if variable is None:
            return None
        key = os.environ.get(variable, "").strip()
        if not key:
            problem = "is empty" if variable in os.environ else "is not set"
            named = f"The environment variable {one_line(variable)}"
            raise CommandError(f"{named} {problem}; nothing was changed.", returncode=2)
        return key


def _advice(source: Source, hook: Hook) -> list[str]:
    lines = [ENTER[source.service]]
    if not hook.key:
        lines.append("No key is set yet: every hook is refused until one is (--secret-env VAR).")
    if hook.old_until and hook.old_until > timezone.now():
        what = "path and key before this rotation are" if hook.old_key else "path before this rotation is"
        lines.append(f"The {what} accepted until {hook.old_until:%Y-%m-%d %H:%M} UTC.")
    return lines
