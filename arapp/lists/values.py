"""What a filter may be given: form fields that read every value under a name, and a sentence for each bad one.

Each ``read_…`` takes one value as it stands in the query string and raises ValidationError with a sentence.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _

from arapp.receivables.money import AmountError, typed_number

LONGEST = 300
"""Characters in one value."""

MOST_VALUES = 50
"""Values under one name; more would be too deep an expression for SQLite."""

MOST_WORDS = 20

ANY = _("Any")
"""The empty choice of a select."""

LARGEST_STEP = 36_500
"""Days from today."""

Read = Callable[[str], Any]

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
"""As German writes it; no language takes points for another order."""
_AMOUNT = re.compile(r"[+-]?(\d{1,18}(\.\d{0,9})?|\.\d{1,9})", re.ASCII)
_YES, _NO = ("1", "true", "yes"), ("0", "false", "no")


def shown(value: str) -> str:
    """A value as it may stand in a sentence: short, and only characters that can be printed."""
    plain = "".join(char if char.isprintable() else "\ufffd" for char in value[:40])
    return plain + ("…" if len(value) > 40 else "")


def refuse(message: Any, value: str, **params: object) -> ValidationError:
    return ValidationError(message, params={"value": shown(value), **params})


def read_text(value: str) -> str:
    if len(value) > LONGEST:
        raise refuse(_("“%(value)s” is too long; at most %(limit)d characters fit."), value, limit=LONGEST)
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise refuse(_("“%(value)s” holds a character that no text contains."), value)
    return value


def read_words(value: str) -> list[str]:
    """The words of a search, in the case that the search texts are kept in."""
    words = list(dict.fromkeys(read_text(value).casefold().split()))
    if len(words) > MOST_WORDS:
        raise refuse(
            _("“%(value)s” has too many words; at most %(limit)d are searched for."), value, limit=MOST_WORDS
        )
    return words


def read_date(value: str) -> date:
    """``2026-01-31``, or ``31.1.2026`` as pages show it in German."""
    try:
        if _DATE.fullmatch(value):
            return date.fromisoformat(value)
        if dotted := _DOTTED.fullmatch(value):
            return date(*map(int, reversed(dotted.groups())))
    except ValueError:
        pass
    raise refuse(_("“%(value)s” is not a date; write it like 2026-01-31."), value)


def read_amount(value: str) -> Decimal:
    """An exact amount in whole units of whatever currency a row has, with decimal point or comma."""
    try:
        plain = typed_number(value)
    except AmountError as error:
        raise ValidationError(str(error)) from None
    if not _AMOUNT.fullmatch(plain):
        raise refuse(_("“%(value)s” is not an amount; write it like 1234.56."), value)
    return Decimal(plain)


def read_id(value: str) -> int:
    if value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    raise refuse(_("“%(value)s” is not a number of ours."), value)


def read_days(value: str) -> int:
    """A number of days."""
    if value.isascii() and value.isdigit() and len(value) <= 5 and int(value) <= LARGEST_STEP:
        return int(value)
    raise refuse(_("“%(value)s” is not a number of days; at most %(limit)d fit."), value, limit=LARGEST_STEP)


def read_yes(value: str) -> bool:
    if value.lower() in _YES:
        return True
    if value.lower() in _NO:
        return False
    raise refuse(_("“%(value)s” is neither 1 (yes) nor 0 (no)."), value)


def read_currency(value: str) -> str:
    if len(value) == 3 and value.isascii() and value.isalpha():
        return value.upper()
    raise refuse(_("“%(value)s” is not a currency; write its three letters, like EUR."), value)


def one_of(choices: Iterable[tuple[Any, Any]]) -> Read:
    """Reads one of the choices' values, in upper or lower case."""
    known = [str(choice) for choice, _label in choices]

    def read(value: str) -> str:
        if value.lower() in known:
            return value.lower()
        raise refuse(_("“%(value)s” is none of %(known)s."), value, known=", ".join(known))

    return read


