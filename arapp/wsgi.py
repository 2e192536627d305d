"""The WSGI application, for gunicorn: ``gunicorn arapp.wsgi``."""

import logging
import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arapp.settings")

application = get_wsgi_application()


def _say_what_is_locked() -> None:
    """A wrong key is said at the start; the desk opens all the same."""
    from arapp.upstreams.sealed import warning

    if sentence := warning():
        logging.getLogger("arapp.secrets").error(sentence)
    # Worker processes are forked later and must not share a connection.
    connections.close_all()


_say_what_is_locked()
