"""BillOver: reads invoice files, and lets a workspace correct, approve and reject what they say."""

from arapp.upstreams.billover.client import Billover

__all__ = ["Billover"]
