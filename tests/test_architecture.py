"""The house as the design draws it: who imports whom, one module with httpx, one writer, short files."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "arapp"

ALLOWED = {
    "receivables": set(),
    "outbox": {"receivables"},
    "approvals": {"receivables", "outbox"},
    "people": set(),
    "documents": {"receivables"},
    "kept": {"receivables"},
    "lists": {"receivables", "approvals", "kept"},
    "ledger": {"receivables"},
    "debtors": {"receivables"},
    "upstreams": {"receivables", "outbox", "approvals", "documents"},
    "actions": set("receivables outbox approvals people lists documents kept upstreams".split()),
    "web": set("receivables outbox approvals people lists documents kept actions upstreams ledger debtors".split()),
}
SERVICES = {"billogram", "billover", "billomat"}
ADAPTER_MAY = {
    "arapp.upstreams.base",
    "arapp.upstreams.http",
    "arapp.receivables.records",
    "arapp.receivables.money",
    "arapp.receivables.sums",
}


def python_files() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = module_of(node, path)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def module_of(node: ast.ImportFrom, path: Path) -> str:
    """The module in full, also of ``from ..web import urls``."""
    package = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
    return ".".join([*package, *([node.module] if node.module else [])])


def ours(path: Path) -> set[str]:
    return {name for name in imports_of(path) if name.startswith("arapp.")}


def room_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


@pytest.mark.parametrize("path", python_files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_file_imports_only_what_its_room_may(path: Path):
    room = room_of(path)
    if room in ALLOWED:
        found = {name.split(".")[1] for name in ours(path)}
        assert found <= ALLOWED[room] | {room}


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_an_adapter_knows_base_http_records_money_and_sums_alone(service: str):
    for path in (PACKAGE / "upstreams" / service).rglob("*.py"):
        own = f"arapp.upstreams.{service}"
        for name in ours(path):
            allowed = name.startswith(own) or any(name == m or name.startswith(f"{m}.") for m in ADAPTER_MAY)
            assert allowed or name in {"arapp.upstreams", "arapp.receivables"}, f"{path.name} imports {name}"


def test_the_stand_ins_import_nothing_of_ours_but_money():
    for path in (PACKAGE / "sandbox").rglob("*.py"):
        foreign = {n for n in ours(path) if not n.startswith(("arapp.sandbox", "arapp.receivables.money"))}
        assert not foreign - {"arapp.receivables"}, f"{path.name} imports {foreign}"


def test_nothing_imports_web_but_the_urls():
    for path in python_files():
        if room_of(path) != "web":
            assert not any(name.startswith("arapp.web") for name in ours(path)), path


def test_httpx_is_imported_by_one_module_alone():
    users = [p for p in python_files() if any(n == "httpx" or n.startswith("httpx.") for n in imports_of(p))]
    assert [p.relative_to(PACKAGE).as_posix() for p in users] == ["upstreams/http.py"]


def test_a_state_field_is_never_assigned_outside_its_one_method():
    pattern = re.compile(r"\b(approval|intent)\.state\s*=[^=]")
    for path in python_files():
        assert not pattern.search(path.read_text(encoding="utf-8")), path


def relative_imports(text: str) -> list[int]:
    """The lines of imports such as ``from ..web import urls``: they hide which room is meant."""
    nodes = ast.walk(ast.parse(text))
    return [node.lineno for node in nodes if isinstance(node, ast.ImportFrom) and node.level]


def test_imports_name_their_room_in_full():
    """The stand-ins alone may be short among themselves; what they import is looked at all the same."""
    files = [path for path in python_files() if room_of(path) != "sandbox"]
    assert not [path for path in files if relative_imports(path.read_text(encoding="utf-8"))]


def test_a_relative_import_is_looked_at_by_its_full_name():
    node = ast.parse("from ..web import urls").body[0]
    assert module_of(node, PACKAGE / "upstreams" / "push.py") == "arapp.web"
    node = ast.parse("from . import models").body[0]
    assert module_of(node, PACKAGE / "upstreams" / "billomat" / "client.py") == "arapp.upstreams.billomat"


MOVERS = {"approvals/models.py": "_move", "outbox/models.py": "move take_back", "upstreams/hook_calls.py": "_move"}
"""The methods that change states, and only those."""
MIRROR = {f"receivables/mirror/{name}.py" for name in ("invoices", "parties", "parts", "stored")}
MIRRORED = set("Invoice Customer Line Movement Event Snapshot VatRate SearchText".split()) | set(
    "Owner Contact Card Tag Item Choice Paper".split()
)
WRITES = set("create bulk_create get_or_create update_or_create bulk_update update delete save".split()) | {
    f"a{name}" for name in ("create", "bulk_create", "update", "delete", "save", "bulk_update")
}


def method_calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))


def state_updates(text: str, allowed: Iterable[str] = ()) -> list[int]:
    """The lines of ``….update(…, state=…)`` on whatever rows, outside of the functions with the allowed names."""
    tree = ast.parse(text)
    own = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in allowed]
    passed = {id(call) for function in own for call in method_calls(function)}
    return [
        call.lineno
        for call in method_calls(tree)
        if call.func.attr in ("update", "aupdate", "update_or_create", "bulk_update")
        and id(call) not in passed
        and _names_state(call)
    ]


def _names_state(call: ast.Call) -> bool:
    """``state=…``, ``**{"state": …}``, ``defaults={"state": …}`` or a list of fields with "state" in it."""
    values = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
    words = {node.value for value in values for node in ast.walk(value) if isinstance(node, ast.Constant)}
    literal = any(isinstance(value, ast.Dict | ast.List | ast.Tuple) for value in values) and "state" in words
    return literal or any(keyword.arg == "state" for keyword in call.keywords)


def mirror_writes(text: str) -> list[int]:
    """The lines that write through ``Invoice.objects…`` or another model of the mirror, however long the chain."""
    return [
        call.lineno
        for call in method_calls(ast.parse(text))
        if call.func.attr in WRITES and _root_of(call.func.value) in MIRRORED
    ]


def _root_of(node: ast.AST) -> str:
    """The model a chain such as ``models.Invoice.objects.filter(…)[:5]`` begins with; "" for anything else."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager"):
            model = node.value
            return model.attr if isinstance(model, ast.Attribute) else getattr(model, "id", "")
        node = node.func if isinstance(node, ast.Call) else node.value
    return ""


