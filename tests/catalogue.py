"""The German and Swedish catalogues: kept in step with the sentences of the code, and compiled. Needs no GNU gettext.

    python -m tests.catalogue update    adds what is new, drops what is left over, sorts, compiles
    python -m tests.catalogue check     says what is missing, empty, left over or at odds; exit code 1 if anything is

An entry holds no line numbers and the entries are sorted, so that two people's changes seldom meet.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("de", "sv")
PLURALS = "nplurals=2; plural=(n != 1);"
LEFT_OUT = {"migrations", "sandbox", "commands"}
"""What only a developer or a terminal reads."""

Key = str | tuple[str, str]
"""A text, or a text and its plural."""

PLACE = re.compile(r"%%|%\(\w+\)[sd]|%[sd]")
TAG = re.compile(r"</?\w[^>]*>")
WORD = re.compile(r"[^\W\d_]{2,}")

SAME = {
    "de": "Administrator|Controller|Demo|Esc|Format|Name|OK|PDF|Person|SHA-256|Status|Tags|Tags: %(tags)s|Text"
    "|Version",
    "sv": "Check|Controller|Demo|Esc|Format|OK|PDF|Period|Person|SHA-256|Status|Text|Version"
    "|data|hook|person|position|status|text|variant|version",
}
"""Words that are written as in English."""


# What the code says


def in_python(text: str) -> Iterator[Key]:
    """The texts that a module hands to gettext, under whatever name it imports it."""
    tree = ast.parse(text)
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    aliases = [a for node in imports if node.module == "django.utils.translation" for a in node.names]
    names = {alias.asname or alias.name: alias.name for alias in aliases if "gettext" in alias.name}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names:
            yield from _key(call, names[call.func.id])


def in_template(text: str) -> Iterator[Key]:
    """The texts of a template's translate, blocktranslate and ``_("…")``."""
    code = templatize(text).replace("\n", " ")
    for found in re.finditer(r"(?<!\w)(n?gettext|_)\((?=u?['\"])", code):
        call = _first_call(code[found.start() :])
        yield from _key(call, found[1] if found[1] != "_" else "gettext")


def _first_call(code: str) -> ast.Call:
    """The call a text begins with: up to the first bracket with which it can be read."""
    ends = (found.end() for found in re.finditer(r"\)", code))
    for end in ends:
        try:
            return ast.parse(code[:end], mode="eval").body
        except SyntaxError:
            continue
    raise ValueError(f"No call in {code[:80]}")


