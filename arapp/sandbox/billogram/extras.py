"""Logotype and reports, as far as a client may read them (reference sections 11.2 and 11.3)."""

import base64
from typing import Any

from arapp.sandbox.base import Answer, Request

from . import lists
from .account import Account
from .lists import Listing
from .schema import Field, checked, text
from .wire import Refused, ok

LISTING = Listing(filters=("filename",), orders=("filename", "created_at"))
LOGOTYPE = {"content": Field(text(20_000_000)), "file_type": Field(text(100))}


def change_logotype(account: Account, body: dict[str, Any]) -> dict[str, str | None]:
    sent = checked(LOGOTYPE, body)
    try:
        picture = base64.b64decode(sent.get("content") or "", validate=True)
    except ValueError:
        picture = b""
    if not picture.startswith((b"\x89PNG", b"\xff\xd8", b"GIF8")):
        raise Refused("INVALID_PARAMETER", "invalid content")
    account.logotype = {"content": sent["content"], "file_type": sent.get("file_type") or "png"}
    return account.logotype


def delete_logotype(account: Account) -> dict[str, Any]:
    account.logotype = {"content": None, "file_type": None}
    return {}


def listed_reports(account: Account, request: Request) -> Answer:
    page, size = lists.page_size(request, LISTING)
    rows = lists.chosen(account.reports, request, LISTING)
    shown = [{name: row[name] for name in row if name != "content"} for row in lists.page_of(rows, page, size)]
    return ok(shown, {"total_count": len(rows)})


def report(account: Account, filename: str) -> dict[str, Any]:
    found = next((row for row in account.reports if row["filename"] == filename), None)
    if found is None:
        raise Refused("NOT_FOUND", f"no report with id={filename} was found")
    return found


def month_report(account: Account, month: str, created_at: str) -> dict[str, Any]:
    """A SIE 4 file with nothing but its head."""
    head = f'#FLAGGA 0\r\n#FORMAT PC8\r\n#SIETYP 4\r\n#FNAMN "{account.settings["name"]}"\r\n'
    return {
        "filename": f"sie4-{month}.se",
        "type": "sie4",
        "file_type": "text/plain",
        "info": month,
        "created_at": created_at,
        "content": base64.b64encode(head.encode("cp437", "replace")).decode(),
    }
