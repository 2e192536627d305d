"""Sentences that were stored when their reader was not known, in the language of who reads them now.

What goes wrong while a service is read or told is kept as a sentence, in English or in the language of whoever
pressed a button. Here the catalogues are read backwards: which text was it made of, and of which parts? What a
service said in words of its own is in no catalogue, and stays as it is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from struct import unpack_from

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from arapp.receivables.models import Service
from arapp.receivables.money import MINUS, figures
from arapp.web.service_words import FRAGMENTS, fragments_in, in_words
from arapp.web.shown import day_text, without_mark

ENGLISH = "en"
Key = tuple[str, int]
"""The singular of a text, and 0; or 1 for its plural."""

_PLACE = re.compile(r"%\((\w+)\)[sd]|%%")
_AMOUNT = re.compile(rf"(-|{MINUS})?(\d{{1,3}}(?:,\d{{3}})*(?:\.\d+)?)( [A-Z]{{3}})?")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})( .*)?", re.DOTALL)
_END = re.compile(r"(?<=[.!?]) (?=\S)")
MOST_PARTS = 12
"""Sentences told apart in one text."""
DEEPEST = 4
"""Sentences within sentences."""
FEWEST_LETTERS = 6
"""Of a text with places: with fewer of its own, such as “%(n)s of %(of)s”, much is alike that is not ours."""
COLON = ("", ": ", "")
"""What stands before a colon, and what behind it."""


def said(text: str) -> str:
    """The text in the reader's language, as far as it is ours."""
    return _said(text, get_language() or ENGLISH, 0) if text else ""


@lru_cache(maxsize=2_000)
def _said(text: str, language: str, depth: int) -> str:
    whole = _translated(text, language, depth)
    return whole or " ".join(_sentences(_END.split(text, MOST_PARTS), language, depth))


def _sentences(parts: list[str], language: str, depth: int) -> Iterator[str]:
    """From the left, the longest run of parts that is a text of ours; a part that begins none, as it is."""
    while parts:
        runs = ((end, _translated(" ".join(parts[:end]), language, depth)) for end in range(len(parts), 0, -1))
        end, found = next(((end, found) for end, found in runs if found), (1, parts[0]))
        yield found
        parts = parts[end:]


def _translated(text: str, language: str, depth: int) -> str:
    """ "" for a text that is not ours."""
    exact, patterns = _known()
    if text in exact:
        return _in(language, exact[text]).replace("%%", "%")
    for longest, pattern in patterns:
        if longest in text and (found := pattern.compiled.fullmatch(text)):
            parts = {name: _part(part, language, depth + 1) for name, part in found.groupdict().items()}
            return _filled(_in(language, pattern.key), parts)
    return ""


def _filled(text: str, parts: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: parts.get(place[1], "%"), text)


def _part(text: str, language: str, depth: int) -> str:
    """A day or an amount in the reader's form, a sentence or word of ours in the reader's words."""
    if moment := _MOMENT.fullmatch(text):
        return day_text(moment[1]) + (moment[2] or "")
    amount = _AMOUNT.fullmatch(text)
    if amount and (amount[3] or "," in amount[2]):
        return MINUS * bool(amount[1]) + figures(amount[2]) + (amount[3] or "")
    return _said(text, language, depth) if depth < DEEPEST else text


def event_said(text: str, service: str) -> str:
    """What a service says of an event. At Billogram that is put together of data, and said again part by part."""
    text = without_mark(text)
    told = fragments_in(text) if service == Service.BILLOGRAM else []
    if not any(key for key, _value in told):
        return said(text)
    language = get_language() or ENGLISH
    values = ((key, _part(_worded(value), language, 1)) for key, value in told)
    parts = (_filled(_(key), {"x": value}) if key else value for key, value in values)
    words = ", ".join(parts)
    return words[:1].upper() + words[1:] + "." * text.endswith(".")


def _worded(value: str) -> str:
    """A word of the service in ours; the message of the event may follow it, as it was written."""
    word, stop, message = value.partition(". ")
    return in_words(word) + stop + message


# The catalogues, read backwards


@dataclass(frozen=True)
class _Pattern:
    key: Key
    text: str
    pieces: tuple[str, ...]
    """What stands between its places."""

    @cached_property
    def longest(self) -> str:
        return max(self.pieces, key=len)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        parts, at = [], 0
        for place in _PLACE.finditer(self.text):
            parts += [re.escape(self.text[at : place.start()]), _group(place[1], self.text[: place.start()])]
            at = place.end()
        return re.compile("".join(parts) + re.escape(self.text[at:]), re.DOTALL)

    @property
    def own(self) -> int:
        """How many letters of its own it has."""
        return sum(map(_letters, self.pieces))


def _group(name: str | None, before: str) -> str:
    if name is None:
        return "%"
    return f"(?P={name})" if f"%({name})" in before else f"(?P<{name}>.+?)"


@cache
def _known() -> tuple[dict[str, Key], list[tuple[str, _Pattern]]]:
    """The texts without places, and those with some: the ones with the most words of their own first."""
    exact: dict[str, Key] = {}
    patterns = []
    for language, _name in settings.LANGUAGES:
        for key, text in _texts(language).items():
            pieces = tuple(piece.replace("%%", "%") for piece in re.split(r"%\(\w+\)[sd]", text))
            if len(pieces) == 1:
                exact.setdefault(pieces[0], key)
            elif _is_telling(pieces) and key[0] not in FRAGMENTS:
                patterns.append(_Pattern(key, text, pieces))
    patterns.sort(key=lambda one: -one.own)
    return exact, [(pattern.longest, pattern) for pattern in patterns]


def _is_telling(pieces: Sequence[str]) -> bool:
    return pieces == COLON or sum(map(_letters, pieces)) >= FEWEST_LETTERS


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _in(language: str, key: Key) -> str:
    return _texts(language).get(key) or _texts(ENGLISH)[key]


@cache
def _texts(language: str) -> dict[Key, str]:
    """Every text in a language. The English ones are the originals of another's."""
    name = next(name for name, _label in settings.LANGUAGES if name != ENGLISH) if language == ENGLISH else language
    path = Path(settings.LOCALE_PATHS[0]) / name / "LC_MESSAGES" / "django.mo"
    texts = {}
    for originals, translations in _compiled(path.read_bytes()):
        for form, text in enumerate(originals if language == ENGLISH else translations):
            texts[originals[0], form] = text
    return {key: text for key, text in texts.items() if key[0]}


def _compiled(data: bytes) -> Iterator[tuple[list[str], list[str]]]:
    """Each text of a compiled catalogue with its translation, both with their plurals (GNU gettext manual, 10.3)."""
    order = "<" if data[:4] == b"\xde\x12\x04\x95" else ">"
    count, originals, translations = unpack_from(f"{order}3I", data, 8)

    def text(table: int, number: int) -> list[str]:
        length, start = unpack_from(f"{order}2I", data, table + 8 * number)
        return data[start : start + length].decode().split("\0")

    return ((text(originals, number), text(translations, number)) for number in range(count))