class SeveralInput(forms.TextInput):
    """One input for each value given; one empty input when there is none."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return data.getlist(name) if hasattr(data, "getlist") else [data[name]] if name in data else []

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Straight to HTML: a list has two dozen of these, and a template for each takes longer than its rows."""
        given = [one for one in value or [] if one and one.strip()] or [""]
        first = self.build_attrs(self.attrs, attrs)
        again = {key: text for key, text in first.items() if key != "id"}
        inputs = [
            (self.type_for(one), name, _filled(one), flatatt(again if n else first)) for n, one in enumerate(given)
        ]
        return format_html_join("", '<input type="{}" name="{}"{}{}>', inputs)

    def type_for(self, value: str) -> str:
        return self.input_type


def _filled(value: str) -> SafeString:
    return format_html(' value="{}"', shown_one(value)) if value else SafeString()


def shown_one(value: str) -> str:
    """A value as it may stand in an input: what cannot be encoded is replaced."""
    return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


class SearchInput(SeveralInput):
    input_type = "search"


class HiddenInput(SeveralInput):
    input_type = "hidden"


class DateInput(SeveralInput):
    """A day told by today ("today-30") stays one: no calendar can hold it."""

    input_type = "date"

    def type_for(self, value: str) -> str:
        return "date" if not value or _DATE.fullmatch(value.strip()) else "text"


class DaysInput(SeveralInput):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "maxlength": "5", **(attrs or {})})


class AmountInput(SeveralInput):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", **(attrs or {})})


class SeveralChoices(forms.SelectMultiple):
    """A select of several; whether a value is known is the field's to say."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return SeveralInput.value_from_datadict(self, data, files, name)


class OneChoice(forms.Select):
    """A select of one, with an empty first choice, that still reads every value given and keeps the others."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return SeveralInput.value_from_datadict(self, data, files, name)

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Straight to HTML, as the inputs are. A value that is no choice is kept beside, so that it stays wrong."""
        given = list(dict.fromkeys(one.strip() for one in value or [] if one and one.strip()))
        known = {str(choice).lower(): str(choice) for choice, _label in self.choices}
        chosen = next((known[one.lower()] for one in given if one.lower() in known), "")
        others = [one for one in given if one.lower() != chosen]
        options = (
            (choice, SafeString(" selected") if choice and str(choice) == chosen else "", label)
            for choice, label in self.choices
        )
        select = format_html(
            '<select name="{}"{}>{}</select>',
            name,
            flatatt(self.build_attrs(self.attrs, attrs)),
            format_html_join("", '<option value="{}"{}>{}</option>', options),
        )
        return select + HiddenInput().render(name, others) if others else select


class Several(forms.Field):
    """Every value under a name: blanks dropped, each once, read by ``read``; the cleaned value is a list."""

    widget = SeveralInput

    def __init__(self, *, read: Read = read_text, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.read = read

    def __deepcopy__(self, memo: dict[int, Any]) -> "Several":
        """A form copies its fields for each request; this one is never changed, so it is its own copy."""
        return self

    def clean(self, raw: Sequence[str] | None) -> list[Any]:
        given = list(dict.fromkeys(value.strip() for value in raw or [] if value.strip()))
        if len(given) > MOST_VALUES:
            raise ValidationError(
                _("%(count)d values are too many; at most %(limit)d fit."),
                params={"count": len(given), "limit": MOST_VALUES},
            )
        return self._read_each(given)

    def _read_each(self, given: list[str]) -> list[Any]:
        read, problems = [], []
        for value in given:
            try:
                read.append(self.read(read_text(value)))
            except ValidationError as problem:
                problems.append(problem)
        if problems:
            raise ValidationError(problems)
        return read


def yes_or_no() -> OneChoice:
    """The select of a filter that is on, off or left alone."""
    return OneChoice(choices=[("", ANY), ("1", _("Yes")), ("0", _("No"))])


def sentence(label: object, problem: str) -> str:
    """One sentence that names the filter and the value."""
    return _now_("%(label)s: %(problem)s") % {"label": label, "problem": problem}
