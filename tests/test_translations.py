"""Every sentence for people goes through gettext: those of the rooms, and those of the templates."""

import ast
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from tests import catalogue

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "arapp"
ROOMS = "receivables outbox approvals people lists upstreams web actions documents kept ledger debtors".split()
NOT_FOR_PEOPLE = {"migrations", "commands"}

ROOTS = {"Failure", "Refusal", "Refused", "Unreadable", "AmountError", "SecretLost"}
"""Exceptions whose text is a sentence for people; so are those of all their subclasses."""
OTHER_CARRIERS = {"refuse", "ValidationError"}
MESSAGE_LEVELS = {"debug", "info", "success", "warning", "error"}
FOR_PROGRAMMERS = {"ValueError", "TypeError", "CurrencyMismatch", "RuntimeError", "KeyError"}
LOGS = {"log", "logging", "logger"}
PATTERNS = {"re"}
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
        return self.translates(node) or name in FOR_PROGRAMMERS or owner_of(node) in LOGS | PATTERNS


def _text_of(node: ast.AST) -> str:
    """A literal, or an f-string with an x for each value in it; "" for any other node."""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _words_in(call: ast.Call, carriers: set[str]) -> list[ast.expr]:
    """The arguments of a call that reach people as they are; behind a sentence may stand the name of a field."""
    name, owner = name_of(call.func), owner_of(call)
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in carriers:
        words = [arg for n, arg in enumerate(call.args) if n == 0 or not _text_of(arg).isidentifier()]
        return [*words, *(value for key, value in keywords.items() if key in ("message", "sentence"))]
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
        'raise Gone(_("It is gone."), "or is it")',
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
        'raise Gone(_("It is gone."), "amount")',
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


# labels

LABELS = {"label", "help_text", "verbose_name", "verbose_name_plural", "description", "short_description", "help"}
"""Keywords whose words stand on a page or in the admin site."""
PROPER_NAMES = {"Billogram", "BillOver", "Billomat"}


def unlabelled(module: Module) -> Iterator[str]:
    """Labels, names of fields and of choices that no translation reaches."""
    for call in module.calls():
        named = [keyword.value for keyword in call.keywords if keyword.arg in LABELS]
        if _is_model_field(call) and call.args and isinstance(call.args[0], ast.Constant):
            named.append(call.args[0])
        if any(module.loose(value) for value in named):
            yield module.place(call)
    classes = (node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef))
    for node in (one for each in classes for one in each.body if isinstance(one, ast.Assign)):
        yield from (module.place(node) for word in _labels_in(node) if module.loose(word))


def _is_model_field(call: ast.Call) -> bool:
    name = name_of(call.func)
    return owner_of(call) == "models" and name.endswith("Field") and "To" not in name


def _labels_in(node: ast.Assign) -> list[ast.expr]:
    """The word of a choice, ``DRAFT = "draft", "Draft"``, or of a model, ``verbose_name = "draft"``."""
    value, name = node.value, name_of(node.targets[0])
    if name in LABELS:
        return [value]
    is_choice = name.isupper() and isinstance(value, ast.Tuple) and len(value.elts) == 2
    literal = is_choice and all(isinstance(one, ast.Constant | ast.Call) for one in value.elts)
    return [value.elts[1]] if literal and getattr(value.elts[1], "value", "") not in PROPER_NAMES else []


def test_labels_and_names_of_fields_and_choices_go_through_gettext():
    assert not [place for module in MODULES if module.path.name != "apps.py" for place in unlabelled(module)]


@pytest.mark.parametrize(
    "line",
    [
        'forms.CharField(label="Amount")',
        'models.CharField("amount", max_length=3)',
        'class Meta:\n    verbose_name = "amount"',
        'class State(TextChoices):\n    DRAFT = "draft", "Draft"',
        '@admin.display(description=f"{it} open")\ndef open(): ...',
    ],
)
def test_labels_without_gettext_are_found(line: str):
    assert list(unlabelled(Module(Path("x.py"), IMPORTS + line)))
    assert not list(unlabelled(Module(Path("x.py"), IMPORTS + 'class S(C):\n    B = "billomat", "Billomat"')))


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
    fallbacks = [word for pair in FALLBACK.findall(text) for word in pair if "=" not in word]
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
        ('<a href="?{{ x|default:"page=all" }}"></a>', []),
        ('<a title="{% translate \'Open\' %}" class="pill">{% translate "Open" %} &middot; CSV 12 –</a>', []),
        ("{% blocktranslate count n=n %}{{ n }} one{% plural %}{{ n }} many{% endblocktranslate %}", []),
        ("{# a remark #}<!-- another --><script src='x'>let</script>{% if a > b %}{{ c }}{% endif %}", []),
        ("{% block width %}narrow{% endblock %}{% block other %}Shown{% endblock %}", ["Shown"]),
    ],
)
def test_words_of_templates_are_found(text: str, words: list[str]):
    assert words_left(text) == words


