"""What the log and reports of errors show: one line per message, no personal number, no variable with a secret."""

import logging
import os
import re
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

from arapp.receivables.oneline import one_line
from arapp.receivables.personal import without_personal_numbers

INDENT = "    "
HOOK = re.compile(r"/hooks/[\w-]{16,}", re.ASCII)
"""Paths of hooks cannot be guessed, and are not to be read here either."""
SECRETIVE = (
    *("arapp.upstreams", "arapp.web.views.hooks", "arapp.people", "arapp.keys", "arapp.settings"),
    *("django.contrib.auth", "django.db.backends", "psycopg", "cryptography", "environ", "getpass"),
    *("httpx", "httpcore", "h11", "anyio", "ssl", "socket", "http.client", "urllib"),
)
"""Packages whose functions handle a key or a password in clear, or what goes encrypted over the wire."""


class OneLine(logging.Formatter):
    """A message is one line, whatever names are in it; a traceback follows on lines of its own, set in."""

    def format(self, record: logging.LogRecord) -> str:
        record.message = HOOK.sub("/hooks/…", record.getMessage())
        if self.usesTime():
            record.asctime = self.formatTime(record, self.datefmt)
        lines = [one_line(self.formatMessage(record))]
        if record.exc_info:
            lines += _set_in(self.formatException(record.exc_info))
        elif record.exc_text:
            lines += _set_in(record.exc_text)
        if record.stack_info:
            lines += _set_in(record.stack_info)
        return without_personal_numbers("\n".join(lines))


def _set_in(text: str) -> list[str]:
    return [INDENT + one_line(line) for line in text.split("\n")]


class NoSecrets(SafeExceptionReporterFilter):
    """Left out of error pages and reports, with DEBUG too: the local variables of the rooms that handle secrets, and
    the environment of the process, which runserver hands to every request."""

    def get_safe_request_meta(self, request: HttpRequest) -> dict[str, Any]:
        told = super().get_safe_request_meta(request)
        return {name: value for name, value in told.items() if name not in os.environ}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> Any:
        room = tb_frame.f_globals.get("__name__", "")
        if any(room == name or room.startswith(f"{name}.") for name in SECRETIVE):
            return [(name, self.cleansed_substitute) for name in tb_frame.f_locals]
        return super().get_traceback_frame_variables(request, tb_frame)
