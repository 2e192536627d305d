"""Every sentence for people goes through gettext: those of the rooms, and those of the templates."""

import ast
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "arapp"
ROOMS = ("receivables", "outbox", "approvals", "people", "lists", "upstreams", "web")
NOT_FOR_PEOPLE = {"migrations", "commands"}

ROOTS = {"Failure", "Refusal", "Refused", "Unreadable", "AmountError", "SecretLost"}
"""Exceptions whose text is a sentence for people; so are those of all their subclasses."""
OTHER_CARRIERS = {"refuse", "ValidationError"}
MESSAGE_LEVELS = {"debug", "info", "success", "warning", "error"}
FOR_PROGRAMMERS = {"ValueError", "TypeError", "CurrencyMismatch", "RuntimeError", "KeyError"}
LOGS = {"log", "logging", "logger"}
ON_A_TERMINAL = {"working.py"}
"""What the worker prints where it was started, as the commands do."""
SENTENCE = re.compile(r"\S\s.*[.!?…]$", re.DOTALL)
LETTER = re.compile(r"[^\W\d_]")


def files() -> list[Path]:
    found = (path for room in ROOMS for path in (PACKAGE / room).rglob("*.py"))
    return sorted(path for path in found if not NOT_FOR_PEOPLE & set(path.parts))