def test_a_state_is_updated_by_its_one_method_alone():
    found = {}
    for path in python_files():
        name = path.relative_to(PACKAGE).as_posix()
        if name not in MIRROR:
            found[name] = state_updates(path.read_text(encoding="utf-8"), MOVERS.get(name, "").split())
    assert not {name: lines for name, lines in found.items() if lines}


def test_only_the_mirror_writes_mirror_rows():
    for path in python_files():
        if path.relative_to(PACKAGE).as_posix() not in MIRROR:
            assert not mirror_writes(path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize(
    "line",
    [
        'Intent.objects.filter(pk=1).update(state="done")',
        'rows.update(version=F("version") + 1, state=to)',
        'rows.update(**{"state": "done"})',
        'Intent.objects.bulk_update(rows, ["state"])',
        'Intent.objects.update_or_create(pk=1, defaults={"state": "done"})',
    ],
)
def test_an_update_of_a_state_is_found(line: str):
    assert state_updates(line) == [1]
    assert state_updates(f"def move(self):\n    {line}", ["move"]) == []
    assert state_updates(f"def other(self):\n    {line}", ["move"]) == [2]


@pytest.mark.parametrize(
    "line",
    [
        "Invoice.objects.filter(pk=1).update(state=1)",
        "Invoice.objects.update(gross=1)",
        "models.Customer.objects.exclude(pk=1).order_by('pk')[:5].delete()",
        "Line.objects.get(pk=1).save()",
        "Invoice.tags.through.objects.create(); Tag.objects.create()",
        "Invoice.objects.bulk_update(rows, ['gross'])",
    ],
)
def test_a_write_to_a_mirror_row_is_found(line: str):
    assert mirror_writes(line) == [1]


def test_what_reads_or_updates_something_else_is_not_found():
    text = 'rows.filter(state="open").update(gone_at=now)\nfound.update(row)\nInvoice.objects.filter(pk=1).values()\n'
    assert state_updates(text) == mirror_writes(text) == []
    assert relative_imports("from arapp.web import urls\nimport arapp.web\n") == []


def test_a_relative_import_is_found():
    assert relative_imports("from ..web import urls\nfrom . import models\n") == [1, 2]


def test_no_file_has_a_name_that_says_nothing():
    forbidden = {"utils.py", "services.py", "helpers.py", "signals.py"}
    assert not [path for path in python_files() if path.name in forbidden]


def test_no_file_is_longer_than_three_hundred_lines():
    long = {}
    for path in python_files():
        lines = sum(1 for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
        if lines > 300:
            long[path.relative_to(ROOT).as_posix()] = lines
    assert not long


def test_every_function_says_what_it_returns():
    bare = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.returns is None:
                bare.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert not bare


def test_the_top_level_holds_what_the_design_names_and_nothing_else():
    named = {"manage.py", "pyproject.toml", "arapp", "templates", "static", "tests", "README.md"}
    found = {p.name for p in ROOT.iterdir() if not p.name.startswith(".") and not p.name.endswith(".egg-info")}
    assert found - {"build", "screenshots"} == named


def test_templates_carry_no_inline_style_or_script():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"\sstyle=|<style|<script(?![^>]*\bsrc=)|\son(click|change|input|submit|load|error|key\w+|mouse\w+|focus|blur)=",
            text,
        ), path
