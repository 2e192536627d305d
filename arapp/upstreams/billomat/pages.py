"""Where a person finds a document in Billomat's own web interface."""

import re
from collections.abc import Mapping
from typing import Any

from arapp.receivables.records import INVOICE

_ACCOUNT = re.compile(r"https://([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.billomat\.net)/api/?", re.ASCII)
_ID = re.compile(r"[1-9]\d{0,17}", re.ASCII)


def own_page(base_url: str, kind: str, external_id: str, payload: Mapping[str, Any]) -> str:
    """``/app/invoices/show/entityId/{id}`` at the account's host: client libraries in .NET, JavaScript and Ruby agree
    on it for invoices; of other documents no two sources tell. "" for those and for any other host.
    """
    account = _ACCOUNT.fullmatch(base_url)
    if account is None or kind != INVOICE or not _ID.fullmatch(external_id):
        return ""
    return f"https://{account[1]}/app/invoices/show/entityId/{external_id}"
