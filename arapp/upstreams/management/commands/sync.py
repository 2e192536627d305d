"""``manage.py sync``: read sources into the desk, one after the other."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from arapp.receivables.models import Source
from arapp.receivables.oneline import one_line
from arapp.upstreams.bar import Bar
from arapp.upstreams.models import RunStatus
from arapp.upstreams.pull import Options, Report, pull
from arapp.upstreams.switching import NotConnected, connected


class Command(BaseCommand):
    help = "Read the named sources, or all, into the desk. Exit 0 when all are ok, 1 when not, 2 for an unknown name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME")
        parser.add_argument("--full", action="store_true", help="read everything, whatever was read before")
        parser.add_argument("--json", action="store_true", help="print one array instead of sentences")
        parser.add_argument("--accept-gone", action="store_true", help="mark as gone even if it is many at once")

    def handle(self, **options: Any) -> None:
        reports = [self._read(source, options) for source in self._sources(options["names"])]
        if options["json"]:
            self.stdout.write(json.dumps([report.as_json() for report in reports], indent=2))
        elif not reports:
            self.stdout.write("No source is connected yet. Start with: manage.py connect NAME SERVICE")
        if any(report.status != RunStatus.OK for report in reports):
            sys.exit(1)

    def _sources(self, names: list[str]) -> list[Source]:
        try:
            return connected(names)
        except NotConnected as error:
            raise CommandError(one_line(error), returncode=2) from None

    def _read(self, source: Source, options: dict[str, Any]) -> Report:
        bar = Bar(source.name, sys.stderr)
        report = pull(source, Options(options["full"], options["accept_gone"], progress=bar))
        bar.close()
        if not options["json"]:
            self.stdout.write(one_line(sentence(report)))
        return report


def sentence(report: Report) -> str:
    """One line for people: what a run did, and what went wrong if anything did."""
    figures = (
        f"{report.source} ({report.service}): {report.status}, {report.fetched} fetched, {report.created} created, "
        f"{report.changed} changed, {report.unchanged} unchanged, {report.gone} gone, "
        f"{report.quarantined} quarantined, {report.requests} requests, {report.seconds:.1f} s."
    )
    return f"{figures} {report.error}".strip()