def _key(call: ast.Call, name: str) -> Iterator[Key]:
    wanted = 2 if name.startswith("ngettext") else 1
    texts = [arg.value for arg in call.args[:wanted] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if len(texts) == wanted and texts[0]:
        yield texts[0] if wanted == 1 else (texts[0], texts[1])


def sources() -> Iterator[Path]:
    """The files whose words people read."""
    for path in sorted((ROOT / "arapp").rglob("*.py")):
        if not LEFT_OUT & set(path.relative_to(ROOT).parts):
            yield path
    yield from sorted((ROOT / "templates").rglob("*.html"))


@cache
def said() -> dict[str, Key]:
    """Every text of the code by its singular; one that has a plural somewhere has it."""
    found: dict[str, Key] = {}
    for path in sources():
        read = in_python if path.suffix == ".py" else in_template
        for key in read(path.read_text(encoding="utf-8")):
            single = key if isinstance(key, str) else key[0]
            if isinstance(key, tuple) or single not in found:
                found[single] = key
    return found


# The files


class Calm(Catalog):
    """A catalogue whose head holds nothing that changes by itself."""

    def _head(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", PLURALS),
        ]

    mime_headers = property(_head, Catalog._set_mime_headers)


def place(language: str, ending: str = "po") -> Path:
    return ROOT / "arapp" / "locale" / language / "LC_MESSAGES" / f"django.{ending}"


def read(language: str) -> Catalog:
    path = place(language)
    if not path.exists():
        return Calm(locale=language, fuzzy=False)
    return read_po(BytesIO(path.read_bytes()), locale=language, abort_invalid=True)


def entries(catalog: Catalog) -> dict[str, Message]:
    """By their singular, without the head."""
    return {m.id if isinstance(m.id, str) else m.id[0]: m for m in catalog if m.id}


def merged(language: str, keys: Iterable[Key]) -> Calm:
    """A catalogue of exactly these texts, with the translations there are."""
    known = entries(read(language))
    new = Calm(locale=language, header_comment="", fuzzy=False)
    for key in keys:
        single = key if isinstance(key, str) else key[0]
        new.add(key, _translation(key, known.get(single)))
    return new


def _translation(key: Key, known: Message | None) -> str | tuple[str, ...]:
    """What was there, unless a text has got or lost its plural."""
    if known is None or isinstance(known.id, str) != isinstance(key, str):
        return "" if isinstance(key, str) else ("", "")
    return known.string


def write(catalog: Calm, language: str) -> None:
    place(language).parent.mkdir(parents=True, exist_ok=True)
    text = BytesIO()
    write_po(text, catalog, width=0, no_location=True, sort_output=True, omit_header=False)
    place(language).write_bytes(text.getvalue().strip() + b"\n")
    compiled, whole = BytesIO(), Calm(locale=language, fuzzy=False)
    for message in entries(catalog).values():
        if all(_strings(message)):
            whole.add(message.id, message.string)
    write_mo(compiled, whole)
    place(language, "mo").write_bytes(compiled.getvalue())


def update() -> None:
    said.cache_clear()
    for language in LANGUAGES:
        catalog = merged(language, said().values())
        write(catalog, language)
        empty = sum(1 for message in entries(catalog).values() if not all(_strings(message)))
        print(f"{language}: {len(said())} texts, {empty} without a translation")


# What is wrong with them


def problems(language: str) -> Iterator[str]:
    """Sentences; none when the catalogue is whole."""
    known, wanted = entries(read(language)), said()
    yield from (f"missing: {single!r}" for single in wanted.keys() - known.keys())
    yield from (f"left over: {single!r}" for single in known.keys() - wanted.keys())
    for single in sorted(known.keys() & wanted.keys()):
        if wanted[single] != _key_of(known[single]):
            yield f"other plural: {single!r}"
        yield from (f"{problem}: {single!r}" for problem in at_odds(known[single], SAME[language].split("|")))
    if not place(language, "mo").exists() or _compiled(language) != _as_compiled(known.values()):
        yield "django.mo is not what django.po compiles to"


def _key_of(message: Message) -> Key:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def _compiled(language: str) -> dict[str, tuple[str, ...]]:
    with place(language, "mo").open("rb") as file:
        return _as_compiled(entries(read_mo(file)).values())


def _as_compiled(messages: Iterable[Message]) -> dict[str, tuple[str, ...]]:
    whole = (message for message in messages if all(_strings(message)))
    return {m.id if isinstance(m.id, str) else m.id[0]: _strings(m) for m in whole}


def at_odds(message: Message, same: Iterable[str] = ()) -> Iterator[str]:
    """What is wrong with one translation."""
    originals = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    strings = _strings(message)
    if message.fuzzy:
        yield "fuzzy"
    if len(strings) != len(originals) or not all(strings):
        yield "empty"
        return
    for number, (original, string) in enumerate(zip(originals, strings, strict=True)):
        if not _fits(PLACE, original, string, number == 0 and len(originals) > 1):
            yield f"placeholders of {string!r}"
        if not _fits(TAG, original, string, False):
            yield f"tags of {string!r}"
        if _edges(original) != _edges(string):
            yield f"white space or line ends of {string!r}"
        if original == string and WORD.search(PLACE.sub("", TAG.sub("", original))) and originals[0] not in same:
            yield "as in English"


def _fits(pattern: re.Pattern[str], original: str, string: str, may_lack: bool) -> bool:
    """Whether the same places stand in both; a singular may do without its number."""
    wanted, found = Counter(pattern.findall(original)), Counter(pattern.findall(string))
    return not found - wanted if may_lack else set(found) == set(wanted)


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def check() -> list[str]:
    return [f"{language}: {problem}" for language in LANGUAGES for problem in problems(language)]


def main(arguments: list[str]) -> int:
    if arguments == ["update"]:
        update()
        return 0
    if arguments == ["check"]:
        found = check()
        print("\n".join(found) or "Both catalogues are whole.")
        return 1 if found else 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
