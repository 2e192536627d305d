"""Where a person finds an invoice at Billogram: the page that its receiver was given."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

HOST = "billogram.com"


def own_page(base_url: str, kind: str, external_id: str, payload: Mapping[str, Any]) -> str:
    """The address in ``url``, which is there once the invoice is sent (reference 5). No page of the account is known.

    "" unless the account and the page are at Billogram's own host or one below it, such as the sandbox.
    """
    page = payload.get("url")
    return page if isinstance(page, str) and _is_theirs(page) and _is_theirs(base_url) else ""


def _is_theirs(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host, alone = parts.hostname or "", parts.port is None and "@" not in parts.netloc
    except ValueError:
        return False
    return parts.scheme == "https" and alone and (host == HOST or host.endswith(f".{HOST}"))
