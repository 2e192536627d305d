"""The paths of hooks stay out of the logs of servers: who knows one may send what has to be looked at."""

import logging
import re

from arapp.receivables.oneline import one_line

PATHS = re.compile(r"(?<=hooks/)[^/\s?\"']+|(?<=/)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", re.IGNORECASE)
ACCESS = "gunicorn.access"
LOGGERS = ("django.request", "django.server", ACCESS, "gunicorn.error")
"""Those that write the path of a request."""


class WithoutHookPaths(logging.Filter):
    """Keeps the line without what stands behind ``hooks/``; that of an access stays one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == ACCESS and isinstance(record.args, dict):
            # Whom somebody claims to be is not proved; who mixes the fields up sends a password.
            record.args["u"] = "-"
        line = record.getMessage()
        cleaned = PATHS.sub("…", one_line(line) if record.name == ACCESS else line)
        if cleaned != line:
            record.msg, record.args = cleaned, ()
        return True


def keep_out_of_logs() -> None:
    """Repeated, it adds nothing."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, WithoutHookPaths) for known in logger.filters):
            logger.addFilter(WithoutHookPaths())
