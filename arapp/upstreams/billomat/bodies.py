"""Our data as Billomat's fields (reference 3.3 and 4). Pure functions."""

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from arapp.receivables.records import ChoiceRecord, text
from arapp.upstreams.billomat.fields import (
    ARTICLE,
    CLIENT,
    CONTACT,
    LINE,
    NEW_DOCUMENT,
    PLACE,
    TERMS,
    Data,
    identifier,
    plain_number,
    told,
)
from arapp.upstreams.http import Rejected

Fields = dict[str, Any]
Choices = Sequence[ChoiceRecord]

_NUMBERED = re.compile(r"(.*?)(\d{1,15})", re.ASCII | re.DOTALL)


class Unfit(Rejected):
    """Billomat would refuse it, or could not keep it; nothing was sent."""

    def __init__(self, sentence: str) -> None:
        super().__init__(400, sentence)

    def __str__(self) -> str:
        return self.words


def client(data: Data) -> Fields:
    """A client (4.1). Unfit for a number that Billomat cannot build."""
    return told(CLIENT, data) | told(PLACE, data.get("address", {})) | _terms(data) | _numbered(data)


def _terms(data: Data) -> Fields:
    """The client's own term; an empty one is the account's again."""
    kinds = {f"{name}_type": "SETTINGS" if data[name] == "" else "ABSOLUTE" for name in TERMS if name in data}
    return told(TERMS, data) | kinds


def _numbered(data: Data) -> Fields:
    """``KD00008`` is prefix ``KD`` and number 8 padded to five digits; without one it is the account's (4.0)."""
    if not data.get("number"):
        return {}
    found = _NUMBERED.fullmatch(data["number"].strip())
    if not found:
        raise Unfit(_("A number at Billomat ends in digits; “%(number)s” does not.") % {"number": data["number"]})
    prefix, digits = found[1], found[2]
    own = {"number_pre": prefix, "number_length": len(digits)} if prefix else {}
    return {"number": int(digits)} | own


def contact(data: Data) -> Fields:
    """A person at a client (4.2)."""
    return told(CONTACT, data) | told(PLACE, data.get("address", {}))


def article(data: Data, units: Choices, taxes: Choices) -> Fields:
    """An article (4.3); unit and tax are ids there. Unfit when the account has no such unit or tax."""
    body = told(ARTICLE, data) | _numbered(data)
    if "unit" in data:
        body["unit_id"] = data["unit"] and identifier(_unit(data["unit"], units))
    if "vat_rate" in data:
        body["tax_id"] = data["vat_rate"] and identifier(_tax(data["vat_rate"], taxes))
    return body


def _unit(name: str, units: Choices) -> str:
    found = [unit.external_id for unit in units if unit.name.casefold() == name.strip().casefold()]
    if not found:
        raise Unfit(_("Billomat has no unit that is called “%(name)s”.") % {"name": name})
    return found[0]


def _tax(rate: str, taxes: Choices) -> str:
    found = tax_of(rate, taxes)
    if found is None:
        raise Unfit(_("Billomat has no tax of %(rate)s %%.") % {"rate": rate})
    return found.external_id


def tax_of(rate: str, taxes: Choices) -> ChoiceRecord | None:
    """The account's tax of a rate in percent, its default one first."""
    fitting = [tax for tax in taxes if plain_number(tax.data.get("rate")) == plain_number(rate)]
    return min(fitting, key=lambda tax: text(tax.data.get("is_default")) != "1", default=None)


# documents


def invoice(data: Data, reference: str, taxes: Choices) -> Fields:
    """A new invoice with its items inline, and our own reference where it can be searched (4.0, 9)."""
    items = [line(one, taxes) for one in data["lines"]]
    return told(NEW_DOCUMENT, data) | {"customfield": reference, "invoice-items": {"invoice-item": items}}


def line(data: Data, taxes: Choices) -> Fields:
    """An item (4.5). A rate goes with the name of the account's tax, since tax blocks are per name and rate (7)."""
    tax = tax_of(data["vat_rate"], taxes) if data.get("vat_rate") and "vat_name" not in data else None
    return told(LINE, data) | ({"tax_name": tax.name} if tax else {})


BLANK = {"item": "", "description": "", "unit": "", "discount": ""}
"""What a free line leaves out, it does not have."""


def wanted_line(data: Data) -> Data:
    """What a line asks for: one of the catalogue leaves out what its article says."""
    return data if data.get("item") else BLANK | data


def whole_line(data: Data, article: Data) -> Data:
    """A line with everything in it, to be put over another one; ``article`` is the form of its own."""
    return BLANK | {name: value for name, value in article.items() if name in LINE} | data
