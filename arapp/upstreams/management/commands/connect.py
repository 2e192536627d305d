"""``manage.py connect``: an account of ours at a service becomes a source of the desk."""

import getpass
import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from arapp.receivables.models import CountsAs, Source
from arapp.receivables.oneline import one_line
from arapp.receivables.words import DELIVERY_METHODS
from arapp.upstreams.base import Login
from arapp.upstreams.connecting import Refused, Wish, connect
from arapp.upstreams.management.commands.source import SECOND_PERSON
from arapp.upstreams.registry import ADAPTERS


class Command(BaseCommand):
    help = "Connect an account at Billogram, BillOver or Billomat. The secret never stands on the command line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="our name for this source")
        parser.add_argument("service", help=f"one of {', '.join(ADAPTERS)}")
        parser.add_argument("--base-url", default="", help="another address than the service's own")
        parser.add_argument("--user", default="", help="Billogram: the API user; Billomat: the Billomat id")
        parser.add_argument("--secret-env", metavar="VAR", help="the environment variable that holds the secret")
        parser.add_argument("--delivery-method", help=f"Billogram, on approval: {', '.join(DELIVERY_METHODS)}")
        parser.add_argument("--counts-as", choices=CountsAs.values, help="other: listed, but never owed or overdue")
        parser.add_argument("--second-person", metavar="WHEN", help=SECOND_PERSON)
        parser.add_argument("--terms-days", type=int, help="BillOver: days from invoice date to due date")

    def handle(self, **options: Any) -> None:
        login = Login(
            secret=self._secret(options["secret_env"]),
            user=options["user"].strip(),
            base_url=options["base_url"].strip(),
        )
        wish = Wish(
            name=options["name"].strip(),
            service=options["service"].strip().lower(),
            login=login,
            delivery_method=options["delivery_method"],
            counts_as=options["counts_as"],
            terms_days=options["terms_days"],
            second_person=options["second_person"],
        )
        try:
            source = connect(wish)
        except Refused as error:
            raise CommandError(str(error), returncode=2) from error
        whose = source.account_name or source.account or "an account that does not tell its name"
        ends = source.connection.secret_tail
        twins = Source.objects.filter(service=source.service, account=source.account).exclude(pk=source.pk)
        if source.account and twins.exists():
            self.stderr.write(f"This account is connected as {twins[0].name} too: what it is owed now counts twice.")
        tail = f", secret ending in {ends}" if ends else ""
        self.stdout.write(f"{source.name}: connected to {source.service}, {whose}{tail}.{_switched(source)}")

    def _secret(self, variable: str | None) -> str:
        if variable is None:
            try:
                return getpass.getpass("Secret (not shown): ").strip()
            except (EOFError, KeyboardInterrupt):
                raise CommandError("No secret was given; nothing was stored.", returncode=2) from None
        if variable not in os.environ:
            raise CommandError(
                f"The environment has no variable {one_line(variable)}; nothing was stored.", returncode=2
            )
        return os.environ[variable].strip()


def _switched(source: Source) -> str:
    """New credentials leave a pause as it is."""
    if source.connection.paused:
        return f" It stays paused; to end that: manage.py source {source.name!r} --resume"
    if source.connection.watch_only:
        return f" It stays watched only; to end that: manage.py source {source.name!r} --writes"
    return ""
