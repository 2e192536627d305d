"""Callbacks of type BillogramEvent and their signatures (reference sections 9.3 and 9.5)."""

import hashlib
import hmac
import uuid
from datetime import UTC, datetime
from typing import Any

from .account import Record
from .sums import Sums
from .wire import dumps, plain

NAMESPACE = uuid.UUID("6f9d1b9e-0c0c-4c5e-9a51-2f4b6a1c7d10")


def notification(
    record: Record, event: dict[str, Any], now: datetime, sign_key: str | None = None
) -> tuple[dict[str, str], bytes]:
    """Headers and body. ``callback_id`` belongs to the event, so that a repeated callback carries the same."""
    own = record.data["callbacks"]
    key = own["sign_key"] or sign_key
    callback_id = str(uuid.uuid5(NAMESPACE, event["event_uuid"]))
    body = dumps(
        {
            "callback_id": callback_id,
            "callback_timestamp": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "callback_type": "BillogramEvent",
            "custom": own["custom"],
            "signature": legacy_signature(callback_id, key) if key else None,
            "billogram": _billogram(record, record.sums),
            "event": event,
        }
    ).encode()
    timestamp = f"{now.timestamp():.6f}"
    headers = {"Content-Type": "application/json"}
    return headers | (signed(key, timestamp, body) if key else {}), body


def _billogram(record: Record, sums: Sums) -> dict[str, Any]:
    shown = {name: record.data[name] for name in ("id", "ocr_number", "state")}
    totals = {"total_sum": plain(sums.total), "remaining_sum": plain(sums.remaining)}
    return shown | totals | {"attested_at": record.data["attested_at"], "detailed_sums": sums.detailed()}


def signed(key: str, timestamp: str, body: bytes) -> dict[str, str]:
    digest = hmac.new(key.encode(), timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"Billogram-Request-Timestamp": timestamp, "Billogram-Signature": digest}


def legacy_signature(callback_id: str, key: str) -> str:
    return hashlib.md5((callback_id + key).encode(), usedforsecurity=False).hexdigest()
