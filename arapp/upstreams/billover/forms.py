"""The values that can be written, in our words and in BillOver's (sections 6.2 and 12.1). Pure.

A ``form`` is what an object says now, in the words of the actions; what it does not say is left out.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from arapp.receivables.money import AmountError, exact_decimal
from arapp.receivables.records import CustomerRecord, InvoiceRecord, mapping
from arapp.upstreams.base import Order
from arapp.upstreams.billover.parts import plain

FINISHED = "finished"
WRITTEN = {
    "total_price": "gross",
    "total_vat": "vat",
    "invoice_date": "issue_date",
    "invoice_number": "number",
    "currency": "currency",
    "payment_type": "payment_type",
    "company_uid": "customer",
    "card_uid": "card",
}
"""The eight values of an invoice: BillOver's key, our word. ``total_price`` is gross (A12)."""
AMOUNTS = ("gross", "vat")
CENT = Decimal("0.01")
COMPANY = {"name": "name", "tax_number": "org_no", "tax_office": "tax_office", "phone": "phone"}
ADDRESS = ("street", "street2", "town", "country")
"""The lines of an address, in order; ``town`` is ZIP code and city."""
LINES = ((), ("street",), ("street", "town"), ("street", "town", "country"), ADDRESS)
"""What the lines of an address are taken for, by how many there are."""
ZIP_AND_CITY = re.compile(r"(?P<zip>[A-Z-]{0,4}\d[\w-]{0,12}) (?P<city>\S.*)")


def of_invoice(entry: Mapping[str, Any]) -> dict[str, str]:
    """The form of a detail (5.2)."""
    flat = {key: plain(entry.get(key)) for key in WRITTEN if not key.endswith("_uid")}
    flat |= {f"{key}_uid": plain(mapping(entry.get(key)).get("uid")) for key in ("company", "card")}
    return {WRITTEN[key]: value for key, value in flat.items() if value}


def invoice_body(form: Mapping[str, Any]) -> dict[str, str | None]:
    """All eight keys: a PUT replaces the whole; null for what there is none of."""
    said = {**form, **{name: _amount(form[name]) for name in AMOUNTS if form.get(name)}}
    return {theirs: said.get(ours) or None for theirs, ours in WRITTEN.items()}


def _amount(value: str) -> str:
    """With two decimals; one with more is left to BillOver to refuse, never rounded."""
    try:
        exact = exact_decimal(value)
    except AmountError:
        return value
    cents = exact.quantize(CENT)
    return f"{cents if cents == exact else exact:f}"


def shows_values(order: Order, record: InvoiceRecord) -> int:
    """Whether the invoice says all that the order gives."""
    form = record.form or {}
    return int(invoice_body({**form, **order.data}) == invoice_body(form))


def shows_upload(order: Order, record: InvoiceRecord) -> int:
    """Whether the file was read and what it was read as is corrected."""
    return int(record.processing == FINISHED and shows_values(order, record))


def of_company(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The form of a company of its own list."""
    flat = {ours: plain(entry.get(theirs)) for theirs, ours in COMPANY.items()}
    return {name: value for name, value in (flat | {"address": _split(plain(entry.get("address")))}).items() if value}


def changed(form: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """A company's form with the changes; of an address only the parts that are given."""
    address = {**form.get("address", {}), **data.get("address", {})}
    return {**form, **data, "address": address}


def company_body(form: Mapping[str, Any]) -> dict[str, str]:
    """All five keys, ``""`` where unknown."""
    flat = {theirs: plain(form.get(ours)) for theirs, ours in COMPANY.items()}
    return flat | {"address": _joined(form.get("address", {}))}


def shows_company(order: Order, record: CustomerRecord) -> int:
    form = record.form or {}
    return int(company_body(changed(form, order.data)) == company_body(form))


def _joined(address: Mapping[str, Any]) -> str:
    town = " ".join(filter(None, (plain(address.get(name)) for name in ("zip", "city"))))
    lines = {**address, "town": town}
    return "\n".join(filter(None, (plain(lines.get(name)) for name in ADDRESS)))


def _split(text: str) -> dict[str, str]:
    """The one text as an address; joined again it says the same. More than four lines share the second."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 4:
        lines = [lines[0], ", ".join(lines[1:-2]), *lines[-2:]]
    address = dict(zip(LINES[len(lines)], lines, strict=True))
    if not (town := address.pop("town", "")):
        return address
    found = ZIP_AND_CITY.fullmatch(town)
    return address | (found.groupdict() if found else {"city": town})


def same_number(entry: Mapping[str, Any], body: Mapping[str, str]) -> bool:
    """Whether a company has the tax number of the other, however it is written."""
    return _bare(entry.get("tax_number")) == _bare(body["tax_number"]) != ""


def same_name(entry: Mapping[str, Any], body: Mapping[str, str]) -> bool:
    """Whether a company has the name of the other, and no other tax number."""
    numbers = {_bare(entry.get("tax_number")), _bare(body["tax_number"])} - {""}
    return _folded(entry.get("name")) == _folded(body["name"]) and len(numbers) < 2


def _bare(value: Any) -> str:
    return re.sub(r"[\W_]", "", plain(value)).casefold()


def _folded(value: Any) -> str:
    return " ".join(plain(value).casefold().split())