# scripts

LITERAL = re.compile(r"""(?<![\w$])("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)""")
SHOWN = re.compile(r"""(?:\b(?:textContent|innerText|title|placeholder|ariaLabel|alt)\s*\+?=(?!=)|\bsay\()\s*$""")
SPOKEN_ATTRIBUTE = re.compile(r"""setAttribute\(\s*["'](?:aria-label|title|alt|placeholder)["']\s*,\s*$""")
PROSE = re.compile(r"^[A-Z][a-z]+,? [a-z]|^\S.*\s.*[a-z][.!?…]$")
"""Begins as a sentence, or ends as one."""
REMARK = re.compile(r"/\*.*?\*/|(?<![:\w\"'`])//[^\n]*", re.DOTALL)


def prose_in(script: str) -> list[str]:
    """Words of a script that people would read; they belong into the page, where they are translated."""
    code = REMARK.sub("", script)
    found = []
    for literal in LITERAL.finditer(code):
        words, before = re.sub(r"\$\{[^}]*\}", "", literal[0][1:-1]), code[: literal.start()]
        shown = SHOWN.search(before) or SPOKEN_ATTRIBUTE.search(before)
        if (shown and LETTER.search(words)) or (PROSE.search(words) and words != "use strict"):
            found.append(words)
    return found


def test_scripts_hold_no_words_for_people():
    found = {path.name: prose_in(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "static").glob("*.js"))}
    assert found
    assert not {name: words for name, words in found.items() if words}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('toast.textContent = "Saved";', ["Saved"]),
        ("box.title = `${n} rows`;", [" rows"]),
        ('button.setAttribute("aria-label", "Close");', ["Close"]),
        ('const lost = "The desk did not answer.";', ["The desk did not answer."]),
        ("say('Gone');", ["Gone"]),
        ('if (event.key === "Escape") $(".list tbody .box input")?.focus(); // Said here.', []),
        ('"use strict"; words.textContent = `${n} ${list.dataset.chosen}`; const at = "https://x.y/"', []),
        ('if (node.title === "x") node.className = "toast bad";', []),
    ],
)
def test_words_in_scripts_are_found(line: str, words: list[str]):
    assert prose_in(line) == words


# catalogues


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_text_of_the_code_is_translated_and_nothing_else_is(language: str):
    """To put it right: ``python -m tests.catalogue update``, then fill in what is empty."""
    assert not list(catalogue.problems(language))


def entry(original: str | tuple[str, str], translation: str | tuple[str, str]) -> list[str]:
    message = catalogue.Message(original, string=translation)
    return [problem.split(" of ")[0] for problem in catalogue.at_odds(message, {"Text"})]


def test_what_is_wrong_with_a_translation_is_found():
    assert entry("Open", "") == ["empty"]
    assert entry(("%(n)d day", "%(n)d days"), ("%(n)d Tag", "")) == ["empty"]
    assert entry("%(n)d rows", "%(m)d Zeilen") == ["placeholders"]
    assert entry("%(n)d rows", "Zeilen") == ["placeholders"]
    assert entry("100 %% of it", "100 % davon") == ["placeholders"]
    assert entry("An <b>old</b> one", "Ein alter") == ["tags"]
    assert entry("%(a)s and ", "%(a)s und") == ["white space or line ends"]
    assert entry("Open", "Open") == ["as in English"]


def test_what_is_right_with_a_translation_is_left_alone():
    assert entry(("%(n)d day", "%(n)d days"), ("Ein Tag", "%(n)d Tage")) == []
    assert entry("%(a)s: %(b)s", "%(a)s: %(b)s") == []
    assert entry("Text", "Text") == []


def test_texts_are_found_in_python_and_in_templates():
    code = (
        "from django.utils.translation import gettext as x, ngettext\nx('One' ' two')\nngettext('a', 'b', 1)\n_('c')"
    )
    assert list(catalogue.in_python(code)) == ["One two", ("a", "b")]
    page = (
        "{% translate \"A\" %}{{ b|default:_('B') }}{% blocktranslate with n=m %}{{ n }} (c){% endblocktranslate %}"
    )
    many = "{% blocktranslate count n=m %}{{ n }} one{% plural %}{{ n }} many{% endblocktranslate %}"
    assert list(catalogue.in_template(page + many)) == ["A", "B", "%(n)s (c)", ("%(n)s one", "%(n)s many")]
