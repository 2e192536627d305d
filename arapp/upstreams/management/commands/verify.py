"""``manage.py verify``: compare what the desk holds with what the services say."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from arapp.receivables.models import Source
from arapp.receivables.oneline import one_line
from arapp.upstreams.bar import Bar
from arapp.upstreams.models import Connection, Verification, VerificationStatus
from arapp.upstreams.switching import NotConnected, connected
from arapp.upstreams.verify import verify

PATIENCE = 60.0
"""Seconds to wait for a reading of the source that is under way."""
SAID = {VerificationStatus.SAME: "they agree", VerificationStatus.DIFFERENT: "they differ"}


class Command(BaseCommand):
    help = (
        "Compare the named sources, or all, with their services: counts and sums, every difference by id. "
        "Exit 0 when all agree, 1 when something differs or failed, 2 for an unknown name."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME")
        parser.add_argument("--json", action="store_true", help="print one array instead of sentences")

    def handle(self, **options: Any) -> None:
        found = [self._verify(source, options["json"]) for source in self._sources(options["names"])]
        if options["json"]:
            self.stdout.write(json.dumps([as_json(row) for row in found], indent=2))
        elif not found:
            self.stdout.write("No source is connected yet. Start with: manage.py connect NAME SERVICE")
        if any(row.status != VerificationStatus.SAME and not _is_paused(row.source) for row in found):
            sys.exit(1)

    def _sources(self, names: list[str]) -> list[Source]:
        try:
            return connected(names)
        except NotConnected as error:
            raise CommandError(one_line(error), returncode=2) from None

    def _verify(self, source: Source, as_json: bool) -> Verification:
        bar = Bar(source.name, sys.stderr)
        row = verify(source, patience=PATIENCE, progress=bar)
        bar.close()
        if not as_json:
            for line in sentences(row):
                self.stdout.write(one_line(line))
        return row


def _is_paused(source: Source) -> bool:
    return Connection.objects.filter(source=source, paused=True).exists()


def as_json(row: Verification) -> dict[str, Any]:
    return {
        "source": row.source.name,
        "service": row.source.service,
        "status": str(row.status),
        "figures": row.figures,
        "differences": row.differences,
        "error": row.error,
    }


def sentences(row: Verification) -> list[str]:
    """For people: how it ended, both sides by kind and currency, then the differences by id."""
    words = SAID.get(row.status, str(row.status))
    head = f"{row.source.name} ({row.source.service}): {words}, {row.requests} requests. {row.error}".strip()
    return [head, *map(_figures, row.figures), *map(_difference, row.differences)]


def _figures(told: dict[str, Any]) -> str:
    here, there = told["here"], told["there"]
    sides = [f"{name} {here[name]} here, {there[name]} there" for name in ("count", "gross", "open") if name in here]
    return f"  {told['kind']} {told['currency']}".rstrip() + f": {'; '.join(sides)}"


def _difference(told: dict[str, str]) -> str:
    name = f"  {told['kind']} {told['external_id']} {told['number']}".rstrip()
    return f"{name}: {told['what']} (here: {told['here'] or '–'}, there: {told['there'] or '–'})"
