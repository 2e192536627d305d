"""BillOver as a local stand-in."""

from .app import Billover

__all__ = ["Billover"]
