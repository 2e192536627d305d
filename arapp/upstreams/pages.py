"""The page of a document at its service itself, one click away for a person."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from arapp.receivables.models import Invoice, Snapshot
from arapp.upstreams.registry import ADAPTERS
from arapp.upstreams.switching import Disconnected, connection_of


@dataclass(frozen=True)
class OwnPage:
    url: str
    is_the_customers: bool
    """It is the page that the customer was given, not one of the account."""


def own_page_of(invoice: Invoice, snapshots: Sequence[Snapshot]) -> OwnPage | None:
    """None where no address is known, for a stand-in, and for what is gone. ``snapshots`` are newest first."""
    if invoice.gone_at or invoice.source.stand_in or invoice.source.service not in ADAPTERS:
        return None
    try:
        base_url = connection_of(invoice.source).base_url
    except Disconnected:
        return None
    adapter = ADAPTERS[invoice.source.service]
    url = adapter.own_page(base_url, invoice.kind, invoice.external_id, _payload(snapshots))
    return OwnPage(url, adapter.own_page_is_the_customers) if url else None


def _payload(snapshots: Sequence[Snapshot]) -> dict[str, Any]:
    """What the service last said: its details, or its row of the list while there are none."""
    text = next((snapshot.detail or snapshot.payload for snapshot in snapshots[:1]), "")
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
