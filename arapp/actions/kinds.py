"""One value of each kind: how it is taken in, exactly or not at all, and what its schema says."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from arapp.documents.models import StoredFile
from arapp.receivables.models import Choice, ChoiceKind, Customer, Item, Source
from arapp.receivables.money import AmountError, Money, exact_decimal

if TYPE_CHECKING:
    from arapp.actions.fields import Field

MOST = 100
"""Of a list of addresses, names or files."""
EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
"""As the schemas have it; services may write an exponent, people may not."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_REDUCTION = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)(%?)", re.ASCII)


class Wrong(ValueError):
    """A value that its field cannot take. The text is a sentence for people."""


@dataclass(frozen=True)
class Place:
    """Where the data is meant for: the source, and the currency of its amounts."""

    source: Source
    currency: str


Take = Callable[[Any, "Field", Place], Any]


@dataclass(frozen=True)
class Kind:
    take: Take
    schema: Callable[["Field"], dict[str, Any]]


def _long(value: Any, field: "Field", place: Place) -> str:
    if not isinstance(value, str):
        raise Wrong(_("This must be text."))
    value = value.strip().replace("\r\n", "\n")
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Wrong(_("There is a character in it that cannot be kept."))
    if len(value) > field.limit:
        sizes = {"length": len(value), "limit": field.limit}
        raise Wrong(_("This has %(length)d characters; at most %(limit)d fit.") % sizes)
    return value


def _text(value: Any, field: "Field", place: Place) -> str:
    value = _long(value, field, place)
    if "\n" in value or "\r" in value:
        raise Wrong(_("This must be a single line."))
    return value


def _number(value: Any) -> Decimal:
    if isinstance(value, str) and not _PLAIN.fullmatch(value.strip()):
        raise Wrong(_("“%(value)s” is not a number; it must look like 1234.56.") % {"value": value[:40]})
    try:
        return exact_decimal(value)
    except AmountError as error:
        raise Wrong(str(error)) from None


def _amount(value: Any, field: "Field", place: Place) -> str:
    """Money as text, so that no program on the way has made a float of it."""
    if not isinstance(value, str):
        raise Wrong(_("An amount is given as text, such as “125.00”."))
    number = _number(value)
    if field.lowest is None and number <= 0:
        raise Wrong(_("The amount must be more than zero."))
    _not_below(number, field)
    try:
        return Money.parse(value, place.currency).plain()
    except AmountError as error:
        raise Wrong(str(error)) from None


def _not_below(number: Decimal | int, field: "Field") -> None:
    if field.lowest is not None and number < field.lowest:
        raise Wrong(_("This must not be less than %(lowest)d.") % {"lowest": field.lowest})


def _decimal(value: Any, field: "Field", place: Place) -> str:
    number = _number(value)
    _not_below(number, field)
    if -number.normalize().as_tuple().exponent > field.places:
        raise Wrong(_("This may have at most %(places)d decimals.") % {"places": field.places})
    if number.adjusted() > 11:
        raise Wrong(_("This number is too large."))
    return f"{number:f}"


def _percent(value: Any, field: "Field", place: Place) -> str:
    text = _decimal(value, field, place)
    if not 0 <= Decimal(text) <= 100:
        raise Wrong(_("A percentage is between 0 and 100."))
    return text


def _reduction(value: Any, field: "Field", place: Place) -> str:
    found = _REDUCTION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise Wrong(_("A reduction is an amount such as “10” or a percentage such as “10%”."))
    if found[2] and Decimal(found[1]) > 100:
        raise Wrong(_("A percentage is between 0 and 100."))
    return found[0]


def _integer(value: Any, field: "Field", place: Place) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(_("This must be a whole number."))
    _not_below(value, field)
    if abs(value) > 10**12:
        raise Wrong(_("This number is too large."))
    return value


def _day(value: Any, field: "Field", place: Place) -> str:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= LATEST:
        raise Wrong(_("This must be a day written as YYYY-MM-DD."))
    return day.isoformat()


def _email(value: Any, field: "Field", place: Place) -> str:
    value = _text(value, field, place)
    try:
        if value:
            validate_email(value)
    except ValidationError:
        raise Wrong(_("“%(value)s” is not an e-mail address.") % {"value": value[:100]}) from None
    return value


def _yes(value: Any, field: "Field", place: Place) -> bool:
    if not isinstance(value, bool):
        raise Wrong(_("This must be true or false."))
    return value


