"""The values that can be written, in our words and in BillOver's (sections 6.2 and 12.1). Pure.

A ``form`` is what an object says now, in the words of the actions; what it does not say is left out.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from arapp.receivables.money import AmountError, exact_decimal
from arapp.receivables.records import CustomerRecord, InvoiceRecord, mapping, text
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
TEXTS = ("number", "currency", "payment_type")
"""Of these BillOver tells an empty one from none; of the others there is something or nothing."""
CENT = Decimal("0.01")
COMPANY = {"name": "name", "tax_number": "org_no", "tax_office": "tax_office", "phone": "phone"}
COMPANY_KEYS = {**COMPANY, "address": "address"}
ADDRESS = ("street", "street2", "town", "country")
"""The lines of an address, in order; ``town`` is ZIP code and city."""
LINES = ((), ("street",), ("street", "town"), ("street", "town", "country"), ADDRESS)
"""What the lines of an address are taken for, by how many there are."""
NUMBER_PARTS = re.compile(r"\d+|[^\W\d_]+")
ZIP_AND_CITY = re.compile(r"(?P<zip>[A-Z-]{0,4}\d[\w-]{0,12}) (?P<city>\S.*)")


def of_invoice(entry: Mapping[str, Any]) -> dict[str, str]:
    """The form of a detail (5.2)."""
    flat = {ours: entry.get(theirs) for theirs, ours in WRITTEN.items() if not theirs.endswith("_uid")}
    flat |= {WRITTEN[f"{key}_uid"]: mapping(entry.get(key)).get("uid") for key in ("company", "card")}
    said = {name: value for name, value in flat.items() if plain(value) or (name in TEXTS and value is not None)}
    return {name: plain(value) for name, value in said.items()}


def invoice_body(form: Mapping[str, Any]) -> dict[str, str | None]:
    """All eight keys: a PUT replaces the whole. An empty text is sent as one; null for what there is none of."""
    said = {**form, **{name: _amount(form[name]) for name in AMOUNTS if form.get(name)}}
    kept = {name: value for name, value in said.items() if value or name in TEXTS}
    return {theirs: kept.get(ours) for theirs, ours in WRITTEN.items()}


def _amount(value: str) -> str:
    """With two decimals; one with more is left to BillOver to refuse, never rounded."""
    try:
        exact = exact_decimal(value)
    except AmountError:
        return value
    cents = exact.quantize(CENT)
    return f"{cents if cents == exact else exact:f}"


def shows_values(order: Order, record: InvoiceRecord) -> int:
    """Whether the invoice says all that the order gives; an empty text may stand there as none."""
    form = record.form or {}
    return int(_filled(invoice_body({**form, **order.data})) == _filled(invoice_body(form)))


def _filled(body: Mapping[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in body.items() if value}


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


def changed_body(entry: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, str]:
    """A company with the changes. An address that stays is sent as it was read: a form has four lines for it."""
    now = of_company(entry)
    body = company_body(changed(now, data))
    stays = body["address"] == company_body(now)["address"]
    return body | {"address": text(entry.get("address"))} if stays else body


def shows_company(order: Order, record: CustomerRecord) -> int:
    form = record.form or {}
    return int(company_body(changed(form, order.data)) == company_body(form))


def _joined(address: Mapping[str, Any]) -> str:
    town = " ".join(filter(None, (plain(address.get(name)) for name in ("zip", "city"))))
    lines = {**address, "town": town}
    return "\n".join(filter(None, (plain(lines.get(name)) for name in ADDRESS)))


def _split(said: str) -> dict[str, str]:
    """The one text as an address; joined again it says the same. More than four lines share the second."""
    lines = _lines(said)
    if len(lines) > 4:
        lines = [lines[0], ", ".join(lines[1:-2]), *lines[-2:]]
    address = dict(zip(LINES[len(lines)], lines, strict=True))
    if not (town := address.pop("town", "")):
        return address
    found = ZIP_AND_CITY.fullmatch(town)
    return address | (found.groupdict() if found else {"city": town})


def _lines(value: Any) -> list[str]:
    return [line.strip() for line in plain(value).splitlines() if line.strip()]


def searches(body: Mapping[str, str]) -> list[str]:
    """What a company is searched by: the parts of its tax number, however they are joined there, and its name."""
    return list(filter(None, (" ".join(NUMBER_PARTS.findall(body["tax_number"])), body["name"])))


def says(entry: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Whether a company says all that is given; name, tax number and address however they are written."""
    body = company_body(changed({}, data))
    given = [theirs for theirs, ours in COMPANY_KEYS.items() if ours in data]
    return all(ALIKE.get(key, plain)(entry.get(key)) == ALIKE.get(key, plain)(body[key]) for key in given)


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


ALIKE: Mapping[str, Callable[[Any], Any]] = {"name": _folded, "tax_number": _bare, "address": _lines}
"""What of a value has to be the same for two companies to say the same, where that is not all of it."""
