"""Add a person to the desk; the password comes from the environment or is asked for, never from the command line."""

import os
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, IntegrityError, transaction

from arapp.people.models import Role, User

REFUSED = 2


class Command(BaseCommand):
    help = "Adds a person with a role. The password is read from --password-env, else asked for without echo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what the person signs in with")
        parser.add_argument("--role", required=True, help=", ".join(Role.values))
        parser.add_argument("--email", default="")
        parser.add_argument("--password-env", metavar="VAR", help="environment variable that holds the password")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User(username=options["name"].strip(), email=options["email"].strip(), role=options["role"])
        try:
            self._add(user, options["password_env"])
        except UnicodeEncodeError:
            raise _refusal("Name, e-mail address and password must be valid UTF-8. Nothing was stored.") from None
        except DatabaseError as error:
            raise CommandError(f"The database cannot be used ({error}). Was `manage.py migrate` run?") from None
        self.stdout.write(f"{user.username} can sign in as {user.get_role_display().lower()}.")

    def _add(self, user: User, variable: str | None) -> None:
        _check_fields(user)
        user.set_password(_password(user, variable))
        try:
            with transaction.atomic():
                user.take_role(user.role)
        except IntegrityError:
            raise _refusal(_taken(user)) from None


def _refusal(sentence: str) -> CommandError:
    return CommandError(sentence, returncode=REFUSED)


def _taken(user: User) -> str:
    return f"There is already a user called {user.username}. Nothing was stored."


def _check_fields(user: User) -> None:
    if user.role not in Role.values:
        raise _refusal(f"“{user.role}” is not a role. Roles are {', '.join(Role.values)}. Nothing was stored.")
    if User.objects.filter(username__iexact=user.username).exists():
        raise _refusal(_taken(user))
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        names = {"username": "Name", "email": "E-mail address"}
        problems = [f"{names.get(field, field)}: {' '.join(texts)}" for field, texts in error.message_dict.items()]
        raise _refusal(f"{'; '.join(problems)} Nothing was stored.") from None


def _password(user: User, variable: str | None) -> str:
    password = _asked() if variable is None else _from_environment(variable)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise _refusal(f"{' '.join(error.messages)} Nothing was stored.") from None
    return password


def _from_environment(variable: str) -> str:
    password = os.environ.get(variable, "")
    if not password:
        raise _refusal(f"The environment variable {variable} is empty or not set. Nothing was stored.")
    return password


def _asked() -> str:
    try:
        password, again = getpass("Password: "), getpass("Password again: ")
    except (EOFError, KeyboardInterrupt, OSError, UnicodeError):
        raise _refusal("No password was given. Nothing was stored.") from None
    if password != again:
        raise _refusal("The two passwords differ. Nothing was stored.")
    return password
