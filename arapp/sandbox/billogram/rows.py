"""Item rows of a billogram (reference section 6.4)."""

from collections.abc import Iterable, Mapping
from typing import Any

from .account import Account
from .fields import ROW, ROW_BLANK
from .schema import merged, require
from .wire import Refused


def answered(account: Account, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Checked rows, filled up from stored items and settings."""
    return [_row(account, row, position) for position, row in enumerate(rows)]


def _row(account: Account, sent: Mapping[str, Any], position: int) -> dict[str, Any]:
    """A row as it is answered; what a stored item says holds unless the row says otherwise."""
    stored = _stored(account, sent.get("item_no"), position)
    row = merged({**ROW_BLANK, "item_no": None, **stored}, sent)
    require(row, ("title", "count", "price", "vat"), ("items", position))
    row["bookkeeping"] = merged(row["bookkeeping"], _ledger_accounts(account, row))
    return {name: row[name] for name in ROW}


def _stored(account: Account, number: str | None, position: int) -> dict[str, Any]:
    if number is None:
        return {}
    if number not in account.items:
        message = f"item not found with item_no={number}"
        raise Refused("INVALID_PARAMETER", message, "item_no", ["items", position])
    item = account.items[number]
    shared = {name: item[name] for name in ("title", "description", "price", "vat", "unit")}
    return shared | {"bookkeeping": {**item["bookkeeping"], "objects": []}}


def _ledger_accounts(account: Account, row: Mapping[str, Any]) -> dict[str, str]:
    """Accounts from the settings by VAT rate, where the row names none."""
    book = account.settings["bookkeeping"]
    by_rate = {
        "income_account": book.get(f"income_account_for_vat_{row['vat']}") or "",
        "vat_account": book.get(f"vat_account_for_vat_{row['vat']}") or "",
    }
    return {name: value for name, value in by_rate.items() if not row["bookkeeping"][name]}
