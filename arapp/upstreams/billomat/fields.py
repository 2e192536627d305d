"""Our words for Billomat's fields, both ways: one table per object (reference 4.0 to 4.5). Pure functions."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from arapp.receivables.records import text

Data = Mapping[str, Any]

_PERCENT = re.compile(r"\s*%\s*$")


def identifier(value: Any) -> int | str:
    """An id as Billomat writes it in bodies, a number (3.3, 4.0)."""
    plain = text(value)
    return int(plain) if plain.isascii() and plain.isdigit() else plain


def plain_number(value: Any) -> str:
    """A number without the padding zeros of old accounts (3.2); what is no number stays as it is."""
    told = text(value).strip()
    try:
        found = Decimal(told)
    except InvalidOperation:
        return told
    if not found.is_finite() or abs(found.adjusted()) > 30:
        return told
    plain = f"{found:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _whole(value: Any) -> int | str:
    plain = plain_number(value)
    return int(plain) if plain.isascii() and plain.isdigit() else plain


def _plain_reduction(value: Any) -> str:
    """``10`` is an amount, ``10%`` a share (4.0)."""
    told = text(value).strip()
    share = _PERCENT.search(told)
    return f"{plain_number(told[: share.start()])}%" if share else plain_number(told)


def _plain_text(value: Any) -> str:
    """The web form writes other line breaks than the API (3.2)."""
    return "\n".join(text(value).splitlines()).strip()


def _words(value: Any) -> list[str]:
    return [word.strip().lower() for word in text(value).split(",") if word.strip()]


@dataclass(frozen=True)
class Kind:
    """How a value is told to Billomat, how it is heard of, and what two equal ones have in common."""

    tell: Callable[[Any], Any]
    hear: Callable[[Any], Any]
    like: Callable[[Any], Any]


TEXT = Kind(text, text, _plain_text)
ID = Kind(identifier, text, text)
NUMBER = Kind(text, plain_number, plain_number)
WHOLE = Kind(int, _whole, plain_number)
REDUCTION = Kind(text, _plain_reduction, _plain_reduction)
WORD = Kind(lambda value: text(value).upper(), lambda value: text(value).lower(), lambda value: text(value).lower())
LIST = Kind(lambda value: ",".join(value).upper(), _words, lambda value: sorted(map(str.lower, value)))
FLAG = Kind(int, lambda value: text(value) == "1", bool)
COUNTED = (NUMBER, WHOLE, REDUCTION)


@dataclass(frozen=True)
class Field:
    name: str
    """Billomat's own."""
    kind: Kind = TEXT


Table = Mapping[str, Field]


def _table(kind: Kind, names: str) -> dict[str, Field]:
    """``"email org_no=tax_number"``: our word, and Billomat's where it is another one."""
    pairs = (name.partition("=") for name in names.split())
    return {ours: Field(theirs or ours, kind) for ours, _equals, theirs in pairs}


CLIENT: Table = {
    **_table(TEXT, "name salutation first_name last_name email phone org_no=tax_number vat_no=vat_number note"),
    **_table(TEXT, "language=locale currency=currency_code"),
    **_table(NUMBER, "reduction"),
    **_table(FLAG, "archived"),
}
TERMS: Table = {**_table(WHOLE, "due_days discount_days"), **_table(NUMBER, "discount_rate")}
"""Each with a ``<field>_type``: the account's value, or the one given here (4.1)."""
PLACE: Table = _table(TEXT, "street zip city state country=country_code")
CONTACT: Table = _table(TEXT, "label name first_name last_name email phone")
ARTICLE: Table = {
    **_table(TEXT, "title description currency=currency_code"),
    **_table(NUMBER, "unit_price=sales_price"),
    **_table(WORD, "type"),
}
DOCUMENT: Table = {
    **_table(ID, "customer=client_id contact=contact_id template=template_id corrects=invoice_id"),
    **_table(TEXT, "title label intro note address issue_date=date due_date currency=currency_code supply_date"),
    **_table(TEXT, "number_prefix=number_pre"),
    **_table(WHOLE, "number number_length due_days cash_discount_days=discount_days"),
    **_table(NUMBER, "currency_rate=quote cash_discount_rate=discount_rate"),
    **_table(WORD, "price_basis=net_gross supply_date_type"),
    **_table(LIST, "payment_types"),
    **_table(REDUCTION, "reduction"),
}
NEW_DOCUMENT: Table = DOCUMENT | _table(ID, "free_text=free_text_id")
"""A free text fills in title, label, intro and note on create, and is not told of afterwards (4.0)."""
LINE: Table = {
    **_table(ID, "item=article_id"),
    **_table(TEXT, "title description unit vat_name=tax_name"),
    **_table(NUMBER, "quantity unit_price vat_rate=tax_rate"),
    **_table(REDUCTION, "discount=reduction"),
}


def told(table: Table, data: Data) -> dict[str, Any]:
    """What is given, under Billomat's names. Empty text empties a field (10)."""
    return {
        field.name: "" if data[name] == "" else field.kind.tell(data[name])
        for name, field in table.items()
        if name in data
    }


def heard(table: Table, payload: Mapping[str, Any]) -> dict[str, Any]:
    """What a payload says, under our names, without what is empty."""
    found = {name: field.kind.hear(payload[field.name]) for name, field in table.items() if field.name in payload}
    return {name: value for name, value in found.items() if value not in ("", [])}


def differing(table: Table, data: Data, form: Data) -> list[str]:
    """The names given in ``data`` whose values ``form`` does not show."""
    return [name for name, field in table.items() if name in data and not _alike(field, data[name], form.get(name))]


def _alike(field: Field, wanted: Any, found: Any) -> bool:
    if found is None or _is_nothing(field.kind, wanted):
        return _is_nothing(field.kind, wanted) and _is_nothing(field.kind, found)
    return field.kind.like(wanted) == field.kind.like(found)


def _is_nothing(kind: Kind, value: Any) -> bool:
    """Empty, or a number of nought: Billomat answers to both alike (3.2)."""
    if value in (None, "", []) or value is False:
        return True
    plain = kind.like(value)
    return plain == "" or (kind in COUNTED and plain in ("0", "0%"))