def _choice(value: Any, field: "Field", place: Place) -> str:
    if value not in field.choices:
        raise Wrong(_("This must be one of: %(words)s.") % {"words": ", ".join(field.choices)})
    return str(value)


def _option(value: Any, field: "Field", place: Place) -> str:
    """Contacts are read with their customer, and a new one is in no list yet: the service judges those."""
    value = _text(value, field, place)
    known = Choice.objects.filter(source=place.source, kind=field.of)
    if value and field.of != ChoiceKind.CONTACT and known and not known.filter(external_id=value).exists():
        raise Wrong(_("%(source)s has no “%(value)s” in this list.") % {"source": place.source, "value": value})
    return value


def _mirrored(model: type[Customer] | type[Item], sentence: Any) -> Take:
    def take(value: Any, field: "Field", place: Place) -> str:
        value = _text(value, field, place)
        rows = model.objects.filter(source=place.source, external_id=value, gone_at=None)
        if not rows.exists():
            raise Wrong(sentence() % {"id": value, "source": place.source})
        return value

    return take


_customer = _mirrored(Customer, lambda: _("The desk knows no customer “%(id)s” at %(source)s."))
_item = _mirrored(Item, lambda: _("The desk knows no item “%(id)s” at %(source)s."))


def _file(value: Any, field: "Field", place: Place) -> str:
    value = _text(value, field, place)
    if not StoredFile.objects.filter(name=value).exists():
        raise Wrong(_("There is no such file here."))
    return value


def _each(take: Take) -> Take:
    def take_all(value: Any, field: "Field", place: Place) -> list[Any]:
        if not isinstance(value, list | tuple) or len(value) > MOST:
            raise Wrong(_("This must be a list of at most %(most)d.") % {"most": MOST})
        found = [take(one, field, place) for one in value]
        if "" in found:
            raise Wrong(_("There is an empty one in the list."))
        return found

    return take_all


def _words(value: Any, field: "Field", place: Place) -> list[Any]:
    """A list, or one text with commas."""
    return _each(_text)(value.split(",") if isinstance(value, str) else value, field, place)


def _string(**more: Any) -> Callable[["Field"], dict[str, Any]]:
    return lambda field: {"type": "string", **more}


def _limited(field: "Field") -> dict[str, Any]:
    return {"type": "string", "maxLength": field.limit} | (
        {"minLength": 1} if field.required or field.never_empty else {}
    )


def _numeric(field: "Field") -> dict[str, Any]:
    return {"type": ["string", "number"], "pattern": r"^[+-]?\d+(\.\d+)?$"}


def _list_of(schema: Callable[["Field"], dict[str, Any]]) -> Callable[["Field"], dict[str, Any]]:
    return lambda field: {"type": "array", "items": schema(field), "maxItems": MOST}


_FILE = {
    "anyOf": [
        {"type": "string", "description": "A path, on the command line"},
        {
            "type": "object",
            "properties": {
                "filename": {"type": "string"},
                "content": {"type": "string", "contentEncoding": "base64"},
            },
            "required": ["filename", "content"],
            "additionalProperties": False,
        },
    ]
}

KINDS: dict[str, Kind] = {
    "text": Kind(_text, _limited),
    "long": Kind(_long, _limited),
    "amount": Kind(_amount, _string(pattern=r"^\+?\d+(\.\d+)?$")),
    "decimal": Kind(_decimal, _numeric),
    "percent": Kind(_percent, lambda field: _numeric(field) | {"minimum": 0, "maximum": 100}),
    "reduction": Kind(_reduction, _string(pattern=r"^\d+(\.\d+)?%?$")),
    "integer": Kind(
        _integer,
        lambda field: {"type": "integer"} | ({} if field.lowest is None else {"minimum": field.lowest}),
    ),
    "day": Kind(_day, _string(format="date")),
    "email": Kind(_email, _string(format="email")),
    "emails": Kind(_each(_email), _list_of(_string(format="email"))),
    "texts": Kind(_each(_text), _list_of(_limited)),
    "words": Kind(_words, lambda field: {"anyOf": [{"type": "string"}, _list_of(_limited)(field)]}),
    "yes": Kind(_yes, lambda field: {"type": "boolean"}),
    "choice": Kind(_choice, lambda field: {"enum": list(field.choices)}),
    "option": Kind(_option, _string()),
    "customer": Kind(_customer, _string()),
    "item": Kind(_item, _string()),
    "file": Kind(_file, lambda field: _FILE),
    "files": Kind(_each(_file), _list_of(lambda field: _FILE)),
}
