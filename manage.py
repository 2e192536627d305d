#!/usr/bin/env python3
"""Django's command line for the receivables desk."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arapp.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import DatabaseError
    except ImportError:
        sys.exit(
            "Django is not installed in this Python. Run the line from the README that creates .venv, "
            "then use .venv/bin/python manage.py …"
        )
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        print(f"The settings do not fit: {_shown(error)}", file=sys.stderr)
        sys.exit(2)
    except DatabaseError as error:
        print(f"The database does not do what was asked: {_shown(error)}".strip(), file=sys.stderr)
        print("If it was never prepared, run: manage.py migrate", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(1)


def _shown(error: Exception) -> str:
    """Its text, in which what came from outside keeps to its line."""
    from arapp.receivables.oneline import one_line

    return "\n".join(one_line(line.strip()) for line in str(error).splitlines())


if __name__ == "__main__":
    main()
