"""``manage.py act``: one action, through the very same checks as its page, and carried out at once."""

import json
import sys
from argparse import ArgumentParser
from decimal import Decimal
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from arapp.actions.running import FAILED, Answer, Call, run
from arapp.actions.table import ACTIONS, Action, listed
from arapp.people.models import User
from arapp.receivables.models import Kind, Source
from arapp.receivables.oneline import one_line

NONSENSE = 2
PATIENCE = 30.0
"""Seconds, unless told otherwise."""
LONGEST = 86_400.0


class Command(BaseCommand):
    help = "Do one thing at a source. Exit 0 done; 1 refused, failed or invalid data; 3 unknown or still on its way."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", nargs="?", default="", help="such as payment.create; --list names them all")
        parser.add_argument("source", nargs="?", default="", help="our name of the source")
        parser.add_argument("external_id", nargs="?", default="", help="the service's id of what it concerns")
        parser.add_argument("--data", default="{}", metavar="JSON", help="the action's data, an object")
        parser.add_argument("--document", choices=Kind.values, default=Kind.INVOICE.value, help="which kind it is")
        parser.add_argument("--as", dest="person", default="", metavar="USER", help="who does it")
        parser.add_argument("--output", default="", metavar="FILE", help="where the file of a PDF or a report goes")
        parser.add_argument("--patience", type=float, default=PATIENCE, metavar="SECONDS", help="how long to wait")
        parser.add_argument("--list", action="store_true", help="every action: services, role, schema of its data")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, **options: Any) -> None:
        if options["list"]:
            self._print(listed(), "\n".join(map(_listed_line, listed())), options["json"])
            return
        answer = _answer(_call(options))
        for sentence in answer.warnings:
            self.stderr.write(one_line(sentence))
        self._print(answer.as_json(), _line(answer), options["json"])
        if answer.code:
            sys.exit(answer.code)

    def _print(self, found: Any, lines: str, as_json: bool) -> None:
        self.stdout.write(json.dumps(found, indent=2 if isinstance(found, list) else None) if as_json else lines)


def _answer(call: Call) -> Answer:
    try:
        return run(call)
    except OSError as error:
        reason = f"{call.output or 'The file'}: {error.strerror or error}"
        return Answer("failed", FAILED, None, call.external_id, reason)
    except DatabaseError as error:
        raise CommandError(f"The database cannot be used ({one_line(error)}).", returncode=FAILED) from None


def _call(options: dict[str, Any]) -> Call:
    """The command line, understood; CommandError (2) when it makes no sense."""
    _demand_text(options)
    if not 0 <= options["patience"] <= LONGEST:
        _nonsense(f"Patience is between 0 and {LONGEST:g} seconds.")
    action = _action(options["action"])
    source = Source.objects.filter(name=options["source"].strip()).first()
    if source is None:
        _nonsense(f"There is no source named {one_line(options['source'])}.")
    if bool(action.concerns) != bool(options["external_id"]):
        _nonsense(
            f"{action.name} concerns {action.concerns}; name it by its id." if action.concerns else _unasked(action)
        )
    return Call(
        action=action,
        source=source,
        external_id=options["external_id"],
        document=options["document"],
        data=_data(options["data"]),
        person=_person(options["person"]),
        output=options["output"],
        patience=options["patience"],
    )


def _demand_text(options: dict[str, Any]) -> None:
    try:
        "".join(value for value in options.values() if isinstance(value, str)).encode()
    except UnicodeEncodeError:
        _nonsense("What was given is not valid UTF-8.")


def _action(name: str) -> Action:
    if name not in ACTIONS:
        _nonsense(f"There is no action named {one_line(name)}; --list names them all." if name else "Name an action.")
    return ACTIONS[name]


def _unasked(action: Action) -> str:
    return f"{action.name} concerns nothing that has an id yet."


def _person(name: str) -> User | None:
    person = User.objects.filter(username=name).first() if name else None
    if name and person is None:
        _nonsense(f"There is no user named {one_line(name)}.")
    return person


def _data(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError, ArithmeticError) as error:
        _nonsense(f"The data is not JSON: {one_line(error)}.")


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number")


def _nonsense(sentence: str) -> NoReturn:
    raise CommandError(sentence, returncode=NONSENSE)


def _line(answer: Answer) -> str:
    parts = (answer.intent or "-", answer.state, answer.external_id or "-", answer.error, answer.file)
    return one_line(" ".join(str(part) for part in parts if part))


def _listed_line(row: dict[str, Any]) -> str:
    final = " (cannot be undone)" if row["irreversible"] else ""
    return f"{row['action']}: {', '.join(row['services'])}; {row['role']}{final}"
