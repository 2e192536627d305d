"""``manage.py rotate_key``: a new key for the stored secrets, while the desk runs on."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from arapp.receivables.oneline import one_line
from arapp.upstreams.sealed import bring_under_newest, unopened

ATTEMPTS = 3
SETTLES = 1.0
"""Seconds in which what was encrypted with the key before is stored by whoever did it."""


class Command(BaseCommand):
    help = (
        "Encrypt every stored secret with a new key. Where ENCRYPTION_KEY is not set, the key is made and put into "
        "the desk's file; otherwise put a new one in front of ENCRYPTION_KEY and restart all processes first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--forget", action="store_true", help="remove the older keys once nothing needs them")

    def handle(self, **options: Any) -> None:
        keys = settings.ENCRYPTION_KEYS
        if isinstance(keys, list):
            self._encrypt()
            self._advise(keys)
            return
        try:
            with keys.alone():
                self._rotate(keys, options["forget"])
        except BlockingIOError:
            raise CommandError("Another process is rotating the key at this moment.") from None

    def _rotate(self, keys: Any, forget: bool) -> None:
        """The new key is in the file before anything is encrypted with it; cut off anywhere, a second run heals."""
        keys.add()
        self._encrypt()
        if forget:
            self._forget(keys)
        else:
            self.stdout.write(f"{keys.path} keeps the older keys too; rotate_key --forget removes them.")

    def _encrypt(self) -> None:
        count, lost = bring_under_newest()
        if lost:
            names = ", ".join(map(one_line, lost))
            raise CommandError(
                f"None of the keys opens the stored secrets of {names}: put the key they need behind the others and "
                "run this again, or connect them anew. No key was removed."
            )
        self.stdout.write(f"{count} stored secrets were encrypted anew; all are under the newest key.")

    def _forget(self, keys: Any) -> None:
        """What somebody stored in the last moment may still need an older key: then they all are put back."""
        held = list(keys)
        for _attempt in range(ATTEMPTS):
            time.sleep(SETTLES)
            bring_under_newest()
            keys.replace(held[:1])
            if not unopened():
                self.stdout.write(f"{len(held) - 1} older keys were removed from {keys.path}.")
                return
            keys.replace(held)
        raise CommandError("Secrets are being stored just now; the older keys were kept. Run this again.")

    def _advise(self, keys: list[str]) -> None:
        if len(keys) > 1:
            self.stdout.write("The keys behind the first one can be removed from ENCRYPTION_KEY; restart then.")
        else:
            self.stdout.write("ENCRYPTION_KEY holds one key. For another, put a new one in front of it and restart.")