def name_of(node: ast.AST) -> str:
    """The last part of a name: ``end`` for ``report.end``."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def owner_of(call: ast.Call) -> str:
    """What a method is called on: ``report`` for ``report.end(…)``."""
    return name_of(call.func.value) if isinstance(call.func, ast.Attribute) else ""


def subclasses(trees: list[ast.Module], roots: set[str]) -> set[str]:
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    known = set(roots)
    while found := {c.name for c in classes if {name_of(base) for base in c.bases} & known} - known:
        known |= found
    return known


class Module:
    """One file with the names it has for gettext."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.tree = path, ast.parse(text)
        imports = [node for node in ast.walk(self.tree) if isinstance(node, ast.ImportFrom)]
        aliases = [alias for node in imports if node.module == "django.utils.translation" for alias in node.names]
        self.gettext = {alias.asname or alias.name for alias in aliases if "gettext" in alias.name}

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def translates(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and name_of(node.func) in self.gettext

    def loose(self, node: ast.AST) -> bool:
        """Whether an expression may give words that did not go through gettext."""
        if isinstance(node, ast.JoinedStr):
            return True
        if isinstance(node, ast.Constant):
            return isinstance(node.value, str) and bool(LETTER.search(node.value))
        if isinstance(node, ast.Call) and not self.translates(node):
            parts = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        elif isinstance(node, ast.BinOp):
            parts = [node.left] if isinstance(node.op, ast.Mod) else [node.left, node.right]
        elif isinstance(node, ast.IfExp):
            parts = [node.body, node.orelse]
        else:
            parts = node.values if isinstance(node, ast.BoolOp) else []
        return any(self.loose(part) for part in parts)

    def place(self, node: ast.AST) -> str:
        path = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{path}:{node.lineno} {ast.unparse(node)[:100]}"

    def carried(self, carriers: set[str]) -> Iterator[str]:
        """Calls that hand a person words which did not go through gettext."""
        for call in self.calls():
            if any(self.loose(word) for word in _words_in(call, carriers)):
                yield self.place(call)

    def built(self) -> Iterator[str]:
        """Calls of gettext with a text that is put together before it is looked up."""
        for call in self.calls():
            if self.translates(call) and any(
                isinstance(a, ast.JoinedStr | ast.BinOp | ast.Call) for a in call.args[:2]
            ):
                yield self.place(call)

    def sentences(self, node: ast.AST | None = None) -> Iterator[str]:
        """Whatever looks like a sentence, outside docstrings, gettext, logs and errors for programmers."""
        node = node or self.tree
        if self._is_passed_over(node):
            return
        said = _text_of(node)
        if said and SENTENCE.search(said):
            yield self.place(node)
        elif not said:
            for child in ast.iter_child_nodes(node):
                yield from self.sentences(child)

    def _is_passed_over(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return True
        if not isinstance(node, ast.Call):
            return False
        name = name_of(node.func)
        return self.translates(node) or name in FOR_PROGRAMMERS or owner_of(node) in LOGS


def _text_of(node: ast.AST) -> str:
    """A literal, or an f-string with an x for each value in it; "" for any other node."""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _words_in(call: ast.Call, carriers: set[str]) -> list[ast.expr]:
    """The arguments of a call that reach people as they are."""
    name, owner = name_of(call.func), owner_of(call)
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in carriers:
        return [*call.args, *(value for key, value in keywords.items() if key in ("message", "sentence"))]
    if name == "__init__" and (owner in carriers or _is_super(call)):
        return call.args
    if name == "move":
        return [keywords["error"]] if "error" in keywords else []
    if name == "end" or (name in MESSAGE_LEVELS and owner == "messages"):
        return call.args[1:]
    return call.args if (owner, name) == ("suspicions", "append") else []


def _is_super(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call)


MODULES = [Module(path, path.read_text(encoding="utf-8")) for path in files()]
CARRIERS = subclasses([module.tree for module in MODULES], ROOTS) | OTHER_CARRIERS


def test_an_exception_a_state_or_a_message_carries_only_translated_words():
    known = "Rejected BadAnswer Gone NotReady WrongCredentials Suspicious NotOffered Stale BadNote SecretLost"
    assert set(known.split()) <= CARRIERS
    assert not [place for module in MODULES for place in module.carried(CARRIERS)]


def test_gettext_is_never_given_a_text_that_was_put_together():
    assert not [place for module in MODULES for place in module.built()]


def test_nothing_else_that_looks_like_a_sentence_stays_out_of_gettext():
    assert not [place for m in MODULES if m.path.name not in ON_A_TERMINAL for place in m.sentences()]


IMPORTS = "from django.utils.translation import gettext as _, ngettext\n"


@pytest.mark.parametrize(
    "line",
    [
        'raise Gone("It is gone.")',
        'raise Gone(f"{it} is gone.")',
        'raise Gone("%s is gone." % it)',
        'raise Gone("{} is gone.".format(it))',
        'raise Gone("It " + _("is gone."))',
        'raise Gone(_("Gone.") if it else "There.")',
        'raise Gone(words or "no words")',
        'super().__init__(f"{it}: {words}")',
        'intent.move(DONE, error="It is done.")',
        'report.end(OK, "It ended.")',
        'self.suspicions.append(f"{it} is odd.")',
        'messages.success(request, "It is done.")',
    ],
)
def test_words_without_gettext_are_found(line: str):
    assert list(Module(Path("x.py"), IMPORTS + line).carried({"Gone"}))


@pytest.mark.parametrize(
    "line",
    [
        'raise Gone(_("%(it)s is gone.") % {"it": it})',
        'raise Gone(ngettext("%(n)d is gone.", "%(n)d are gone.", n) % {"n": f"{n}"})',
        "raise Gone(str(error)) from error",
        'raise Gone(" ".join(words))',
        'raise ValueError("not a cursor")',
        'intent.move(DONE, error="", tries=0)',
        'found.append("It is odd.")',
        "match.end(1)",
    ],
)
def test_translated_words_and_words_of_others_are_not_found(line: str):
    assert not list(Module(Path("x.py"), IMPORTS + line).carried({"Gone"}))


def test_texts_put_together_and_sentences_elsewhere_are_found():
    module = Module(Path("x.py"), IMPORTS + '_(f"{it} is gone.")\nx = f"{it} is gone."\nlog.info("It is gone.")\n')
    assert len(list(module.built())) == len(list(module.sentences())) == 1


# templates

CLASS_BLOCKS = ("width",)
"""Blocks whose content is a CSS class."""
NAMES = {"CSV", "Excel"}
"""The same in every language."""
WORD = re.compile(r"[^\W\d_]{3,}")
TRANSLATED = re.compile(r"{%\s*(blocktrans(?:late)?|comment)\b.*?%}.*?{%\s*end\1\s*%}|{#.*?#}", re.DOTALL)
CLASSES = re.compile(rf"{{%\s*block ({'|'.join(CLASS_BLOCKS)})\s*%}}.*?{{%\s*endblock")
TEMPLATE_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
INVISIBLE = re.compile(r"<!--.*?-->|<(script|style|code|pre)\b.*?</\1>", re.DOTALL)
"""Or the same in every language: a command to be typed."""
HTML_TAG = re.compile(r"""<(?:[^>"']|"[^"]*"|'[^']*')*>""", re.DOTALL)
SPOKEN = re.compile(r"""\s(?:title|alt|placeholder|data-label|aria-label|aria-description)=("[^"]*"|'[^']*')""")
FALLBACK = re.compile(r"""{{[^}]*?\|(?:default|default_if_none|yesno):("[^"]*"|'[^']*')|{{[^}]*?\|(pluralize)""")


def words_left(text: str) -> list[str]:
    """The words of a template that people read or hear and that no translation reaches."""
    text = CLASSES.sub("", TRANSLATED.sub(" ", text))
    fallbacks = [word for pair in FALLBACK.findall(text) for word in pair]
    plain = INVISIBLE.sub(" ", TEMPLATE_TAG.sub(" ", text))
    spoken = [value for tag in HTML_TAG.findall(plain) for value in SPOKEN.findall(tag)]
    seen = [*fallbacks, *spoken, HTML_TAG.sub(" ", plain)]
    return [word for part in seen for word in WORD.findall(unescape(part)) if word not in NAMES]


def test_templates_have_no_words_outside_of_translations():
    found = {p.relative_to(ROOT).as_posix(): words_left(p.read_text(encoding="utf-8")) for p in templates()}
    assert not {path: words for path, words in found.items() if words}


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<p>Open</p>", ["Open"]),
        ('<a title="Open it">{{ x }}</a>', ["Open"]),
        ("<p>{{ x }} <code>manage.py work</code></p>", []),
        ("{{ n }} invoice{{ n|pluralize }}", ["pluralize", "invoice"]),
        ('{{ x|default:"none" }}', ["none"]),
        ('<a title="{% translate \'Open\' %}" class="pill">{% translate "Open" %} &middot; CSV 12 –</a>', []),
        ("{% blocktranslate count n=n %}{{ n }} one{% plural %}{{ n }} many{% endblocktranslate %}", []),
        ("{# a remark #}<!-- another --><script src='x'>let</script>{% if a > b %}{{ c }}{% endif %}", []),
        ("{% block width %}narrow{% endblock %}{% block other %}Shown{% endblock %}", ["Shown"]),
    ],
)
def test_words_of_templates_are_found(text: str, words: list[str]):
    assert words_left(text) == words
