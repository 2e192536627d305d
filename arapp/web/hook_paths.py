"""The paths of hooks stay out of the logs of servers: who knows one may send what has to be looked at."""

import logging
import re

PATHS = re.compile(r"(?<=hooks/)[^/\s?\"']+|(?<=/)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", re.IGNORECASE)
LOGGERS = ("django.request", "django.server", "gunicorn.access", "gunicorn.error")
"""Those that write the path of a request."""


class WithoutHookPaths(logging.Filter):
    """Keeps the line and leaves out what stands behind ``hooks/``."""

    def filter(self, record: logging.LogRecord) -> bool:
        line = record.getMessage()
        if (cleaned := PATHS.sub("…", line)) != line:
            record.msg, record.args = cleaned, ()
        return True


def keep_out_of_logs() -> None:
    """Repeated, it adds nothing."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, WithoutHookPaths) for known in logger.filters):
            logger.addFilter(WithoutHookPaths())
