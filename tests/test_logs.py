"""What a log shows: one line a message, whatever names are in it, and no variable that may hold a secret."""

import io
import logging
import logging.config
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.utils.module_loading import import_string
from django.views.debug import ExceptionReporter

from arapp.receivables.oneline import one_line

CANARY = "-".join(("canary", "of", "the", "reports"))
"""Put together, since reports show the lines of the source too."""
FORGED = "2026-11-20 09:00:00,000 ERROR arapp.pull Everything was paid"
NASTY = [
    f"Acme\n{FORGED}",
    f"Acme\r\n{FORGED}",
    f"Acme\r{FORGED}",
    f"Acme\x1b[2K\x1b[1G{FORGED}",
    f"Acme\u2028{FORGED}",
    f"Acme\u2029{FORGED}",
    f"Acme\x85{FORGED}",
    f"Acme\x0b{FORGED}",
    f"Acme\x9b2J{FORGED}",
    f"Acme\u202e{FORGED}\u2066",
    f"Acme\x08\x08\x08\x08{FORGED}",
    f"Acme\x00\x07{FORGED}\ud800",
]


@pytest.fixture
def console() -> Iterator[io.StringIO]:
    """A real handler as the settings make it, on a stream of the test's own."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    line = settings.LOGGING["formatters"]["line"]
    handler.setFormatter(import_string(line["()"])(line["format"]))
    root = logging.getLogger()
    root.addHandler(handler)
    yield out
    root.removeHandler(handler)


@pytest.mark.parametrize("name", NASTY, ids=ascii)
def test_a_name_cannot_forge_a_line(name: str, console: io.StringIO):
    logging.getLogger("arapp.pull").warning("Reading %s failed: %s", name, "words")
    lines = console.getvalue().splitlines()
    assert len(lines) == 1
    assert lines[0].isprintable()
    assert not console.getvalue().startswith(FORGED)


@pytest.mark.parametrize("name", NASTY, ids=ascii)
def test_neither_can_the_text_of_an_exception(name: str, console: io.StringIO):
    try:
        raise ValueError(name)
    except ValueError:
        logging.getLogger("arapp.pull").exception("Failed")
    first, *others = console.getvalue().splitlines()
    assert first.endswith("ERROR arapp.pull Failed")
    assert others[0].strip() == "Traceback (most recent call last):"
    assert all(line.startswith("    ") and line.isprintable() for line in others)


def test_a_stack_is_set_in_too(console: io.StringIO):
    logging.getLogger("arapp.pull").warning("Here", stack_info=True)
    _first, *others = console.getvalue().splitlines()
    assert others
    assert all(line.startswith("    ") for line in others)


def test_names_that_people_have_stay_as_they_are():
    for name in ("Åkerö & Söner AB", "株式会社", "شركة", "1\u202f000 €", "a\u00a0b", "naïve “x”"):
        assert one_line(name) == name


def test_the_path_of_a_hook_is_not_in_the_log(console: io.StringIO):
    token = "aB3-" * 10 + "_xy"
    logging.getLogger("django.request").warning("Unauthorized: %s", f"/hooks/{token}/")
    assert token not in console.getvalue()
    assert "/hooks/…/" in console.getvalue()


def test_every_line_of_every_logger_goes_through_that_handler():
    """Django's own handlers print names as they come; none is left of them."""
    for name in ("django", "django.request", "django.server", "django.security", "arapp", "httpx", "py.warnings"):
        logger = logging.getLogger(name)
        while logger:
            for handler in logger.handlers:
                own = type(handler).__module__.startswith(("_pytest", "tests"))
                assert own or type(handler.formatter).__name__ == "OneLine", (name, handler)
            logger = logger.parent if logger.propagate else None


def raising(module: str) -> Callable[[str], None]:
    """A function of another module, with a secret among its variables, that fails."""
    space: dict[str, Any] = {"__name__": module}
    exec("def fail(secret):\n    held = {'headers': [('Api-Key', secret)]}\n    raise RuntimeError('oh')", space)
    return space["fail"]


def report(module: str, debug: bool, django_settings: Any) -> str:
    django_settings.DEBUG = debug
    request = RequestFactory().get("/", HTTP_AUTHORIZATION=f"Basic {CANARY}")
    try:
        raising(module)(CANARY)
    except RuntimeError:
        reporter = ExceptionReporter(request, *sys.exc_info())
        return reporter.get_traceback_html() + reporter.get_traceback_text()


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize(
    "module",
    [
        *("arapp.upstreams.registry", "arapp.upstreams.management.commands.connect", "arapp.people.forms"),
        *("httpx._client", "httpcore._sync.http11", "h11._events", "cryptography.fernet", "psycopg.connection"),
        *("django.db.backends.postgresql.base", "django.contrib.auth.hashers", "arapp.web.views.hooks"),
    ],
)
def test_error_reports_hide_the_variables_of_whoever_handles_secrets(module: str, debug: bool, settings: Any):
    shown = report(module, debug, settings)
    assert "RuntimeError" in shown
    assert CANARY not in shown


def test_error_reports_show_what_else_happened(settings: Any):
    assert CANARY in report("arapp.web.rows", True, settings)


@pytest.mark.parametrize("debug", [True, False])
def test_error_reports_hide_the_environment_of_the_process(
    debug: bool, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    settings.DEBUG = debug
    monkeypatch.setenv("DATABASE_URL", f"postgres://desk:{CANARY}@127.0.0.1/desk")
    request = RequestFactory().get("/", HTTP_USER_AGENT="a browser", DATABASE_URL=os.environ["DATABASE_URL"])
    reporter = ExceptionReporter(request, RuntimeError, RuntimeError("oh"), None)
    shown = reporter.get_traceback_html() + reporter.get_traceback_text()
    assert CANARY not in shown
    assert "a browser" in shown
