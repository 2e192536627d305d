"""Billogram, API v2."""

from arapp.upstreams.billogram.client import Billogram

__all__ = ["Billogram"]
