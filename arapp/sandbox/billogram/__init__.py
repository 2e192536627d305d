"""Stand-in of Billogram: ``Billogram`` is a WSGI application that follows the published reference of version 2."""

from .app import Billogram

__all__ = ["Billogram"]
